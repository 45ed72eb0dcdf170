package api_test

import (
	"testing"
	"time"
)

type board struct {
	Whole  bool
	Queues []struct {
		ID                  string
		Waiting, Free, Away int
	}
	Agents []struct {
		ID, State string
		Free      bool
	}
	Calls []struct {
		Call, Why string
		MayAssign bool `json:"may_assign"`
	}
}

// A supervisor sees what waits and why, sets an agent who is away to work, and
// assigns the call: the agent's popup says who did.
func TestSupervisor(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann, l := h.onShift("ann")
	if r := ann.do("PUT", "/api/v1/me/activity", `{"activity":"act_lunch"}`); r.status != 200 {
		t.Fatalf("lunch: %d %s", r.status, r.body)
	}
	h.floor.call("cal_01", "+33612345678")
	sam := h.as("sam")
	var b board
	for late := time.Now().Add(5 * time.Second); len(b.Calls) != 1; { // the ACK comes as news of its own
		if sam.get("/api/v1/live").read(t, &b); time.Now().After(late) {
			t.Fatalf("nothing waits: %+v", b)
		}
	}
	if q := b.Queues[0]; !b.Whole || q.Waiting != 1 || q.Away != 1 || q.Free != 0 {
		t.Errorf("the queue: %+v", b)
	}
	if c := b.Calls[0]; c.Why != "nobody_logged_in" || !c.MayAssign {
		t.Errorf("the call: %+v", c)
	}
	if r := sam.post("/api/v1/calls/cal_01/assign", `{"agent":"usr_ann"}`); r.status != 409 || r.code() != "agent-not-free" {
		t.Errorf("assigned to somebody at lunch: %d %s", r.status, r.body)
	}
	if r := sam.post("/api/v1/calls/cal_01/assign", `{"agent":"usr_sam"}`); r.status != 422 {
		t.Errorf("assigned to who serves nothing: %d %s", r.status, r.body)
	}
	if r := sam.do("PUT", "/api/v1/agents/usr_ann/activity", `{"activity":"act_calls"}`); r.status != 204 {
		t.Errorf("the activity: %d %s", r.status, r.body)
	}
	d := l.until("offered", func(d desk) bool { return d.Offer != nil })
	if r := ann.post("/api/v1/offers/"+d.Offer.ID+"/accept?small=true", ""); r.status != 403 || r.code() != "not-in-small-banner" {
		t.Errorf("taken in the small Banner: %d %s", r.status, r.body)
	}
	if r := ann.post("/api/v1/offers/"+d.Offer.ID+"/decline", ""); r.status != 200 {
		t.Errorf("decline: %d %s", r.status, r.body)
	}
	if r := sam.post("/api/v1/calls/cal_01/assign", `{"agent":"usr_ann"}`); r.status != 204 {
		t.Fatalf("assign: %d %s", r.status, r.body)
	}
	var desk struct {
		Offer *struct {
			AssignedBy string `json:"assigned_by"`
		}
	}
	if ann.get("/api/v1/me/desk").read(t, &desk); desk.Offer == nil || desk.Offer.AssignedBy != "Sam Rossi" {
		t.Errorf("the popup: %+v", desk.Offer)
	}
}
