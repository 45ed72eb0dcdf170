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
	known [memory]atomic.Uint64

	mu     sync.Mutex
	tokens int64 // billionths of a call
	last   int64 // lane time
}

// memory is of how many calls we remember whether they were taken or refused. A
// copy of a refused INVITE that comes when there is room again must have the
// same answer (RFC 3261 §8.2.7), for its sender may have gone; and a copy of one
// that was taken must not be refused. The memory has one size, whatever comes.
const memory = 1 << 15

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

// note remembers what became of a call, by its transaction, and says whether it
// knew that already. The last bit of the key gives way to the answer.
func (a *admission) note(key uint64, refused bool) (knew bool) {
	is := key &^ 1
	if refused {
		is |= 1
	}
	return a.known[key>>1%memory].Swap(is) == is
}

// recall says whether the call of a transaction is known, and was refused.
func (a *admission) recall(key uint64) (known, refused bool) {
	is := a.known[key>>1%memory].Load()
	known = is != 0 && is&^1 == key&^1
	return known, known && is&1 == 1
}

// busy notes that the floor could not take a call.
func (a *admission) busy(now int64) { a.until.Store(now + int64(floorFull)) }

// overloaded refuses a call and keeps no more of it than that it was refused.
func (l *lane) overloaded(m *message) {
	if !l.e.admit.note(l.serverKey(m, "INVITE"), true) {
		l.e.stats.refused.Add(1)
	}
	l.refuse(m, 503, reasonOf(503), Header{"Retry-After", retryAfter})
}
