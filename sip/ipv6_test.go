package sip

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"belfry/core"
)

// What RFC 5118 §4 asks of an element that meets IPv6 in messages, in messages
// of our own. The endpoint has IPv4 audio, so an offer of IPv6 is refused.
func TestIPv6InMessages(t *testing.T) {
	t.Parallel()
	_, w := newPair(t, slow)
	v6 := strings.NewReplacer("IP4 127.0.0.1", "IP6 2001:db8::20").Replace(plainSDP)
	mapped := strings.NewReplacer("IP4 127.0.0.1", "IP6 ::ffff:192.0.2.10").Replace(plainSDP)
	rows := []struct {
		section, method, uri, via, contact, sdp string
		status                                  int
	}{
		{"4.1 a reference in brackets", "REGISTER", "sip:[2001:db8::10]", "", "sip:a@[2001:db8::1]", "", 405},
		{"4.2 no brackets", "REGISTER", "sip:2001:db8::10", "", "sip:a@[2001:db8::1]", "", 400},
		{"4.2 no brackets in the Contact", "REGISTER", "sip:[2001:db8::10]", "", "sip:a@2001:db8::1", "", 400},
		{"4.3 what looks like a port is in the brackets", "REGISTER", "sip:[2001:db8::10:5070]", "", "sip:a@[2001:db8::1]", "", 405},
		{"4.4 the port is behind them", "REGISTER", "sip:[2001:db8::10]:5070", "", "sip:a@[2001:db8::1]", "", 405},
		{"4.5 received with brackets", "BYE", "sip:u@[2001:db8::10]", ";received=[2001:db8::9:255]", "", "", 481},
		{"4.5 received without", "BYE", "sip:u@[2001:db8::10]", ";received=2001:db8::9:255", "", "", 481},
		{"4.6 IPv6 in the offer", "INVITE", "sip:u@[2001:db8::10]", "", "sip:a@[2001:db8::1]", v6, 488},
		{"4.7 IPv4 in signalling, IPv6 in the offer", "INVITE", "sip:u@127.0.0.1", "", "sip:a@192.0.2.1", v6, 488},
		{"4.8 several Vias of both kinds", "OPTIONS", "sip:u@[2001:db8::10]", ";x=1, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa, SIP/2.0/TCP [2001:db8::9:1]:5060;branch=z9hG4bKb", "", "", 200},
		{"4.9 mapped IPv4", "INVITE", "sip:u@[::ffff:192.0.2.2]", "", "sip:a@[::ffff:192.0.2.10]", mapped, 488},
		{"4.10 three colons", "OPTIONS", "sip:u@[2001:db8:::192.0.2.1]", "", "", "", 400},
	}
	for _, row := range rows {
		k := w.talk()
		k.target = row.uri
		raw := k.request(row.method, "", row.sdp)
		raw = strings.Replace(raw, k.branch, k.branch+row.via, 1)
		if row.contact != "" {
			raw = strings.Replace(raw, "Contact: <sip:me@"+w.host()+">\r\n", "", 1)
			raw = strings.Replace(raw, "Max-Forwards", "Contact: <"+row.contact+">\r\nMax-Forwards", 1)
		}
		w.send(raw)
		if got := fmt.Sprint(w.answers()); got != fmt.Sprintf("[%d]", row.status) {
			t.Errorf("%s: %s, want %d", row.section, got, row.status)
		}
	}
}

// An endpoint may live on IPv6 altogether.
func TestCallOverIPv6(t *testing.T) {
	t.Parallel()
	u, ok := parseURI("sip:a@[::1]:5062;transport=udp")
	if !ok || u.host != "::1" || u.port != 5062 {
		t.Errorf("%+v", u)
	}
	if s := hostPort(netip.MustParseAddrPort("[::1]:5062")); s != "[::1]:5062" {
		t.Error(s)
	}
	b := newBench(t, func(o *Options) { slow(o); o.Listen = "[::1]:0" })
	b.do(core.Dial{Leg: outLeg, To: "sip:a@[::1]:9"})
	if d, ok := b.Dialog(outLeg); !ok || !d.Flow.Addr().IsValid() && d.CallID == "" {
		t.Errorf("%+v", d)
	}
}
