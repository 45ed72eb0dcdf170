package api_test

import (
	"bytes"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"belfry/api"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.browser()
	wrong := []string{
		`{"login":"ann","password":"nope"}`, `{"login":"nobody","password":"demo"}`, `{"login":"","password":""}`,
	}
	var said []string
	for _, body := range wrong {
		r := c.post("/api/v1/session", body)
		if r.status != http.StatusUnauthorized || len(r.header["Set-Cookie"]) > 0 {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
		said = append(said, r.body)
	}
	if len(slices.Compact(said)) != 1 {
		t.Errorf("the answers tell causes apart: %q", said)
	}
	if r := c.get("/api/v1/me"); r.status != http.StatusUnauthorized || r.code() != "not-signed-in" {
		t.Errorf("me without a session: %d %s", r.status, r.body)
	}
	r := c.post("/api/v1/session", `{"login":"ann","password":"demo"}`)
	if r.status != http.StatusCreated {
		t.Fatalf("sign in: %d %s", r.status, r.body)
	}
	cookie := r.header.Get("Set-Cookie")
	for _, want := range []string{"belfry_session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	var me struct {
		ID, Login, Extension, Language, Station string
		Rights                                  []string
		Queues                                  []struct{ ID string }
		Activities                              []struct{ ID, Colour string }
	}
	c.get("/api/v1/me").read(t, &me)
	if me.ID != "usr_ann" || me.Extension != "201" || me.Language != "en" || len(me.Rights) != 2 || len(me.Queues) != 1 || me.Activities[1].Colour != "blue" {
		t.Errorf("me is %+v", me)
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(cookie, "belfry_session="), ";")
	if r := h.browser().get("/api/v1/session", "Authorization", "Bearer "+token); r.status != http.StatusOK {
		t.Errorf("bearer: %d %s", r.status, r.body)
	}
	if r := c.do("DELETE", "/api/v1/session", ""); r.status != http.StatusNoContent {
		t.Errorf("sign out: %d %s", r.status, r.body)
	}
	if r := h.browser().get("/api/v1/session", "Cookie", "belfry_session="+token); r.status != http.StatusUnauthorized {
		t.Errorf("a stolen cookie after sign-out: %d", r.status)
	}
}

func TestCookieUnderTLS(t *testing.T) {
	t.Parallel()
	h := open(t, func(o *api.Options) { o.Secure = true })
	r := h.browser().post("/api/v1/session", `{"login":"ann","password":"demo"}`)
	cookie := r.header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-belfry=") || !strings.Contains(cookie, "Secure") || strings.Contains(cookie, "Domain") {
		t.Errorf("cookie is %q", cookie)
	}
	if r.header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.as("ann")
	for _, x := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		code                     string
	}{
		{"no JSON", "PUT", "/api/v1/me/activity", "{", nil, 400, "unreadable"},
		{"a field too many", "PUT", "/api/v1/me/activity", `{"activity":"act_calls","x":1}`, nil, 422, "invalid"},
		{"an activity that is none", "PUT", "/api/v1/me/activity", `{"activity":"act_nap"}`, nil, 422, "no-such-activity"},
		{"not on shift", "PUT", "/api/v1/me/activity", `{"activity":"act_lunch"}`, nil, 409, "not-on-shift"},
		{"keys that are none", "POST", "/api/v1/calls/cal_1/dtmf", `{"digits":"1;DROP"}`, nil, 422, "invalid"},
		{"a call of nobody", "POST", "/api/v1/calls/cal_1/hold", "", nil, 404, "no-such-call"},
		{"an offer of nobody", "POST", "/api/v1/offers/off_1/accept", "", nil, 404, "no-such-offer"},
		{"a claim of nobody", "POST", "/api/v1/me/pops/pop_1/claim", "", nil, 404, "no-such-pop"},
		{"a button of no call", "POST", "/api/v1/interactions/int_1/buttons/crm", "", nil, 404, "no-such-call"},
		{"an ack of nobody", "POST", "/api/v1/offers/off_1/ack", `{"rendered_ms":3}`, nil, 404, "no-such-offer"},
		{"no such address", "GET", "/api/v1/nothing", "", nil, 404, "no-such-thing"},
		{"wrong method", "DELETE", "/api/v1/me/desk", "", nil, 405, "method-not-allowed"},
		{"too large", "PUT", "/api/v1/me/activity", `{"activity":"` + strings.Repeat("x", 70_000) + `"}`, nil, 413, "too-large"},
		{"no SDP type", "POST", "/api/v1/me/station", "v=0", nil, 415, "wrong-media-type"},
		{"no SDP", "POST", "/api/v1/me/station", "hello", []string{"Content-Type", "application/sdp"}, 422, "bad-sdp"},
		{"foreign form", "POST", "/api/v1/me/shift/start", "", []string{"Origin", "https://evil.example"}, 403, "foreign-origin"},
		{"foreign fetch", "POST", "/api/v1/me/shift/start", "", []string{"Sec-Fetch-Site", "cross-site"}, 403, "foreign-origin"},
		{"foreign reader", "GET", "/api/v1/me/desk", "", []string{"Sec-Fetch-Site", "cross-site"}, 403, "foreign-origin"},
		{"neighbour's reader", "GET", "/api/v1/me/events", "", []string{"Sec-Fetch-Site", "same-site"}, 403, "foreign-origin"},
		{"cursor too long", "GET", "/api/v1/interactions?after=" + strings.Repeat("x", 300), "", nil, 422, "invalid"},
		{"limit too large", "GET", "/api/v1/interactions?limit=5000", "", nil, 422, "invalid"},
		{"no such interaction", "GET", "/api/v1/interactions/int_x", "", nil, 404, "no-such-thing"},
		{"no such message", "GET", "/api/v1/voice-messages/vm_x/audio", "", nil, 404, "no-message"},
	} {
		r := c.do(x.method, x.path, x.body, x.header...)
		var p struct {
			Type, Title, Detail, Code string
			Status                    int
		}
		r.read(t, &p)
		if r.status != x.status || p.Code != x.code || p.Status != x.status || p.Type != "/problems/"+x.code || p.Title == "" || p.Detail == "" {
			t.Errorf("%s: %d %s", x.name, r.status, r.body)
		}
		if ct := r.header.Get("Content-Type"); ct != "application/problem+json" {
			t.Errorf("%s: Content-Type %s", x.name, ct)
		}
		if strings.Contains(r.body, "xxxxx") || strings.Contains(r.body, "DROP") {
			t.Errorf("%s: echoes what was sent: %s", x.name, r.body)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.as("ann")
	page := c.get("/banner")
	for name, want := range map[string]string{
		"Content-Security-Policy": "require-trusted-types-for 'script'", "X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY", "Permissions-Policy": "microphone=(self)", "Referrer-Policy": "same-origin", "Cache-Control": "no-cache",
	} {
		if !strings.Contains(page.header.Get(name), want) {
			t.Errorf("%s is %q, want %s", name, page.header.Get(name), want)
		}
	}
	if csp := page.header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("policy is %q", csp)
	}
	if r := c.get("/api/v1/me"); r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the API may be cached: %q", r.header.Get("Cache-Control"))
	}
	if r := c.get("/assets/banner-1a2b3c.js"); !strings.Contains(r.header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(r.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("asset: %v", r.header)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, x := range []struct {
		who, path string
		status    int
		want      string // in the body or the Location
	}{
		{"", "/", 303, "/login?next=%2F"},
		{"", "/banner", 303, "/login?next=%2Fbanner"},
		{"", "/login", 200, "login"},
		{"", "/assets/banner-1a2b3c.js", 200, "export"},
		{"ann", "/", 303, "/banner"},
		{"sam", "/", 303, "/banner"},
		{"admin", "/", 303, "/banner"},
		{"ann", "/banner", 200, "banner"},
		{"ann", "/history", 200, "banner"},
		{"ann", "/history/int_1", 200, "banner"},
		{"ann", "/nothing", 404, "no-such-thing"},
		{"ann", "/assets/none.js", 404, "no-such-thing"},
	} {
		c := h.browser()
		if x.who != "" {
			c = h.as(x.who)
		}
		r := c.get(x.path)
		if r.status != x.status || !strings.Contains(r.body+r.header.Get("Location"), x.want) {
			t.Errorf("%s as %q: %d %s %s", x.path, x.who, r.status, r.header.Get("Location"), r.body)
		}
	}
	h.pages["live.html"] = h.pages["banner.html"]
	if r := h.as("sam").get("/"); r.header.Get("Location") != "/live" {
		t.Errorf("a supervisor goes to %s", r.header.Get("Location"))
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.as("ann")
	key := []string{"Idempotency-Key", "k1"}
	sdp := []string{"Content-Type", "application/sdp", "Idempotency-Key", "k2"}
	offer := "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
	first, again := c.post("/api/v1/me/station", offer, sdp...), c.post("/api/v1/me/station", offer, sdp...)
	if first.status != 201 || again.status != 201 || first.header.Get("Location") != again.header.Get("Location") || first.body != again.body {
		t.Errorf("a repeated offer: %+v then %+v", first, again)
	}
	if again.header.Get("Idempotency-Replayed") == "" || again.header.Get("Content-Type") != "application/sdp" {
		t.Errorf("replay headers: %v", again.header)
	}
	if r := c.post("/api/v1/me/shift/start", "", key...); r.status != 200 {
		t.Fatalf("start: %d %s", r.status, r.body)
	}
	if r := c.post("/api/v1/me/shift/start", `{"activity":"act_lunch"}`, key...); r.status != 422 || r.code() != "key-reused" {
		t.Errorf("other body: %d %s", r.status, r.body)
	}
	if r := c.post("/api/v1/me/shift/end", "", key...); r.status != 422 {
		t.Errorf("other address: %d %s", r.status, r.body)
	}
	if r := h.as("bob").post("/api/v1/me/shift/end", "", key...); r.code() == "key-reused" {
		t.Errorf("keys of two users meet: %s", r.body)
	}
	// An error is an answer too.
	a, b := c.post("/api/v1/offers/off_9/accept", "", "Idempotency-Key", "k3"), c.post("/api/v1/offers/off_9/accept", "", "Idempotency-Key", "k3")
	if a.status != 404 || a.body != b.body || b.header.Get("Idempotency-Replayed") == "" {
		t.Errorf("errors: %+v then %+v", a, b)
	}
}

func TestOpenAPIIsFresh(t *testing.T) {
	t.Parallel()
	have, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, api.OpenAPI()) {
		t.Error("openapi.json is not what the code says: go run ./api/gen")
	}
	h := open(t)
	r := h.browser().get("/openapi.json")
	if r.status != 200 || r.body != string(have) || !strings.Contains(r.body, `"openapi": "3.1.0"`) {
		t.Errorf("served: %d, %d bytes", r.status, len(r.body))
	}
}
