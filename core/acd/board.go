// Package acd decides who gets whom. It knows agents who are free and calls
// that wait, and nothing of phones, browsers, trees or clocks: the floor tells
// it what changed and asks it for the next match.
//
// It does not know why an agent is free or busy, and it keeps no history.
package acd

import (
	"cmp"
	"slices"
	"time"

	"belfry/core"
)

// Agent is what distribution knows of an agent.
type Agent struct {
	ID core.UserID
	// IdleSince orders agents under longest idle: end of the last queue call's
	// post-interaction, or login.
	IdleSince core.Time
	Calls     int    // today; breaks ties
	Occupied  int64  // ms in calls and after them, today
	Turn      uint64 // of the last offer; grows

	queues []*Queue
	ready  bool
}

// Ready says whether the agent may be given a call now.
func (a *Agent) Ready() bool { return a.ready }

// Waiter is a call that waits in a queue.
type Waiter struct {
	Call    core.CallID
	Queue   core.QueueID
	Arrived core.Time // first entry into any queue: age runs from here
	Class   int       // strict; the higher goes first
	Head    bool      // back through our failure: before all of its class
	Bonus   time.Duration
	Refused []Refusal

	key int64 // arrival less all bonuses: the smaller goes first
	seq uint64
	in  *Queue
}

// Refusal keeps an agent who let the call go from getting it again at once.
type Refusal struct {
	Agent core.UserID
	Until core.Time
}

// refused says whether the agent has refused the call, and until when it is
// not offered to them at all.
func (w *Waiter) refused(a core.UserID) (until core.Time, yes bool) {
	for _, r := range w.Refused {
		if r.Agent == a {
			until, yes = max(until, r.Until), true
		}
	}
	return until, yes
}

// before is the order of all waiting calls: strict class, then those back
// through our failure, then score (age and bonuses), then order of entry.
func before(a, b *Waiter) int {
	if c := cmp.Compare(b.Class, a.Class); c != 0 {
		return c
	}
	if a.Head != b.Head {
		if a.Head {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.seq, b.seq))
}

// idler is the order of free agents: longest idle, then fewest calls, then id.
func idler(a, b *Agent) int {
	return cmp.Or(cmp.Compare(a.IdleSince, b.IdleSince), cmp.Compare(a.Calls, b.Calls), cmp.Compare(a.ID, b.ID))
}

// Queue is one queue's line of calls and of free agents.
type Queue struct {
	ID      core.QueueID
	Bonus   time.Duration // seniority that all its calls have
	Rule    Rule
	waiting *line[*Waiter]
	free    *line[*Agent]
}

// Waiting is how many calls wait; Free how many agents are free for it.
func (q *Queue) Waiting() int { return q.waiting.len() }

// Free is how many agents could take one of its calls now.
func (q *Queue) Free() int { return q.free.len() }

// First returns up to n waiting calls, next first.
func (q *Queue) First(n int) []*Waiter { return q.waiting.items[:min(n, q.waiting.len())] }

// Idlest returns up to n free agents, next first.
func (q *Queue) Idlest(n int) []*Agent { return q.free.items[:min(n, q.free.len())] }

// Board is all queues of a company.
type Board struct {
	queues map[core.QueueID]*Queue
	agents map[core.UserID]*Agent
	seq    uint64
}

// NewBoard returns a board without queues.
func NewBoard() *Board {
	return &Board{queues: map[core.QueueID]*Queue{}, agents: map[core.UserID]*Agent{}}
}

// Open adds a queue, or changes the seniority of one for calls yet to come and
// the rule by which its agents are chosen, at once.
func (b *Board) Open(id core.QueueID, bonus time.Duration, rule Rule) {
	q := b.queues[id]
	if q == nil {
		b.queues[id] = &Queue{ID: id, Bonus: bonus, Rule: rule, waiting: newLine(before), free: newLine(rule.before())}
		return
	}
	q.Bonus, q.Rule = bonus, rule
	free := newLine(rule.before())
	for _, a := range q.free.items {
		free.add(a)
	}
	q.free = free
}

// Queue returns a queue, nil when there is none.
func (b *Board) Queue(id core.QueueID) *Queue { return b.queues[id] }

// Serve says which queues an agent serves. A free agent stays free.
func (b *Board) Serve(a *Agent, queues []core.QueueID) {
	b.agents[a.ID] = a
	ready := a.ready
	b.Busy(a)
	a.queues = a.queues[:0]
	for _, id := range queues {
		if q := b.queues[id]; q != nil && !slices.Contains(a.queues, q) {
			a.queues = append(a.queues, q)
		}
	}
	if ready {
		b.Free(a, a.IdleSince)
	}
}

// Free puts the agent in line for calls, idle since the instant given.
func (b *Board) Free(a *Agent, since core.Time) {
	b.Busy(a)
	a.IdleSince, a.ready = since, true
	for _, q := range a.queues {
		q.free.add(a)
	}
}

// Busy takes the agent out of line.
func (b *Board) Busy(a *Agent) {
	if !a.ready {
		return
	}
	a.ready = false
	for _, q := range a.queues {
		q.free.remove(a)
	}
}

// Wait puts a call in line; it says false when there is no such queue.
func (b *Board) Wait(w *Waiter) bool {
	q := b.queues[w.Queue]
	if q == nil || w.in != nil {
		return false
	}
	b.seq++
	w.seq, w.in = b.seq, q
	w.key = int64(w.Arrived) - int64(w.Bonus) - int64(q.Bonus)
	q.waiting.add(w)
	return true
}

// Leave takes a call out of line.
func (b *Board) Leave(w *Waiter) {
	if w.in != nil {
		w.in.waiting.remove(w)
		w.in = nil
	}
}

// AgentFor returns the free agent who should get the waiting call, or nil. One
// who refused it comes after all who did not, and not before their time is up.
func (b *Board) AgentFor(w *Waiter, now core.Time) *Agent {
	if w.in == nil {
		return nil
	}
	if len(w.Refused) == 0 && w.in.Rule.Strategy != Random {
		if w.in.free.len() == 0 {
			return nil
		}
		return w.in.free.items[0]
	}
	var again *Agent
	for _, a := range w.in.inTurn(w) {
		until, refused := w.refused(a.ID)
		if !refused {
			return a
		}
		if again == nil && until <= now {
			again = a
		}
	}
	return again
}

// inTurn are the free agents in the order in which the call may be offered to
// them.
func (q *Queue) inTurn(w *Waiter) []*Agent {
	if q.Rule.Strategy != Random {
		return q.free.items
	}
	return slices.SortedFunc(slices.Values(q.free.items), func(a, b *Agent) int {
		return cmp.Or(cmp.Compare(drawn(a.ID, w.Call), drawn(b.ID, w.Call)), idler(a, b))
	})
}

// CallFor returns the waiting call that the free agent should get, or nil: the
// best over all the agent's queues. A call the agent may not take holds up
// nothing.
func (b *Board) CallFor(a *Agent, now core.Time) *Waiter {
	var best *Waiter
	for _, q := range a.queues {
		for _, w := range q.waiting.items {
			if best != nil && before(best, w) < 0 {
				break
			}
			if until, refused := w.refused(a.ID); refused && until > now {
				continue
			}
			best = w
			break
		}
	}
	return best
}

// Score returns the terms of a waiting call's score in milliseconds, at now.
func (w *Waiter) Score(now core.Time) []core.Term {
	t := make([]core.Term, 0, 4)
	t = append(t, core.Term{Name: "age_ms", Value: now.Sub(w.Arrived).Milliseconds()})
	if w.Bonus != 0 {
		t = append(t, core.Term{Name: "priority_ms", Value: w.Bonus.Milliseconds()})
	}
	if w.in != nil && w.in.Bonus != 0 {
		t = append(t, core.Term{Name: "queue_weight_ms", Value: w.in.Bonus.Milliseconds()})
	}
	if w.Class != 0 {
		t = append(t, core.Term{Name: "class", Value: int64(w.Class)})
	}
	return t
}

// Joined is the order in which calls joined their lines.
func Joined(a, b *Waiter) int { return cmp.Compare(a.seq, b.seq) }
