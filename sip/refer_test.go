package sip

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
)

func TestReferTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ v, to, want string }{
		{"<sip:202@x>", "202", ""},
		{"sip:202@x", "202", ""},
		{`"Bob" <sip:+33144001000@x;user=phone>;a=b`, "+33144001000", ""},
		{"<tel:+33-1-44-00-10-00>", "+33144001000", ""},
		{"<sip:202@x;method=INVITE>", "202", ""},
		{"<sip:202@x?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces>", "202", "a@b 1 2"},
		{"<sip:202@x?Replaces=a%40b%3bfrom-tag%3D2%3Bto-tag%3D1%3Bearly-only>", "202", "a@b 1 2"},
		{"<sip:202@x?Subject=hi>", "202", ""},
		{"", "", "400"},
		{"sip:202@x?Replaces=a", "", "400"},
		{"<sip:x>", "", "400"},
		{"<mailto:a@b>", "", "416"},
		{"<sip:202@x;method=BYE>", "", "403"},
		{"<sip:202@x?Replaces=a>", "", "400"},
		{"<sip:202@x?Replaces=a%3Bto-tag%3D1>", "", "400"},
		{"<sip:202@x?Replaces=a%0D%0A%3Bto-tag%3D1%3Bfrom-tag%3D2>", "", "400"},
		{"<sip:202@x?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>", "", "400"},
	} {
		r, f := parseReferTo(c.v)
		got := ""
		switch {
		case f != nil:
			got = fmt.Sprint(f.status)
			r.to = ""
		case r.replaces != nil:
			got = r.replaces.callID + " " + r.replaces.to + " " + r.replaces.from
		}
		if r.to != c.to || got != c.want {
			t.Errorf("%s: %q %q", c.v, r.to, got)
		}
	}
}

func FuzzReferTo(f *testing.F) {
	f.Add("<sip:202@x?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces>")
	f.Add("tel:+33;method=INVITE")
	f.Add("<sip:202@x?%52eplaces=%3B>")
	f.Fuzz(func(t *testing.T, v string) {
		r, fault := parseReferTo(v)
		switch {
		case fault != nil:
		case r.to == "":
			t.Fatalf("%q leads nowhere", v)
		case r.replaces != nil && (r.replaces.callID == "" || strings.ContainsAny(r.replaces.callID+r.replaces.to+r.replaces.from, "\r\n ")):
			t.Fatalf("%q: %+v", v, r.replaces)
		}
	})
}

// talking leads a call to the phone of ann's to where both sides talk; send
// writes a request of hers in it.
func talking(t *testing.T, change ...func(*Options)) (b *bench, h *handset, send func(method, extra, body string) int) {
	t.Helper()
	b, hs, invites := ringing(t, 1, change...)
	hs[0].reply(invites[0], 200, "r", "", plainSDP)
	hs[0].request("ACK")
	next[core.LegUp](b)
	seq := 0
	return b, hs[0], func(method, extra, body string) int {
		seq++
		hs[0].within(invites[0], method, "r", seq, extra, body)
		return seq
	}
}

func TestReferToSomebody(t *testing.T) {
	t.Parallel()
	b, h, send := talking(t)
	send("REFER", "Refer-To: <sip:0144001000@x>\r\nReferred-By: <sip:201@x>\r\n", "")
	h.until(202)
	first := h.request("NOTIFY")
	if first.value(hEvent) != "refer" || first.body != "SIP/2.0 100 Trying\r\n" || !strings.Contains(first.raw, "Subscription-State: active") ||
		first.value(hContentType) != "message/sipfrag;version=2.0" || first.value(hContact) == "" {
		t.Errorf("%s", first.raw)
	}
	h.reply(first, 200, "r", "", "")
	if ev := next[core.Referred](b); ev.Leg != "leg_sA" || ev.To != "+33144001000" || ev.Class != core.ClassNational || ev.Replaces != "" {
		t.Errorf("%+v", ev)
	}
	send("REFER", "Refer-To: <sip:202@x>\r\n", "")
	h.until(491)
	b.do(core.ReferDone{Leg: "leg_sA", Code: 200})
	last := h.request("NOTIFY")
	if last.body != "SIP/2.0 200 OK\r\n" || !strings.Contains(last.raw, "Subscription-State: terminated;reason=noresource") {
		t.Errorf("%s", last.raw)
	}
	h.reply(last, 200, "r", "", "")
	b.do(core.ReferDone{Leg: "leg_sA", Code: 603}) // twice: nothing is under way
	// The next one has a name of its own.
	seq := send("REFER", "r: <sip:202@x>\r\n", "")
	h.until(202)
	if m := h.request("NOTIFY"); m.value(hEvent) != fmt.Sprint("refer;id=", seq) {
		t.Errorf("%s", m.raw)
	}
	if ev := next[core.Referred](b); ev.To != "202" || ev.Class != "" {
		t.Errorf("%+v", ev)
	}
	b.do(core.ReferDone{Leg: "leg_sA", Code: 603})
	if m := h.request("NOTIFY"); m.body != "SIP/2.0 603 Decline\r\n" {
		t.Errorf("%s", m.raw)
	}
}

func TestReferIsRefused(t *testing.T) {
	t.Parallel()
	b, h, send := talking(t)
	for status, extra := range map[int]string{
		400: "",
		416: "Refer-To: <mailto:a@b>\r\n",
		403: "Refer-To: <sip:202@x;method=BYE>\r\n",
		420: "Refer-To: <sip:202@x>\r\nRequire: gruu\r\n",
	} {
		send("REFER", extra, "")
		h.until(status)
	}
	send("REFER", "Refer-To: <sip:202@x>\r\nReferred-By: nobody\r\n", "")
	h.until(400)
	send("SUBSCRIBE", "Event: presence\r\n", "")
	h.until(489)
	send("NOTIFY", "Event: refer\r\n", "")
	h.until(489)
	if len(b.news) > 0 {
		t.Errorf("told %+v", <-b.news)
	}
	// Outside of a dialog, in none of ours, and from a trunk.
	w := newWire(t, b.Addr(), 0)
	k := w.talk()
	k.send("REFER", "Refer-To: <sip:202@x>\r\n", "")
	k.until(403)
	k.theirs = "stray"
	k.send("REFER", "Refer-To: <sip:202@x>\r\n", "")
	k.until(481)
	k = w.talk()
	k.up(b)
	k.send("REFER", "Refer-To: <sip:202@x>\r\n", "")
	k.until(403)
}

func TestReferWithoutNotifications(t *testing.T) {
	t.Parallel()
	b, h, send := talking(t)
	send("REFER", "Refer-To: <sip:202@x>\r\nRefer-Sub: false\r\nRequire: norefersub\r\n", "")
	if m := h.until(202); m.value(hReferSub) != "false" {
		t.Errorf("%s", m.raw)
	}
	next[core.Referred](b)
	b.do(core.ReferDone{Leg: "leg_sA", Code: 200})
	b.do(core.Drop{Leg: "leg_sA", Cause: core.Cause{Why: core.Ended}})
	for {
		m := h.read()
		if m.method == "NOTIFY" {
			t.Errorf("%s", m.raw)
		}
		if m.method == "BYE" {
			h.reply(m, 200, "r", "", "")
			return
		}
	}
}

// An attended transfer: the phone has the target on another call of its own.
func TestReferWithReplaces(t *testing.T) {
	t.Parallel()
	b, h, send := talking(t)
	uri := "sip:202@x"
	h.ask("INVITE", uri, uri, h.contact(), plainSDP)
	second := next[core.CallCame](b).Leg
	b.do(core.Answer{Leg: second})
	ok := h.until(200)
	ack := fmt.Sprintf("ACK sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d\r\nFrom: <sip:201@x>;tag=h\r\nTo: <sip:202@x>;tag=%s\r\nCall-ID: %s\r\nCSeq: %d ACK\r\nContent-Length: 0\r\n\r\n",
		h.host(), rand.Uint64(), ok.to.tag, h.id, h.cseq)
	h.send(ack)
	next[core.LegUp](b)
	for _, c := range []struct {
		replaces string
		leg      core.LegID
	}{
		{h.id + "%3Bto-tag%3D" + ok.to.tag + "%3Bfrom-tag%3Dh", second},
		{h.id + "%3Bto-tag%3Dh%3Bfrom-tag%3D" + ok.to.tag, second},
		{h.id + "%3Bto-tag%3D" + ok.to.tag + "%3Bfrom-tag%3Dx", ""},
		{"nothing%3Bto-tag%3D1%3Bfrom-tag%3D2", ""},
	} {
		send("REFER", "Refer-To: <sip:202@x?Replaces="+c.replaces+"&Require=replaces>\r\n", "")
		h.until(202)
		if m := h.request("NOTIFY"); m.body != "SIP/2.0 100 Trying\r\n" {
			t.Errorf("%s", m.raw)
		}
		if c.leg != "" {
			if ev := next[core.Referred](b); ev.Leg != "leg_sA" || ev.Replaces != c.leg {
				t.Errorf("%+v", ev)
			}
			b.do(core.ReferDone{Leg: "leg_sA", Code: 200})
			h.request("NOTIFY")
			continue
		}
		if m := h.request("NOTIFY"); !strings.HasPrefix(m.body, "SIP/2.0 481 ") {
			t.Errorf("%s", m.raw)
		}
	}
}

// The ACK of a phone's second call comes after the REFER that names that call:
// another lane was busy. It is waited for; so is the end, when it never comes.
func TestReferOvertakesTheACK(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"ACK", "BYE"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			b, h, send := talking(t)
			uri := "sip:202@x"
			h.ask("INVITE", uri, uri, h.contact(), plainSDP)
			second := next[core.CallCame](b).Leg
			b.do(core.Answer{Leg: second})
			ok := h.until(200)
			id, cseq := h.id, h.cseq
			send("REFER", "Refer-To: <sip:202@x?Replaces="+id+"%3Bto-tag%3D"+ok.to.tag+"%3Bfrom-tag%3Dh>\r\n", "")
			h.until(202)
			h.request("NOTIFY")
			within := func(method string, cseq int) {
				h.send(fmt.Sprintf("%[1]s sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK%[3]d\r\nMax-Forwards: 70\r\nFrom: <sip:201@x>;tag=h\r\nTo: <sip:202@x>;tag=%[4]s\r\nCall-ID: %[5]s\r\nCSeq: %[6]d %[1]s\r\nContent-Length: 0\r\n\r\n",
					method, h.host(), rand.Uint64(), ok.to.tag, id, cseq))
			}
			if end == "BYE" {
				within("BYE", cseq+1)
				if m := h.request("NOTIFY"); !strings.HasPrefix(m.body, "SIP/2.0 481 ") {
					t.Errorf("%s", m.raw)
				}
				return
			}
			within("ACK", cseq)
			next[core.LegUp](b)
			if ev := next[core.Referred](b); ev.Leg != "leg_sA" || ev.Replaces != second {
				t.Errorf("%+v", ev)
			}
		})
	}
}

// A leg that has gone silent is offered its audio anew, once more after 491.
func TestRefresh(t *testing.T) {
	t.Parallel()
	b, h, _ := talking(t, func(o *Options) { o.Timers.T1 = 100 * time.Millisecond })
	b.do(core.Refresh{Leg: "leg_sA"})
	m := h.request("INVITE")
	version := func(m *message) string { return strings.Fields(m.body)[3] }
	first := version(m)
	if !strings.Contains(m.body, "a=sendrecv") || first != "2" {
		t.Errorf("%s", m.raw)
	}
	h.reply(m, 491, "r", "", "")
	again := h.request("INVITE")
	h.reply(again, 200, "r", "", plainSDP)
	h.request("ACK")
	b.do(core.Refresh{Leg: "leg_sA"})
	if m := h.request("INVITE"); version(m) == version(again) {
		t.Errorf("the same description again: %s", m.raw)
	}
}

// A phone that takes no events is told of keys by INFO, one after the other.
func TestKeysForAPhoneByInfo(t *testing.T) {
	t.Parallel()
	var audio *media.Engine
	b, hs, invites := ringing(t, 1, func(o *Options) { audio = o.Media })
	plain := strings.NewReplacer(" 101", "", "a=rtpmap:101 telephone-event/8000\r\n", "").Replace(plainSDP)
	hs[0].reply(invites[0], 200, "r", "Allow: INVITE, ACK, BYE, INFO\r\n", plain)
	hs[0].request("ACK")
	next[core.LegUp](b)
	audio.Do(core.Order{Effect: core.SendDigits{Leg: "leg_sA", Digits: "5#"}})
	for _, key := range []string{"5", "#"} {
		m := hs[0].request("INFO")
		if !strings.HasPrefix(m.body, "Signal="+key+"\r\n") {
			t.Errorf("%s", m.raw)
		}
		hs[0].reply(m, 200, "r", "", "")
	}
}

func TestInviteWithReplaces(t *testing.T) {
	t.Parallel()
	_, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "Replaces: a;to-tag=1;from-tag=2\r\n", plainSDP)
	k.until(481)
}
