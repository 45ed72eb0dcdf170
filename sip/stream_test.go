package sip

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"belfry/core"
)

// line is a TCP connection to an endpoint.
type line struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func newLine(t testing.TB, b *bench) *line {
	t.Helper()
	c, err := net.Dial("tcp", b.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &line{t, c, bufio.NewReader(c)}
}

func (l *line) write(s string) {
	l.t.Helper()
	if _, err := io.WriteString(l, s); err != nil {
		l.t.Fatal(err)
	}
}

// read gives the next message; nil when the connection was closed.
func (l *line) read() *message {
	l.t.Helper()
	_ = l.SetReadDeadline(time.Now().Add(20 * time.Second))
	raw, f := frame(l.r)
	if raw == "" || f != nil {
		return nil
	}
	m := &message{}
	if f := parse(raw, m); f != nil && m.status < 400 {
		l.t.Fatalf("%v\n%s", f, raw)
	}
	return m
}

// tcp turns what a wire would send into what goes over a connection.
func tcp(s string) string { return strings.Replace(s, "SIP/2.0/UDP", "SIP/2.0/TCP", 1) }

func TestCallOverTCP(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	l, k := newLine(t, b), w.talk()
	invite := tcp(k.request("INVITE", "", plainSDP))
	for i := range invite { // in the smallest pieces
		if i%100 == 0 {
			l.write(invite[i:min(i+100, len(invite))])
		}
	}
	leg := next[core.CallCame](b).Leg
	b.do(core.Answer{Leg: leg})
	m := l.read()
	for m.status != 200 {
		m = l.read()
	}
	if !strings.Contains(m.value(hContact), "transport=tcp") {
		t.Errorf("%s", m.raw)
	}
	k.learn(m)
	// Two messages in one piece.
	l.write(tcp(k.request("ACK", "", "")) + "\r\n\r\n" + tcp(k.request("INFO", "", "")))
	next[core.LegUp](b)
	if m = l.read(); m.status != 200 || m.method != "INFO" {
		t.Errorf("%s", m.raw)
	}
	b.do(core.Drop{Leg: leg, Cause: core.Cause{Why: core.Ended}})
	if m = l.read(); m.method != "BYE" || m.via.transport != "TCP" {
		t.Errorf("%s", m.raw)
	}
}

func TestDialOverTCP(t *testing.T) {
	t.Parallel()
	b := newBench(t, slow)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.do(core.Dial{Leg: outLeg, To: "sip:p@" + ln.Addr().String() + ";transport=tcp"})
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t, c, bufio.NewReader(c)}
	if m := l.read(); m == nil || m.method != "INVITE" || m.via.transport != "TCP" {
		t.Fatal("no INVITE")
	}
	_ = c.Close()
	_ = ln.Close()
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable {
		t.Errorf("%+v", g.Cause)
	}
	b.do(core.Dial{Leg: outLeg, To: "sip:p@" + ln.Addr().String() + ";transport=tcp"}) // nobody listens
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable {
		t.Errorf("%+v", g.Cause)
	}
}

// What could be read in two ways is refused, and nothing behind it is read.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	twice := func(name string) func(string) string {
		return func(s string) string {
			i := strings.Index(s, name+":")
			end := i + strings.Index(s[i:], "\r\n") + 2
			return s[:end] + s[i:end] + s[end:]
		}
	}
	rows := map[string]func(string) string{
		"Content-Length twice":            twice("Content-Length"),
		"Content-Length and l":            replace("Content-Length: 0", "Content-Length: 0\r\nl: 5"),
		"Content-Length with a space":     replace("Content-Length: 0", "Content-Length: 0\r\nContent-Length : 5"),
		"CSeq twice":                      twice("CSeq"),
		"Call-ID twice":                   twice("Call-ID"),
		"From twice":                      twice("From"),
		"To twice":                        twice("To"),
		"Max-Forwards twice":              twice("Max-Forwards"),
		"To and t":                        replace("To: ", "t: <sip:other@x>\r\nTo: "),
		"branch twice":                    replace(";branch=", ";branch=z9hG4bKx;branch="),
		"tag twice":                       replace(";tag=us", ";tag=us;tag=them"),
		"space before the colon":          replace("Max-Forwards", "X-Internal : 1\r\nMax-Forwards"),
		"no name":                         replace("Max-Forwards", ": 1\r\nMax-Forwards"),
		"no colon":                        replace("Max-Forwards", "X-Internal\r\nMax-Forwards"),
		"first header folded":             replace("\r\nVia", "\r\n Via"),
		"bare LF":                         replace("Max-Forwards", "X: 1\nMax-Forwards"),
		"bare CR":                         replace("Max-Forwards", "X: 1\rMax-Forwards"),
		"NUL":                             replace("Max-Forwards", "X: \x00\r\nMax-Forwards"),
		"escape character":                replace("Max-Forwards", "X: \x1b[2J\r\nMax-Forwards"),
		"Content-Length too large":        replace("Content-Length: 0", "Content-Length: 5"),
		"Content-Length with a sign":      replace("Content-Length: 0", "Content-Length: +0"),
		"Content-Length in hex":           replace("Content-Length: 0", "Content-Length: 0x0"),
		"Content-Length in two parts":     replace("Content-Length: 0", "Content-Length: 0, 0"),
		"Content-Length without a number": replace("Content-Length: 0", "Content-Length:"),
		"header of the Request-URI":       replace(" SIP/2.0\r\n", "?Call-ID=x SIP/2.0\r\n"),
		"tab in the request line":         replace("OPTIONS ", "OPTIONS\t"),
	}
	for name, change := range rows {
		k := w.talk()
		raw := change(k.request("OPTIONS", "", ""))
		w.send(raw)
		if got := fmt.Sprint(w.answers()); got != "[400]" && got != "[]" {
			t.Errorf("%s over UDP: %s", name, got)
		}
	}
	w.send(w.talk().request("OPTIONS", "", "") + w.talk().request("OPTIONS", "", ""))
	if got := fmt.Sprint(w.answers()); got != "[200]" {
		t.Errorf("two messages in one datagram: %s", got)
	}
	delete(rows, "Content-Length too large") // on a stream the body is what follows
	for name, change := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, w := newPair(t, slow)
			l := newLine(t, b)
			l.write(tcp(change(w.talk().request("OPTIONS", "", ""))))
			// A message behind it that must not be read.
			_, _ = io.WriteString(l, tcp(w.talk().request("OPTIONS", "", "")))
			for {
				m := l.read()
				if m == nil {
					break
				}
				if m.status != 400 {
					t.Errorf("over TCP: %d", m.status)
					break
				}
			}
		})
	}
	if s := b.Stats(); s.Legs+s.Transactions != 0 {
		t.Errorf("%+v", s)
	}
}

// Slow loris: connections that never say anything whole.
func TestSlowConnections(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	kept := 0
	var lines []*line
	for range 100 {
		l := newLine(t, b)
		if _, err := io.WriteString(l, "I"); err == nil {
			lines = append(lines, l)
		}
	}
	b.streams.mu.Lock()
	kept = len(b.streams.all)
	b.streams.mu.Unlock()
	if kept > 64 {
		t.Errorf("%d kept", kept)
	}
	began := time.Now()
	for _, l := range lines {
		_ = l.SetReadDeadline(began.Add(15 * time.Second))
		if _, err := l.Read(make([]byte, 1)); err == nil {
			t.Error("something was answered")
		} else if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("still open after 15 s")
		}
	}
	l := newLine(t, b)
	l.write(tcp(w.talk().request("OPTIONS", "", "")))
	if m := l.read(); m == nil || m.status != 200 {
		t.Error("nobody can connect any more")
	}
}

func TestGarbageLeavesNothing(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	for i := range 2000 {
		w.send(strings.Repeat("x", 1+i%60))
		w.send("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nCall-ID: x\r\nCSeq: 1 BYE\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n\r\n")
	}
	w.silent()
	if s := b.Stats(); s.Transactions+s.Legs != 0 || s.Sent > 16 {
		t.Errorf("%+v", s)
	}
}
