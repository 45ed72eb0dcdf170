package sip

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"belfry/core"
	"belfry/core/plan"
)

// replacesOf is the header that names the dialog of a leg that rings or talks at
// who has the tag.
func replacesOf(t *testing.T, b *bench, leg core.LegID, theirs string) string {
	t.Helper()
	d, ok := b.Dialog(leg)
	if !ok {
		t.Fatalf("there is no leg %s", leg)
	}
	return fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\r\n", d.CallID, d.LocalTag, theirs)
}

// steps sends an INVITE with more headers, with proof where that is asked for,
// and gives its final response.
func (h *handset) steps(extra, sdp string) *message {
	h.t.Helper()
	h.ask("INVITE", "sip:x", "sip:x@x", h.contact()+extra, sdp)
	m := h.answer()
	if m.status == 401 {
		h.challenged(m)
		h.ask("INVITE", "sip:x", "sip:x@x", h.contact()+extra, sdp)
		m = h.answer()
	}
	return m
}

// inside sends a request in the dialog that a 200 has opened.
func (h *handset) inside(ok *message, method string, cseq uint32, sdp string) {
	kind := ""
	if sdp != "" {
		kind = "Contact: " + h.at() + "\r\nContent-Type: application/sdp\r\n"
	}
	h.send(fmt.Sprintf("%s sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n%sContent-Length: %d\r\n\r\n%s",
		method, h.host(), rand.Uint64(), ok.value(hFrom), ok.value(hTo), ok.callID, cseq, method, kind, len(sdp), sdp))
}

// quietly says that nothing was told that is not in the list.
func quietly(t *testing.T, b *bench) {
	t.Helper()
	for len(b.news) > 0 {
		switch ev := (<-b.news).(type) {
		case core.StationUp, core.StationGone:
		default:
			t.Errorf("the floor was told %T %+v", ev, ev)
		}
	}
}

// onLane gives the handset a Call-ID of this lane, or of another.
func (h *handset) onLane(b *bench, leg core.LegID, same bool) {
	for share(h.id, len(b.lanes)) == share(string(leg), len(b.lanes)) != same {
		h.id = fmt.Sprint("rep", rand.Uint64())
		if len(b.lanes) == 1 {
			return
		}
	}
}

// A call goes on at another phone of the same user, and at a third; neither the
// floor nor the other party is told anything until it ends.
func TestReplacesACallThatTalks(t *testing.T) {
	t.Parallel()
	for _, same := range []bool{true, false} {
		b, first, _ := talking(t)
		second, third := newWire(t, b.Addr(), 0).handset("201"), newWire(t, b.Addr(), 0).handset("201")
		second.onLane(b, "leg_sA", same)
		third.onLane(b, "leg_sA", !same)
		was, _ := b.Dialog("leg_sA")

		ok := second.steps("Require: replaces\r\n"+replacesOf(t, b, "leg_sA", "r"), strings.Replace(plainSDP, "4000", "4100", 1))
		if ok.status != 200 || !strings.Contains(ok.body, fmt.Sprintf("m=audio %d RTP/AVP 0", was.Audio.Local)) {
			t.Fatalf("%s", ok.raw)
		}
		bye := first.request("BYE")
		if !strings.Contains(bye.value(hReason), "cause=200") || bye.callID != was.CallID {
			t.Errorf("%s", bye.raw)
		}
		first.reply(bye, 200, "r", "", "")
		second.inside(ok, "ACK", ok.cseq, "")
		second.inside(ok, "INFO", ok.cseq+1, "")
		second.until(200)
		d, _ := b.Dialog("leg_sA")
		if d.CallID != second.id || !d.Incoming || !d.Up || d.User != "usr_ann" || d.Audio.Remote.Port() != 4100 || d.Audio.Local != was.Audio.Local {
			t.Errorf("%+v", d)
		}
		quietly(t, b)

		// A hold of the new phone is one, and the next phone takes the call off it.
		second.inside(ok, "INVITE", ok.cseq+2, strings.Replace(plainSDP, "a=ptime", "a=sendonly\r\na=ptime", 1))
		second.inside(second.until(200), "ACK", ok.cseq+2, "")
		if ev := next[core.LegHeld](b); !ev.Held || ev.Leg != "leg_sA" {
			t.Errorf("%+v", ev)
		}
		last := third.steps(replacesOf(t, b, "leg_sA", "h"), plainSDP)
		if last.status != 200 {
			t.Fatalf("%s", last.raw)
		}
		third.inside(last, "ACK", last.cseq, "")
		second.reply(second.request("BYE"), 200, "", "", "")
		if ev := next[core.LegHeld](b); ev.Held || ev.Leg != "leg_sA" {
			t.Errorf("%+v", ev)
		}
		// Who comes too late finds the dialog ended.
		if m := newWire(t, b.Addr(), 0).handset("201").steps(fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=r\r\n", was.CallID, was.LocalTag), plainSDP); m.status != 603 {
			t.Errorf("a dialog that was replaced: %d", m.status)
		}
		third.inside(last, "BYE", last.cseq+1, "")
		third.until(200)
		if g := next[core.LegGone](b); g.Leg != "leg_sA" || g.Cause.Why != core.HungUp {
			t.Errorf("%+v", g)
		}
		quietly(t, b)
		if broken := b.Check(); len(broken) > 0 || b.live.Load() != 0 {
			t.Error(broken, b.live.Load())
		}
	}
}

// The floor ends a call that went on elsewhere: the new phone is hung up, and
// what it says to that is heard, whatever lane its Call-ID belongs to.
func TestReplacedCallIsDropped(t *testing.T) {
	t.Parallel()
	b, first, _ := talking(t)
	h := newWire(t, b.Addr(), 0).handset("201")
	h.onLane(b, "leg_sA", false)
	// It has the offer come with the 200.
	ok := h.steps(replacesOf(t, b, "leg_sA", "r"), "")
	if ok.status != 200 || ok.body == "" {
		t.Fatalf("%s", ok.raw)
	}
	first.reply(first.request("BYE"), 200, "r", "", "")
	h.inside(ok, "ACK", ok.cseq, strings.Replace(plainSDP, "4000", "4200", 1))
	b.do(core.Drop{Leg: "leg_sA", Cause: core.Cause{Why: core.Ended}})
	bye := h.request("BYE")
	h.reply(bye, 200, "", "", "")
	next[core.LegGone](b)
	if broken := b.Check(); len(broken) > 0 {
		t.Error(broken)
	}
}

// A call that rings at two phones is taken at a third; so is one that rings at a
// fixed phone, whether or not it is only to be taken while it rings.
func TestReplacesACallThatRings(t *testing.T) {
	t.Parallel()
	for _, early := range []string{"", ";early-only"} {
		b, hs, invites := ringing(t, 2)
		hs[0].reply(invites[0], 180, "r0", "", "")
		next[core.LegRang](b)
		h := newWire(t, b.Addr(), 0).handset("201")
		of := fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=r0%s\r\n", invites[0].callID, invites[0].from.tag, early)
		ok := h.steps(of, plainSDP)
		if ok.status != 200 {
			t.Fatalf("%s", ok.raw)
		}
		cancel := hs[0].request("CANCEL")
		if !strings.Contains(cancel.value(hReason), "cause=200") {
			t.Errorf("%s", cancel.raw)
		}
		hs[0].reply(cancel, 200, "r0", "", "")
		hs[0].reply(invites[0], 487, "r0", "", "")
		hs[0].request("ACK")
		hs[1].reply(invites[1], 200, "r1", "", plainSDP) // too late
		hs[1].request("ACK")
		hs[1].reply(hs[1].request("BYE"), 200, "r1", "", "")
		h.inside(ok, "ACK", ok.cseq, "")
		if up := next[core.LegUp](b); up.Leg != "leg_sA" || up.Codec != "PCMU" {
			t.Errorf("%+v", up)
		}
		h.inside(ok, "BYE", ok.cseq+1, "")
		next[core.LegGone](b)
		if broken := b.Check(); len(broken) > 0 {
			t.Error(broken)
		}
	}
	b := newBench(t, withPhones)
	fixed := newWire(t, b.Addr(), 0)
	b.do(core.Dial{Leg: "leg_sA", Agent: "usr_ann", To: "sip:desk@" + fixed.host()})
	invite := fixed.request("INVITE")
	fixed.reply(invite, 180, "f", "", "")
	next[core.LegRang](b)
	h := newWire(t, b.Addr(), 0).handset("201")
	ok := h.steps(replacesOf(t, b, "leg_sA", "f"), plainSDP)
	if ok.status != 200 {
		t.Fatalf("%s", ok.raw)
	}
	fixed.reply(fixed.request("CANCEL"), 200, "f", "", "")
	fixed.reply(invite, 487, "f", "", "")
	fixed.request("ACK")
	h.inside(ok, "ACK", ok.cseq, "")
	next[core.LegUp](b)
	b.do(core.Drop{Leg: "leg_sA", Cause: core.Cause{Why: core.Ended}})
	h.reply(h.request("BYE"), 200, "", "", "")
	next[core.LegGone](b)
}

// The refusals of RFC 3891 §3, and those of ours.
func TestReplacesIsRefused(t *testing.T) {
	t.Parallel()
	b, h, send := talking(t)
	good := replacesOf(t, b, "leg_sA", "r")
	line := strings.TrimSuffix(good, "\r\n")
	for name, c := range map[string]struct {
		ext, extra string
		status     int
	}{
		"nothing by that name":   {"201", "Replaces: a;to-tag=1;from-tag=2\r\n", 481},
		"another's tag":          {"201", strings.Replace(good, "from-tag=r", "from-tag=x", 1), 481},
		"only while it rings":    {"201", line + ";early-only\r\n", 486},
		"another user's":         {"202", good, 481},
		"no tags":                {"201", "Replaces: a\r\n", 400},
		"twice":                  {"201", good + good, 400},
		"an unknown requirement": {"201", good + "Require: join\r\n", 420},
	} {
		if m := newWire(t, b.Addr(), 0).handset(c.ext).steps(c.extra, plainSDP); m.status != c.status {
			t.Errorf("%s: %d %s", name, m.status, m.reason)
		}
	}
	if m := newWire(t, b.Addr(), 0).handset("201").steps(good, strings.Replace(plainSDP, "RTP/AVP", "UDP/BFCP", 1)); m.status != 488 {
		t.Errorf("no audio: %d", m.status)
	}
	// From what is no colleague's.
	k := newWire(t, b.Addr(), 0).talk()
	k.send("INVITE", good, plainSDP)
	k.until(481)
	// In anything but an INVITE.
	for _, method := range []string{"OPTIONS", "MESSAGE"} {
		k = newWire(t, b.Addr(), 0).talk()
		k.send(method, good, "")
		k.until(400)
	}
	// A call that came in and is not answered is not ours to end.
	w := newWire(t, b.Addr(), 0).handset("201")
	w.ask("INVITE", "sip:202@x", "sip:202@x", w.contact(), plainSDP)
	w.challenged(w.answer())
	w.ask("INVITE", "sip:202@x", "sip:202@x", w.contact(), plainSDP)
	came := next[core.CallCame](b)
	if m := newWire(t, b.Addr(), 0).handset("201").steps(replacesOf(t, b, came.Leg, "h"), plainSDP); m.status != 481 {
		t.Errorf("a call that came and is not answered: %d", m.status)
	}
	quietly(t, b)
	// The call is as it was, and then over.
	d, _ := b.Dialog("leg_sA")
	if !strings.Contains(good, d.CallID) {
		t.Errorf("%+v", d)
	}
	send("BYE", "", "")
	h.until(200)
	next[core.LegGone](b)
	if m := newWire(t, b.Addr(), 0).handset("201").steps(good, plainSDP); m.status != 603 {
		t.Errorf("a call that is over: %d", m.status)
	}
}

// A trunk may put another dialog in place of one of its own, and of no other's.
func TestTrunkReplaces(t *testing.T) {
	t.Parallel()
	b, w := newTrunks(t, 2, slow)
	k := w[0].talk()
	leg := k.up(b)
	before := b.Trunks()[0].Channels
	of := replacesOf(t, b, leg, k.tag)
	other := w[1].talk()
	other.send("INVITE", of, plainSDP)
	other.until(481)
	again := w[0].talk()
	again.send("INVITE", of, plainSDP)
	again.until(200)
	again.send("ACK", "", "")
	if bye := w[0].request("BYE"); bye.callID != k.id {
		t.Errorf("%s", bye.raw)
	} else {
		w[0].reply(bye, 200, "", "", "")
	}
	if n := b.Trunks()[0].Channels; n != before {
		t.Errorf("%d channels, there were %d", n, before)
	}
	b.do(core.Drop{Leg: leg, Cause: core.Cause{Why: core.Ended}})
	if bye := w[0].request("BYE"); bye.callID != again.id {
		t.Errorf("%s", bye.raw)
	}
	if g := next[core.LegGone](b); g.Leg != leg {
		t.Errorf("%+v", g)
	}
	if n := b.Trunks()[0].Channels; n != before-1 {
		t.Errorf("%d channels are left in use", n)
	}
}

// The sound goes on at another phone: what is said to the first is not heard any
// more, over SRTP or not.
func TestReplacedCallIsHeard(t *testing.T) {
	t.Parallel()
	us := newSide(t, withPhones)
	one, two := newSide(t, asAnn), newSide(t, asAnn)
	one.SetTrunks([]plan.Trunk{phoneTrunk(us, "off")}, "FR")
	next[core.StationUp](us.bench)
	us.do(core.Dial{Leg: "leg_sA", Agent: "usr_ann", Phones: "usr_ann"})
	came := next[core.CallCame](one.bench)
	one.do(core.Answer{Leg: came.Leg})
	next[core.LegUp](us.bench)
	us.says("leg_sA", 440)
	one.says(came.Leg, 700)
	if x := us.hears("leg_sA", 700); x < 0.5 {
		t.Fatalf("at first %.2f of what we hear is the tone", x)
	}
	two.SetTrunks([]plan.Trunk{phoneTrunk(us, "required")}, "FR")
	d, _ := one.Dialog(came.Leg)
	far := core.LegID("leg_sTWO")
	l := two.laneOf(far)
	l.put(parcel{do: func() {
		way := two.trunks()[0]
		g := &leg{from: core.Party{Number: "201"}, trunk: way, login: way.login(), headers: []Header{{"Replaces", d.CallID + ";to-tag=" + d.RemoteTag + ";from-tag=" + d.LocalTag}}}
		g.d.Leg = far
		l.dial(g, way.uri("201"))
	}})
	next[core.LegUp](two.bench)
	next[core.LegGone](one.bench)
	two.says(far, 1000)
	if x := us.hears("leg_sA", 1000); x < 0.5 {
		t.Errorf("%.2f of what we hear is the second phone's tone", x)
	}
	if x := two.hears(far, 440); x < 0.5 {
		t.Errorf("%.2f of what the second phone hears is the tone", x)
	}
	if d, _ := us.Dialog("leg_sA"); d.Audio.Secure.Suite == "" {
		t.Errorf("%+v", d.Audio)
	}
	quietly(t, us.bench)
}

// asAnn has an endpoint know the password of ann's phones.
func asAnn(o *Options) { o.Password = func(string) (string, error) { return "demo-201", nil } }

// phoneTrunk is how it registers there.
func phoneTrunk(us *side, srtp string) plan.Trunk {
	w := way("trk_desk", netip.MustParseAddrPort(us.Addr().String()))
	w.SRTP, w.Register, w.Login, w.Secret = srtp, true, "201", "phone"
	return w
}
