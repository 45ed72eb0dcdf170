package floor

import (
	"time"

	"belfry/core"
	"belfry/core/flow"
	"belfry/core/plan"
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
}

// How long a number outside may ring; the driver hears of a dead trunk itself.
const (
	outRings  = 60 * time.Second
	ownRings  = 30 * time.Second // an agent's own phone, before anybody is called
	lookAgain = 500 * time.Millisecond
)

// asksPlace begins a call out, or to a colleague.
func (f *Floor) asksPlace(a *agent, w core.PlaceCall) *core.Error {
	if f.calls[w.Call] != nil {
		return nil // said twice
	}
	if err := f.mayPlace(a); err != nil {
		return err
	}
	if err := f.mayReach(a, w.To, w.Routing); err != nil {
		return err
	}
	f.holdOthers(a, nil)
	f.startCall(a, w, "")
	return nil
}

// mayPlace says why the agent cannot begin a call now.
func (f *Floor) mayPlace(a *agent) *core.Error {
	switch {
	case !f.plan.Can(a.ID, plan.TakeCalls):
		return core.Errorf(core.Denied, "not-allowed-by-profile", "your profile does not take or make calls")
	case a.Offer != "":
		return core.Errorf(core.Conflict, "answer-first", "answer or decline the call first")
	case a.Other != "":
		return core.Errorf(core.Conflict, "two-calls", "you have two calls already: end one of them first")
	case a.Moving != nil:
		return core.Errorf(core.Conflict, "finish-first", "your call is moving to another phone")
	case f.lineOf(a) == "" && !a.station().Up:
		return core.Errorf(core.Conflict, "no-station", "your microphone is not connected")
	}
	if c := f.calls[a.Call]; c != nil && !c.conversing() {
		return core.Errorf(core.Conflict, "finish-first", "finish or cancel the other call first")
	}
	return nil
}

// mayReach says why the agent may not have the target called.
func (f *Floor) mayReach(a *agent, to core.Target, routing core.TreeID) *core.Error {
	switch {
	case to.User != "" && f.user(to.User) == nil, to.Kind() == "" && routing == "":
		return core.FieldErrorf("to", "no-such-target", "there is nobody by that name or number")
	case to.User == a.ID:
		return core.FieldErrorf("to", "yourself", "that is your own extension")
	case to.Queue != "" && f.queues[to.Queue] == nil, to.Group != "" && f.plan.Group(to.Group) == nil, to.Tree != "" && f.plan.Tree(to.Tree) == nil:
		return core.FieldErrorf("to", "no-such-target", "there is no such destination")
	}
	if routing != "" {
		t := f.plan.Tree(routing)
		switch {
		case t == nil || !t.Outbound:
			return core.FieldErrorf("via_routing", "no-such-routing", "there is no Smart Routing for calls out by that name")
		case !f.plan.Can(a.ID, plan.CallRouted):
			return core.Errorf(core.Denied, "not-allowed-by-profile", "your profile does not call through a Smart Routing")
		}
	}
	if to.Number == "" || f.plan.Number(to.Number) != nil {
		return nil
	}
	return f.mayDial(a.ID, to.Number, to.Class)
}

// mayDial is the one gate of all paths to a number outside.
func (f *Floor) mayDial(who core.UserID, number string, class core.NumberClass) *core.Error {
	switch {
	case class == core.ClassEmergency:
		return nil
	case f.plan.Unwanted(number):
		return core.Errorf(core.Denied, "do-not-call", "%s is on the do-not-call list", number)
	case class == "":
		return core.FieldErrorf("to", "number-unreadable", "%s cannot be read as a number", number)
	case !f.plan.Dials(who, class):
		return core.Errorf(core.Denied, "class-not-allowed", "your profile does not call %s numbers", class)
	}
	return nil
}

// startCall makes the call. For names the call that a consultation serves.
func (f *Floor) startCall(a *agent, w core.PlaceCall, consult core.CallID) *call {
	u := f.user(a.ID)
	c := &call{
		ID: w.Call, Stage: arriving, Since: f.now, User: a.ID, For: consult, Up: true, Answering: true,
		Record: core.Interaction{
			ID: w.Call.Interaction(), Call: w.Call, Direction: "internal", Mode: "direct", Came: f.now,
			From: core.Party{Number: u.Extension, Name: u.Name}, To: f.shownTarget(w.To), Name: w.To.Name, Contact: w.To.Contact, Parent: w.Link,
		},
	}
	if consult != "" {
		c.Record.Parent = consult.Interaction()
	}
	f.calls[c.ID] = c
	c.Wanted, c.Routing = w.To, w.Routing
	a.joins(c.ID)
	f.touch(a)
	f.touch(c)
	f.poolRev++
	if f.lineOf(a) == "" { // their own phone first
		c.Up, c.Answering = false, false
		c.Leg = f.dialStation(c, a, "", core.Party{Number: c.Record.To, Name: w.To.Name})
		c.Own = &talk{Agent: a.ID, Leg: c.Leg, Began: f.now}
		f.show(a, true)
		return c
	}
	c.Leg = f.takeLine(c, a)
	c.Own = &talk{Agent: a.ID, Leg: c.Leg, Began: f.now}
	f.sendOn(c)
	f.show(a, true)
	return c
}

// shownTarget is what the record says was called.
func (f *Floor) shownTarget(to core.Target) string {
	switch to.Kind() {
	case "user":
		return f.user(to.User).Extension
	case "number", "directory":
		return to.Number
	case "queue":
		return f.queueName(to.Queue)
	case "group":
		return f.plan.Group(to.Group).Name
	case "routing":
		return f.plan.Tree(to.Tree).Name
	}
	return ""
}

// ownPhone: the phone of who calls has answered; at a number outside a person
// must say so.
func (f *Floor) ownPhone(c *call, l *leg) {
	if l.Kind == "outside" {
		f.askPress1(l)
		return
	}
	f.ownUp(c)
}

// ownUp: the phone of who calls has been answered; now their call begins.
func (f *Floor) ownUp(c *call) {
	c.Up, c.Answering = true, true
	f.sendOn(c)
	f.showCall(c, true)
}

// sendOn sends a call that one of ours makes to whom they want.
func (f *Floor) sendOn(c *call) {
	to := c.Wanted
	if c.Routing != "" {
		c.Record.Mode = "smart"
		c.Record.Direction = "outbound"
		f.beginTree(c, c.Routing)
		return
	}
	switch to.Kind() {
	case "user":
		u := f.user(to.User)
		if u == nil {
			f.cannot(c, trouble{Reason: "away"})
			return
		}
		f.ringUser(c, u, u.RingTime(), ringForCaller)
	case "queue":
		f.sendToQueue(c, flow.Enter{Queue: to.Queue})
	case "group":
		f.sendToQueue(c, f.ofGroup(to.Group))
	case "routing":
		f.sendToTree(c, to.Tree)
	default:
		if n := f.plan.Number(to.Number); n != nil {
			f.sendToTree(c, n.Tree)
			return
		}
		f.callOut(c, to)
	}
}

// callOut turns a call that an agent makes into one to a number outside: whom
// they call becomes the party whom the call is about, and the agent its owner.
func (f *Floor) callOut(c *call, to core.Target) {
	t := c.Own
	c.Own, c.User = nil, ""
	c.Talk = t
	c.Record.Direction, c.Record.Agent = "outbound", t.Agent
	if c.Record.Name == "" {
		f.do(core.Fetch{Call: c.ID, Number: to.Number})
	}
	line := c.Leg
	f.dialOut(c, t.Agent, to, out{})
	c.Leg = c.Out.Leg
	if !c.Up {
		c.Invite = line // it is answered when the number answers
		return
	}
	f.do(core.Play{Leg: line, Play: core.PlayID(f.id("ply_")), Sounds: []core.SoundID{"snd_ringback"}, Loop: true})
}

// callFromTree calls a number outside for who is in a tree: an agent whose call
// out it is, or a caller whom the company sends on.
func (f *Floor) callFromTree(c *call, o flow.CallNumber) flow.Input {
	if f.plan.Unwanted(o.Number) {
		return flow.Left{Output: "failed", What: "on the do-not-call list"}
	}
	if c.Own != nil && c.Wanted.Number == o.Number {
		f.callOut(c, c.Wanted)
	} else {
		f.ringback(c)
		f.dialOut(c, c.agentOf(), core.Target{Number: o.Number}, out{})
	}
	c.Out.Tree = true
	if o.Ring > 0 {
		c.Out.Until = f.now.Add(time.Duration(o.Ring) * time.Second)
	}
	return nil
}

// notOut undoes callOut when the number was not reached: the agent is in their
// tree again.
func (f *Floor) notOut(c *call) {
	if c.Leg != c.Out.Leg || c.Talk == nil {
		return
	}
	c.Own, c.Talk = c.Talk, nil
	c.User, c.Leg = c.Own.Agent, c.Own.Leg
}

// dialOut calls a number for the call.
func (f *Floor) dialOut(c *call, who core.UserID, to core.Target, o out) {
	o.Leg, o.Number, o.Name, o.Until = core.LegID(f.id("leg_s")), to.Number, to.Name, f.now.Add(outRings)
	c.Out = &o
	queue := c.Record.Queue
	if main := f.calls[c.For]; main != nil {
		queue = main.Record.Queue
	}
	c.Record.CallerID = f.plan.CallerID(who, queue)
	f.addLeg(c, core.LegRecord{Leg: o.Leg, Kind: "number"})
	from := core.Party{Number: c.Record.CallerID}
	if from.Number == "" {
		from.Anonymous = true
	}
	f.do(core.Dial{Leg: o.Leg, Call: c.ID, Number: to.Number, From: from, Codec: c.Codec})
	f.to(c, dialing)
	if to.Class == core.ClassEmergency {
		f.do(core.Note{Fact: core.Notice{Kind: "emergency_call", Agent: who, Call: c.ID, What: to.Number, At: f.now}})
	}
}

// outRang: the number rings, or says something before it answers.
func (f *Floor) outRang(c *call, early bool) {
	c.Out.Rang = true
	f.consultMoves(c)
	f.transferRings(c)
	f.showCall(c, true)
	if c.Stage == dialing && !c.Answering {
		if !early {
			f.do(core.Ring{Leg: c.Invite})
			return
		}
		f.do(core.Early{Leg: c.Invite})
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
	if c.Leg == l.Leg { // an agent called it
		f.answer(c)
		c.Talk.Began = f.now
		if l.Codec != "" {
			c.Codec = l.Codec
		}
		if a := f.agents[c.Talk.Agent]; a != nil {
			f.today(a)
			a.Today.Answered++
		}
	} else {
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
	switch {
	case o.Transfer:
		f.transferFailed(c, why)
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

// agentOf is who made the call, or has it.
func (c *call) agentOf() core.UserID {
	for _, t := range c.parts() {
		if t.Agent != "" {
			return t.Agent
		}
	}
	return ""
}

// cannot ends a call of one of ours that reached nobody, with the reason on
// their desk.
func (f *Floor) cannot(c *call, why trouble) {
	c.Failed = why
	if a := f.agents[c.agentOf()]; a != nil && c.For == "" {
		a.failure = &core.DeskFailure{Call: c.ID, To: c.Record.To, Name: c.Record.Name, Reason: why.Reason, Code: why.Code, At: f.now}
	}
	c.Record.Outcome = "not_reached"
	f.finish(c, core.Cause{Why: whyOf(why.Reason), Code: why.Code, Reason: why.Reason}, "system")
}

// reasonOf puts a cause into the word that pages have a sentence for.
func reasonOf(c core.Cause) string {
	switch {
	case c.Code == 404 || c.Code == 410 || c.Code == 484 || c.Code == 604:
		return "no_such_number"
	case c.Code == 503 || c.Why == core.Overload:
		return "unreachable"
	}
	switch c.Why {
	case core.LineBusy:
		return "busy"
	case core.Declined:
		return "declined"
	case core.NoAnswer, core.NotAcked:
		return "no_answer"
	case core.Cancelled:
		return "cancelled"
	case core.HungUp, core.Ended, core.Answered:
		return "hung_up"
	case core.Unreachable, core.NoMedia, core.Refused, core.Overload, core.Lost:
	}
	return "unreachable"
}

func whyOf(reason string) core.Why {
	switch reason {
	case "busy":
		return core.LineBusy
	case "declined":
		return core.Declined
	case "no_answer":
		return core.NoAnswer
	}
	return core.Unreachable
}

// treeOutput is the output of a tree's node for the reason.
func treeOutput(reason string) string {
	switch reason {
	case "busy", "no_answer", "declined":
		return reason
	}
	return "failed"
}
