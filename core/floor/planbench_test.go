package floor

import (
	"fmt"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// BenchmarkPlanChanged is the pause that an administrator's change makes: of
// 10,000 users in 20 queues a thousand are on shift, and as many calls wait.
func BenchmarkPlanChanged(b *testing.B) {
	d := company()
	d.Users, d.Trees = nil, d.Trees[:0:0]
	d.Numbers, d.Queues, d.Profiles, d.Groups, d.Company.CallerID = nil, nil, nil, nil, ""
	for i := range 20 {
		id := core.QueueID(fmt.Sprintf("que_x%02d", i))
		d.Queues = append(d.Queues, plan.Queue{ID: id, Name: string(id)})
		d.Profiles = append(d.Profiles, plan.Profile{ID: core.ProfileID(fmt.Sprintf("pro_x%02d", i)), Name: "x", Queues: []core.QueueID{id, "que_x00"}, Rights: []plan.Right{plan.TakeCalls}})
	}
	for i := range 10_000 {
		id := fmt.Sprintf("p%05d", i)
		d.Users = append(d.Users, plan.User{ID: core.UserID("usr_" + id), Login: id, Name: id, Extension: fmt.Sprint(10000 + i), Profile: core.ProfileID(fmt.Sprintf("pro_x%02d", i%20)), Phone: "sip:" + id + "@127.0.0.3:6000"})
	}
	f := New()
	seq, now := uint64(0), core.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	step := func(ev core.Event) {
		seq++
		now = now.Add(100 * time.Microsecond)
		f.Step(core.News{Seq: seq, At: now, Event: ev})
	}
	step(core.FloorStarted{Epoch: 1})
	step(core.PlanChanged{Revision: 1, Doc: doc(b, d)})
	if f.plan == nil {
		_, err := plan.Compile(1, d)
		b.Fatal(err)
	}
	for i := range d.Users {
		step(core.Asked{Agent: d.Users[i].ID, Want: core.StartShift{}})
	}
	text, revision := doc(b, d), uint64(1)
	for b.Loop() {
		b.StopTimer()
		revision++
		p, err := plan.Compile(revision, d) // as who changes it does, elsewhere
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		step(core.PlanChanged{Revision: revision, Doc: text, Compiled: p})
	}
}
