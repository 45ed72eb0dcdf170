package floor

import (
	"slices"
	"time"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/flow"
	"belfry/core/plan"
)

// enter puts the call into a queue, or says by which output it leaves at once.
func (f *Floor) enter(c *call, o flow.Enter) flow.Input {
	q := f.queues[o.Queue]
	if q == nil {
		return flow.Left{Output: "error", What: "no such queue"}
	}
	arrived := f.now
	if c.Wait != nil { // overflow from another queue keeps the age
		arrived = c.Wait.Arrived
	}
	w := &wait{
		Queue: o.Queue, Group: o.Group, Arrived: arrived, Entered: f.now,
		Priority: time.Duration(o.Priority) * time.Second, Class: q.set.Class, Raises: slices.Clone(o.Raise),
	}
	if c.Wait != nil {
		w.From = c.Wait.From
	} else {
		w.From = len(c.Record.Distributions)
	}
	if c.Wait != nil && c.Hops > 0 { // sent here by a colleague: given seniority stays
		w.Priority = max(w.Priority, c.Wait.Priority)
	}
	for _, r := range c.Refused { // whoever let it go before, here or elsewhere
		w.refuse(r.Agent, r.Until)
	}
	c.Wait = w
	c.Record.Queue = o.Queue
	f.redialled(c, q)
	f.rankKept(c, q)
	f.open(c, core.Distribution{Queue: o.Queue, Group: o.Group, Priority: w.Priority, Back: w.Head})
	if out := f.closedTo(q); out != "" {
		f.closeDistribution(c, out)
		return flow.Left{Output: out}
	}
	f.wish(c)
	f.to(c, waiting)
	f.hears(c)
	f.lineUp(c)
	return nil
}

// closedTo says by which output a queue turns a new call away; empty: it is open.
func (f *Floor) closedTo(q *queue) string {
	line := f.board.Queue(q.set.ID)
	_, nobody := q.nobody(&wait{})
	switch {
	case !f.inHours(q):
		return string(core.OutClosed)
	case q.set.MaxSize > 0 && line.Waiting() >= q.set.MaxSize:
		return string(core.OutFull)
	case q.set.Empty && nobody != "" && q.present == 0:
		return string(core.OutNoAgentLoggedIn)
	case q.set.Empty && nobody != "":
		return nobody
	case q.set.MaxExpected > 0 && len(line.Nearest(0, 1)) == 0 && q.past.Pace.honest(f.now) &&
		f.expects(q, line.Waiting()+1) > plan.Seconds(q.set.MaxExpected, 0):
		return string(core.OutTooLong)
	}
	return ""
}

// lineUp puts the call in line, to be matched at the end of the step.
func (f *Floor) lineUp(c *call) {
	w := c.Wait
	f.relax(c)
	f.raise(c)
	f.stillWished(c)
	w.in = w.waiter(c.ID)
	f.board.Wait(w.in)
	w.look(f.now, f.queues[w.Queue])
	f.arrived = append(f.arrived, c)
	f.poolRev++
	if q := f.queues[w.Queue]; q != nil {
		line := f.board.Queue(w.Queue)
		q.past.Pace.stands(f.now, line.Waiting())
		if len(w.Forecasts) == 0 && !c.preview() && f.board.AgentFor(w.in, f.now) == nil {
			f.foresee(c, q, false) // to know what an estimate is worth before one is spoken
		}
	}
}

// outOfLine takes the call out of line; it stays in the queue.
func (f *Floor) outOfLine(c *call) {
	if c.Wait != nil && c.Wait.in != nil {
		f.board.Leave(c.Wait.in)
		c.Wait.in = nil
		f.poolRev++
		if q := f.queues[c.Wait.Queue]; q != nil {
			q.past.Pace.stands(f.now, f.board.Queue(c.Wait.Queue).Waiting())
		}
	}
}

// backInLine: an offer came to nothing, or the agent was lost. The call keeps
// its age; its maximum wait may have passed meanwhile.
func (f *Floor) backInLine(c *call) {
	q := f.queues[c.Wait.Queue]
	f.to(c, waiting)
	if q == nil { // removed while it rang, or while they talked
		f.exitQueue(c, "withdrawn")
		return
	}
	if d := q.set.LongestWait(); d > 0 && !c.Wait.Talked && !c.preview() && c.Wait.Entered.Add(d) <= f.now {
		f.exitQueue(c, "max_wait")
		return
	}
	f.lineUp(c)
}

// waitMet: a deadline of a waiting call has passed.
func (f *Floor) waitMet(c *call) {
	q := f.queues[c.Wait.Queue]
	switch {
	case c.preview():
		f.backMet(c)
	case q == nil:
		f.exitQueue(c, "withdrawn")
	case q.set.LongestWait() > 0 && c.Wait.Entered.Add(q.set.LongestWait()) <= f.now:
		f.exitQueue(c, "max_wait")
	case f.deserted(c, q):
	default: // somebody may have it who might not before
		f.sayMet(c)
		f.lookAgain(c)
	}
}

// deserted lets a call go that nobody is there for, where the queue says so.
func (f *Floor) deserted(c *call, q *queue) bool {
	since, out := q.nobody(c.Wait)
	if !q.set.Empty || since == 0 || since.Add(lonelyGrace) > f.now {
		return false
	}
	f.exitQueue(c, out)
	return true
}

// lookAgain asks anew who may have a waiting call.
func (f *Floor) lookAgain(c *call) {
	f.relax(c)
	f.raise(c)
	f.stillWished(c)
	c.Wait.look(f.now, f.queues[c.Wait.Queue])
	f.arrived = append(f.arrived, c)
	f.touch(c)
}

// exitQueue leaves the queue by a named output; the tree goes on.
func (f *Floor) exitQueue(c *call, output string) { f.leftBy(c, output, "") }

func (f *Floor) leftBy(c *call, output, what string) {
	if c.preview() {
		f.callbackOver(c, output)
		return
	}
	f.outOfLine(c)
	f.closeDistribution(c, output)
	c.Wait.Asking = nil
	switch {
	case output == string(core.OutCallback) && !f.book.Wired(&c.Run, output):
		if n := len(c.Run.Path); n > 0 && c.InTree {
			c.Run.Path[n-1].Output, c.Run.Path[n-1].What = output, what
		}
		f.lastSaid(c, f.word("cb_thanks"))
	case c.InTree && !c.Run.Over:
		f.back(c, output, what)
	case c.Own != nil:
		f.cannot(c, trouble{Reason: output})
	default: // sent here by a colleague, and nowhere else to go
		f.lastWords(c)
	}
}

// leaveQueue closes the passage of a call that ends while it waits.
func (f *Floor) leaveQueue(c *call, outcome string) {
	f.outOfLine(c)
	f.closeDistribution(c, outcome)
}

// closeDistribution gives the open distribution its one outcome.
func (f *Floor) closeDistribution(c *call, outcome string) {
	n := len(c.Record.Distributions)
	if n == 0 || c.Record.Distributions[n-1].Outcome != "" {
		return
	}
	d := &c.Record.Distributions[n-1]
	d.Left, d.Outcome, d.Wait = f.now, outcome, f.now.Sub(d.Entered)
	if outcome == "answered" {
		d.Agent = c.Record.Agent
	}
	f.closed(c, d)
}

// match gives calls that came to agents who are free, and agents who came free
// to calls that wait. Between steps no waiting call has an agent who could take
// it, so only what changed is looked at.
func (f *Floor) match() {
	for {
		f.settle() // who is free follows from what has just happened
		switch {
		case len(f.free) > 0:
			a := f.free[0]
			w := (*acd.Waiter)(nil)
			if a.desk.Ready() {
				w = f.board.CallFor(a.desk, f.now)
			}
			if w == nil {
				f.free = f.free[1:]
				f.joinsAny(a)
				continue
			}
			// The call may have come in this very step: then who has been idle
			// the longest gets it, and a is asked about again.
			f.offerBest(w)
		case len(f.arrived) > 0:
			c := f.arrived[0]
			f.arrived = f.arrived[1:]
			if c.Stage != waiting || c.Wait.in == nil {
				continue
			}
			if f.board.AgentFor(c.Wait.in, f.now) != nil {
				f.offerBest(c.Wait.in)
				f.arrived = append(f.arrived, c) // if it was another call that was offered
			}
		case len(f.joining) > 0: // no call waits that a free agent could take
			c := f.joining[0]
			f.joining = f.joining[1:]
			f.ringOthers(c)
		default:
			f.free, f.arrived, f.joining = f.free[:0], f.arrived[:0], f.joining[:0]
			return
		}
	}
}

// offerBest offers the call to who should get it, or that agent a better call:
// several may have come free in one step. Each turn finds a better call for
// somebody; where agents weigh queues differently it may come round to a call
// that it has seen, and ends there.
func (f *Floor) offerBest(w *acd.Waiter) {
	var seen []*acd.Waiter
	for {
		who := f.board.AgentFor(w, f.now)
		better := f.board.CallFor(who, f.now)
		seen = append(seen, w)
		if better == nil || slices.Contains(seen, better) {
			if better != nil {
				w = better
			}
			f.offerTo(f.calls[w.Call], f.agents[who.ID])
			return
		}
		w = better
	}
}
