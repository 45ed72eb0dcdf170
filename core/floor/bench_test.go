package floor

import (
	"fmt"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// crowd is a floor with n agents on phones and w calls that wait in a queue
// that nobody serves.
func crowd(b *testing.B, n, w int) (*Floor, func(core.Event) []core.Effect) {
	b.Helper()
	d := company()
	d.Users = nil
	for i := range n {
		id := fmt.Sprintf("p%05d", i)
		d.Users = append(d.Users, plan.User{ID: core.UserID("usr_" + id), Login: id, Name: id, Profile: "pro_phone", Phone: "sip:" + id + "@127.0.0.3:6000"})
	}
	for i := range d.Trees { // nobody to ring in this company
		if d.Trees[i].ID == "tre_user" {
			d.Trees[i].Nodes = d.Trees[i].Nodes[:1]
			d.Trees[i].Nodes[0].Outputs = nil
		}
	}
	f := New()
	seq, now := uint64(0), core.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	step := func(ev core.Event) []core.Effect {
		seq++
		now = now.Add(100 * time.Microsecond)
		return f.Step(core.News{Seq: seq, At: now, Event: ev})
	}
	step(core.FloorStarted{Epoch: 1})
	step(core.PlanChanged{Revision: 1, Doc: doc(b, d)})
	if f.plan == nil {
		b.Fatal("the plan does not compile")
	}
	for _, u := range d.Users {
		step(core.Asked{Agent: u.ID, Want: core.StartShift{}})
	}
	for i := range w {
		id := fmt.Sprint("w", i)
		step(core.CallCame{Call: core.CallID("cal_" + id), Leg: caller(id), To: "+33100000008"})
		step(core.LegUp{Leg: caller(id)})
	}
	return f, step
}

// BenchmarkCall is a whole queued call: it comes, is answered, offered to the
// longest idle phone, answered, and ends. The time is for all its ten steps.
func BenchmarkCall(b *testing.B) {
	for _, size := range []struct{ agents, waiting int }{{100, 0}, {100, 10000}, {1000, 10000}, {10000, 10000}} {
		b.Run(fmt.Sprintf("agents=%d/waiting=%d", size.agents, size.waiting), func(b *testing.B) {
			_, step := crowd(b, size.agents, size.waiting)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				n++
				playCall(b, step, fmt.Sprint("c", n))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/10, "ns/step")
		})
	}
}

func playCall(b *testing.B, step func(core.Event) []core.Effect, id string) {
	b.Helper()
	step(core.CallCame{Call: core.CallID("cal_" + id), Leg: caller(id), To: "+33100000009", From: core.Party{Number: "+33600000001"}, Codec: "PCMU"})
	step(core.ContactCame{Call: core.CallID("cal_" + id)})
	var leg core.LegID
	for _, e := range step(core.LegUp{Leg: caller(id)}) {
		if d, ok := e.(core.Dial); ok {
			leg = d.Leg
		}
	}
	if leg == "" {
		b.Fatal("nobody was rung")
	}
	step(core.LegRang{Leg: leg})
	step(core.LegUp{Leg: leg})
	step(core.Woke{})
	step(core.LegGone{Leg: caller(id), Cause: core.Cause{Why: core.HungUp}})
	step(core.LegGone{Leg: leg, Cause: core.Cause{Why: core.Ended}})
	step(core.LegGone{Leg: leg, Cause: core.Cause{Why: core.Ended}})
	step(core.Woke{})
}

// BenchmarkFreeze is the pause that a snapshot makes.
func BenchmarkFreeze(b *testing.B) {
	f, _ := crowd(b, 1000, 10000)
	for b.Loop() {
		f.Freeze()
	}
}

// BenchmarkPool is one agent's list while 10,000 calls wait.
func BenchmarkPool(b *testing.B) {
	f, _ := crowd(b, 100, 10000)
	for b.Loop() {
		f.Pool("usr_p00001")
	}
}
