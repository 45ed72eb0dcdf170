// Package test runs the whole program, as it is built, with real phones and real
// browsers, and holds the tree to the rules of the house.
//
// It is not where a rule is tested (that is a table beside the code) nor where
// calls race each other (those are the floor's stories and afternoons): what
// stands here is what a user would see and hear.
package test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Program is a running `belfry demo`.
type Program struct {
	t    testing.TB
	cmd  *exec.Cmd
	log  logs
	Dir  string // its data folder
	HTTP string // http://127.0.0.1:…
	SIP  string // 127.0.0.1:…

	args  []string
	ended chan error
}

// slots keeps the port ranges of programs that run side by side apart.
var slots atomic.Int32

// binary builds the program once for all tests.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "belfry-test-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "belfry")
	cmd := exec.Command("go", "build", "-o", bin, "belfry/cmd/belfry")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
})

// Binary is the path of the built program.
func Binary(t testing.TB) string {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// freePort is a port that nobody has just now.
func freePort(t testing.TB, network string) int {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().(*net.UDPAddr).Port
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Demo starts `belfry demo` without callers on free ports and waits until it
// takes calls. It is ended with the test; its log is shown when the test fails.
func Demo(t testing.TB, args ...string) *Program {
	t.Helper()
	low := 41000 + int(slots.Add(1)%40)*400
	p := &Program{
		t: t, Dir: t.TempDir(),
		HTTP: fmt.Sprintf("127.0.0.1:%d", freePort(t, "tcp")), SIP: fmt.Sprintf("127.0.0.1:%d", freePort(t, "udp")),
	}
	p.args = append([]string{
		"demo", "--callers=0", "--data=" + p.Dir, "--http=" + p.HTTP, "--sip=" + p.SIP,
		fmt.Sprintf("--webrtc=127.0.0.1:%d", freePort(t, "udp")), fmt.Sprintf("--rtp=%d-%d", low, low+398), "--log-level=debug",
	}, args...)
	p.HTTP = "http://" + p.HTTP
	p.Start()
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("the program's log:\n%s", p.log.tail(120))
		}
	})
	return p
}

// Start starts the program, anew after Kill or Stop.
func (p *Program) Start() {
	p.t.Helper()
	p.cmd = exec.Command(Binary(p.t), p.args...)
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.ended = make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		sc := bufio.NewScanner(out)
		for sc.Scan() {
			if strings.Contains(sc.Text(), "Belfry is running") {
				close(ready)
			}
		}
		_, _ = io.Copy(io.Discard, out)
		p.ended <- p.cmd.Wait()
	}()
	select {
	case <-ready:
	case err := <-p.ended:
		p.t.Fatalf("the program ended: %v\n%s", err, p.log.tail(40))
	case <-time.After(30 * time.Second):
		p.t.Fatalf("the program is not ready after 30 s\n%s", p.log.tail(40))
	}
}

// Stop asks the program to end, and ends it after 10 s.
func (p *Program) Stop() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		p.t.Error("the program did not end in 10 s")
		p.Kill()
	}
}

// Kill is kill -9.
func (p *Program) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// Log is what it has logged so far.
func (p *Program) Log() string { return p.log.tail(1 << 20) }

// logs keeps a log.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

// tail is its last lines.
func (l *logs) tail(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.Split(l.buf.String(), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Client speaks to the API as one user.
type Client struct {
	t    testing.TB
	base string
	http *http.Client
}

// Login logs a user in.
func (p *Program) Login(login string) *Client {
	p.t.Helper()
	jar, _ := cookiejar.New(nil)
	c := &Client{t: p.t, base: p.HTTP, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
	if status := c.Do("POST", "/api/v1/session", map[string]string{"login": login, "password": "demo"}, nil); status != http.StatusCreated {
		p.t.Fatalf("log in as %s: %d", login, status)
	}
	return c
}

// Do makes one request and reads the JSON answer into result.
func (c *Client) Do(method, path string, body, result any) int {
	c.t.Helper()
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+path, r)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if result != nil && len(b) > 0 {
		if err := json.Unmarshal(b, result); err != nil {
			c.t.Fatalf("%s %s answered %d: %s", method, path, res.StatusCode, b)
		}
	}
	return res.StatusCode
}

// Wait looks until it holds, for at most 15 s.
func Wait(t testing.TB, what string, holds func() bool) {
	t.Helper()
	end := time.After(15 * time.Second)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("waited 15 s for this, in vain: %s", what)
		}
	}
}

// Sound checks that no invariant is broken.
func (p *Program) Sound() {
	p.t.Helper()
	c := p.Login("sam")
	var got struct {
		OK     bool              `json:"ok"`
		Broken []json.RawMessage `json:"broken"`
	}
	Wait(p.t, "all invariants hold", func() bool {
		c.Do("GET", "/api/v1/invariants", nil, &got)
		return got.OK
	})
}

// Call runs `belfry call`; it gives what was printed, and an error when the call
// did not go well.
func (p *Program) Call(number string, args ...string) (string, error) {
	p.t.Helper()
	cmd := exec.Command(Binary(p.t), append([]string{"call", number, "--to", p.SIP}, args...)...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
