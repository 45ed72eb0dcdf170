package floor

import (
	"slices"

	"belfry/core"
	"belfry/core/plan"
)

// asksAssign: a supervisor offers a waiting call to an agent of their choice. It
// is an offer like any other: who declines it, or lets it ring out, sends the
// call back to its place.
func (f *Floor) asksAssign(by *agent, w core.Assign) *core.Error {
	c, a := f.calls[w.Call], f.agents[w.Agent]
	switch {
	case !f.plan.Can(by.ID, plan.Supervise):
		return core.Errorf(core.Denied, "not-allowed-by-profile", "your profile does not assign calls")
	case c == nil:
		return core.Errorf(core.Conflict, "caller-left", "the caller has left")
	case c.Wait == nil || !f.supervises(by.ID, c.Wait.Queue):
		return core.Errorf(core.Denied, "not-your-queue", "this call does not wait in a queue that you supervise")
	case len(c.Offers) > 0 && c.offer().By == by.ID && c.offer().Agent == w.Agent:
		return nil // said twice
	case c.Talk != nil || len(c.Offers) > 0:
		return f.taken(c)
	case c.Stage != waiting:
		return core.Errorf(core.Conflict, "not-waiting", "this call does not wait any more")
	case a == nil || f.user(w.Agent) == nil || !slices.Contains(a.queues, c.Wait.Queue):
		return core.FieldErrorf("agent", "not-of-this-queue", "choose an agent who serves %s", f.queueName(c.Wait.Queue))
	case !f.freeNow(a):
		return core.Errorf(core.Conflict, "agent-not-free", "%s is not free", f.user(a.ID).Name)
	}
	q := c.Wait.Queue
	f.outOfLine(c)
	f.to(c, offered)
	f.propose(c, a, q, f.queueSet(q).RingTime(), core.Decision{
		At: f.now, Strategy: "assigned", By: by.ID,
		Candidates: []core.Candidate{{Agent: a.ID, Eligible: true, Reason: "chosen"}},
	})
	o := c.offer()
	o.Taken, o.By = true, by.ID
	f.audit("assigned", by, a, c.ID, f.queueName(q))
	return nil
}

// asksActivityOf: a supervisor sets what an agent does, at once or when they are
// free.
func (f *Floor) asksActivityOf(by *agent, w core.SetActivityOf) *core.Error {
	a, err := f.supervised(by, w.Agent)
	if err != nil {
		return err
	}
	if a.Activity == w.Activity && a.Next == "" && a.OnShift {
		return nil
	}
	if err := f.setActivity(a, w.Activity); err != nil {
		if err.Code == "not-on-shift" {
			return core.Errorf(core.Conflict, "not-on-shift", "%s is not on shift", f.user(a.ID).Name)
		}
		return err
	}
	f.touch(a)
	f.audit("activity_set", by, a, "", f.plan.Activity(w.Activity).Name)
	return nil
}

// asksReturnOf: a supervisor makes an agent available who did not respond.
func (f *Floor) asksReturnOf(by *agent, id core.UserID) *core.Error {
	a, err := f.supervised(by, id)
	if err != nil || !a.NotResponding && a.Fault == "" {
		return err
	}
	a.responds()
	a.Fault = ""
	f.touch(a)
	f.show(a, true)
	f.audit("returned", by, a, "", "")
	return nil
}

// supervised finds an agent who serves a queue that the supervisor supervises.
func (f *Floor) supervised(by *agent, id core.UserID) (*agent, *core.Error) {
	if !f.plan.Can(by.ID, plan.Supervise) {
		return nil, core.Errorf(core.Denied, "not-allowed-by-profile", "your profile does not supervise")
	}
	a := f.agents[id]
	if a == nil || f.user(id) == nil || !slices.ContainsFunc(a.queues, func(q core.QueueID) bool { return f.supervises(by.ID, q) }) {
		return nil, core.Errorf(core.Missing, "no-such-agent", "you supervise no agent with this id")
	}
	return a, nil
}

// audit keeps what a supervisor did to whom.
func (f *Floor) audit(did string, by, to *agent, c core.CallID, what string) {
	f.do(core.Note{Fact: core.Notice{Kind: did, Agent: to.ID, Call: c, What: f.auditText(by, what), At: f.now}})
}

func (f *Floor) auditText(by *agent, what string) string {
	if what == "" {
		return f.user(by.ID).Name
	}
	return f.user(by.ID).Name + ": " + what
}

// taken says who has a call, or is offered it.
func (f *Floor) taken(c *call) *core.Error {
	who := core.UserID("")
	if c.Talk != nil {
		who = c.Talk.Agent
	} else if o := c.offer(); o != nil {
		who = o.Agent
	}
	err := core.Errorf(core.Conflict, "call-taken", "a colleague has this call")
	if u := f.user(who); u != nil {
		err.By, err.Text = u.Name, u.Name+" has this call"
	}
	return err
}
