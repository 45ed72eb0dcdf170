package floor

import (
	"slices"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/plan"
)

// Live draws what supervisors see who work with the profile; nil for one that
// supervises nothing. Like all reading it changes nothing.
func (f *Floor) Live(id core.ProfileID) *core.Live {
	if f.plan == nil {
		return nil
	}
	pro := f.plan.Profile(id)
	if pro == nil || !slices.Contains(pro.Rights, plan.Supervise) {
		return nil
	}
	l := &core.Live{At: f.now}
	serves := map[core.UserID][]core.QueueID{}
	var who []core.UserID
	for _, id := range pro.Supervises {
		q := f.queues[id]
		if q == nil {
			continue
		}
		l.Queues = append(l.Queues, f.liveQueue(q))
		for _, m := range q.members {
			if serves[m] == nil {
				who = append(who, m)
			}
			serves[m] = append(serves[m], id)
		}
	}
	slices.Sort(who)
	for _, m := range who {
		if a := f.agents[m]; a != nil && f.user(m) != nil {
			l.Agents = append(l.Agents, f.liveAgent(a, serves[m]))
		}
	}
	if slices.Contains(pro.Rights, plan.SeePool) {
		f.liveCalls(l)
	}
	return l
}

// liveCalls lists the calls of the queues: those that are offered to somebody,
// those that wait, and those who are called back later.
func (f *Floor) liveCalls(l *core.Live) {
	heads := make([][]*acd.Waiter, len(l.Queues))
	for i := range l.Queues {
		line := f.board.Queue(l.Queues[i].ID)
		l.Total += line.Waiting()
		l.Calls = f.rungRows(l.Calls, l.Queues[i].ID, "")
		heads[i] = line.First(poolRows)
	}
	for len(l.Calls) < poolRows {
		w := oldest(heads)
		if w == nil {
			break
		}
		row := f.poolRow(f.calls[w.Call])
		f.assignable(&row, w.Queue)
		l.Calls = append(l.Calls, row)
	}
	for i := range l.Queues {
		l.Calls = f.laterRows(l.Calls, l.Queues[i].ID)
	}
}

// assignable says of a waiting call why it waits, to whom may assign it.
func (f *Floor) assignable(row *core.PoolCall, q core.QueueID) {
	row.MayAssign, row.Why = true, f.whyWaits(f.queues[q])
	if row.WaitsFor != "" {
		row.Why = "kept_for"
	}
}

func (f *Floor) liveQueue(q *queue) core.LiveQueue {
	line := f.board.Queue(q.set.ID)
	n := q.states
	l := core.LiveQueue{
		ID: q.set.ID, Name: q.set.Name, Waiting: line.Waiting(), Rung: len(q.rung),
		Free: n[core.Ready], Ringing: n[core.Reserved] + n[core.Presented], Talking: n[core.Talking] + n[core.Dialing],
		Post: n[core.PostInteraction], Away: n[core.Unavailable] + n[core.NotResponding] + n[core.DeviceLost], Off: n[core.Off],
		Day: f.countsOf(q, f.date()), Within: q.set.InTime(), Target: q.set.Target(),
	}
	if first := line.First(1); len(first) > 0 {
		l.Longest = first[0].Arrived
	}
	return l
}

func (f *Floor) liveAgent(a *agent, queues []core.QueueID) core.LiveAgent {
	d := f.deskAgent(a)
	l := core.LiveAgent{
		ID: a.ID, Name: d.Name, State: a.State, Since: a.Since, Reason: d.Reason, OnShift: a.OnShift,
		Activity: a.Activity, Next: a.Next, Queues: queues, Misses: a.Misses, Free: f.freeNow(a),
	}
	if over := f.alarmAt(a); over != 0 {
		l.Over = over <= f.now
	}
	if a.Day == f.date() {
		l.Today = a.Today
	}
	if c := f.calls[a.Call]; c != nil {
		l.Queue = c.Record.Queue
		if main := f.calls[c.For]; main != nil {
			l.Queue = main.Record.Queue
		}
	} else if c := f.calls[a.Offer]; c != nil {
		l.Queue = c.Record.Queue
	} else if a.Post != nil {
		l.Queue = a.Post.Queue
	}
	return l
}

// freeNow says whether a call may be assigned to the agent: they are ready, even
// if they rest after an offer that came to nothing.
func (f *Floor) freeNow(a *agent) bool { return a.State == core.Ready && a.able() }

// supervises says whether the user supervises the queue.
func (f *Floor) supervises(id core.UserID, q core.QueueID) bool {
	pro := f.profile(id)
	return pro != nil && slices.Contains(pro.Supervises, q) && f.plan.Can(id, plan.Supervise)
}

// small says whether calls of the queue may be taken in the small Banner. Calls
// of no queue may.
func (f *Floor) small(id core.QueueID) bool {
	q := f.queueSet(id)
	return q == nil || q.Small
}

// whyWaits says why the calls of a queue wait.
func (f *Floor) whyWaits(q *queue) string {
	n := q.states
	switch {
	case q.present == 0:
		return "nobody_logged_in"
	case n[core.Ready] > 0: // they rest, have refused it, or lack what it asks for
		return "not_for_the_free"
	case n[core.Talking]+n[core.Dialing]+n[core.PostInteraction]+n[core.Reserved]+n[core.Presented] > 0:
		return "all_busy"
	}
	return "nobody_available"
}
