package test

import (
	"net/http"
	"testing"
	"time"

	"belfry/core"
)

// TestPhoneHearsEarlyMedia: what a far end says before its answer, a tone here, is
// heard at the registered phone that calls it: a number that is then refused, and a
// colleague's extension whose calls go to a number, which then answers.
func TestPhoneHearsEarlyMedia(t *testing.T) {
	t.Parallel()
	far := newSwitchboard(t)
	p := Demo(t, "--trunk="+far.sip.Addr().String())
	says := func(leg core.LegID) {
		far.do(core.Early{Leg: leg})
		far.do(core.Play{Leg: leg, Play: "ply_tone", Sounds: []core.SoundID{"snd_tone"}, Loop: true})
	}

	ann := p.Baresip(t, "201")
	ann.Do("dial", "sip:0144001000@"+p.SIP)
	came := nextNews[core.CallCame](far)
	says(came.Leg)
	pass(t, "the phone has heard the announcement", 2*time.Second)
	far.do(core.Reject{Leg: came.Leg, Cause: core.Cause{Why: core.Refused, Code: 404}})
	ann.Wait("CALL_CLOSED", 1)
	if s := ann.Heard().seconds(callerHz); s < 1 {
		t.Errorf("the phone heard the announcement for %.1f s only", s)
	}
	if n := ann.count("CALL_ESTABLISHED"); n != 0 {
		t.Error("the call was answered")
	}

	if status := p.Login("admin").Patch("/api/v1/users/usr_dan", `{"away":{"do":"forward","number":"+33144001022"}}`); status != http.StatusOK {
		t.Fatalf("the forwarding is refused: %d", status)
	}
	bob := p.Baresip(t, "202")
	bob.Do("dial", "sip:204@"+p.SIP)
	came = nextNews[core.CallCame](far)
	says(came.Leg)
	pass(t, "the phone has heard the announcement", 2*time.Second)
	bob.Do("hangup", "") // a CANCEL: nobody has answered
	nextNews[core.LegGone](far)
	if s := bob.Heard().seconds(callerHz); s < 1 {
		t.Errorf("the other phone heard the announcement for %.1f s only", s)
	}
	p.Sound()
}
