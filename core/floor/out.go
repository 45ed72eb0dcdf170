package floor

import (
	"time"

	"belfry/core"
	"belfry/core/flow"
)

// out is a number outside that is being called for the call.
type out struct {
	Leg      core.LegID
	Number   string
	Name     string
	Rang     bool
	Until    core.Time
	Tree     bool // a tree's step, which learns how it went
	Transfer bool
	Key      string             // of a dial that is never repeated
	Classes  []core.NumberClass `json:",omitempty"` // of which the number must be one
	Forward  bool               // a direct call that its person did not take
	By       core.UserID        `json:",omitempty"` // whose call it counts as
	Spent    bool               `json:",omitempty"` // paid numbers are not called any more
}

// How long a number outside may ring; the driver hears of a dead trunk itself.
const (
	outRings  = 60 * time.Second
	ownRings  = 30 * time.Second // an agent's own phone, before anybody is called
	lookAgain = 500 * time.Millisecond
)

// callFromTree calls a number outside for who is in a tree: an agent whose call
// out it is, or a caller whom the company sends on.
func (f *Floor) callFromTree(c *call, o flow.CallNumber) flow.Input {
	if f.plan.Unwanted(o.Number) {
		return flow.Left{Output: "failed", What: "on the do-not-call list"}
	}
	how, err := f.within(out{}, c.agentOf())
	if err != nil {
		return flow.Left{Output: "failed", What: "too many calls out"}
	}
	if c.Own != nil && c.Wanted.Number == o.Number {
		f.callOut(c, c.Wanted)
	} else {
		f.ringback(c)
		f.dialOut(c, c.agentOf(), core.Target{Number: o.Number}, how)
	}
	c.Out.Tree = true
	if o.Ring > 0 {
		c.Out.Until = f.now.Add(time.Duration(o.Ring) * time.Second)
	}
	return nil
}

// dialOut calls a number for the call.
func (f *Floor) dialOut(c *call, who core.UserID, to core.Target, o out) {
	o.Leg, o.Number, o.Name, o.By, o.Until = core.LegID(f.id("leg_s")), to.Number, to.Name, who, f.now.Add(outRings)
	c.Out = &o
	queue := c.Record.Queue
	if main := f.calls[c.For]; main != nil {
		queue = main.Record.Queue
	}
	c.Record.CallerID = f.plan.CallerID(who, queue)
	f.costs(who, to.Class, f.addLeg(c, core.LegRecord{Leg: o.Leg, Kind: "number"}))
	from := core.Party{Number: c.Record.CallerID}
	if from.Number == "" {
		from.Anonymous = true
	}
	f.do(core.Dial{Leg: o.Leg, Call: c.ID, Number: to.Number, From: from, Codec: c.Codec, Key: o.Key, Classes: o.Classes})
	f.to(c, dialing)
	if to.Class == core.ClassEmergency {
		f.do(core.Note{Fact: core.Notice{Kind: "emergency_call", Agent: who, Call: c.ID, What: to.Number, At: f.now}})
	}
}

// outRang: the number rings, or says something before it answers.
func (f *Floor) outRang(c *call, early bool) {
	o := c.Out
	o.Rang = true
	f.consultMoves(c)
	f.transferRings(c)
	f.showCall(c, true)
	if c.Stage == dialing && !c.Answering {
		if !early || o.Forward && c.User == "" {
			f.do(core.Ring{Leg: c.invite()})
			return
		}
		f.do(core.Early{Leg: c.invite()})
	}
	if !early || c.Stage != dialing {
		return
	}
	for _, id := range c.hearing() {
		f.do(core.Join{Room: c.room(), Leg: id, Side: core.AgentSide})
	}
	f.do(core.Join{Room: c.room(), Leg: c.Out.Leg, Side: core.CustomerSide})
}

// hearing are the legs that hear a number ring: the agent who calls it, or the
// caller who is sent there.
func (c *call) hearing() []core.LegID {
	if c.Leg != c.Out.Leg {
		return []core.LegID{c.Leg}
	}
	if c.Talk != nil && c.Talk.Away == 0 && c.Talk.HeldSince == 0 {
		return []core.LegID{c.Talk.Leg}
	}
	return nil
}

// outUp: the number has answered.
func (f *Floor) outUp(c *call, l *leg) {
	if c.Stage != dialing {
		f.drop(l, core.Cause{Why: core.Ended})
		return
	}
	if c.Record.Answered == 0 {
		c.Record.Answered = f.now
	}
	if c.preview() {
		f.backReached(c)
	}
	if c.Leg == l.Leg { // an agent called it
		f.answer(c)
		c.Talk.Began = f.now
		if l.Codec != "" {
			c.Codec = l.Codec
		}
		if a := f.agents[c.Talk.Agent]; a != nil {
			f.today(a)
			a.Today.Answered++
			f.spoken(a, c.Out.Number)
			if c.For == "" {
				f.popAccepted(a, c, c.Talk)
			}
		}
	} else {
		f.answer(c)
		c.Talk = &talk{Number: c.Out.Number, Name: c.Out.Name, Leg: l.Leg, Began: f.now}
		c.Bridged = true
		if n := len(c.Run.Path); n > 0 && c.InTree {
			c.Run.Path[n-1].Output = "answered"
		}
		f.transferDone(c)
	}
	f.talks(c)
}

// outMet: it has rung long enough.
func (f *Floor) outMet(c *call) {
	cause := core.Cause{Why: core.NoAnswer, Reason: "ring time is over"}
	if l := c.entry(c.Out.Leg); l != nil {
		f.drop(l, cause)
	}
	f.outFailed(c, cause)
}

// outGone: the number refused, or hung up before it answered.
func (f *Floor) outGone(c *call, cause core.Cause) {
	if c.Stage == dialing {
		f.outFailed(c, cause)
	}
}

// outFailed lets the call go on after a number was not reached.
func (f *Floor) outFailed(c *call, cause core.Cause) {
	why := trouble{Reason: reasonOf(cause), Code: cause.Code}
	o := c.Out
	if o.Spent && why.Reason == notCalledBack {
		f.notPaid(o)
	}
	switch {
	case o.Transfer:
		f.transferFailed(c, why)
	case c.preview():
		f.backFailed(c, why)
	case o.Forward:
		f.notOut(c)
		f.notReached(c, why)
	case o.Tree:
		f.notOut(c)
		f.back(c, treeOutput(why.Reason), why.Reason)
	default:
		c.Failed = why
		if !c.Answering {
			f.reject(c, cause)
			return
		}
		if a := f.agents[c.agentOf()]; a != nil && c.For == "" {
			a.failure = &core.DeskFailure{Call: c.ID, To: o.Number, Name: c.Record.Name, Reason: why.Reason, Code: why.Code, At: f.now}
		}
		c.Record.Outcome = "not_reached"
		f.finish(c, cause, "system")
	}
}
