package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/core/plan"
)

// ledger keeps the plan, and who changed it, in memory.
type ledger struct {
	floor *yard
	plan  atomic.Pointer[plan.Plan]
	turn  sync.Mutex // one change at a time
	mu    sync.Mutex
	kept  []api.Change // newest first
}

func (l *ledger) Change(_ context.Context, by api.Author, edit func(*plan.Plan) (*plan.Plan, []api.Edit, error)) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	next, edits, err := edit(l.plan.Load())
	if err != nil || next == nil {
		return err
	}
	for _, e := range edits {
		l.note(by, e, next.Revision)
	}
	l.plan.Store(next)
	text, err := json.Marshal(next.Doc)
	if err != nil {
		return err
	}
	return l.floor.Tell(core.PlanChanged{Revision: next.Revision, Doc: text})
}

func (l *ledger) note(by api.Author, e api.Edit, revision uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = slices.Insert(l.kept, 0, api.Change{Edit: e, Seq: uint64(len(l.kept) + 1), At: core.At(time.Now()), Revision: revision, By: by})
}

func (l *ledger) Changes(_ context.Context, f api.ChangeFilter) ([]api.Change, string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []api.Change
	for _, c := range l.kept {
		if (f.List == "" || c.List == f.List) && (f.ID == "" || c.ID == f.ID) && len(out) < f.Limit {
			out = append(out, c)
		}
	}
	return out, "", nil
}

func (l *ledger) NewPhonePassword(_ context.Context, by api.Author, u *plan.User) (string, error) {
	l.note(by, api.Edit{List: "phone_passwords", ID: string(u.ID), Name: u.Name}, 0)
	return "made-up", nil
}

func (l *ledger) SetSecret(_ context.Context, by api.Author, t *plan.Trunk, _ string) error {
	l.note(by, api.Edit{List: "secrets", ID: string(t.ID), Name: t.Name}, 0)
	return nil
}

func (l *ledger) SetPassword(_ context.Context, by api.Author, u *plan.User, _ string) error {
	l.note(by, api.Edit{List: "passwords", ID: string(u.ID), Name: u.Name}, 0)
	return nil
}

// fails wants the problem, with a field at fault where one is named.
func (r reply) fails(t testing.TB, status int, code, field string) {
	t.Helper()
	var p struct {
		Code   string
		Errors []struct{ Location, Message string }
	}
	r.read(t, &p)
	at := field == ""
	for _, e := range p.Errors {
		at = at || e.Location == field
	}
	if r.status != status || p.Code != code || !at {
		t.Errorf("%d %s, want %d %s at %s", r.status, r.body, status, code, field)
	}
}

func TestThings(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	made := ada.post("/api/v1/queues", `{"name":"support","ring_seconds":15,"max_size":9}`)
	var q struct {
		ID, Name, Revision string
		Ring               float64
		Size               int `json:"max_size"`
		ServedBy           []struct{ ID, Name string }
		Warnings           []struct{ Field, Code string }
	}
	made.read(t, &q)
	path := "/api/v1/queues/" + q.ID
	if made.status != 201 || !strings.HasPrefix(q.ID, "que_") || made.header.Get("Location") != path || made.header.Get("ETag") != `"`+q.Revision+`"` ||
		len(q.Warnings) != 1 || q.Warnings[0].Code != "queue-unserved" || q.Ring != 15 {
		t.Fatalf("%d %s %v", made.status, made.body, made.header)
	}
	tag := made.header.Get("ETag")
	ada.do("PATCH", path, `{"ring_seconds":30}`).fails(t, 428, "if-match-missing", "")
	changed := ada.do("PATCH", path, `{"ring_seconds":30,"max_size":null,"ring":1}`, "If-Match", tag, "Content-Type", "application/merge-patch+json")
	q.Size = 0
	changed.read(t, &q)
	if changed.status != 200 || q.Ring != 30 || q.Size != 0 || q.Name != "support" {
		t.Errorf("%d %s", changed.status, changed.body)
	}
	stale := ada.do("PUT", path, `{"name":"other"}`, "If-Match", tag)
	stale.fails(t, 412, "changed-meanwhile", "")
	if !strings.Contains(stale.body, `"ring_seconds":30`) || !strings.Contains(stale.body, `"changed_by":"Ada Klein"`) {
		t.Errorf("the newer version is missing: %s", stale.body)
	}
	// What was read may be sent back whole.
	if r := ada.do("PUT", path, ada.get(path).body, "If-Match", changed.header.Get("ETag")); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := ada.do("PUT", path, `{"name":"other"}`, "If-Match", "*"); r.status != 200 || !strings.Contains(r.body, `"ring":20`) {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := ada.do("DELETE", path, "", "If-Match", tag); r.status != 412 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := ada.do("DELETE", path, ""); r.status != 204 {
		t.Errorf("%d %s", r.status, r.body)
	}
	ada.get(path).fails(t, 404, "no-such-thing", "")
	ada.do("DELETE", path, "").fails(t, 404, "no-such-thing", "")
	var audit struct {
		Items []struct {
			By, Did, List, Thing string
			Revision             *uint64
			Was, Became          map[string]any
		}
	}
	ada.get("/api/v1/audit?list=queues").read(t, &audit)
	if len(audit.Items) != 4 || audit.Items[0].Did != "removed" || audit.Items[3].Did != "created" || audit.Items[0].By != "usr_ada" ||
		audit.Items[2].Was["ring_seconds"] != 15.0 || audit.Items[2].Became["ring_seconds"] != 30.0 {
		t.Errorf("%+v", audit)
	}
}

func TestWhatIsWrongNamesItsField(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	ada.post("/api/v1/queues", `{"name":"x","ring_seconds":3}`).fails(t, 422, "out-of-range", "body.ring_seconds")
	ada.post("/api/v1/queues", `{"name":"x","rings":3}`).fails(t, 422, "no-such-field", "body.rings")
	ada.post("/api/v1/queues", `{"name":"x","ring_seconds":"long"}`).fails(t, 422, "wrong-type", "body.ring_seconds")
	ada.post("/api/v1/queues", `[]`).fails(t, 400, "unreadable", "")
	ada.post("/api/v1/queues", `{"name":"x","id":"usr_x"}`).fails(t, 422, "id-prefix", "body.id")
	ada.post("/api/v1/queues", `{"name":"x","id":"que_sales"}`).fails(t, 409, "id-taken", "body.id")
	ada.post("/api/v1/users", `{"login":"eve","name":"Eve","profile":"pro_agent","extension":"201"}`).fails(t, 422, "extension-taken", "body.extension")
	ada.do("PATCH", "/api/v1/users/usr_ann", `{"extension":"202"}`, "If-Match", "*").fails(t, 422, "extension-taken", "body.extension")
	ada.do("PATCH", "/api/v1/users/usr_ann", `{"profile":"pro_none"}`, "If-Match", "*").fails(t, 422, "no-such-profile", "body.profile")
	ada.do("PATCH", "/api/v1/users/usr_ann", `{"id":"usr_anna"}`, "If-Match", "*").fails(t, 422, "id-fixed", "body.id")
	ada.do("PATCH", "/api/v1/users/usr_zoe", `{}`, "If-Match", "*").fails(t, 404, "no-such-thing", "")
	ada.do("PATCH", "/api/v1/profiles/pro_admin", `{"rights":["supervise"]}`, "If-Match", "*").fails(t, 409, "last-administrator", "")
	ada.do("DELETE", "/api/v1/users/usr_ada", "").fails(t, 409, "last-administrator", "")
	ada.do("DELETE", "/api/v1/profiles/pro_agent", "").fails(t, 409, "in-use", "")
	r := ada.do("DELETE", "/api/v1/queues/que_sales", "")
	r.fails(t, 409, "in-use", "")
	var used struct {
		UsedBy []struct{ List, ID, Name, Field string } `json:"used_by"`
	}
	r.read(t, &used)
	if len(used.UsedBy) != 3 || used.UsedBy[0].ID != "pro_agent" || used.UsedBy[2].Field != "nodes[1].settings.queue" {
		t.Errorf("%+v", used)
	}
	ada.do("DELETE", "/api/v1/numbers/+33100000001", "")
	if r := ada.post("/api/v1/numbers", `{"number":"+33100000002","tree":"tre_sales"}`); r.status != 201 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := ada.get("/api/v1/numbers/+33100000002"); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestDryRunSavesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	before := h.ledger.plan.Load()
	if r := ada.post("/api/v1/queues?dry_run=true", `{"name":"lonely"}`); r.status != 201 || !strings.Contains(r.body, "queue-unserved") {
		t.Errorf("%d %s", r.status, r.body)
	}
	ada.post("/api/v1/queues?dry_run=true", `{"name":""}`).fails(t, 422, "name-empty", "body.name")
	ada.do("DELETE", "/api/v1/queues/que_sales?dry_run=true", "").fails(t, 409, "in-use", "")
	if r := ada.do("DELETE", "/api/v1/users/usr_bob?dry_run=true", ""); r.status != 204 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if h.ledger.plan.Load() != before || len(h.ledger.kept) != 0 {
		t.Error("something was saved")
	}
}

func TestPagesOfThings(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	var seen []string
	next, pages := "", 0
	for {
		var l struct {
			Items []struct{ ID, Login string }
			Next  *string
		}
		ada.get("/api/v1/users?limit=3&after="+next).read(t, &l)
		pages++
		for _, u := range l.Items {
			seen = append(seen, u.Login)
		}
		if l.Next == nil {
			break
		}
		next = *l.Next
		if pages == 1 { // the last one of the page goes: the next page misses nobody
			if r := ada.do("DELETE", "/api/v1/users/usr_sam", ""); r.status != 204 {
				t.Fatalf("%d %s", r.status, r.body)
			}
		}
	}
	if got := strings.Join(seen, " "); got != "ann bob sam admin" {
		t.Errorf("%s on %d pages", got, pages)
	}
	if r := ada.get("/api/v1/users?q=diallo"); !strings.Contains(r.body, `"bob"`) || strings.Contains(r.body, `"ann"`) {
		t.Error(r.body)
	}
	ada.get("/api/v1/users?after=nonsense").fails(t, 422, "bad-cursor", "query.after")
	// Agents see of a queue what they see on their desks.
	if r := h.as("ann").get("/api/v1/queues"); strings.Contains(r.body, "post_seconds") || !strings.Contains(r.body, `"post":30`) || strings.Contains(r.body, "revision") {
		t.Error(r.body)
	}
}

// Twenty change the same thing at once: of each round exactly one wins.
func TestOneOfTwentyWins(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	for round := range 10 {
		tag := ada.get("/api/v1/queues/que_sales").header.Get("ETag")
		var won, lost atomic.Int32
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				r := ada.do("PATCH", "/api/v1/queues/que_sales", fmt.Sprintf(`{"late_seconds":%d}`, 100+round*20+n), "If-Match", tag)
				switch {
				case r.status == http.StatusOK:
					won.Add(1)
				case r.status == http.StatusPreconditionFailed && strings.Contains(r.body, `"current"`):
					lost.Add(1)
				default:
					t.Errorf("%d %s", r.status, r.body)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || lost.Load() != 19 {
			t.Errorf("%d won, %d lost", won.Load(), lost.Load())
		}
	}
}

func TestNewThingOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	one := ada.post("/api/v1/groups", `{"name":"g","shares":[{"queue":"que_sales","percent":100}]}`, "Idempotency-Key", "k1")
	two := ada.post("/api/v1/groups", `{"name":"g","shares":[{"queue":"que_sales","percent":100}]}`, "Idempotency-Key", "k1")
	if one.status != 201 || two.body != one.body || two.header.Get("ETag") != one.header.Get("ETag") || len(h.ledger.plan.Load().Doc.Groups) != 1 {
		t.Errorf("%+v %+v", one, two)
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	ada.do("PUT", "/api/v1/users/usr_ann/password", `{"password":"short"}`).fails(t, 422, "password-short", "body.password")
	ada.do("PUT", "/api/v1/users/usr_no/password", `{"password":"long enough"}`).fails(t, 404, "no-such-thing", "")
	if r := ada.do("PUT", "/api/v1/users/usr_ann/password", `{"password":"long enough"}`); r.status != 204 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := ada.get("/api/v1/audit"); !strings.Contains(r.body, `"did":"set"`) || strings.Contains(r.body, "long enough") {
		t.Error(r.body)
	}
}

// Calls that wait hinder the end of their queue, until it is said that they
// shall leave it.
func TestQueueInWhichCallsWait(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	ada.post("/api/v1/queues", `{"id":"que_new","name":"new"}`)
	doc := *h.ledger.plan.Load().Doc
	doc.Trees = slices.Clone(doc.Trees)
	doc.Trees[0].Nodes = slices.Clone(doc.Trees[0].Nodes)
	doc.Trees[0].Nodes[1].Settings = json.RawMessage(`{"queue":"que_new"}`)
	if err := h.ledger.Change(context.Background(), api.Author{}, func(now *plan.Plan) (*plan.Plan, []api.Edit, error) {
		p, err := plan.Compile(now.Revision+1, &doc)
		return p, nil, err
	}); err != nil {
		t.Fatal(err)
	}
	h.floor.news(core.CallCame{Call: "cal_1", Leg: "leg_s1", To: "+33100000001"})
	h.floor.news(core.LegUp{Leg: "leg_s1"})
	doc.Trees = doc.Trees[1:]
	doc.Numbers = nil
	if err := h.ledger.Change(context.Background(), api.Author{}, func(now *plan.Plan) (*plan.Plan, []api.Edit, error) {
		p, err := plan.Compile(now.Revision+1, &doc)
		return p, nil, err
	}); err != nil {
		t.Fatal(err)
	}
	r := ada.do("DELETE", "/api/v1/queues/que_new", "")
	r.fails(t, 409, "calls-waiting", "")
	if r := ada.do("DELETE", "/api/v1/queues/que_new?withdraw=true", ""); r.status != 204 {
		t.Errorf("%d %s", r.status, r.body)
	}
}
