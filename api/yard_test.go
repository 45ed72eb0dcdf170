package api_test

import (
	"cmp"
	"context"
	"encoding/json"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// yard runs a real floor as its host does: one goroutine, events in order,
// deadlines met. Legs obey at once and nobody records anything.
type yard struct {
	t       testing.TB
	floor   *floor.Floor
	screens *api.Screens
	boards  *api.Boards
	work    chan func()
	done    chan struct{}
	seq     uint64
	asks    uint64
	waiting map[core.AskID]chan error
	told    chan core.Event // what pages have told
	facts   chan core.Fact
}

func newYard(t testing.TB, s *api.Screens, b *api.Boards, p *plan.Plan) *yard {
	t.Helper()
	y := &yard{
		t: t, floor: floor.New(), screens: s, boards: b, work: make(chan func(), 4096), done: make(chan struct{}),
		waiting: map[core.AskID]chan error{}, told: make(chan core.Event, 4096), facts: make(chan core.Fact, 4096),
	}
	doc, err := json.Marshal(p.Doc)
	if err != nil {
		t.Fatal(err)
	}
	go y.run()
	t.Cleanup(func() { close(y.done) })
	y.news(core.FloorStarted{Epoch: 1})
	y.news(core.PlanChanged{Revision: p.Revision, Doc: doc})
	return y
}

func (y *yard) run() {
	for {
		var due <-chan time.Time
		if at := y.floor.Deadline(); !at.IsZero() {
			due = time.After(time.Until(at.Std()))
		}
		select {
		case f := <-y.work:
			f()
		case <-due:
			y.step(core.Woke{})
		case <-y.done:
			return
		}
	}
}

func (y *yard) news(ev core.Event) { y.work <- func() { y.step(ev) } }

func (y *yard) step(ev core.Event) {
	y.seq++
	for _, e := range append([]core.Effect{}, y.floor.Step(core.News{Seq: y.seq, At: core.At(time.Now()), Event: ev})...) {
		switch e := e.(type) {
		case core.Reply:
			if e.Err != nil {
				y.waiting[e.Ask] <- e.Err
			} else {
				y.waiting[e.Ask] <- nil
			}
		case core.Show:
			y.screens.Draw(e.Agent, y.floor.Desk(e.Agent))
		case core.Answer:
			y.news(core.LegUp{Leg: e.Leg, Codec: "PCMA"})
		case core.Drop:
			y.news(core.LegGone{Leg: e.Leg, Cause: e.Cause})
		case core.Note:
			y.facts <- e.Fact
		default: // there is no audio here
		}
	}
	y.boards.Stir()
	for _, agent := range y.screens.Watching() {
		y.screens.DrawPool(agent, y.floor.Pool(agent))
	}
}

// in runs f in the loop.
func (y *yard) in(f func()) {
	ran := make(chan struct{})
	y.work <- func() { f(); close(ran) }
	select {
	case <-ran:
	case <-y.done:
	}
}

func (y *yard) Tell(ev core.Event) error {
	select {
	case y.told <- ev:
	default: // nobody looks
	}
	y.news(ev)
	return nil
}

func (y *yard) Ask(ctx context.Context, agent core.UserID, w core.Want) error {
	reply := make(chan error, 1)
	y.work <- func() {
		y.asks++
		y.waiting[core.AskID(y.asks)] = reply
		y.step(core.Asked{Ask: core.AskID(y.asks), Agent: agent, Want: w})
	}
	select {
	case err := <-reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (y *yard) Desk(agent core.UserID) (d *core.Desk) {
	y.in(func() { d = y.floor.Desk(agent) })
	return d
}

func (y *yard) PoolOf(agent core.UserID) (p *core.Pool) {
	y.in(func() { p = y.floor.Pool(agent) })
	return p
}

func (y *yard) Active() (a *plan.Active) {
	y.in(func() { a = y.floor.Active() })
	return a
}

func (y *yard) Presence() (p *core.Presence) {
	y.in(func() { p = y.floor.Presence() })
	return p
}

func (y *yard) LiveOf(profiles ...core.ProfileID) []*core.Live {
	var all []*core.Live
	y.in(func() {
		for _, id := range profiles {
			all = append(all, cmp.Or(y.floor.Live(id), &core.Live{}))
		}
	})
	return all
}

func (y *yard) Live(call core.CallID) (i *core.Interaction) {
	y.in(func() {
		if found := y.floor.Interaction(call); found != nil {
			c := *found
			i = &c
		}
	})
	return i
}

// call has somebody dial the sales queue.
func (y *yard) call(id core.CallID, from string) {
	y.news(core.CallCame{
		Call: id, Leg: core.LegID("leg_s" + string(id[4:])), To: "+33100000001", From: core.Party{Number: from, Name: "<script>alert(1)</script>"},
		Trunk: "test", Codec: "PCMA",
	})
}
