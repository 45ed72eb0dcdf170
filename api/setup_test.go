package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
)

// claim is a company that the first token "open" sets up.
type claim struct {
	over atomic.Bool
	said api.FirstRun
}

func (c *claim) Waiting() bool { return !c.over.Load() }

func (c *claim) Finish(_ context.Context, token string, first api.FirstRun) (core.UserID, error) {
	if token != "open" || !c.over.CompareAndSwap(false, true) {
		return "", core.Errorf(core.Denied, "setup-over", "no")
	}
	c.said = first
	return "usr_ada", nil
}

func TestSetup(t *testing.T) {
	t.Parallel()
	c := &claim{}
	h := open(t, func(o *api.Options) { o.Setup = c })
	h.pages["setup.html"] = h.pages["login.html"]
	b := h.browser()
	if r := b.get("/setup"); r.status != http.StatusOK || !strings.Contains(r.body, "login") {
		t.Errorf("the page: %d %s", r.status, r.body)
	}
	for _, x := range []struct {
		name, body string
		header     []string
		status     int
		code       string
	}{
		{"a token that is none", `{"token":"shut","company":"Fontaine","password":"longenough"}`, nil, 403, "setup-over"},
		{"a short password", `{"token":"open","company":"Fontaine","password":"short"}`, nil, 422, "invalid"},
		{"no company", `{"token":"open","company":"","password":"longenough"}`, nil, 422, "invalid"},
		{"a language that is none", `{"token":"open","company":"F","password":"longenough","language":"xx"}`, nil, 422, "invalid"},
		{"another site", `{"token":"open","company":"F","password":"longenough"}`, []string{"Sec-Fetch-Site", "cross-site"}, 403, "foreign-origin"},
	} {
		if r := b.post("/api/v1/setup", x.body, x.header...); r.status != x.status || r.code() != x.code || r.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %s", x.name, r.status, r.body)
		}
	}
	body := `{"token":"open","company":"Fontaine","password":"longenough","name":"Ada","language":"fr","zone":"Europe/Paris"}`
	r := b.post("/api/v1/setup", body)
	if r.status != http.StatusCreated || !strings.Contains(r.header.Get("Set-Cookie"), "belfry_session=") {
		t.Fatalf("set up: %d %s", r.status, r.body)
	}
	if want := (api.FirstRun{Company: "Fontaine", Language: "fr", Zone: "Europe/Paris", Name: "Ada", Password: "longenough"}); c.said != want {
		t.Errorf("said %+v", c.said)
	}
	if r := b.get("/api/v1/me"); r.status != http.StatusOK || !strings.Contains(r.body, "usr_ada") {
		t.Errorf("not signed in: %d %s", r.status, r.body)
	}
	if r := b.post("/api/v1/setup", body); r.status != http.StatusForbidden || r.code() != "setup-over" {
		t.Errorf("a second time: %d %s", r.status, r.body)
	}
	if r := b.get("/setup"); r.status != http.StatusSeeOther || r.header.Get("Location") != "/login" {
		t.Errorf("the page afterwards: %d %s", r.status, r.header.Get("Location"))
	}
	if r := open(t).browser().post("/api/v1/setup", body); r.status != http.StatusForbidden || r.code() != "setup-over" {
		t.Errorf("where nothing is to be set up: %d %s", r.status, r.body)
	}
}

func TestGuessedLinksTakeLonger(t *testing.T) {
	t.Parallel()
	h := open(t, func(o *api.Options) { o.Setup = &claim{} })
	b := h.browser()
	guess := func(n int) time.Duration {
		began := time.Now()
		for range n {
			b.post("/api/v1/setup", `{"token":"x","company":"F","password":"longenough"}`)
		}
		return time.Since(began)
	}
	free := guess(5)
	if slow := guess(2); slow < 700*time.Millisecond {
		t.Errorf("five tries took %v, two more %v", free, slow)
	}
}
