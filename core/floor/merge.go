package floor

import (
	"belfry/core"
	"belfry/core/plan"
)

// mostParties may be in a conference.
const mostParties = 8

// asksMerge brings two calls of an agent together: all hear each other. The one
// with the customer stays; the other's record is closed and points to it.
func (f *Floor) asksMerge(a *agent, into, with core.CallID) *core.Error {
	c, t, err := f.mine(a, into)
	if err != nil {
		return err
	}
	b, u, err := f.mine(a, with)
	switch {
	case err != nil || b == c:
		return core.Errorf(core.Conflict, "no-second-call", "merging needs two calls: one active and one on hold")
	case !c.conversing() || !b.conversing() || t.Away != 0 || u.Away != 0:
		return core.Errorf(core.Conflict, "not-talking", "both calls must be answered before they can be merged")
	}
	if b.For != c.ID && (c.For == b.ID || b.Own == nil && c.Own != nil) { // the customer's call stays
		c, t, b, u = b, u, c, t
	}
	if f.size(c)+f.size(b)-1 > mostParties {
		return core.Errorf(core.Conflict, "conference-full", "a conference has at most %d parties", mostParties)
	}
	if x := c.Transfer; x.live() {
		b.For = ""
		f.transferIs(c, core.TransferCancelled, trouble{Reason: "merged"})
	}
	if x := b.Transfer; x.live() {
		f.transferIs(b, core.TransferCancelled, trouble{Reason: "merged"})
	}
	f.merge(a, c, t, b)
	return nil
}

// size is how many take part.
func (f *Floor) size(c *call) int {
	n := len(c.parts())
	if c.Own == nil && !c.Gone {
		n++
	}
	return n
}

// merge brings all of b but the agent into c.
func (f *Floor) merge(a *agent, c *call, t *talk, b *call) {
	for _, g := range b.parts() {
		if g.Agent != a.ID {
			f.carry(b, c, g)
			c.Guests = append(c.Guests, g)
		}
	}
	if b.Own == nil && !b.Gone {
		g := &talk{Number: b.otherNumber(), Name: b.Record.Name, Leg: b.Leg}
		f.carry(b, c, g)
		c.Guests = append(c.Guests, g)
	}
	f.closeTape(b)
	b.Record.Parent = c.Record.ID
	b.Record.Outcome = "merged"
	f.finish(b, core.Cause{Why: core.Ended, Reason: "merged into " + string(c.ID)}, "agent")
	if t.HeldSince != 0 {
		f.resume(a, c, t)
	}
	f.seat(c)
	f.tapeFollows(c)
	f.showCall(c, true)
	f.touch(c)
}

// otherNumber is the number of the party whom the call is about.
func (c *call) otherNumber() string {
	return c.shownParty().Number
}

// partyOf finds another party of a conference that the agent may act on.
func (f *Floor) partyOf(a *agent, id core.CallID, leg core.LegID) (*call, *party, *core.Error) {
	c, t, err := f.mine(a, id)
	if err != nil {
		return nil, nil, err
	}
	l := c.entry(leg)
	switch {
	case l == nil || leg == t.Leg || c.part(leg) == nil && leg != c.Leg:
		return nil, nil, core.Errorf(core.Missing, "no-such-party", "they have left already")
	case t != c.Talk && t != c.Own && !f.plan.Can(a.ID, plan.Supervise):
		return nil, nil, core.Errorf(core.Denied, "not-yours", "only who leads the conference may do that")
	case f.size(c) < 3:
		return nil, nil, core.Errorf(core.Conflict, "no-conference", "this is not a conference")
	}
	return c, &party{l, c.part(leg)}, nil
}

// party is a party of a conference: its leg, and its part, which a caller from
// outside does not have.
type party struct {
	*leg
	part *talk
}

func (f *Floor) asksMuteParty(a *agent, w core.MuteParty) *core.Error {
	c, p, err := f.partyOf(a, w.Call, w.Leg)
	if err != nil {
		return err
	}
	if p.Muted != w.On {
		p.Muted = w.On
		f.do(core.Mute{Leg: p.Leg, On: w.On || p.part != nil && p.part.Muted})
		f.showCall(c, true)
	}
	return nil
}

func (f *Floor) asksRemoveParty(a *agent, w core.RemoveParty) *core.Error {
	c, p, err := f.partyOf(a, w.Call, w.Leg)
	if err != nil {
		return err
	}
	cause := core.Cause{Why: core.Ended, Code: 200, Q850: 16, Reason: "removed from the conference"}
	if p.part != nil {
		f.leaves(c, p.part, "agent", cause)
		return nil
	}
	f.drop(p.leg, cause)
	c.Gone = true
	f.goesOn(c)
	return nil
}
