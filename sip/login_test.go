package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"

	"belfry/core"
	"belfry/core/plan"
)

// secrets has the one secret that the tests' trunks name.
func secrets(o *Options) {
	slow(o)
	o.Password = func(name string) (string, error) {
		if name != "far" {
			return "", errors.New("no such secret")
		}
		return "sesame", nil
	}
}

// newLogin is an endpoint with one trunk that wants proof.
func newLogin(t *testing.T, change func(*plan.Trunk)) (*bench, *wire) {
	t.Helper()
	b := newBench(t, secrets)
	w := newWire(t, b.Addr(), 0)
	set := way("trk_far", netip.MustParseAddrPort(w.host()))
	set.Login, set.Secret = "belfry7", "far"
	if change != nil {
		change(&set)
	}
	b.SetTrunks([]plan.Trunk{set}, "FR")
	return b, w
}

// challenge is a header that asks for proof.
func challenge(proxy bool, algorithm, nonce, more string) string {
	name := "WWW-Authenticate"
	if proxy {
		name = "Proxy-Authenticate"
	}
	if algorithm != "" {
		algorithm = ", algorithm=" + algorithm
	}
	return fmt.Sprintf("%s: Digest realm=\"far\", nonce=\"%s\"%s, qop=\"auth,auth-int\"%s\r\n", name, nonce, algorithm, more)
}

// proofIn checks the proof in a request and gives it.
func proofIn(t *testing.T, m *message, proxy bool, nonce string) *digest.Credentials {
	t.Helper()
	name := "Authorization"
	if proxy {
		name = "Proxy-Authorization"
	}
	for _, h := range m.hdrs {
		if h.name != name {
			continue
		}
		c, err := digest.ParseCredentials(h.value)
		if err != nil {
			t.Fatal(err)
		}
		want, err := digest.Digest(&digest.Challenge{Realm: c.Realm, Nonce: c.Nonce, Algorithm: c.Algorithm, QOP: []string{c.QOP}, Opaque: c.Opaque},
			digest.Options{Method: m.method, URI: m.uri, Username: "belfry7", Password: "sesame", Count: c.Nc, Cnonce: c.Cnonce})
		if err != nil {
			t.Fatal(err)
		}
		if c.Response != want.Response || c.URI != m.uri || c.Nonce != nonce || c.Username != "belfry7" {
			t.Errorf("wrong proof %+v in\n%s", c, m.raw)
		}
		return c
	}
	t.Fatalf("no %s in\n%s", name, m.raw)
	return nil
}

func TestINVITEWithProof(t *testing.T) {
	t.Parallel()
	for _, proxy := range []bool{false, true} {
		status := map[bool]int{false: 401, true: 407}[proxy]
		b, w := newLogin(t, nil)
		dialOut(b)
		first := w.request("INVITE")
		if strings.Contains(first.raw, "uthorization") {
			t.Errorf("%s", first.raw)
		}
		// The stronger of two is answered.
		w.reply(first, status, "a", challenge(proxy, "MD5", "weak", "")+challenge(proxy, "SHA-256", "n1", ", opaque=\"o\""), "")
		ack, second := w.request("ACK"), w.request("INVITE")
		if ack.via.branch != first.via.branch || second.via.branch == first.via.branch || second.cseq != first.cseq+1 ||
			second.callID != first.callID || second.from.tag != first.from.tag || second.body != first.body || second.to.tag != "" {
			t.Errorf("%s", second.raw)
		}
		if c := proofIn(t, second, proxy, "n1"); c.Algorithm != "SHA-256" || c.Nc != 1 || c.Opaque != "o" {
			t.Errorf("%+v", c)
		}
		w.reply(second, 200, "b", "", plainSDP)
		if ack = w.request("ACK"); !strings.Contains(ack.raw, `nonce="n1"`) || ack.cseq != second.cseq {
			t.Errorf("%s", ack.raw)
		}
		next[core.LegUp](b)
		// The BYE is asked too, with a nonce that has run out meanwhile.
		b.do(core.Drop{Leg: outLeg, Cause: core.Cause{Why: core.Ended}})
		bye := w.request("BYE")
		if c := proofIn(t, bye, proxy, "n1"); c.Nc != 2 {
			t.Errorf("%+v", c)
		}
		w.reply(bye, status, "", challenge(proxy, "SHA-256", "n2", ", stale=true"), "")
		again := w.request("BYE")
		proofIn(t, again, proxy, "n2")
		if again.cseq != bye.cseq+1 {
			t.Errorf("%s", again.raw)
		}
		w.reply(again, 200, "", "", "")
		next[core.LegGone](b)
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	b, w := newLogin(t, nil)
	dialOut(b)
	w.reply(w.request("INVITE"), 401, "a", challenge(false, "", "n1", ""), "")
	w.request("ACK")
	w.reply(w.request("INVITE"), 401, "a", challenge(false, "", "n2", ""), "")
	w.request("ACK")
	if g := next[core.LegGone](b); g.Cause.Code != 401 {
		t.Errorf("%+v", g.Cause)
	}
	w.silent()
}

// A far end that is no trunk of ours learns nothing.
func TestNobodyElseIsToldThePassword(t *testing.T) {
	t.Parallel()
	b, w := newLogin(t, nil)
	stranger := newWire(t, b.Addr(), 0)
	b.do(core.Dial{Leg: outLeg, To: "sip:x@" + stranger.host()})
	stranger.reply(stranger.request("INVITE"), 401, "a", challenge(false, "", "n1", ""), "")
	stranger.request("ACK")
	next[core.LegGone](b)
	stranger.silent()
	// Nor does one that a call of the trunk was led to.
	dialOut(b)
	w.reply(w.request("INVITE"), 401, "a", challenge(false, "", "n1", ""), "")
	w.request("ACK")
	m := w.request("INVITE")
	w.reply(m, 200, "a", "", plainSDP)
	w.request("ACK")
	next[core.LegUp](b)
	stranger.within(m, "INFO", "a", 9, "", "")
	stranger.until(200)
	b.do(core.Drop{Leg: outLeg, Cause: core.Cause{Why: core.Ended}})
	bye := stranger.request("BYE")
	if strings.Contains(bye.raw, "uthorization") {
		t.Errorf("%s", bye.raw)
	}
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	b, w := newLogin(t, func(set *plan.Trunk) { set.Register = true })
	m := w.request("REGISTER")
	host := netip.MustParseAddrPort(w.host()).Addr().String()
	if m.uri != "sip:"+w.host() || m.from.uri != "sip:belfry7@"+host || m.to.uri != m.from.uri || m.value(hExpires) != "3600" ||
		!strings.HasPrefix(m.value(hContact), "<sip:trk_far@") {
		t.Errorf("%s", m.raw)
	}
	if s := b.Trunks()[0]; s.Up || s.Registered {
		t.Errorf("%+v", s)
	}
	w.reply(m, 401, "a", challenge(false, "", "n1", ""), "")
	m = w.request("REGISTER")
	proofIn(t, m, false, "n1")
	w.reply(m, 423, "a", "Min-Expires: 7200\r\n", "")
	m = w.request("REGISTER")
	if m.value(hExpires) != "7200" || proofIn(t, m, false, "n1").Nc != 2 {
		t.Errorf("%s", m.raw)
	}
	w.reply(m, 200, "a", "Expires: 7200\r\n", "")
	w.handled(t, b)
	if s := b.Trunks()[0]; !s.Up || !s.Registered || s.Error != "" || s.Answers[Answer{"REGISTER", 200}] != 1 || s.Answers[Answer{"REGISTER", 423}] != 1 {
		t.Errorf("%+v", s)
	}
	// A call by it names us where the number should stand.
	k := w.talk()
	k.target = "sip:trk_far@" + b.Addr().String()
	k.send("INVITE", "Diversion: <sip:+33199000001@x>;reason=no-answer, <sip:+33199000002@x>\r\n", plainSDP)
	if came := next[core.CallCame](b); came.To != "+33100000000" || came.Trunk != "trk_far" || came.Forwarded != "+33199000001" {
		t.Errorf("%+v", came)
	}
	b.SetTrunks(nil, "FR")
	if m = w.request("REGISTER"); m.value(hExpires) != "0" {
		t.Errorf("%s", m.raw)
	}
	w.reply(m, 200, "a", "", "")
}

// handled waits until what was sent before has been handled.
func (w *wire) handled(t *testing.T, b *bench) {
	t.Helper()
	w.silent()
	b.ask(func(*lane) {})
}

func TestRegistrationThatFails(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options) { secrets(o); o.Timers.Register = 20 * time.Millisecond })
	w := newWire(t, b.Addr(), 0)
	set := way("trk_far", netip.MustParseAddrPort(w.host()))
	set.Login, set.Secret, set.Register = "belfry7", "far", true
	b.SetTrunks([]plan.Trunk{set}, "FR")
	for range 3 {
		w.reply(w.request("REGISTER"), 403, "a", "", "")
	}
	m := w.request("REGISTER")
	if s := b.Trunks()[0]; s.Up || !strings.Contains(s.Error, "403") {
		t.Errorf("%+v", s)
	}
	dialOut(b)
	if g := next[core.LegGone](b); g.Cause.Reason != "no trunk" {
		t.Errorf("%+v", g.Cause)
	}
	w.reply(m, 200, "a", "Contact: <sip:trk_far@x>;expires=1\r\n", "") // refreshed before it lapses
	m = w.request("REGISTER")
	w.reply(m, 200, "a", "", "")
}

func TestPing(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options) {
		slow(o)
		o.Timers.TrunkPing, o.Timers.Trunk = 60*time.Millisecond, 100*time.Millisecond
	})
	w := newWire(t, b.Addr(), 0)
	set := way("trk_far", netip.MustParseAddrPort(w.host()))
	set.Ping = 0
	b.SetTrunks([]plan.Trunk{set}, "FR")
	m := w.request("OPTIONS")
	if m.uri != "sip:"+w.host() || !b.Trunks()[0].Up {
		t.Errorf("%s", m.raw)
	}
	w.reply(m, 404, "a", "", "") // whoever says no is there
	w.reply(w.request("OPTIONS"), 503, "a", "", "")
	w.request("OPTIONS") // no answer
	for b.Trunks()[0].Up {
		w.readAny() // it goes on to ask
	}
	for !b.Trunks()[0].Up {
		w.reply(w.request("OPTIONS"), 200, "a", "", "")
	}
}

// Two endpoints, one of which wants proof of the calls of the other.
func TestCallsInAreChallenged(t *testing.T) {
	t.Parallel()
	us, them := newBench(t, secrets), newBench(t, secrets)
	out, in := way("trk_them", them.Addr()), way("trk_us", us.Addr())
	out.Login, out.Secret = "belfry7", "far"
	in.Login, in.Secret, in.Challenge = "belfry7", "far", true
	us.SetTrunks([]plan.Trunk{out}, "FR")
	them.SetTrunks([]plan.Trunk{in}, "FR")
	dialOut(us)
	came := next[core.CallCame](them)
	if came.Trunk != "trk_us" || came.From.Number != "+33100000000" {
		t.Errorf("%+v", came)
	}
	them.do(core.Answer{Leg: came.Leg})
	next[core.LegUp](us)
	// A wrong password is refused, and no trunk is asked twice.
	in.Secret = "other"
	them.SetTrunks([]plan.Trunk{in}, "FR")
	us.do(core.Dial{Leg: "leg_sTWO", Number: "+33145000002"})
	if g := next[core.LegGone](us); g.Cause.Code != 403 {
		t.Errorf("%+v", g.Cause)
	}
	if s := them.Trunks()[0]; !strings.Contains(s.Error, "did not prove") {
		t.Errorf("%+v", s)
	}
}

// A call that may only go to some classes of numbers goes to no other: here no
// trunk hears of it.
func TestDialsOnlyTheClassesNamed(t *testing.T) {
	t.Parallel()
	us, them := newBench(t, secrets), newBench(t, secrets)
	us.SetTrunks([]plan.Trunk{way("trk_them", them.Addr())}, "FR")
	allowed := []core.NumberClass{core.ClassNational, core.ClassMobile}
	for i, dear := range []string{"+33899123456", "+447700900123", "+88213000001", "+331"} {
		us.do(core.Dial{Leg: core.LegID(fmt.Sprint("leg_s", i)), Number: dear, Classes: allowed})
		if g := next[core.LegGone](us); g.Cause.Why != core.Refused || g.Cause.Reason != "class" {
			t.Errorf("%s: %+v", dear, g.Cause)
		}
	}
	us.do(core.Dial{Leg: "leg_sHOME", Number: "+33145000001", Classes: allowed})
	came := next[core.CallCame](them)
	if came.To != "+33145000001" {
		t.Errorf("%+v", came)
	}
	them.do(core.Answer{Leg: came.Leg})
	if up := next[core.LegUp](us); up.Class != core.ClassNational { // what it costs is counted by it
		t.Errorf("%+v", up)
	}
}
