package sim

import (
	"container/heap"
	"time"

	"belfry/core"
)

// future is what will happen, in the order of time; of two things at the same
// instant the one that was planned first happens first.
type future struct {
	items []happening
	count uint64
}

type happening struct {
	at core.Time
	n  uint64
	do func()
}

func (f *future) Len() int { return len(f.items) }
func (f *future) Less(i, j int) bool {
	a, b := f.items[i], f.items[j]
	return a.at < b.at || a.at == b.at && a.n < b.n
}
func (f *future) Swap(i, j int) { f.items[i], f.items[j] = f.items[j], f.items[i] }
func (f *future) Push(x any)    { f.items = append(f.items, x.(happening)) }
func (f *future) Pop() any {
	last := len(f.items) - 1
	x := f.items[last]
	f.items = f.items[:last]
	return x
}

// next is when the next thing happens; zero when nothing will.
func (f *future) next() core.Time {
	if len(f.items) == 0 {
		return 0
	}
	return f.items[0].at
}

func (f *future) pop() func() { return heap.Pop(f).(happening).do }

// in plans something.
func (w *World) in(d time.Duration, do func()) {
	w.future.count++
	heap.Push(&w.future, happening{w.now.Add(max(d, 0)), w.future.count, do})
}

// news plans a piece of news. Now and then it comes twice.
func (w *World) news(d time.Duration, ev core.Event) {
	w.in(d, func() { w.tell(ev) })
	if w.chance(4) {
		w.in(d+w.upTo(3*time.Second), func() { w.tell(ev) })
	}
}

// upTo is a random time, shorter ones more often; zero in one of eight cases.
func (w *World) upTo(d time.Duration) time.Duration {
	if w.rnd.IntN(8) == 0 {
		return 0
	}
	n := time.Duration(w.rnd.Int64N(int64(d)))
	if w.chance(50) {
		n /= 4
	}
	return n.Truncate(time.Millisecond)
}

// between is a random time in a range.
func (w *World) between(a, b time.Duration) time.Duration {
	return a + time.Duration(w.rnd.Int64N(int64(b-a))).Truncate(time.Millisecond)
}

// chance is true in so many of 100 cases.
func (w *World) chance(percent int) bool { return w.rnd.IntN(100) < percent }
