package floor

import (
	"cmp"
	"time"

	"belfry/core"
)

// station is one thing an agent can talk with.
type station struct {
	ID      core.StationID
	Kind    core.StationKind
	Leg     core.LegID // a browser's line
	Contact string     // a phone's fixed SIP contact, or the number outside
	Up      bool
}

// moving is a conversation on its way to another station.
type moving struct {
	Kind  core.StationKind
	Leg   core.LegID
	Until core.Time
}

// station is the one in use: the chosen one, or what there is. A registered
// phone stands in where no page has a line.
func (a *agent) station() *station {
	switch {
	case a.Use == core.OutsideStation:
		return &a.Outside
	case a.Use == core.PhoneStation:
		return &a.Phone
	case a.Use == core.BrowserStation:
		return &a.Browser
	case a.Phone.Contact != "", a.Phone.Up && !a.Browser.Up && (!a.OnShift || a.Browser.ID == ""):
		return &a.Phone
	}
	return &a.Browser
}

// lineOf is the leg on which the agent can be given a call at once: where they
// talk already, or a browser's line; empty when there is none.
func (f *Floor) lineOf(a *agent) core.LegID {
	for _, c := range f.callsOf(a) {
		if t := c.partOf(a.ID); t != nil && t.Away == 0 {
			return t.Leg
		}
	}
	if s := a.station(); s.Kind == core.BrowserStation {
		return s.Leg
	}
	return ""
}

// takeLine notes that the agent's line takes part in the call, and returns it.
func (f *Floor) takeLine(c *call, a *agent) core.LegID {
	id := f.lineOf(a)
	kind := "phone"
	switch l := f.legs[id]; {
	case id.Browser():
		kind = "browser"
	case l != nil && l.Kind == "outside":
		kind = l.Kind
	}
	f.addLeg(c, core.LegRecord{Leg: id, Agent: a.ID, Kind: kind, Up: f.now})
	return id
}

// dialStation rings the agent's phone, or their number outside.
func (f *Floor) dialStation(c *call, a *agent, offer core.OfferID, from core.Party) core.LegID {
	id, s := core.LegID(f.id("leg_s")), a.station()
	d := core.Dial{Leg: id, Call: c.ID, Agent: a.ID, Offer: offer, From: from, Codec: c.Codec}
	switch {
	case s.Kind == core.OutsideStation:
		d.Number, d.From = s.Contact, core.Party{Number: f.plan.CallerID(a.ID, "")}
	case s.Contact != "":
		d.To = s.Contact
	default:
		d.Phones = a.ID
	}
	f.addLeg(c, core.LegRecord{Leg: id, Agent: a.ID, Kind: string(s.Kind)})
	f.do(d)
	return id
}

// askPress1 has who answers at an outside number show that they are no mailbox.
func (f *Floor) askPress1(l *leg) {
	sound := f.plan.Doc.Company.Press1
	if sound == "" {
		sound = "snd_beep"
	}
	f.do(core.Play{Leg: l.Leg, Play: core.PlayID(f.id("ply_")), Sounds: []core.SoundID{sound}, Loop: true})
}

// pressed1: who answered at the agent's number outside is a person.
func (f *Floor) pressed1(c *call, l *leg) {
	switch {
	case c.offerOn(l.Leg) != nil:
		_ = f.accept(c, f.agents[l.Agent]) // a phone is told by its end
	case c.Stage == arriving && c.Leg == l.Leg && c.Own != nil:
		f.ownUp(c)
	case f.agents[l.Agent].Moving != nil && f.agents[l.Agent].Moving.Leg == l.Leg:
		f.moveTo(f.agents[l.Agent], l)
	}
}

func (f *Floor) asksStation(a *agent, w core.UseStation) *core.Error {
	switch w.Kind {
	case core.BrowserStation:
	case core.PhoneStation:
		if !a.Phone.Up {
			return core.Errorf(core.Conflict, "no-phone", "no phone of yours is registered")
		}
	case core.OutsideStation:
		if w.Number == "" {
			return core.FieldErrorf("number", "number-missing", "say at which number you can be reached")
		}
		if !f.plan.Dials(a.ID, w.Class) || w.Class == core.ClassEmergency {
			return core.Errorf(core.Denied, "class-not-allowed", "your profile does not let you be called at %s numbers", w.Class)
		}
	default:
		return core.FieldErrorf("kind", "no-such-station", "a station is browser, phone or outside")
	}
	if a.Offer != "" || a.Moving != nil {
		return core.Errorf(core.Conflict, "answer-first", "answer or decline the call first")
	}
	for _, c := range f.callsOf(a) {
		if !c.conversing() {
			return core.Errorf(core.Conflict, "finish-first", "finish or cancel the call that nobody has answered first")
		}
	}
	if w.Kind == core.OutsideStation {
		a.Outside = station{ID: core.StationID("sta_o_" + string(a.ID)), Kind: core.OutsideStation, Contact: w.Number, Up: true}
	}
	a.Use = w.Kind
	f.healthy(a)
	f.touch(a)
	f.show(a, true)
	if len(f.callsOf(a)) > 0 {
		f.move(a)
	}
	return nil
}

// move brings the agent's conversations to the station that is now in use.
func (f *Floor) move(a *agent) {
	c := f.calls[a.Call]
	t := c.partOf(a.ID)
	s := a.station()
	if s.Kind == core.BrowserStation {
		if s.Up && s.Leg != t.Leg {
			f.changeLine(a, s.Leg, string(s.Kind))
		}
		return
	}
	a.Moving = &moving{Kind: s.Kind, Until: f.now.Add(moveTime)}
	from := c.shownParty()
	from.Name = cmp.Or(c.Record.Name, from.Name)
	a.Moving.Leg = f.dialStation(c, a, "", from)
}

// moveTime is how long the other station may take to answer.
const moveTime = 30 * time.Second

// moved: the other phone has answered.
func (f *Floor) moved(a *agent, l *leg) {
	if l.Kind == "outside" {
		f.askPress1(l)
		return
	}
	f.moveTo(a, l)
}

func (f *Floor) moveTo(a *agent, l *leg) {
	a.Moving = nil
	if a.Call == "" {
		f.drop(l, core.Cause{Why: core.Ended})
		return
	}
	f.changeLine(a, l.Leg, l.Kind)
}

// moveFailed: the other phone did not answer; the conversation stays where it is.
func (f *Floor) moveFailed(a *agent, cause core.Cause) {
	m := a.Moving
	f.stopMoving(a)
	if c := f.calls[a.Call]; c != nil {
		if t := c.partOf(a.ID); t != nil {
			a.Use = core.PhoneStation
			if t.Leg.Browser() {
				a.Use = core.BrowserStation
			}
		}
		a.failure = &core.DeskFailure{Call: c.ID, To: string(m.Kind), Reason: reasonOf(cause), Code: cause.Code, At: f.now}
	}
	f.show(a, true)
}

// stopMoving gives up a change of station.
func (f *Floor) stopMoving(a *agent) {
	m := a.Moving
	a.Moving = nil
	if l := f.legs[m.Leg]; l != nil {
		f.drop(l, core.Cause{Why: core.Ended})
	}
	f.touch(a)
}

// changeLine has the agent talk on another leg in all their calls.
func (f *Floor) changeLine(a *agent, id core.LegID, kind string) {
	for _, c := range f.callsOf(a) {
		t := c.partOf(a.ID)
		if t == nil || t.Leg == id {
			continue
		}
		old := t.Leg
		if l := c.entry(old); l != nil {
			if t.Quality != nil {
				l.Quality = t.Quality
			}
			if l.At != "" && old.Browser() {
				f.do(core.Part{Leg: old})
			}
			t.Leg = id // or drop would think that the phone is still talked on
			f.drop(l, core.Cause{Why: core.Ended, Reason: "moved to another station"})
		}
		f.setLine(c, t, id, kind)
	}
	f.show(a, true)
}

// setLine gives a part another leg, and has it heard there.
func (f *Floor) setLine(c *call, t *talk, id core.LegID, kind string) {
	if c.Own == t {
		c.Leg = id
	}
	t.Leg, t.Lost, t.Away, t.Quality = id, false, 0, nil
	if c.entry(id) == nil {
		f.addLeg(c, core.LegRecord{Leg: id, Agent: t.Agent, Kind: kind, Up: f.now})
	}
	if t.Muted {
		f.do(core.Mute{Leg: id, On: true})
	}
	if t == c.Talk && c.Stage == parted {
		f.to(c, talking)
		if t.HeldSince != 0 {
			f.to(c, held)
		}
	}
	f.seat(c)
	f.tapeFollows(c)
	f.touch(c)
	f.showCall(c, true)
}
