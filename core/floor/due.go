package floor

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"

	"belfry/core"
)

// slot is the place of a call or an agent in the order of deadlines.
type slot struct {
	at  core.Time
	pos int // in the heap, plus one; zero when not in it
}

// toucher is what has a deadline that follows from its state.
type toucher interface {
	slot() *slot
	name() string
	deadline(f *Floor) core.Time
	met(f *Floor) // the deadline has passed
	untouch()
}

// due keeps calls and agents by deadline. Nobody sets or cancels one: after a
// step each thing that was touched is asked again.
type due struct{ heap []toucher }

func (d *due) Len() int           { return len(d.heap) }
func (d *due) Less(i, j int) bool { return d.heap[i].slot().at < d.heap[j].slot().at }
func (d *due) Swap(i, j int) {
	d.heap[i], d.heap[j] = d.heap[j], d.heap[i]
	d.heap[i].slot().pos, d.heap[j].slot().pos = i+1, j+1
}

func (d *due) Push(x any) {
	t := x.(toucher)
	d.heap = append(d.heap, t)
	t.slot().pos = len(d.heap)
}

func (d *due) Pop() any {
	last := len(d.heap) - 1
	t := d.heap[last]
	d.heap[last] = nil
	d.heap = d.heap[:last]
	t.slot().pos = 0
	return t
}

// set gives t the deadline; zero takes it out.
func (d *due) set(t toucher, at core.Time) {
	s := t.slot()
	switch {
	case s.pos == 0 && at != 0:
		s.at = at
		heap.Push(d, t)
	case s.pos != 0 && at == 0:
		heap.Remove(d, s.pos-1)
		s.at = 0
	case s.pos != 0 && at != s.at:
		s.at = at
		heap.Fix(d, s.pos-1)
	}
}

func (d *due) next() core.Time {
	if len(d.heap) == 0 {
		return 0
	}
	return d.heap[0].slot().at
}

// passed takes out all whose deadline is not after now, oldest first and in the
// order of their names, so that two equal floors meet them alike.
func (d *due) passed(now core.Time) []toucher {
	var ts []toucher
	for len(d.heap) > 0 && d.heap[0].slot().at <= now {
		ts = append(ts, heap.Pop(d).(toucher))
	}
	slices.SortFunc(ts, func(a, b toucher) int {
		return cmp.Or(cmp.Compare(a.slot().at, b.slot().at), cmp.Compare(a.name(), b.name()))
	})
	return ts
}

// workingOn is the call that a deadline is about, empty when it is about none.
func workingOn(t toucher) core.CallID {
	switch t := t.(type) {
	case *call:
		return t.ID
	case *agent:
		if t.Offer != "" {
			return t.Offer
		}
		return t.Call
	}
	return ""
}

// Working names the call that the floor was working on when a step panicked,
// when that is another than the event's: each step meets deadlines and matches
// too. It is empty otherwise.
func (f *Floor) Working() core.CallID { return f.working }

// wake meets the deadlines that have passed. Meeting one may give another that
// has passed too, a few times; without end it is a bug of ours.
func (f *Floor) wake() {
	for range 100 {
		passed := f.due.passed(f.now)
		if len(passed) == 0 {
			return
		}
		for _, t := range passed {
			f.touch(t)
			if t.deadline(f) <= f.now && t.deadline(f) != 0 {
				f.working = workingOn(t)
				t.met(f)
				f.working = ""
			}
		}
		f.settle()
	}
	panic(fmt.Sprintf("floor: the deadline of %s never ends", f.due.heap[0].name()))
}
