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
	How   ringFor
}

// ringFor says what a direct ring is for: who learns how it went.
type ringFor string

const (
	ringForCaller   ringFor = ""         // the caller, who dialled the extension
	ringForTree     ringFor = "tree"     // a tree's step
	ringForTransfer ringFor = "transfer" // a colleague who sent the call there
	ringBack        ringFor = "back"     // a transfer that came to nothing: who asked for it
)

// ringUser rings one person.
func (f *Floor) ringUser(c *call, u *plan.User, d time.Duration, how ringFor) {
	c.Ring = &ring{User: u.ID, Until: f.now.Add(d), How: how}
	if c.User != "" {
		c.Record.Direction = "internal"
	}
	f.to(c, ringing)
	a := f.agents[u.ID]
	if out := f.cannotRing(a); out != "" {
		if how == ringForCaller && a != nil && c.For == "" {
			f.missed(a, c, nil, out)
		}
		f.ringOver(c, out)
		return
	}
	switch {
	case how == ringForTree:
	case c.Up:
		f.ringback(c)
	default:
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
	if a == nil {
		return "away"
	}
	pro := f.profile(a.ID)
	second := pro != nil && pro.CallWaiting && a.Other == "" && !f.dialing(a)
	s := a.station()
	switch {
	case a.Offer != "" || a.Moving != nil || a.Call != "" && !second:
		return "busy"
	case a.Post != nil && pro != nil && pro.NoCallsInPost:
		return "busy"
	case s.Kind != core.BrowserStation && s.Up:
		return "" // a phone rings whether or not its user is on shift
	case !a.OnShift || !s.Up || !a.Page || a.Frozen || a.Fault != "" || a.Sound != "":
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
	f.ringback(c)
	f.ringUser(c, u, d, ringForTree)
	return nil
}

// ringOver: the person did not take the call; output says why.
func (f *Floor) ringOver(c *call, output string) {
	var code int
	if len(c.Offers) > 0 {
		f.endOffers(c, "withdrawn", core.Cause{Why: core.NoAnswer})
	} else if n := len(c.Record.Offers); n > 0 {
		code = c.Record.Offers[n-1].Cause.Code
	}
	switch c.Ring.How {
	case ringForTree:
		f.back(c, output, "")
		return
	case ringForTransfer:
		f.transferFailed(c, trouble{Reason: output, Code: code})
		return
	case ringBack:
		f.lastResort(c)
		return
	case ringForCaller:
	}
	f.notTaken(c, trouble{Reason: output, Code: code})
}
