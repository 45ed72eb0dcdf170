package sip

import (
	"net/netip"
	"strings"
	"testing"

	"belfry/core"
)

func TestAnswerIsSentUntilTheACK(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, nil)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	w.until(100)
	leg := next[core.CallCame](b).Leg
	b.do(core.Answer{Leg: leg})
	first := k.until(200)
	again := k.until(200) // the ACK was lost
	if first.raw != again.raw {
		t.Errorf("the copy differs:\n%s\n%s", first.raw, again.raw)
	}
	w.send(k.invite) // a late copy of the INVITE makes no second call
	k.send("ACK", "", "")
	k.send("ACK", "", "") // the ACK comes twice
	next[core.LegUp](b)
	k.send("BYE", "", "")
	next[core.LegGone](b)
	select {
	case ev := <-b.news:
		t.Errorf("unexpected news %+v", ev)
	default:
	}
}

func TestNoACKEndsTheCall(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, nil)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	b.do(core.Answer{Leg: next[core.CallCame](b).Leg})
	bye := w.request("BYE")
	if g := next[core.LegGone](b); g.Cause.Why != core.NotAcked {
		t.Errorf("gone %+v", g.Cause)
	}
	if r := bye.value(hReason); r != "Q.850;cause=102" {
		t.Errorf("Reason %q", r)
	}
	w.reply(bye, 200, "", "", "")
}

func TestCopyOfAnINVITEIsAnsweredAgain(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	w.until(100)
	w.send(k.invite)
	w.until(100)
	b.do(core.Ring{Leg: next[core.CallCame](b).Leg})
	w.until(180)
	w.send(k.invite)
	w.until(180)
	if n := b.Stats().Came; n != 1 {
		t.Errorf("%d calls came", n)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	leg := next[core.CallCame](b).Leg
	b.do(core.Ring{Leg: leg})
	w.until(180)
	k.send("CANCEL", `Reason: SIP;cause=200;text="Call completed elsewhere"`+"\r\n", "")
	w.until(200)
	w.until(487)
	if g := next[core.LegGone](b); g.Cause.Why != core.Answered || g.Cause.Code != 487 {
		t.Errorf("gone %+v", g.Cause)
	}
	b.do(core.Answer{Leg: leg}) // crossed the CANCEL: too late
	w.silent()
}

func TestCancelThatOvertakesItsINVITE(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	invite := k.request("INVITE", "", plainSDP)
	k.send("CANCEL", "", "")
	w.until(481)
	w.send(invite)
	w.until(487)
	if n := b.Stats().Came; n != 0 {
		t.Errorf("%d calls came", n)
	}
}

func TestBYEBeforeTheACK(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	b.do(core.Answer{Leg: next[core.CallCame](b).Leg})
	k.until(200)
	k.send("BYE", "", "")
	k.until(200)
	if g := next[core.LegGone](b); g.Cause.Why != core.HungUp {
		t.Errorf("gone %+v", g.Cause)
	}
	k.send("ACK", "", "")
	w.silent()
}

func TestDropBeforeTheACKWaitsWithItsBYE(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	leg := next[core.CallCame](b).Leg
	b.do(core.Answer{Leg: leg})
	k.until(200)
	b.do(core.Drop{Leg: leg, Cause: core.Cause{Why: core.Ended}})
	next[core.LegGone](b)
	w.silent()
	k.send("ACK", "", "")
	w.reply(w.request("BYE"), 200, "", "", "")
	w.silent()
	if broken := b.Check(); len(broken) > 0 {
		t.Error(broken)
	}
}

func TestINVITEWithoutOffer(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", "")
	b.do(core.Answer{Leg: next[core.CallCame](b).Leg})
	s, f := parseSDP(k.until(200).body)
	if f != nil || len(s.codecs) != 3 || s.dtmf != 101 {
		t.Fatalf("our offer: %+v, %v", s, f)
	}
	k.send("ACK", "", strings.Replace(plainSDP, "AVP 0 8", "AVP 8", 1))
	if up := next[core.LegUp](b); up.Codec != "PCMA" {
		t.Errorf("up %+v", up)
	}
}

func TestINVITEWithoutOfferAndACKWithoutAnswer(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", "")
	b.do(core.Answer{Leg: next[core.CallCame](b).Leg})
	k.until(200)
	k.send("ACK", "", "")
	w.request("BYE")
	if g := next[core.LegGone](b); g.Cause.Why != core.Refused {
		t.Errorf("gone %+v", g.Cause)
	}
}

func TestEarlyMediaIsTheAnswer(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	leg := next[core.CallCame](b).Leg
	b.do(core.Early{Leg: leg})
	early := k.until(183)
	b.do(core.Answer{Leg: leg})
	if ok := k.until(200); early.body == "" || early.body != ok.body || early.to.tag != ok.to.tag {
		t.Errorf("183 says\n%s200 says\n%s", early.body, ok.body)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	sdp := func(from, to string) string { return strings.Replace(plainSDP, from, to, 1) }
	rows := []struct {
		name, method, extra, body string
		change                    func(string) string
		status                    int
		header                    headerID
		want                      string
	}{
		{name: "unknown method", method: "JUMP", status: 501, header: hAllow, want: allowed},
		{name: "method that is not for us", method: "MESSAGE", status: 405, header: hAllow, want: allowed},
		{name: "a subscription", method: "SUBSCRIBE", status: 489},
		{name: "a call of nothing", method: "REFER", status: 403},
		{name: "BYE without a dialog", method: "BYE", status: 481},
		{name: "required extension", method: "INVITE", extra: "Require: 100rel, timer, x\r\n", body: plainSDP, status: 420, header: hUnsupported, want: "100rel, x"},
		{name: "body of another type", method: "INVITE", extra: "Content-Type: text/plain\r\n", body: "hello", status: 415, header: hAccept, want: "application/sdp"},
		{name: "coded body", method: "INVITE", extra: "Content-Encoding: gzip\r\n", body: plainSDP, status: 415},
		{name: "no hop left", method: "INVITE", body: plainSDP, change: replace("Max-Forwards: 70", "Max-Forwards: 0"), status: 483},
		{name: "scheme", method: "OPTIONS", change: replace("sip:+33100000000@"+w.to.String(), "xmpp:a@b"), status: 416},
		{name: "version", method: "OPTIONS", change: replace(" SIP/2.0\r\n", " SIP/3.0\r\n"), status: 505},
		{name: "session too short", method: "INVITE", extra: "Supported: timer\r\nSession-Expires: 30\r\n", body: plainSDP, status: 422, header: hMinSE, want: "90"},
		{name: "no codec of ours", method: "INVITE", body: sdp("AVP 0 8 101", "AVP 3 18"), status: 488, header: hWarning, want: errNoCodec.reason},
		{name: "no audio", method: "INVITE", body: sdp("m=audio", "m=video"), status: 488, header: hWarning, want: errNoAudio.reason},
		{name: "IPv6", method: "INVITE", body: sdp("c=IN IP4 127.0.0.1", "c=IN IP6 ::1"), status: 488, header: hWarning, want: errNetwork.reason},
		{name: "multicast", method: "INVITE", body: sdp("c=IN IP4 127.0.0.1", "c=IN IP4 224.2.1.1/127"), status: 488, header: hWarning, want: errMulticast.reason},
		{name: "SRTP only", method: "INVITE", body: sdp("RTP/AVP", "RTP/SAVP"), status: 488},
		{name: "ptime of 1", method: "INVITE", body: sdp("ptime:20", "ptime:1"), status: 488},
		{name: "port 0", method: "INVITE", body: sdp("audio 4000", "audio 0"), status: 488},
		{name: "port 65536", method: "INVITE", body: sdp("audio 4000", "audio 65536"), status: 400},
		{name: "not SDP", method: "INVITE", body: "hello", status: 400},
		{name: "no Contact", method: "INVITE", body: plainSDP, change: func(s string) string { return strings.Replace(s, "Contact: ", "X-Contact: ", 1) }, status: 400},
		{name: "CANCEL of nothing", method: "CANCEL", status: 481},
	}
	for _, row := range rows {
		k := w.talk()
		k.request("OPTIONS", "", "") // a branch for CANCEL
		raw := k.request(row.method, row.extra, row.body)
		if row.change != nil {
			raw = row.change(raw)
		}
		w.send(raw)
		m := w.read()
		if m.status != row.status || row.header != 0 && m.value(row.header) != row.want {
			t.Errorf("%s: %d %s %q", row.name, m.status, m.reason, m.value(row.header))
		}
	}
	w.silent()
	if s := b.Stats(); s.Came != 0 || s.Legs != 0 {
		t.Errorf("something was kept: %+v", s)
	}
}

func replace(from, to string) func(string) string {
	return func(s string) string { return strings.Replace(s, from, to, 1) }
}

func TestBombsOfSDP(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	rows := map[string]string{
		"body":       plainSDP + "a=x:" + strings.Repeat("y", 33000) + "\r\n",
		"sections":   plainSDP + strings.Repeat("m=video 4 RTP/AVP 31\r\n", 17),
		"formats":    strings.Replace(plainSDP, "AVP 0", "AVP 0"+strings.Repeat(" 96", 65), 1),
		"candidates": plainSDP + strings.Repeat("a=candidate:1 1 udp 1 127.0.0.1 1 typ host\r\n", 65),
		"lines":      plainSDP + strings.Repeat("a=x\r\n", 600),
	}
	for name, body := range rows {
		k := w.talk()
		k.send("INVITE", "", body)
		if m := w.read(); m.status != 400 {
			t.Errorf("%s: %d %s", name, m.status, m.reason)
		}
	}
	if s := b.Stats(); s.Came != 0 {
		t.Errorf("%d calls came", s.Came)
	}
}

func TestMergedRequest(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	w.until(100)
	w.send(strings.Replace(k.invite, k.branch, k.branch+"other", 1))
	w.until(482)
	next[core.CallCame](b)
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, extra string
		trusted     bool
		want        core.Party
	}{
		{"asserted by a trusted trunk", "P-Asserted-Identity: \"Claire\" <sip:+33144001022@t>\r\n", true, core.Party{Number: "+33144001022", Name: "Claire"}},
		{"asserted as tel", "P-Asserted-Identity: <tel:+33-1-44-00-10-22>\r\n", true, core.Party{Number: "+33144001022"}},
		{"asserted by anybody", "P-Asserted-Identity: <sip:+33144001022@t>\r\n", false, core.Party{Number: "+33612345678"}},
		{"private", "P-Asserted-Identity: <sip:+33144001022@t>\r\nPrivacy: id\r\n", true, core.Party{Anonymous: true}},
		{"not private", "Privacy: none\r\n", true, core.Party{Number: "+33612345678"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b, w := newPair(t, func(o *Options) {
				slow(o)
				o.Trunks = func(netip.AddrPort) (Trunk, bool) { return Trunk{Name: "t", Trusted: row.trusted}, true }
			})
			w.talk().send("INVITE", row.extra, plainSDP)
			if came := next[core.CallCame](b); came.From != row.want {
				t.Errorf("%+v", came.From)
			}
		})
	}
}

// A handler that fails costs its own call and no other.
// hold puts the far end on hold, as a phone does.
