package api

import (
	"net/http"
	"sync"
	"time"

	"belfry/core"
)

// orderly bounds how fast one user's pages and programs may order calls: a click
// too many is nothing, a loop that does not end is.
type orderly struct {
	mu   sync.Mutex
	full map[core.UserID]time.Time // when their next call would be on time; absent: now
}

// So many calls may be ordered at once, and then one in each stretch.
const (
	callsAtOnce = 20
	callEvery   = time.Second
)

// take says whether a call may be ordered now.
func (p *orderly) take(who core.UserID, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full == nil {
		p.full = map[core.UserID]time.Time{}
	}
	next := p.full[who]
	if next.Before(now) {
		next = now
	}
	if next.Sub(now) > (callsAtOnce-1)*callEvery {
		return false
	}
	p.full[who] = next.Add(callEvery)
	return true
}

func tooFast() *Problem {
	return problem(http.StatusTooManyRequests, "calls-too-fast", "You have ordered many calls in a short time. Wait a second before the next.").with("Retry-After", "1")
}
