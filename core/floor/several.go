package floor

import (
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// A queue may ring several agents for one call: all at once, or one and then
// another every few seconds. Each has an offer of their own, with its own
// countdown and its own device; the first who accepts has the call.

// bridged is how long a conversation lasts at least. A phone that answers and
// hangs up before has not taken the call.
const bridged = time.Second

// atOnce is how many agents the queue rings for one call, and after how long the
// next one joins; zero: as soon as they are free.
func atOnce(q *plan.Queue) (most int, every time.Duration) {
	switch q.Strategy {
	case plan.RingAll:
		return q.Most(), 0
	case plan.RingProgressively:
		return q.Most(), q.JoinEvery()
	case "", plan.LongestIdle, plan.LeastOccupied, plan.FewestCalls, plan.RoundRobin, plan.FixedOrder, plan.Random, plan.Weighted:
	}
	return 1, 0
}

// more says whether the call may be rung at one more agent, and when at the
// earliest.
func (f *Floor) more(c *call) (yes bool, at core.Time) {
	if c.Stage != offered || len(c.Offers) == 0 || c.Offers[0].Taken || f.queues[c.Offers[0].Queue] == nil {
		return false, 0
	}
	most, every := atOnce(f.queues[c.Offers[0].Queue].set)
	return len(c.Offers) < most, c.Offers[len(c.Offers)-1].Made.Add(every)
}

// joinSoon asks at the end of the step whether somebody else is rung too.
func (f *Floor) joinSoon(c *call) {
	if yes, _ := f.more(c); yes && !c.joins {
		c.joins = true
		f.joining = append(f.joining, c)
	}
}

// joinMet: the time has come at which somebody else may be rung too.
func (f *Floor) joinMet(c *call) {
	c.Join = 0
	f.joinSoon(c)
}

// joinsAny has a free agent for whom no call waits rung for those that ring
// others in their queues.
func (f *Floor) joinsAny(a *agent) {
	for _, id := range a.queues {
		q := f.queues[id]
		if q == nil || len(q.rung) == 0 {
			continue
		}
		if most, _ := atOnce(q.set); most < 2 {
			continue
		}
		for _, call := range q.rung {
			f.joinSoon(f.calls[call])
		}
	}
}

// ringOthers has others rung beside those who are, as many as the queue allows
// and as soon as it allows. It is asked when no call waits that they could take.
func (f *Floor) ringOthers(c *call) {
	c.joins, c.Join = false, 0
	f.touch(c)
	for {
		yes, at := f.more(c)
		if !yes {
			return
		}
		q := f.queues[c.Wait.Queue]
		f.relax(c)
		c.Join = c.Wait.widens(f.now, q)
		if at > f.now {
			if c.Join == 0 || at < c.Join {
				c.Join = at
			}
			return
		}
		d := f.board.Beside(c.Wait.waiter(c.ID), f.now)
		if d == nil {
			return
		}
		a := f.agents[d.ID]
		f.working = c.ID
		f.propose(c, a, q.set.ID, q.set.RingTime(), f.decide(c, a, q))
		f.working = ""
		f.settle() // they are out of line now
	}
}

// lostTo ends the other offers of a call that an agent has taken. Nobody is
// charged; each is told who was first.
func (f *Floor) lostTo(c *call, winner *agent) {
	c.Join = 0
	for len(c.Offers) > 0 {
		o := c.Offers[0]
		f.endOffer(c, o, "lost_to_other", core.Cause{Why: core.Answered})
		if a := f.agents[o.Agent]; a != nil && a.last != nil {
			if u := f.user(winner.ID); u != nil {
				a.last.By = u.Name
			}
		}
	}
}

// bounced: a phone answered a queue's call and hung up before there was a
// conversation. The caller is the first of their class again, and the agent is
// not charged.
func (f *Floor) bounced(c *call, t *talk) bool {
	if t != c.Talk || t.Queue == "" || c.Stage != talking || len(c.Guests) > 0 || c.Own != nil || f.now.Sub(t.Began) >= bridged {
		return false
	}
	if a := f.agents[t.Agent]; a != nil {
		f.rest(a, faultRest)
	}
	f.agentLost(c, "the agent's phone hung up before the conversation began")
	return true
}
