package sip

import (
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
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

func TestHold(t *testing.T) {
	t.Parallel()
	with := func(line string) string { return plainSDP + line + "\r\n" }
	rows := []struct {
		name, sdp string
		held      bool
		answer    direction
	}{
		{"sendonly", with("a=sendonly"), true, recvonly},
		{"inactive", with("a=inactive"), true, inactive},
		{"recvonly", with("a=recvonly"), true, sendonly},
		{"address 0.0.0.0", strings.Replace(plainSDP, "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1), true, sendrecv},
		{"direction before the first section", strings.Replace(plainSDP, "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n", 1), true, recvonly},
	}
	for _, method := range []string{"INVITE", "UPDATE"} {
		for _, row := range rows {
			t.Run(method+" "+row.name, func(t *testing.T) {
				t.Parallel()
				b, w := newPair(t, slow)
				k := w.talk()
				k.up(b)
				for _, held := range []bool{true, false} {
					sdp, want := plainSDP, sendrecv
					if held {
						sdp, want = row.sdp, row.answer
					}
					k.send(method, "", sdp)
					s, f := parseSDP(k.until(200).body)
					if f != nil || s.dir != want {
						t.Errorf("held %v: answer %v, %v", held, s.dir, f)
					}
					if method == "INVITE" {
						k.send("ACK", "", "")
					}
					if h := next[core.LegHeld](b); h.Held != held {
						t.Errorf("%+v", h)
					}
				}
				k.send("BYE", "", "")
				next[core.LegGone](b)
			})
		}
	}
}

func TestReINVITEChangesCodecAndAddress(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	leg := k.up(b)
	k.send("INVITE", "", strings.NewReplacer("4000", "4002", "AVP 0 8 101", "AVP 97", "rtpmap:8 PCMA", "rtpmap:97 G722").Replace(plainSDP))
	s, f := parseSDP(k.until(200).body)
	if f != nil || s.codecs[0] != (codecPT{media.G722, 97}) || s.dtmf != 0 {
		t.Errorf("answer %+v, %v", s, f)
	}
	k.send("ACK", "", "")
	d, _ := b.Dialog(leg)
	if d.Audio.Remote != netip.MustParseAddrPort("127.0.0.1:4002") || d.Audio.Codec != media.G722 {
		t.Errorf("audio %+v", d.Audio)
	}
	k.send("INVITE", "", strings.Replace(plainSDP, "AVP 0 8 101", "AVP 18", 1))
	k.until(488)
	if after, _ := b.Dialog(leg); after.Audio != d.Audio {
		t.Errorf("a refused offer changed the audio to %+v", after.Audio)
	}
}

func TestReINVITEWithoutOffer(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.up(b)
	k.send("INVITE", "", "")
	if s, f := parseSDP(k.until(200).body); f != nil || s.codecs[0].codec != media.PCMU {
		t.Fatalf("our offer: %+v, %v", s, f)
	}
	k.send("INVITE", "", plainSDP) // before the ACK: two offers at once
	w.until(491)
	k.cseq--
	k.send("ACK", "", plainSDP+"a=sendonly\r\n")
	if h := next[core.LegHeld](b); !h.Held {
		t.Error("not held")
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	keys := make(chan core.Event, 8)
	m, err := media.New(media.Options{PortLow: 20000, PortHigh: 39999, BindIP: netip.MustParseAddr("127.0.0.1"), DataDir: t.TempDir(), Tell: func(ev core.Event) { keys <- ev }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	b, w := newPair(t, func(o *Options) { slow(o); o.Media = m })
	k := w.talk()
	k.up(b)
	press := func(kind, body string, status int) {
		t.Helper()
		k.send("INFO", "Content-Type: "+kind+"\r\n", body)
		k.until(status)
	}
	press("application/dtmf-relay", "Signal=1\r\nDuration=160\r\n", 200)
	press("application/dtmf-relay", "Signal= 11\r\nDuration= 160", 200)
	press("application/dtmf", "a", 200)
	press("application/dtmf-relay", "Signal=x\r\n", 400)
	press("text/plain", "1", 415)
	for _, want := range "1#A" {
		select {
		case ev := <-keys:
			if d, ok := ev.(core.DigitCame); !ok || d.Digit != byte(want) {
				t.Errorf("%+v, want %c", ev, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("no digit came")
		}
	}
}

func TestOrderOfCSeq(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.up(b)
	first := k.request("INFO", "", "")
	k.send("INFO", "", "")
	k.until(200)
	w.send(first) // older than what came
	w.until(500)
	w.send(strings.Replace(first, "tag=us", "tag=other", 1))
	w.until(481)
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
		{name: "method that is not for us", method: "SUBSCRIBE", status: 405, header: hAllow, want: allowed},
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

func TestSessionExpires(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) { o.Timers.MinSE = time.Second })
	k := w.talk()
	k.send("INVITE", "Supported: timer\r\nSession-Expires: 1;refresher=uac\r\n", plainSDP)
	b.do(core.Answer{Leg: next[core.CallCame](b).Leg})
	ok := k.until(200)
	if v := ok.value(hSessionExpires); v != "1;refresher=uac" || !ok.has(hRequire, "timer") {
		t.Errorf("Session-Expires %q", v)
	}
	k.send("ACK", "", "")
	next[core.LegUp](b)
	k.send("UPDATE", "Supported: timer\r\nSession-Expires: 1;refresher=uac\r\n", "")
	if m := k.until(200); m.body != "" || m.value(hSessionExpires) == "" {
		t.Errorf("%s", m.raw)
	}
	w.request("BYE") // they did not refresh any more
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable {
		t.Errorf("gone %+v", g.Cause)
	}
}

func TestSessionIsRefreshedByUs(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"UPDATE", "INVITE"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			b, w := newPair(t, func(o *Options) { o.Timers.MinSE = time.Second })
			k := w.talk()
			k.send("INVITE", "Supported: timer\r\nSession-Expires: 4;refresher=uas\r\nAllow: INVITE, ACK, BYE, "+method+"\r\n", plainSDP)
			b.do(core.Answer{Leg: next[core.CallCame](b).Leg})
			k.until(200)
			k.send("ACK", "", "")
			next[core.LegUp](b)
			{
				m := w.request(method)
				if v := m.value(hSessionExpires); v != "4;refresher=uac" {
					t.Errorf("Session-Expires %q", v)
				}
				body := ""
				if method == "INVITE" {
					body = plainSDP
				}
				w.reply(m, 200, "", "Session-Expires: 4;refresher=uac\r\n", body)
			}
			w.reply(w.request(method), 481, "", "", "")
			if g := next[core.LegGone](b); g.Cause.Code != 481 {
				t.Errorf("gone %+v", g.Cause)
			}
		})
	}
}

func TestGlare(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, nil)
	k := w.talk()
	leg := k.up(b)
	b.hold(leg, true)
	ours := w.request("INVITE")
	if s, f := parseSDP(ours.body); f != nil || s.dir != sendonly {
		t.Errorf("our hold: %v, %v", s.dir, f)
	}
	k.send("INVITE", "", plainSDP)
	w.until(491)
	w.reply(ours, 491, "", "", "")
	again := w.request("INVITE")
	for again.cseq == ours.cseq {
		again = w.request("INVITE")
	}
	w.reply(again, 200, "", "", plainSDP+"a=recvonly\r\n")
	w.request("ACK")
	if d, _ := b.Dialog(leg); d.Audio.Held || !d.Audio.Holding {
		t.Errorf("%+v", d.Audio)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) { slow(o); o.Limits = Limits{CallsPerSecond: 1000, Calls: 3, Lateness: -1} })
	for i := range 5 {
		k := w.talk()
		k.send("INVITE", "", plainSDP)
		m := w.read()
		want := 100
		if i >= 3 {
			want = 503
		}
		if m.status != want || want == 503 && m.value(hRetryAfter) == "" {
			t.Errorf("call %d: %d", i, m.status)
		}
		if want == 503 {
			k.learn(m)
			k.send("ACK", "", "")
		}
	}
	w.silent()
	if s := b.Stats(); s.Came != 3 || s.Refused != 2 || s.Transactions > 3 {
		t.Errorf("%+v", s)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) { slow(o); o.Limits = Limits{CallsPerSecond: 5, Calls: -1, Lateness: -1} })
	count := map[int]int{}
	for range 12 {
		w.talk().send("INVITE", "", plainSDP)
		count[w.read().status]++
	}
	if count[100] < 5 || count[100] > 7 || count[503] != 12-count[100] {
		t.Errorf("%v, %+v", count, b.Stats())
	}
}

func TestLateness(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) {
		slow(o)
		o.Limits = Limits{CallsPerSecond: -1, Calls: -1, Lateness: time.Second}
	})
	k := w.talk()
	k.up(b)
	release := make(chan struct{})
	for _, l := range b.lanes { // somebody is at work for too long
		go l.put(parcel{do: func() { <-release }})
	}
	other := w.talk()
	other.send("INVITE", "", plainSDP)
	k.send("INFO", "", "")
	time.AfterFunc(1200*time.Millisecond, func() { close(release) })
	got := map[string]int{}
	for range 2 {
		m := w.read()
		got[m.method] = m.status
	}
	if got["INVITE"] != 503 || got["INFO"] != 200 {
		t.Errorf("%v", got)
	}
	w.talk().send("INVITE", "", plainSDP)
	w.until(100)
}

func TestFloorThatIsFull(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options) {
		slow(o)
		o.Tell = func(core.Event) error { return core.Errorf(core.Busy, "full", "full") }
	})
	w := newWire(t, b.Addr(), 0)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	k.learn(w.until(503))
	k.send("ACK", "", "")
	w.silent()
	if s := b.Stats(); s.Legs != 0 || len(b.Check()) > 0 {
		t.Errorf("%+v %v", s, b.Check())
	}
}

func TestUnknownSource(t *testing.T) {
	t.Parallel()
	_, w := newPair(t, func(o *Options) {
		slow(o)
		o.Trunks = func(netip.AddrPort) (Trunk, bool) { return Trunk{}, false }
	})
	for _, method := range []string{"INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER"} {
		w.talk().send(method, "", "")
		if m := w.read(); m.status != 403 {
			t.Errorf("%s: %d", method, m.status)
		}
	}
}

// A handler that fails costs its own call and no other.
func TestPanic(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) {
		slow(o)
		o.Log = slog.New(slog.DiscardHandler)
		tell := o.Tell
		o.Tell = func(ev core.Event) error {
			if came, ok := ev.(core.CallCame); ok && came.From.Name == "Bad Luck" {
				panic("a test")
			}
			return tell(ev)
		}
	})
	healthy := w.talk()
	healthy.up(b)
	k := w.talk()
	w.send(strings.Replace(k.request("INVITE", "", plainSDP), "From: ", "From: Bad Luck ", 1))
	w.until(500)
	healthy.send("INFO", "", "")
	healthy.until(200)
	w.talk().send("INVITE", "", plainSDP)
	w.until(100)
	if s := b.Stats(); s.Panics != 1 || len(b.Check()) > 0 {
		t.Errorf("%+v %v", s, b.Check())
	}
}

func TestVeto(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	w.until(100)
	leg := next[core.CallCame](b).Leg
	b.Do(core.Order{Epoch: 7, Effect: core.Ring{Leg: leg}})
	w.until(180)
	b.Do(core.Order{Epoch: 6, Effect: core.Drop{Leg: leg}}) // of a floor that was replaced
	b.Do(core.Order{Epoch: 6, Effect: core.Answer{Leg: leg}})
	w.silent()
	b.Do(core.Order{Epoch: 8, Effect: core.Answer{Leg: leg}})
	k.until(200)
	if d, ok := b.Dialog(leg); !ok || d.Epoch != 8 {
		t.Errorf("%+v", d)
	}
}

func TestManyAtOnceLeaveNothing(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, nil)
	const n = 100
	for range n {
		w.talk().send("INVITE", "", plainSDP)
	}
	seen, gone := map[core.CallID]bool{}, 0
	for late := time.After(10 * time.Second); gone < n; {
		select {
		case ev := <-b.news:
			switch ev := ev.(type) {
			case core.CallCame:
				seen[ev.Call] = true
				switch len(seen) % 3 {
				case 0:
					b.do(core.Reject{Leg: ev.Leg, Cause: core.Cause{Why: core.LineBusy}})
				case 1:
					b.do(core.Answer{Leg: ev.Leg}) // never acknowledged
				case 2:
					b.do(core.Drop{Leg: ev.Leg, Cause: core.Cause{Why: core.Ended}})
				}
			case core.LegGone:
				gone++
			}
		case <-late:
			t.Fatalf("%d calls came, %d are gone", len(seen), gone)
		}
	}
	if len(seen) != n {
		t.Errorf("%d calls", len(seen))
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		s := b.Stats()
		if s.Transactions == 0 && s.Legs == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left over: %+v %v", s, b.Check())
		}
		w.talk().send("OPTIONS", "", "")
		w.readAny()
	}
	if live := b.live.Load(); live != 0 {
		t.Errorf("%d live", live)
	}
}

// hold puts the far end on hold, as a phone does.
func (b *bench) hold(id core.LegID, on bool) {
	b.on(id, func(_ *lane, g *leg) { g.hold(on) })
}
