package floor

import "belfry/core"

// An agent's line may fail in a call: the caller stays with us and hears comfort
// music until the sound is back, the page has a new line, or the grace is over.

// audioLost: nothing came from the agent's line for 400 ms.
func (f *Floor) audioLost(ev core.AudioLost) { f.soundIs(ev.Leg, false) }

// audioBack: packets come again.
func (f *Floor) audioBack(ev core.AudioBack) { f.soundIs(ev.Leg, true) }

func (f *Floor) soundIs(line core.LegID, there bool) {
	a := f.agentOfLine(line)
	if a == nil {
		return
	}
	for _, c := range f.callsOf(a) {
		t := c.part(line)
		if t == nil || c.Stage != talking || t.HeldSince != 0 || t.Away != 0 || t.Lost != there {
			continue
		}
		t.Lost = !there
		f.touch(c)
		f.seat(c)
		f.showCall(c, true)
	}
}

// soundMissed: for 3 s nothing was heard of somebody, or they are heard again.
func (f *Floor) soundMissed(ev core.SoundMissed) {
	if a := f.agentOfLine(ev.Leg); a != nil {
		for _, c := range f.callsOf(a) {
			f.silentIs(c, ev)
		}
		return
	}
	if l := f.legs[ev.Leg]; l != nil {
		f.silentIs(f.calls[l.Call], ev)
	}
}

func (f *Floor) silentIs(c *call, ev core.SoundMissed) {
	if l := c.entry(ev.Leg); l != nil && l.Silent != ev.On {
		l.Silent = ev.On
		f.touch(c)
		f.showCall(c, true)
	}
}

// asksRepair offers the audio of who is not heard anew.
func (f *Floor) asksRepair(a *agent, id core.CallID) *core.Error {
	c, _, err := f.mine(a, id)
	if err != nil {
		return err
	}
	for _, l := range c.Legs {
		if l.Silent && l.Ended == 0 && !l.Leg.Browser() && !l.Dropped {
			f.do(core.Refresh{Leg: l.Leg})
		}
	}
	return nil
}

// lineGone: a browser's line was closed. Its agent has a grace to come back, in
// each of their calls.
func (f *Floor) lineGone(a *agent, line core.LegID) {
	for _, c := range f.callsOf(a) {
		t := c.part(line)
		if t == nil || t.Away != 0 {
			continue
		}
		f.endLine(c, t)
		switch {
		case c.Stage == joining && t == c.Talk: // the zip tone was never heard; the caller waits on
			f.agentLost(c, "the agent's line was lost")
			continue
		case t == c.Talk && (c.Stage == talking || c.Stage == held):
			t.Away = f.now
			f.to(c, parted)
		default:
			t.Away = f.now
		}
		t.Lost = false
		f.seat(c)
		f.tapeFollows(c)
		f.touch(c)
		f.showCall(c, true)
	}
}

// endLine closes the record of a line's part in the call.
func (f *Floor) endLine(c *call, t *talk) {
	if l := c.entry(t.Leg); l != nil {
		l.Ended, l.Cause = f.now, core.Cause{Why: core.Lost, Reason: "the line was closed"}
		l.Quality = t.Quality
	}
}

// lineBack: the agent's browser has a new line; what they talked on the old one
// goes on over it.
func (f *Floor) lineBack(a *agent) {
	for _, c := range f.callsOf(a) {
		t := c.partOf(a.ID)
		if t == nil || t.Leg == a.Browser.Leg || !t.Leg.Browser() {
			continue
		}
		if t.Away == 0 {
			f.endLine(c, t)
		}
		f.setLine(c, t, a.Browser.Leg, "browser")
		switch {
		case c.Stage == joining && t == c.Talk:
			f.talks(c)
		case t == c.Own && !c.conversing():
			f.hearAgain(c)
		}
	}
}

// hearAgain lets one of ours who calls hear again what they heard before their
// line was replaced.
func (f *Floor) hearAgain(c *call) {
	switch c.Stage {
	case ringing, dialing:
		f.ringback(c)
	case waiting, offered:
		f.hears(c)
	case arriving, refusing, routing, resting, returning, joining, talking, held, parted, greeting, leaving, ending, over:
		// A prompt that was playing is not heard to its end: its deadline moves on.
	}
}

// graceOver: the agent did not come back. Whom they were just handing the caller
// to has them; else the caller is not left.
func (f *Floor) graceOver(c *call) {
	if x := c.Transfer; x.live() && x.Attended {
		if b := f.calls[x.Consult]; b != nil && b.For == c.ID && b.conversing() && b.far(x.By) != nil {
			f.complete(c)
			return
		}
		f.transferIs(c, core.TransferFailed, trouble{Reason: "agent_lost"})
	}
	f.agentLost(c, "the agent's line did not come back")
}

// agentLost takes the call from an agent who has lost it through no fault of
// theirs: the caller goes to the head of the queue with their first arrival; a
// direct call goes to the person's mailbox.
func (f *Floor) agentLost(c *call, what string) {
	queue := c.Talk.Rules
	if f.queues[queue] == nil || c.Wait == nil {
		queue = ""
	}
	t := c.Talk
	f.release(c, t, "system", false)
	if c.conversing() && f.enough(c) { // a conference: the others talk on
		f.goesOn(c)
		return
	}
	if c.Gone && c.Own == nil || c.Own != nil && !c.Own.here() { // a colleague who is not there waits for nobody
		f.finish(c, core.Cause{Why: core.Lost, Reason: what}, "system")
		return
	}
	f.rollTape(c, core.TapeStopped)
	switch {
	case queue != "":
		f.headOfLine(c, queue)
	case c.Ring != nil && f.user(c.Ring.User) != nil && f.plan.Mailbox(f.user(c.Ring.User).Mailbox) != nil && c.Own == nil:
		f.mailDirect(c, f.user(c.Ring.User).Mailbox)
	default:
		f.finish(c, core.Cause{Why: core.Lost, Reason: what}, "system")
	}
}

// qualityCame: how a browser's line sounded in the call it has just left, or is
// in.
func (f *Floor) qualityCame(ev core.QualityCame) {
	q := ev.Quality
	a := f.agentOfLine(ev.Leg)
	if a == nil {
		return
	}
	for _, c := range f.callsOf(a) {
		if t := c.part(ev.Leg); t != nil && (t.HeldSince == 0 || len(f.callsOf(a)) == 1) {
			t.Quality = &q
			f.touch(c)
			f.showCall(c, false)
			return
		}
	}
	if a.Post != nil {
		if c := f.calls[a.Post.Call]; c != nil {
			for _, l := range c.Legs {
				if l.Leg == ev.Leg && l.Quality == nil {
					l.Quality = &q
				}
			}
		}
	}
}
