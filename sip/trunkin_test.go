package sip

import (
	"net/netip"
	"testing"

	"belfry/core"
	"belfry/core/plan"
)

// Who sent a call on to us, as trunks write it.
func TestForwarded(t *testing.T) {
	t.Parallel()
	b := newBench(t, slow)
	w := newWire(t, b.Addr(), 0)
	set := way("trk_far", netip.MustParseAddrPort(w.host()))
	set.Format = "national"
	b.SetTrunks([]plan.Trunk{set}, "FR")
	for extra, want := range map[string]string{
		"": "",
		"Diversion: <sip:0144000001@x>;reason=unconditional, <sip:0144000002@x>\r\n":                                    "+33144000001",
		"Diversion: \"Front desk\" <tel:+33144000003>;counter=1\r\n":                                                    "+33144000003",
		"History-Info: <sip:+33144000004@x?Reason=SIP%3Bcause%3D302>;index=1, <sip:+33100000000@y>;index=1.1\r\n":       "+33144000004",
		"History-Info: <sip:+33100000000@y>;index=1\r\n":                                                                "",
		"History-Info: <sip:a@x>;index=1\r\nHistory-Info: <sip:0144000005@x>;index=1.1, <sip:x@y>;index=1.2;rc=1.1\r\n": "+33144000005",
	} {
		k := w.talk()
		k.send("INVITE", extra+"P-Asserted-Identity: <sip:0612345678@x>\r\n", plainSDP)
		came := next[core.CallCame](b)
		if came.Forwarded != want || came.From.Number != "+33612345678" {
			t.Errorf("%q: forwarded by %q, from %q", extra, came.Forwarded, came.From.Number)
		}
		b.do(core.Reject{Leg: came.Leg, Cause: core.Cause{Why: core.LineBusy}})
		k.until(486)
	}
}
