package media

import (
	"math/rand/v2"
	"sync"
	"time"

	"belfry/core"
)

// A pair of ports rests after its leg, so that a late packet of the old far end
// cannot reach the next one. The line of free pairs is first in, first out:
// each rests as long as the pool allows, and never less than shortestRest.
const shortestRest = 2 * time.Second

// errNoPorts is what sip answers with 503.
var errNoPorts = core.Errorf(core.Busy, "no-media-ports", "all media ports are in use")

// ports is the pool of even RTP ports. The RTCP port is the odd one above.
type ports struct {
	mu   sync.Mutex
	free []rested // the one that rested longest first
	out  map[int]bool
	size int
}

type rested struct {
	port  int
	since time.Duration // on the engine's clock; negative: never used
}

// newPorts returns the pool of the pairs that lie wholly in low–high. Their
// first order is random: who wants to guess a caller's port shall not count up.
func newPorts(low, high int) *ports {
	p := &ports{out: map[int]bool{}}
	for port := low + low%2; port+1 <= high; port += 2 {
		p.free = append(p.free, rested{port, -1})
	}
	rand.Shuffle(len(p.free), func(i, j int) { p.free[i], p.free[j] = p.free[j], p.free[i] })
	p.size = len(p.free)
	return p
}

// take hands out the pair that rested longest.
func (p *ports) take(now time.Duration) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 {
		return 0, errNoPorts
	}
	first := p.free[0]
	if first.since >= 0 && now-first.since < shortestRest {
		return 0, errNoPorts
	}
	p.free = p.free[1:]
	p.out[first.port] = true
	return first.port, nil
}

// give takes a pair back to rest.
func (p *ports) give(port int, now time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.out[port] {
		return
	}
	delete(p.out, port)
	p.free = append(p.free, rested{port, max(now, 0)})
}

// used is how many pairs are out.
func (p *ports) used() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.out)
}
