package floor

import (
	"slices"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/plan"
)

// A decision lists all members of a small queue, and of a large one those who
// came nearest; the rest is counted by reason.
const (
	smallQueue = 16
	listed     = 4
)

// decide writes down why the agent gets the call.
func (f *Floor) decide(c *call, chosen *agent, q *queue) core.Decision {
	d := core.Decision{At: f.now, Strategy: string(q.set.Strategy)}
	if d.Strategy == "" {
		d.Strategy = "longest_idle"
	}
	w := c.Wait
	if q.set.Match == "best" && q.steps[min(w.Step, len(q.steps)-1)].Requires != nil {
		d.Strategy = "best_" + d.Strategy
	}
	if w.Prefer != 0 {
		d.Strategy = "preferred_agent"
	}
	if w.in != nil {
		d.CallScore = w.in.Score(f.now, chosen.desk)
	} else if o := c.offer(); o != nil { // rung beside others: for the same reasons
		d.CallScore = c.Record.Offers[o.Record].Decision.CallScore
	}
	if len(q.members) > smallQueue {
		d.Candidates = append(make([]core.Candidate, 0, listed+1), f.candidate(chosen, chosen, c, q))
		for _, m := range f.board.Queue(q.set.ID).Nearest(w.Step, listed) {
			if m.ID != chosen.ID {
				d.Candidates = append(d.Candidates, f.candidate(f.agents[m.ID], chosen, c, q))
			}
		}
		f.others(&d, q)
		return d
	}
	d.Candidates = make([]core.Candidate, 0, len(q.members)+1)
	if !slices.Contains(q.members, chosen.ID) { // an agent the caller knows
		d.Candidates = append(d.Candidates, f.candidate(chosen, chosen, c, q))
	}
	for _, id := range q.members {
		if a := f.agents[id]; a != nil {
			d.Candidates = append(d.Candidates, f.candidate(a, chosen, c, q))
		}
	}
	slices.SortStableFunc(d.Candidates, func(a, b core.Candidate) int {
		switch {
		case a.Agent == chosen.ID:
			return -1
		case b.Agent == chosen.ID:
			return 1
		case a.Eligible != b.Eligible && a.Eligible:
			return -1
		case a.Eligible != b.Eligible:
			return 1
		}
		return int(min(max(b.Score-a.Score, -1), 1))
	})
	return d
}

// stands is what a strategy looks at of the agent.
func (a *agent) stands() *acd.Agent {
	return &acd.Agent{
		ID: a.ID, IdleSince: a.IdleSince, Calls: a.Today.Answered, Turn: a.Turn, Occupied: (a.Today.Talk + a.Today.Post).Milliseconds(),
	}
}

// candidate says how one agent stood. The score is what the queue's strategy
// looks at; under longest idle, for how many milliseconds they have been so.
func (f *Floor) candidate(a, chosen *agent, c *call, q *queue) core.Candidate {
	w := c.Wait
	k := core.Candidate{Agent: a.ID, Reason: string(a.State)}
	need := q.steps[min(w.Step, len(q.steps)-1)].Requires
	if a.IdleSince != 0 && a.OnShift {
		k.Score = f.now.Sub(a.IdleSince).Milliseconds()
		k.Terms = []core.Term{{Name: "idle_ms", Value: k.Score}}
		if line := f.board.Queue(w.Queue); line != nil {
			if score, terms := line.Rule.Terms(a.stands(), c.ID); terms != nil {
				k.Score, k.Terms = score, append(terms, k.Terms...)
			}
		}
		if q.set.Match == "best" && need != nil {
			skills := int64(need.Sum(a.skills))
			k.Terms = append([]core.Term{{Name: "skills", Value: skills}, {Name: "then", Value: k.Score}}, k.Terms...)
			k.Score = skills
		}
	}
	if a == chosen {
		k.Eligible, k.Reason = true, "chosen"
		return k
	}
	k.Eligible, k.Reason = f.passedOver(a, c, q)
	if k.Reason == "not_first" && len(k.Terms) == 1 {
		k.Reason = "idle_less_long"
	}
	return k
}

// passedOver says why an agent did not get the call, and whether they could have.
func (f *Floor) passedOver(a *agent, c *call, q *queue) (eligible bool, reason string) {
	w := c.Wait
	switch o := c.offerTo(a.ID); {
	case o != nil:
		return false, "rung_too"
	case a.ID == w.Known && w.Known != "" && w.Prefer == 0 && a.State != core.Ready:
		return false, "known_but_" + string(a.State)
	case a.State != core.Ready:
		return false, string(a.State)
	case a.RestUntil > f.now:
		return false, "resting"
	case !q.steps[min(w.Step, len(q.steps)-1)].Requires.Met(a.skills):
		return false, "skill_missing"
	case w.Entered.Add(plan.Seconds(f.plan.ServesAs(a.ID, q.set.ID).Delay, 0)) > f.now:
		return false, "queue_delayed"
	case w.refusedBy(a.ID):
		return false, "refused_before"
	case w.Prefer != 0:
		return false, "waits_for_known_agent"
	}
	return true, "not_first"
}

// others counts the members by state, in the order of the states' names.
func (f *Floor) others(d *core.Decision, q *queue) {
	for _, s := range states {
		if n := q.states[s]; n > 0 {
			d.Others = append(d.Others, core.Others{Reason: string(s), Count: n})
		}
	}
}

// states is every routing state, in a fixed order.
var states = []core.RoutingState{
	core.Ready, core.Reserved, core.Presented, core.Dialing, core.Talking, core.PostInteraction,
	core.NotResponding, core.DeviceLost, core.Unavailable, core.Off,
}

// refused adds a refusal to the list, in place of an older one of the same agent.
func refused(list []acd.Refusal, a core.UserID, until core.Time) []acd.Refusal {
	list = slices.DeleteFunc(list, func(r acd.Refusal) bool { return r.Agent == a })
	return append(list, acd.Refusal{Agent: a, Until: until})
}

// refuse keeps the agent from getting this call again at once.
func (w *wait) refuse(a core.UserID, until core.Time) { w.Refused = refused(w.Refused, a, until) }

func (w *wait) refusedBy(a core.UserID) bool {
	return slices.ContainsFunc(w.Refused, func(r acd.Refusal) bool { return r.Agent == a })
}
