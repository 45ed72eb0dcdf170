package sip

import (
	"sync"
	"sync/atomic"
	"time"
)

// admission decides whether a new call is taken, before anything is kept of it.
type admission struct {
	e     *Endpoint
	late  atomic.Int64 // ns that the last new call waited
	until atomic.Int64 // lane time until which the floor is believed to be full

	mu     sync.Mutex
	tokens int64 // billionths of a call
	last   int64 // lane time
}

// floorFull is how long we ask nobody to come in after the floor said Busy. It
// is short: what the floor can take must go on.
const floorFull = 5 * time.Millisecond

const perCall = int64(time.Second) // tokens: at n calls/s, n come each ns

// allow says whether a new call may come in. What waited too long to get here
// is refused whatever the limits are: it is the sign that more comes than can
// be done.
func (a *admission) allow(l *lane, m *message) bool {
	lim := &a.e.opts.Limits
	waited := time.Duration(time.Now().UnixNano() - m.at)
	a.late.Store(int64(waited))
	switch {
	case a.e.closing.Load():
		return false
	case lim.Lateness > 0 && waited > lim.Lateness:
		return false
	case a.until.Load() > l.now:
		return false
	case lim.Calls > 0 && a.e.live.Load() >= int64(lim.Calls):
		return false
	case lim.CallsPerSecond <= 0:
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	rate := int64(lim.CallsPerSecond)
	now := a.e.since()
	if gone := min(now-a.last, perCall); gone > 0 {
		a.tokens = min(a.tokens+gone*rate, rate*perCall)
	}
	a.last = now
	if a.tokens < perCall {
		return false
	}
	a.tokens -= perCall
	return true
}

// busy notes that the floor could not take a call.
func (a *admission) busy(now int64) { a.until.Store(now + int64(floorFull)) }

// overloaded refuses a call without keeping anything of it.
func (l *lane) overloaded(m *message) {
	l.e.stats.refused.Add(1)
	l.refuse(m, 503, reasonOf(503), Header{"Retry-After", retryAfter})
}
