package sim

import (
	"slices"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// TestExpectedWaits: what callers are told of their wait, against how long they
// then waited, where calls come and talks last by chance. While the queue's own
// estimates are right the median error of what is said is under 25 %; while they
// are not, nothing is said. In a short line, where chance has the last word, that is
// often so.
func TestExpectedWaits(t *testing.T) {
	t.Parallel()
	queue := plan.Queue{
		ID: "que_x", Name: "x", PostMode: "none",
		Waiting: plan.Waiting{Expected: "on", AnnounceAfter: 15, AnnounceEvery: 60},
	}
	for _, c := range []struct {
		name   string
		agents int
		load   float64 // of each agent
		error  int     // the median of what is said is less, in thousandths
		said   int
		untold int
	}{
		{"long lines", 20, 1.02, 250, 6000, 0},
		{"short lines", 2, 0.6, 600, 0, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const talk = 120.0 // seconds
			e := newExchange(t, c.agents, queue)
			e.play(6000, c.load*float64(c.agents)/talk, talk)
			slices.Sort(e.errors)
			said := len(e.errors)
			if e.dishonest > 0 {
				t.Errorf("%d times a wait was said while the estimates were wrong", e.dishonest)
			}
			t.Logf("said %d times; median error %.1f %%; %d waited and were told nothing", said, float64(e.errors[said/2])/10, e.untold)
			if said < c.said || e.untold < c.untold {
				t.Errorf("a wait was said %d times, and %d who waited were told nothing", said, e.untold)
			}
			if e.errors[said/2] >= c.error {
				t.Errorf("half of %d waits that were said were wrong by %.1f %% and more", said, float64(e.errors[said/2])/10)
			}
		})
	}
}

// hears looks at what a caller is told: a wait may be said only while the queue's
// estimates are right, by its figures before the step and after it.
func (e *exchange) hears(p core.Play, was, is core.QueueCounts) {
	wrong := func(c core.QueueCounts) bool { return c.Judged >= 5 && c.Error > 500 }
	if slices.Contains(p.Sounds, "snd_say_wait") && wrong(was) && wrong(is) {
		e.dishonest++
	}
}

// judges keeps how wrong what a caller was told has been, in thousandths.
func (e *exchange) judges(d *core.Distribution) {
	if d.Wait > time.Minute && len(d.Told) == 0 {
		e.untold++
	}
	for _, told := range d.Told {
		if d.Outcome == string(core.OutAnswered) {
			off := told.Wait - told.Real
			e.errors = append(e.errors, int(max(off, -off)*1000/max(told.Real, 30*time.Second)))
		}
	}
}
