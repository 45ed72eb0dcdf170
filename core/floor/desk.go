package floor

import (
	"cmp"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// lastNews is how long the end of an offer is worth telling.
const lastNews = 5 * time.Second

// failureNews is how long it is worth telling why a call out came to nothing;
// backNews, that the device is back.
const (
	failureNews = 10 * time.Second
	backNews    = 10 * time.Second
)

// Desk draws what the agent sees; nil when there is no such agent. Like all
// reading it changes nothing: a floor that was looked at equals its replay.
func (f *Floor) Desk(id core.UserID) *core.Desk {
	a := f.agents[id]
	if a == nil || f.plan == nil {
		return nil
	}
	d := &core.Desk{
		At: f.now, Epoch: f.epoch, Seq: f.seq,
		Agent:  f.deskAgent(a),
		Missed: slices.Clone(a.Missed),
		Queues: f.deskQueues(a),
	}
	if a.Day == f.date() {
		d.Today = a.Today
	}
	if c, o := f.offerOf(a); o != nil {
		d.Offer = f.deskOffer(c, o)
	}
	if a.last != nil && f.now.Sub(a.last.At) < lastNews {
		last := *a.last
		d.Last = &last
	}
	for _, c := range f.callsOf(a) {
		if t := c.partOf(a.ID); t != nil {
			d.Calls = append(d.Calls, f.deskCall(a, c, t))
		}
	}
	if len(d.Calls) == 2 && d.Calls[1].Came < d.Calls[0].Came { // tabs do not change places
		d.Calls[0], d.Calls[1] = d.Calls[1], d.Calls[0]
	}
	if a.failure != nil && f.now.Sub(a.failure.At) < failureNews {
		failure := *a.failure
		d.Failure = &failure
	}
	if a.back != nil && f.now.Sub(a.back.At) < backNews {
		back := *a.back
		d.Back = &back
	}
	for _, p := range a.posts() {
		d.Posts = append(d.Posts, core.DeskPost{
			Call: p.Call, Interaction: p.Interaction, From: p.From, Name: p.Name,
			Queue: p.Queue, QueueName: f.queueName(p.Queue), Began: p.Began, Ends: p.Ends,
			Extended: p.Extended, MayExtend: p.MayExtend, Step: p.Step, EndedBy: p.EndedBy, Talk: p.Talk,
			Buttons: p.Buttons, UntilClosed: p.UntilClosed, Required: p.Required, Qualified: p.Qualified, Waits: p.Waits,
		})
	}
	if len(d.Posts) > 0 {
		first := d.Posts[0]
		d.Post = &first
	}
	d.ToQualify = slices.Clone(a.ToQualify)
	for _, p := range a.Pops {
		d.Pops = append(d.Pops, p.DeskPop)
	}
	return d
}

func (f *Floor) deskAgent(a *agent) core.DeskAgent {
	d := core.DeskAgent{
		ID: a.ID, OnShift: a.OnShift, State: a.State, Since: a.Since,
		Activity: a.Activity, Next: a.Next, Station: a.station().Kind, StationUp: a.station().Up, Misses: a.Misses,
		PhoneUp: a.Phone.Up, Outside: a.Outside.Contact, Declines: a.Declines,
		Began: a.Began, Alarm: f.alarmAt(a), Status: a.Status, NextProfile: a.NextProfile,
	}
	if u := f.user(a.ID); u != nil {
		d.Name = u.Name
	}
	if p := f.profile(a.ID); p != nil {
		d.Profile, d.AutoAnswer = p.ID, p.AutoAnswer
	}
	switch a.State {
	case core.NotResponding:
		d.Reason = cmp.Or(a.Why, "misses")
	case core.DeviceLost:
		d.Reason = f.lostWhy(a)
	case core.Off, core.Unavailable, core.Ready, core.Reserved, core.Presented, core.Dialing, core.Talking, core.PostInteraction:
	}
	return d
}

// colour is the popup's family.
func (c *call) colour() core.Colour {
	switch {
	case c.preview():
		return core.Lilac
	case c.Record.Mode == "smart":
		return core.Raspberry
	case c.User != "":
		return core.Sky
	}
	return core.Ocean
}

func (f *Floor) deskOffer(c *call, o *offer) *core.DeskOffer {
	d := &core.DeskOffer{
		ID: o.ID, Call: c.ID, Colour: c.colour(), From: c.shownParty(), Preview: f.deskPreview(c), Name: c.Record.Name, VIP: c.Record.VIP, Earlier: c.Record.Earlier,
		Queue: o.Queue, QueueName: f.queueName(o.Queue),
		Made: o.Made, Drawn: o.Drawn, Expires: o.Expires, Ring: o.Ring, Auto: o.Auto, Codec: c.Codec,
	}
	d.Small = f.small(o.Queue)
	if a := f.agents[o.Agent]; a != nil {
		d.Interaction, d.Buttons = f.about(c).Record.ID, f.deskButtons(a, c)
	}
	if u := f.user(o.By); u != nil {
		d.AssignedBy = u.Name
	}
	if c.Wait != nil && o.Queue != "" {
		d.Relaxed = c.Wait.relaxed()
		d.Waited = o.Made.Sub(c.Wait.Arrived)
	}
	d.Transfer = f.deskHanded(c.via(o.Agent))
	if main := f.calls[c.For]; main != nil { // who is consulted sees whom it is about
		d.Colour, d.From, d.Name, d.Codec = main.colour(), main.shownParty(), main.Record.Name, c.Codec
		d.Transfer = f.deskHanded(main.via(o.Agent))
		if d.QueueName == "" {
			d.Queue, d.QueueName = main.Record.Queue, f.queueName(main.Record.Queue)
		}
	}
	return d
}

func (f *Floor) deskPreview(c *call) *core.DeskPreview {
	if !c.preview() {
		return nil
	}
	p := &core.DeskPreview{Asked: c.Back.Asked, Attempt: c.Back.Attempts + 1, Attempts: 1, Last: c.Back.Why}
	if q := f.queueSet(c.Wait.Queue); q != nil {
		p.Attempts = q.Callback.Tries()
	}
	return p
}

// shownParty is the party whom the call is about, as it is shown to who is rung:
// who called us, or whom we call.
func (c *call) shownParty() core.Party {
	if c.Record.Direction == "outbound" {
		return core.Party{Number: c.Record.To, Name: c.Record.Name}
	}
	return c.Record.From
}

func (f *Floor) deskHanded(h *handed) *core.DeskTransfer {
	if h == nil {
		return nil
	}
	d := &core.DeskTransfer{
		By: h.By, Attended: h.Attended, Note: h.Note, Returned: h.Returned, Reason: h.Why.Reason, Code: h.Why.Code, Target: h.Target,
	}
	if u := f.user(h.By); u != nil {
		d.ByName = u.Name
	}
	return d
}

func (f *Floor) deskCall(a *agent, c *call, t *talk) core.DeskCall {
	d := core.DeskCall{
		ID: c.ID, Interaction: c.Record.ID, Direction: c.Record.Direction, Mode: c.Record.Mode,
		Colour: c.colour(), From: c.Record.From, To: c.Record.To, Name: c.Record.Name, Contact: c.Record.Contact,
		Queue: c.Record.Queue, QueueName: f.queueName(c.Record.Queue),
		Began: t.Began, HeldSince: t.HeldSince, Held: t.Held, Muted: t.Muted, FarHeld: t.FarHeld,
		Codec: c.Codec, Path: slices.Clone(c.path()), Vars: c.Run.Shown(), Quality: t.Quality,
	}
	if n := len(c.Record.Offers); n > 0 && c.Wait != nil {
		d.Relaxed = c.Wait.relaxed()
		d.Waited = c.Record.Offers[n-1].Made.Sub(c.Wait.Arrived)
	}
	d.Came, d.CallerID, d.ConsultFor, d.Line = c.Record.Came, c.Record.CallerID, c.For, t.Leg
	d.State = c.stateOf(t)
	d.Buttons = f.deskButtons(a, c)
	d.Whisper = c.Stage == joining && t == c.Talk
	d.Recording = f.deskTape(c, a, t)
	d.MayRecord = d.Recording.MayStart || d.Recording.MayStop
	d.MayTransfer = c.conversing() && len(c.Guests) == 0 && c.For == "" && !c.Transfer.live() && f.plan.Can(a.ID, plan.Transfer)
	d.Transfer = f.deskHanded(t.Via)
	d.Parties = f.deskParties(c, t)
	d.Transferring = f.deskTransferring(c, a)
	if l := c.entry(t.Leg); l != nil {
		d.Hushed = l.Muted
	}
	for _, l := range c.Legs {
		switch {
		case !l.Silent || l.Ended != 0:
		case l.Leg == t.Leg:
			d.Silent = "you"
		case d.Silent == "":
			d.Silent = "them"
		}
	}
	return d
}

// stateOf is the call's state as one who takes part sees it.
func (c *call) stateOf(t *talk) string {
	switch {
	case t.Away != 0 || t.Lost:
		return "reconnecting"
	case t.HeldSince != 0:
		return "held"
	case c.conversing():
		return "talking"
	}
	switch c.Stage {
	case dialing:
		if c.Out.Rang {
			return "ringing"
		}
		return "dialing"
	case ringing, offered:
		if c.drawn() {
			return "ringing"
		}
		return "dialing"
	case waiting, routing, greeting, leaving:
		return "waiting"
	case arriving:
		return "dialing"
	case refusing, resting, returning, joining, talking, held, parted, ending, over:
	}
	return "connecting"
}

// deskParties are the others in the call.
func (f *Floor) deskParties(c *call, me *talk) []core.DeskParty {
	var ps []core.DeskParty
	if c.Own == nil && !c.Gone {
		p := core.DeskParty{Leg: c.Leg, Name: c.Record.Name, Number: c.otherNumber(), State: "talking", Customer: true}
		if c.Stage == dialing {
			p.State = "ringing"
		}
		if l := c.entry(c.Leg); l != nil {
			p.Muted = l.Muted
			if l.At == "told" { // hears that the call is recorded
				p.State = "held"
			}
		}
		ps = append(ps, p)
	}
	for _, t := range c.parts() {
		if t == me {
			continue
		}
		p := core.DeskParty{Leg: t.Leg, Agent: t.Agent, Name: t.Name, Number: t.Number, State: "talking"}
		if u := f.user(t.Agent); u != nil {
			p.Name, p.Number = u.Name, u.Extension
		}
		switch {
		case !c.conversing():
			p.State = "ringing"
		case t.Away != 0 || t.Lost:
			p.State = "lost"
		case t.HeldSince != 0:
			p.State = "held"
		}
		if l := c.entry(t.Leg); l != nil {
			p.Muted = l.Muted
		}
		ps = append(ps, p)
	}
	return ps
}

// deskTransferring is the strip under a call that the agent transfers.
func (f *Floor) deskTransferring(c *call, a *agent) *core.DeskTransferring {
	x := c.Transfer
	if x == nil || x.By != a.ID || x.State == core.TransferDone || x.State == core.TransferCancelled ||
		x.State == core.TransferFailed && c.Stage != held {
		return nil
	}
	return &core.DeskTransferring{
		ID: x.ID, Kind: x.To.Kind(), Target: x.Name, Attended: x.Attended, State: x.State,
		Reason: x.Why.Reason, Code: x.Why.Code, Consult: x.Consult, Since: x.Since,
	}
}
