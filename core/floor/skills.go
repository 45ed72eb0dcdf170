package floor

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/plan"
)

// What a queue asks of its agents becomes less as a call waits: it goes from step
// to step, never back, and over a step that nobody on shift could match at once.

// newQueue is a queue as the plan has it, with what was known of it before.
func newQueue(set *plan.Queue, was *queue) *queue {
	q := &queue{set: set, past: past{Queue: set.ID}, states: map[core.RoutingState]int{}, steps: set.Steps()}
	q.able, q.alone = make([]int, len(q.steps)), make([]core.Time, len(q.steps))
	if was != nil {
		q.lonely, q.past = was.lonely, was.past
		q.members = make([]core.UserID, 0, len(was.members))
		for i := range q.steps {
			if i < len(was.steps) && q.steps[i].Requires.Same(was.steps[i].Requires) {
				q.alone[i] = was.alone[i]
			}
		}
	}
	return q
}

// settled notes what nobody is there for, once all members are counted.
func (q *queue) settled(now core.Time) {
	if q.present == 0 && q.lonely == 0 {
		q.lonely = now
	}
	for i := range q.able {
		if q.able[i] == 0 && q.alone[i] == 0 {
			q.alone[i] = now
		}
	}
	slices.Sort(q.delays)
}

// needs are what the steps ask for.
func (q *queue) needs() []*plan.Requirement {
	all := make([]*plan.Requirement, len(q.steps))
	for i, s := range q.steps {
		all[i] = s.Requires
	}
	return all
}

// asks says whether the queue asks for any skill at all.
func (q *queue) asks() bool { return q.steps[0].Requires != nil }

// delayed notes a delay with which somebody serves the queue.
func (q *queue) delayed(d time.Duration) {
	if d > 0 && !slices.Contains(q.delays, d) {
		q.delays = append(q.delays, d)
	}
}

// nobody says since when nobody is there whom the call could go to, in its step
// or a later one, and by which output it leaves; zero: somebody is.
func (q *queue) nobody(w *wait) (since core.Time, output string) {
	if q.present == 0 {
		since, output = q.lonely, "no_agent_during_wait"
	}
	if !q.asks() {
		return since, output
	}
	unskilled := core.Time(0)
	for _, at := range q.alone[min(w.Step, len(q.alone)-1):] {
		if at == 0 {
			return since, output
		}
		unskilled = max(unskilled, at)
	}
	if since == 0 || unskilled < since {
		return unskilled, "no_agent_for_skills"
	}
	return since, output
}

// relax brings a call to the step that its time in the queue has earned.
func (f *Floor) relax(c *call) {
	w, q := c.Wait, f.queues[c.Wait.Queue]
	if len(q.steps) == 1 {
		w.Step, w.Stepped = 0, 0
		return
	}
	n := min(w.Step, len(q.steps)-1)
	for n+1 < len(q.steps) && w.Entered.Add(q.steps[n+1].Wait()) <= f.now {
		n++
	}
	if !q.set.KeepSteps && q.able[n] == 0 {
		for m := n + 1; m < len(q.steps); m++ {
			if q.able[m] > 0 {
				n = m
				break
			}
		}
	}
	if n == w.Step {
		return
	}
	w.Step, w.Stepped = n, f.now
	if w.in != nil {
		f.board.Move(w.in, n)
		f.poolRev++
	}
}

// look works out when somebody may have the call who may not now: who refused it,
// who serves the queue with a delay, who has what a later step asks for, or
// anybody, when it waits for one agent.
func (w *wait) look(now core.Time, q *queue) {
	w.Retry = 0
	sooner := func(t core.Time) {
		if t > now && (w.Retry == 0 || t < w.Retry) {
			w.Retry = t
		}
	}
	for _, r := range w.Refused {
		sooner(r.Until)
	}
	sooner(w.Prefer)
	if q == nil {
		return
	}
	sooner(w.widens(now, q))
	if len(w.Raises) > 0 {
		sooner(w.raised())
	}
}

// raise gives a call the seniority that its time in the queue has earned.
func (f *Floor) raise(c *call) {
	w := c.Wait
	for len(w.Raises) > 0 && w.raised() <= f.now {
		w.Priority += time.Duration(w.Raises[0].By) * time.Second
		w.Raises = w.Raises[1:]
		if w.in != nil {
			f.board.Weigh(w.in, w.Priority)
			f.poolRev++
		}
	}
}

// raised is when the next change of the seniority is due.
func (w *wait) raised() core.Time {
	return cmp.Or(w.Since, w.Entered).Add(plan.Seconds(w.Raises[0].After, 0))
}

// widens is when more agents may have the call by its time in the queue alone;
// zero: never.
func (w *wait) widens(now core.Time, q *queue) core.Time {
	at := core.Time(0)
	for _, d := range q.delays {
		if t := w.Entered.Add(d); t > now {
			at = t
			break
		}
	}
	if n := w.Step + 1; n < len(q.steps) {
		if t := w.Entered.Add(q.steps[n].Wait()); t > now && (at == 0 || t < at) {
			at = t
		}
	}
	return at
}

// waiter is the call in line.
func (w *wait) waiter(id core.CallID) *acd.Waiter {
	x := &acd.Waiter{
		Call: id, Queue: w.Queue, Arrived: w.Arrived, Entered: w.Entered, Class: w.Class,
		Head: w.Head, Bonus: w.Priority, Refused: w.Refused, Step: w.Step,
	}
	if w.Prefer != 0 {
		x.Only = w.Known
	}
	return x
}

// skilled has the agent stand in line for what they can do now.
func (f *Floor) skilled(a *agent) {
	if maps.Equal(a.desk.Skills, a.skills) {
		return
	}
	ready := a.desk.Ready()
	f.board.Busy(a.desk) // out of the lines in which they stood by their old skills
	a.desk.Skills = a.skills
	if ready {
		f.board.Free(a.desk, a.desk.IdleSince)
	}
}

// relaxed says how much less is asked for than at first.
func (w *wait) relaxed() *core.Relaxed {
	if w.Step == 0 {
		return nil
	}
	return &core.Relaxed{Step: w.Step, After: w.Stepped.Sub(w.Entered)}
}
