package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"belfry/app"
	"belfry/core/plan"
	"belfry/store"
)

// journal is a log that a test may read while it is written.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// server is a running `belfry serve`.
type server struct {
	t     *testing.T
	log   journal
	pages chan string // told once, when it is ready
	links chan string
	stop  context.CancelFunc
	ended chan int
}

var (
	linkLine  = regexp.MustCompile(`(http://\S+)/setup#(\S+)`)
	readyLine = regexp.MustCompile(`msg=ready pages=(\S+)`)
)

// serve runs it on free ports of the loopback and a data folder.
func serve(t *testing.T, data string) *server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s := &server{t: t, stop: stop, ended: make(chan int, 1), pages: make(chan string, 1), links: make(chan string, 8)}
	out, in := io.Pipe()
	errs, errIn := io.Pipe()
	go func() {
		sc := bufio.NewScanner(out)
		for sc.Scan() {
			if m := linkLine.FindString(sc.Text()); m != "" {
				s.links <- m
			}
		}
	}()
	go func() {
		sc := bufio.NewScanner(errs)
		for sc.Scan() {
			_, _ = s.log.Write(append(sc.Bytes(), '\n'))
			if m := readyLine.FindStringSubmatch(sc.Text()); m != nil {
				s.pages <- m[1]
			}
		}
	}()
	go func() {
		s.ended <- app.Run(ctx, app.Process{
			Args:   []string{"serve", "--http=127.0.0.1:0", "--sip=127.0.0.1:0", "--webrtc=127.0.0.1:0", "--data=" + data},
			Getenv: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: in, Stderr: errIn, Build: "test",
		})
		_, _ = in.Close(), errIn.Close()
		close(s.links)
		close(s.pages)
	}()
	t.Cleanup(s.end)
	return s
}

// end ends it; once is enough.
func (s *server) end() {
	s.stop()
	if code, ok := <-s.ended; ok {
		close(s.ended)
		if code != 0 {
			s.t.Errorf("serve ended with %d:\n%s", code, s.log.String())
		}
	}
}

// url is where the pages are, when it takes calls.
func (s *server) url() string {
	s.t.Helper()
	url, ok := <-s.pages
	if !ok {
		s.t.Fatalf("serve did not come up:\n%s", s.log.String())
	}
	return url
}

// link is the one for the set-up: its address and its token.
func (s *server) link() (url, token string) {
	s.t.Helper()
	text, ok := <-s.links
	if !ok {
		s.t.Fatalf("no link:\n%s", s.log.String())
	}
	m := linkLine.FindStringSubmatch(text)
	return m[1], m[2]
}

// send posts JSON and returns the status, the problem's code and the cookie.
func send(t *testing.T, url string, body map[string]string) (status int, code, cookie string) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(url, "application/json", bytes.NewReader(text)) //nolint:noctx // on the loopback
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var p struct{ Code string }
	_ = json.NewDecoder(r.Body).Decode(&p)
	cookie, _, _ = strings.Cut(r.Header.Get("Set-Cookie"), ";")
	return r.StatusCode, p.Code, cookie
}

func TestFirstRun(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := serve(t, data)
	url, token := s.link()
	if got := s.url(); got != url {
		t.Errorf("the link is at %s, the pages at %s", url, got)
	}
	if len(token) < 26 {
		t.Errorf("token %q has less than 128 bits", token)
	}
	first := map[string]string{"token": token, "company": "Maison Fontaine", "password": "correct horse", "language": "fr", "zone": "Europe/Paris", "name": "Ada Klein"}
	but := func(field, value string) map[string]string {
		m := map[string]string{}
		for k, v := range first {
			m[k] = v
		}
		m[field] = value
		return m
	}
	for _, x := range []struct {
		field, value string
		status       int
		code         string
	}{
		{"token", "AAAAAAAAAAAAAAAAAAAAAAAAAA", 403, "setup-over"},
		{"password", "short", 422, "invalid"},
		{"company", " ", 422, "name-empty"},
		{"zone", "Europe/Nowhere", 422, "no-such-zone"},
		{"language", "de", 422, "invalid"},
	} {
		if status, code, cookie := send(t, url+"/api/v1/setup", but(x.field, x.value)); status != x.status || code != x.code || cookie != "" {
			t.Errorf("%s %q: %d %s %s", x.field, x.value, status, code, cookie)
		}
	}
	status, code, cookie := send(t, url+"/api/v1/setup", first)
	if status != http.StatusCreated || cookie == "" {
		t.Fatalf("set up: %d %s", status, code)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/v1/me", nil)
	req.Header.Set("Cookie", cookie)
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var me struct {
		Login, Name, Language string
		Rights                []string
	}
	if err := json.NewDecoder(r.Body).Decode(&me); err != nil || me.Login != "admin" || me.Name != "Ada Klein" || me.Language != "fr" || len(me.Rights) != 7 {
		t.Errorf("me is %+v, %v", me, err)
	}
	if status, code, _ := send(t, url+"/api/v1/setup", first); status != 403 || code != "setup-over" {
		t.Errorf("a second time: %d %s", status, code)
	}
	s.end()
	if !strings.Contains(s.log.String(), "/setup#"+token) {
		t.Error("the link is not in the log")
	}

	p := planOf(t, data)
	if p.Doc.Company.Name != "Maison Fontaine" || p.Doc.Company.Zone != "Europe/Paris" || p.Doc.Company.Goodbye != "snd_goodbye_fr" || p.Revision != 2 {
		t.Errorf("company is %+v at revision %d", p.Doc.Company, p.Revision)
	}
	again := serve(t, data)
	url = again.url()
	login := map[string]string{"login": "admin", "password": "correct horse"}
	if status, code, _ := send(t, url+"/api/v1/session", login); status != http.StatusCreated {
		t.Errorf("log in after a restart: %d %s", status, code)
	}
	if status, code, _ := send(t, url+"/api/v1/setup", first); status != 403 || code != "setup-over" {
		t.Errorf("after a restart: %d %s", status, code)
	}
	again.end()
	if l, ok := <-again.links; ok {
		t.Errorf("a link although somebody has a password: %s", l)
	}
}

// A link that was not used is replaced at the next start, and a password from
// the terminal makes it void.
func TestLinkOfARestart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serve(t, data)
	_, before := s.link()
	s.end()
	s = serve(t, data)
	url, token := s.link()
	if token == before {
		t.Error("the same link again")
	}
	body := map[string]string{"token": before, "company": "X", "password": "correct horse"}
	if status, code, _ := send(t, url+"/api/v1/setup", body); status != 403 || code != "setup-over" {
		t.Errorf("the old link: %d %s", status, code)
	}
	var out, errs bytes.Buffer
	if code := app.Run(t.Context(), app.Process{
		Args: []string{"user", "passwd", "admin", "--data=" + data}, Getenv: func(string) string { return "" },
		Stdin: strings.NewReader("from the terminal\n"), Stdout: &out, Stderr: &errs,
	}); code != 0 {
		t.Fatalf("passwd: %d %s%s", code, &out, &errs)
	}
	body["token"] = token
	if status, code, _ := send(t, url+"/api/v1/setup", body); status != 403 || code != "setup-over" {
		t.Errorf("after a password from the terminal: %d %s", status, code)
	}
	if status, code, _ := send(t, url+"/api/v1/session", map[string]string{"login": "admin", "password": "from the terminal"}); status != http.StatusCreated {
		t.Errorf("log in: %d %s", status, code)
	}
}

// planOf reads the plan of a folder.
func planOf(t *testing.T, data string) *plan.Plan {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(data, "belfry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	revision, doc, err := st.LoadPlan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Parse(revision, doc)
	if err != nil {
		t.Fatal(err)
	}
	if w := p.Warnings(); len(w) > 0 {
		t.Errorf("the starter has warnings: %v", w)
	}
	return p
}
