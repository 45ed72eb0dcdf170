package sip

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

func tortureSeeds(f *testing.F) {
	f.Helper()
	files, _ := filepath.Glob(filepath.Join(tortureFolder(f), "*", "*.dat"))
	for _, name := range files {
		if raw, err := os.ReadFile(name); err == nil {
			f.Add(string(raw))
		}
	}
}

// FuzzMessage gives anything to validator, parser and dispatch. What we answer,
// we can read; nothing panics; nothing that was refused is kept.
func FuzzMessage(f *testing.F) {
	tortureSeeds(f)
	f.Add("INVITE sip:1@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:1@x>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@b>\r\nContent-Type: application/sdp\r\n\r\n" + plainSDP)
	var b *bench
	f.Add("REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:201@b>;tag=1\r\nTo: <sip:201@x>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n" +
		"Contact: <sip:201@b>\r\nAuthorization: Digest username=\"201\", realm=\"belfry\", nonce=\"n\", uri=\"sip:x\", response=\"r\"\r\n\r\n")
	b = newBench(f, func(o *Options) {
		withPhones(o)
		o.Tell = func(ev core.Event) error {
			if came, ok := ev.(core.CallCame); ok {
				b.Do(core.Order{Effect: core.Answer{Leg: came.Leg}})
				b.Do(core.Order{Effect: core.Drop{Leg: came.Leg}})
			}
			return nil
		}
	})
	f.Fuzz(func(t *testing.T, raw string) {
		var m message
		if fault := parse(raw, &m); fault == nil {
			if m.callID == "" || m.method == "" || m.vias == 0 || len(m.body) > maxBody {
				t.Errorf("taken without its mandatory parts: %q", raw)
			}
			if m.request() {
				answer := string(newLane(b.Endpoint, 0, [32]byte{}).responseTo(&m, 400, "Bad Request", "t", nil))
				var back message
				if fault := parse(answer, &back); fault != nil && fault != errTwice {
					t.Errorf("%v in our answer %q", fault, answer)
				}
			}
		}
		panics := b.Stats().Panics
		if looksLikeSIP([]byte(raw)) {
			d := newDealer(b.Endpoint)
			d.add([]byte(raw), b.Addr(), 1<<62)
			d.deal()
		}
		if b.Stats().Panics != panics {
			t.Errorf("panicked at %q", raw)
		}
	})
}

// FuzzStream cuts anything into messages.
func FuzzStream(f *testing.F) {
	tortureSeeds(f)
	f.Fuzz(func(t *testing.T, raw string) {
		r := bufio.NewReader(strings.NewReader(raw))
		for {
			msg, fault := frame(r)
			if len(msg) > maxMessage {
				t.Errorf("%d bytes", len(msg))
			}
			if msg == "" || fault != nil {
				return
			}
		}
	})
}

// FuzzSDP reads anything as a session description.
func FuzzSDP(f *testing.F) {
	f.Add(plainSDP)
	f.Add(plainSDP + "m=video 5000 RTP/SAVPF 31 32\r\nc=IN IP6 ::1\r\na=candidate:1 1 udp 1 127.0.0.1 1 typ host\r\na=inactive\r\n")
	f.Add("v=0\nm=audio 1/2 RTP/AVPF 9\nc=IN IP4 host.example\na=ptime:30\n")
	f.Add(strings.Replace(plainSDP, "RTP/AVP", "RTP/SAVP", 1) + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr|2^20 WSH=64\r\n")
	f.Fuzz(func(t *testing.T, raw string) {
		for rule := srtpOff; rule <= srtpRequired; rule++ {
			if s, fault := readSDP(raw, rule); fault == nil && (s.secure && rule == srtpOff || !s.secure && rule == srtpRequired || s.secure && s.crypto.secret == "") {
				t.Errorf("taken by %d: %+v", rule, s)
			}
		}
		s, fault := parseSDP(raw)
		if fault != nil {
			return
		}
		if len(s.codecs) == 0 || s.audio < 0 || s.audio >= len(s.sections) || !s.remote.Addr().IsValid() {
			t.Errorf("taken: %+v", s)
		}
		s.pick("")
	})
}

// FuzzAddress reads anything as a URI, an address and a Via.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		`"A \"B\"" <sip:a%20b:c@[::1]:5060;transport=tcp?x=y>;tag=1;q="a;b"`, "sip:a@b;tag=2", "<tel:+33-1;phone-context=x>",
		"SIP / 2.0 / UDP [::1]:5060 ; branch=z9hG4bK1;rport=1;received=1.2.3.4", "a b <sip:c@d>", "*",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if u, ok := parseURI(s); ok && (u.scheme == "" || strings.ContainsAny(u.host, " <>\r\n")) {
			t.Errorf("taken: %q %+v", s, u)
		}
		if a, ok := parseAddress(s); ok {
			if strings.ContainsAny(a.uri, "<>\" \r\n") {
				t.Errorf("taken: %q %+v", s, a)
			}
			if b, ok := parseAddress("<" + a.uri + ">" + a.params); !ok || b.tag != a.tag {
				t.Errorf("%q is read as %+v, then as %+v", s, a, b)
			}
			if _, ok := parseAddress(withoutTag(s)); !ok {
				t.Errorf("%q without its tag is %q", s, withoutTag(s))
			}
		}
		if v, ok := parseVia(s); ok && (v.host == "" || v.transport == "") {
			t.Errorf("taken: %q %+v", s, v)
		}
		dialled(s)
		for rest := s; rest != ""; {
			_, rest = cutList(rest)
		}
	})
}

// FuzzChallenge reads anything as a trunk's challenge, and answers it.
func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="far", nonce="n", algorithm=SHA-256, qop="auth", stale=true, opaque="\"x"`)
	f.Add(`digest Realm=far, nonce=n, qop=auth-int`)
	f.Add(`Digest realm="a` + "\t" + `b", nonce="` + "\x01" + `", userhash=true`)
	e := &Endpoint{opts: Options{Password: func(string) (string, error) { return "sesame", nil }, Now: time.Now}}
	f.Fuzz(func(t *testing.T, v string) {
		lg := &login{t: &trunk{e: e, set: plan.Trunk{Login: "us", Secret: "far"}}}
		m := &message{status: 401, hdrs: []header{{id: hAuthenticate, name: "WWW-Authenticate", value: v}}}
		if !lg.challenged(m, 0) {
			return
		}
		line := string(lg.append(nil, "INVITE", "sip:x", nil))
		if strings.Count(line, "\n") > 1 || line != "" && !strings.HasSuffix(line, "\r\n") || strings.Contains(line, "sesame") {
			t.Errorf("%q became %q", v, line)
		}
	})
}
