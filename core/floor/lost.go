package floor

import "belfry/core"

// An agent's line may fail in a call: the caller stays with us and hears comfort
// music until the sound is back, the page has a new line, or the grace is over.

// audioLost: nothing came from the agent's line for 400 ms.
func (f *Floor) audioLost(ev core.AudioLost) {
	c := f.talkOfLine(ev.Leg)
	if c == nil || c.Stage != talking || c.Talk.Lost {
		return
	}
	c.Talk.Lost = true
	f.touch(c)
	f.music(c, f.plan.Doc.Company.Comfort)
	f.showCall(c, true)
}

// audioBack: packets come again.
func (f *Floor) audioBack(ev core.AudioBack) {
	c := f.talkOfLine(ev.Leg)
	if c == nil || c.Stage != talking || !c.Talk.Lost {
		return
	}
	c.Talk.Lost = false
	f.touch(c)
	f.do(core.Join{Room: c.room(), Leg: c.Leg})
	f.showCall(c, true)
}

// talkOfLine finds the call that is talked on a browser's line.
func (f *Floor) talkOfLine(id core.LegID) *call {
	a := f.agentOfLine(id)
	if a == nil {
		return nil
	}
	c := f.calls[a.Call]
	if c == nil || c.Talk == nil || c.Talk.Leg != id {
		return nil
	}
	return c
}

// lineGone: the line that a call is talked on was closed. Its agent has a grace
// to come back.
func (f *Floor) lineGone(c *call) {
	f.endLine(c)
	switch c.Stage {
	case talking, held:
		c.Talk.WasHeld = c.Stage == held
		f.to(c, parted)
		if !c.Talk.WasHeld && !c.Talk.Lost {
			f.music(c, f.plan.Doc.Company.Comfort)
		}
	case joining: // the zip tone was never heard; the caller waits on
		f.agentLost(c, "the agent's line was lost")
		return
	case arriving, refusing, routing, waiting, offered, ringing, parted, greeting, leaving, ending, over:
	}
	f.showCall(c, true)
}

// endLine closes the record of the line's part in the call.
func (f *Floor) endLine(c *call) {
	for _, l := range c.Legs {
		if l.Leg == c.Talk.Leg && l.Ended == 0 {
			l.Ended, l.Cause = f.now, core.Cause{Why: core.Lost, Reason: "the line was closed"}
			l.Quality = c.Talk.Quality
		}
	}
}

// lineBack: the agent has a new line; the call goes on over it.
func (f *Floor) lineBack(c *call, a *agent) {
	t := c.Talk
	if c.Stage != parted {
		f.endLine(c)
	}
	t.Leg, t.Lost, t.Quality = a.Station.Leg, false, nil
	f.addLeg(c, core.LegRecord{Leg: t.Leg, Agent: a.ID, Kind: "browser", Up: f.now})
	if t.Muted {
		f.do(core.Mute{Leg: t.Leg, On: true})
	}
	switch c.Stage {
	case joining:
		f.talks(c)
		return
	case parted:
		if t.WasHeld {
			f.to(c, held)
			break
		}
		f.to(c, talking)
		f.join(c)
	case talking:
		f.join(c)
	case arriving, refusing, routing, waiting, offered, ringing, held, greeting, leaving, ending, over:
	}
	f.touch(c)
	f.showCall(c, true)
}

// graceOver: the agent did not come back.
func (f *Floor) graceOver(c *call) { f.agentLost(c, "the agent's line did not come back") }

// agentLost takes the call from an agent who has lost it through no fault of
// theirs: the caller goes to the head of the queue with their first arrival; a
// direct call goes to the person's mailbox.
func (f *Floor) agentLost(c *call, what string) {
	q := f.queues[c.Talk.Queue]
	f.freeAgent(c, "system", false)
	switch {
	case q != nil:
		c.Wait.Entered, c.Wait.Head, c.Wait.Talked = f.now, true, false
		c.Record.Distributions = append(c.Record.Distributions, core.Distribution{
			Queue: c.Wait.Queue, Group: c.Wait.Group, Entered: f.now,
		})
		f.to(c, waiting)
		f.music(c, q.set.MusicSound())
		f.lineUp(c)
	case c.Ring != nil && f.user(c.Ring.User) != nil && f.plan.Mailbox(f.user(c.Ring.User).Mailbox) != nil && (c.Stage == parted || c.Stage == joining):
		f.mailDirect(c, f.user(c.Ring.User).Mailbox)
	default:
		f.finish(c, core.Cause{Why: core.Lost, Reason: what}, "system")
	}
}

// qualityCame: how a browser's line sounded in the call it has just left, or is
// in.
func (f *Floor) qualityCame(ev core.QualityCame) {
	q := ev.Quality
	if c := f.talkOfLine(ev.Leg); c != nil {
		c.Talk.Quality = &q
		f.touch(c)
		f.showCall(c, false)
		return
	}
	if a := f.agentOfLine(ev.Leg); a != nil && a.Post != nil {
		if c := f.calls[a.Post.Call]; c != nil {
			for _, l := range c.Legs {
				if l.Leg == ev.Leg && l.Quality == nil {
					l.Quality = &q
				}
			}
		}
	}
}
