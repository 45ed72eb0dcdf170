package test

import (
	"path/filepath"
	"testing"
	"time"

	"belfry/core"
)

// TestCallback: a caller who waits presses the key to be called back, and the key
// for the number that they call from. The callback comes to an agent as a lilac
// Preview call, who declines it; the next one launches it. The customer is rung by
// the trunk, the call is raspberry once they have answered, and both hear each
// other.
func TestCallback(t *testing.T) {
	t.Parallel()
	far := newSwitchboard(t)
	p := Demo(t, "--trunk="+far.sip.Addr().String())
	all := p.Agents(t, "ann", "bob")
	ann, bob := all[0], all[1]
	ann.Be("act_break")
	bob.Be("act_break")
	p.Dial("+33100000001", "--digits", "1@1s,1@1500ms").Well()
	if x := p.history(1)[0]; x.Outcome != "callback" || x.Queue != "que_sales" {
		t.Errorf("the history says %+v", x)
	}
	bob.WaitText("Callback") // in the pool: they keep their place
	ann.Be("act_available")
	ann.lilac()
	if is, wanted := ann.PopupColour("lilac"); is != wanted {
		t.Errorf("the popup is %s, not %s", is, wanted)
	}
	ann.WaitText("Claire Fontaine")
	ann.WaitText("Attempt 1 of 3")
	bob.Be("act_available")
	ann.Click("button", "Decline")
	ann.NoPopup()
	ann.CheckMisses(0)
	bob.lilac()
	bob.Click("button", "Launch")
	came := nextNews[core.CallCame](far)
	if came.To != "+33612345678" || came.From.Number != "+33100000000" {
		t.Errorf("%+v", came)
	}
	bob.Find("region", "Active call")
	far.do(core.Ring{Leg: came.Leg})
	bob.Wait(`__ear.hears(440).level > 0.003`) // the tone of a phone that rings
	far.do(core.Answer{Leg: came.Leg})
	nextNews[core.LegUp](far)
	far.do(core.Record{Leg: came.Leg, Record: "rec_far", Longest: 2 * time.Second})
	far.do(core.Play{Leg: came.Leg, Play: "ply_1", Sounds: []core.SoundID{"snd_voice"}, Loop: true})
	bob.WaitTone(callerHz)
	nextNews[core.RecordEnded](far)
	heard := &Phone{t: t, File: filepath.Join(far.dir, "voice", "rec_far.wav")}
	if s := heard.Heard().seconds(agentHz); s < 1 {
		t.Errorf("the customer heard the agent for %.1f s only", s)
	}
	if c := bob.desk().Calls; len(c) != 1 || c[0].Colour != "raspberry" || c[0].State != "talking" {
		t.Errorf("the call on the desk is %+v", c)
	}
	bob.HangUp()
	nextNews[core.LegGone](far)
	bob.EndPost()
	x := p.history(2)[0]
	if x.Outcome != "answered" || x.To != "+33612345678" || x.Agent != "usr_bob" || x.Queue != "que_sales" ||
		len(x.Offers) != 2 || x.Offers[0].Outcome != "declined" || x.Offers[1].Outcome != "answered" {
		t.Errorf("the history says %+v", x)
	}
	ann.CheckErrors()
	bob.CheckErrors()
	p.Sound()
}

// lilac waits for a Preview call.
func (a *Agent) lilac() {
	a.t.Helper()
	a.WaitPopup()
	a.WaitText("Preview call")
	a.Find("button", "Launch")
	if o := a.desk().Offer; o == nil || o.Colour != "lilac" {
		a.t.Errorf("the desk's offer is %+v", o)
	}
}
