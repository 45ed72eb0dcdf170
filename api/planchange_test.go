package api_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/core/plan"
)

// A change of the plan while a thousand agents are on shift is in force when it
// is answered; who waits keeps their place and their age, and nobody's shift ends.
func TestPlanChangeDisturbsNobody(t *testing.T) {
	t.Parallel()
	const agents, waiting = 1000, 40
	h := open(t)
	ctx := context.Background()
	err := h.ledger.Change(ctx, api.Author{}, func(now *plan.Plan) (*plan.Plan, []api.Edit, error) {
		doc := plan.QueueList.With(now.Doc, plan.Queue{ID: "que_many", Name: "many", MaxSize: 10})
		doc = plan.ProfileList.With(doc, plan.Profile{ID: "pro_many", Name: "Many", Queues: []core.QueueID{"que_many"}, Rights: []plan.Right{plan.TakeCalls}})
		doc = plan.ProfileList.With(doc, plan.Profile{
			ID: "pro_super", Name: "Supervisor", Supervises: []core.QueueID{"que_sales", "que_many"}, Rights: []plan.Right{plan.SeePool, plan.Supervise},
		})
		doc.Users = slices.Clone(doc.Users)
		for i := range agents {
			doc.Users = append(doc.Users, plan.User{
				ID: core.UserID(fmt.Sprintf("usr_m%04d", i)), Login: fmt.Sprintf("m%04d", i), Name: fmt.Sprintf("Many %d", i),
				Profile: "pro_many", Phone: fmt.Sprintf("sip:m%04d@192.0.2.1", i),
			})
		}
		next, err := plan.Compile(now.Revision+1, doc)
		return next, []api.Edit{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range agents {
		if err := h.floor.Ask(ctx, core.UserID(fmt.Sprintf("usr_m%04d", i)), core.StartShift{}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range waiting {
		h.floor.call(core.CallID(fmt.Sprintf("cal_%02d", i)), fmt.Sprintf("+336123456%02d", i))
	}
	sam, ada := h.as("sam"), h.as("admin")
	type row struct {
		Call, State string
		Since       time.Time
	}
	type whole struct {
		Queues []struct {
			ID, Name      string
			Waiting, Free int
		}
		Calls []row
	}
	look := func() (w whole) {
		sam.get("/api/v1/live").read(t, &w)
		return w
	}
	before := look()
	for late := time.Now().Add(10 * time.Second); len(before.Calls) < waiting && time.Now().Before(late); {
		before = look()
	}
	r := ada.do("PATCH", "/api/v1/queues/que_sales", `{"name":"renamed","strategy":"round_robin","ring_seconds":30,"priority_seconds":60}`, "If-Match", "*")
	if r.status != 200 {
		t.Fatalf("the change: %d %s", r.status, r.body)
	}
	after := look()
	if after.Queues[0].Name != "renamed" || after.Queues[0].Waiting != waiting || after.Queues[1].Free != agents {
		t.Errorf("as soon as it is answered: %+v", after.Queues)
	}
	if len(before.Calls) != waiting || !slices.Equal(before.Calls, after.Calls) {
		t.Errorf("who waits:\n%+v\n%+v", before.Calls, after.Calls)
	}
	if r := ada.do("PATCH", "/api/v1/profiles/pro_many", `{"post_seconds":10}`, "If-Match", "*"); r.status != 200 {
		t.Fatalf("their profile: %d %s", r.status, r.body)
	}
	if again := look(); again.Queues[1].Free != agents || !slices.Equal(again.Calls, before.Calls) {
		t.Errorf("after a change of the agents' profile: %+v", again.Queues)
	}
}
