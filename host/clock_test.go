package host

import (
	"testing"
	"testing/synctest"
	"time"

	"belfry/core"
)

// hand is a clock set by hand: its wall may be moved, its monotonic time too.
type hand struct{ t time.Time }

func (h *hand) now() time.Time { return h.t }

func TestTheClockNeverGoesBack(t *testing.T) {
	t.Parallel()
	h := &hand{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} // no monotonic reading
	c := newClock(h.now, 0)
	last := c.read()
	for _, d := range []time.Duration{time.Second, -time.Hour, time.Second, -time.Millisecond, 0, 10 * time.Second} {
		h.t = h.t.Add(d)
		got := c.read()
		if want := last.Add(max(d, 0)); got != want {
			t.Errorf("after %v: %v, want %v", d, got.Sub(last), want.Sub(last))
		}
		last = got
	}
}

func TestTheClockBeginsAfterTheRecord(t *testing.T) {
	t.Parallel()
	h := &hand{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	future := core.At(h.t.Add(time.Hour))
	c := newClock(h.now, future)
	h.t = h.t.Add(time.Minute)
	if got := c.read(); got != future.Add(time.Minute) {
		t.Errorf("%v after the last event, want 1m", got.Sub(future))
	}
}

func TestTheClockWalksTowardsTheWall(t *testing.T) {
	t.Parallel()
	h := &hand{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	ahead := core.At(h.t.Add(100 * time.Millisecond))
	c := newClock(h.now, ahead)
	last := c.read()
	for range 60 {
		for range 10 {
			h.t = h.t.Add(100 * time.Millisecond)
			now := c.read()
			if d := now.Sub(last); d < 50*time.Millisecond || d > 100*time.Millisecond {
				t.Fatalf("100 ms took %v", d)
			}
			last = now
		}
		c.tend(false)
		last = c.read()
	}
	if off := c.read().Sub(core.At(h.t)); off.Abs() > 6*time.Millisecond {
		t.Errorf("a minute later it is off by %v", off)
	}
	c = newClock(h.now, 0)
	c.at = c.at.Add(-time.Hour) // the machine slept
	if c.tend(false) != 0 || core.At(h.t).Sub(c.read()) < 59*time.Minute {
		t.Error("it leapt while a call was live")
	}
	if leapt := c.tend(true); leapt < 59*time.Minute || c.read() != core.At(h.t) {
		t.Errorf("it leapt by %v", leapt)
	}
}

// The wall goes back an hour under a live call: it must end when it is due.
func TestAWallThatGoesBackHoldsUpNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var moved time.Duration
		w := open(t, t.TempDir(), func(o *Options) {
			o.Now = func() time.Time { return time.Now().Round(0).Add(moved) }
		})
		w.begin().tell(came(1))
		time.Sleep(5 * time.Second)
		w.inLoop(func() { moved = -time.Hour })
		time.Sleep(15*time.Second + 200*time.Millisecond)
		synctest.Wait()
		equal(t, "orders", w.told(), []string{"Answer leg=leg_s1", "Drop leg=leg_s1"})
		w.close()
	})
}
