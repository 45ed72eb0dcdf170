package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"belfry/api"
	"belfry/core"
)

// deck keeps recordings in memory; who talked is asked of the shelf's calls.
type deck struct {
	shelf *shelf
	mu    sync.Mutex
	all   []api.Recording
	plays []api.Play
	remarks

	notices []core.Notice // before the first is asked for; nil: one
}

func (d *deck) seen(s api.Scope, r *api.Recording) bool {
	if s.All || slices.Contains(s.Queues, r.Queue) {
		return true
	}
	i, err := d.shelf.Interaction(context.Background(), r.Interaction)
	return err == nil && slices.ContainsFunc(i.Talks, func(t core.TalkRecord) bool { return t.Agent == s.Agent })
}

func (d *deck) List(_ context.Context, f api.RecordingFilter) (all []api.Recording, next string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.all {
		if d.seen(f.Seen, &r) {
			all = append(all, r)
		}
	}
	return all, "", nil
}

func (d *deck) Find(_ context.Context, seen api.Scope, id core.RecordID) (*api.Recording, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.all {
		if r.ID == id && d.seen(seen, &r) {
			return &r, nil
		}
	}
	return nil, core.Errorf(core.Missing, "no-such-recording", "There is no recording %s.", id)
}

func (d *deck) Of(_ context.Context, calls []core.InteractionID) (map[core.InteractionID][]api.Recording, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	of := map[core.InteractionID][]api.Recording{}
	for _, r := range d.all {
		if slices.Contains(calls, r.Interaction) {
			of[r.Interaction] = append(of[r.Interaction], r)
		}
	}
	return of, nil
}

func (d *deck) Played(_ context.Context, p api.Play) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.Part == "bytes=13-13" {
		return core.Errorf(core.Busy, "busy", "the records cannot be written")
	}
	d.plays = append([]api.Play{p}, d.plays...)
	return nil
}

func (d *deck) Plays(context.Context, core.RecordID, string, int) ([]api.Play, string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.plays), "", nil
}

func (d *deck) change(id core.RecordID, f func(r *api.Recording) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.all {
		if d.all[i].ID == id {
			return f(&d.all[i])
		}
	}
	return core.Errorf(core.Missing, "no-such-recording", "There is no recording %s.", id)
}

func (d *deck) Hold(_ context.Context, id core.RecordID, on bool, by core.UserID, at core.Time) error {
	return d.change(id, func(r *api.Recording) error {
		if r.HeldAt, r.HeldBy = 0, ""; on {
			r.HeldAt, r.HeldBy = at, by
		}
		return nil
	})
}

func (d *deck) Delete(_ context.Context, id core.RecordID, by core.UserID, at core.Time) error {
	return d.change(id, func(r *api.Recording) error {
		if !r.HeldAt.IsZero() {
			return core.Errorf(core.Conflict, "recording-held", "It is under legal hold.")
		}
		r.DeletedAt, r.DeletedBy, r.DeletedWhy, r.SHA256 = at, by, "asked", "abc"
		return nil
	})
}

// taped is a house with a recording of a call that Ann talked in and that Bob
// let ring.
func taped(t *testing.T) *house {
	t.Helper()
	h := open(t)
	began := core.At(time.Date(2026, 11, 22, 10, 14, 12, 0, time.UTC))
	h.kept.keep(core.Interaction{
		ID: "int_1", Call: "cal_1", Direction: "inbound", Mode: "smart", From: core.Party{Number: "+33612345678"}, Name: "Claire Fontaine",
		Queue: "que_sales", Agent: "usr_ann", Outcome: "answered", Came: began.Add(-5 * time.Second), Answered: began, Ended: began.Add(10 * time.Second),
		Parent:        "int_0",
		Talks:         []core.TalkRecord{{Agent: "usr_ann", Leg: "leg_b1", Queue: "que_sales", Role: "owner", Began: began, Ended: began.Add(10 * time.Second)}},
		Transfers:     []core.TransferRecord{{ID: "tra_1", By: "usr_ann", To: core.Target{User: "usr_bob"}, Asked: began, State: "failed", Reason: "no_answer", Code: 480}},
		Offers:        []core.OfferRecord{{ID: "off_1", Agent: "usr_bob", Queue: "que_sales", Outcome: "ignored"}},
		Distributions: []core.Distribution{{Queue: "que_sales", Outcome: "answered", Agent: "usr_ann"}},
		Recording: &core.Recording{ID: "rec_1", Began: began, Ended: began.Add(10 * time.Second), Segments: []core.Segment{
			{Kind: "talk", Rule: "automatic", From: began, Until: began.Add(4 * time.Second)},
			{Kind: "paused", Rule: "manual", By: "usr_ann", From: began.Add(4 * time.Second), Until: began.Add(6 * time.Second)},
			{Kind: "talk", Rule: "automatic", From: began.Add(6 * time.Second)},
		}},
	})
	h.deck.all = []api.Recording{{RecordingKept: core.RecordingKept{
		ID: "rec_1", Interaction: "int_1", Queue: "que_sales", At: began.Add(12 * time.Second), Length: 10 * time.Second,
		File: "recordings/2026/11/22/rec_1.wav", Rate: 8000, Tracks: 2,
	}}}
	peaks := make([]byte, 1600*4)
	peaks[0], peaks[1], peaks[3] = 0x80, 0x7f, 5
	peaks[1600], peaks[1601] = 0xff, 1
	const base = "recordings/2026/11/22/rec_1"
	h.data[base+".wav"] = &fstest.MapFile{Data: []byte("RIFF0123456789"), ModTime: time.Unix(1_700_000_000, 0)}
	h.data[base+".peaks"] = &fstest.MapFile{Data: peaks}
	h.data[base+".json"] = &fstest.MapFile{Data: []byte(`{"sha256":"feed","parties":[{"leg":"leg_b1","side":"agent"}]}`)}
	return h
}

func TestRecordingOfACall(t *testing.T) {
	t.Parallel()
	h := taped(t)
	for who, want := range map[string]string{"ann": `"recordings":[{"id":"rec_1","length":10,"state":"ready","failed":null}]`, "bob": `"recordings":[]`, "sam": `"id":"rec_1"`, "admin": `"id":"rec_1"`} {
		c := h.as(who)
		for _, path := range []string{"/api/v1/interactions", "/api/v1/interactions/int_1"} {
			if r := c.get(path); r.status != 200 || !strings.Contains(r.body, want) {
				t.Errorf("%s %s: %d %s", who, path, r.status, r.body)
			}
		}
	}
	r := h.as("ann").get("/api/v1/interactions/int_1")
	for _, want := range []string{`"parent":"int_0"`, `"role":"owner"`, `"agent_name":"Ann Martin"`, `"to":"usr_bob","to_name":"Bob Diallo"`, `"reason":"no_answer","code":480`} {
		if !strings.Contains(r.body, want) {
			t.Errorf("no %s in %s", want, r.body)
		}
	}
	h.deck.all = nil
	if r := h.as("ann").get("/api/v1/interactions"); !strings.Contains(r.body, `"id":"rec_1","length":0,"state":"failed"`) { // the call is long over
		t.Errorf("not kept: %s", r.body)
	}
}

func TestRecording(t *testing.T) {
	t.Parallel()
	h := taped(t)
	if r := h.as("bob").get("/api/v1/recordings/rec_1"); r.status != 404 || r.code() != "no-such-recording" {
		t.Errorf("who let it ring: %d %s", r.status, r.body)
	}
	if r := h.as("bob").get("/api/v1/recordings"); r.status != 200 || !strings.Contains(r.body, `"items":[]`) {
		t.Errorf("his list: %d %s", r.status, r.body)
	}
	c := h.as("ann")
	var v struct {
		Began, Queue *string
		FileName     string `json:"file_name"`
		SHA256       string
		Segments     []struct {
			Kind        string
			ByName      *string `json:"by_name"`
			From, Until float64
		}
		Parties []struct {
			Side, Name  string
			From, Until float64
		}
	}
	c.get("/api/v1/recordings/rec_1").read(t, &v)
	if v.FileName != "2026-11-22T101412Z_sales_cal_1.wav" || v.SHA256 != "feed" || len(v.Segments) != 3 || v.Segments[1].From != 4 || v.Segments[1].Until != 6 ||
		*v.Segments[1].ByName != "Ann Martin" || v.Segments[2].Until != 10 {
		t.Errorf("%+v", v)
	}
	if len(v.Parties) != 2 || v.Parties[0].Side != "customer" || v.Parties[0].Name != "Claire Fontaine" || v.Parties[1].Side != "agent" || v.Parties[1].Name != "Ann Martin" {
		t.Errorf("parties %+v", v.Parties)
	}
	var list struct {
		Items []struct{ ID, Audio, State string }
	}
	c.get("/api/v1/recordings").read(t, &list)
	if len(list.Items) != 1 || list.Items[0].Audio != "/api/v1/recordings/rec_1/audio" || list.Items[0].State != "ready" {
		t.Errorf("%+v", list)
	}
	var peaks struct {
		Points      int
		Length      float64
		Left, Right []int8
	}
	c.get("/api/v1/recordings/rec_1/peaks").read(t, &peaks)
	if peaks.Points != 400 || peaks.Length != 10 || len(peaks.Left) != 800 || peaks.Left[0] != -128 || peaks.Left[1] != 127 || peaks.Right[1] != 5 {
		t.Errorf("peaks: %d of %d, %v", len(peaks.Left), peaks.Points, peaks.Left[:4])
	}
	c.get("/api/v1/recordings/rec_1/peaks?points=1200").read(t, &peaks)
	if peaks.Points != 1200 || len(peaks.Right) != 2400 || peaks.Left[0] != -1 || peaks.Left[1] != 1 {
		t.Errorf("fine peaks: %d of %d", len(peaks.Right), peaks.Points)
	}
	if r := c.get("/api/v1/recordings/rec_1/peaks?points=7"); r.status != 422 {
		t.Errorf("seven points: %d", r.status)
	}
}

func TestListening(t *testing.T) {
	t.Parallel()
	h := taped(t)
	c := h.as("ann")
	const audio = "/api/v1/recordings/rec_1/audio"
	r := c.get(audio)
	if r.status != 200 || r.body != "RIFF0123456789" || r.header.Get("Content-Type") != "audio/wav" ||
		r.header.Get("Content-Disposition") != `inline; filename="2026-11-22T101412Z_sales_cal_1.wav"` {
		t.Errorf("%d %s %v", r.status, r.body, r.header)
	}
	if r = c.get(audio, "Range", "bytes=4-6"); r.status != http.StatusPartialContent || r.body != "012" {
		t.Errorf("a part: %d %s", r.status, r.body)
	}
	if r = c.get(audio + "?download=true"); !strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("to keep: %v", r.header)
	}
	if r = c.get(audio, "Range", "bytes=13-13"); r.status != 503 || strings.Contains(r.body, "RIFF") {
		t.Errorf("whoever cannot be written down hears nothing: %d %s", r.status, r.body)
	}
	if r = h.as("bob").get(audio); r.status != 404 {
		t.Errorf("who let it ring: %d", r.status)
	}
	if r = c.get("/api/v1/recordings/rec_1/plays"); r.status != 403 {
		t.Errorf("an agent sees who listened: %d", r.status)
	}
	var plays struct {
		Items []struct {
			UserName string `json:"user_name"`
			Address  string
			Part     *string
		}
	}
	h.as("sam").get("/api/v1/recordings/rec_1/plays").read(t, &plays)
	if len(plays.Items) != 3 || plays.Items[2].Part != nil || *plays.Items[1].Part != "bytes=4-6" || plays.Items[0].UserName != "Ann Martin" || plays.Items[0].Address != "127.0.0.1" {
		t.Errorf("%+v", plays)
	}
}

func TestRecordingCustody(t *testing.T) {
	t.Parallel()
	h := taped(t)
	c, sam := h.as("admin"), h.as("sam")
	const one = "/api/v1/recordings/rec_1"
	if r := sam.do("PUT", one+"/hold", `{"hold":true}`); r.status != 403 {
		t.Errorf("a supervisor holds: %d", r.status)
	}
	if r := c.do("PUT", one+"/hold", `{"hold":true}`); r.status != 200 || !strings.Contains(r.body, `"by_name":"Ada Klein"`) {
		t.Errorf("hold: %d %s", r.status, r.body)
	}
	if r := c.do("DELETE", one, ""); r.status != 409 || r.code() != "recording-held" {
		t.Errorf("delete under hold: %d %s", r.status, r.body)
	}
	if r := c.do("PUT", one+"/hold", `{"hold":false}`); r.status != 200 || !strings.Contains(r.body, `"hold":null`) {
		t.Errorf("let go: %d %s", r.status, r.body)
	}
	if r := c.do("DELETE", one, ""); r.status != 204 {
		t.Errorf("delete: %d %s", r.status, r.body)
	}
	var v struct {
		State   string
		Deleted struct {
			Why, SHA256 string
			ByName      string `json:"by_name"`
		}
	}
	c.get(one).read(t, &v)
	if v.State != "deleted" || v.Deleted.Why != "asked" || v.Deleted.SHA256 != "abc" || v.Deleted.ByName != "Ada Klein" {
		t.Errorf("%+v", v)
	}
	for _, path := range []string{one + "/audio", one + "/peaks"} {
		if r := c.get(path); r.status != 404 || r.code() != "recording-deleted" {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := c.get("/api/v1/interactions"); !strings.Contains(r.body, `"state":"deleted"`) {
		t.Error(r.body)
	}
	if !json.Valid([]byte(c.get("/openapi.json").body)) {
		t.Error("the text is no JSON")
	}
}

func (d *deck) Notices(context.Context, int) ([]core.Notice, error) {
	if d.notices != nil {
		return d.notices, nil
	}
	return []core.Notice{{Kind: "emergency_call", Agent: "usr_ann", Call: "cal_1", What: "112", At: core.At(time.Unix(1_800_000_000, 0))}}, nil
}

// An emergency call is told to who runs the company, by name.
func TestNotices(t *testing.T) {
	t.Parallel()
	h := open(t)
	var got struct {
		Items []struct {
			Kind, What string
			AgentName  string `json:"agent_name"`
		}
	}
	h.as("admin").get("/api/v1/notices").read(t, &got)
	if len(got.Items) != 1 || got.Items[0].Kind != "emergency_call" || got.Items[0].What != "112" || got.Items[0].AgentName != "Ann Martin" {
		t.Errorf("%+v", got.Items)
	}
}
