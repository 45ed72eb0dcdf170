package floor

import "belfry/core"

// Presence is who could be called now and how the queues stand. Like all reading
// it changes nothing.
func (f *Floor) Presence() *core.Presence {
	p := &core.Presence{At: f.now}
	if f.plan == nil {
		return p
	}
	for _, id := range f.Agents() {
		a := f.agents[id]
		if a == nil || f.user(id) == nil {
			continue
		}
		p.Agents = append(p.Agents, core.AgentNow{
			ID: id, State: a.State, Since: a.Since, OnShift: a.OnShift, Activity: a.Activity, Status: a.Status,
			Unreachable: f.cannotRing(a),
		})
	}
	for i := range f.plan.Doc.Queues {
		q := &f.plan.Doc.Queues[i]
		now := core.DeskQueue{ID: q.ID, Name: q.Name}
		if line := f.board.Queue(q.ID); line != nil {
			now.Waiting = line.Waiting()
			if first := line.First(1); len(first) > 0 {
				now.Longest = first[0].Arrived
			}
		}
		if live := f.queues[q.ID]; live != nil {
			now.Ringing = len(live.rung)
		}
		p.Queues = append(p.Queues, now)
	}
	p.Counts = f.Counts()
	return p
}
