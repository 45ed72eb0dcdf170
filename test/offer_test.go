package test

import (
	"testing"
	"time"
)

// TestDeclineAndRingOut: a declined call goes to the next agent, and so does one
// that rings out; only the second is a miss.
func TestDeclineAndRingOut(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann", agentHz)
	cho := p.Agent(t, "cho", agentHz)
	ph := p.Dial("+33100000002", callerHz, "--for", "3s")
	ann.WaitPopup() // she has been idle for longer
	ann.Click("button", "Decline")
	ann.NoPopup()
	cho.Answer()
	ph.Well()
	cho.Click("button", "End the post-interaction")
	cho.Ready("cho")
	c := p.Login("ann")
	if d := c.desk(); d.Today.Missed != 0 {
		t.Errorf("a decline was counted as a miss: %+v", d)
	}
	p.Login("cho").Do("PUT", "/api/v1/me/activity", map[string]string{"activity": "act_lunch"}, nil)
	ph = p.Dial("+33100000002", callerHz, "--for", "3s")
	Wait(t, "ann's rest is over and it rings", func() bool { return c.desk().Offer != nil })
	p.Login("cho").Do("PUT", "/api/v1/me/activity", map[string]string{"activity": "act_available"}, nil)
	cho.Answer() // after ten seconds at Ann's
	ph.Well()
	if d := c.desk(); d.Today.Missed != 1 || len(d.Missed) == 0 || d.Missed[0].Cause != "ignored" {
		t.Errorf("ringing out was not counted as one miss: %+v", d)
	}
	ann.WaitText("Missed")
	p.Sound()
}

// TestCallerGivesUp: the popup goes away, and nobody is charged.
func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann", agentHz)
	ph := p.Dial("+33100000001", callerHz, "--for", "2s")
	ann.WaitPopup()
	ph.Well()
	ann.NoPopup()
	ann.Ready("ann")
	if d := p.Login("ann").desk(); d.Today.Missed != 0 {
		t.Errorf("a caller who left was counted as a miss: %+v", d)
	}
	c := p.Login("sam")
	Wait(t, "the call stands in the history", func() bool { return len(c.interactions()) == 1 })
	if x := c.interactions()[0]; x["outcome"] != "abandoned" {
		t.Errorf("the history says %v", x)
	}
}

// TestTwoTabs: both tabs show the popup, one answers, the other's closes.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann", agentHz)
	second := &Agent{Page: ann.Browser.Open(p.HTTP + "/banner"), p: p, Browser: ann.Browser}
	second.Find("region", "Calls in pool")
	ph := p.Dial("+33100000001", callerHz, "--for", "5s")
	ann.WaitPopup()
	second.WaitPopup()
	second.Click("button", "Accept")
	ann.NoPopup()
	second.NoPopup()
	ann.Find("region", "Active call")
	ph.Well()
	if s := readRecording(t, ph.File).seconds(agentHz); s < 1 {
		t.Errorf("the caller heard the agent for %.1f s only", s)
	}
	p.Sound()
}

// TestFrozenPage: a page that does not answer while it rings loses the call to
// the next agent within 2.5 s, and its agent is not charged. So does one that is
// closed.
func TestFrozenPage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann", agentHz)
	bob := p.Agent(t, "bob", agentHz)
	c, other := p.Login("ann"), p.Login("bob")
	for _, way := range []struct {
		name string
		hurt func()
	}{
		{"frozen", func() { ann.Freeze(true) }},
		{"closed", func() { ann.Page.Close() }},
	} {
		t.Run(way.name, func(t *testing.T) {
			ph := p.Dial("+33100000001", callerHz, "--for", "30s")
			ann.WaitPopup()
			way.hurt()
			began := time.Now()
			Wait(t, "the call rings at bob's", func() bool { return other.desk().Offer != nil })
			if d := time.Since(began); d > 4*time.Second { // 2.5 s on a machine that has nothing else to do
				t.Errorf("the call went to the next agent after %v", d)
			} else {
				t.Logf("the call went to the next agent after %v", d)
			}
			bob.Answer()
			bob.Wait(`new Promise((done) => setTimeout(() => done(true), 1000))`)
			bob.Click("button", "Hang up")
			ph.Well()
			bob.Click("button", "End the post-interaction")
			bob.Ready("bob")
			d := c.desk()
			if d.Today.Missed != 0 || d.Agent.State != "device_lost" {
				t.Errorf("ann was charged, or is not lost: %+v", d)
			}
			if way.name == "frozen" {
				ann.Freeze(false)
				ann.Ready("ann")
				Wait(t, "bob rests less long than ann is idle", func() bool { return true })
			}
		})
	}
	p.Sound()
}
