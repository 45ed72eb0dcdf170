package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/core/plan"
)

// house is a small company with a real floor behind the API; what is kept is
// kept in memory.
type house struct {
	t       testing.TB
	api     *api.API
	url     string
	floor   *yard
	screens *api.Screens
	meter   *api.Meter
	kept    *shelf
	deck    *deck
	ledger  *ledger
	pages   fstest.MapFS
	data    fstest.MapFS
}

func open(t testing.TB, change ...func(*api.Options)) *house {
	t.Helper()
	h := &house{
		t: t, screens: api.NewScreens(), meter: api.NewMeter(), kept: newShelf(),
		pages: fstest.MapFS{
			"login.html": {Data: []byte("<!doctype html>login")}, "banner.html": {Data: []byte("<!doctype html>banner")},
			"assets/banner-1a2b3c.js": {Data: []byte("export {}")},
		},
		data: fstest.MapFS{"voice/vm_1.wav": {Data: []byte("RIFF0123456789"), ModTime: time.Unix(1_700_000_000, 0)}},
	}
	h.deck = &deck{shelf: h.kept}
	p, err := plan.Compile(1, company())
	if err != nil {
		t.Fatal(err)
	}
	boards := api.NewBoards()
	h.floor = newYard(t, h.screens, boards, p)
	h.ledger = &ledger{floor: h.floor}
	h.ledger.plan.Store(p)
	o := api.Options{
		Floor: h.floor, Screens: h.screens, Boards: boards, Stations: &lines{floor: h.floor}, Users: h.kept, Records: h.kept, Voice: h.kept,
		Recordings: h.deck, Custody: h.deck, Erasures: &eraser{}, Notices: h.deck, Contacts: h.kept, Plan: h.ledger.plan.Load, Plans: h.ledger, Check: func() []api.Broken { return nil },
		Meter: h.meter, Data: h.data, Pages: h.pages, Build: "test", Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	h.api = api.New(o)
	s := httptest.NewUnstartedServer(h.api)
	s.Config = api.Server(h.api, o.Log)
	s.Listener = api.Doorman(s.Listener)
	s.Start()
	t.Cleanup(func() { h.api.Close(); s.Close() })
	h.url = s.URL
	return h
}

func company() *plan.Doc {
	agents := []plan.Right{plan.TakeCalls, plan.TakeFromPool}
	return &plan.Doc{
		Company: plan.Company{ID: "com_test", Name: "Test", Zone: "Europe/Paris", Language: "en", ButtonHosts: []string{"crm.example.com", "shop.example.com"}},
		Users: []plan.User{
			{ID: "usr_ann", Login: "ann", Name: "Ann Martin", Extension: "201", Profile: "pro_agent"},
			{ID: "usr_bob", Login: "bob", Name: "Bob Diallo", Extension: "202", Profile: "pro_agent", Language: "fr"},
			{ID: "usr_sam", Login: "sam", Name: "Sam Rossi", Extension: "210", Profile: "pro_super"},
			{ID: "usr_ada", Login: "admin", Name: "Ada Klein", Extension: "220", Profile: "pro_admin"},
		},
		Profiles: []plan.Profile{
			{ID: "pro_agent", Name: "Agent", Queues: []core.QueueID{"que_sales"}, Rights: agents},
			{ID: "pro_super", Name: "Supervisor", Supervises: []core.QueueID{"que_sales"}, Rights: []plan.Right{plan.SeePool, plan.Supervise}},
			{ID: "pro_admin", Name: "Administrator", Rights: []plan.Right{plan.Administer}},
		},
		Activities: []plan.Activity{
			{ID: "act_calls", Name: "Calls", NameFR: "Appels", Category: plan.Processing},
			{ID: "act_lunch", Name: "Lunch", Category: plan.NonProductive},
		},
		Queues: []plan.Queue{{ID: "que_sales", Name: "sales", PostMode: "timed", PostSeconds: 30, Buttons: []plan.Button{
			{ID: "crm", Label: "Customer", LabelFR: "Client", Kind: "url", Address: "https://crm.example.com/?tel={{caller.number}}", When: "presented", Where: "hidden"},
			{ID: "shop", Label: "Shop", Kind: "http", Address: "https://shop.example.com/secret/{{call.id}}", When: "by_hand"},
		}}},
		Trees: []plan.Tree{{ID: "tre_sales", Name: "Sales", Version: 1, Nodes: []plan.Node{
			{ID: "start", Kind: "start", Outputs: map[string]string{"default": "queue"}},
			{ID: "queue", Kind: "queue", Settings: json.RawMessage(`{"queue":"que_sales"}`)},
		}}, {ID: "tre_out", Name: "Calls out", Version: 1, Outbound: true, Nodes: []plan.Node{
			{ID: "start", Kind: "start", Outputs: map[string]string{"default": "dial"}},
			{ID: "dial", Kind: "dial", Settings: json.RawMessage(`{"number":"${dialled}"}`)},
		}}},
		Numbers:   []plan.Number{{Number: "+33100000001", Tree: "tre_sales"}},
		Mailboxes: []plan.Mailbox{{ID: "box_desk", Name: "front desk"}},
	}
}

// client is one browser: it has a jar.
type client struct {
	h *house
	*http.Client
}

func (h *house) browser() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &client{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs somebody in.
func (h *house) as(login string) *client {
	h.t.Helper()
	c := h.browser()
	if r := c.post("/api/v1/session", `{"login":"`+login+`","password":"demo"}`); r.status != http.StatusCreated {
		h.t.Fatalf("sign in as %s: %d %s", login, r.status, r.body)
	}
	return c
}

type reply struct {
	status int
	body   string
	header http.Header
}

// read puts the answer into v.
func (r reply) read(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}

func (r reply) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal([]byte(r.body), &p)
	return p.Code
}

func (c *client) get(path string, header ...string) reply { return c.do("GET", path, "", header...) }

func (c *client) post(path, body string, header ...string) reply {
	return c.do("POST", path, body, header...)
}

func (c *client) do(method, path, body string, header ...string) reply {
	c.h.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, c.h.url+path, strings.NewReader(body))
	if err != nil {
		c.h.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		c.h.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := resp.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if err := c.h.api.Conforms(req, resp.StatusCode, resp.Header.Get("Content-Type"), b.String()); err != nil {
		c.h.t.Errorf("%s %s answers otherwise than it says: %v\n%s", method, path, err, b.String())
	}
	return reply{resp.StatusCode, b.String(), resp.Header}
}

// lines are audio lines without audio: an offer is answered and the line is up.
type lines struct {
	floor *yard
	mu    sync.Mutex
	n     int
}

func (l *lines) Offer(_ context.Context, agent core.UserID, sdp string) (core.StationID, string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !strings.Contains(sdp, "m=audio") {
		return "", "", core.FieldErrorf("body", "bad-sdp", "there is no audio section")
	}
	l.n++
	id := core.StationID(fmt.Sprintf("sta_%d", l.n))
	return id, "v=0\r\nanswer\r\n", l.floor.Tell(core.StationUp{
		Agent: agent, Station: id, Kind: core.BrowserStation, Leg: core.LegID(fmt.Sprintf("leg_b%d", l.n)), Codecs: []string{"PCMA"},
	})
}

func (l *lines) Close(_ context.Context, agent core.UserID, id core.StationID) error {
	if id != "sta_1" {
		return core.Errorf(core.Missing, "no-station", "there is no such audio line")
	}
	return l.floor.Tell(core.StationGone{Agent: agent, Station: id, Why: "closed"})
}

// shelf keeps users, sessions, records, messages and contacts.
type shelf struct {
	mu       sync.Mutex
	sessions map[string]api.Session
	n        int
	calls    []core.Interaction
	messages []api.Message
}

func newShelf() *shelf {
	return &shelf{sessions: map[string]api.Session{}, messages: []api.Message{{VoiceMessage: core.VoiceMessage{
		ID: "vm_1", Interaction: "int_1", Mailbox: "box_desk", From: core.Party{Number: "+33612345678"},
		Left: core.At(time.Unix(1_700_000_000, 0)), Length: 4200 * time.Millisecond, File: "voice/vm_1.wav",
	}}}}
}

func (s *shelf) Login(_ context.Context, login, password string) (core.UserID, error) {
	for _, u := range company().Users {
		if u.Login == login && password == "demo" {
			return u.ID, nil
		}
	}
	return "", core.Errorf(core.Denied, "wrong-login", "no")
}

func (s *shelf) OpenSession(_ context.Context, user core.UserID, _ string, until core.Time) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	token := fmt.Sprintf("token-%d", s.n)
	s.sessions[token] = api.Session{User: user, Since: core.At(time.Now()), Until: until}
	return token, nil
}

func (s *shelf) Session(_ context.Context, token string) (api.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x, ok := s.sessions[token]; ok {
		return x, nil
	}
	return api.Session{}, core.Errorf(core.Missing, "no-session", "no such session")
}

func (s *shelf) CloseSession(_ context.Context, token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, token)
	return nil
}

func (s *shelf) keep(i core.Interaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append([]core.Interaction{i}, s.calls...)
}

func (s *shelf) Interactions(_ context.Context, f api.Filter) ([]core.Interaction, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []core.Interaction
	for _, i := range s.calls {
		talked := i.Agent == f.Seen.Agent || slices.ContainsFunc(i.Offers, func(o core.OfferRecord) bool { return o.Agent == f.Seen.Agent })
		if f.Seen.All || talked || slices.Contains(f.Seen.Queues, i.Queue) {
			out = append(out, i)
		}
	}
	return out, "", nil
}

func (s *shelf) Interaction(_ context.Context, id core.InteractionID) (*core.Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.calls {
		if i.ID == id {
			return &i, nil
		}
	}
	return nil, core.Errorf(core.Missing, "no-interaction", "none")
}

func (s *shelf) Qualifications(context.Context, core.InteractionID) ([]core.Qualification, error) {
	return nil, nil
}

func (s *shelf) Pops(_ context.Context, id core.InteractionID) ([]core.Popped, error) {
	return []core.Popped{{ID: "pop_1", Interaction: id, Agent: "usr_ann", Button: "shop", Label: "Shop", Kind: "http", When: "accepted", Outcome: "refused", Status: 500}}, nil
}

func (s *shelf) ToQualify(context.Context, int) ([]core.Qualification, error) {
	return []core.Qualification{
		{Interaction: "int_mine", Agent: "usr_ann", Queue: "que_sales", Due: true},
		{Interaction: "int_other", Agent: "usr_bob", Queue: "que_other", Due: true},
	}, nil
}

func (s *shelf) Messages(context.Context, string, int) ([]api.Message, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages), "more", nil
}

func (s *shelf) Message(_ context.Context, id core.RecordID) (*api.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.ID == id {
			return &m, nil
		}
	}
	return nil, core.Errorf(core.Missing, "no-message", "there is no such message")
}

func (s *shelf) Heard(_ context.Context, id core.RecordID, by core.UserID, at core.Time) error {
	return s.mark(id, func(m *api.Message) { m.HeardBy, m.HeardAt = by, at })
}

func (s *shelf) Done(_ context.Context, id core.RecordID, by core.UserID, at core.Time) error {
	return s.mark(id, func(m *api.Message) { m.DoneBy, m.DoneAt = by, at })
}

func (s *shelf) mark(id core.RecordID, f func(*api.Message)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.messages {
		if s.messages[i].ID == id {
			f(&s.messages[i])
			return nil
		}
	}
	return core.Errorf(core.Missing, "no-message", "there is no such message")
}

func (s *shelf) Search(_ context.Context, text, _ string, _ int) ([]api.Contact, string, error) {
	all := []api.Contact{{ID: "con_1", Name: "Claire Fontaine", Numbers: []string{"+33612345678"}, Source: "crm"}}
	if !strings.Contains(strings.ToLower(all[0].Name+all[0].Numbers[0]), strings.ToLower(text)) {
		all = nil
	}
	return all, "", nil
}

func (s *shelf) Contact(ctx context.Context, id core.ContactID) (*api.Contact, error) {
	all, _, err := s.Search(ctx, "", "", 0)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.ID == id {
			return &c, nil
		}
	}
	return nil, core.Errorf(core.Missing, "no-such-contact", "There is no contact %s.", id)
}
