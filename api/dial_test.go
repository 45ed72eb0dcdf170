package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/core/plan"
)

// counter takes what is asked for and grants it, where no floor is needed to
// say whether the API has understood. Shifts begin on the floor behind it.
type counter struct {
	*yard
	asked []core.Want
}

func (c *counter) Ask(ctx context.Context, agent core.UserID, w core.Want) error {
	if _, starts := w.(core.StartShift); starts {
		return c.yard.Ask(ctx, agent, w)
	}
	c.asked = append(c.asked, w)
	return nil
}

// openCounter is a house with a counter, whose agents may do everything.
func openCounter(t *testing.T) (*house, *counter) {
	t.Helper()
	var c *counter
	h := open(t, func(o *api.Options) {
		c = &counter{yard: o.Floor.(*yard)}
		o.Floor = c
		doc := company()
		doc.Company.Country, doc.Company.CallerID = "FR", "+33100000001"
		doc.Groups = []plan.Group{{ID: "grp_all", Name: "everybody", Shares: []plan.Share{{Queue: "que_sales", Percent: 100}}}}
		doc.Profiles[0].Rights = append(doc.Profiles[0].Rights, plan.CallOut, plan.CallRouted, plan.Transfer)
		doc.Profiles[0].Dials = []core.NumberClass{core.ClassNational, core.ClassMobile}
		p, err := plan.Compile(1, doc)
		if err != nil {
			t.Fatal(err)
		}
		o.Plan = func() *plan.Plan { return p }
	})
	return h, c
}

func TestNewCall(t *testing.T) {
	t.Parallel()
	h, c := openCounter(t)
	ann := h.as("ann")
	for body, want := range map[string]core.PlaceCall{
		`{"to":"01 44 00 10 22"}`:                      {To: core.Target{Number: "+33144001022", Class: core.ClassNational, Name: "+33 1 44 00 10 22"}},
		`{"to":"tel:+33-6-12-34-56-78","as":"number"}`: {To: core.Target{Number: "+33612345678", Class: core.ClassMobile, Contact: "con_1", Name: "Claire Fontaine"}},
		`{"to":"202"}`:                                 {To: core.Target{User: "usr_bob", Name: "Bob Diallo"}},
		`{"to":"202","as":"extension"}`:                {To: core.Target{User: "usr_bob", Name: "Bob Diallo"}},
		`{"to":"112"}`:                                 {To: core.Target{Number: "112", Class: core.ClassEmergency, Name: "112"}},
		`{"to":"0612345678","contact":"con_1","via_routing":"tre_out"}`: {
			To:      core.Target{Number: "+33612345678", Class: core.ClassMobile, Contact: "con_1", Name: "Claire Fontaine"},
			Routing: "tre_out",
		},
	} {
		c.asked = nil
		r := ann.post("/api/v1/calls", body)
		var got struct {
			ID, Interaction string
			Desk            struct{ Agent struct{ ID string } }
		}
		r.read(t, &got)
		if r.status != 201 || !strings.HasPrefix(got.ID, "cal_") || len(got.ID) != 30 || got.Interaction != "int_"+got.ID[4:] || got.Desk.Agent.ID != "usr_ann" {
			t.Fatalf("%s: %d %s", body, r.status, r.body)
		}
		if want.Call = core.CallID(got.ID); len(c.asked) != 1 || c.asked[0] != core.Want(want) {
			t.Errorf("%s asks for %+v, want %+v", body, c.asked, want)
		}
	}
}

func TestNewCallOnce(t *testing.T) {
	t.Parallel()
	h, c := openCounter(t)
	ann := h.as("ann")
	first := ann.post("/api/v1/calls", `{"to":"202"}`, "Idempotency-Key", "k1")
	again := ann.post("/api/v1/calls", `{"to":"202"}`, "Idempotency-Key", "k1")
	if again.status != 201 || again.body != first.body || len(c.asked) != 1 {
		t.Errorf("asked %d times: %d %s", len(c.asked), again.status, again.body)
	}
}

func TestWrongTargets(t *testing.T) {
	t.Parallel()
	h, c := openCounter(t)
	ann := h.as("ann")
	for _, x := range []struct{ path, body, code, field string }{
		{"/api/v1/calls", `{"to":"nobody"}`, "not-a-number", "body.to"},
		{"/api/v1/calls", `{"to":"12"}`, "not-a-number", "body.to"},
		{"/api/v1/calls", `{"to":"299","as":"extension"}`, "no-such-extension", "body.to"},
		{"/api/v1/calls", `{"to":"201"}`, "own-extension", "body.to"},
		{"/api/v1/calls", `{"to":"202","via_routing":"tre_none"}`, "no-such-routing", "body.via_routing"},
		{"/api/v1/calls", `{"to":"202","via_routing":"tre_sales"}`, "no-such-routing", "body.via_routing"},
		{"/api/v1/calls", `{"to":"202","link":"int_none"}`, "no-such-thing", "body.link"},
		{"/api/v1/calls", `{"to":"0612345678","contact":"con_none"}`, "no-such-contact", "body.contact"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"blind","to":{}}`, "one-target", "body.to"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"blind","to":{"user":"usr_bob","queue":"que_sales"}}`, "one-target", "body.to"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"blind","to":{"user":"usr_none"}}`, "no-such-extension", "body.to.user"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"blind","to":{"queue":"que_none"}}`, "no-such-queue", "body.to.queue"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"blind","to":{"group":"grp_none"}}`, "no-such-group", "body.to.group"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"blind","to":{"routing":"tre_none"}}`, "no-such-routing", "body.to.routing"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"blind","to":{"contact":"con_none"}}`, "no-such-contact", "body.to.contact"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"blind","to":{"number":"abc"}}`, "not-a-number", "body.to.number"},
		{"/api/v1/calls/cal_1/transfer", `{"mode":"warm","to":{"user":"usr_bob"}}`, "invalid", "body.mode"},
	} {
		r := ann.post(x.path, x.body)
		var p struct {
			Code   string
			Errors []struct{ Location string }
		}
		r.read(t, &p)
		if r.status != 422 || p.Code != x.code || len(p.Errors) != 1 || p.Errors[0].Location != x.field {
			t.Errorf("%s %s: %d %s", x.path, x.body, r.status, r.body)
		}
	}
	if r := ann.do("PUT", "/api/v1/me/station", `{"kind":"outside"}`); r.status != 422 || r.code() != "not-a-number" {
		t.Errorf("an outside phone without a number: %d %s", r.status, r.body)
	}
	if len(c.asked) > 0 {
		t.Errorf("asked for %+v", c.asked)
	}
}

func TestOrdersInACall(t *testing.T) {
	t.Parallel()
	h, c := openCounter(t)
	ann := h.as("ann")
	for _, x := range []struct {
		method, path, body string
		want               core.Want
	}{
		{"POST", "/api/v1/transfers/tra_1/complete", "", core.CompleteTransfer{Transfer: "tra_1"}},
		{"POST", "/api/v1/transfers/tra_1/cancel", "", core.CancelTransfer{Transfer: "tra_1"}},
		{"POST", "/api/v1/calls/cal_1/merge", `{"with":"cal_2"}`, core.Merge{Call: "cal_1", With: "cal_2"}},
		{"POST", "/api/v1/calls/cal_1/parties/leg_s1/mute", "", core.MuteParty{Call: "cal_1", Leg: "leg_s1", On: true}},
		{"POST", "/api/v1/calls/cal_1/parties/leg_s1/unmute", "", core.MuteParty{Call: "cal_1", Leg: "leg_s1"}},
		{"POST", "/api/v1/calls/cal_1/parties/leg_s1/remove", "", core.RemoveParty{Call: "cal_1", Leg: "leg_s1"}},
		{"POST", "/api/v1/calls/cal_1/recording/start", "", core.SetTape{Call: "cal_1", State: core.TapeRolling}},
		{"POST", "/api/v1/calls/cal_1/recording/pause", "", core.SetTape{Call: "cal_1", State: core.TapePaused}},
		{"POST", "/api/v1/calls/cal_1/recording/resume", "", core.SetTape{Call: "cal_1", State: core.TapeRolling}},
		{"POST", "/api/v1/calls/cal_1/recording/stop", "", core.SetTape{Call: "cal_1", State: core.TapeStopped}},
		{"POST", "/api/v1/calls/cal_1/repair", "", core.Repair{Call: "cal_1"}},
		{"PUT", "/api/v1/me/station", `{"kind":"phone"}`, core.UseStation{Kind: core.PhoneStation}},
		{"PUT", "/api/v1/me/station", `{"kind":"outside","number":"06 12 34 56 78"}`, core.UseStation{Kind: core.OutsideStation, Number: "+33612345678", Class: core.ClassMobile}},
	} {
		c.asked = nil
		r := ann.do(x.method, x.path, x.body)
		if r.status != 200 || len(c.asked) != 1 || c.asked[0] != x.want {
			t.Errorf("%s %s: %d, asks for %+v, want %+v", x.path, x.body, r.status, c.asked, x.want)
		}
	}
	if r := ann.post("/api/v1/calls/cal_1/merge", ""); r.status != 409 || r.code() != "merge-needs-two" {
		t.Errorf("merge without another call: %d %s", r.status, r.body)
	}
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	h, c := openCounter(t)
	ann := h.as("ann")
	for body, want := range map[string]core.Target{
		`{"user":"usr_bob"}`:                        {User: "usr_bob", Name: "Bob Diallo"},
		`{"user":"202"}`:                            {User: "usr_bob", Name: "Bob Diallo"},
		`{"queue":"que_sales"}`:                     {Queue: "que_sales", Name: "sales"},
		`{"group":"grp_all"}`:                       {Group: "grp_all", Name: "everybody"},
		`{"routing":"tre_sales"}`:                   {Tree: "tre_sales", Name: "Sales"},
		`{"contact":"con_1"}`:                       {Number: "+33612345678", Class: core.ClassMobile, Contact: "con_1", Name: "Claire Fontaine"},
		`{"contact":"con_1","number":"0144001022"}`: {Number: "+33144001022", Class: core.ClassNational, Contact: "con_1", Name: "Claire Fontaine"},
		`{"number":"0144001022"}`:                   {Number: "+33144001022", Class: core.ClassNational, Name: "+33 1 44 00 10 22"},
	} {
		for _, mode := range []string{"blind", "attended"} {
			c.asked = nil
			r := ann.post("/api/v1/calls/cal_1/transfer", `{"mode":"`+mode+`","to":`+body+`,"note":"wants fibre"}`)
			var got struct{ ID, Consult string }
			r.read(t, &got)
			w := core.Transfer{
				Call: "cal_1", Transfer: core.TransferID(got.ID), To: want, Attended: mode == "attended",
				Consult: core.CallID(got.Consult), Note: "wants fibre",
			}
			if r.status != 200 || !strings.HasPrefix(got.ID, "tra_") || (got.Consult != "") != w.Attended || len(c.asked) != 1 || c.asked[0] != core.Want(w) {
				t.Errorf("%s %s: %d %s, asks for %+v, want %+v", mode, body, r.status, r.body, c.asked, w)
			}
		}
	}
}

// A program that orders calls in a loop is slowed down, and nobody else is.
func TestCallsTooFast(t *testing.T) {
	t.Parallel()
	h := open(t, func(o *api.Options) { o.Now = func() time.Time { return time.Unix(1_800_000_000, 0) } })
	ann, bob := h.as("ann"), h.as("bob")
	for range 20 {
		if r := ann.post("/api/v1/calls", `{"to":"not a number"}`); r.status != 422 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	if r := ann.post("/api/v1/calls", `{"to":"202"}`); r.status != 429 || r.code() != "calls-too-fast" || r.header.Get("Retry-After") == "" {
		t.Errorf("the 21st at once: %d %s", r.status, r.body)
	}
	if r := bob.post("/api/v1/calls", `{"to":"not a number"}`); r.status != 422 {
		t.Errorf("a colleague's: %d %s", r.status, r.body)
	}
}
