package floor

import (
	"slices"

	"belfry/core"
	"belfry/core/plan"
)

// past is what is remembered of a queue: how its calls came out today, how fast
// they go, what was expected of them, and who left it. It is in the snapshot.
type past struct {
	Queue  core.QueueID
	Counts core.QueueCounts
	Pace   pace
	GaveUp []gaveUp `json:",omitempty"`
}

// copied shares nothing that changes.
func (p *past) copied() past {
	n := *p
	n.Counts.Left = slices.Clone(p.Counts.Left)
	n.Pace.Done, n.Pace.Judged, n.Pace.Hours = slices.Clone(p.Pace.Done), slices.Clone(p.Pace.Judged), slices.Clone(p.Pace.Hours)
	n.GaveUp = slices.Clone(p.GaveUp)
	return n
}

// open begins a passage of the call through a queue.
func (f *Floor) open(c *call, d core.Distribution) {
	d.Entered = f.now
	if c.Wait != nil {
		d.Arrived = c.Wait.Arrived
	}
	c.Record.Distributions = append(c.Record.Distributions, d)
	if q := f.queues[d.Queue]; q != nil {
		f.ofToday(q).Entered++
	}
}

// ofToday are the queue's counts, begun anew at midnight.
func (f *Floor) ofToday(q *queue) *core.QueueCounts {
	c := &q.past.Counts
	if day := f.date(); c.Day != day || len(c.Left) != len(core.Outputs()) {
		*c = core.QueueCounts{Queue: q.set.ID, Day: day, Left: make([]int, len(core.Outputs()))}
	}
	return c
}

// closed counts how a passage came out. What is no output of the queue (a
// callback that did not reach its customer) has no count here.
func (f *Floor) closed(c *call, d *core.Distribution) {
	q := f.queues[d.Queue]
	if q == nil {
		f.closedLate(d)
		return
	}
	counts := f.ofToday(q)
	if i := slices.Index(core.Outputs(), core.Output(d.Outcome)); i >= 0 {
		counts.Left[i]++
	}
	if d.Outcome == string(core.OutAnswered) {
		counts.Waited += d.Wait
		if d.Wait <= q.set.InTime() {
			counts.InTime++
		}
	}
	left := d.Outcome == string(core.OutCallerLeft)
	if left && d.Wait < q.set.ShortAbandon() {
		counts.Short++
	}
	if left {
		f.gaveUp(c, q)
	}
	if c.Wait != nil && c.Wait.Queue == d.Queue {
		f.judge(c, q, d)
	}
}

// closedLate counts a passage through a queue that has left the plan.
func (f *Floor) closedLate(d *core.Distribution) {
	for i := range f.bygone {
		o := slices.Index(core.Outputs(), core.Output(d.Outcome))
		if b := &f.bygone[i]; b.Queue == d.Queue && b.Day == f.date() && o >= 0 {
			b.Left[o]++
		}
	}
}

// keepCounts keeps what queues have counted today that leave the plan, so that the
// day's figures are whole. One that comes back goes on where it was.
func (f *Floor) keepCounts(was *plan.Plan, old map[core.QueueID]*queue) {
	day := f.date()
	f.bygone = slices.DeleteFunc(f.bygone, func(b core.QueueCounts) bool {
		q := f.queues[b.Queue]
		if q != nil && b.Day == day {
			q.past.Counts = b
		}
		return q != nil || b.Day != day
	})
	if was == nil {
		return
	}
	for i := range was.Doc.Queues {
		id := was.Doc.Queues[i].ID
		if q := old[id]; q != nil && f.queues[id] == nil {
			f.bygone = append(f.bygone, *f.ofToday(q))
		}
	}
}

// Counts are the counts of all queues since midnight, in the plan's order, and of
// those that have left it today. Like all reading it changes nothing.
func (f *Floor) Counts() []core.QueueCounts {
	if f.plan == nil {
		return nil
	}
	day := f.date()
	counts := make([]core.QueueCounts, 0, len(f.plan.Doc.Queues))
	for i := range f.plan.Doc.Queues {
		counts = append(counts, f.countsOf(f.queues[f.plan.Doc.Queues[i].ID], day))
	}
	for _, b := range f.bygone {
		if b.Day == day {
			b.Left = slices.Clone(b.Left)
			counts = append(counts, b)
		}
	}
	return counts
}

// countsOf are the counts of one queue on the day.
func (f *Floor) countsOf(q *queue, day int) core.QueueCounts {
	c := q.past.Counts
	c.Left = slices.Clone(c.Left)
	if c.Day != day || len(c.Left) == 0 {
		c = core.QueueCounts{Day: day, Left: make([]int, len(core.Outputs()))}
	}
	c.Queue = q.set.ID
	c.Expected = f.expects(q, f.board.Queue(q.set.ID).Waiting()+1)
	c.Error, c.Judged = q.past.Pace.wrong(f.now)
	return c
}

// ableQueue says whether a queue is open, not full and has agents.
func (f *Floor) ableQueue(id core.QueueID) bool {
	q := f.queues[id]
	return q != nil && q.present > 0 && f.closedTo(q) == ""
}
