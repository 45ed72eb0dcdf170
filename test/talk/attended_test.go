package talk

// consult is an attended transfer: the agent talks with the target first, and
// the caller hears music.
func (c *handover) consult(free func()) {
	t := c.t
	c.order = c.agent.transfer(t, c.call.ID, "attended", c.target())
	c.music(t, &c.caller.voice)
	switch c.fate {
	case "answered":
		c.consults()
		c.complete()
		c.withTarget()
		c.agent.idle(t)
		c.silence(t, &c.agent.voice)
	case "busy", "no answer", "declined":
		c.consultFails()
	case "the target drops":
		c.consultsWhoDrops()
	case "the agent drops":
		c.consultAndDrop()
	case "the caller drops":
		c.rung()
		c.takes()
		c.consults()
		c.caller.hangUp(t)
		c.ended = true
		c.agent.await(t, "has the target alone", func(d desk) bool { return len(d.Calls) == 1 && d.Calls[0].State == "talking" })
		c.team.talk(t, &c.agent.voice, c.voice())
		c.agent.hangUp(t, c.order.Consult)
		if c.byPhone() {
			c.taken.ended(t)
		}
	}
}

// consults: agent and target talk, the caller hears neither.
func (c *handover) consults() {
	c.t.Helper()
	if c.taken == nil {
		c.answers()
	}
	c.team.talk(c.t, &c.agent.voice, c.voice())
	c.music(c.t, &c.caller.voice)
}

func (c *handover) complete() { c.agent.post(c.t, "/transfers/"+c.order.ID+"/complete") }

// cancel brings the agent back to the caller.
func (c *handover) cancel() {
	c.agent.post(c.t, "/transfers/"+c.order.ID+"/cancel")
	c.withAgent()
}

// failed waits until the desk says that the target was not reached, and takes the
// caller off hold.
func (c *handover) failed() {
	c.agent.await(c.t, "sees the transfer fail", func(d desk) bool {
		return len(d.Calls) == 1 && d.Calls[0].ID == c.call.ID && d.Calls[0].Transferring != nil && d.Calls[0].Transferring.State == "failed"
	})
	c.music(c.t, &c.caller.voice)
	c.agent.post(c.t, "/calls/"+c.call.ID+"/resume")
	c.withAgent()
}

// consultFails: the target is not reached.
func (c *handover) consultFails() {
	if c.kind() != "queue" {
		c.failed()
		return
	}
	switch c.fate {
	case "no answer":
		c.rung()
		c.colleague.await(c.t, "is rung no longer", func(d desk) bool { return d.Offer == nil })
	case "busy":
		c.agent.await(c.t, "waits in the queue", func(d desk) bool { b := d.find(c.order.Consult); return b != nil && b.State == "waiting" })
	case "declined":
		c.agent.await(c.t, "waits in the queue", func(d desk) bool { b := d.find(c.order.Consult); return b != nil && b.State == "waiting" })
	}
	c.music(c.t, &c.caller.voice)
	c.cancel()
}

// consultsWhoDrops: the target hangs up while the two talk; or, in queue and
// group, loses the line.
func (c *handover) consultsWhoDrops() {
	c.consults()
	if c.to == "queue" || c.to == "group" {
		c.colleague.leave()
		c.music(c.t, &c.agent.voice)
		c.cancel()
		c.colleague.load(c.t)
		return
	}
	c.leaves()
	c.failed()
}

// consultAndDrop: the agent hangs up, or loses the line, before the target has
// answered or after.
func (c *handover) consultAndDrop() {
	t := c.t
	c.rung()
	switch c.to {
	case "user", "number": // hangs up while they talk: that completes
		c.takes()
		c.consults()
		c.agent.hangUp(t, c.order.Consult)
		c.withTarget()
		c.agent.idle(t)
	case "queue", "directory": // hangs up while it rings: that cancels
		c.agent.hangUp(t, c.order.Consult)
		c.withAgent()
		if c.byPhone() {
			c.taken.ended(t)
		}
	case "group": // the line is lost while they talk
		c.takes()
		c.consults()
		c.agent.leave()
		c.music(t, c.voice())
		c.music(t, &c.caller.voice)
		c.agent.load(t)
		c.consults()
		c.complete()
		c.withTarget()
	case "routing": // the line is lost while it rings, and is back when it is answered
		c.agent.leave()
		c.music(t, &c.caller.voice)
		c.agent.load(t)
		c.agent.await(t, "has both calls", func(d desk) bool { return d.Agent.StationUp && len(d.Calls) == 2 })
		c.takes()
		c.consults()
		c.complete()
		c.withTarget()
	}
}
