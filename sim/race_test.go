package sim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// races is how often each of the two is played, with another order of events.
const races = 1000

// TestTwoMembersAnswerOneCall is asterisk 176: a queue rings all, several answer
// in the same instant, phones and pages, and two of them had the call. Whatever
// the order in which it is heard of, one has it here, and nobody is left ringing.
func TestTwoMembersAnswerOneCall(t *testing.T) {
	t.Parallel()
	for seed := range uint64(races) {
		r := newRace(t, seed)
		r.answers = func(m *member) { r.after(20*time.Millisecond, func() { r.accepts(m) }) }
		r.call()
		r.run()
		if r.winners() != 1 {
			t.Fatalf("seed %d: %d have the call: %v", seed, r.winners(), r.talking)
		}
		r.ends("lost_to_other")
	}
}

// TestFirstAnswersAndHangsUp is asterisk 1557: the first of those who are rung
// answers and hangs up before the conversation has begun, and all the others were
// dropped. Here the caller is offered anew, to the others first, and is answered.
func TestFirstAnswersAndHangsUp(t *testing.T) {
	t.Parallel()
	twice := 0
	for seed := range uint64(races) {
		r := newRace(t, seed)
		first := ""
		r.answers = func(m *member) {
			r.after(20*time.Millisecond, func() {
				r.accepts(m)
				if first == "" && m.phone {
					first = m.id
					r.after(5*time.Millisecond, func() { r.gone(m.leg, core.HungUp) })
				}
			})
		}
		r.call()
		r.run()
		if r.winners() != 1 || r.over != nil {
			t.Fatalf("seed %d: %s hung up at once, and %d have the call: %v", seed, first, r.winners(), r.talking)
		}
		r.ends("lost_to_other")
		if len(r.over.Distributions) > 1 {
			twice++
		}
	}
	if twice < races/3 {
		t.Errorf("in %d of %d races only the first had won and hung up: this proves little", twice, races)
	}
}

// race is a floor with a queue that rings all, and members with phones or pages.
type race struct {
	t       *testing.T
	w       World // its clock and future only
	rnd     *rand.Rand
	f       *floor.Floor
	seq     uint64
	members []*member
	answers func(m *member) // what a member does who is rung
	legs    map[core.LegID]*member
	dead    map[core.LegID]bool
	talking map[core.LegID]bool // joined, and not parted since
	over    *core.Interaction
}

type member struct {
	id    string
	phone bool
	leg   core.LegID   // of the phone that rings, or the page's line
	offer core.OfferID // that the page shows
}

func newRace(t *testing.T, seed uint64) *race {
	t.Helper()
	r := &race{
		t: t, rnd: rand.New(rand.NewPCG(seed, 176)), f: floor.New(),
		legs: map[core.LegID]*member{}, dead: map[core.LegID]bool{}, talking: map[core.LegID]bool{},
	}
	d := oneQueue(plan.Queue{ID: "que_x", Name: "x", Strategy: plan.RingAll, PostMode: "none"})
	for i := range 2 + r.rnd.IntN(4) {
		m := &member{id: fmt.Sprintf("u%02d", i), phone: i < 2 || r.rnd.IntN(2) == 0}
		u := plan.User{ID: core.UserID("usr_" + m.id), Login: m.id, Name: m.id, Profile: "pro_x"}
		if m.phone {
			u.Phone = "sip:" + m.id + "@127.0.0.1:7000"
		}
		d.Users, r.members = append(d.Users, u), append(r.members, m)
	}
	r.w.now = core.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	r.tell(core.FloorStarted{Epoch: 1})
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	r.tell(core.PlanChanged{Revision: 1, Doc: text})
	for _, m := range r.members {
		if !m.phone {
			m.leg = core.LegID("leg_b" + m.id)
			r.legs[m.leg] = m
			r.tell(core.PageCame{Agent: m.user()})
			r.tell(core.StationUp{Agent: m.user(), Station: "sta_" + core.StationID(m.id), Kind: core.BrowserStation, Leg: m.leg})
		}
		r.tell(core.Asked{Agent: m.user(), Want: core.StartShift{}})
	}
	return r
}

func (m *member) user() core.UserID { return core.UserID("usr_" + m.id) }

func (r *race) call() {
	r.tell(core.CallCame{Call: "cal_1", Leg: "leg_sc1", To: "+33100000000"})
	r.tell(core.LegUp{Leg: "leg_sc1"})
}

// after plans something for some time within d; now and then for the very same
// instant as something else.
func (r *race) after(d time.Duration, do func()) {
	r.w.in(time.Duration(r.rnd.Int64N(int64(d))).Truncate(5*time.Millisecond), do)
}

// run lets all happen that was planned, and half a minute pass.
func (r *race) run() {
	end := r.w.now.Add(30 * time.Second)
	for {
		due, next := r.f.Deadline(), r.w.future.next()
		switch {
		case next != 0 && (due == 0 || next <= due):
			r.w.now = max(r.w.now, next)
			r.w.future.pop()()
		case due != 0 && due <= end:
			r.w.now = max(r.w.now, due)
			r.tell(core.Woke{})
		default:
			r.w.now = end
			return
		}
	}
}

// accepts answers what rings, on the phone or on the page; the phone may answer as
// it is being cancelled.
func (r *race) accepts(m *member) {
	if m.phone && !r.dead[m.leg] {
		r.tell(core.LegUp{Leg: m.leg})
	}
	if !m.phone {
		r.tell(core.Asked{Agent: m.user(), Want: core.Accept{Offer: m.offer}})
	}
}

func (r *race) gone(id core.LegID, why core.Why) {
	if !r.dead[id] {
		r.dead[id] = true
		delete(r.talking, id)
		r.tell(core.LegGone{Leg: id, Cause: core.Cause{Why: why}})
	}
}

// winners are those of us who hear the caller.
func (r *race) winners() int {
	n := 0
	for id := range r.talking { // counted only
		if r.legs[id] != nil {
			n++
		}
	}
	return n
}

// ends has the caller hang up: of all offers but the answered ones each has the
// outcome, nothing rings, and all are free.
func (r *race) ends(outcome string) {
	r.t.Helper()
	r.gone("leg_sc1", core.HungUp)
	r.run()
	if r.over == nil || r.f.Calls() != 0 {
		r.t.Fatalf("the call is not over: %d are left", r.f.Calls())
	}
	for _, o := range r.over.Offers {
		if o.Outcome != "answered" && o.Outcome != outcome && o.Outcome != "device_fault" {
			r.t.Fatalf("an offer ended with %s: %+v", o.Outcome, r.over.Offers)
		}
	}
	for _, m := range r.members {
		if d := r.f.Desk(m.user()); d.Agent.State != core.Ready || d.Agent.Misses != 0 || len(d.Missed) != 0 {
			r.t.Fatalf("%s is %s, with %d misses", m.id, d.Agent.State, d.Agent.Misses)
		}
	}
}

func (r *race) tell(ev core.Event) {
	r.seq++
	for _, e := range slices.Clone(r.f.Step(core.News{Seq: r.seq, At: r.w.now, Event: ev})) {
		r.obey(e)
	}
	for _, b := range r.f.Check() {
		r.t.Fatalf("after %T invariant %d: %s %v", ev, b.Invariant, b.What, b.IDs)
	}
}

// obey does what the drivers and the pages would.
func (r *race) obey(e core.Effect) {
	switch e := e.(type) {
	case core.Dial:
		i := slices.IndexFunc(r.members, func(m *member) bool { return m.user() == e.Agent })
		m := r.members[i]
		m.leg = e.Leg
		r.legs[e.Leg] = m
		r.after(20*time.Millisecond, func() { r.tell(core.LegRang{Leg: e.Leg}) })
		r.answers(m)
	case core.Drop:
		r.after(40*time.Millisecond, func() { r.gone(e.Leg, e.Cause.Why) })
	case core.Join:
		r.talking[e.Leg] = true
	case core.Part:
		delete(r.talking, e.Leg)
	case core.Play:
		delete(r.talking, e.Leg)
	case core.Show:
		m := r.members[slices.IndexFunc(r.members, func(m *member) bool { return m.user() == e.Agent })]
		if d := r.f.Desk(e.Agent); !m.phone && d.Offer != nil && d.Offer.ID != m.offer {
			m.offer = d.Offer.ID
			r.after(10*time.Millisecond, func() { r.tell(core.RingDrawn{Agent: e.Agent, Offer: m.offer}) })
			r.answers(m)
		}
	case core.Note:
		if record, ok := e.Fact.(core.Interaction); ok {
			r.over = &record
		}
	default:
	}
}
