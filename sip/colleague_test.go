package sip

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"belfry/core"
)

// contact is what an INVITE has to have.
func (h *handset) contact() string { return "Contact: " + h.at() + "\r\n" }

// invite calls, with proof, and gives the first answer to that.
func (h *handset) invite(to string) *message {
	h.t.Helper()
	uri := "sip:" + to + "@x"
	h.ask("INVITE", uri, uri, h.contact(), plainSDP)
	h.challenged(h.answer())
	h.ask("INVITE", uri, uri, h.contact(), plainSDP)
	for {
		if m := h.read(); !m.request() && int(m.cseq) == h.cseq {
			return m
		}
	}
}

func TestColleagueCalls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		to, told string
		class    core.NumberClass
	}{{"202", "202", ""}, {"0144001000", "+33144001000", core.ClassNational}, {"bob", "bob", ""}} {
		b, w := newPair(t, withPhones)
		if m := w.handset("201").invite(c.to); m.status != 100 {
			t.Errorf("%s: %d %s", c.to, m.status, m.reason)
		}
		came := next[core.CallCame](b)
		if came.User != "usr_ann" || came.From.Number != "201" || came.To != c.told || came.Class != c.class || came.Trunk != "" {
			t.Errorf("%+v", came)
		}
	}
}

// Who calls is who has proven it, whatever stands in From.
func TestColleagueWithSomebodyElsesName(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, withPhones)
	h := w.handset("201")
	h.ask("INVITE", "sip:202@x", "sip:202@x", h.contact()+"P-Asserted-Identity: <sip:210@x>\r\n", plainSDP)
	h.challenged(h.answer())
	h.cseq++
	head := "INVITE sip:202@x SIP/2.0\r\nVia: SIP/2.0/UDP " + h.host() + ";branch=z9hG4bKspoof\r\nFrom: \"The boss\" <sip:202@x>;tag=h\r\n" +
		"To: <sip:202@x>\r\nCall-ID: spoof\r\nCSeq: 2 INVITE\r\nMax-Forwards: 70\r\n" + h.contact() +
		"Authorization: " + h.credentials("INVITE", "sip:202@x") + "\r\nContent-Length: 0\r\n\r\n"
	h.send(head)
	if came := next[core.CallCame](b); came.User != "usr_ann" || came.From.Number != "201" {
		t.Errorf("%+v", came)
	}
}

// What says that it is a colleague and does not prove it calls nobody, and
// neither does what comes from a registered phone under another name. The rest
// of loopback is a trunk.
func TestUnprovenCalls(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, withPhones)
	h := w.handset("201")
	h.register(h.at(), "")
	for _, from := range []string{"201", "202", "203", "+33612345678", "anonymous"} {
		h.ext = from
		h.header = nil
		h.ask("INVITE", "sip:0144001000@x", "sip:0144001000@x", h.contact(), plainSDP)
		h.challenged(h.answer())
	}
	other := newWire(t, b.Addr(), 0)
	for from, status := range map[string]int{"201": 401, "203": 401, "+33612345678": 100, "999": 100} {
		h := other.handset(from)
		h.ask("INVITE", "sip:0144001000@x", "sip:0144001000@x", h.contact(), plainSDP)
		if m := h.read(); m.status != status {
			t.Errorf("from %s: %d", from, m.status)
		}
		if status == 100 {
			if came := next[core.CallCame](b); came.User != "" || came.To != "0144001000" || came.Class != "" || came.Trunk != "local" {
				t.Errorf("%+v", came)
			}
		}
	}
	if s := b.Stats(); s.Came != 2 {
		t.Errorf("%+v", s)
	}
}

func TestUnknownSourceIsChallenged(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) {
		withPhones(o)
		o.Trunks = func(netip.AddrPort) (Trunk, bool) { return Trunk{}, false }
	})
	for _, from := range []string{"201", "777", "+33612345678"} {
		h := w.handset(from)
		h.ask("INVITE", "sip:201@x", "sip:201@x", h.contact(), plainSDP)
		h.challenged(h.answer())
	}
	for _, method := range []string{"OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER", "PUBLISH"} {
		w.talk().send(method, "", "")
		if m := w.read(); m.status != 403 {
			t.Errorf("%s: %d", method, m.status)
		}
	}
	if s := b.Stats(); s.Came != 0 || s.Transactions != 0 {
		t.Errorf("%+v", s)
	}
}

// ringing registers n phones of ann's and rings them.
func ringing(t *testing.T, n int, change ...func(*Options)) (b *bench, hs []*handset, invites []*message) {
	t.Helper()
	b = newBench(t, func(o *Options) {
		withPhones(o)
		for _, f := range change {
			f(o)
		}
	})
	for range n {
		h := newWire(t, b.Addr(), 0).handset("201")
		h.register(h.at(), "")
		hs = append(hs, h)
	}
	b.do(core.Dial{Leg: "leg_sA", Agent: "usr_ann", Phones: "usr_ann", From: core.Party{Number: "+33612345678", Name: "Claire"}})
	for _, h := range hs {
		m := h.request("INVITE")
		if m.uri != "sip:201@"+h.host() || m.from.display != "Claire" || m.body == "" {
			t.Errorf("%s", m.raw)
		}
		invites = append(invites, m)
	}
	return b, hs, invites
}

func TestAllPhonesRing(t *testing.T) {
	t.Parallel()
	b, hs, invites := ringing(t, 3)
	hs[0].reply(invites[0], 180, "r0", "", "")
	hs[1].reply(invites[1], 180, "r1", "", "")
	if r := next[core.LegRang](b); r.Leg != "leg_sA" {
		t.Errorf("%+v", r)
	}
	hs[1].reply(invites[1], 200, "r1", "", plainSDP)
	hs[1].request("ACK")
	if up := next[core.LegUp](b); up.Leg != "leg_sA" || up.Codec != "PCMU" {
		t.Errorf("%+v", up)
	}
	cancel := hs[0].request("CANCEL")
	if !strings.Contains(cancel.value(hReason), "cause=200") {
		t.Errorf("%s", cancel.raw)
	}
	hs[0].reply(cancel, 200, "r0", "", "")
	hs[0].reply(invites[0], 487, "r0", "", "")
	hs[0].request("ACK")
	// The third answers before it is cancelled: acknowledged and hung up.
	hs[2].reply(invites[2], 200, "r2", "", plainSDP)
	hs[2].request("ACK")
	hs[2].reply(hs[2].request("BYE"), 200, "r2", "", "")
	// The leg is the one who answered first.
	b.do(core.Drop{Leg: "leg_sA", Cause: core.Cause{Why: core.Ended}})
	hs[1].reply(hs[1].request("BYE"), 200, "r1", "", "")
	if g := next[core.LegGone](b); g.Cause.Why != core.Ended || g.Leg != "leg_sA" {
		t.Errorf("%+v", g)
	}
	if broken := b.Check(); len(broken) > 0 || b.Stats().Legs != 0 {
		t.Error(broken, b.Stats())
	}
}

func TestPhoneHangsUp(t *testing.T) {
	t.Parallel()
	b, hs, invites := ringing(t, 1)
	hs[0].reply(invites[0], 200, "r", "", plainSDP)
	hs[0].request("ACK")
	next[core.LegUp](b)
	hs[0].within(invites[0], "INVITE", "r", 1, "", strings.Replace(plainSDP, "a=ptime", "a=sendonly\r\na=ptime", 1))
	hs[0].until(200)
	if h := next[core.LegHeld](b); !h.Held || h.Leg != "leg_sA" {
		t.Errorf("%+v", h)
	}
	hs[0].within(invites[0], "BYE", "r", 2, "", "")
	if g := next[core.LegGone](b); g.Cause.Why != core.HungUp {
		t.Errorf("%+v", g)
	}
}

// No phone takes the call: what tells most is the cause.
func TestNoPhoneAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status [2]int
		why    core.Why
		code   int
	}{
		{[2]int{486, 480}, core.LineBusy, 486},
		{[2]int{480, 486}, core.LineBusy, 486},
		{[2]int{500, 480}, core.NoAnswer, 480},
		{[2]int{404, 488}, core.Unreachable, 404},
	} {
		b, hs, invites := ringing(t, 2)
		for i, h := range hs {
			h.reply(invites[i], c.status[i], "r", "", "")
			h.request("ACK")
		}
		if g := next[core.LegGone](b); g.Cause.Why != c.why || g.Cause.Code != c.code {
			t.Errorf("%v: %+v", c.status, g.Cause)
		}
	}
	// One declines for all.
	b, hs, invites := ringing(t, 2)
	hs[1].reply(invites[1], 180, "r", "", "")
	hs[0].reply(invites[0], 603, "r", "", "")
	if g := next[core.LegGone](b); g.Cause.Why != core.Declined || g.Cause.Code != 603 {
		t.Errorf("%+v", g.Cause)
	}
	hs[1].reply(hs[1].request("CANCEL"), 200, "r", "", "")
}

// The floor gives up: all phones stop.
func TestPhonesStopRinging(t *testing.T) {
	t.Parallel()
	b, hs, invites := ringing(t, 2)
	hs[0].reply(invites[0], 180, "r", "", "")
	next[core.LegRang](b)
	b.do(core.Drop{Leg: "leg_sA", Cause: core.Cause{Why: core.Ended}})
	if g := next[core.LegGone](b); g.Cause.Why != core.Ended {
		t.Errorf("%+v", g)
	}
	hs[0].reply(hs[0].request("CANCEL"), 200, "r", "", "")
	hs[0].reply(invites[0], 487, "r", "", "")
	hs[0].request("ACK")
	hs[1].reply(invites[1], 180, "r", "", "") // only now may it be cancelled
	hs[1].reply(hs[1].request("CANCEL"), 200, "r", "", "")
	hs[1].reply(invites[1], 487, "r", "", "")
	hs[1].request("ACK")
}

func TestNoPhoneIsRegistered(t *testing.T) {
	t.Parallel()
	b := newBench(t, withPhones)
	b.do(core.Dial{Leg: "leg_sA", Phones: "usr_ann"})
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable || g.Cause.Code != 480 {
		t.Errorf("%+v", g.Cause)
	}
}

// A phone over TCP is called on the connection that it made, and gone with it.
func TestPhoneOverTCP(t *testing.T) {
	t.Parallel()
	b := newBench(t, withPhones)
	c, h := newLine(t, b), newWire(t, b.Addr(), 0).handset("201")
	for range 2 {
		c.write(tcp(h.text("REGISTER", "sip:x", "sip:201@x", h.contact(), "")))
		if m := c.read(); m.status == 401 {
			h.challenged(m)
		}
	}
	next[core.StationUp](b)
	b.do(core.Dial{Leg: "leg_sA", Phones: "usr_ann"})
	if m := c.read(); m.method != "INVITE" || m.via.transport != "TCP" || m.uri != "sip:201@"+h.host() {
		t.Errorf("%s", m.raw)
	}
	_ = c.Close()
	if g := next[core.StationGone](b); g.Agent != "usr_ann" || g.Why != "connection lost" {
		t.Errorf("%+v", g)
	}
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable {
		t.Errorf("%+v", g.Cause)
	}
}

// A phone puts us on hold in one of the ways that there are, and takes us off.
func TestHoldOfEveryForm(t *testing.T) {
	t.Parallel()
	with := func(direction string) string {
		return strings.Replace(plainSDP, "a=ptime", "a="+direction+"\r\na=ptime", 1)
	}
	for _, c := range []struct{ form, method, sdp string }{
		{"sendonly", "INVITE", with("sendonly")},
		{"inactive", "INVITE", with("inactive")},
		{"no address", "INVITE", strings.Replace(plainSDP, "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1)},
		{"no address, sendonly", "INVITE", strings.Replace(with("sendonly"), "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1)},
		{"UPDATE", "UPDATE", with("sendonly")},
	} {
		b, h, send := talking(t)
		for _, held := range []bool{true, false, true} {
			sdp := with("sendrecv")
			if held {
				sdp = c.sdp
			}
			seq := send(c.method, "", sdp)
			ok := h.until(200)
			if c.method == "INVITE" {
				h.send(fmt.Sprintf("ACK sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d ACK\r\nContent-Length: 0\r\n\r\n",
					h.host(), rand.Uint64(), ok.value(hFrom), ok.value(hTo), ok.callID, seq))
			}
			if ev := next[core.LegHeld](b); ev.Held != held || ev.Leg != "leg_sA" {
				t.Errorf("%s: %+v, want %v", c.form, ev, held)
			}
			if held && !strings.Contains(sdp, "c=IN IP4 0") && strings.Contains(ok.body, "a=sendrecv") {
				t.Errorf("%s: answered with\n%s", c.form, ok.body)
			}
		}
		send("BYE", "", "")
		next[core.LegGone](b)
	}
}
