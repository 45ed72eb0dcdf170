package talk

// send is a blind transfer: the agent is free at once, whatever becomes of it.
// free ends what keeps the colleague busy.
func (c *handover) send(free func()) {
	t := c.t
	c.order = c.agent.transfer(t, c.call.ID, "blind", c.target())
	switch c.fate {
	case "answered":
		c.answers()
		c.withTarget()
		c.agent.idle(t)
		c.silence(t, &c.agent.voice)
	case "busy", "no answer", "declined":
		c.sendFails(free)
	case "the target drops":
		c.sendToWhoDrops()
	case "the agent drops":
		c.sendAndDrop()
	case "the caller drops":
		c.rung()
		c.caller.hangUp(t)
		c.ended = true
		if c.byPhone() {
			c.taken.ended(t)
		}
	}
}

// sendFails: nobody takes the call. Out of a queue it goes on waiting, with
// music; from a person or a number it comes back to the agent.
func (c *handover) sendFails(free func()) {
	if c.kind() != "queue" {
		c.back()
		return
	}
	c.agent.idle(c.t)
	if c.fate == "busy" {
		c.waits()
		free()
		c.withTarget()
		return
	}
	if c.fate == "no answer" {
		c.rung()
	}
	c.waits()
}

// back: the agent has the caller again, and the desk says why.
func (c *handover) back() {
	c.t.Helper()
	c.agent.await(c.t, "has the caller back", func(d desk) bool {
		return len(d.Calls) == 1 && d.Calls[0].Transfer != nil && d.Calls[0].Transfer.Returned && d.Calls[0].Transfer.Reason != ""
	})
	c.withAgent()
}

// sendToWhoDrops: the target takes the call and is gone again. A person or a
// number that hangs up at once has not taken it: the agent has the caller again.
// Of a colleague in a queue the line is lost: the caller hears music until it is
// back.
func (c *handover) sendToWhoDrops() {
	c.answers()
	if c.kind() != "queue" {
		c.leaves()
		c.back()
		return
	}
	c.withTarget()
	c.colleague.leave()
	c.music(c.t, &c.caller.voice)
	c.colleague.load(c.t)
	c.withTarget()
}

// sendAndDrop: the agent's page and line go while it rings at the target's. Who
// takes the call has it; when nobody does, the caller is the first of the queue.
func (c *handover) sendAndDrop() {
	c.rung()
	c.agent.leave()
	c.colleague.await(c.t, "goes on being rung", func(d desk) bool { return c.byPhone() || d.Offer != nil })
	if c.to != "user" && c.to != "number" {
		c.takes()
		c.withTarget()
		c.agent.load(c.t)
		return
	}
	c.refuses()
	c.music(c.t, &c.caller.voice)
	c.agent.load(c.t)
	c.withAgent()
}
