package sip

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"belfry/core"
)

const second = int64(time.Second)

// fromAfar makes loopback an address like any other.
func fromAfar(o *Options) {
	withPhones(o)
	o.Trunks = func(netip.AddrPort) (Trunk, bool) { return Trunk{}, false }
	o.Spare = func(netip.Addr) bool { return false }
	o.Timers = Timers{T1: 5 * time.Millisecond, T2: 20 * time.Millisecond, T4: 20 * time.Millisecond}
}

// A scanner that goes through extensions is slowed, and then nobody listens.
// What it got until then is the same for those that there are and those that
// there are not; a phone from elsewhere notices nothing.
func TestScanner(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, fromAfar)
	seen := map[int]int{}
	for i := range shutScore + 50 {
		h := w.handset(fmt.Sprint(100 + i))
		method := []string{"REGISTER", "INVITE"}[i%2]
		h.ask(method, "sip:"+h.ext+"@x", "sip:"+h.ext+"@x", h.contact(), "")
	}
	late := time.After(10 * time.Second)
	for b.Stats().Shunned < 40 {
		select {
		case m := <-w.got:
			var got message
			_ = parse(m, &got)
			seen[got.status]++
		case <-late:
			t.Fatalf("%+v", b.Stats())
		}
	}
	if s := b.Stats(); s.Shut != 1 || s.Came != 0 || len(seen) != 1 || seen[401] > shutScore {
		t.Errorf("%v %+v", seen, s)
	}
	h := newWire(t, b.Addr(), 0).handset("201")
	if m := h.register(h.at(), ""); m.status != 200 {
		t.Errorf("a phone from elsewhere: %d", m.status)
	}
	// Nor is the one shut out who lives where a phone does.
	for i := range shutScore + 50 {
		g := h.wire.handset(fmt.Sprint(100 + i))
		g.ask("REGISTER", "sip:x", "sip:"+g.ext+"@x", "", "")
	}
	if m := h.register(h.at(), ""); m.status != 200 || b.Stats().Shut != 1 {
		t.Errorf("%d, %+v", m.status, b.Stats())
	}
}

// Passwords are guessed at one extension, ever faster: few are tested, and the
// address is shut out. Its owner comes from elsewhere all the while.
func TestGuesser(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, fromAfar)
	h := w.handset("201")
	h.ask("REGISTER", "sip:x", "sip:201@x", "", "")
	h.challenged(h.answer())
	for i := range 60 {
		h.password = fmt.Sprint("guess", i)
		h.ask("REGISTER", "sip:x", "sip:201@x", "", "")
	}
	late := time.After(10 * time.Second)
	for b.Stats().Shut == 0 {
		select {
		case <-w.got:
		case <-late:
			t.Fatalf("%+v", b.Stats())
		}
	}
	if s := b.Stats(); s.Wrong > guessBurst+3 {
		t.Errorf("%+v", s)
	}
	owner := newWire(t, b.Addr(), 0).handset("201")
	if m := owner.register(owner.at(), ""); m.status != 200 {
		t.Errorf("the owner: %d", m.status)
	}
	next[core.StationUp](b)
}

func TestHousehold(t *testing.T) {
	t.Parallel()
	for a, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::", "fe80::1%eth0": "fe80::",
	} {
		if got := household(netip.MustParseAddr(a)); got.String() != want {
			t.Errorf("%s: %s", a, got)
		}
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	var g guard
	a, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	now := second
	for range slowScore/wrongScore - 1 {
		if g.blame(a, wrongScore, false, now) {
			t.Fatal("slowed too early")
		}
	}
	if !g.blame(a, wrongScore, false, now) || g.shuts(a, now) {
		t.Error("not slowed, or shut out at once")
	}
	if g.blame(a, 1, false, now+10*second) {
		t.Error("the score does not fall")
	}
	for range shutScore {
		g.blame(a, 2, false, now)
		g.blame(other, 2, true, now)
	}
	if !g.shuts(a, now) || g.shuts(other, now) || g.shut.Load() != 1 {
		t.Error("the wrong one is shut out")
	}
	now += int64(shutFor)
	if g.shuts(a, now) || g.shut.Load() != 0 {
		t.Error("shut out for ever")
	}
	// An office with a hundred phones after a power cut: each is challenged once,
	// and proves itself.
	for range 1000 {
		g.blame(other, askedScore, false, now)
		g.trust(other, now)
	}
	if g.shuts(other, now) {
		t.Error("an office was shut out")
	}
	now += int64(2 * time.Hour)
	g.blame(a, 0, false, now)
	if len(g.sources) > 1 {
		t.Errorf("%d sources are remembered", len(g.sources))
	}
}
