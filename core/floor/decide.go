package floor

import (
	"slices"

	"belfry/core"
	"belfry/core/acd"
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
	if c.Wait.in != nil {
		d.CallScore = c.Wait.in.Score(f.now)
	}
	line := f.board.Queue(q.set.ID)
	if len(q.members) > smallQueue {
		d.Candidates = append(make([]core.Candidate, 0, listed+1), f.candidate(chosen, chosen, c))
		for _, m := range line.Idlest(listed) {
			if m.ID != chosen.ID {
				d.Candidates = append(d.Candidates, f.candidate(f.agents[m.ID], chosen, c))
			}
		}
		f.others(&d, q)
		return d
	}
	d.Candidates = make([]core.Candidate, 0, len(q.members))
	for _, id := range q.members {
		if a := f.agents[id]; a != nil {
			d.Candidates = append(d.Candidates, f.candidate(a, chosen, c))
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
func (f *Floor) candidate(a, chosen *agent, c *call) core.Candidate {
	k := core.Candidate{Agent: a.ID, Reason: string(a.State)}
	if a.IdleSince != 0 && a.OnShift {
		k.Score = f.now.Sub(a.IdleSince).Milliseconds()
		k.Terms = []core.Term{{Name: "idle_ms", Value: k.Score}}
		if line := f.board.Queue(c.Wait.Queue); line != nil {
			if score, terms := line.Rule.Terms(a.stands(), c.ID); terms != nil {
				k.Score, k.Terms = score, append(terms, k.Terms...)
			}
		}
	}
	if a == chosen {
		k.Eligible, k.Reason = true, "chosen"
		return k
	}
	if a.State != core.Ready {
		return k
	}
	switch {
	case a.RestUntil > f.now:
		k.Reason = "resting"
	case c.Wait.refusedBy(a.ID):
		k.Reason = "refused_before"
	default:
		k.Eligible, k.Reason = true, "idle_less_long"
		if len(k.Terms) > 1 {
			k.Reason = "not_first"
		}
	}
	return k
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
func (w *wait) refuse(a core.UserID, now, until core.Time) {
	w.Refused = refused(w.Refused, a, until)
	w.retry(now)
}

// retry works out when the next refusal runs out.
func (w *wait) retry(now core.Time) {
	w.Retry = 0
	for _, r := range w.Refused {
		if r.Until > now && (w.Retry == 0 || r.Until < w.Retry) {
			w.Retry = r.Until
		}
	}
}

func (w *wait) refusedBy(a core.UserID) bool {
	return slices.ContainsFunc(w.Refused, func(r acd.Refusal) bool { return r.Agent == a })
}
