package sip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
	"belfry/media"
	"belfry/media/sound"
)

// certificate is one for the names, and the pool that trusts it.
func certificate(t *testing.T, names ...string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(crand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

// tones are endless sounds: "snd_440" is one of 440 Hz.
type tones struct{}

func (tones) Sound(id core.SoundID) (*sound.Sound, error) {
	var hz float64
	if _, err := fmt.Sscanf(string(id), "snd_%f", &hz); err != nil {
		return nil, err
	}
	pcm := make([]int16, 16000)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/16000))
	}
	return sound.FromPCM(id, pcm, 16000), nil
}

// side is an endpoint with ears and a voice.
type side struct {
	*bench
	audio   *media.Engine
	dir     string
	records int
}

func newSide(t *testing.T, change func(*Options)) *side {
	t.Helper()
	s := &side{dir: t.TempDir()}
	var b *bench
	audio, err := media.New(media.Options{
		PortLow: 20000, PortHigh: 39999, BindIP: netip.MustParseAddr("127.0.0.1"), DataDir: s.dir, Sounds: tones{},
		Tell: func(ev core.Event) { b.news <- ev },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(audio.Close)
	b = newBench(t, func(o *Options) { slow(o); o.Media = audio; change(o) })
	s.bench, s.audio = b, audio
	return s
}

// says begins a tone on a leg.
func (s *side) says(leg core.LegID, hz int) {
	s.audio.Do(core.Order{Effect: core.Play{Leg: leg, Play: "ply_t", Sounds: []core.SoundID{core.SoundID(fmt.Sprintf("snd_%d", hz))}, Loop: true}})
}

// hears records the leg for a while and tells how much of what came is a tone.
func (s *side) hears(leg core.LegID, hz float64) float64 {
	s.t.Helper()
	s.records++
	id := core.RecordID(fmt.Sprint("rec_", s.records))
	s.audio.Do(core.Order{Effect: core.Record{Leg: leg, Record: id, Longest: 700 * time.Millisecond}})
	next[core.RecordEnded](s.bench)
	f, err := os.Open(filepath.Join(s.dir, "voice", string(id)+".wav"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	a, err := sound.ReadWAV(f, sound.Limits{})
	if err != nil {
		s.t.Fatal(err)
	}
	pcm := a.PCM[len(a.PCM)/2:]
	// Piece by piece: where a jitter buffer has stretched the tone, its phase jumps.
	const piece = 640
	var tone, all float64
	for ; len(pcm) >= piece; pcm = pcm[piece:] {
		var re, im float64
		for i, x := range pcm[:piece] {
			w := 2 * math.Pi * hz * float64(i) / 16000
			re, im, all = re+float64(x)*math.Cos(w), im+float64(x)*math.Sin(w), all+float64(x)*float64(x)
		}
		tone += 2 * (re*re + im*im) / piece
	}
	if all == 0 {
		return 0
	}
	return tone / all
}

// settled waits until no offer of the leg, or to it, is under way.
func (s *side) settled(id core.LegID) {
	s.t.Helper()
	for end, busy := time.After(10*time.Second), true; busy; {
		got := make(chan bool, 1)
		s.on(id, func(_ *lane, g *leg) { got <- g.offering != nil || g.wait != nil })
		select {
		case busy = <-got:
		case <-end:
			s.t.Fatal("an offer was not answered")
		}
	}
}

// pair are two offices with a trunk to each other, over TLS.
func pair(t *testing.T, srtp, theirs string) (us, them *side) {
	t.Helper()
	conf, pool := certificate(t, "127.0.0.1")
	both := func(o *Options) {
		o.Secure, o.TLS = "127.0.0.1:0", conf
		o.Roots = func(core.TrunkID) (*x509.CertPool, error) { return pool, nil }
	}
	us, them = newSide(t, both), newSide(t, both)
	at := func(s *side, id, srtp string) plan.Trunk {
		w := way(id, netip.MustParseAddrPort(s.SecureAddr()))
		w.Transport, w.SRTP, w.From = "tls", srtp, []string{"127.0.0.1"}
		return w
	}
	us.SetTrunks([]plan.Trunk{at(them, "trk_them", srtp)}, "FR")
	them.SetTrunks([]plan.Trunk{at(us, "trk_us", theirs)}, "FR")
	return us, them
}

func TestSecureCall(t *testing.T) {
	t.Parallel()
	us, them := pair(t, "required", "offered")
	dialOut(us.bench)
	came := next[core.CallCame](them.bench)
	if came.Trunk != "trk_us" || came.To != "+33145000001" {
		t.Errorf("%+v", came)
	}
	// Early media is heard before the answer.
	them.do(core.Early{Leg: came.Leg})
	next[core.LegRang](us.bench)
	them.says(came.Leg, 440)
	us.says(outLeg, 1000)
	if x := us.hears(outLeg, 440); x < 0.5 {
		t.Errorf("before the answer %.2f of what came is the tone", x)
	}
	them.do(core.Answer{Leg: came.Leg})
	next[core.LegUp](us.bench)
	next[core.LegUp](them.bench)
	if x := them.hears(came.Leg, 1000); x < 0.5 {
		t.Errorf("they hear %.2f", x)
	}
	d, _ := us.Dialog(outLeg)
	if !d.Stream || !d.TLS || d.Trunk != "trk_them" || d.Audio.Secure.Suite != media.Suite80 || d.Audio.Secure.Ours == d.Audio.Secure.Theirs {
		t.Errorf("%+v", d.Audio)
	}
	var back Dialog
	if raw, err := json.Marshal(d); err != nil || json.Unmarshal(raw, &back) != nil || back.Audio.Secure != d.Audio.Secure {
		t.Errorf("%+v", back.Audio)
	}
	// A re-INVITE leaves the keys and what is behind them as they are.
	for _, offer := range []func(*leg){(*leg).reoffer, func(g *leg) { g.hold(true) }, func(g *leg) { g.hold(false) }} {
		us.on(outLeg, func(_ *lane, g *leg) { offer(g) })
		us.settled(outLeg)
	}
	if d2, _ := us.Dialog(outLeg); d2.Audio.Secure != d.Audio.Secure || d2.Audio.Version != 4 {
		t.Errorf("%+v", d2.Audio)
	}
	if x := them.hears(came.Leg, 1000); x < 0.5 {
		t.Errorf("after the re-INVITE they hear %.2f", x)
	}
	if x := us.hears(outLeg, 440); x < 0.5 {
		t.Errorf("after the re-INVITE we hear %.2f", x)
	}
	if n := us.audio.Stats().Dropped["forged"] + them.audio.Stats().Dropped["forged"]; n != 0 {
		t.Errorf("%d packets could not be opened", n)
	}
	// One connection carried it all.
	us.streams.mu.Lock()
	if n := len(us.streams.all); n != 1 {
		t.Errorf("%d connections", n)
	}
	us.streams.mu.Unlock()
	us.do(core.Drop{Leg: outLeg, Cause: core.Cause{Why: core.Ended}})
	next[core.LegGone](them.bench)
}

func TestSRTPRules(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		ours, theirs string
		code         int
		secure       bool
	}{
		{"offered", "required", 0, true},
		{"offered", "off", 0, false}, // refused once, then plain
		{"off", "offered", 0, false},
		{"off", "required", 488, false},
		{"required", "off", 488, false},
	} {
		t.Run(x.ours+" "+x.theirs, func(t *testing.T) {
			t.Parallel()
			us, them := pair(t, x.ours, x.theirs)
			dialOut(us.bench)
			if x.code != 0 {
				if g := next[core.LegGone](us.bench); g.Cause.Code != x.code {
					t.Errorf("%+v", g.Cause)
				}
				return
			}
			them.do(core.Answer{Leg: next[core.CallCame](them.bench).Leg})
			next[core.LegUp](us.bench)
			if d, _ := us.Dialog(outLeg); (d.Audio.Secure.Suite != "") != x.secure {
				t.Errorf("%+v", d.Audio)
			}
		})
	}
}

func TestWrongNameInACertificate(t *testing.T) {
	t.Parallel()
	conf, pool := certificate(t, "elsewhere.example")
	b := newBench(t, func(o *Options) {
		slow(o)
		o.Roots = func(core.TrunkID) (*x509.CertPool, error) { return pool, nil }
	})
	far := newBench(t, func(o *Options) { slow(o); o.Secure, o.TLS = "127.0.0.1:0", conf })
	w := way("trk_far", netip.MustParseAddrPort(far.SecureAddr()))
	w.Transport = "tls"
	b.SetTrunks([]plan.Trunk{w}, "FR")
	dialOut(b)
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable {
		t.Errorf("%+v", g.Cause)
	}
	if s := b.Trunks()[0]; s.Failed != 1 || s.Channels != 0 {
		t.Errorf("%+v", s)
	}
}

// Keys as RFC 4568 writes them, and such that we must not take.
func TestParseCrypto(t *testing.T) {
	t.Parallel()
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 30)))
	for v, ok := range map[string]bool{
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key:                       true,
		"2 AES_CM_128_HMAC_SHA1_32 inline:" + key + "|2^20":             true,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key + "|2^20 WSH=128":     true,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key + "|2^20|1:4":         false,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key + " UNENCRYPTED_SRTP": false,
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key + ";inline:" + key:    false,
		"1 AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQ=":                     false,
		"1 F8_128_HMAC_SHA1_80 inline:" + key:                           false,
		"x AES_CM_128_HMAC_SHA1_80 inline:" + key:                       false,
		"":                            false,
		"1 AES_CM_128_HMAC_SHA1_80":   false,
		"1 AES_CM_128_HMAC_SHA1_80 x": false,
	} {
		if _, got := parseCrypto(v); got != ok {
			t.Errorf("%q: %v", v, got)
		}
	}
}
