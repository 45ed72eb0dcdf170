package test

import (
	"testing"
	"time"
)

// TestSoundBothWays calls with each codec: the caller hears the agent's tone and
// the agent hears the caller's. The record of it is whole.
func TestSoundBothWays(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	for _, codec := range []string{"PCMU", "PCMA", "G722"} {
		t.Run(codec, func(t *testing.T) {
			ph := p.Dial("+33100000001", "--codecs", codec)
			ann.Answer()
			ann.WaitTone(callerHz)
			if c := ann.desk().Calls; len(c) != 1 || c[0].Codec != codec {
				t.Errorf("the desk shows %+v, not a call in %s", c, codec)
			}
			ann.Pass(2 * time.Second)
			ann.WaitTone(callerHz)
			out := ph.HangUp()
			if s := ph.Heard().seconds(agentHz); s < 1 {
				t.Errorf("the caller heard the agent for %.1f s only\n%s", s, out)
			}
			ann.WaitQuiet()
			ann.EndPost()
		})
	}
	for _, x := range p.history(3) {
		if x.Outcome != "answered" || x.From != "+33612345678" || x.To != "+33100000001" || x.Queue != "que_sales" ||
			x.Agent != "usr_ann" || x.Name != "Claire Fontaine" || x.EndedBy != "caller" || x.Talk < 1.5 {
			t.Errorf("the history says %+v", x)
		}
	}
	ann.CheckErrors()
	p.Sound()
}

// TestMenuByKey goes through the tree of the main number and its menu, by keys in
// the sound; the agent sees who it is and which way they came.
func TestMenuByKey(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	bob := p.Agent(t, "bob")
	ph := p.Dial("+33100000000", "--digits", "1@1s")
	bob.WaitPopup()
	bob.WaitText("Claire Fontaine")
	bob.WaitText("sales")
	bob.Answer()
	bob.WaitText("key 1")
	bob.WaitTone(callerHz)
	bob.Pass(1500 * time.Millisecond)
	ph.HangUp()
	if s := ph.Heard().seconds(agentHz); s < 1 {
		t.Errorf("the caller heard the agent for %.1f s only", s)
	}
	for _, as := range []string{"digit=49", "digit=1", "digit='1'", `digit="1"`} {
		if p.logged(as) {
			t.Error("a digit stands in the log")
		}
	}
	p.Sound()
}

// TestHangUpByEither: the agent hangs up, then the caller does; each is known.
func TestHangUpByEither(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	cho := p.Agent(t, "cho")
	ph := p.Dial("+33100000002")
	cho.Answer()
	cho.WaitTone(callerHz)
	cho.HangUp()
	ph.Well()
	cho.WaitText("You hung up")
	cho.EndPost()
	ph = p.Dial("+33100000002")
	cho.Answer()
	cho.WaitTone(callerHz)
	ph.HangUp()
	cho.WaitText("The other party hung up")
	cho.Gone("region", "Active call")
	if x := p.history(2); x[0].EndedBy != "caller" || x[1].EndedBy != "agent" {
		t.Errorf("ended by %v, then by %v", x[1].EndedBy, x[0].EndedBy)
	}
	cho.CheckErrors()
}

// TestHoldAndMute: on hold the caller hears music and not the agent, and the
// agent not the caller; muted the caller hears nothing of the agent, who hears
// them on. Afterwards both hear each other again.
func TestHoldAndMute(t *testing.T) {
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ph := p.Dial("+33100000002")
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.Pass(1500 * time.Millisecond)
	ann.Click("button", "Place on hold")
	ann.Find("button", "Exit the hold")
	ann.WaitQuiet()
	ann.Pass(1500 * time.Millisecond)
	ann.Click("button", "Exit the hold")
	ann.WaitTone(callerHz)
	ann.Pass(1500 * time.Millisecond)
	ann.Click("button", "Mute my mic")
	ann.Find("button", "Reactivate my mic")
	ann.Pass(1500 * time.Millisecond)
	ann.WaitTone(callerHz)
	ann.Click("button", "Reactivate my mic")
	ann.Find("button", "Mute my mic")
	ann.Pass(1500 * time.Millisecond)
	out := ph.HangUp()
	// Talk, hold, talk, mute, talk: three bursts of the agent, a second apart.
	heard := ph.Heard()
	bursts := heard.bursts(agentHz)
	if len(bursts) != 3 {
		t.Fatalf("the caller heard the agent in %v (tenths of a second), not three times\n%s", bursts, out)
	}
	for i := 1; i < 3; i++ {
		if gap := bursts[i][0] - bursts[i-1][1]; gap < 10 {
			t.Errorf("the agent was away from the caller for %d tenths only: %v", gap, bursts)
		}
	}
	if loud := heard.loudness(bursts[0][1], bursts[1][0]); loud < 0.005 {
		t.Errorf("on hold the caller heard no music: %.4f", loud)
	}
	if loud := heard.loudness(bursts[1][1]+2, bursts[2][0]-2); loud > 0.005 {
		t.Errorf("of a muted agent the caller heard something: %.4f", loud)
	}
	if x := p.history(1)[0]; x.Held < 1 || x.Held > x.Talk {
		t.Errorf("held for %.1f s of %.1f", x.Held, x.Talk)
	}
	ann.CheckErrors()
	p.Sound()
}

// TestReloadInACall: the page is reloaded; sound is back in 3 s, it is the same
// call with the same timer.
func TestReloadInACall(t *testing.T) {
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.WaitTone(callerHz)
	before := ann.desk().Calls
	began := time.Now()
	ann.Reload()
	ann.WaitTone(callerHz)
	back := time.Since(began)
	after := ann.desk().Calls
	if len(before) != 1 || len(after) != 1 || before[0].ID != after[0].ID || !before[0].Began.Equal(after[0].Began) {
		t.Errorf("before the reload %+v, after it %+v", before, after)
	}
	ann.Find("region", "Active call")
	t.Logf("sound was back after %v", back)
	if back > 8*time.Second { // 3 s on a machine that has nothing else to do
		t.Errorf("sound was back after %v only", back)
	}
	ann.Pass(1500 * time.Millisecond)
	out := ph.HangUp()
	r := ph.Heard()
	if s := r.share(agentHz, r.length()-1500*time.Millisecond, r.length()-500*time.Millisecond); s < 0.6 {
		t.Errorf("after the reload the caller does not hear the agent (%.2f)\n%s", s, out)
	}
	for i, bursts := 1, r.bursts(agentHz); i < len(bursts); i++ { // none: it was back before one would notice
		from, to := bursts[i-1][1], bursts[i][0]
		t.Logf("the caller was without the agent for %d tenths of a second", to-from)
		if loud := r.loudness(from+5, to); to > from+7 && loud < 0.005 { // music begins 400 ms after the last packet
			t.Errorf("while the page was away the caller heard nothing: %.4f", loud)
		}
	}
	p.Sound()
}

// TestNothingToTheCaller: whatever an agent and their page do, the caller's phone
// is not told: a phone that fails on any request but its BYE's answer is content.
func TestNothingToTheCaller(t *testing.T) {
	t.Parallel()
	needSipp(t)
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ph := p.Sipp(t, "caller.xml", "-s", "+33100000001", "-d", "9000", "-m", "1")
	ann.Answer()
	ann.Click("button", "Place on hold")
	ann.Click("button", "Exit the hold")
	ann.Click("button", "Mute my mic")
	ann.Find("button", "Reactivate my mic")
	ann.Reload()
	ann.Find("region", "Active call")
	Wait(t, "the line is back", func() bool {
		d := ann.desk()
		return d.Agent.StationUp && len(d.Calls) == 1 && d.Calls[0].State == "talking"
	})
	ph.Well()
	if x := p.history(1)[0]; x.EndedBy != "caller" || x.Outcome != "answered" {
		t.Errorf("the history says %+v", x)
	}
}
