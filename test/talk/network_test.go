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
	if alone(t) {
		networkChanges(t, false)
	}
}

// TestNetworkChangeIPv6: the same where IPv6 is on too, whose addresses take
// seconds to settle.
func TestNetworkChangeIPv6(t *testing.T) {
	if alone(t) {
		networkChanges(t, true)
	}
}

func networkChanges(t *testing.T, six bool) {
	t.Helper()
	h := openWith(t, 1, []string{"--webrtc=" + siteIP + ":40000"})
	m := h.teams[0]
	url := front(t, h.HTTP)
	s := m.sit(t, browser.Options{Apart: true, Args: []string{"--unsafely-treat-insecure-origin-as-secure=" + url}}, url)
	plug(t, s.b, 1, six)
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
			plug(t, s.b, at+1, six)
		}
		unplug(t, s.b, at)
		if at++; !before {
			plug(t, s.b, at, six)
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
	s.WaitQuiet()
	s.Eval(`globalThis.__was = __ear.live()`, nil)
	from := time.Now()
	plug(t, s.b, at+1, six)
	unplug(t, s.b, at)
	at++
	roam(t, s.b, at)
	s.Wait(`__ear.live() && __ear.live() !== __was`) // nothing is heard that could be missed
	t.Logf("a line on which nothing is said is back after %v", time.Since(from).Round(time.Millisecond))
	if d := time.Since(from); d > again+quiet {
		t.Errorf("a line on which nothing is said was back after %v only", d)
	}
	call = s.same(t, call, "held")
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
