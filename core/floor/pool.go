package floor

import (
	"cmp"
	"slices"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/plan"
)

// poolRows is how many rows of the pool a page is sent.
const poolRows = 50

// Pool lists the calls that the agent may see: presented to them, theirs, and
// those that wait in queues they supervise or may take from. It costs no more
// for ten thousand waiting calls than for fifty.
func (f *Floor) Pool(id core.UserID) *core.Pool {
	a := f.agents[id]
	if a == nil || f.plan == nil {
		return nil
	}
	p := &core.Pool{At: f.now, Queues: f.deskQueues(a)}
	for _, c := range f.callsOf(a) {
		if t := c.partOf(id); t != nil {
			row := f.poolRow(c)
			row.State, row.Since = "mine", t.Began
			p.Calls = append(p.Calls, row)
		}
	}
	if c := f.calls[a.Offer]; c != nil {
		row := f.poolRow(c)
		row.State = "presented"
		p.Calls = append(p.Calls, row)
	}
	take := f.plan.Can(id, plan.TakeFromPool)
	var heads [][]*acd.Waiter
	for _, q := range f.visible(id, take) {
		line := f.board.Queue(q)
		if line == nil {
			continue
		}
		p.Total += line.Waiting()
		p.Calls = f.rungRows(p.Calls, q, a.Offer)
		heads = append(heads, line.First(poolRows))
	}
	for len(p.Calls) < poolRows {
		w := oldest(heads)
		if w == nil {
			break
		}
		row := f.poolRow(f.calls[w.Call])
		row.MayTake = take && slices.Contains(a.queues, w.Queue) && !f.queueSet(w.Queue).NoTake
		if f.supervises(id, w.Queue) {
			f.assignable(&row, w.Queue)
		}
		p.Calls = append(p.Calls, row)
	}
	for _, q := range f.visible(id, take) {
		if f.queues[q] != nil {
			p.Calls = f.laterRows(p.Calls, q)
		}
	}
	return p
}

// laterRows adds those who are to be called back, but not now, the soonest first.
func (f *Floor) laterRows(rows []core.PoolCall, q core.QueueID) []core.PoolCall {
	var later []*call
	for key, id := range f.backs { // sorted below
		if c := f.calls[id]; key.Queue == q && c != nil && (c.Stage == resting || c.Stage == dialing) {
			later = append(later, c)
		}
	}
	slices.SortFunc(later, func(a, b *call) int { return cmp.Or(cmp.Compare(a.Back.Next, b.Back.Next), cmp.Compare(a.ID, b.ID)) })
	for _, c := range later {
		if len(rows) >= poolRows {
			break
		}
		row := f.poolRow(c)
		row.State, row.Since, row.Late = "later", c.Back.Next, false
		if c.Stage == dialing {
			row.State, row.Since = "dialing", c.Since
			if slices.ContainsFunc(rows, func(r core.PoolCall) bool { return r.Call == c.ID }) {
				continue // mine
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// rungRows adds the queue's calls that are offered to somebody just now, but the
// one that is listed already.
func (f *Floor) rungRows(rows []core.PoolCall, q core.QueueID, listed core.CallID) []core.PoolCall {
	for _, id := range f.queues[q].rung {
		if len(rows) >= poolRows {
			break
		}
		if id == listed {
			continue
		}
		row := f.poolRow(f.calls[id])
		row.State = "presented"
		rows = append(rows, row)
	}
	return rows
}

// oldest takes the one that arrived first off the lines.
func oldest(heads [][]*acd.Waiter) *acd.Waiter {
	best := -1
	for i, h := range heads {
		if len(h) > 0 && (best < 0 || h[0].Arrived < heads[best][0].Arrived) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	w := heads[best][0]
	heads[best] = heads[best][1:]
	return w
}

// visible are the queues whose waiting calls the agent sees.
func (f *Floor) visible(id core.UserID, take bool) []core.QueueID {
	pro := f.profile(id)
	if pro == nil {
		return nil
	}
	var ids []core.QueueID
	if f.plan.Can(id, plan.SeePool) {
		ids = append(ids, pro.Supervises...)
	}
	if take {
		for _, q := range pro.Queues {
			if set := f.queueSet(q); set != nil && !set.NoTake && !slices.Contains(ids, q) {
				ids = append(ids, q)
			}
		}
	}
	return ids
}

func (f *Floor) poolRow(c *call) core.PoolCall {
	row := core.PoolCall{
		Call: c.ID, From: c.shownParty(), Callback: c.preview(), Name: c.Record.Name, State: "waiting",
		Queue: c.Record.Queue, QueueName: f.queueName(c.Record.Queue), Since: c.Record.Came,
		Small: f.small(c.Record.Queue), Transfer: f.deskHanded(c.via("")),
	}
	if c.Wait != nil {
		row.Since = c.Wait.Arrived
		row.Relaxed = c.Wait.relaxed()
		if u := f.user(c.Wait.Known); u != nil && c.Wait.in != nil && c.Wait.in.Only != "" {
			row.WaitsFor = u.Name
		}
		if q := f.queueSet(c.Wait.Queue); q != nil {
			row.Late = f.now.Sub(c.Wait.Arrived) > q.LateAfter()
		}
	}
	for i, o := range c.Offers {
		if u := f.user(o.Agent); u != nil {
			if i > 0 {
				row.OfferedTo += ", "
			}
			row.OfferedTo += u.Name
		}
	}
	return row
}

// deskQueues are the queues that the agent serves, as they are now.
func (f *Floor) deskQueues(a *agent) []core.DeskQueue {
	qs := make([]core.DeskQueue, 0, len(a.queues))
	for _, id := range a.queues {
		line := f.board.Queue(id)
		if line == nil {
			continue
		}
		d := core.DeskQueue{ID: id, Name: f.queueName(id), Waiting: line.Waiting()}
		if first := line.First(1); len(first) > 0 {
			d.Longest = first[0].Arrived
		}
		qs = append(qs, d)
	}
	return qs
}

// asksTake claims a waiting call from the pool: one winner, whoever asks first.
func (f *Floor) asksTake(a *agent, w core.Take) *core.Error {
	id := w.Call
	c := f.calls[id]
	switch {
	case !f.plan.Can(a.ID, plan.TakeFromPool):
		return core.Errorf(core.Denied, "not-allowed-by-profile", "your profile does not take calls from the pool")
	case c == nil:
		return core.Errorf(core.Conflict, "caller-left", "the caller has left")
	case a.has(id):
		return nil
	case c.Wait == nil || !slices.Contains(a.queues, c.Wait.Queue):
		return core.Errorf(core.Denied, "not-your-queue", "this call does not wait in a queue that you serve")
	case f.queueSet(c.Wait.Queue).NoTake:
		return core.Errorf(core.Denied, "not-allowed-by-queue", "calls of %s are not taken from the pool", f.queueName(c.Wait.Queue))
	case w.Small && !f.small(c.Wait.Queue):
		return core.Errorf(core.Denied, "not-in-small-banner", "calls of %s are taken in the Banner itself", f.queueName(c.Wait.Queue))
	case c.Talk != nil || len(c.Offers) > 0:
		return f.taken(c)
	case c.Stage != waiting:
		return core.Errorf(core.Conflict, "not-waiting", "this call does not wait any more")
	case a.Offer != "" || a.Call != "" || a.Post != nil:
		return core.Errorf(core.Conflict, "busy", "finish what you are doing first")
	case !a.OnShift || !a.able():
		return core.Errorf(core.Conflict, "no-station", "your microphone is not connected")
	}
	f.outOfLine(c)
	f.to(c, offered)
	f.propose(c, a, c.Wait.Queue, f.queueSet(c.Wait.Queue).RingTime(), core.Decision{
		At: f.now, Strategy: "taken_from_pool",
		Candidates: []core.Candidate{{Agent: a.ID, Eligible: true, Reason: "chosen"}},
	})
	o := c.offer()
	o.Taken = true
	if o.Leg == "" && !c.preview() { // a callback is looked at first
		f.answeredAt(c, o)
		return f.accept(c, a)
	}
	return nil
}
