package sip

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
)

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

func (b *bench) hold(id core.LegID, on bool) {
	b.on(id, func(_ *lane, g *leg) { g.hold(on) })
}
