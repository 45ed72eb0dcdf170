package api_test

import (
	"net/url"
	"testing"

	"belfry/api"
)

type destination struct {
	Kind, ID, Name, Known, Extension, Number, State, Activity, Queues, Reason string

	Free, Waiting *int
	Reachable     bool
}

func destinations(t *testing.T, c *client, kind, q string) []destination {
	t.Helper()
	var got struct{ Items []destination }
	r := c.get("/api/v1/destinations?kind=" + kind + "&q=" + url.QueryEscape(q))
	if r.status != 200 {
		t.Fatalf("%s %q: %d %s", kind, q, r.status, r.body)
	}
	r.read(t, &got)
	return got.Items
}

func TestDestinations(t *testing.T) {
	t.Parallel()
	h, _ := openCounter(t)
	ann := h.as("ann")
	// Bob is not at work yet, and nothing would ring.
	if got := destinations(t, ann, "user", ""); len(got) != 1 || got[0].Name != "Bob Diallo" || got[0].Reachable || got[0].Reason != "away" || got[0].State != "off" {
		t.Errorf("before the shift: %+v", got)
	}
	h.onShift("bob")
	if got := destinations(t, ann, "user", "diallo"); len(got) != 1 || !got[0].Reachable || got[0].Extension != "202" || got[0].State != "ready" || got[0].Queues != "sales" || got[0].Activity != "Calls" {
		t.Errorf("on shift: %+v", got)
	}
	if got := destinations(t, ann, "queue", ""); len(got) != 2 || got[0].ID != "que_sales" || *got[0].Free != 1 || *got[0].Waiting != 0 || got[1].Kind != "group" || *got[1].Free != 1 {
		t.Errorf("queues: %+v", got)
	}
	for _, x := range []struct {
		kind, q string
		want    int
	}{
		{"user", "202", 1},
		{"user", "zoe", 0},
		{"queue", "SALES", 1},
		{"routing", "", 1},
		{"routing", "x", 0},
		{"directory", "claire", 1},
		{"directory", "zoe", 0},
		{"number", "06 12 34 56 78", 1},
		{"number", "06", 0},
		{"number", "", 0},
	} {
		if got := destinations(t, ann, x.kind, x.q); len(got) != x.want {
			t.Errorf("%s %q: %+v", x.kind, x.q, got)
		}
	}
	if got := destinations(t, ann, "number", "06 12 34 56 78"); len(got) != 1 || got[0].Name != "+33 6 12 34 56 78" || got[0].Known != "Claire Fontaine" || got[0].ID != "" {
		t.Errorf("a number of the address book: %+v", got)
	}
	if got := destinations(t, ann, "number", "+44 20 7183 8750"); len(got) != 1 || got[0].Reachable || got[0].Reason != "not_allowed" || got[0].Number != "+442071838750" {
		t.Errorf("a class that the profile does not dial: %+v", got)
	}
	if r := ann.get("/api/v1/destinations"); r.status != 422 {
		t.Errorf("without a kind: %d %s", r.status, r.body)
	}
}

// Who may transfer nowhere is shown nothing.
func TestNoDestinations(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.as("ann")
	for _, kind := range []string{"user", "queue", "routing", "directory", "number"} {
		if got := destinations(t, ann, kind, "0612345678"); len(got) > 0 {
			t.Errorf("%s: %+v", kind, got)
		}
	}
	// Colleagues anybody may call.
	var got struct{ Items []destination }
	ann.get("/api/v1/destinations?kind=user&for=call").read(t, &got)
	if len(got.Items) != 1 || got.Items[0].Name != "Bob Diallo" {
		t.Errorf("to call: %+v", got.Items)
	}
}

func TestMeSaysWhomIMayCall(t *testing.T) {
	t.Parallel()
	h, _ := openCounter(t)
	var me struct {
		Dials     []string
		Transfers []string `json:"transfers_to"`
		Routings  []struct{ ID, Name string }
		CallerID  struct{ Number, Display string } `json:"caller_id"`
		Country   string
	}
	h.as("ann").get("/api/v1/me").read(t, &me)
	if len(me.Dials) != 2 || len(me.Transfers) != 6 || len(me.Routings) != 1 || me.CallerID.Display != "+33 1 00 00 00 01" || me.Country != "FR" {
		t.Errorf("%+v", me)
	}
	h.as("sam").get("/api/v1/me").read(t, &me)
	if len(me.Dials) != 0 || len(me.Transfers) != 0 || len(me.Routings) != 0 {
		t.Errorf("%+v", me)
	}
}

func TestContact(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.as("ann")
	var got struct {
		ID, Name string
		Numbers  []struct{ Number, Display string }
	}
	ann.get("/api/v1/contacts/con_1").read(t, &got)
	if got.Name != "Claire Fontaine" || len(got.Numbers) != 1 || got.Numbers[0].Display != api.Display("+33612345678") {
		t.Errorf("%+v", got)
	}
	if r := ann.get("/api/v1/contacts/con_none"); r.status != 404 || r.code() != "no-such-contact" {
		t.Errorf("%d %s", r.status, r.body)
	}
}
