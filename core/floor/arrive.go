package floor

import (
	"slices"

	"belfry/core"
	"belfry/core/flow"
	"belfry/core/plan"
)

// callCame lets a call in: a number leads to its tree, an extension to its
// user, and everything else is refused.
func (f *Floor) callCame(ev core.CallCame) {
	if f.calls[ev.Call] != nil || f.legs[ev.Leg] != nil {
		return
	}
	c := &call{
		ID: ev.Call, Stage: arriving, Since: f.now, Leg: ev.Leg,
		User: ev.User, Trunk: ev.Trunk, Announce: ev.Announce, Codec: ev.Codec,
		Record: core.Interaction{
			ID: ev.Call.Interaction(), Call: ev.Call, Direction: "inbound", Mode: "smart",
			From: ev.From, To: ev.To, Came: f.now, SIPCallID: ev.SIPCallID,
		},
	}
	c.Record.Forwarded = ev.Forwarded
	if ev.User != "" {
		c.Record.Direction = "internal"
		if u := f.user(ev.User); u != nil {
			c.Record.Name = u.Name
		}
	}
	f.calls[ev.Call] = c
	f.touch(c)
	f.addLeg(c, core.LegRecord{Leg: ev.Leg, Kind: "caller", Codec: ev.Codec})
	if f.plan == nil {
		f.refuse(c, core.Cause{Why: core.Refused, Code: 503, Reason: "no plan is loaded"}, "")
		return
	}
	if a := f.agents[c.User]; a != nil && f.user(c.User) != nil {
		f.ownCame(c, a, ev)
		return
	}
	if c.User == "" && ev.From.Number != "" && !ev.From.Anonymous {
		f.do(core.Fetch{Call: c.ID, Number: ev.From.Number})
	}
	switch number, user := f.plan.Number(ev.To), f.plan.Extension(ev.To); {
	case number != nil:
		f.answer(c)
	case user != nil:
		c.Record.Mode = "direct"
		f.ringUser(c, user, user.RingTime(), ringForCaller)
	default:
		f.refuse(c, core.Cause{Why: core.Refused, Code: 404, Q850: 1, Reason: "the number is not in service"}, f.plan.Doc.Company.Unknown)
	}
}

// refuse ends a call that was not answered, with words first where the trunk
// wants them spoken.
func (f *Floor) refuse(c *call, cause core.Cause, sound core.SoundID) {
	c.Record.Outcome = "refused"
	if c.Announce && sound != "" {
		c.RefuseWith = cause
		f.to(c, refusing)
		f.do(core.Early{Leg: c.Leg})
		f.do(core.Play{Leg: c.Leg, Play: core.PlayID(f.id("ply_")), Sounds: []core.SoundID{sound}})
		return
	}
	f.reject(c, cause)
}

// reject sends the refusal; LegGone will follow.
func (f *Floor) reject(c *call, cause core.Cause) {
	if l := f.legs[c.invite()]; l != nil && !l.Dropped && l.Ended == 0 {
		l.Dropped = true
		f.do(core.Reject{Leg: l.Leg, Cause: cause})
	}
	f.finish(c, cause, "system")
}

// answer answers the caller, once.
func (f *Floor) answer(c *call) {
	if !c.Answering {
		c.Answering = true
		f.do(core.Answer{Leg: c.invite()})
	}
}

// invite is the leg that came in: of who called us.
func (c *call) invite() core.LegID {
	if c.Invite != "" {
		return c.Invite
	}
	return c.Leg
}

// ownCame: one of ours calls from their phone.
func (f *Floor) ownCame(c *call, a *agent, ev core.CallCame) {
	c.Record.Mode = "direct"
	c.Record.From = core.Party{Number: f.user(a.ID).Extension, Name: f.user(a.ID).Name}
	c.Legs[0].Agent = a.ID
	c.Wanted = core.Target{Number: ev.To, Class: ev.Class}
	if u := f.plan.Extension(ev.To); u != nil {
		c.Wanted = core.Target{User: u.ID}
	}
	number := f.plan.Number(ev.To)
	busy := slices.ContainsFunc(f.callsOf(a), func(c *call) bool { return !c.conversing() })
	if a.Other != "" || a.Offer != "" || busy {
		f.refuse(c, core.Cause{Why: core.LineBusy, Code: 486, Q850: 17, Reason: "two calls already, or one that rings"}, "")
		return
	}
	if c.Wanted.User == "" && number == nil {
		if ev.Class == "" {
			f.refuse(c, core.Cause{Why: core.Refused, Code: 404, Q850: 1, Reason: "the number is not in service"}, f.plan.Doc.Company.Unknown)
			return
		}
		if err := f.mayDial(a.ID, ev.To, ev.Class); err != nil {
			f.refuse(c, core.Cause{Why: core.Refused, Code: 403, Q850: 21, Reason: err.Text}, "")
			return
		}
	}
	f.holdOthers(a, c)
	c.Own = &talk{Agent: a.ID, Leg: c.Leg, Began: f.now}
	a.joins(c.ID)
	f.touch(a)
	f.show(a, true)
	if number != nil {
		f.answer(c) // its tree begins with the ACK
		return
	}
	f.sendOn(c)
}

// legUp: a caller has acknowledged our answer, or a phone has answered.
func (f *Floor) legUp(ev core.LegUp) {
	l := f.legs[ev.Leg]
	if l == nil || l.Ended != 0 {
		return
	}
	if l.Up == 0 {
		l.Up = f.now
	}
	if ev.Codec != "" {
		l.Codec = ev.Codec
	}
	c := f.calls[l.Call]
	f.touch(c)
	switch {
	case c.Out != nil && ev.Leg == c.Out.Leg:
		f.isPaid(l, ev.Class)
		f.outUp(c, l)
		return
	case l.Kind != "caller":
		f.phoneUp(c, l)
		return
	}
	if c.Up || !c.Answering {
		return
	}
	c.Up = true
	if c.Stage == arriving || c.Stage == greeting && c.Mail.Play == "" {
		f.answered(c)
	}
}

// answered: the caller is with us; their way begins.
func (f *Floor) answered(c *call) {
	switch {
	case c.Mail != nil: // a direct call on its way to a mailbox
		f.greet(c)
	case c.Ahead != "":
		tree := c.Ahead
		c.Ahead = ""
		f.beginTree(c, tree)
	case c.Own != nil:
		f.sendOn(c)
	case c.Record.Mode == "smart":
		number := f.plan.Number(c.Record.To)
		if number == nil {
			f.finish(c, core.Cause{Why: core.Lost, Reason: "the number has left the plan"}, "system")
			return
		}
		f.beginTree(c, number.Tree)
	}
}

// beginTree starts the call's walk.
func (f *Floor) beginTree(c *call, tree core.TreeID) {
	vars := []core.Var{
		{Name: "caller", Value: c.Record.From.Number, Source: "call"},
		{Name: "dialled", Value: c.Record.To, Source: "call"},
	}
	if c.Record.Name != "" {
		vars = append(vars, core.Var{Name: "name", Value: c.Record.Name, Source: "directory"})
	}
	f.walkTree(c, tree, vars)
}

// walkTree starts a walk with what is known.
func (f *Floor) walkTree(c *call, tree core.TreeID, vars []core.Var) {
	c.InTree = true
	f.to(c, routing)
	f.walk(c, flow.Begin{Call: c.ID, Tree: tree, Vars: vars})
}

// legRang: a phone that we dialled is ringing. That counts as drawn.
func (f *Floor) legRang(ev core.LegRang) {
	l := f.legs[ev.Leg]
	if l == nil || l.Ended != 0 || l.Dropped {
		return
	}
	c := f.calls[l.Call]
	if c.Out != nil && c.Out.Leg == ev.Leg {
		f.outRang(c, ev.Early)
		return
	}
	if o := c.offerOn(ev.Leg); o != nil {
		f.drawn(c, o)
		f.transferRings(c)
	}
}

// legGone is the last word about a leg.
func (f *Floor) legGone(ev core.LegGone) {
	l := f.legs[ev.Leg]
	if l == nil || l.Ended != 0 {
		return
	}
	l.Ended, l.Cause, l.Quality = f.now, ev.Cause, ev.Quality
	f.hasCost(l)
	c := f.calls[l.Call]
	f.touch(c)
	switch {
	case c.Out != nil && ev.Leg == c.Out.Leg && c.Stage == dialing:
		f.outGone(c, ev.Cause)
	case l.Agent != "" && c.Own != nil && ev.Leg == c.Own.Leg:
		f.ownGone(c, l, ev.Cause)
	case ev.Leg == c.Leg:
		f.callerGone(c, l, ev.Cause)
	default:
		f.phoneGone(c, l, ev.Cause)
	}
	f.close(c)
}

// ownGone: the phone of one of ours who calls has hung up, or was not answered
// when we rang it first.
func (f *Floor) ownGone(c *call, l *leg, cause core.Cause) {
	if c.Stage == arriving && l.Up == 0 && l.Kind != "caller" {
		f.cannot(c, trouble{Reason: "own_phone", Code: cause.Code})
		return
	}
	if c.Stage == ending {
		return
	}
	f.phoneEnded(f.agents[l.Agent], l.Leg, cause)
}

// callerGone ends everything that was done for the caller.
func (f *Floor) callerGone(c *call, l *leg, cause core.Cause) {
	c.Gone = true
	if c.Stage == ending {
		return
	}
	by := outsider(l)
	if cause.Why != core.HungUp && cause.Why != core.Cancelled {
		by = "system"
	}
	if c.conversing() && f.enough(c) { // a conference: the others talk on
		f.goesOn(c)
		return
	}
	f.endOffers(c, "caller_left", cause)
	if c.Talk != nil {
		f.release(c, c.Talk, by, true)
	}
	f.mailCallerGone(c)
	f.finish(c, cause, by)
}

// digitCame: the caller pressed a key.
func (f *Floor) digitCame(ev core.DigitCame) {
	l := f.legs[ev.Leg]
	if l == nil || l.Ended != 0 {
		return
	}
	c := f.calls[l.Call]
	switch {
	case l.Kind == "outside" && ev.Digit == '1':
		f.pressed1(c, l)
	case c.Stage == joining && c.Talk != nil && ev.Leg == c.Talk.Leg:
		f.talks(c)
	case ev.Leg == c.Leg && c.Stage == routing:
		f.walk(c, flow.Digit{Digit: ev.Digit})
	case ev.Leg == c.Leg && (c.Stage == waiting || c.Stage == offered):
		f.touch(c)
		f.queueKey(c, ev.Digit)
	}
}

// playEnded: what was played to a leg has ended by itself.
func (f *Floor) playEnded(ev core.PlayEnded) {
	if a := f.agentOfLine(ev.Leg); a != nil {
		for _, c := range f.callsOf(a) {
			f.lineEnded(c, ev)
		}
		return
	}
	l := f.legs[ev.Leg]
	if l == nil || l.Ended != 0 {
		return
	}
	f.lineEnded(f.calls[l.Call], ev)
}

// lineEnded: what was played to somebody in the call has ended.
func (f *Floor) lineEnded(c *call, ev core.PlayEnded) {
	switch {
	case ev.Leg != c.Leg:
		if c.Stage == joining && c.Talk.Zip == ev.Play {
			f.talks(c)
		}
	case c.Tape != nil && c.Tape.Saying == ev.Play && ev.Play != "":
		f.told(c)
	case c.Stage == refusing:
		f.reject(c, c.RefuseWith)
	case c.Stage == waiting || c.Stage == offered:
		f.waitTold(c, ev.Play)
	case c.Stage == routing:
		f.walk(c, flow.PlayEnded{Play: ev.Play, Missing: ev.Missing})
	case c.Stage == greeting && c.Mail.Play == ev.Play && c.Mail.Bye:
		f.lastHeard(c)
	case c.Stage == greeting && c.Mail.Play == ev.Play:
		f.record(c)
	}
}

// contactCame: the address book knows the caller.
func (f *Floor) contactCame(ev core.ContactCame) {
	c := f.calls[ev.Call]
	if c == nil {
		return
	}
	r := &c.Record
	if r.Contact == ev.Contact && r.VIP == ev.VIP && r.Earlier == ev.Earlier {
		return
	}
	r.Contact, r.Name, r.VIP, r.Earlier = ev.Contact, ev.Name, ev.VIP, ev.Earlier
	if c.InTree && ev.Name != "" && !slices.ContainsFunc(c.Run.Vars, func(v core.Var) bool { return v.Name == "name" }) {
		c.Run.Vars = append(c.Run.Vars, core.Var{Name: "name", Value: ev.Name, Source: "directory"})
	}
	f.showCall(c, false)
	if c.Stage == waiting {
		f.poolRev++
	}
}

// user finds a person in the plan.
func (f *Floor) user(id core.UserID) *plan.User {
	if f.plan == nil {
		return nil
	}
	return f.plan.User(id)
}
