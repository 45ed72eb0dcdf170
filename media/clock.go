package media

import (
	"sync"
	"sync/atomic"
	"time"
)

// The clock beats every 5 ms, and each thing that speaks every 20 ms belongs to
// one of four phases: a thousand callers in music leave the machine in four
// small bursts and not in one. Deadlines are absolute, so a late beat is made
// up for and does not move the next.
const (
	phases = 4
	step   = frame / phases
	// letGo is how late the clock may be before it lets beats go.
	letGo = 10 * frame
	// few beaters share one phase: each phase costs 50 wakings a second.
	few = 16
	// chore is how often the legs are looked after.
	chore = 100 * time.Millisecond
)

// beater is a leg or a room that speaks every 20 ms.
type beater interface {
	// beat is told when it was due.
	beat(due time.Duration)
	pulse() *pulse
}

// pulse is a beater's part in the clock. wanted is set by who has work for the
// beater and cleared by its beat when there is none left.
type pulse struct {
	wanted atomic.Bool
	inside bool // guarded by clock.mu
}

// clock drives all beaters from one goroutine.
type clock struct {
	now    func() time.Duration
	chores func(now time.Duration)

	mu     sync.Mutex
	phase  [phases][]beater
	bell   chan struct{}
	quit   chan struct{}
	done   chan struct{}
	work   []beater     // scratch of run
	late   atomic.Int64 // beats that were let go
	beaten atomic.Int64
}

func newClock(now func() time.Duration, chores func(time.Duration)) *clock {
	c := &clock{now: now, chores: chores, bell: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	go c.run()
	return c
}

// want has b beaten until its beat says that there is nothing left.
func (c *clock) want(b beater) {
	p := b.pulse()
	p.wanted.Store(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.inside {
		return
	}
	p.inside = true
	best := 0
	for i, now := range c.phase {
		if len(now) > 0 && len(now) < few {
			best = i
			break
		}
		if len(now) < len(c.phase[best]) {
			best = i
		}
	}
	c.phase[best] = append(c.phase[best], b)
	if len(c.phase[best]) == 1 {
		select {
		case c.bell <- struct{}{}:
		default: // it has been rung
		}
	}
}

func (c *clock) close() {
	close(c.quit)
	<-c.done
}

// run beats. It wakes for no phase that is empty, and without a beater for the
// chores alone.
func (c *clock) run() {
	defer close(c.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	n, due := 0, c.now() // the next beat, and when it is due
	chores, idle := due, true
	for {
		skip := c.empty(n)
		at := due + time.Duration(skip)*step
		switch {
		case skip == phases:
			idle, at = true, chores
		case idle: // the first beater shall not wait
			idle, n, due = false, n+skip, c.now()
			skip, at = 0, due
		}
		timer.Reset(at - c.now())
		select {
		case <-c.quit:
			return
		case <-c.bell:
			continue
		case <-timer.C:
		}
		now := c.now()
		if !idle {
			n, due = n+skip, at
			if now-due > letGo {
				c.late.Add(int64((now - due) / step))
				due = now
			}
			c.beat(n%phases, due)
			n, due = n+1, due+step
		}
		if now >= chores {
			c.chores(now)
			chores = now + chore
		}
	}
}

// empty is how many phases from the nth on have no beater.
func (c *clock) empty(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	for skip := range phases {
		if len(c.phase[(n+skip)%phases]) > 0 {
			return skip
		}
	}
	return phases
}

// beat beats those of one phase and drops those that want no more.
func (c *clock) beat(phase int, due time.Duration) {
	c.mu.Lock()
	kept := c.phase[phase][:0]
	for _, b := range c.phase[phase] {
		if p := b.pulse(); p.wanted.Load() {
			kept = append(kept, b)
		} else {
			p.inside = false
		}
	}
	clear(c.phase[phase][len(kept):])
	c.phase[phase] = kept
	c.work = append(c.work[:0], kept...)
	c.mu.Unlock()
	for _, b := range c.work {
		b.beat(due)
	}
	c.beaten.Add(int64(len(c.work)))
	clear(c.work)
}
