package floor

import (
	"cmp"

	"belfry/core"
	"belfry/core/flow"
	"belfry/core/plan"
)

// An agent makes a call: who may call whom, and the way of the call until it is
// one like any other.

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
	return f.mayCost(who, class)
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
		f.sendToQueue(c, f.ofGroup(to.Group, ""))
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

// notOut undoes callOut when the number was not reached: the agent is in their
// tree again.
func (f *Floor) notOut(c *call) {
	if c.Leg != c.Out.Leg || c.Talk == nil {
		return
	}
	c.Own, c.Talk = c.Talk, nil
	c.User, c.Leg = c.Own.Agent, c.Own.Leg
}

// routedNowhere: the Smart Routing through which one of us calls out has ended
// the call before anybody answered. They are told by which of its decisions.
func (f *Floor) routedNowhere(c *call) {
	a := f.agents[c.agentOf()]
	if c.Own == nil || a == nil || c.Record.Answered != 0 || c.For != "" {
		return
	}
	why := &core.DeskFailure{Call: c.ID, To: c.Record.To, Name: c.Record.Name, Reason: "routing", At: f.now}
	for _, v := range c.Run.Path {
		switch v.Kind {
		case "start", "play", "set", "hangup", "end":
		default:
			why.Node = cmp.Or(v.Name, v.Node)
		}
	}
	a.failure = why
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
