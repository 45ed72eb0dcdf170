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
	"belfry/core/plan"
)

// Agent is what distribution knows of an agent.
type Agent struct {
	ID core.UserID
	// IdleSince orders agents under longest idle: end of the last queue call's
	// post-interaction, or login.
	IdleSince core.Time
	Calls     int            // today; breaks ties
	Occupied  int64          // ms in calls and after them, today
	Turn      uint64         // of the last offer; grows
	Skills    map[string]int // and their levels; read only

	served []served
	wanted []*Waiter // calls that wait for this agent alone
	ready  bool
}

// Service is how an agent serves a queue: its calls are for them only after
// Delay, and have Weight more seniority among all that they serve.
type Service struct {
	Queue  core.QueueID
	Delay  time.Duration
	Weight time.Duration
}

type served struct {
	Service
	q *Queue
}

// Ready says whether the agent may be given a call now.
func (a *Agent) Ready() bool { return a.ready }

// Wanted says whether a call waits for this agent alone.
func (a *Agent) Wanted() []*Waiter { return a.wanted }

// serves finds how the agent serves a queue; nil when they do not.
func (a *Agent) serves(q *Queue) *served {
	for i := range a.served {
		if a.served[i].q == q {
			return &a.served[i]
		}
	}
	return nil
}

// Waiter is a call that waits in a queue.
type Waiter struct {
	Call    core.CallID
	Queue   core.QueueID
	Arrived core.Time // first entry into any queue: age runs from here
	Entered core.Time // into this queue: delays run from here
	Class   int       // strict; the higher goes first
	Head    bool      // back through our failure: before all of its class
	Bonus   time.Duration
	Refused []Refusal
	Only    core.UserID // the one agent for whom it waits; empty: any
	Step    int         // of what its queue asks for; see Move

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
func before(a, b *Waiter) int { return beats(a, a.key, b, b.key) }

// beats is the same order for one agent, by the keys that the calls have for them.
func beats(a *Waiter, keyA int64, b *Waiter, keyB int64) int {
	if c := cmp.Compare(b.Class, a.Class); c != 0 {
		return c
	}
	if a.Head != b.Head {
		if a.Head {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(keyA, keyB), cmp.Compare(a.seq, b.seq))
}

// idler is the order of free agents: longest idle, then fewest calls, then id.
func idler(a, b *Agent) int {
	return cmp.Or(cmp.Compare(a.IdleSince, b.IdleSince), cmp.Compare(a.Calls, b.Calls), cmp.Compare(a.ID, b.ID))
}

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

// Open adds a queue, or changes the seniority of one for calls yet to come and,
// at once, the rule by which its agents are chosen and what it asks of them in
// each step; no steps: nothing.
func (b *Board) Open(id core.QueueID, bonus time.Duration, rule Rule, steps ...*plan.Requirement) {
	if len(steps) == 0 {
		steps = []*plan.Requirement{nil}
	}
	q := b.queues[id]
	if q == nil {
		q = &Queue{ID: id}
		b.queues[id] = q
	}
	q.fresh = len(q.bands) == 0 || !q.Rule.same(rule) || !q.asks(steps)
	q.Bonus, q.Rule = bonus, rule
	if !q.fresh {
		return
	}
	waiting, free := q.First(q.Waiting()), q.freed()
	if !q.asks(steps) {
		q.bands = make([]*band, len(steps))
		for i, need := range steps {
			q.bands[i] = &band{need: need, waiting: newLine(before)}
		}
		for _, w := range waiting {
			w.Step = min(w.Step, len(steps)-1)
			q.bands[w.Step].waiting.add(w)
		}
	}
	q.order(free)
}

// Queue returns a queue, nil when there is none.
func (b *Board) Queue(id core.QueueID) *Queue { return b.queues[id] }

// Serve says which queues an agent serves, and how. A free agent stays free.
func (b *Board) Serve(a *Agent, services []Service) {
	if b.agents[a.ID] != a {
		b.agents[a.ID] = a
	}
	if b.same(a, services) {
		return // ten thousand agents, and another one's queue was changed
	}
	ready := a.ready
	b.Busy(a)
	a.served = a.served[:0]
	for _, s := range services {
		if q := b.queues[s.Queue]; q != nil && a.serves(q) == nil {
			a.served = append(a.served, served{s, q})
		}
	}
	if ready {
		b.Free(a, a.IdleSince)
	}
}

// same says whether the agent stands already as Serve would have it.
func (b *Board) same(a *Agent, services []Service) bool {
	return slices.EqualFunc(a.served, services, func(x served, s Service) bool {
		return x.Service == s && x.q == b.queues[s.Queue] && !x.q.fresh
	})
}

// Free puts the agent in line for calls, idle since the instant given.
func (b *Board) Free(a *Agent, since core.Time) {
	b.Busy(a)
	a.IdleSince, a.ready = since, true
	for i := range a.served {
		a.served[i].q.join(a, a.served[i].Delay)
	}
}

// Busy takes the agent out of line.
func (b *Board) Busy(a *Agent) {
	if !a.ready {
		return
	}
	a.ready = false
	for i := range a.served {
		a.served[i].q.quit(a, a.served[i].Delay)
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
	w.Step = min(w.Step, len(q.bands)-1)
	q.bands[w.Step].waiting.add(w)
	if a := b.agents[w.Only]; a != nil {
		a.wanted = append(a.wanted, w)
	}
	return true
}

// Leave takes a call out of line.
func (b *Board) Leave(w *Waiter) {
	if w.in == nil {
		return
	}
	w.in.bands[w.Step].waiting.remove(w)
	w.in = nil
	b.unwanted(w)
}

// Release lets a call that waited for one agent go to any. It keeps its place.
func (b *Board) Release(w *Waiter) {
	b.unwanted(w)
	w.Only = ""
}

func (b *Board) unwanted(w *Waiter) {
	if a := b.agents[w.Only]; a != nil {
		a.wanted = slices.DeleteFunc(a.wanted, func(x *Waiter) bool { return x == w })
	}
}

// Move brings a waiting call to another step of what its queue asks for. It
// keeps its place.
func (b *Board) Move(w *Waiter, step int) {
	if w.in == nil {
		w.Step = step
		return
	}
	w.in.bands[w.Step].waiting.remove(w)
	w.Step = min(step, len(w.in.bands)-1)
	w.in.bands[w.Step].waiting.add(w)
}

// Weigh gives a waiting call another bonus of its own. Among equals it keeps its
// place.
func (b *Board) Weigh(w *Waiter, bonus time.Duration) {
	if w.in == nil {
		w.Bonus = bonus
		return
	}
	line := w.in.bands[w.Step].waiting
	line.remove(w)
	w.key += int64(w.Bonus) - int64(bonus)
	w.Bonus = bonus
	line.add(w)
}

// AgentFor returns the free agent who should get the waiting call, or nil. One
// who refused it comes after all who did not, and not before their time is up.
func (b *Board) AgentFor(w *Waiter, now core.Time) *Agent {
	if w.in == nil {
		return nil
	}
	if w.Only != "" {
		a := b.agents[w.Only]
		if a == nil || !a.ready {
			return nil
		}
		if until, _ := w.refused(a.ID); until > now {
			return nil
		}
		return a
	}
	band := w.in.bands[w.Step]
	if len(w.Refused) == 0 && w.in.Rule.Strategy != Random {
		return band.first(w, now)
	}
	var again *Agent
	for _, a := range w.in.inTurn(w, now) {
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

// Beside returns the free agent who should be rung beside those who are rung for
// the call already, or nil. Who has refused it is not asked again.
func (b *Board) Beside(w *Waiter, now core.Time) *Agent {
	q := b.queues[w.Queue]
	if q == nil || w.Only != "" {
		return nil
	}
	w.Step = min(w.Step, len(q.bands)-1)
	for _, a := range q.inTurn(w, now) {
		if _, refused := w.refused(a.ID); !refused {
			return a
		}
	}
	return nil
}

// CallFor returns the waiting call that the free agent should get, or nil: the
// best over all the agent's queues. A call the agent may not take holds up
// nothing.
func (b *Board) CallFor(a *Agent, now core.Time) *Waiter {
	var best *Waiter
	var bestKey int64
	for i := range a.served {
		s := &a.served[i]
		for _, band := range s.q.bands {
			if band.waiting.len() == 0 || band.need != nil && !band.need.Met(a.Skills) {
				continue
			}
			for _, w := range band.waiting.items {
				key := w.key - int64(s.Weight)
				if best != nil && beats(best, bestKey, w, key) < 0 {
					break
				}
				if w.Only != "" || s.Delay > 0 && now.Sub(w.Entered) < s.Delay {
					continue
				}
				if until, refused := w.refused(a.ID); refused && until > now {
					continue
				}
				best, bestKey = w, key
				break
			}
		}
	}
	for _, w := range a.wanted {
		key := w.key
		if s := a.serves(w.in); s != nil {
			key -= int64(s.Weight)
		}
		if until, _ := w.refused(a.ID); until <= now && (best == nil || beats(w, key, best, bestKey) < 0) {
			best, bestKey = w, key
		}
	}
	return best
}

// Place is the call's place in line, 1 for the next one; 0 when it is in none.
func (b *Board) Place(w *Waiter) int {
	if w == nil || w.in == nil {
		return 0
	}
	n := 1
	for _, band := range w.in.bands {
		n += band.waiting.ahead(w)
	}
	return n
}

// Score returns the terms of a waiting call's score in milliseconds, at now, as
// the agent sees it.
func (w *Waiter) Score(now core.Time, a *Agent) []core.Term {
	t := make([]core.Term, 0, 4)
	t = append(t, core.Term{Name: "age_ms", Value: now.Sub(w.Arrived).Milliseconds()})
	if w.Bonus != 0 {
		t = append(t, core.Term{Name: "priority_ms", Value: w.Bonus.Milliseconds()})
	}
	if w.in != nil && w.in.Bonus != 0 {
		t = append(t, core.Term{Name: "queue_weight_ms", Value: w.in.Bonus.Milliseconds()})
	}
	if s := a.serves(w.in); s != nil && s.Weight != 0 {
		t = append(t, core.Term{Name: "agent_weight_ms", Value: s.Weight.Milliseconds()})
	}
	if w.Class != 0 {
		t = append(t, core.Term{Name: "class", Value: int64(w.Class)})
	}
	if w.Head {
		t = append(t, core.Term{Name: "back_first", Value: 1})
	}
	if w.Step != 0 {
		t = append(t, core.Term{Name: "skill_step", Value: int64(w.Step)})
	}
	return t
}

// Joined is the order in which calls joined their lines.
func Joined(a, b *Waiter) int { return cmp.Compare(a.seq, b.seq) }
