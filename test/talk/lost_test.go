package talk

import (
	"testing"
	"time"

	"belfry/test/browser"
)

// What features promise of a line that is lost.
const (
	silence = 400 * time.Millisecond // without a packet, and the line is silent
	comfort = 500 * time.Millisecond // from there to the music
	again   = 3 * time.Second        // from the page's load to the sound
	quiet   = 2 * time.Second        // more, where nothing is said that could be missed
)

// musicSoon checks how soon after an instant, at which the agent fell silent, the
// caller heard music.
func musicSoon(t testing.TB, who *voice, after time.Time, agent int) {
	t.Helper()
	var at time.Time
	until(t, func() string { return who.name + " hears music" }, func() (there bool) {
		at, there = who.first(after, agent, false)
		return there
	})
	t.Logf("music after %v", at.Sub(after).Round(time.Millisecond))
	if gap := at.Sub(after); gap > silence+comfort {
		t.Errorf("%s waited %v for the music", who.name, gap)
	}
}

// backSoon checks how soon after an instant the agent was heard again.
func backSoon(t testing.TB, who *voice, after time.Time, agent int) {
	t.Helper()
	var at time.Time
	until(t, func() string { return who.name + " hears the agent again" }, func() (there bool) {
		at, there = who.first(after, agent, true)
		return there && who.hearsTone(agent) == "" // and goes on hearing them
	})
	t.Logf("the agent is heard again after %v", at.Sub(after).Round(time.Millisecond))
	if gap := at.Sub(after); gap > again {
		t.Errorf("%s waited %v for the agent", who.name, gap)
	}
}

// TestCrash: the renderer of an agent's page is killed in a call that is
// recorded. The caller hears music, another page of the same login has the same
// call, and all that can be done with a call is done with it.
//
// Elsewhere the audio, or the control over the call, is lost:
// https://github.com/onsip/SIP.js/issues/1088 and the like.
func TestCrash(t *testing.T) {
	h := open(t, 1)
	m := h.teams[0]
	s := m.sit(t, browser.Options{}, "")
	s.works(t)
	caller, call := s.takes(t)
	caller.record()
	call = s.same(t, call, "talking")
	crash := func() {
		t.Helper()
		s.Crash()
		at := time.Now()
		musicSoon(t, &caller.voice, at, s.hz)
		s.opens(t)
		backSoon(t, &caller.voice, time.Now(), s.hz)
		s.talks(t, &caller.voice)
		s.same(t, call, "talking")
	}
	crash()
	s.Click("button", "Place on hold")
	m.music(t, &caller.voice)
	s.WaitQuiet()
	s.Click("button", "Exit the hold")
	s.talks(t, &caller.voice)
	crash()

	m.outside.will("answer")
	s.transfer(t, call.ID, "blind", map[string]string{"number": m.far()})
	far := m.outside.rung(t)
	far.answered(t)
	m.talk(t, &caller.voice, &far.voice)
	s.sees(t, "is free", func(d desk) bool { return len(d.Calls) == 0 })
	caller.hangUp(t)
	far.ended(t)
	r := h.record(t, call.Interaction)
	r.sound(t)
	r.owns(t, m.agent.user, m.far())
	m.oneRecording(t, r, s.hz)

	caller, call = s.takes(t)
	caller.record()
	call = s.same(t, call, "talking")
	crash()
	s.pass(time.Second) // nothing destructive lies under a double click
	s.Click("button", "Hang up")
	caller.ended(t)
	s.sees(t, "is free", func(d desk) bool { return len(d.Calls) == 0 && d.Agent.State == "ready" })
	h.record(t, call.Interaction).owns(t, m.agent.user)
	h.still(t)
}

// TestReloadInAConsultation: both calls are there afterwards, each as it was, and
// go on to their ends.
func TestReloadInAConsultation(t *testing.T) {
	h := open(t, 1)
	m := h.teams[0]
	s := m.sit(t, browser.Options{}, "")
	s.works(t)
	caller, call := s.takes(t)
	call = s.same(t, call, "talking")
	m.colleague.will("answer")
	x := s.transfer(t, call.ID, "attended", map[string]string{"user": m.colleague.user})
	s.talks(t, &m.colleague.voice)
	m.music(t, &caller.voice)
	two := func(first, second string) {
		t.Helper()
		s.same(t, call, first)
		d := s.sees(t, "has both calls", func(d desk) bool { c := d.find(x.Consult); return c != nil && c.State == second })
		if len(d.Calls) != 2 {
			t.Errorf("the desk has %s", d.short())
		}
		s.Find("group", "Your calls")
	}
	two("held", "talking")
	m.colleague.record()
	s.Reload()
	backSoon(t, &m.colleague.voice, time.Now(), s.hz)
	s.talks(t, &m.colleague.voice)
	m.music(t, &caller.voice)
	two("held", "talking")
	s.post(t, "/calls/"+call.ID+"/resume")
	s.talks(t, &caller.voice)
	caller.record()
	s.Crash()
	musicSoon(t, &caller.voice, time.Now(), s.hz)
	s.opens(t)
	backSoon(t, &caller.voice, time.Now(), s.hz)
	s.talks(t, &caller.voice)
	two("talking", "held")
	s.post(t, "/transfers/"+x.ID+"/complete")
	m.talk(t, &caller.voice, &m.colleague.voice)
	s.sees(t, "is free", func(d desk) bool { return len(d.Calls) == 0 })
	caller.hangUp(t)
	m.colleague.idle(t)
	h.record(t, call.Interaction).owns(t, m.agent.user, m.colleague.user)
	h.still(t)
}
