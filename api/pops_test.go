package api_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
)

type popDesk struct {
	Pops []struct {
		ID, State, When string
		Button          struct {
			ID, Label string
			Address   *string
		}
	}
	Offer *struct {
		Interaction string
		Buttons     []struct {
			ID, Kind string
			Where    *string
			Address  *string
		}
	}
}

// TestPopOpensOnce: of the pages that ask at the same time, one opens it.
func TestPopOpensOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann, l := h.onShift("ann")
	h.floor.call("cal_01", "+33612345678")
	o := l.until("offered", func(d desk) bool { return d.Offer != nil }).Offer
	ann.post("/api/v1/offers/"+o.ID+"/ack", "")
	l.until("drawn", func(d desk) bool { return d.Agent.State == "presented" })
	var d popDesk
	ann.get("/api/v1/me/desk").read(t, &d)
	if len(d.Pops) != 1 || d.Pops[0].State != "open" || d.Pops[0].Button.Label != "Customer" || *d.Pops[0].Button.Address != "https://crm.example.com/?tel=%2B33612345678" {
		t.Fatalf("the desk: %+v", d)
	}
	if b := d.Offer.Buttons; len(b) != 2 || *b[0].Where != "hidden" || b[1].Kind != "http" || b[1].Address != nil {
		t.Errorf("the buttons: %+v", b)
	}
	codes := make([]string, 3)
	var work sync.WaitGroup
	for i := range codes {
		work.Go(func() {
			r := ann.post("/api/v1/me/pops/"+d.Pops[0].ID+"/claim", "")
			codes[i] = strings.TrimSpace(r.body)
		})
	}
	work.Wait()
	slices.Sort(codes)
	if !slices.Equal(codes, []string{`{"opens":false}`, `{"opens":false}`, `{"opens":true}`}) {
		t.Errorf("three pages: %v", codes)
	}
	if r := h.as("bob").post("/api/v1/me/pops/"+d.Pops[0].ID+"/claim", ""); r.status != 404 {
		t.Errorf("somebody else's: %d %s", r.status, r.body)
	}
	press := "/api/v1/interactions/" + d.Offer.Interaction + "/buttons/"
	for range 2 { // a page that repeats its order
		if r := ann.post(press+"shop", "", "Idempotency-Key", "click-1"); r.status != 200 || strings.Contains(r.body, "secret") {
			t.Errorf("pressed: %d %s", r.status, r.body)
		}
	}
	if r := ann.post(press+"none", ""); r.status != 404 || r.code() != "no-such-button" {
		t.Errorf("no such button: %d %s", r.status, r.body)
	}
	ann.get("/api/v1/me/desk").read(t, &d)
	if len(d.Pops) != 2 || d.Pops[0].State != "calling" || d.Pops[0].When != "by_hand" || d.Pops[1].State != "opened" {
		t.Errorf("afterwards: %+v", d.Pops)
	}
}

// TestPagesMayLoadWhatButtonsDo: only what is loaded in the background, and
// nothing else, is let through by the pages' policy.
func TestPagesMayLoadWhatButtonsDo(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.as("ann").get("/")
	policy := r.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "connect-src 'self' https://crm.example.com;") || strings.Contains(policy, "shop") {
		t.Errorf("policy: %s", policy)
	}
	if got := r.header.Get("Cross-Origin-Opener-Policy"); got != "same-origin-allow-popups" {
		t.Errorf("windows: %s", got)
	}
}
