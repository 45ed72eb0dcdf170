package floor

import (
	"cmp"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/flow"
)

// A consultation is a call of its own: the agent, whose caller is on hold, calls
// the target. Whatever happens to it, the caller's call does not depend on it.

// beginConsult puts the caller on hold and calls the target.
func (f *Floor) beginConsult(a *agent, c *call, t *talk, w core.Transfer) *core.Error {
	switch {
	case w.Consult == "" || f.calls[w.Consult] != nil:
		return core.FieldErrorf("consult", "call-taken", "the call to the target has no name of its own")
	case a.Offer != "":
		return core.Errorf(core.Conflict, "answer-first", "answer or decline the call first")
	case a.Other != "":
		return core.Errorf(core.Conflict, "two-calls", "you have two calls already: end or merge them first")
	}
	f.openTransfer(a, c, w)
	if t.HeldSince == 0 {
		f.hold(c, t)
	}
	f.transferIs(c, core.TransferDialing, trouble{})
	f.startCall(a, core.PlaceCall{Call: w.Consult, To: w.To}, c.ID)
	return nil
}

// consultMoves tells the call on hold how far the consultation is.
func (f *Floor) consultMoves(b *call) {
	c := f.calls[b.For]
	if c == nil || !c.Transfer.live() || c.Transfer.State == core.TransferCompleting {
		return
	}
	switch {
	case b.Stage == talking || b.Stage == held || b.Stage == parted:
		f.transferIs(c, core.TransferConsulting, trouble{})
	case b.Stage == dialing && b.Out.Rang, b.drawn():
		f.transferIs(c, core.TransferRinging, trouble{})
	}
}

// consultOver: one of the two calls of a consultation ends. If it is the
// consultation, the transfer has failed and the caller is still on hold; if it
// is the caller's, the two who talk go on talking.
func (f *Floor) consultOver(x *call) {
	if c := f.calls[x.For]; c != nil {
		x.For = ""
		if c.Transfer.live() && c.Transfer.Consult == x.ID {
			why := x.Failed
			if why.Reason == "" {
				why = trouble{Reason: "hung_up", Code: x.Record.Cause.Code}
			}
			f.transferIs(c, core.TransferFailed, why)
		}
	}
	if x.Transfer != nil {
		if b := f.calls[x.Transfer.Consult]; b != nil && b.For == x.ID {
			b.For = ""
			f.showCall(b, true)
		}
	}
}

// transferCalled finds the call that a transfer is about, among the agent's.
func (f *Floor) transferCalled(a *agent, id core.TransferID) (*call, *core.Error) {
	for _, c := range f.callsOf(a) {
		if c.Transfer != nil && c.Transfer.ID == id && c.Transfer.By == a.ID {
			f.touch(c)
			return c, nil
		}
	}
	return nil, core.Errorf(core.Missing, "no-such-transfer", "this transfer is over")
}

func (f *Floor) asksComplete(a *agent, id core.TransferID) *core.Error {
	c, err := f.transferCalled(a, id)
	if err != nil {
		return err
	}
	if !c.Transfer.live() {
		return core.Errorf(core.Conflict, "transfer-over", "this transfer is over")
	}
	if !f.complete(c) {
		return core.Errorf(core.Conflict, "not-there", "the colleague on hold has put you on hold: wait for them, or until the target has answered")
	}
	return nil
}

func (f *Floor) asksCancel(a *agent, id core.TransferID) *core.Error {
	c, err := f.transferCalled(a, id)
	if err != nil {
		return err
	}
	if c.Transfer.live() {
		f.cancel(c)
	}
	return nil
}

// cancel ends the consultation and brings the agent back to the caller.
func (f *Floor) cancel(c *call) {
	x := c.Transfer
	b := f.calls[x.Consult]
	f.transferIs(c, core.TransferCancelled, trouble{})
	if b != nil && b.For == c.ID {
		b.For = ""
		b.Record.Outcome = "cancelled"
		f.endOffers(b, "caller_left", core.Cause{Why: core.Cancelled})
		f.finish(b, core.Cause{Why: core.Ended, Reason: "the transfer was cancelled"}, "agent")
	}
	if t := c.partOf(x.By); t != nil && t.HeldSince != 0 && t.Away == 0 {
		f.resume(f.agents[x.By], c, t)
	}
}

// hangupInTransfer: who hangs up while they consult means the transfer: it is
// completed when the target has answered, else cancelled.
func (f *Floor) hangupInTransfer(x *call, who core.UserID) bool {
	c := x
	if b := f.calls[x.For]; b != nil {
		c = b
	}
	if !c.Transfer.live() || !c.Transfer.Attended || c.Transfer.By != who {
		return false
	}
	b := f.calls[c.Transfer.Consult]
	if b == nil || b.For != c.ID {
		return false
	}
	if !b.conversing() || !f.complete(c) {
		f.cancel(c)
	}
	return true
}

// complete gives the caller to the target, however far the call there is. The
// target's phone goes on ringing: it is not called a second time.
func (f *Floor) complete(c *call) bool {
	x := c.Transfer
	b := f.calls[x.Consult]
	a := f.agents[x.By]
	t := c.partOf(x.By)
	if b == nil || a == nil || t == nil {
		return false
	}
	talks := b.conversing() || b.Stage == joining
	if o := c.other(t); !talks && o != nil && (o.HeldSince != 0 || o.Away != 0) {
		return false // a colleague who is not there cannot hear it ring
	}
	f.transferIs(c, core.TransferCompleting, trouble{})
	b.For = ""
	switch {
	case talks:
		f.takeOver(c, b, t)
	case b.Stage == ringing && len(b.Offers) > 0, b.Stage == offered:
		f.takeOffers(c, b, t)
	case b.Stage == dialing:
		f.takeDial(c, b, t)
	default: // still in a queue or a tree: the caller goes there
		f.endConsult(b)
		f.sendAway(a, c, t)
	}
	return true
}

// endConsult ends a consultation whose target the caller has, or will have.
func (f *Floor) endConsult(b *call) {
	b.Record.Outcome = "consulted"
	f.finish(b, core.Cause{Why: core.Ended, Reason: "the transfer was completed"}, "agent")
}

// takeOver brings who was consulted into the caller's call, and lets the agent go.
func (f *Floor) takeOver(c, b *call, t *talk) {
	far := b.far(t.Agent)
	if far == nil {
		f.endConsult(b)
		f.transferIs(c, core.TransferFailed, trouble{Reason: "hung_up"})
		return
	}
	via := c.via(far.Agent)
	f.carry(b, c, far)
	far.Via = via
	c.Guests = append(c.Guests, far)
	f.endConsult(b)
	if far.Agent == "" {
		c.Bridged = true
	}
	f.release(c, t, "agent", true)
	f.promote(c)
	if c.Talk == nil && len(c.Guests) > 0 {
		c.Talk, c.Guests = c.Guests[0], c.Guests[1:]
	}
	if far.Agent != "" && c.Record.Mode == "smart" {
		far.Rules = c.Record.Queue
	}
	c.Record.Agent = cmp.Or(far.Agent, c.Record.Agent)
	f.restage(c)
	f.transferIs(c, core.TransferDone, trouble{})
	f.tapeAnswered(c)
	f.seat(c)
	f.showCall(c, true)
}

// far is who the agent talks with in a call with nobody else; nil when they are
// not there.
func (b *call) far(agent core.UserID) *talk {
	for _, t := range b.parts() {
		if t.Agent != agent {
			return t
		}
	}
	if b.Own == nil && !b.Gone && b.entry(b.Leg) != nil { // a number that the agent called
		return &talk{Number: b.Record.To, Name: b.Record.Name, Leg: b.Leg}
	}
	return nil
}

// carry moves a part, with its leg, from one call to another.
func (f *Floor) carry(from, to *call, t *talk) {
	was := t.HeldSince != 0
	f.unhold(t)
	if t.Began != 0 {
		from.Record.Talks = append(from.Record.Talks, core.TalkRecord{
			Agent: t.Agent, Number: t.Number, Leg: t.Leg, Queue: t.Queue, Role: from.role(t), Began: t.Began, Ended: f.now, Held: t.Held,
		})
	}
	switch t {
	case from.Own:
		from.Own, from.Gone = nil, true
	case from.Talk:
		from.Talk = nil
	default:
		from.Guests = slices.DeleteFunc(from.Guests, func(g *talk) bool { return g == t })
		if t.Leg == from.Leg {
			from.Gone = true
		}
	}
	t.Began, t.Held, t.Queue = f.now, 0, ""
	t.Lost = false // a line that is still silent says so again when it is joined
	if was {
		t.HeldSince = f.now
	}
	f.carryLeg(from, to, t.Leg)
	if a := f.agents[t.Agent]; a != nil {
		switch from.ID {
		case a.Call:
			a.Call = to.ID
		case a.Other:
			a.Other = to.ID
		}
		f.touch(a)
		f.show(a, true)
	}
}

// carryLeg closes a leg's record in one call and opens it in another.
func (f *Floor) carryLeg(from, to *call, id core.LegID) {
	l := from.entry(id)
	if l == nil {
		return
	}
	l.Ended, l.Cause = f.now, core.Cause{Why: core.Ended, Reason: "went on in " + string(to.ID)}
	n := f.addLeg(to, core.LegRecord{Leg: id, Agent: l.Agent, Kind: l.Kind, Codec: l.Codec, Up: l.Up})
	n.By = l.By
	if l.Paid { // what it costs is counted once, when it ends
		n.Paid, l.Paid = true, false
		f.dear = append(f.dear, n)
	}
	n.At = l.At
	if n.At != "" {
		n.At = "elsewhere" // in the other call's room, or at its music
	}
}

// takeOffers moves the live offers, with what rings, to the caller's call.
func (f *Floor) takeOffers(c, b *call, t *talk) {
	offers := b.Offers
	b.Offers = nil
	records := make([]core.OfferRecord, len(offers))
	for i, o := range offers {
		records[i] = b.Record.Offers[o.Record]
		b.Record.Offers[o.Record].Ended, b.Record.Offers[o.Record].Outcome = f.now, "withdrawn"
		if o.Leg != "" {
			f.carryLeg(b, c, o.Leg)
		}
	}
	o := offers[0]
	q := f.queues[o.Queue]
	if q != nil {
		q.rung[slices.Index(q.rung, b.ID)] = c.ID
	}
	rung, queued := b.Ring, b.Wait
	f.closeDistribution(b, "withdrawn")
	b.Wait = nil
	f.endConsult(b)
	f.letGo(c, t)
	c.Offers, c.Join = offers, b.Join
	for i, x := range offers {
		x.Record = len(c.Record.Offers)
		c.Record.Offers = append(c.Record.Offers, records[i])
		a := f.agents[x.Agent]
		a.Offer = c.ID
		f.touch(a)
		f.show(a, true)
	}
	if o.Queue == "" {
		c.Transfer.Blind = true
		c.Ring = &ring{User: rung.User, Until: rung.Until, How: ringForTransfer}
		f.to(c, ringing)
		f.ringback(c)
	} else {
		f.queueLike(c, queued)
		f.to(c, offered)
		f.hears(c)
		f.transferIs(c, core.TransferDone, trouble{})
	}
}

// queueLike puts a call into the queue in which another was offered, with its
// own age.
func (f *Floor) queueLike(c *call, w *wait) {
	arrived, was := f.now, time.Duration(0)
	if c.Wait != nil {
		arrived, was = c.Wait.Arrived, c.Wait.Priority
	}
	c.Wait = &wait{Queue: w.Queue, Group: w.Group, Arrived: arrived, Entered: f.now, Priority: max(w.Priority, was), Class: w.Class}
	for _, r := range c.Refused {
		c.Wait.refuse(r.Agent, r.Until)
	}
	c.Record.Queue, c.Record.Mode = w.Queue, "smart"
	f.open(c, core.Distribution{Queue: w.Queue, Group: w.Group, Priority: c.Wait.Priority})
}

// takeDial moves a number that rings to the caller's call.
func (f *Floor) takeDial(c, b *call, t *talk) {
	o := *b.Out
	f.carryLeg(b, c, o.Leg)
	b.Out = nil
	b.Gone = true
	f.endConsult(b)
	f.letGo(c, t)
	o.Transfer, o.Tree = true, false
	c.Out = &o
	c.Transfer.Blind = true
	f.to(c, dialing)
	f.ringback(c)
}

// keyed is a key that an agent pressed in a Smart Routing of ours.
func keyed(key byte) flow.Input { return flow.Digit{Digit: key} }

// referReplaces: a phone that has both the caller and the target on it asks to
// bring them together.
func (f *Floor) referReplaces(a *agent, c *call, ev core.Referred, answer func(int)) {
	other := f.legs[ev.Replaces]
	t := c.part(ev.Leg)
	if other == nil || other.Ended != 0 || t == nil || !c.conversing() || c.Transfer.live() || c.For != "" {
		answer(481)
		return
	}
	b := f.calls[other.Call]
	if b == c || b.partOf(a.ID) == nil || !b.conversing() || b.For != "" || !f.plan.TransfersTo(a.ID, "user") {
		answer(603)
		return
	}
	// The call with the customer is the one that stays.
	if b.Own == nil && c.Own != nil {
		b, c = c, b
		t = c.partOf(a.ID)
	}
	f.openTransfer(a, c, core.Transfer{
		Call: c.ID, Transfer: core.TransferID(f.id("tra_")), Attended: true, Consult: b.ID, To: core.Target{Name: b.Record.To, Number: b.Record.To},
	})
	answer(200)
	f.takeOver(c, b, t)
}
