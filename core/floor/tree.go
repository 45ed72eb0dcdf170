package floor

import (
	"time"

	"belfry/core"
	"belfry/core/flow"
)

// env is what a tree may look at.
func (f *Floor) env() flow.Env {
	return flow.Env{Now: f.now, Plan: f.plan, Book: f.book, Groups: &f.balance, Able: f.ableQueue}
}

// walk gives the call's tree one input and carries out what it orders. An order
// may be over at once (a full queue): then the walk goes on.
func (f *Floor) walk(c *call, in flow.Input) {
	f.touch(c)
	for in != nil {
		if c.Stage != routing {
			return
		}
		orders := flow.Step(&c.Run, in, f.env())
		in = nil
		for _, o := range orders {
			if next := f.obey(c, o); next != nil {
				in = next
			}
		}
	}
}

// obey carries out one order of a tree; it returns what the tree must be told
// at once.
func (f *Floor) obey(c *call, o flow.Order) flow.Input {
	switch o := o.(type) {
	case flow.Play:
		f.do(core.Play{Leg: c.Leg, Play: o.Play, Sounds: o.Sounds, Loop: o.Loop})
	case flow.StopPlay:
		if !c.Leg.Browser() || f.lines[c.Leg] != nil {
			f.do(core.Stop{Leg: c.Leg})
		}
	case flow.Enter:
		return f.enter(c, o)
	case flow.RingUser:
		u := f.user(o.User)
		if u == nil {
			return flow.Left{Output: "failed", What: "no such user"}
		}
		d := u.RingTime()
		if o.Ring > 0 {
			d = time.Duration(o.Ring) * time.Second
		}
		return f.ringFromTree(c, u, d)
	case flow.CallNumber:
		return f.callFromTree(c, o)
	case flow.LeaveMessage:
		return f.leaveMessage(c, o.Mailbox)
	case flow.HangUp:
		f.routedNowhere(c)
		f.finish(c, o.Cause, "system")
	}
	return nil
}

// back gives the call to its tree again: the queue, user or mailbox is done
// with it.
func (f *Floor) back(c *call, output, what string) {
	f.to(c, routing)
	f.walk(c, flow.Left{Output: output, What: what})
}
