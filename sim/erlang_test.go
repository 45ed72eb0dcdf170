package sim

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// TestWaitsAsErlangSays: calls that come by chance to agents who talk by chance
// wait as long as Erlang's formula C says: nobody waits whom somebody free could
// take, and nothing is lost on the way.
func TestWaitsAsErlangSays(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("half a million calls")
	}
	for _, c := range []struct {
		agents int
		load   float64 // of each agent
	}{{3, 0.7}, {10, 0.75}} {
		t.Run(fmt.Sprint("agents=", c.agents), func(t *testing.T) {
			t.Parallel()
			const talk = 100.0 // seconds
			e := newExchange(t, c.agents, plan.Queue{ID: "que_x", Name: "x", PostMode: "none"})
			got := e.play(250_000, c.load*float64(c.agents)/talk, talk)
			want := erlangC(c.agents, c.load) * talk / (float64(c.agents) * (1 - c.load))
			if math.Abs(got-want)/want > 0.05 {
				t.Errorf("calls wait %.2f s on average, and Erlang says %.2f s", got, want)
			}
		})
	}
}

// erlangC is the chance that a call must wait, for n agents each loaded so much.
func erlangC(n int, load float64) float64 {
	a, term, sum := load*float64(n), 1.0, 0.0
	for k := range n {
		sum += term
		term *= a / float64(k+1)
	}
	last := term / (1 - load)
	return last / (sum + last)
}

// oneQueue is a company with a number that leads to a queue, and nobody in it.
func oneQueue(q plan.Queue) *plan.Doc {
	return &plan.Doc{
		Company:    plan.Company{ID: "com_x", Name: "X", Zone: "UTC", Language: "en"},
		Profiles:   []plan.Profile{{ID: "pro_x", Name: "x", Queues: []core.QueueID{q.ID}, Rights: []plan.Right{plan.TakeCalls}}},
		Activities: []plan.Activity{{ID: "act_calls", Name: "Calls", Category: plan.Processing}},
		Queues:     []plan.Queue{q},
		Trees:      []plan.Tree{tree(0, node("queue", "queue", fmt.Sprintf(`{"queue":%q}`, q.ID), nil))},
		Numbers:    []plan.Number{{Number: "+33100000000", Tree: "tre_0"}},
	}
}

// exchange is a floor with agents whose phones answer at once, and nothing else.
type exchange struct {
	t      *testing.T
	w      World // its clock and future only
	rnd    *rand.Rand
	f      *floor.Floor
	seq    uint64
	talk   float64
	waited time.Duration
	over   int
	// Of what is said of the expected wait: see TestExpectedWaits.
	errors            []int
	dishonest, untold int
}

func newExchange(t *testing.T, agents int, queue plan.Queue) *exchange {
	t.Helper()
	d := oneQueue(queue)
	for i := range agents {
		id := fmt.Sprintf("u%02d", i)
		d.Users = append(d.Users, plan.User{ID: core.UserID("usr_" + id), Login: id, Name: id, Profile: "pro_x", Phone: "sip:" + id + "@127.0.0.1:7000"})
	}
	e := &exchange{t: t, rnd: rand.New(rand.NewPCG(1, uint64(agents))), f: floor.New()}
	e.w.now = core.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	e.tell(core.FloorStarted{Epoch: 1})
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	e.tell(core.PlanChanged{Revision: 1, Doc: text})
	for _, u := range d.Users {
		e.tell(core.Asked{Agent: u.ID, Want: core.StartShift{}})
	}
	return e
}

// play lets so many calls come, at a rate a second, and returns how long they
// waited on average, in seconds.
func (e *exchange) play(calls int, rate, talk float64) float64 {
	e.talk = talk
	var next func(n int)
	next = func(n int) {
		if n == calls {
			return
		}
		e.tell(core.CallCame{Call: core.CallID(fmt.Sprint("cal_", n)), Leg: core.LegID(fmt.Sprint("leg_sc", n)), To: "+33100000000"})
		e.tell(core.LegUp{Leg: core.LegID(fmt.Sprint("leg_sc", n))})
		e.w.in(e.chance(1/rate), func() { next(n + 1) })
	}
	next(0)
	for e.w.future.next() != 0 {
		at := e.w.future.next()
		if due := e.f.Deadline(); due != 0 && due < at {
			e.w.now = max(e.w.now, due)
			e.tell(core.Woke{})
			continue
		}
		e.w.now = at
		e.w.future.pop()()
	}
	if e.over != calls {
		e.t.Fatalf("%d of %d calls are over", e.over, calls)
	}
	return e.waited.Seconds() / float64(calls)
}

// chance is a time drawn from the exponential distribution, in seconds on average.
func (e *exchange) chance(mean float64) time.Duration {
	return time.Duration(e.rnd.ExpFloat64() * mean * 1e9)
}

func (e *exchange) tell(ev core.Event) {
	e.seq++
	var then []core.Event
	var was core.QueueCounts
	if counts := e.f.Counts(); len(counts) > 0 {
		was = counts[0]
	}
	for _, x := range e.f.Step(core.News{Seq: e.seq, At: e.w.now, Event: ev}) {
		if dial, ok := x.(core.Dial); ok {
			then = append(then, core.LegUp{Leg: dial.Leg})
			caller := core.LegID("leg_sc" + string(dial.Call[4:]))
			e.w.in(e.chance(e.talk), func() { e.tell(core.LegGone{Leg: caller, Cause: core.Cause{Why: core.HungUp}}) })
		}
		if drop, ok := x.(core.Drop); ok {
			then = append(then, core.LegGone{Leg: drop.Leg, Cause: drop.Cause})
		}
		if play, ok := x.(core.Play); ok && !play.Loop {
			e.hears(play, was, e.f.Counts()[0])
			then = append(then, core.PlayEnded{Leg: play.Leg, Play: play.Play})
		}
		if note, ok := x.(core.Note); ok {
			if r, ok := note.Fact.(core.Interaction); ok {
				e.over++
				e.waited += r.Distributions[0].Wait
				e.judges(&r.Distributions[0])
			}
		}
	}
	for _, ev := range then {
		e.tell(ev)
	}
}
