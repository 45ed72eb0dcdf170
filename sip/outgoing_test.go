package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belfry/core"
)

const outLeg = core.LegID("leg_sOUT")

// rung dials the wire and gives the INVITE that comes there.
func rung(b *bench, w *wire) *message {
	b.t.Helper()
	b.do(core.Dial{Leg: outLeg, To: "sip:p0001@" + w.host(), From: core.Party{Number: "+33612345678", Name: `Zoë "Z"`}, Codec: "G722"})
	return w.request("INVITE")
}

func TestINVITEOut(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	m := rung(b, w)
	if m.uri != "sip:p0001@"+w.host() || m.from.display != `Zoë "Z"` || !strings.HasPrefix(m.from.uri, "sip:+33612345678@") {
		t.Errorf("%s", m.raw)
	}
	s, f := parseSDP(m.body)
	if f != nil || len(s.codecs) != 3 || s.codecs[0].codec != "G722" || s.dtmf != ourDTMF {
		t.Errorf("offer %+v, %v", s, f)
	}
	if m.value(hContact) != "<sip:"+b.Addr().String()+">" || m.via.host+":"+fmt.Sprint(m.via.port) != b.Addr().String() {
		t.Errorf("%s", m.raw)
	}
	w.reply(m, 100, "", "", "")
	w.reply(m, 180, "a", "", "")
	if r := next[core.LegRang](b); r.Early {
		t.Errorf("%+v", r)
	}
	w.reply(m, 183, "a", "", plainSDP)
	if r := next[core.LegRang](b); !r.Early {
		t.Errorf("%+v", r)
	}
	w.reply(m, 200, "a", "Record-Route: <sip:two@"+w.host()+";lr>\r\nRecord-Route: <sip:one@"+w.host()+";lr>\r\n", plainSDP)
	ack := w.request("ACK")
	if ack.uri != "sip:fara@"+w.host() || ack.to.tag != "a" || ack.cseq != m.cseq || ack.via.branch == m.via.branch {
		t.Errorf("%s", ack.raw)
	}
	if up := next[core.LegUp](b); up.Codec != "PCMU" {
		t.Errorf("%+v", up)
	}
	w.reply(m, 200, "a", "", plainSDP) // our ACK was lost
	if again := w.readAny(); again.method != "ACK" || again.raw != ack.raw {
		t.Errorf("%s", again.raw)
	}
	w.within(m, "BYE", "a", 1, "Reason: Q.850;cause=17;text=\"busy now\"\r\n", "")
	w.until(200)
	if g := next[core.LegGone](b); g.Cause != (core.Cause{Why: core.HungUp, Q850: 17, Reason: "busy now"}) {
		t.Errorf("%+v", g.Cause)
	}
	if routes := fmt.Sprint(ack.hdrs); strings.Index(routes, "one@") > strings.Index(routes, "two@") {
		t.Errorf("the route is not reversed:\n%s", ack.raw)
	}
}

// Who is going to end hangs up, and rings nobody in the meantime.
func TestNobodyIsRungAtTheEnd(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	w.reply(rung(b, w), 200, "a", "", plainSDP)
	next[core.LegUp](b)
	w.request("ACK")
	go b.Close()
	bye := w.request("BYE")
	for _, d := range []core.Dial{{Leg: "leg_sNEXT", To: "sip:p0002@" + w.host()}, {Leg: "leg_sFAR", Number: "+33145000001"}} {
		b.do(d)
	}
	for _, leg := range []core.LegID{outLeg, "leg_sNEXT", "leg_sFAR"} {
		if g := next[core.LegGone](b); g.Cause.Why != core.Ended || g.Cause.Code != 503 {
			t.Errorf("%s: %+v", leg, g)
		}
	}
	w.reply(bye, 200, "", "", "")
}

func TestAnswerWithoutRinging(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	w.reply(rung(b, w), 200, "a", "", plainSDP)
	next[core.LegUp](b)
}

func TestINVITEIsSentUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, nil)
	m := rung(b, w)
	if again := w.readAny(); again.raw != m.raw {
		t.Errorf("%s", again.raw)
	}
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable || g.Cause.Code != 408 {
		t.Errorf("%+v", g.Cause)
	}
}

func TestRefusedOut(t *testing.T) {
	t.Parallel()
	rows := map[int]core.Why{
		486: core.LineBusy, 600: core.LineBusy, 603: core.Declined, 403: core.Declined, 408: core.NoAnswer, 480: core.NoAnswer,
		404: core.Unreachable, 410: core.Unreachable, 484: core.Unreachable, 487: core.Cancelled, 302: core.Unreachable,
		500: core.Unreachable, 488: core.Refused, 503: core.Overload, 407: core.Declined,
	}
	b, w := newPair(t, slow)
	for status, why := range rows {
		m := rung(b, w)
		w.reply(m, status, "a", "Reason: Q.850;cause=34\r\n", "")
		ack := w.request("ACK")
		if ack.via.branch != m.via.branch || ack.to.tag != "a" {
			t.Errorf("%d: %s", status, ack.raw)
		}
		if g := next[core.LegGone](b); g.Cause.Why != why || g.Cause.Code != status || g.Cause.Q850 != 34 {
			t.Errorf("%d: %+v", status, g.Cause)
		}
		w.reply(m, status, "a", "", "") // the ACK was lost
		if again := w.readAny(); again.raw != ack.raw {
			t.Errorf("%s", again.raw)
		}
	}
}

// A refusal comes again until our ACK has got through (RFC 3261 §17.1.1.2, timer D).
func TestRefusalIsRememberedFor64T1(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	w.reply(rung(b, w), 486, "a", "", "")
	w.request("ACK")
	waits := make(chan time.Duration, 1)
	for _, l := range b.lanes {
		l.put(parcel{do: func() {
			for _, tx := range l.clients {
				for _, a := range l.clock {
					if a.who == waker(tx) && a.gen == tx.gen {
						waits <- time.Duration(a.due - l.now)
					}
				}
			}
		}})
	}
	if d := <-waits; d < 60*time.Second || d > 64*time.Second+time.Second/5 {
		t.Errorf("forgotten in %v", d)
	}
}

func TestDropWhileItRings(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	m := rung(b, w)
	b.do(core.Drop{Leg: outLeg, Cause: core.Cause{Why: core.Answered}})
	if g := next[core.LegGone](b); g.Cause.Why != core.Answered {
		t.Errorf("%+v", g.Cause)
	}
	w.silent() // no CANCEL before the far end has said anything
	w.reply(m, 180, "a", "", "")
	c := w.request("CANCEL")
	if c.via.branch != m.via.branch || c.cseq != m.cseq || c.uri != m.uri || c.to.tag != "" || !strings.Contains(c.value(hReason), "cause=200") {
		t.Errorf("%s", c.raw)
	}
	w.reply(c, 200, "a", "", "")
	w.reply(m, 487, "a", "", "")
	w.request("ACK")
	w.silent()
	if s := b.Stats(); s.Legs != 0 {
		t.Errorf("%+v", s)
	}
}

func Test200ThatCrossesOurCancel(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	m := rung(b, w)
	w.reply(m, 180, "a", "", "")
	next[core.LegRang](b)
	b.do(core.Drop{Leg: outLeg, Cause: core.Cause{Why: core.NoAnswer}})
	c := w.request("CANCEL")
	w.reply(m, 200, "a", "", plainSDP)
	w.reply(c, 481, "a", "", "")
	w.request("ACK")
	bye := w.request("BYE")
	if bye.to.tag != "a" || bye.uri != "sip:fara@"+w.host() || bye.cseq <= m.cseq {
		t.Errorf("%s", bye.raw)
	}
	w.reply(bye, 200, "", "", "")
	w.reply(m, 200, "a", "", plainSDP) // its ACK was lost; no second BYE
	w.readAny()
	w.silent()
	if s := b.Stats(); s.Legs != 0 || len(b.Check()) > 0 {
		t.Errorf("%+v %v", s, b.Check())
	}
}

func TestForked200s(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	m := rung(b, w)
	w.reply(m, 180, "a", "", "")
	w.reply(m, 180, "b", "", "")
	w.reply(m, 200, "b", "", plainSDP)
	if ack := w.request("ACK"); ack.to.tag != "b" {
		t.Errorf("%s", ack.raw)
	}
	next[core.LegUp](b)
	w.reply(m, 200, "a", "", plainSDP)
	ack, bye := w.request("ACK"), w.request("BYE")
	if ack.to.tag != "a" || bye.to.tag != "a" || bye.uri != "sip:fara@"+w.host() {
		t.Errorf("%s\n%s", ack.raw, bye.raw)
	}
	w.reply(bye, 200, "", "", "")
	w.within(m, "BYE", "a", 1, "", "") // the loser's dialog is not ours
	w.until(481)
	w.within(m, "BYE", "b", 1, "", "")
	w.until(200)
	next[core.LegGone](b)
}

func TestAnswerThatFitsNot(t *testing.T) {
	t.Parallel()
	for name, sdp := range map[string]string{"none": "", "codec": strings.Replace(plainSDP, "AVP 0 8 101", "AVP 18", 1), "junk": "v=1\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, w := newPair(t, slow)
			w.reply(rung(b, w), 200, "a", "", sdp)
			w.request("ACK")
			w.request("BYE")
			if g := next[core.LegGone](b); g.Cause.Why != core.Refused {
				t.Errorf("%+v", g.Cause)
			}
		})
	}
}

func TestIntervalTooSmallForThem(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	m := rung(b, w)
	w.reply(m, 422, "a", "Min-SE: 3600\r\n", "")
	w.request("ACK")
	again := w.request("INVITE")
	if v := again.value(hSessionExpires); v != "3600" || again.cseq <= m.cseq || again.callID != m.callID {
		t.Errorf("%s", again.raw)
	}
	w.reply(again, 200, "b", "Session-Expires: 3600;refresher=uas\r\nRequire: timer\r\n", plainSDP)
	next[core.LegUp](b)
	if d, _ := b.Dialog(outLeg); d.Session.We || d.Session.Expires != time.Hour {
		t.Errorf("%+v", d.Session)
	}
}

func TestWrongTargets(t *testing.T) {
	t.Parallel()
	b := newBench(t, slow)
	for _, to := range []string{"", "p0001", "tel:+33", "sips:a@127.0.0.1", "sip:a@127.0.0.1\r\nX: y", "sip:a@b:99999"} {
		b.do(core.Dial{Leg: outLeg, To: to})
		if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable {
			t.Errorf("%q: %+v", to, g.Cause)
		}
	}
	if broken := b.Check(); len(broken) > 0 {
		t.Error(broken)
	}
}

func TestAnonymousOut(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	b.do(core.Dial{Leg: outLeg, To: "sip:x@" + w.host(), From: core.Party{Anonymous: true}})
	m := w.request("INVITE")
	if m.value(hPrivacy) != "id" || m.from.uri != "sip:anonymous@anonymous.invalid" {
		t.Errorf("%s", m.raw)
	}
}

func TestReINVITEOfAPhoneThatWeDialled(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	m := rung(b, w)
	w.reply(m, 200, "a", "", plainSDP)
	next[core.LegUp](b)
	w.within(m, "INVITE", "a", 9, "", plainSDP+"a=sendonly\r\n")
	ok := w.until(200)
	for ok.method != "INVITE" {
		ok = w.until(200)
	}
	if s, f := parseSDP(ok.body); f != nil || s.dir != recvonly {
		t.Errorf("%+v, %v", s, f)
	}
	if h := next[core.LegHeld](b); !h.Held {
		t.Error("not held")
	}
}
