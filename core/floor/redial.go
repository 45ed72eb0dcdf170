package floor

import (
	"slices"
	"time"

	"belfry/core"
)

// gaveUp is a caller who left a queue and may have their place back.
type gaveUp struct {
	Number   string
	Arrived  core.Time
	Left     core.Time
	Priority time.Duration
	Again    int // how often the place was given back
}

// How many are remembered, and how often one place is given back: a line must not
// be jumped by calling again and again.
const (
	mostGaveUp = 1000
	mostAgain  = 2
)

// gaveUp remembers who hung up while they waited, where the queue keeps their
// place.
func (f *Floor) gaveUp(c *call, q *queue) {
	keeps, number := q.set.KeepsRank(), c.caller()
	if keeps == 0 || number == "" || c.Wait == nil || c.preview() {
		return
	}
	p := &q.past
	p.GaveUp = slices.DeleteFunc(p.GaveUp, func(g gaveUp) bool { return g.Number == number || f.now.Sub(g.Left) > keeps })
	if len(p.GaveUp) >= mostGaveUp {
		p.GaveUp = slices.Delete(p.GaveUp, 0, 1)
	}
	p.GaveUp = append(p.GaveUp, gaveUp{
		Number: number, Arrived: c.Wait.Arrived, Left: f.now, Priority: c.Wait.Priority, Again: c.Wait.Again,
	})
}

// rankKept gives a caller who calls again the place that they left.
func (f *Floor) rankKept(c *call, q *queue) {
	keeps, number := q.set.KeepsRank(), c.caller()
	if keeps == 0 || number == "" {
		return
	}
	i := slices.IndexFunc(q.past.GaveUp, func(g gaveUp) bool { return g.Number == number })
	if i < 0 {
		return
	}
	g := q.past.GaveUp[i]
	q.past.GaveUp = slices.Delete(q.past.GaveUp, i, i+1)
	if f.now.Sub(g.Left) > keeps || g.Again >= mostAgain {
		return
	}
	w := c.Wait
	w.Arrived, w.Priority, w.Again = min(w.Arrived, g.Arrived), max(w.Priority, g.Priority), g.Again+1
	f.ofToday(q).Kept++
}

// caller is the number of who called from outside; empty when it is withheld or
// it is one of ours.
func (c *call) caller() string {
	if c.User != "" || c.Record.From.Anonymous || c.Record.Direction != "inbound" || len(c.Record.From.Number) < 4 {
		return ""
	}
	return c.Record.From.Number
}
