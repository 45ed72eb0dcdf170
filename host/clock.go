package host

import (
	"time"

	"belfry/core"
)

// clock gives events their time. It starts at the wall's time, or at the last
// recorded event where the wall is behind that, and then follows the machine's
// monotonic clock: an administrator or NTP moving the wall changes no duration
// and never turns time back. Where wall and clock have come apart it walks
// towards the wall by 5 ms a second, or leaps forward when no call is live.
type clock struct {
	now  func() time.Time
	prev time.Time     // the last reading
	at   core.Time     // our time then
	owed time.Duration // by how much we are ahead and are to walk slower
}

// step is how far tend moves the clock at most, each time it is asked to.
const clockStep = 5 * time.Millisecond

func newClock(now func() time.Time, after core.Time) *clock {
	t := now()
	return &clock{now: now, prev: t, at: max(core.At(t), after)}
}

// read returns the time; never less than the last one.
func (c *clock) read() core.Time {
	t := c.now()
	d := max(t.Sub(c.prev), 0)
	c.prev = t
	if c.owed > 0 {
		back := min(c.owed, d/2)
		c.owed -= back
		d -= back
	}
	c.at = c.at.Add(d)
	return c.at
}

// tend draws the clock towards the wall, and returns how far it leapt. It is
// asked once a second.
func (c *clock) tend(idle bool) time.Duration {
	c.read()
	off := core.At(c.prev).Sub(c.at)
	switch {
	case off > time.Second && idle:
		c.at = c.at.Add(off)
		return off
	case off > 0:
		c.owed = 0
		c.at = c.at.Add(min(off, clockStep))
	case off < 0:
		c.owed = min(-off, clockStep)
	}
	return 0
}
