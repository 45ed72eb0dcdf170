package test

import (
	"fmt"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"belfry/media/codec"
)

// Listener is a caller made by hand who tells at once what is heard, packet by
// packet, with the instant at which it came.
type Listener struct {
	t        testing.TB
	sip, rtp net.Conn
	to       string
	number   string
	from     string
	server   string

	mu   sync.Mutex
	loud time.Time // when the last packet above −60 dBFS came
}

// Listen calls a number and listens in A-law.
func (p *Program) Listen(t testing.TB, number string) *Listener {
	t.Helper()
	return p.ListenAs(t, number, "+33612345678")
}

// ListenAs is Listen from a number.
func (p *Program) ListenAs(t testing.TB, number, from string) *Listener {
	t.Helper()
	ear, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("udp", p.SIP) //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	l := &Listener{t: t, sip: c, rtp: ear, number: number, from: from, server: p.SIP, to: "<sip:" + number + "@" + p.SIP + ">"}
	t.Cleanup(func() { _, _ = ear.Close(), c.Close() })
	go l.listen()
	body := strings.Replace(sdp("8"), "39998", fmt.Sprint(ear.LocalAddr().(*net.UDPAddr).Port), 1)
	l.send("INVITE", 1, "Content-Type: application/sdp\r\n", body)
	busy := l.answered()
	l.send("ACK", 1, "", "")
	if busy {
		return p.ListenAs(t, number, from)
	}
	return l
}

// answered reads until there is a final answer, which must be 200; or 503, with
// which a machine that has too much to do refuses a call.
func (l *Listener) answered() (busy bool) {
	l.t.Helper()
	b := make([]byte, 4096)
	for {
		_ = l.sip.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := l.sip.Read(b)
		if err != nil {
			l.t.Fatalf("no answer: %v", err)
		}
		answer := string(b[:n])
		if strings.HasPrefix(answer, "SIP/2.0 1") {
			continue
		}
		busy = strings.HasPrefix(answer, "SIP/2.0 503")
		if !busy && !strings.HasPrefix(answer, "SIP/2.0 200") {
			l.t.Fatalf("the answer is %s", short(answer))
		}
		for ln := range strings.Lines(answer) {
			if name, value, _ := strings.Cut(strings.TrimSpace(ln), ":"); strings.EqualFold(name, "To") {
				l.to = strings.TrimSpace(value)
			}
		}
		return busy
	}
}

func (l *Listener) send(method string, cseq int, head, body string) {
	l.t.Helper()
	at := l.sip.LocalAddr().String()
	text := fmt.Sprintf("%s sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d\r\nMax-Forwards: 70\r\n"+
		"From: <sip:%s@127.0.0.1>;tag=1\r\nTo: %s\r\nCall-ID: listen-%s\r\nCSeq: %d %s\r\nContact: <sip:%s>\r\n"+
		"%sContent-Length: %d\r\n\r\n%s",
		method, l.number, l.server, at, method, cseq, l.from, l.to, at, cseq, method, at, head, len(body), body)
	if _, err := l.sip.Write([]byte(text)); err != nil {
		l.t.Fatal(err)
	}
}

// HangUp ends the call.
func (l *Listener) HangUp() { l.t.Helper(); l.send("BYE", 2, "", "") }

// listen notes how loud each packet is.
func (l *Listener) listen() {
	dec, b := codec.NewDecoder(codec.PCMA), make([]byte, 1500)
	for {
		n, err := l.rtp.Read(b)
		if err != nil {
			return
		}
		now := time.Now()
		if n <= 12 || b[1]&0x7f != 8 {
			continue
		}
		pcm := dec.Decode(nil, b[12:n])
		sum := 0.0
		for _, v := range pcm {
			sum += float64(v) * float64(v)
		}
		l.mu.Lock()
		if math.Sqrt(sum/float64(len(pcm)))/32768 > 0.001 {
			l.loud = now
		}
		l.mu.Unlock()
	}
}

// WaitLoud waits until something was heard after an instant.
func (l *Listener) WaitLoud(after time.Time) {
	l.t.Helper()
	Wait(l.t, "the caller hears something", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.loud.After(after)
	})
}

// WaitQuiet waits until nothing was heard for a while, and gives the instant at
// which it became quiet, since at the earliest.
func (l *Listener) WaitQuiet(since time.Time, quiet time.Duration) time.Time {
	l.t.Helper()
	var last time.Time
	Wait(l.t, "the caller hears nothing", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		last = l.loud
		if last.Before(since) {
			last = since
		}
		return time.Since(last) > quiet
	})
	return last
}
