package sip

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/srtp/v3"

	"belfry/core"
	"belfry/core/plan"
	"belfry/media"
)

// deskPhone is our endpoint, and over TLS a phone of ann's at it: an endpoint
// too, whose one trunk registers as her extension.
func deskPhone(t *testing.T, ours, theirs string) (us, phone *side) {
	t.Helper()
	conf, pool := certificate(t, "127.0.0.1")
	us = newSide(t, func(o *Options) {
		withPhones(o)
		o.Secure, o.TLS = "127.0.0.1:0", conf
		o.SRTP = func(core.UserID) string { return ours }
	})
	phone = newSide(t, func(o *Options) {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		o.Roots = func(core.TrunkID) (*x509.CertPool, error) { return pool, nil }
		o.Password = func(string) (string, error) { return "demo-201", nil }
	})
	w := way("trk_desk", netip.MustParseAddrPort(us.SecureAddr()))
	w.Transport, w.SRTP, w.Register, w.Login, w.Secret = "tls", theirs, true, "201", "phone"
	phone.SetTrunks([]plan.Trunk{w}, "FR")
	next[core.StationUp](us.bench)
	return us, phone
}

// calls leads a call to where both sides talk: the phone's, or one to it.
func calls(t *testing.T, us, phone *side, fromPhone bool) (ours, theirs core.LegID) {
	t.Helper()
	if fromPhone {
		for up := false; !up; { // it has heard that it is registered
			up = phone.Trunks()[0].Up
		}
		dialOut(phone.bench)
		came := next[core.CallCame](us.bench)
		if came.User != "usr_ann" {
			t.Errorf("%+v", came)
		}
		us.do(core.Answer{Leg: came.Leg})
		next[core.LegUp](phone.bench)
		next[core.LegUp](us.bench)
		return came.Leg, outLeg
	}
	us.do(core.Dial{Leg: "leg_sA", Agent: "usr_ann", Phones: "usr_ann", From: core.Party{Number: "+33612345678"}})
	came := next[core.CallCame](phone.bench)
	phone.do(core.Answer{Leg: came.Leg})
	next[core.LegUp](us.bench)
	next[core.LegUp](phone.bench)
	return "leg_sA", came.Leg
}

// A registered phone and we hear each other over SRTP, whoever calls, also after
// holds of both.
func TestSecurePhone(t *testing.T) {
	t.Parallel()
	for _, fromPhone := range []bool{true, false} {
		t.Run(fmt.Sprint("it calls ", fromPhone), func(t *testing.T) {
			t.Parallel()
			us, phone := deskPhone(t, "offered", "required")
			ours, theirs := calls(t, us, phone, fromPhone)
			us.says(ours, 440)
			phone.says(theirs, 1000)
			hear := func(when string) {
				t.Helper()
				if x := phone.hears(theirs, 440); x < 0.5 {
					t.Errorf("%s %.2f of what the phone hears is the tone", when, x)
				}
				if x := us.hears(ours, 1000); x < 0.5 {
					t.Errorf("%s %.2f of what we hear is the tone", when, x)
				}
			}
			hear("at first")
			d, _ := us.Dialog(ours)
			if !d.TLS || d.User != "usr_ann" || d.Audio.Secure.Suite != media.Suite80 || d.Audio.Proto != "RTP/SAVP" {
				t.Errorf("%+v", d)
			}
			for _, on := range []bool{true, false} {
				us.on(ours, func(_ *lane, g *leg) { g.hold(on) })
				us.settled(ours)
				phone.settled(theirs)
				phone.on(theirs, func(_ *lane, g *leg) { g.hold(on) })
				phone.settled(theirs)
				us.settled(ours)
			}
			hear("after the holds")
			if d2, _ := us.Dialog(ours); d2.Audio.Secure != d.Audio.Secure {
				t.Errorf("%+v", d2.Audio)
			}
			if n := us.audio.Stats().Dropped["forged"] + phone.audio.Stats().Dropped["forged"]; n != 0 {
				t.Errorf("%d packets could not be opened", n)
			}
		})
	}
}

// What the phone's setting and the phone can agree on, and what is refused.
func TestPhoneSRTPRules(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		ours, theirs      string
		fromPhone, secure bool
		code              int
	}{
		{"", "required", true, true, 0},
		{"asked", "offered", true, true, 0},
		{"", "off", true, false, 0},
		{"", "offered", false, false, 0},
		{"asked", "required", false, false, 488},
		{"offered", "offered", false, true, 0},
		{"offered", "off", false, false, 0}, // refused once, then plain
		{"offered", "off", true, false, 0},
		{"required", "offered", false, true, 0},
		{"required", "off", false, false, 488},
		{"required", "off", true, false, 488},
		{"required", "offered", true, true, 0},
		{"off", "required", true, false, 488},
		{"off", "required", false, false, 488},
		{"off", "offered", true, false, 0},
	} {
		t.Run(fmt.Sprint(x), func(t *testing.T) {
			t.Parallel()
			us, phone := deskPhone(t, x.ours, x.theirs)
			if x.code == 0 {
				ours, _ := calls(t, us, phone, x.fromPhone)
				if d, _ := us.Dialog(ours); (d.Audio.Secure.Suite != "") != x.secure {
					t.Errorf("%+v", d.Audio)
				}
				return
			}
			at := us
			if x.fromPhone {
				for up := false; !up; {
					up = phone.Trunks()[0].Up
				}
				dialOut(phone.bench)
				at = phone
			} else {
				us.do(core.Dial{Leg: "leg_sA", Phones: "usr_ann"})
			}
			if g := next[core.LegGone](at.bench); g.Cause.Code != x.code {
				t.Errorf("%+v", g.Cause)
			}
			if s := us.Stats(); s.Came != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// ear is a phone's audio by hand.
type ear struct {
	t    *testing.T
	conn *net.UDPConn
}

func newEar(t *testing.T) *ear {
	t.Helper()
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &ear{t, conn}
}

// sdp offers PCMU at the ear.
func (e *ear) sdp(proto string, more ...string) string {
	port := e.conn.LocalAddr().(*net.UDPAddr).Port
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d %s 0\r\na=rtpmap:0 PCMU/8000\r\n", port, proto) +
		strings.Join(append(more, ""), "\r\n")
}

// opens reads a packet with the key, and says whether it was sealed: what is under
// the seal is not what the wire has.
func (e *ear) opens(secret string) {
	e.t.Helper()
	key, err := base64.StdEncoding.DecodeString(secret)
	if err != nil || len(key) != media.SecretLen {
		e.t.Fatalf("the key %q", secret)
	}
	c, err := srtp.CreateContext(key[:16], key[16:], srtp.ProtectionProfileAes128CmHmacSha1_80)
	if err != nil {
		e.t.Fatal(err)
	}
	b := make([]byte, 2000)
	for range 20 {
		_ = e.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := e.conn.Read(b)
		if err != nil {
			e.t.Fatal(err)
		}
		plain, err := c.DecryptRTP(nil, b[:n], nil)
		if err != nil {
			e.t.Fatalf("a packet of %d bytes cannot be opened: %v", n, err)
		}
		if n != len(plain)+10 || string(plain[12:]) == string(b[12:len(plain)]) {
			e.t.Fatalf("%d bytes, %d of them audio: not sealed", n, len(plain))
		}
	}
}

// keyIn is the key in a description's section, under the tag.
func keyIn(t *testing.T, sdp, tag string) string {
	t.Helper()
	_, rest, ok := strings.Cut(sdp, "a=crypto:"+tag+" AES_CM_128_HMAC_SHA1_80 inline:")
	if !ok {
		t.Fatalf("no key in\n%s", sdp)
	}
	key, _, _ := strings.Cut(rest, "\r\n")
	return key
}

// The packets themselves, as a phone by hand has asked for them: over SAVP, over
// plain RTP with a key (RFC 8643), and as the second of two sections.
func TestPacketsOfASecurePhone(t *testing.T) {
	t.Parallel()
	key := "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", media.SecretLen)))
	for name, c := range map[string]struct {
		rule  string
		sdp   func(*ear) string
		proto string // of the answer; empty: 488
	}{
		"SAVP":                   {"", func(e *ear) string { return e.sdp("RTP/SAVP", key) }, "RTP/SAVP"},
		"SAVPF":                  {"", func(e *ear) string { return e.sdp("RTP/SAVPF", key) }, "RTP/SAVPF"},
		"AVP with a key":         {"", func(e *ear) string { return e.sdp("RTP/AVP", key) }, "RTP/AVP"},
		"AVP with a key, wanted": {"required", func(e *ear) string { return e.sdp("RTP/AVP", key) }, "RTP/AVP"},
		"AVP with a key, off":    {"off", func(e *ear) string { return e.sdp("RTP/AVP", key) }, "plain"},
		"plain, then SAVP": {"required", func(e *ear) string {
			return e.sdp("RTP/AVP") + fmt.Sprintf("m=audio %d RTP/SAVP 0\r\n%s\r\n", e.conn.LocalAddr().(*net.UDPAddr).Port, key)
		}, "RTP/SAVP"},
		"AVP, wanted":       {"required", func(e *ear) string { return e.sdp("RTP/AVP") }, ""},
		"SAVP without key":  {"", func(e *ear) string { return e.sdp("RTP/SAVP") }, ""},
		"SAVP, strange key": {"", func(e *ear) string { return e.sdp("RTP/SAVP", "a=crypto:1 F8_128 inline:x") }, ""},
		"SAVP, off":         {"off", func(e *ear) string { return e.sdp("RTP/SAVP", key) }, ""},
		"DTLS":              {"", func(e *ear) string { return e.sdp("UDP/TLS/RTP/SAVP", key) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			us := newSide(t, func(o *Options) { withPhones(o); o.SRTP = func(core.UserID) string { return c.rule } })
			h, e := newWire(t, us.Addr(), 0).handset("201"), newEar(t)
			h.ask("INVITE", "sip:202@x", "sip:202@x", h.contact(), c.sdp(e))
			h.challenged(h.answer())
			h.ask("INVITE", "sip:202@x", "sip:202@x", h.contact(), c.sdp(e))
			if c.proto == "" {
				if m := h.answer(); m.status != 488 || m.value(idOf("Warning")) == "" {
					t.Errorf("%s", m.raw)
				}
				return
			}
			leg := next[core.CallCame](us.bench).Leg
			us.says(leg, 440)
			us.do(core.Answer{Leg: leg})
			m := h.answer()
			if c.proto == "plain" {
				if strings.Contains(m.body, "crypto") {
					t.Errorf("%s", m.raw)
				}
				return
			}
			if m.status != 200 || !strings.Contains(m.body, " "+c.proto+" 0") {
				t.Fatalf("%s", m.raw)
			}
			e.opens(keyIn(t, m.body, "7"))
		})
	}
}
