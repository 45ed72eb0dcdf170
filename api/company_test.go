package api_test

import (
	"strings"
	"testing"
)

// The company's own settings are read and changed like a thing of the plan.
func TestCompany(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	first := ada.get("/api/v1/company")
	tag := first.header.Get("ETag")
	if first.status != 200 || tag == "" || !strings.Contains(first.body, `"zone":"Europe/Paris"`) {
		t.Fatalf("the company: %d %s", first.status, first.body)
	}
	ada.do("PATCH", "/api/v1/company", `{"name":"Belfry"}`).fails(t, 428, "if-match-missing", "")
	ada.do("PATCH", "/api/v1/company", `{"zone":"Mars"}`, "If-Match", tag).fails(t, 422, "no-such-zone", "body.zone")
	ada.do("PATCH", "/api/v1/company", `{"do_not_call":["12"]}`, "If-Match", tag).fails(t, 422, "number-malformed", "body.do_not_call[0]")
	ada.do("PATCH", "/api/v1/company", `{"caller_id":"+4420"}`, "If-Match", tag).fails(t, 422, "not-our-number", "body.caller_id")
	ada.do("PATCH", "/api/v1/company", `{"id":"com_other"}`, "If-Match", tag).fails(t, 422, "id-fixed", "body.id")
	ada.do("PATCH", "/api/v1/company", `{"colour":"red"}`, "If-Match", tag).fails(t, 422, "no-such-field", "body.colour")
	if r := ada.do("PATCH", "/api/v1/company?dry_run=true", `{"name":"Try"}`, "If-Match", tag); r.status != 200 || ada.get("/api/v1/company").header.Get("ETag") != tag {
		t.Errorf("a try: %d %s", r.status, r.body)
	}
	r := ada.do("PATCH", "/api/v1/company", `{"name":"Belfry","do_not_call":["+33612345678"]}`, "If-Match", tag)
	if r.status != 200 || r.header.Get("ETag") == tag || !strings.Contains(r.body, `"do_not_call":["+33612345678"]`) {
		t.Errorf("changed: %d %s", r.status, r.body)
	}
	ada.do("PATCH", "/api/v1/company", `{"name":"Other"}`, "If-Match", tag).fails(t, 412, "changed-meanwhile", "")
	if r := ada.do("PATCH", "/api/v1/company", `{"do_not_call":null}`, "If-Match", "*"); r.status != 200 || strings.Contains(r.body, "do_not_call") {
		t.Errorf("none again: %d %s", r.status, r.body)
	}
	if said := ada.get("/api/v1/audit?list=company").body; strings.Count(said, `"did":"changed"`) != 2 {
		t.Errorf("the audit: %s", said)
	}
}
