package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
)

func TestDisplay(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"+33612345678": "+33 6 12 34 56 78", "+33144001022": "+33 1 44 00 10 22", "+442071838750": "+44 20 7183 8750",
		"+447911123456": "+44 7911 123456", "+15551234567": "+1 555 123 4567", "+493012345": "+49 30 12 345",
		"+352621123456": "+352 621 123 456", "+35812345": "+358 12 345", "201": "201", "": "", "+": "+", "+33": "+33", "sip:ann@x": "sip:ann@x",
		"+3361234567890123456": "+3361234567890123456", "+33 1": "+33 1", "+33<b>12": "+33<b>12", "+123456": "+1 23 456",
	} {
		if got := api.Display(number); got != want {
			t.Errorf("%q is shown as %q, want %q", number, got, want)
		}
	}
}

func FuzzDisplay(f *testing.F) {
	f.Add("+33612345678")
	f.Fuzz(func(t *testing.T, number string) {
		if got := api.Display(number); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(number, " ", "") {
			t.Errorf("%q became %q", number, got)
		}
	})
}

func TestVoiceMessages(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.as("ann")
	var all struct {
		Items []struct {
			ID, Audio   string
			MailboxName string `json:"mailbox_name"`
			Length      float64
			Left        string
			Heard       *string
		}
		Next *string
	}
	c.get("/api/v1/voice-messages").read(t, &all)
	if len(all.Items) != 1 || *all.Next != "more" || all.Items[0].Length != 4.2 || all.Items[0].MailboxName != "front desk" || all.Items[0].Left != "2023-11-14T22:13:20.000Z" || all.Items[0].Heard != nil {
		t.Fatalf("list: %+v", all)
	}
	audio := all.Items[0].Audio
	r := c.get(audio)
	if r.status != 200 || r.body != "RIFF0123456789" || r.header.Get("Content-Type") != "audio/wav" {
		t.Errorf("audio: %d %s %v", r.status, r.body, r.header)
	}
	r = c.get(audio, "Range", "bytes=4-6")
	if r.status != http.StatusPartialContent || r.body != "012" || r.header.Get("Content-Range") != "bytes 4-6/14" {
		t.Errorf("range: %d %s %v", r.status, r.body, r.header)
	}
	if r := c.get(audio, "Range", "bytes=100-"); r.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("range beyond the end: %d", r.status)
	}
	for _, verb := range []string{"heard", "done"} {
		if r := c.post("/api/v1/voice-messages/vm_1/"+verb, ""); r.status != 200 || !strings.Contains(r.body, `"`+verb+`_by":"Ann Martin"`) {
			t.Errorf("%s: %d %s", verb, r.status, r.body)
		}
	}
}

func TestVoiceFileOutsideOfTheFolder(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.kept.mu.Lock()
	for _, file := range []string{"../../etc/passwd", "/etc/passwd", "voice", "", "voice/none.wav"} {
		m := h.kept.messages[0]
		m.ID, m.File = core.RecordID("vm_"+strings.Trim(strings.ReplaceAll(strings.ReplaceAll(file, "/", "_"), ".", "_"), "_")+"x"), file
		h.kept.messages = append(h.kept.messages, m)
	}
	messages := h.kept.messages[1:]
	h.kept.mu.Unlock()
	c := h.as("ann")
	for _, m := range messages {
		if r := c.get("/api/v1/voice-messages/" + string(m.ID) + "/audio"); r.status != 404 || r.code() != "no-audio" {
			t.Errorf("%q: %d %s", m.File, r.status, r.body)
		}
	}
}

func TestListsOfThePlan(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.as("ann")
	for path, want := range map[string]string{
		"/api/v1/activities":              `"id":"act_calls","name":"Calls","category":"processing","name_fr":"Appels","colour":"green"`,
		"/api/v1/queues":                  `"id":"que_sales","name":"sales","ring":20,"post":30`,
		"/api/v1/contacts?search=fontain": `"number":"+33612345678","display":"+33 6 12 34 56 78"`,
		"/api/v1/contacts?search=nobody":  `{"items":[],"next":null}`,
		"/api/v1/invariants":              `"ok":true,"broken":[]`,
	} {
		if r := c.get(path); r.status != 200 || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

func TestBrokenInvariants(t *testing.T) {
	t.Parallel()
	h := open(t, func(o *api.Options) {
		o.Check = func() []api.Broken {
			return []api.Broken{{Invariant: 2, What: "a call is lost", IDs: []string{"cal_1"}}}
		}
	})
	if r := h.as("ann").get("/api/v1/invariants"); !strings.Contains(r.body, `"ok":false,"broken":[{"invariant":2,"what":"a call is lost","ids":["cal_1"]}]`) {
		t.Error(r.body)
	}
}

// A route that panics answers 500 without a word of the cause, and the next
// request is served.
func TestPanic(t *testing.T) {
	t.Parallel()
	boom := true
	h := open(t, func(o *api.Options) {
		o.Check = func() []api.Broken {
			if boom {
				panic("secret")
			}
			return nil
		}
	})
	c := h.as("ann")
	if r := c.get("/api/v1/invariants"); r.status != 500 || r.code() != "internal" || strings.Contains(r.body, "secret") {
		t.Errorf("%d %s", r.status, r.body)
	}
	boom = false
	if r := c.get("/api/v1/invariants"); r.status != 200 {
		t.Errorf("after a panic: %d %s", r.status, r.body)
	}
}

func TestWrongPasswordsTakeLonger(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.browser()
	began := time.Now()
	for range 5 {
		c.post("/api/v1/session", `{"login":"ann","password":"x"}`)
	}
	free := time.Since(began)
	began = time.Now()
	for range 2 {
		c.post("/api/v1/session", `{"login":"Ann","password":"x"}`) // upper case is the same login
	}
	if slow := time.Since(began); slow < 700*time.Millisecond {
		t.Errorf("five tries took %v, two more %v", free, slow)
	}
	began = time.Now()
	h.as("bob")
	if d := time.Since(began); d > 500*time.Millisecond {
		t.Errorf("somebody else waits %v", d)
	}
}

func TestDocs(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.browser()
	for path, want := range map[string]string{"/docs": "/docs/docs.js", "/docs/docs.js": "openapi.json", "/docs/docs.css": "color-scheme"} {
		r := c.get(path)
		if r.status != 200 || !strings.Contains(r.body, want) || strings.Contains(r.body, "https://") {
			t.Errorf("%s: %d %.80s", path, r.status, r.body)
		}
	}
	if r := c.get("/docs/%2e%2e%2fapi.go"); r.status != 404 {
		t.Errorf("outside of the folder: %d", r.status)
	}
	if r := c.get("/problems/call-taken"); r.status != 200 || !strings.Contains(r.body, "<h1>Call taken</h1>") {
		t.Errorf("problem page: %d %s", r.status, r.body)
	}
	etag := c.get("/openapi.json").header.Get("ETag")
	if r := c.get("/openapi.json", "If-None-Match", etag); r.status != http.StatusNotModified {
		t.Errorf("unchanged text is sent again: %d", r.status)
	}
}

func TestTurnServers(t *testing.T) {
	t.Parallel()
	link := `<turn:turn.example:3478>; rel="ice-server"; username="1:usr_ann"; credential="x"; credential-type="password"`
	h := open(t, func(o *api.Options) {
		o.ICE = func(agent core.UserID) []string { return []string{strings.ReplaceAll(link, "usr_ann", string(agent))} }
	})
	c := h.as("ann")
	r := c.post("/api/v1/me/station", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "Content-Type", "application/sdp; charset=utf-8")
	if r.status != 201 || r.header.Get("Link") != link || r.header.Get("Location") != "/api/v1/me/station/sta_1" || r.header.Get("Content-Type") != "application/sdp" || r.body != "v=0\r\nanswer\r\n" {
		t.Errorf("%d %v %s", r.status, r.header, r.body)
	}
	if r := c.do("DELETE", "/api/v1/me/station/sta_9", ""); r.status != 404 {
		t.Errorf("somebody else's line: %d %s", r.status, r.body)
	}
	if r := c.do("DELETE", "/api/v1/me/station/sta_1", ""); r.status != 204 {
		t.Errorf("close: %d %s", r.status, r.body)
	}
}

// Whatever is sent, it is answered: never 500, always JSON when it is an error.
func FuzzBodies(f *testing.F) {
	paths := []string{
		"/api/v1/session", "/api/v1/me/station", "/api/v1/me/shift/start", "/api/v1/offers/off_1/ack", "/api/v1/calls/cal_1/dtmf",
		"/api/v1/me/pong", "/api/v1/pool/cal_1/take", "/api/v1/me/activity",
	}
	for i, body := range []string{
		`{"login":"ann","password":"demo"}`, "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", `{"activity":"act_calls"}`, `{"rendered_ms":6.2}`,
		`{"digits":"1#"}`, `{"n":1}`, ``, `{"activity":null}`,
	} {
		f.Add(uint8(i), body, "application/json")
	}
	f.Add(uint8(1), "v=0", "application/sdp")
	// Each request comes twenty minutes after the one before: wrong passwords
	// are forgotten, and nobody waits.
	var clock atomic.Int64
	h := open(f, func(o *api.Options) {
		o.Now = func() time.Time { return time.Unix(clock.Add(20*60), 0) }
	})
	h.kept.sessions["always"] = api.Session{User: "usr_ann", Until: 1 << 62}
	f.Fuzz(func(t *testing.T, which uint8, body, media string) {
		path := paths[int(which)%len(paths)]
		method := http.MethodPost
		if strings.HasSuffix(path, "/activity") {
			method = http.MethodPut
		}
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", media)
		r.Header.Set("Authorization", "Bearer always")
		w := httptest.NewRecorder()
		h.api.ServeHTTP(w, r)
		got := reply{w.Code, w.Body.String(), w.Header()}
		if got.status >= 500 || got.status >= 400 && (got.code() == "" || got.header.Get("Content-Type") != "application/problem+json") {
			t.Errorf("%s %q as %q: %d %s", path, body, media, got.status, got.body)
		}
	})
}
