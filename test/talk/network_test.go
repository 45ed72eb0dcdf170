package talk

import (
	"testing"
	"time"

	"belfry/test/browser"
)

// TestNetworkChange: the agent's computer goes from one network to another in the
// middle of a call. The sound is back within 3 s, and all that can be done with a
// call is done with it afterwards.
//
// Elsewhere the control over the call does not outlive the change:
// https://github.com/onsip/SIP.js/issues/1088.
func TestNetworkChange(t *testing.T) {
	if !alone(t) {
		return
	}
	h := openWith(t, 1, []string{"--webrtc=" + siteIP + ":40000"})
	m := h.teams[0]
	url := front(t, h.HTTP)
	s := m.sit(t, browser.Options{Apart: true, Args: []string{"--unsafely-treat-insecure-origin-as-secure=" + url}}, url)
	plug(t, s.b, 1)
	roam(t, s.b, 1)
	s.works(t)

	caller, call := s.takes(t)
	caller.record()
	call = s.same(t, call, "talking")
	at := 1
	// roams goes to the next network. It is there before the old one is gone, or
	// comes a moment later.
	roams := func(before bool) {
		t.Helper()
		from := time.Now()
		if before {
			plug(t, s.b, at+1)
		}
		unplug(t, s.b, at)
		if at++; !before {
			plug(t, s.b, at)
		}
		roam(t, s.b, at)
		s.pass(again + time.Second)
		s.talks(t, &caller.voice)
		gap := caller.gap(from, s.hz)
		t.Logf("the caller did not hear the agent for %v", gap.Round(time.Millisecond))
		if gap > again {
			t.Errorf("the caller did not hear the agent for %v", gap)
		}
		s.same(t, call, "talking")
	}
	roams(true)
	s.Click("button", "Place on hold")
	m.music(t, &caller.voice)
	s.Click("button", "Exit the hold")
	s.talks(t, &caller.voice)
	roams(false)
	m.outside.will("answer")
	s.transfer(t, call.ID, "blind", map[string]string{"number": m.far()})
	far := m.outside.rung(t)
	far.answered(t)
	m.talk(t, &caller.voice, &far.voice)
	caller.hangUp(t)
	far.ended(t)
	r := h.record(t, call.Interaction)
	r.owns(t, m.agent.user, m.far())

	caller, call = s.takes(t)
	caller.record()
	call = s.same(t, call, "talking")
	roams(true)
	caller.hangUp(t) // the far end's goodbye
	s.sees(t, "is free", func(d desk) bool { return len(d.Calls) == 0 && d.Agent.State == "ready" })
	s.Gone("region", "Active call")
	h.still(t)
}
