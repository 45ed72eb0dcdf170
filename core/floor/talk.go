package floor

import (
	"time"

	"belfry/core"
)

// talk is an agent's part in a call.
type talk struct {
	Agent     core.UserID
	Offer     core.OfferID
	Queue     core.QueueID // that gave the call; empty: it came directly
	Leg       core.LegID   // the agent's line, or their phone's leg
	Zip       core.PlayID
	Began     core.Time
	HeldSince core.Time
	Held      time.Duration
	Muted     bool
	FarHeld   bool
	Lost      bool // no sound from the agent's line; the caller hears comfort music
	WasHeld   bool // before the line was lost
	Quality   *core.Quality
}

func (c *call) room() core.RoomID { return core.RoomID(c.ID) }

// accept gives the call to the agent.
func (f *Floor) accept(c *call, a *agent) {
	f.bind(c, a)
	f.talks(c)
}

// zip gives the call to an agent with auto-answer, who hears a tone before the
// caller.
func (f *Floor) zip(c *call, a *agent) {
	f.bind(c, a)
	f.to(c, joining)
	c.Talk.Zip = core.PlayID(f.id("ply_"))
	f.do(core.Play{Leg: c.Talk.Leg, Play: c.Talk.Zip, Sounds: []core.SoundID{"snd_zip"}})
}

// bind binds call and agent: the offer is answered, the passage through the
// queue is over, and the call is the agent's.
func (f *Floor) bind(c *call, a *agent) {
	o := c.Offer
	line := o.Leg
	f.endOffer(c, "answered", core.Cause{})
	a.Misses, a.Call = 0, c.ID
	if line == "" {
		line = a.Station.Leg
		f.addLeg(c, core.LegRecord{Leg: line, Agent: a.ID, Kind: "browser", Up: f.now})
	}
	c.Talk = &talk{Agent: a.ID, Offer: o.ID, Queue: o.Queue, Leg: line, Began: f.now}
	c.Record.Agent = a.ID
	if c.Record.Answered == 0 {
		c.Record.Answered = f.now
	}
	if o.Queue != "" {
		c.Wait.Talked = true
		f.closeDistribution(c, "answered")
	}
	if n := len(c.Run.Path); n > 0 && c.InTree {
		c.Run.Path[n-1].Output = "answered"
	}
	f.today(a)
	a.Today.Answered++
	f.answer(c)
	f.touch(a)
	f.touch(c)
	f.poolRev++
	f.show(a, true)
}

// talks joins caller and agent.
func (f *Floor) talks(c *call) {
	f.to(c, talking)
	f.join(c)
	f.showCall(c, true)
}

// join puts the agent and the caller into the call's room.
func (f *Floor) join(c *call) {
	f.do(core.Join{Room: c.room(), Leg: c.Talk.Leg})
	f.do(core.Join{Room: c.room(), Leg: c.Leg})
}

// mine finds the call that an agent talks, or says that there is none.
func (f *Floor) mine(a *agent, id core.CallID) (*call, *core.Error) {
	c := f.calls[id]
	if c == nil || a.Call != id || c.Talk == nil {
		return nil, core.Errorf(core.Missing, "no-such-call", "you are not on this call")
	}
	f.touch(c)
	return c, nil
}

func (f *Floor) asksHold(a *agent, id core.CallID) *core.Error {
	c, err := f.mine(a, id)
	if err != nil {
		return err
	}
	switch c.Stage {
	case held:
		return nil
	case talking:
	default:
		return core.Errorf(core.Conflict, "not-talking", "the call cannot be put on hold now")
	}
	f.to(c, held)
	c.Talk.HeldSince = f.now
	c.Talk.Lost = false // a line that is still silent says so again when it is joined
	f.do(core.Part{Leg: c.Talk.Leg})
	f.music(c, f.holdMusic(c))
	f.show(a, true)
	return nil
}

func (f *Floor) holdMusic(c *call) core.SoundID {
	if q := f.queueSet(c.Record.Queue); q != nil {
		return q.MusicSound()
	}
	return ""
}

func (f *Floor) asksResume(a *agent, id core.CallID) *core.Error {
	c, err := f.mine(a, id)
	if err != nil {
		return err
	}
	switch c.Stage {
	case talking:
		return nil
	case held:
	default:
		return core.Errorf(core.Conflict, "not-held", "the call is not on hold")
	}
	f.unhold(c)
	f.to(c, talking)
	f.join(c)
	f.show(a, true)
	return nil
}

// unhold counts the time on hold.
func (f *Floor) unhold(c *call) {
	if c.Talk.HeldSince != 0 {
		c.Talk.Held += f.now.Sub(c.Talk.HeldSince)
		c.Talk.HeldSince = 0
	}
}

func (f *Floor) asksMute(a *agent, id core.CallID, on bool) *core.Error {
	c, err := f.mine(a, id)
	if err != nil {
		return err
	}
	if c.Talk.Muted != on {
		c.Talk.Muted = on
		if c.Stage != parted { // a new line is muted when it comes
			f.do(core.Mute{Leg: c.Talk.Leg, On: on})
		}
		f.show(a, true)
	}
	return nil
}

func (f *Floor) asksKeys(a *agent, id core.CallID, digits string) *core.Error {
	c, err := f.mine(a, id)
	if err != nil {
		return err
	}
	if c.Stage != talking {
		return core.Errorf(core.Conflict, "not-talking", "keys can be sent while you talk")
	}
	f.do(core.SendDigits{Leg: c.Leg, Digits: digits})
	return nil
}

func (f *Floor) asksHangup(a *agent, id core.CallID) *core.Error {
	c, err := f.mine(a, id)
	if err != nil {
		return err
	}
	f.hangUp(c)
	return nil
}

// hangUp: the agent ends the call.
func (f *Floor) hangUp(c *call) {
	f.freeAgent(c, "agent", true)
	f.finish(c, core.Cause{Why: core.Ended, Code: 200, Q850: 16}, "agent")
}

// phoneLeft: the agent's phone ended its leg. Hanging up ends the call; losing
// the phone does not.
func (f *Floor) phoneLeft(c *call, cause core.Cause) {
	if cause.Why == core.HungUp {
		f.hangUp(c)
		return
	}
	f.agentLost(c, "the agent's phone was lost")
}

// freeAgent ends the agent's part in the call, if one has a part. With post the
// agent goes on to the post-interaction.
func (f *Floor) freeAgent(c *call, by string, withPost bool) {
	t := c.Talk
	if t == nil {
		return
	}
	f.unhold(c)
	spent := f.now.Sub(t.Began)
	c.Record.Talk += spent
	c.Record.Held += t.Held
	c.Talk = nil
	f.poolRev++
	for _, l := range c.Legs {
		if l.Leg == t.Leg && l.Ended == 0 {
			if l.Leg.Browser() {
				f.leaveLine(t)
			}
			if t.Quality != nil {
				l.Quality = t.Quality
			}
			f.drop(l, core.Cause{Why: core.Ended})
		}
	}
	a := f.agents[t.Agent]
	if a == nil {
		return
	}
	f.today(a)
	a.Today.Talk += spent
	a.Call = ""
	if a.Post != nil && a.Post.Ends <= f.now { // it ran out in a direct call
		f.endPost(a)
	}
	if withPost {
		f.beginPost(a, c, t.Queue, by, spent)
	}
	if a.Post == nil && t.Queue != "" {
		a.IdleSince = f.now
	}
	f.applyNext(a)
	f.touch(a)
	f.show(a, true)
}

// leaveLine takes the agent's line out of the call; it stays up, silent.
func (f *Floor) leaveLine(t *talk) {
	f.do(core.Part{Leg: t.Leg})
	if t.Muted {
		f.do(core.Mute{Leg: t.Leg})
	}
}

// legHeld: the far end put us on hold, or took us off. The page says so.
func (f *Floor) legHeld(ev core.LegHeld) {
	l := f.legs[ev.Leg]
	if l == nil || l.Ended != 0 {
		return
	}
	if c := f.calls[l.Call]; ev.Leg == c.Leg && c.Talk != nil && c.Talk.FarHeld != ev.Held {
		c.Talk.FarHeld = ev.Held
		f.showCall(c, false)
	}
}
