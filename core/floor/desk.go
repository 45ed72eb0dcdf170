package floor

import (
	"slices"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// lastNews is how long the end of an offer is worth telling.
const lastNews = 5 * time.Second

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
	if c := f.calls[a.Offer]; c != nil {
		d.Offer = f.deskOffer(c)
	}
	if a.last != nil && f.now.Sub(a.last.At) < lastNews {
		last := *a.last
		d.Last = &last
	}
	if c := f.calls[a.Call]; c != nil && c.Talk != nil {
		d.Calls = append(d.Calls, f.deskCall(a, c))
	}
	if p := a.Post; p != nil {
		d.Post = &core.DeskPost{
			Call: p.Call, Interaction: p.Interaction, From: p.From, Name: p.Name,
			Queue: p.Queue, QueueName: f.queueName(p.Queue), Began: p.Began, Ends: p.Ends,
			Extended: p.Extended, MayExtend: p.MayExtend, Step: p.Step, EndedBy: p.EndedBy, Talk: p.Talk,
		}
	}
	return d
}

func (f *Floor) deskAgent(a *agent) core.DeskAgent {
	d := core.DeskAgent{
		ID: a.ID, OnShift: a.OnShift, State: a.State, Since: a.Since,
		Activity: a.Activity, Next: a.Next, Station: a.Station.Kind, StationUp: a.Station.Up, Misses: a.Misses,
	}
	if u := f.user(a.ID); u != nil {
		d.Name = u.Name
	}
	if p := f.profile(a.ID); p != nil {
		d.AutoAnswer = p.AutoAnswer
	}
	switch {
	case a.State == core.NotResponding:
		d.Reason = "misses"
	case a.State != core.DeviceLost:
	case a.Fault != "":
		d.Reason = a.Fault
	case !a.Station.Up:
		d.Reason = "no_station"
	case a.Frozen:
		d.Reason = "page_frozen"
	default:
		d.Reason = "page_gone"
	}
	return d
}

// colour is the popup's family.
func (c *call) colour() core.Colour {
	switch {
	case c.Record.Mode == "smart":
		return core.Raspberry
	case c.User != "":
		return core.Sky
	}
	return core.Ocean
}

func (f *Floor) deskOffer(c *call) *core.DeskOffer {
	o := c.Offer
	d := &core.DeskOffer{
		ID: o.ID, Call: c.ID, Colour: c.colour(), From: c.Record.From, Name: c.Record.Name,
		Queue: o.Queue, QueueName: f.queueName(o.Queue),
		Made: o.Made, Drawn: o.Drawn, Expires: o.Expires, Ring: o.Ring, Auto: o.Auto, Codec: c.Codec,
	}
	if c.Wait != nil && o.Queue != "" {
		d.Waited = o.Made.Sub(c.Wait.Arrived)
	}
	return d
}

func (f *Floor) deskCall(a *agent, c *call) core.DeskCall {
	t := c.Talk
	d := core.DeskCall{
		ID: c.ID, Interaction: c.Record.ID, Direction: c.Record.Direction, Mode: c.Record.Mode,
		Colour: c.colour(), From: c.Record.From, To: c.Record.To, Name: c.Record.Name, Contact: c.Record.Contact,
		Queue: c.Record.Queue, QueueName: f.queueName(c.Record.Queue),
		Began: t.Began, HeldSince: t.HeldSince, Held: t.Held, Muted: t.Muted, FarHeld: t.FarHeld,
		Codec: c.Codec, Path: slices.Clone(c.Run.Path), Vars: c.Run.Shown(), Quality: t.Quality,
	}
	if n := len(c.Record.Offers); n > 0 && c.Wait != nil {
		d.Waited = c.Record.Offers[n-1].Made.Sub(c.Wait.Arrived)
	}
	switch c.Stage {
	case held:
		d.State = "held"
	case parted:
		d.State = "reconnecting"
	case joining:
		d.State = "connecting"
	case talking:
		d.State = "talking"
		if t.Lost {
			d.State = "reconnecting"
		}
	case arriving, refusing, routing, waiting, offered, ringing, greeting, leaving, ending, over:
		d.State = "connecting"
	}
	if q := f.queueSet(c.Record.Queue); q != nil && q.Recording == "manual" {
		d.MayRecord = f.plan.Can(a.ID, plan.RecordCall)
	}
	return d
}
