package sip

import (
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// way is a trunk that leads to the address.
func way(id string, at netip.AddrPort) plan.Trunk {
	return plan.Trunk{ID: core.TrunkID(id), Name: id, Host: at.Addr().String(), Port: int(at.Port()), Ping: -1}
}

// newTrunks is an endpoint with a trunk to each of n wires.
func newTrunks(t *testing.T, n int, change func(*Options)) (*bench, []*wire) {
	t.Helper()
	b := newBench(t, change)
	var list []plan.Trunk
	var wires []*wire
	for i := range n {
		w := newWire(t, b.Addr(), 0)
		wires = append(wires, w)
		list = append(list, way("trk_"+string(rune('a'+i)), netip.MustParseAddrPort(w.host())))
	}
	b.SetTrunks(list, "FR")
	return b, wires
}

// patient timers, but for a trunk that says nothing.
func impatient(o *Options) { slow(o); o.Timers.Trunk = 50 * time.Millisecond }

func dialOut(b *bench) {
	b.do(core.Dial{Leg: outLeg, Number: "+33145000001", From: core.Party{Number: "+33100000000", Name: "Belfry"}, Codec: "PCMA"})
}

func TestNumberOut(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 1, slow)
	dialOut(b)
	m := w[0].request("INVITE")
	host := netip.MustParseAddrPort(w[0].host()).Addr().String()
	if m.uri != "sip:+33145000001@"+w[0].host() || m.from.uri != "sip:+33100000000@"+host || m.from.display != "Belfry" {
		t.Errorf("%s", m.raw)
	}
	if m.value(hAssertedIdentity) != "<sip:+33100000000@"+host+">" || m.value(hPrivacy) != "" {
		t.Errorf("%s", m.raw)
	}
	if s, f := parseSDP(m.body); f != nil || s.codecs[0].codec != "PCMA" {
		t.Errorf("%v %v", s, f)
	}
	w[0].reply(m, 183, "a", "", plainSDP)
	if r := next[core.LegRang](b); !r.Early {
		t.Errorf("%+v", r)
	}
	w[0].reply(m, 200, "a", "", plainSDP)
	w[0].request("ACK")
	next[core.LegUp](b)
	b.do(core.Drop{Leg: outLeg, Cause: core.Cause{Why: core.Ended}})
	w[0].reply(w[0].request("BYE"), 200, "", "", "")
	next[core.LegGone](b)
	if used := b.trunks()[0].load.now(); used != 0 || len(b.Check()) > 0 {
		t.Errorf("%d channels in use, %v", used, b.Check())
	}
}

func TestAnonymousNumberOut(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 1, slow)
	b.do(core.Dial{Leg: outLeg, Number: "112", From: core.Party{Number: "+33100000000", Anonymous: true}})
	m := w[0].request("INVITE")
	if m.uri != "sip:112@"+w[0].host() || m.from.uri != "sip:anonymous@anonymous.invalid" || m.value(hPrivacy) != "id" ||
		!strings.HasPrefix(m.value(hAssertedIdentity), "<sip:+33100000000@") {
		t.Errorf("%s", m.raw)
	}
}

func TestTheNextTrunkIsTried(t *testing.T) {
	t.Parallel()
	for _, status := range []int{500, 502, 503, 504, 408} {
		b, w := newTrunks(t, 2, slow)
		dialOut(b)
		first := w[0].request("INVITE")
		w[0].reply(first, 100, "", "", "")
		w[0].reply(first, status, "a", "", "")
		w[0].request("ACK")
		second := w[1].request("INVITE")
		if second.callID == first.callID || second.uri != "sip:+33145000001@"+w[1].host() {
			t.Errorf("%s", second.raw)
		}
		w[1].reply(second, 200, "b", "", plainSDP)
		next[core.LegUp](b)
	}
}

// TestATrunkRests: one that asks to be left alone is, and the next is called at once.
func TestATrunkRests(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 2, slow)
	dialOut(b)
	m := w[0].request("INVITE")
	w[0].reply(m, 503, "a", "Retry-After: 120 (maintenance);duration=60\r\n", "")
	w[0].request("ACK")
	w[1].reply(w[1].request("INVITE"), 486, "b", "", "")
	next[core.LegGone](b)
	dialOut(b)
	w[1].reply(w[1].request("INVITE"), 486, "b", "", "")
	next[core.LegGone](b)
	w[0].silent()
}

// TestRedirected: whoever redirects a call could have us call at our expense, so it
// is refused, in words.
func TestRedirected(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 2, slow)
	dialOut(b)
	w[0].reply(w[0].request("INVITE"), 302, "a", "Contact: <sip:+19005550100@"+w[1].host()+">\r\n", "")
	if g := next[core.LegGone](b); g.Cause.Code != 302 || g.Cause.Why != core.Unreachable || g.Cause.Reason != "redirected, which is not followed" {
		t.Errorf("%+v", g.Cause)
	}
	w[1].silent()
}

// TestAccountInFrom: some trunks look there for who pays.
func TestAccountInFrom(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 1, slow)
	set := way("trk_1", netip.MustParseAddrPort(w[0].host()))
	set.Login, set.Secret, set.AccountInFrom = "firm 7@carrier.example", "s", true
	b.SetTrunks([]plan.Trunk{set}, "FR")
	dialOut(b)
	m := w[0].request("INVITE")
	host := netip.MustParseAddrPort(w[0].host()).Addr().String()
	if m.from.uri != "sip:firm%207@carrier.example" || m.value(hAssertedIdentity) != "<sip:+33100000000@"+host+">" {
		t.Errorf("%s", m.raw)
	}
}

func TestWhatTheFarEndSaysIsFinal(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 480, 486, 488, 600, 603} {
		b, w := newTrunks(t, 2, slow)
		dialOut(b)
		w[0].reply(w[0].request("INVITE"), status, "a", "", "")
		if g := next[core.LegGone](b); g.Cause.Code != status {
			t.Errorf("%+v", g.Cause)
		}
		w[1].silent()
	}
	b, w := newTrunks(t, 2, slow)
	dialOut(b)
	m := w[0].request("INVITE")
	w[0].reply(m, 180, "a", "", "")
	next[core.LegRang](b)
	w[0].reply(m, 503, "a", "", "") // it rang: not the trunk's fault
	if g := next[core.LegGone](b); g.Cause.Code != 503 {
		t.Errorf("%+v", g.Cause)
	}
}

// A trunk that says nothing is left; when it wakes up after all, it is told so.
func TestATrunkThatSaysNothing(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 2, impatient)
	dialOut(b)
	first := w[0].request("INVITE")
	second := w[1].request("INVITE")
	w[1].reply(second, 180, "b", "", "")
	next[core.LegRang](b)
	w[0].reply(first, 180, "a", "", "")
	c := w[0].request("CANCEL")
	w[0].reply(c, 200, "a", "", "")
	w[0].reply(first, 200, "a", "", plainSDP)
	w[0].request("ACK")
	w[0].reply(w[0].request("BYE"), 200, "", "", "")
	w[1].reply(second, 200, "b", "", plainSDP)
	w[1].request("ACK")
	next[core.LegUp](b)
	if broken := b.Check(); len(broken) > 0 {
		t.Error(broken)
	}
}

func TestNoTrunk(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 1, impatient)
	dialOut(b)
	w[0].request("INVITE")
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable || g.Cause.Code != 408 {
		t.Errorf("%+v", g.Cause)
	}
	b.SetTrunks(nil, "FR")
	dialOut(b)
	if g := next[core.LegGone](b); g.Cause != (core.Cause{Why: core.Unreachable, Code: 503, Reason: "no trunk"}) {
		t.Errorf("%+v", g.Cause)
	}
}

func TestChannelsAndRate(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 2, slow)
	list := []plan.Trunk{b.trunks()[0].set, b.trunks()[1].set}
	list[0].Channels, list[1].Rate = 1, 1
	b.SetTrunks(list, "FR")
	for i, want := range []int{0, 1} {
		b.do(core.Dial{Leg: core.LegID("leg_sN" + string(rune('0'+i))), Number: "+33145000001"})
		w[want].request("INVITE")
	}
	b.do(core.Dial{Leg: "leg_sN2", Number: "+33145000001"})
	if g := next[core.LegGone](b); g.Cause.Reason != "no trunk" {
		t.Errorf("%+v", g.Cause)
	}
	k := w[0].talk()
	k.send("INVITE", "", plainSDP) // its one channel is taken
	if m := k.until(503); m.value(hRetryAfter) == "" {
		t.Errorf("%s", m.raw)
	}
}

func TestWhoseCallsTheyAre(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 2, func(o *Options) { o.Trunks = nil })
	list := []plan.Trunk{b.trunks()[0].set, b.trunks()[1].set}
	list[1].Announce, list[1].Codecs = true, []string{"G722", "PCMA"}
	b.SetTrunks(list, "FR")
	k := w[1].talk()
	k.send("INVITE", "P-Asserted-Identity: <sip:+33777000001@x>\r\n", plainSDP)
	came := next[core.CallCame](b)
	if came.Trunk != "trk_b" || !came.Announce || came.From.Number != "+33777000001" || came.Codec != "PCMA" {
		t.Errorf("%+v", came)
	}
	stranger := newWire(t, b.Addr(), 0)
	k = stranger.talk()
	k.send("INVITE", "P-Asserted-Identity: <sip:+33777000001@x>\r\n", plainSDP)
	if came = next[core.CallCame](b); came.Trunk != "local" || came.From.Number != "+33612345678" {
		t.Errorf("%+v", came)
	}
	away := netip.MustParseAddrPort("192.0.2.77:5060")
	if _, ok := b.source(away); ok {
		t.Error("a stranger has a trunk")
	}
	list[0].From = []string{"192.0.2.0/24"}
	b.SetTrunks(list, "FR")
	if tr, ok := b.source(away); !ok || tr.Name != "trk_a" || !tr.Trusted {
		t.Errorf("%+v", tr)
	}
	if !slices.ContainsFunc(b.trunks(), func(x *trunk) bool { return x.set.ID == "trk_b" && x.load.now() == 1 }) {
		t.Error("the calls of a trunk that stays are not counted any more")
	}
}

// A far end that knows no telephone-event is told of keys by INFO, one after the
// other.
func TestKeysByInfo(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 1, slow)
	set := b.trunks()[0].set
	set.DigitsByInfo = true
	b.SetTrunks([]plan.Trunk{set}, "FR")
	dialOut(b)
	m := w[0].request("INVITE")
	w[0].reply(m, 200, "a", "", strings.NewReplacer(" 101", "", "a=rtpmap:101 telephone-event/8000\r\n", "").Replace(plainSDP))
	next[core.LegUp](b)
	b.opts.Media.Do(core.Order{Effect: core.SendDigits{Leg: outLeg, Digits: "4#"}})
	for _, key := range []string{"4", "#"} {
		info := w[0].request("INFO")
		if !strings.HasPrefix(info.body, "Signal="+key+"\r\n") {
			t.Errorf("%s", info.raw)
		}
		w[0].reply(info, 200, "", "", "")
	}
}

// Behind a NAT, all that we write has the public address; where nobody has set
// it, the trunk's word is a hint.
func TestPublicAddress(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	b := newBench(t, func(o *Options) {
		slow(o)
		o.PublicIP = "192.0.2.10"
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	w := newWire(t, b.Addr(), 0)
	set := way("trk_far", netip.MustParseAddrPort(w.host()))
	set.Ping = 0
	b.SetTrunks([]plan.Trunk{set}, "FR")
	ping := w.request("OPTIONS")
	for i, h := range ping.hdrs {
		if h.id == hVia {
			ping.hdrs[i].value += ";received=203.0.113.9"
		}
	}
	w.reply(ping, 200, "a", "", "")
	w.silent()
	dialOut(b)
	m := w.request("INVITE")
	if m.via.host != "192.0.2.10" || !m.via.rport || !strings.HasPrefix(m.value(hContact), "<sip:192.0.2.10:") {
		t.Errorf("%s", m.raw)
	}
	b.Close() // the log is whole
	if text := log.String(); !strings.Contains(text, "203.0.113.9") || !strings.Contains(text, "public-ip") {
		t.Errorf("%s", text)
	}
}
