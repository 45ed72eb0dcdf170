package test

import (
	"testing"
	"time"
)

// Tones: the callers' voices and the agents'.
const (
	callerHz = 700
	agentHz  = 1200
)

// TestSoundBothWays calls with each codec: the caller hears the agent's tone and
// the agent hears the caller's. The record of it is whole.
func TestSoundBothWays(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann", agentHz)
	for _, codec := range []string{"PCMU", "PCMA", "G722"} {
		t.Run(codec, func(t *testing.T) {
			ph := p.Dial("+33100000001", callerHz, "--codecs", codec, "--for", "7s")
			ann.Answer()
			ann.WaitTone(callerHz)
			if c := p.Login("ann").desk().Calls; len(c) != 1 || c[0].Codec != codec {
				t.Errorf("the desk shows %+v, not a call in %s", c, codec)
			}
			out := ph.Well()
			if s := readRecording(t, ph.File).seconds(agentHz); s < 2 {
				t.Errorf("the caller heard the agent for %.1f s only\n%s", s, out)
			}
			ann.Click("button", "End the post-interaction")
			ann.Ready("ann")
		})
	}
	c := p.Login("sam")
	Wait(t, "three calls stand in the history", func() bool { return len(c.interactions()) == 3 })
	for _, x := range c.interactions() {
		if x["outcome"] != "answered" || x["from"] != "+33612345678" || x["to"] != "+33100000001" {
			t.Errorf("the history says %v", x)
		}
	}
	p.Sound()
}

// TestMenuByKey goes through the tree of the main number and its menu, by keys in
// the sound; the agent sees who it is and which way they came.
func TestMenuByKey(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	bob := p.Agent(t, "bob", agentHz)
	ph := p.Dial("+33100000000", callerHz, "--digits", "1@1s", "--for", "8s")
	bob.WaitPopup()
	bob.WaitText("Claire Fontaine")
	bob.WaitText("sales")
	bob.Answer()
	bob.WaitText("key 1")
	bob.WaitTone(callerHz)
	ph.Well()
	if s := readRecording(t, ph.File).seconds(agentHz); s < 1 {
		t.Errorf("the caller heard the agent for %.1f s only", s)
	}
	if p.logged("DigitCame", "49") {
		t.Error("a digit stands in the log")
	}
	p.Sound()
}

// TestHangUpByEither: the agent hangs up, then the caller does; each is known.
func TestHangUpByEither(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	cho := p.Agent(t, "cho", agentHz)
	ph := p.Dial("+33100000002", callerHz, "--for", "40s")
	cho.Answer()
	cho.WaitTone(callerHz)
	cho.Wait(`new Promise((done) => setTimeout(() => done(true), 1000))`) // nothing destructive under a double click
	cho.Click("button", "Hang up")
	ph.Well()
	cho.Click("button", "End the post-interaction")
	cho.Ready("cho")
	ph = p.Dial("+33100000002", callerHz, "--for", "3s")
	cho.Answer()
	ph.Well()
	cho.WaitText("Post-interaction")
	c := p.Login("sam")
	Wait(t, "two calls stand in the history", func() bool { return len(c.interactions()) == 2 })
	x := c.interactions()
	if x[0]["ended_by"] != "caller" || x[1]["ended_by"] != "agent" {
		t.Errorf("ended by %v, then by %v", x[1]["ended_by"], x[0]["ended_by"])
	}
}

// TestHoldAndMute: on hold the caller hears music and not the agent; muted they
// hear nothing of the agent; then they do again.
func TestHoldAndMute(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann", agentHz)
	ph := p.Dial("+33100000002", callerHz, "--for", "14s")
	ann.Answer()
	ann.WaitTone(callerHz)
	pause := `new Promise((done) => setTimeout(() => done(true), 2000))`
	ann.Wait(pause)
	ann.Click("button", "Place on hold")
	ann.Find("button", "Exit the hold")
	ann.WaitQuiet()
	ann.Wait(pause)
	ann.Click("button", "Exit the hold")
	ann.WaitTone(callerHz)
	ann.Click("button", "Mute my mic")
	ann.Find("button", "Reactivate my mic")
	ann.Wait(pause)
	ann.Click("button", "Reactivate my mic")
	ann.Find("button", "Mute my mic")
	ph.Well()
	r := readRecording(t, ph.File)
	if s := r.seconds(agentHz); s < 2 || s > r.length().Seconds()-4 {
		t.Errorf("of %v the caller heard the agent %.1f s: neither all nor nothing was expected", r.length(), s)
	}
	p.Sound()
}

// TestReloadInACall: the page is reloaded; sound is back in 3 s, it is the same
// call with the same timer, and nothing was sent to the caller's phone.
func TestReloadInACall(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann", agentHz)
	c := p.Login("ann")
	ph := p.Dial("+33100000001", callerHz, "--for", "15s")
	ann.Answer()
	ann.WaitTone(callerHz)
	before := c.desk().Calls
	began := time.Now()
	ann.Reload()
	ann.WaitTone(callerHz)
	back := time.Since(began)
	after := c.desk().Calls
	if len(before) != 1 || len(after) != 1 || before[0].ID != after[0].ID || !before[0].Began.Equal(after[0].Began) {
		t.Errorf("before the reload %+v, after it %+v", before, after)
	}
	t.Logf("sound was back after %v", back)
	if back > 10*time.Second { // 3 s on a machine that has nothing else to do
		t.Errorf("sound was back after %v only", back)
	}
	out := ph.Well()
	r := readRecording(t, ph.File)
	if s := r.share(agentHz, r.length()-1500*time.Millisecond, r.length()-500*time.Millisecond); s < 0.3 {
		t.Errorf("after the reload the caller does not hear the agent (%.2f)\n%s", s, out)
	}
	p.Sound()
}
