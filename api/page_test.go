package api

import (
	"slices"
	"testing"
	"time"

	"belfry/core"
)

// hears is a floor that only listens.
type hears struct {
	Floor
	told []core.Event
}

func (h *hears) Tell(ev core.Event) error {
	h.told = append(h.told, ev)
	return nil
}

// TestIdlePages: a page that sleeps is found out before a call comes, later than
// while one rings; any page of the agent that answers is enough, and a program
// that only reads along never counts.
func TestIdlePages(t *testing.T) {
	t.Parallel()
	now, f := time.Unix(1_800_000_000, 0), &hears{}
	s := NewScreens()
	s.serve(f, func() time.Time { return now })
	join := func() *page {
		p, err := s.join("usr_ann", "token", true)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p, reads := join(), join()
	s.ask(reads)
	s.pong("usr_ann", s.ask(p))
	s.ask(p)
	now = now.Add(4 * time.Second)
	if again := s.watch(p); again.Sub(now) != time.Second {
		t.Errorf("looks again at %v, not a second from now", again)
	}
	now = now.Add(time.Second)
	if again := s.watch(p); !again.IsZero() {
		t.Errorf("looks again at %v at a page that is frozen", again)
	}
	n := s.ask(p)
	s.watch(p)
	s.pong("usr_ann", n)
	q := join()
	s.pong("usr_ann", s.ask(q))
	s.ask(p)
	now = now.Add(time.Minute)
	s.watch(p) // q answers
	s.Draw("usr_ann", &core.Desk{Seq: 1, Offer: &core.DeskOffer{}})
	s.ask(q)
	now = now.Add(2 * time.Second)
	s.watch(q)
	want := []core.Event{
		core.PageCame{Agent: "usr_ann"}, core.PageFroze{Agent: "usr_ann"}, core.PageThawed{Agent: "usr_ann"}, core.PageFroze{Agent: "usr_ann"},
	}
	if !slices.Equal(f.told, want) {
		t.Errorf("the floor was told %+v, not %+v", f.told, want)
	}
}
