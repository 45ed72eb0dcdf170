package floor

import (
	"cmp"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// talk is one's part in a call: an agent's, or that of somebody outside who was
// called. Who came in from outside has none: they are the call's own leg.
type talk struct {
	Agent     core.UserID // empty: somebody outside
	Number    string      // of them
	Name      string
	Offer     core.OfferID
	Queue     core.QueueID // that gave the call; empty: it came directly
	Rules     core.QueueID // whose post-interaction and recording rules apply
	Leg       core.LegID   // the agent's line, or their phone's leg, or the outsider's
	Zip       core.PlayID  // the tone, or what is whispered
	Until     core.Time    // at which the caller is heard, whatever becomes of it
	Began     core.Time
	HeldSince core.Time
	Held      time.Duration
	Muted     bool
	FarHeld   bool
	Popped    bool      // its accepted buttons have gone: the ended ones follow
	Qualified bool      // how the call went is said already
	Lost      bool      // no sound from the agent's line
	Away      core.Time // the agent's line is gone since; zero: it is there
	Via       *handed   // by whose transfer the call came
	Quality   *core.Quality
}

// here says whether who has the part is in the conversation now.
func (t *talk) here() bool { return t.HeldSince == 0 && t.Away == 0 && !t.Lost }

// parts are all who have one: the caller's if they are one of ours, the owner's,
// the guests'.
func (c *call) parts() []*talk {
	ts := make([]*talk, 0, 2+len(c.Guests))
	if c.Own != nil {
		ts = append(ts, c.Own)
	}
	if c.Talk != nil {
		ts = append(ts, c.Talk)
	}
	return append(ts, c.Guests...)
}

// part finds the part on a leg; nil when there is none.
func (c *call) part(id core.LegID) *talk {
	for _, t := range c.parts() {
		if t.Leg == id {
			return t
		}
	}
	return nil
}

// partOf finds an agent's part; nil when there is none.
func (c *call) partOf(id core.UserID) *talk {
	for _, t := range c.parts() {
		if t.Agent == id && id != "" {
			return t
		}
	}
	return nil
}

// entry finds the live record of a leg in the call.
func (c *call) entry(id core.LegID) *leg {
	for _, l := range c.Legs {
		if l.Leg == id && l.Ended == 0 {
			return l
		}
	}
	return nil
}

// conversing says whether people talk, or could but for a hold or a lost line.
func (c *call) conversing() bool { return c.Stage == talking || c.Stage == held || c.Stage == parted }

// joins and quits keep which calls an agent has: one in hand, and one on hold.
func (a *agent) joins(id core.CallID) {
	if a.Call != "" && a.Call != id {
		a.Other = a.Call
	}
	a.Call = id
}

func (a *agent) quits(id core.CallID) {
	switch id {
	case a.Call:
		a.Call, a.Other = a.Other, ""
	case a.Other:
		a.Other = ""
	}
}

// has says whether the agent takes part in the call.
func (a *agent) has(id core.CallID) bool { return id != "" && (a.Call == id || a.Other == id) }

// calls are the agent's, the one in hand first.
func (f *Floor) callsOf(a *agent) []*call {
	var cs []*call
	for _, id := range []core.CallID{a.Call, a.Other} {
		if c := f.calls[id]; c != nil {
			cs = append(cs, c)
		}
	}
	return cs
}

// dialing says whether all that the agent has is a call that nobody has answered.
func (f *Floor) dialing(a *agent) bool {
	for _, c := range f.callsOf(a) {
		if c.conversing() || c.Stage == joining {
			return false
		}
	}
	return true
}

// role says what a part was, for the record.
func (c *call) role(t *talk) string {
	switch t {
	case c.Own:
		return "caller"
	case c.Talk:
		return "owner"
	}
	return "guest"
}

// release ends one's part in the call. With withPost an agent goes on to the
// post-interaction. The call goes on: see leaves.
func (f *Floor) release(c *call, t *talk, by string, withPost bool) {
	was := t.HeldSince != 0
	f.unhold(t)
	spent := f.now.Sub(t.Began)
	owner := t == c.Talk
	if c.unanswered(t) { // nobody was there to talk with
		spent, withPost = 0, f.postUnanswered(c, t)
	} else {
		c.Record.Talks = append(c.Record.Talks, core.TalkRecord{
			Agent: t.Agent, Number: t.Number, Leg: t.Leg, Queue: t.Queue, Role: c.role(t), Began: t.Began, Ended: f.now, Held: t.Held,
		})
		if t != c.Own || c.Record.Answered != 0 {
			f.talked(t, spent)
		}
	}
	if owner {
		c.Record.Talk += spent
		c.Record.Held += t.Held
	}
	switch t {
	case c.Own:
		c.Own, c.Gone = nil, true
	case c.Talk:
		c.Talk = nil
	default:
		c.Guests = slices.DeleteFunc(c.Guests, func(g *talk) bool { return g == t })
	}
	f.poolRev++
	f.touch(c)
	f.leaveLeg(c, t, was)
	a := f.agents[t.Agent]
	if a == nil {
		return
	}
	a.quits(c.ID)
	f.afterCall(a, c, t, by, spent, withPost && owner)
}

// unanswered says whether an agent's part is in a call to a number that has not
// answered.
func (c *call) unanswered(t *talk) bool {
	return t == c.Talk && c.Stage == dialing && (c.Out == nil || c.Leg == c.Out.Leg)
}

// postUnanswered says whether an agent has a post-interaction after calling a
// number outside that did not answer: to write down that it did not.
func (f *Floor) postUnanswered(c *call, t *talk) bool {
	p := f.profile(t.Agent)
	return p != nil && p.PostUnanswered && c.Out != nil && c.For == "" && !c.preview()
}

// talked counts a conversation of an agent that has ended.
func (f *Floor) talked(t *talk, d time.Duration) {
	if a := f.agents[t.Agent]; a != nil {
		f.today(a)
		a.Today.Talk += d
		a.Today.Ended++
	}
}

// afterCall is what follows for an agent whose part has ended.
func (f *Floor) afterCall(a *agent, c *call, t *talk, by string, spent time.Duration, withPost bool) {
	if a.Moving != nil && a.Call == "" {
		f.stopMoving(a)
	}
	for _, p := range a.posts() {
		if !p.Waits && p.Ends <= f.now && a.Call == "" { // it ran out in a direct call
			f.endPost(a, p)
		}
	}
	if t.Popped && c.For == "" {
		f.pops(a, c, plan.WhenEnded)
	}
	if withPost {
		f.beginPost(a, c, t, by, spent)
	}
	for _, p := range a.posts() {
		if p.Waits && a.Call == "" {
			p.Waits, p.Began, p.Ends = false, f.now, f.now.Add(p.Length)
		}
	}
	if a.Post == nil && t.Rules != "" {
		a.IdleSince = f.now
	}
	f.applyNext(a)
	f.touch(a)
	f.show(a, true)
}

// leaveLeg takes the leg of a part out of the call. A browser's line stays up,
// silent; a phone that another call is talked on stays too.
func (f *Floor) leaveLeg(c *call, t *talk, held bool) {
	l := c.entry(t.Leg)
	if l == nil {
		return
	}
	shared := f.shared(c, t)
	if l.Leg.Browser() || shared {
		if l.At != "" || !held && !c.conversing() {
			f.do(core.Part{Leg: t.Leg})
		}
		if t.Muted && !shared || l.Muted {
			f.do(core.Mute{Leg: t.Leg})
		}
	}
	if t.Quality != nil {
		l.Quality = t.Quality
	}
	f.drop(l, core.Cause{Why: core.Ended})
}

// shared says whether another call is talked on the same leg.
func (f *Floor) shared(c *call, t *talk) bool {
	a := f.agents[t.Agent]
	if a == nil {
		return false
	}
	for _, other := range f.callsOf(a) {
		if other != c && other.part(t.Leg) != nil {
			return true
		}
	}
	return false
}

// passOn gives a phone's leg to another call that is talked on it; it names
// that call, if there is one.
func (f *Floor) passOn(l *leg) core.CallID {
	a := f.agents[l.Agent]
	if a == nil || l.Leg.Browser() {
		return ""
	}
	for _, c := range f.callsOf(a) {
		if c.ID == l.Call {
			continue
		}
		if other := c.entry(l.Leg); other != nil && c.part(l.Leg) != nil {
			f.legs[l.Leg] = other
			return c.ID
		}
	}
	return ""
}

// leaves ends one's part, and the call too when nobody is left to talk with:
// two must remain, and one of them an agent unless outsiders may talk alone.
func (f *Floor) leaves(c *call, t *talk, by string, cause core.Cause) {
	hardly := f.hardlyTook(c, t)
	f.release(c, t, by, true)
	switch {
	case f.enough(c):
		f.goesOn(c)
	case hardly:
		f.handBack(c, cause)
	default:
		f.finish(c, cause, by)
	}
}

// goesOn has those who remain in a conversation talk on.
func (f *Floor) goesOn(c *call) {
	f.promote(c)
	f.restage(c)
	f.seat(c)
	f.tapeFollows(c)
	f.showCall(c, true)
}

// restage has the stage say where the owner of a conversation is.
func (f *Floor) restage(c *call) {
	s := talking
	switch {
	case c.Talk == nil:
	case c.Talk.Away != 0:
		s = parted
	case c.Talk.HeldSince != 0:
		s = held
	}
	if c.Stage != s {
		f.to(c, s)
	}
}

// other is who remains when one of two leaves; nil: the caller from outside.
func (c *call) other(t *talk) *talk {
	for _, x := range c.parts() {
		if x != t {
			return x
		}
	}
	return nil
}

// enough says whether a conversation remains.
func (f *Floor) enough(c *call) bool {
	ts := c.parts()
	n := len(ts)
	if c.Own == nil && !c.Gone {
		n++
	}
	agents := slices.ContainsFunc(ts, func(t *talk) bool { return t.Agent != "" })
	if q := f.queueSet(c.Record.Queue); q != nil && q.StayConnected {
		agents = true
	}
	return n >= 2 && (agents || c.Bridged)
}

// promote fills the places of who has left: the call's own leg and its owner.
// Agents come before outsiders as owners, outsiders before agents as the party
// whom the call is about.
func (f *Floor) promote(c *call) {
	if c.Own == nil && c.Gone {
		f.reanchor(c)
	}
	if c.Talk != nil && c.Talk.Agent != "" || len(c.Guests) == 0 {
		return
	}
	i := max(slices.IndexFunc(c.Guests, func(g *talk) bool { return g.Agent != "" }), 0)
	if c.Talk != nil && c.Guests[i].Agent == "" {
		return
	}
	g := c.Guests[i]
	c.Guests = slices.Delete(c.Guests, i, i+1)
	if c.Talk != nil {
		c.Guests = append(c.Guests, c.Talk)
	}
	c.Talk = g
	f.partSoFar(c, g, "guest")
	g.Rules = c.Record.Queue
	c.Record.Agent = cmp.Or(g.Agent, c.Record.Agent)
}

// partSoFar keeps what somebody's part was until now; another begins.
func (f *Floor) partSoFar(c *call, t *talk, role string) {
	was := t.HeldSince != 0
	f.unhold(t)
	if t.Began < f.now {
		c.Record.Talks = append(c.Record.Talks, core.TalkRecord{
			Agent: t.Agent, Number: t.Number, Leg: t.Leg, Queue: t.Queue, Role: role, Began: t.Began, Ended: f.now, Held: t.Held,
		})
	}
	t.Began, t.Held = f.now, 0
	if was {
		t.HeldSince = f.now
	}
}

// reanchor makes somebody who remains the party whom the call is about.
func (f *Floor) reanchor(c *call) {
	all := append(slices.Clone(c.Guests), c.Talk)
	all = slices.DeleteFunc(all, func(t *talk) bool { return t == nil })
	if len(all) == 0 {
		return
	}
	i := max(slices.IndexFunc(all, func(t *talk) bool { return t.Agent == "" }), 0)
	t := all[i]
	c.Guests = slices.DeleteFunc(c.Guests, func(g *talk) bool { return g == t })
	if c.Talk == t {
		c.Talk = nil
	}
	c.Leg, c.Gone, c.Up, c.Answering = t.Leg, false, true, true
	c.Own, c.User = nil, t.Agent
	if t.Agent != "" {
		c.Own = t
		return
	}
	c.Record.Talks = append(c.Record.Talks, core.TalkRecord{
		Number: t.Number, Leg: t.Leg, Role: "guest", Began: t.Began, Ended: f.now,
	})
}

// partsDeadline is the earliest of the deadlines of those who take part and of
// the recording.
func (c *call) partsDeadline(f *Floor, at core.Time) core.Time {
	for _, t := range c.parts() {
		if t.Away != 0 && t != c.Talk {
			at = min(at, t.Away.Add(grace))
		}
	}
	if c.Tape != nil && c.Tape.Resumes != 0 {
		at = min(at, c.Tape.Resumes)
	}
	return at
}

// partsMet: the line of somebody who took part did not come back.
func (f *Floor) partsMet(c *call) {
	for _, t := range c.parts() {
		if t.Away != 0 && t != c.Talk && t.Away.Add(grace) <= f.now {
			if main := f.calls[c.For]; main != nil && main.Transfer.live() { // the caller first
				f.graceOver(main)
				return
			}
			f.leaves(c, t, "system", core.Cause{Why: core.Lost, Reason: "a line did not come back"})
			return
		}
	}
}
