package host

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// inLoop runs f in the loop and says whether it ran: not before Start nor after
// Close.
func (h *Host) inLoop(f func()) bool {
	select {
	case <-h.living:
	default:
		return false
	}
	ran := make(chan struct{})
	h.put(item{do: func() { defer close(ran); f() }})
	select {
	case <-ran:
		return true
	case <-h.done:
		return false
	}
}

// Told gives news, as Tell does, and returns when the floor has taken it in.
func (h *Host) Told(ev core.Event) error {
	if err := h.Tell(ev); err != nil {
		return err
	}
	h.inLoop(func() {}) // not running: it begins with the newest plan
	return nil
}

// ofTwin runs f with the second floor, off the loop, and says whether it ran.
func (h *Host) ofTwin(f func(m machine)) bool {
	t := h.twin.Load()
	ran := make(chan bool, 1)
	t.do(func(m machine) {
		ok := false
		defer func() { ran <- ok }()
		if m != nil {
			f(m)
			ok = true
		}
	})
	select {
	case ok := <-ran:
		return ok
	case <-t.done:
		return false
	}
}

// Desk is the agent's desk as of now; nil when there is no such agent.
func (h *Host) Desk(agent core.UserID) (d *core.Desk) {
	h.inLoop(func() { d = h.floor.Desk(agent) })
	return d
}

// PoolOf is the agent's list of waiting calls as of now; nil when there is no
// such agent.
func (h *Host) PoolOf(agent core.UserID) (p *core.Pool) {
	h.ofTwin(func(m machine) { p = m.Pool(agent) })
	return p
}

// Active says who works with another than their first profile. It never waits.
func (h *Host) Active() *plan.Active { return h.active.Load() }

// Presence is who could be called now and how the queues stand; nil when the
// floor does not run.
func (h *Host) Presence() (p *core.Presence) {
	h.ofTwin(func(m machine) { p = m.Presence() })
	return p
}

// LiveOf is what supervisors see who work with each of the profiles, in their
// order, an empty Live for one that supervises nothing; none at all when the floor
// cannot be read. They are drawn off the loop.
func (h *Host) LiveOf(profiles ...core.ProfileID) (all []*core.Live) {
	h.ofTwin(func(m machine) {
		for _, id := range profiles {
			all = append(all, cmp.Or(m.Live(id), &core.Live{}))
		}
	})
	return all
}

// Live is the record so far of a call that is not over, a copy; nil when there
// is no such call.
func (h *Host) Live(call core.CallID) (i *core.Interaction) {
	h.ofTwin(func(m machine) {
		if found := m.Interaction(call); found != nil {
			c := *found
			c.Path, c.Vars, c.Legs = slices.Clone(c.Path), slices.Clone(c.Vars), slices.Clone(c.Legs)
			c.Distributions, c.Offers = slices.Clone(c.Distributions), slices.Clone(c.Offers)
			i = &c
		}
	})
	return i
}

// found is what Check found last.
type found struct {
	mu     sync.Mutex
	at     time.Time
	broken []floor.Broken
	slow   bool // hashing the floor stops the loop for too long
}

const (
	checkEvery = time.Second
	hashWithin = 5 * time.Millisecond
	replayed   = 7 // the invariant: a replay gives the same state
)

// Check returns the invariants of the floor that do not hold, and whether the
// second floor, which lives on the record, is equal to the first. Asked more
// than once a second it answers with what it last found.
func (h *Host) Check() []floor.Broken {
	h.found.mu.Lock()
	defer h.found.mu.Unlock()
	if !h.found.at.IsZero() && time.Since(h.found.at) < checkEvery {
		return h.found.broken
	}
	type verdict struct {
		broken []floor.Broken
		lost   bool
	}
	answer := make(chan verdict, 1)
	slow := h.found.slow
	ran := h.inLoop(func() {
		var hash uint64
		if !slow {
			began := time.Now()
			hash = h.floor.Hash()
			slow = time.Since(began) > hashWithin
		}
		hashed := !h.found.slow
		h.twin.Load().do(func(m machine) {
			if m == nil {
				answer <- verdict{lost: true}
				return
			}
			broken := m.Check()
			if hashed && m.Hash() != hash {
				broken = append(broken, floor.Broken{Invariant: replayed, What: "the floor and the replay of its record differ"})
			}
			answer <- verdict{broken: broken}
		})
	})
	if !ran {
		return h.found.broken
	}
	wait := time.NewTimer(10 * time.Second)
	defer wait.Stop()
	select {
	case v := <-answer:
		h.found.broken = v.broken
		if v.lost {
			h.found.broken = []floor.Broken{{Invariant: replayed, What: "the record cannot be replayed"}}
		}
	case <-wait.C:
		h.found.broken = []floor.Broken{{Invariant: replayed, What: "the check did not end in 10 s"}}
	}
	h.found.at, h.found.slow = time.Now(), slow
	return h.found.broken
}
