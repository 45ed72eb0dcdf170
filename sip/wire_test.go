package sip

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"belfry/core"
)

const plainSDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
	"m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"

// talk is a dialog that the test leads by hand, from a wire.
type talk struct {
	w               *wire
	id, tag, theirs string
	target          string
	cseq            int
	branch          string
	invite          string // the last INVITE, word for word
}

func (w *wire) talk() *talk {
	return &talk{w: w, id: fmt.Sprint("call", rand.Uint64()), tag: "us", target: "sip:+33100000000@" + w.to.String()}
}

// request writes a request of the dialog; extra are whole lines.
func (k *talk) request(method, extra, body string) string {
	if method != "ACK" && method != "CANCEL" {
		k.cseq++
		k.branch = fmt.Sprint("z9hG4bK", rand.Uint64())
	}
	branch := k.branch
	if method == "ACK" {
		branch += "a"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s\r\n", method, k.target, k.w.host(), branch)
	fmt.Fprintf(&b, "From: <sip:+33612345678@%s>;tag=%s\r\nTo: <sip:+33100000000@x>", k.w.host(), k.tag)
	if k.theirs != "" && method != "CANCEL" {
		fmt.Fprintf(&b, ";tag=%s", k.theirs)
	}
	fmt.Fprintf(&b, "\r\nCall-ID: %s\r\nCSeq: %d %s\r\nMax-Forwards: 70\r\n", k.id, k.cseq, method)
	if method == "INVITE" || method == "UPDATE" {
		fmt.Fprintf(&b, "Contact: <sip:me@%s>\r\n", k.w.host())
	}
	b.WriteString(extra)
	if body != "" && !strings.Contains(extra, "Content-Type") {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	if method == "INVITE" {
		k.invite = b.String()
	}
	return b.String()
}

func (k *talk) send(method, extra, body string) { k.w.send(k.request(method, extra, body)) }

// until reads until the response to the last request with the status comes, and
// learns the far end's tag and Contact.
func (k *talk) until(status int) *message {
	k.w.t.Helper()
	for {
		m := k.w.read()
		if m.status == status && m.callID == k.id {
			k.learn(m)
			return m
		}
		if m.status >= 200 && m.callID == k.id && int(m.cseq) == k.cseq {
			k.w.t.Fatalf("%d %s, want %d", m.status, m.reason, status)
		}
	}
}

func (k *talk) learn(m *message) {
	if m.to.tag != "" {
		k.theirs = m.to.tag
	}
	if m.status < 300 {
		m.each(hContact, func(v string) bool {
			a, _ := parseAddress(v)
			k.target = a.uri
			return false
		})
	}
}

// reply answers a request that came, with a tag of ours.
func (w *wire) reply(m *message, status int, tag, extra, body string) {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d Words\r\n", status)
	for _, h := range m.hdrs {
		switch h.id {
		case hVia, hFrom, hCallID, hCSeq, hRecordRoute:
			fmt.Fprintf(&b, "%s: %s\r\n", h.name, h.value)
		}
	}
	to := m.value(hTo)
	if m.to.tag == "" && tag != "" {
		to += ";tag=" + tag
	}
	fmt.Fprintf(&b, "To: %s\r\nContact: <sip:far%s@%s>\r\n%s", to, tag, w.host(), extra)
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	w.send(b.String())
}

// bye is a request of the far end's side in a dialog that we (the endpoint) opened.
func (w *wire) within(m *message, method, tag string, cseq int, extra, body string) {
	var b strings.Builder
	target := ""
	m.each(hContact, func(v string) bool { a, _ := parseAddress(v); target = a.uri; return false })
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d\r\n", method, target, w.host(), rand.Uint64())
	fmt.Fprintf(&b, "From: %s;tag=%s\r\nTo: %s\r\n", m.value(hTo), tag, m.value(hFrom))
	fmt.Fprintf(&b, "Call-ID: %s\r\nCSeq: %d %s\r\nMax-Forwards: 70\r\n", m.callID, cseq, method)
	if method == "INVITE" || method == "UPDATE" {
		fmt.Fprintf(&b, "Contact: <sip:%s@%s>\r\n", tag, w.host())
	}
	b.WriteString(extra)
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	w.send(b.String())
}

// silent fails when anything comes before the answer to a ping.
func (w *wire) silent() {
	w.t.Helper()
	if got := w.answers(); len(got) > 0 {
		w.t.Errorf("unexpected answers %v", got)
	}
}

// up leads a call to where both sides talk.
func (k *talk) up(b *bench) core.LegID {
	k.w.t.Helper()
	k.send("INVITE", "Allow: INVITE, ACK, BYE, UPDATE\r\n", plainSDP)
	leg := next[core.CallCame](b).Leg
	b.do(core.Answer{Leg: leg})
	k.until(200)
	k.send("ACK", "", "")
	next[core.LegUp](b)
	return leg
}

func newPair(t *testing.T, change func(*Options)) (*bench, *wire) {
	t.Helper()
	b := newBench(t, change)
	return b, newWire(t, b.Addr(), 0)
}

// slow timers, where a test must not meet a retransmission.
func slow(o *Options) { o.Timers = Timers{T1: time.Second, T2: 4 * time.Second, T4: 5 * time.Second} }
