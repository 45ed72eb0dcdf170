package floor

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"belfry/core"
)

// callback is what makes a call a virtual caller: somebody who hung up and keeps
// their place in line. An agent is reserved first and looks at it (a Preview
// call); when they launch it the customer is dialled, and once they answer it is
// a call like any other. A dial is an attempt, and no attempt is dialled twice:
// the order leaves after the record is on disk.
type callback struct {
	Number   string
	Class    core.NumberClass `json:",omitempty"` // of it, as it was promised
	Asked    core.Time
	Attempts int
	Next     core.Time // not before; zero: at once
	Why      string    // how the last attempt ended
	Reached  bool
	Left     bool // the customer has called again while they were being dialled
}

// backKey is what makes a request one: a second one returns the first.
type backKey struct {
	Queue  core.QueueID
	Number string
}

// hoursAgain is how often a callback looks whether its queue has opened.
const hoursAgain = time.Minute

// preview says whether the call is a virtual caller's that is not yet connected.
func (c *call) preview() bool { return c.Back != nil && !c.Back.Reached }

// callbackAccepted: the caller hangs up, and a virtual caller has their place.
func (f *Floor) callbackAccepted(c *call, number string, class core.NumberClass) {
	q, w := f.queues[c.Wait.Queue], c.Wait
	f.endOffers(c, "withdrawn", core.Cause{Why: core.Ended, Reason: "the caller wants to be called back"})
	f.outOfLine(c)
	if f.backs[backKey{q.set.ID, number}] == "" {
		f.ofToday(q).Callbacks++
		f.callBack(c, w, number, class)
	}
	c.Wait.Asking = nil
	c.Record.Outcome = "callback"
	f.leftBy(c, string(core.OutCallback), "call back "+number)
}

// callBack makes the virtual caller.
func (f *Floor) callBack(c *call, w *wait, number string, class core.NumberClass) {
	id := core.CallID(f.id("cal_"))
	v := &call{
		ID: id, Stage: arriving, Since: f.now, Up: true, Answering: true,
		Back: &callback{Number: number, Class: class, Asked: f.now},
		Record: core.Interaction{
			ID: id.Interaction(), Call: id, Direction: "outbound", Mode: "smart", Came: f.now,
			From: core.Party{Number: f.plan.CallerID("", w.Queue)}, To: number, Queue: w.Queue, Parent: c.Record.ID,
		},
		Wait: &wait{
			Queue: w.Queue, Group: w.Group, Arrived: w.Arrived, Entered: f.now,
			Priority: w.Priority, Class: w.Class, Head: w.Head, Refused: slices.Clone(w.Refused),
			Raises: slices.Clone(w.Raises), Since: cmp.Or(w.Since, w.Entered), // as if they waited still
		},
		Refused: slices.Clone(c.Refused),
	}
	if number == c.caller() {
		v.Record.Contact, v.Record.Name = c.Record.Contact, c.Record.Name
	}
	f.calls[id] = v
	f.backs[backKey{w.Queue, number}] = id
	f.touch(v)
	f.backToLine(v)
}

// backToLine puts the virtual caller in line, with the place they had.
func (f *Floor) backToLine(c *call) {
	q := f.queues[c.Wait.Queue]
	if q == nil {
		f.callbackOver(c, "withdrawn")
		return
	}
	c.Wait.Entered = f.now
	c.Wait.Step, c.Wait.Stepped = 0, 0
	f.open(c, core.Distribution{Queue: c.Wait.Queue, Group: c.Wait.Group, Priority: c.Wait.Priority, Back: c.Wait.Head})
	f.to(c, waiting)
	f.lineUp(c)
}

// inHours says whether the queue is within its hours.
func (f *Floor) inHours(q *queue) bool {
	if q.set.Hours == "" {
		return true
	}
	open, _, known := f.plan.Open(q.set.Hours, f.now)
	return open || !known
}

// backDeadline is when a virtual caller is to be looked at.
func (c *call) backDeadline(f *Floor) core.Time {
	q := f.queues[c.Wait.Queue]
	if q == nil {
		return f.now
	}
	at := c.Back.Asked.Add(q.set.Callback.Keeps())
	switch {
	case c.Stage == resting:
		return min(at, c.Back.Next)
	case c.Wait.Retry != 0:
		at = min(at, c.Wait.Retry)
	}
	return min(at, f.now.Add(hoursAgain))
}

// backMet: a virtual caller's time has come, or is over.
func (f *Floor) backMet(c *call) {
	q, b := f.queues[c.Wait.Queue], c.Back
	switch {
	case q == nil:
		f.callbackOver(c, "withdrawn")
	case b.Asked.Add(q.set.Callback.Keeps()) <= f.now:
		f.callbackOver(c, "expired")
	case !f.inHours(q):
		f.backRests(c, f.now.Add(hoursAgain))
	case c.Stage == resting:
		if b.Next <= f.now {
			b.Next = 0
			f.backToLine(c)
		}
	default:
		f.lookAgain(c)
	}
}

// backRests takes a virtual caller out of line for a while.
func (f *Floor) backRests(c *call, until core.Time) {
	c.Back.Next = until
	f.touch(c)
	if c.Stage == resting {
		return
	}
	f.endOffers(c, "withdrawn", core.Cause{Why: core.Ended, Reason: "later"})
	f.outOfLine(c)
	f.closeDistribution(c, "later")
	f.to(c, resting)
	f.poolRev++
}

// launch dials the customer for the agent who has looked at the Preview call. The
// attempt is counted in the same event: what was dialled is known after any crash.
func (f *Floor) launch(c *call, a *agent) *core.Error {
	o, b, q := c.offerTo(a.ID), c.Back, f.queueSet(c.Wait.Queue)
	switch {
	case q == nil:
		f.callbackOver(c, "withdrawn")
		return core.Errorf(core.Conflict, "offer-over", "this call is no longer offered to you")
	case f.plan.Unwanted(b.Number):
		f.callbackOver(c, "do_not_call")
		return core.Errorf(core.Denied, "do-not-call", "%s is on the do-not-call list", b.Number)
	}
	if err := f.mayCost("", b.Class); err != nil {
		f.backRests(c, f.now.Add(q.Callback.Between()))
		return err
	}
	if err := f.mayCost(a.ID, b.Class); err != nil { // a colleague may
		c.Wait.refuse(a.ID, f.now.Add(q.Callback.Between()))
		f.offerFailed(c, o, "withdrawn", core.Cause{Why: core.Ended, Reason: err.Code})
		return err
	}
	line := o.Leg
	f.endOffer(c, o, "answered", core.Cause{})
	f.lostTo(c, a)
	f.holdOthers(a, c)
	a.Misses, a.Declines = 0, 0
	a.joins(c.ID)
	if line == "" {
		line = f.takeLine(c, a)
	}
	c.Talk = &talk{Agent: a.ID, Offer: o.ID, Queue: o.Queue, Rules: o.Queue, Leg: line, Began: f.now}
	c.Record.Agent = a.ID
	b.Attempts++
	f.dialOut(c, a.ID, core.Target{Number: b.Number, Class: b.Class, Name: c.Record.Name}, out{
		Key: fmt.Sprintf("%s/%d", c.ID, b.Attempts), Classes: q.Callback.Classes(),
	})
	c.Out.Until = f.now.Add(q.Callback.Rings())
	c.Leg = c.Out.Leg
	f.do(core.Play{Leg: line, Play: core.PlayID(f.id("ply_")), Sounds: []core.SoundID{"snd_ringback"}, Loop: true})
	f.poolRev++
	f.touch(a)
	f.show(a, true)
	return nil
}

// backReached: the customer has answered.
func (f *Floor) backReached(c *call) {
	c.Back.Reached, c.Wait.Talked = true, true
	f.forgetBack(c)
	if q := f.queues[c.Wait.Queue]; q != nil {
		f.ofToday(q).Reached++
		q.past.Pace.answered(f.now)
	}
	f.closeDistribution(c, "answered")
}

// backFailed: the customer was not reached, or the agent gave up. There may be
// another attempt later.
func (f *Floor) backFailed(c *call, why trouble) {
	q, b := f.queues[c.Wait.Queue], c.Back
	b.Why, c.Failed = why.Reason, why
	if l := c.entry(c.Out.Leg); l != nil {
		f.drop(l, core.Cause{Why: core.NoAnswer, Reason: why.Reason})
	}
	if t := c.Talk; t != nil {
		if a := f.agents[t.Agent]; a != nil {
			a.failure = &core.DeskFailure{Call: c.ID, To: b.Number, Name: c.Record.Name, Reason: why.Reason, Code: why.Code, At: f.now}
		}
		f.release(c, t, "system", false)
	}
	c.Leg = ""
	f.closeDistribution(c, "not_reached")
	switch {
	case q == nil || b.Left:
		f.callbackOver(c, "redialled")
	case why.Reason == notCalledBack && !c.Out.Spent: // it will not be another time either
		f.callbackOver(c, "not_allowed")
	case b.Attempts >= q.set.Callback.Tries():
		f.callbackOver(c, "not_reached")
	default:
		b.Next = f.now.Add(q.set.Callback.Between())
		f.to(c, resting)
		f.poolRev++
	}
}

// callbackOver ends a virtual caller who was not reached.
func (f *Floor) callbackOver(c *call, outcome string) {
	f.endOffers(c, "withdrawn", core.Cause{Why: core.Ended, Reason: outcome})
	f.outOfLine(c)
	f.closeDistribution(c, outcome)
	if q := f.queues[c.Wait.Queue]; q != nil && outcome != "redialled" {
		f.ofToday(q).Unreached++
	}
	c.Record.Outcome = outcome
	f.finish(c, core.Cause{Why: core.Ended, Reason: outcome}, "system")
}

func (f *Floor) forgetBack(c *call) {
	key := backKey{c.Wait.Queue, c.Back.Number}
	if f.backs[key] == c.ID {
		delete(f.backs, key)
	}
}

// redialled: somebody who is to be called back calls again. They take the place
// that was kept for them, and nobody calls them back.
func (f *Floor) redialled(c *call, q *queue) {
	v := f.calls[f.backs[backKey{q.set.ID, c.caller()}]]
	if v == nil || v == c || c.caller() == "" {
		return
	}
	w := c.Wait
	w.Arrived, w.Priority, w.Head = min(w.Arrived, v.Wait.Arrived), max(w.Priority, v.Wait.Priority), w.Head || v.Wait.Head
	c.Record.Parent = v.Record.Parent
	if v.Stage == dialing {
		v.Back.Left = true
		return
	}
	f.callbackOver(v, "redialled")
}
