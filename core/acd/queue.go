package acd

import (
	"cmp"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// Queue is one queue's lines of calls and of free agents: a pair for each step of
// what it asks of its agents, so that a call never looks at agents, nor an agent
// at calls, that are not for each other. A queue that asks for nothing has one.
type Queue struct {
	ID    core.QueueID
	Bonus time.Duration // seniority that all its calls have
	Rule  Rule
	bands []*band
	free  int
	fresh bool       // its rule or what it asks for was changed when it was opened last
	unfit []standing // free, and in no line: they have none of what its steps ask for
}

// band is the calls that ask for the same, and the free agents who have it. The
// agents stand in a tier for each delay with which they serve the queue; nearly
// always there is one, without any.
type band struct {
	need    *plan.Requirement // nil: anyone
	waiting *line[*Waiter]
	tiers   []tier // the shortest delay first
	order   func(a, b *Agent) int
}

type tier struct {
	delay time.Duration
	line  *line[*Agent]
}

// Waiting is how many calls wait; Free how many agents are free who serve it.
func (q *Queue) Waiting() int {
	n := 0
	for _, b := range q.bands {
		n += b.waiting.len()
	}
	return n
}

// Free is how many agents could take one of its calls now, if they have the
// skills that it asks for.
func (q *Queue) Free() int { return q.free }

// First returns up to n waiting calls, next first.
func (q *Queue) First(n int) []*Waiter {
	if len(q.bands) == 1 {
		items := q.bands[0].waiting.items
		return items[:min(n, len(items))]
	}
	var all []*Waiter
	for _, b := range q.bands {
		all = append(all, b.waiting.items[:min(n, b.waiting.len())]...)
	}
	slices.SortFunc(all, before)
	return all[:min(n, len(all))]
}

// Asking are the calls that wait in a step.
func (q *Queue) Asking(step int) []*Waiter {
	if step >= len(q.bands) {
		return nil
	}
	return q.bands[step].waiting.items
}

// Nearest returns up to n free agents who have what the step asks for, next first.
func (q *Queue) Nearest(step, n int) []*Agent {
	if step >= len(q.bands) {
		return nil
	}
	var all []*Agent
	b := q.bands[step]
	for _, t := range b.tiers {
		all = append(all, t.line.items[:min(n, t.line.len())]...)
	}
	if len(b.tiers) > 1 {
		slices.SortFunc(all, b.order)
	}
	return all[:min(n, len(all))]
}

// asks says whether the queue's steps are these.
func (q *Queue) asks(steps []*plan.Requirement) bool {
	return slices.EqualFunc(q.bands, steps, func(b *band, r *plan.Requirement) bool { return b.need.Same(r) })
}

// standing is a free agent with the delay with which they serve the queue.
type standing struct {
	a     *Agent
	delay time.Duration
}

// freed are all free agents who serve the queue.
func (q *Queue) freed() []standing {
	free := slices.Clone(q.unfit)
	for _, b := range q.bands {
		for _, t := range b.tiers {
			for _, a := range t.line.items {
				free = append(free, standing{a, t.delay})
			}
		}
	}
	slices.SortFunc(free, func(x, y standing) int { return cmp.Compare(x.a.ID, y.a.ID) })
	return slices.CompactFunc(free, func(x, y standing) bool { return x.a == y.a })
}

// order puts the free agents in the order of the queue's rule and into the line
// of each step whose skills they have.
func (q *Queue) order(free []standing) {
	for _, b := range q.bands {
		b.order = q.Rule.before(b.need)
		b.tiers = []tier{{0, newLine(b.order)}}
	}
	q.free, q.unfit = 0, q.unfit[:0]
	for _, x := range free {
		q.join(x.a, x.delay)
	}
}

// join adds a free agent to the lines of the steps whose skills they have.
func (q *Queue) join(a *Agent, delay time.Duration) {
	q.free++
	fit := false
	for _, b := range q.bands {
		if b.need == nil || b.need.Met(a.Skills) {
			b.tier(delay).add(a)
			fit = true
		}
	}
	if !fit {
		q.unfit = append(q.unfit, standing{a, delay})
	}
}

func (q *Queue) quit(a *Agent, delay time.Duration) {
	q.free--
	fit := false
	for _, b := range q.bands {
		if b.need == nil || b.need.Met(a.Skills) {
			b.tier(delay).remove(a)
			fit = true
		}
	}
	if !fit {
		q.unfit = slices.DeleteFunc(q.unfit, func(x standing) bool { return x.a == a })
	}
}

// tier is the line of the agents with a delay.
func (b *band) tier(delay time.Duration) *line[*Agent] {
	for _, t := range b.tiers {
		if t.delay == delay {
			return t.line
		}
	}
	t := tier{delay, newLine(b.order)}
	i, _ := slices.BinarySearchFunc(b.tiers, delay, func(t tier, d time.Duration) int { return cmp.Compare(t.delay, d) })
	b.tiers = slices.Insert(b.tiers, i, t)
	return t.line
}

// first is the first free agent for a call, by the queue's rule.
func (b *band) first(w *Waiter, now core.Time) *Agent {
	var best *Agent
	for _, t := range b.tiers {
		if t.line.len() == 0 || t.delay > 0 && now.Sub(w.Entered) < t.delay {
			continue
		}
		if a := t.line.items[0]; best == nil || b.order(a, best) < 0 {
			best = a
		}
	}
	return best
}

// inTurn are the free agents in the order in which the call may be offered to
// them.
func (q *Queue) inTurn(w *Waiter, now core.Time) []*Agent {
	b := q.bands[w.Step]
	if len(b.tiers) == 1 && q.Rule.Strategy != Random {
		return b.tiers[0].line.items
	}
	var all []*Agent
	for _, t := range b.tiers {
		if t.delay <= 0 || now.Sub(w.Entered) >= t.delay {
			all = append(all, t.line.items...)
		}
	}
	order := b.order
	if q.Rule.Strategy == Random {
		order = func(x, y *Agent) int {
			return cmp.Or(q.Rule.better(b.need, x, y), cmp.Compare(drawn(x.ID, w.Call), drawn(y.ID, w.Call)), idler(x, y))
		}
	}
	slices.SortFunc(all, order)
	return all
}
