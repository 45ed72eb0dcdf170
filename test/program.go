// Package test runs the whole program, as it is built, with real phones and real
// browsers, and holds the tree to the rules of the house.
//
// It is not where a rule is tested (that is a table beside the code) nor where
// calls race each other (those are the floor's stories and afternoons): what
// stands here is what a user would see and hear.
package test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Program is a running `belfry demo`, or `belfry serve`.
type Program struct {
	t    testing.TB
	cmd  *exec.Cmd
	log  logs
	Dir  string // its data folder
	HTTP string // http://127.0.0.1:…
	SIP  string // 127.0.0.1:…

	args  []string
	ended chan error

	mu    sync.Mutex
	known map[string]*Client // by login
}

// built builds the program once for all tests, unless BELFRY_BINARY names one.
var built = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv("BELFRY_BINARY"); bin != "" {
		return bin, nil
	}
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

// TestMain takes the built program away again.
func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := built(); err == nil && os.Getenv("BELFRY_BINARY") == "" {
		_ = os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// Binary is the path of the built program.
func Binary(t testing.TB) string {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// The ports of a program are a block below those that the system hands out by
// itself: nobody takes one between our look and the program's start.
const (
	blockLow, blocks = 10000, 49
	blockSize        = 400
)

var block atomic.Int32

// ports returns the first port of n free blocks side by side, which are the test's
// until it ends. Tests of another process may run on this machine: it begins at
// some block of its own, and a block is taken by a lock that all of them see.
func ports(t testing.TB, n int) int {
	t.Helper()
	for range blocks {
		at := (os.Getpid()*5 + int(block.Add(int32(n))) - n) % blocks
		low := blockLow + at*blockSize
		if at+n <= blocks && takeBlocks(t, at, n) && free(low) && free(low+n*blockSize-1) {
			return low
		}
	}
	t.Fatal("no block of ports is free")
	return 0
}

// takeBlocks locks n blocks, which the test's end, or that of its process, frees.
func takeBlocks(t testing.TB, at, n int) bool {
	t.Helper()
	for i := at; i < at+n; i++ {
		f, err := os.OpenFile(filepath.Join(os.TempDir(), fmt.Sprintf("belfry-test-ports-%d", i)), os.O_CREATE|os.O_RDWR, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			return false
		}
	}
	return true
}

// free says whether nobody has a port.
func free(port int) bool {
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	defer l.Close()
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// listens says whether somebody has a UDP port of IPv4. It asks the kernel: to
// try the port would take it, for a moment, from the program that is waited for.
func listens(t testing.TB, port int) bool {
	t.Helper()
	table, err := os.ReadFile("/proc/net/udp")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(table), fmt.Sprintf(":%04X 00000000:0000", port))
}

// Demo starts `belfry demo` without callers on free ports and waits until it
// takes calls. It is ended with the test; its log is shown when the test fails.
func Demo(t testing.TB, args ...string) *Program {
	t.Helper()
	return demo(t, 1, args...)
}

// demo is Demo with room for more than 180 calls at a time, in blocks.
func demo(t testing.TB, n int, args ...string) *Program {
	t.Helper()
	return begin(t, n, t.TempDir(), append([]string{"demo", "--callers=0"}, args...))
}

// Serve starts `belfry serve` on free ports over a data folder that somebody has
// filled, and waits until it takes calls.
func Serve(t testing.TB, dir string, args ...string) *Program {
	t.Helper()
	return begin(t, 1, dir, append([]string{"serve"}, args...))
}

func begin(t testing.TB, n int, dir string, args []string) *Program {
	t.Helper()
	low := ports(t, n)
	high := low + n*blockSize - 1
	p := &Program{
		t: t, Dir: dir, known: map[string]*Client{},
		HTTP: fmt.Sprintf("127.0.0.1:%d", low), SIP: fmt.Sprintf("127.0.0.1:%d", high),
	}
	p.args = append([]string{
		args[0], "--data=" + p.Dir, "--http=" + p.HTTP, "--sip=" + p.SIP,
		fmt.Sprintf("--webrtc=127.0.0.1:%d", low+1), fmt.Sprintf("--rtp=%d-%d", low+2, high-1), "--log-level=debug",
	}, args[1:]...)
	p.HTTP = "http://" + p.HTTP
	p.Start()
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("the program's log:\n%s", p.log.tail(40))
		}
	})
	return p
}

// Start starts the program, anew after Kill or Stop.
func (p *Program) Start() {
	p.t.Helper()
	p.cmd = exec.Command(Binary(p.t), p.args...)
	said := len(p.log.whole())
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.ended = make(chan error, 1)
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.ended <- p.cmd.Wait()
	}()
	late, look := time.After(30*time.Second), time.NewTicker(10*time.Millisecond)
	defer look.Stop()
	for !strings.Contains(p.log.whole()[said:], "msg=ready ") {
		select {
		case <-look.C:
		case err := <-p.ended:
			p.t.Fatalf("the program ended: %v\n%s", err, p.log.tail(40))
		case <-late:
			p.t.Fatalf("the program is not ready after 30 s\n%s", p.log.tail(40))
		}
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

// Kill is kill -9. Sessions outlive it.
func (p *Program) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// run runs another command of the program and gives what it printed.
func run(t testing.TB, args ...string) (string, error) {
	t.Helper()
	out, err := exec.Command(Binary(t), args...).CombinedOutput()
	return short(string(out)), err
}

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

func (l *logs) whole() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// tail is its last lines, for people.
func (l *logs) tail(n int) string {
	return tailOf(l.whole(), n)
}

// tailOf is the last lines of a text.
func tailOf(text string, n int) string {
	lines := strings.Split(text, "\n")
	return short(strings.Join(lines[max(0, len(lines)-n):], "\n"))
}

// short cuts lines to a length that a terminal bears.
func short(text string) string {
	const longest = 300
	lines := strings.Split(text, "\n")
	for i, ln := range lines {
		if len(ln) > longest {
			lines[i] = ln[:longest] + "…"
		}
	}
	return strings.Join(lines, "\n")
}

// logged says whether the program's log has a line with all the words.
func (p *Program) logged(words ...string) bool {
	for ln := range strings.Lines(p.log.whole()) {
		all := true
		for _, w := range words {
			all = all && strings.Contains(ln, w)
		}
		if all {
			return true
		}
	}
	return false
}

// Wait looks until it holds, for at most 30 s.
func Wait(t testing.TB, what string, holds func() bool) {
	t.Helper()
	WaitFor(t, 30*time.Second, what, holds)
}

// WaitFor is Wait with a time of its own.
func WaitFor(t testing.TB, within time.Duration, what string, holds func() bool) {
	t.Helper()
	end := time.After(within)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("waited %v for this, in vain: %s", within, what)
		}
	}
}
