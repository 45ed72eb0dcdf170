package floor

import (
	"time"

	"belfry/core"
	"belfry/core/flow"
	"belfry/core/plan"
)

// ring is a call to one person directly: only they are solicited.
type ring struct {
	User  core.UserID
	Until core.Time
	Tree  bool // a tree's step, which learns how it went
}

// ringUser rings one person for a call that came for their extension.
func (f *Floor) ringUser(c *call, u *plan.User, d time.Duration, tree bool) {
	c.Ring = &ring{User: u.ID, Until: f.now.Add(d), Tree: tree}
	if c.User != "" {
		c.Record.Direction = "internal"
	}
	f.to(c, ringing)
	a := f.agents[u.ID]
	if out := f.cannotRing(a); out != "" {
		f.ringOver(c, out)
		return
	}
	if !tree {
		f.do(core.Ring{Leg: c.Leg})
	}
	f.propose(c, a, "", d, core.Decision{
		At: f.now, Strategy: "direct",
		Candidates: []core.Candidate{{Agent: a.ID, Eligible: true, Reason: "chosen"}},
	})
}

// cannotRing says why a person cannot be rung: busy or away; empty: they can.
// Post-interaction and a closed activity do not keep direct calls out.
func (f *Floor) cannotRing(a *agent) string {
	switch {
	case a == nil:
		return "away"
	case a.Offer != "" || a.Call != "":
		return "busy"
	case a.Station.Kind == core.PhoneStation:
		return "" // a phone rings whether or not its user is on shift
	case !a.OnShift || !a.Station.Up || !a.Page || a.Frozen || a.Fault != "":
		return "away"
	}
	return ""
}

// ringFromTree rings one person for a caller who is in a tree, and hears a
// ringing tone meanwhile.
func (f *Floor) ringFromTree(c *call, u *plan.User, d time.Duration) flow.Input {
	if out := f.cannotRing(f.agents[u.ID]); out != "" {
		return flow.Left{Output: out}
	}
	f.do(core.Play{Leg: c.Leg, Play: core.PlayID(f.id("ply_")), Sounds: []core.SoundID{"snd_ringback"}, Loop: true})
	f.ringUser(c, u, d, true)
	return nil
}

// ringOver: the person did not take the call; output says why.
func (f *Floor) ringOver(c *call, output string) {
	f.endOffer(c, "withdrawn", core.Cause{Why: core.NoAnswer})
	if c.Ring.Tree {
		f.back(c, output, "")
		return
	}
	if u := f.user(c.Ring.User); u != nil && u.Mailbox != "" && f.plan.Mailbox(u.Mailbox) != nil {
		f.mailDirect(c, u.Mailbox)
		return
	}
	c.Record.Outcome = "refused"
	switch output {
	case "busy", "declined":
		f.reject(c, core.Cause{Why: core.LineBusy, Code: 486, Q850: 17, Reason: output})
	default:
		f.reject(c, core.Cause{Why: core.NoAnswer, Code: 480, Q850: 19, Reason: output})
	}
}
