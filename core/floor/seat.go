package floor

import "belfry/core"

// What each hears follows from who is in the conversation: two or more hear each
// other; one alone hears music; who has put the call on hold hears nothing of it.

// seat orders what has changed of that.
func (f *Floor) seat(c *call) {
	if !c.conversing() {
		return
	}
	type place struct {
		leg  *leg
		side core.Side
	}
	var here []place
	put := func(id core.LegID, t *talk, side core.Side) {
		l := c.entry(id)
		switch {
		case l == nil:
		case l.At == "told" && c.Tape != nil && c.Tape.Saying != "": // hears an announcement, and then the others
		case t == nil || t.here():
			here = append(here, place{l, side})
		case t.HeldSince != 0 && l.At != "": // a lost one stays, to be heard when it is back
			f.do(core.Part{Leg: l.Leg})
			l.At = ""
		}
	}
	if c.Talk != nil {
		side := core.AgentSide
		if c.Talk.Agent == "" {
			side = core.AgentSide // who was called stands where the agent stood
		}
		put(c.Talk.Leg, c.Talk, side)
	}
	if !c.Gone {
		put(c.Leg, c.Own, core.CustomerSide)
	}
	for _, g := range c.Guests {
		side := core.AgentSide
		if g.Agent == "" {
			side = core.CustomerSide
		}
		put(g.Leg, g, side)
	}
	if c.Tape != nil && c.Tape.Saying != "" && len(here) < 2 {
		return // it does not last long
	}
	if len(here) == 1 {
		f.alone(c, here[0].leg)
		return
	}
	for _, p := range here {
		if p.leg.At != "room" {
			f.do(core.Join{Room: c.room(), Leg: p.leg.Leg, Side: p.side})
			p.leg.At = "room"
		}
	}
}

// alone plays to the one who is left in a conversation: the music of a hold, or,
// when a line was lost, comfort music.
func (f *Floor) alone(c *call, l *leg) {
	sound := f.plan.Doc.Company.Comfort
	for _, t := range c.parts() {
		if t.HeldSince != 0 {
			sound = f.holdMusic(c)
			break
		}
	}
	if l.At == "music:"+string(sound) {
		return
	}
	f.musicTo(l.Leg, sound)
	l.At = "music:" + string(sound)
}

func (f *Floor) holdMusic(c *call) core.SoundID {
	if q := f.queueSet(c.Record.Queue); q != nil {
		return q.OnHold()
	}
	return ""
}

// music plays a loop to the caller; without a sound there is silence, and the
// company's comfort music is better than that.
func (f *Floor) music(c *call, sound core.SoundID) { f.musicTo(c.Leg, sound) }

func (f *Floor) musicTo(id core.LegID, sound core.SoundID) {
	if sound == "" {
		sound = f.plan.Doc.Company.Comfort
	}
	if sound == "" {
		f.do(core.Part{Leg: id})
		return
	}
	f.do(core.Play{Leg: id, Play: core.PlayID(f.id("ply_")), Sounds: []core.SoundID{sound}, Loop: true})
}

// ringback lets the caller hear that somebody is rung.
func (f *Floor) ringback(c *call) {
	f.do(core.Play{Leg: c.Leg, Play: core.PlayID(f.id("ply_")), Sounds: []core.SoundID{"snd_ringback"}, Loop: true})
}
