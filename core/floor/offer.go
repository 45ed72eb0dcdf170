package floor

import (
	"slices"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// offer is one proposal of one call to one agent. It is reserved when it is
// made, and presented when it is drawn: ring time counts from there.
type offer struct {
	ID      core.OfferID
	Agent   core.UserID
	Queue   core.QueueID // empty for a direct call
	Leg     core.LegID   // the phone's; empty for a browser
	Made    core.Time
	Drawn   core.Time
	Expires core.Time
	Ring    time.Duration
	Auto    bool
	Taken   bool        // from the pool, or assigned: nobody else is rung
	By      core.UserID // the supervisor who assigned it
	Record  int         // its place in the interaction's offers
}

// How long until an offer must be drawn; afterwards the device is at fault.
const (
	pageDraws  = 2 * time.Second
	phoneRings = 4 * time.Second
	farRings   = 15 * time.Second // an outside number
	faultRest  = 5 * time.Second
)

// offer is the call's first live offer; nil when it has none. All but the calls
// of a queue that rings several agents have one at most.
func (c *call) offer() *offer {
	if len(c.Offers) == 0 {
		return nil
	}
	return c.Offers[0]
}

// offerTo and offerOn find the live offer to an agent, or the one that rings a
// phone's leg; nil when there is none.
func (c *call) offerTo(a core.UserID) *offer {
	for _, o := range c.Offers {
		if o.Agent == a {
			return o
		}
	}
	return nil
}

func (c *call) offerOn(l core.LegID) *offer {
	for _, o := range c.Offers {
		if o.Leg == l && l != "" {
			return o
		}
	}
	return nil
}

// drawn says whether somebody has seen, or hears, an offer of the call.
func (c *call) drawn() bool {
	return slices.ContainsFunc(c.Offers, func(o *offer) bool { return o.Drawn != 0 })
}

// offerOf is what an agent is offered, and of which call; nil when nothing is.
func (f *Floor) offerOf(a *agent) (*call, *offer) {
	if a.Offer == "" {
		return nil, nil
	}
	c := f.calls[a.Offer]
	if c == nil {
		return nil, nil
	}
	return c, c.offerTo(a.ID)
}

// onScreen says whether the agent's page shows an offer that no phone rings for.
func (f *Floor) onScreen(a *agent) bool {
	_, o := f.offerOf(a)
	return o != nil && o.Leg == ""
}

// offerTo proposes a waiting call to a free agent.
func (f *Floor) offerTo(c *call, a *agent) {
	f.working = c.ID
	q := f.queues[c.Wait.Queue]
	d := f.decide(c, a, q)
	f.outOfLine(c)
	f.to(c, offered)
	f.propose(c, a, q.set.ID, q.set.RingTime(), d)
	f.joinSoon(c)
	f.working = ""
}

// propose makes the offer, of a queue call or of a direct one.
func (f *Floor) propose(c *call, a *agent, q core.QueueID, ring time.Duration, d core.Decision) {
	o := &offer{
		ID: core.OfferID(f.id("off_")), Agent: a.ID, Queue: q, Made: f.now, Ring: ring,
		Record: len(c.Record.Offers),
	}
	if p := f.profile(a.ID); p != nil {
		o.Auto = p.AutoAnswer && !c.preview() && (f.queueSet(q) == nil || !f.queueSet(q).NoAutoAnswer)
	}
	c.Record.Offers = append(c.Record.Offers, core.OfferRecord{ID: o.ID, Agent: a.ID, Queue: q, Made: f.now, Decision: d})
	c.Offers, a.Offer = append(c.Offers, o), c.ID
	a.last = nil
	if q != "" {
		a.Turn = f.seq
	}
	if set := f.queues[q]; set != nil && len(c.Offers) == 1 {
		set.rung = append(set.rung, c.ID)
	}
	f.touch(c)
	f.touch(a)
	f.poolRev++
	if s := a.station(); s.Kind != core.BrowserStation && f.lineOf(a) == "" {
		from := c.shownParty()
		if c.Record.Name != "" {
			from.Name = c.Record.Name
		}
		o.Leg = f.dialStation(c, a, o.ID, from)
	}
	f.show(a, true)
}

// ringDrawn: the page says that the offer stands on the screen.
func (f *Floor) ringDrawn(ev core.RingDrawn) {
	a := f.agents[ev.Agent]
	if a == nil {
		return
	}
	f.healthy(a)
	if c, o := f.offerOf(a); o != nil && o.ID == ev.Offer && o.Leg == "" {
		f.drawn(c, o)
	}
}

// drawn starts the ring time; an agent with auto-answer takes the call now.
func (f *Floor) drawn(c *call, o *offer) {
	if o.Drawn != 0 {
		return
	}
	o.Drawn, o.Expires = f.now, f.now.Add(o.Ring)
	c.Record.Offers[o.Record].Drawn = f.now
	a := f.agents[o.Agent]
	f.touch(a)
	f.poolRev++
	f.consultMoves(c)
	f.showParts(c, true)
	f.pops(a, c, plan.WhenPresented)
	if o.Auto && o.Leg == "" {
		f.zip(c, a)
		return
	}
	f.show(a, true)
}

// offerMet: the offer was not drawn in time, or has rung long enough.
func (f *Floor) offerMet(a *agent) {
	c, o := f.offerOf(a)
	if o.Drawn == 0 {
		f.deviceFault(a, "not_drawn")
		return
	}
	f.ignored(c, o, core.Cause{Why: core.NoAnswer, Reason: "ring time is over"})
}

// ignored: the agent let it ring out. That is a miss, and only that.
func (f *Floor) ignored(c *call, o *offer, cause core.Cause) {
	a := f.agents[o.Agent]
	rest, limit := 10*time.Second, 2
	if q := f.queueSet(o.Queue); q != nil {
		rest, limit = q.NoAnswerRest(), q.Misses()
	}
	direct := o.Queue == ""
	f.missed(a, c, o, "ignored")
	if !direct {
		a.Misses++
		if limit > 0 && a.Misses >= limit {
			a.NotResponding, a.Why = true, "misses"
		}
		f.rest(a, rest)
	}
	f.offerFailed(c, o, "ignored", cause)
}

// deviceFault: the agent's device could not ring. The agent is not charged.
func (f *Floor) deviceFault(a *agent, why string) {
	c, o := f.offerOf(a)
	f.rest(a, faultRest)
	if a.station().Kind == core.BrowserStation {
		a.Fault = why
	}
	f.offerFailed(c, o, "device_fault", core.Cause{Why: core.Unreachable, Reason: why})
}

// offerFailed ends the offer and lets the call go on: it rings at others still,
// or it is back in line, or on the branch of a direct ring.
func (f *Floor) offerFailed(c *call, o *offer, outcome string, cause core.Cause) {
	refuses := outcome == "ignored" || outcome == "declined" || outcome == "busy"
	f.endOffer(c, o, outcome, cause)
	q := f.queueSet(o.Queue)
	if refuses {
		rest := 60 * time.Second
		if q != nil {
			rest = q.RefusedRest()
		}
		c.Refused = refused(c.Refused, o.Agent, f.now.Add(rest))
		if q != nil {
			c.Wait.refuse(o.Agent, f.now.Add(rest))
		}
	}
	if o.Queue == "" {
		f.ringOver(c, map[string]string{"ignored": "no_answer", "declined": "declined", "busy": "busy", "device_fault": "away"}[outcome])
		return
	}
	if len(c.Offers) > 0 { // it rings on at the others
		f.showParts(c, true)
		f.joinSoon(c)
		return
	}
	f.backInLine(c)
}

// endOffers ends all that the call is offered.
func (f *Floor) endOffers(c *call, outcome string, cause core.Cause) {
	for len(c.Offers) > 0 {
		f.endOffer(c, c.Offers[0], outcome, cause)
	}
}

// endOffer ends what is left of an offer on the agent's side.
func (f *Floor) endOffer(c *call, o *offer, outcome string, cause core.Cause) {
	if outcome == "caller_left" && o.Queue == "" && c.Ring != nil && c.Ring.How == ringForCaller && c.For == "" {
		f.missed(f.agents[o.Agent], c, o, outcome)
	}
	r := &c.Record.Offers[o.Record]
	r.Ended, r.Outcome, r.Cause = f.now, outcome, cause
	c.Offers = slices.DeleteFunc(c.Offers, func(x *offer) bool { return x == o })
	if q := f.queues[o.Queue]; q != nil && len(c.Offers) == 0 {
		if i := slices.Index(q.rung, c.ID); i >= 0 {
			q.rung = slices.Delete(q.rung, i, i+1)
		}
	}
	f.touch(c)
	f.poolRev++
	if l := f.legs[o.Leg]; l != nil && outcome != "answered" {
		f.drop(l, cause)
	}
	a := f.agents[o.Agent]
	if a == nil {
		return
	}
	a.Offer = ""
	if outcome != "answered" {
		a.last = &core.DeskLast{Offer: o.ID, Call: c.ID, Outcome: outcome, At: f.now}
	}
	f.touch(a)
	if outcome != "answered" { // or the shift would end in the middle of an answer
		f.applyNext(a)
	}
	f.show(a, true)
}

// asksAccept: the agent takes the call.
func (f *Floor) asksAccept(a *agent, w core.Accept) *core.Error {
	id := w.Offer
	c, o := f.offerOf(a)
	if o == nil || o.ID != id {
		for _, other := range f.callsOf(a) {
			if t := other.partOf(a.ID); t != nil && t.Offer == id {
				return nil // said twice
			}
		}
		return f.offerGone(a, id)
	}
	if w.Small && !f.small(o.Queue) {
		return core.Errorf(core.Denied, "not-in-small-banner", "calls of %s are taken in the Banner itself", f.queueName(o.Queue))
	}
	if o.Leg != "" {
		return core.Errorf(core.Conflict, "answer-on-phone", "this call rings on your phone: answer it there")
	}
	if !a.station().Up {
		return core.Errorf(core.Conflict, "no-station", "your microphone is not connected")
	}
	if a.Other != "" {
		return core.Errorf(core.Conflict, "two-calls", "you have two calls already: end one of them first")
	}
	f.answeredAt(c, o)
	return f.accept(c, a)
}

// drawnAt: who answers has seen it, whatever became of the acknowledgement.
func (f *Floor) drawnAt(c *call, o *offer) {
	if o.Drawn == 0 {
		o.Drawn = f.now
		c.Record.Offers[o.Record].Drawn = f.now
	}
}

// answeredAt is drawnAt for who takes the call: what comes with its presentation
// comes then.
func (f *Floor) answeredAt(c *call, o *offer) {
	if o.Drawn == 0 {
		f.pops(f.agents[o.Agent], c, plan.WhenPresented)
	}
	f.drawnAt(c, o)
}

// offerGone says in words why an offer cannot be taken any more.
func (f *Floor) offerGone(a *agent, id core.OfferID) *core.Error {
	if a.last != nil && a.last.Offer == id {
		switch a.last.Outcome {
		case "caller_left":
			return core.Errorf(core.Conflict, "caller-left", "the caller has left")
		case "lost_to_other":
			return &core.Error{Kind: core.Conflict, Code: "call-taken", Text: a.last.By + " took this call", By: a.last.By}
		}
	}
	return core.Errorf(core.Conflict, "offer-over", "this call is no longer offered to you")
}

// asksDecline: the agent refuses; the call goes on to the next one.
func (f *Floor) asksDecline(a *agent, id core.OfferID) *core.Error {
	c, o := f.offerOf(a)
	if o == nil || o.ID != id {
		if a.last != nil && a.last.Offer == id {
			return nil // it is over anyway
		}
		return f.offerGone(a, id)
	}
	if p := f.profile(a.ID); p != nil && p.NoDecline && !c.preview() {
		return core.Errorf(core.Denied, "not-allowed-by-profile", "your profile does not let you decline calls")
	}
	f.drawnAt(c, o)
	f.declined(c, o, core.Cause{Why: core.Declined})
	return nil
}

// declined: the agent said no. That is not a miss.
func (f *Floor) declined(c *call, o *offer, cause core.Cause) {
	a := f.agents[o.Agent]
	if q := f.queueSet(o.Queue); q != nil {
		f.rest(a, q.RejectRest())
		a.Declines++
		if n := q.Declines(); n > 0 && a.Declines >= n {
			a.NotResponding, a.Why = true, "declines"
		}
	}
	f.missed(a, c, o, "declined")
	f.offerFailed(c, o, "declined", cause)
}

// phoneUp: a phone answered. It takes the call, if the call is still there.
func (f *Floor) phoneUp(c *call, l *leg) {
	o := c.offerOn(l.Leg)
	if o == nil {
		if a := f.agents[l.Agent]; a != nil && a.Moving != nil && a.Moving.Leg == l.Leg {
			f.moved(a, l)
			return
		}
		if c.Own != nil && c.Own.Leg == l.Leg && c.Stage == arriving && !c.Up {
			f.ownPhone(c, l)
			return
		}
		if c.part(l.Leg) == nil {
			l.Dropped = false // it crossed our CANCEL: say it again
			f.drop(l, core.Cause{Why: core.Answered})
		}
		return
	}
	if l.Kind == "outside" {
		f.drawn(c, o)
		f.askPress1(l)
		return
	}
	f.answeredAt(c, o)
	_ = f.accept(c, f.agents[o.Agent]) // a phone is told by its end
}

// phoneGone: a phone refused, did not answer, or hung up.
func (f *Floor) phoneGone(c *call, l *leg, cause core.Cause) {
	if o := c.offerOn(l.Leg); o != nil {
		f.phoneRefused(c, o, cause)
		return
	}
	if a := f.agents[l.Agent]; a != nil && a.Moving != nil && a.Moving.Leg == l.Leg {
		f.moveFailed(a, cause)
		return
	}
	f.partGone(c, l, cause)
}

// phoneRefused says what a phone's refusal means for its agent.
func (f *Floor) phoneRefused(c *call, o *offer, cause core.Cause) {
	a, rang := f.agents[o.Agent], o.Drawn != 0
	switch {
	case cause.Why == core.LineBusy:
		if q := f.queueSet(o.Queue); q != nil {
			f.rest(a, q.BusyRest())
		}
		f.offerFailed(c, o, "busy", cause)
	case cause.Why == core.Declined:
		f.declined(c, o, cause)
	case rang && (cause.Why == core.NoAnswer || cause.Why == core.Cancelled || cause.Why == core.HungUp):
		f.ignored(c, o, cause)
	default:
		f.deviceFault(a, string(cause.Why))
	}
}

// queueSet finds a queue in the plan.
func (f *Floor) queueSet(id core.QueueID) *plan.Queue {
	if q := f.queues[id]; q != nil {
		return q.set
	}
	return nil
}

// profile finds an agent's profile.
func (f *Floor) profile(id core.UserID) *plan.Profile {
	if f.plan == nil {
		return nil
	}
	return f.plan.ProfileOf(id)
}
