package talk

import (
	"testing"
	"time"

	"belfry/core/plan"
	"belfry/test/browser"
)

// TestAwayFromThePage: what takes long and costs little goes side by side, and
// beside nothing else: seconds are measured.
func TestAwayFromThePage(t *testing.T) {
	t.Run("freeze", freezes)
	t.Run("sleep", sleeps)
}

// freezes: a browser freezes the agent's page in a call for 20 s, as it does to
// save energy, and thaws it. The sound is there and all that can be done with a
// call can be done within 3 s of the thaw.
func freezes(t *testing.T) {
	t.Parallel()
	h := open(t, 1)
	m := h.teams[0]
	s := m.sit(t, browser.Options{}, "")
	s.works(t)
	caller, call := s.takes(t)
	call = s.same(t, call, "talking")
	s.Freeze(true)
	<-time.After(20 * time.Second)
	caller.record()
	thawed := time.Now()
	s.Freeze(false)
	for _, button := range []string{"Mute my mic", "Place on hold", "Phone keypad", "Stop the recording", "Transfer", "Hang up"} {
		s.Find("button", button)
	}
	soon(t, "all that can be done with a call", thawed)
	backSoon(t, &caller.voice, thawed, s.hz)
	s.Click("button", "Place on hold")
	m.music(t, &caller.voice)
	s.WaitQuiet()
	s.Click("button", "Exit the hold")
	s.talks(t, &caller.voice)
	s.same(t, call, "talking")
	s.Click("button", "Hang up")
	caller.ended(t)
	h.record(t, call.Interaction).owns(t, m.agent.user)
	h.still(t)
}

// sleeps: the agent's computer falls asleep in a call, for longer than the
// caller is kept for them. The caller is the first who is answered afterwards,
// nothing is held against the agent, and the page shows what is true within 3 s of
// waking: another call that rings, and the old one nowhere.
func sleeps(t *testing.T) {
	t.Parallel()
	const grace = 30 * time.Second
	h := open(t, 1, func(doc *plan.Doc) { // the colleague serves the agent's queue too
		for i := range doc.Profiles {
			if doc.Profiles[i].ID == "pro_b00" {
				doc.Profiles[i].Queues = append(doc.Profiles[i].Queues, "que_a00")
				doc.Profiles[i].Supervises = append(doc.Profiles[i].Supervises, "que_a00")
			}
		}
	})
	m := h.teams[0]
	be := func(activity string) {
		t.Helper()
		m.colleague.ask(t, "PUT", "/api/v1/me/activity", map[string]string{"activity": activity}, nil)
	}
	be("act_break")
	s := m.sit(t, browser.Options{}, "")
	s.works(t)
	caller, call := s.takes(t)
	caller.record()
	s.b.Sleep(true)
	slept := time.Now()
	musicSoon(t, &caller.voice, slept, s.hz)
	second := h.reach(t, "who called later", hz(0, 3), m.number())
	m.music(t, &second.voice)
	<-time.After(time.Until(slept.Add(grace)))
	until(t, func() string { return "the caller waits in the queue" }, func() bool {
		m.colleague.mu.Lock()
		defer m.colleague.mu.Unlock()
		return m.colleague.pool.waits(call.ID, m.queue())
	})
	m.music(t, &caller.voice)
	m.colleague.will("answer")
	be("act_available")
	if c := m.colleague.call(t, "talking"); c.ID != call.ID {
		t.Errorf("%s was answered before the caller who had waited longer", c.ID)
	}
	m.talk(t, &caller.voice, &m.colleague.voice)
	if d := s.fresh(t); d.Agent.State != "device_lost" || len(d.Calls) > 0 || len(d.Missed) > 0 {
		t.Errorf("the agent whose computer sleeps has %s; missed: %v", d.short(), d.Missed)
	}
	woke := time.Now()
	s.b.Sleep(false)
	s.Find("button", "Accept")
	s.Gone("region", "Active call")
	soon(t, "the next call", woke)
	s.Click("button", "Accept")
	s.talks(t, &second.voice)
	second.hangUp(t)
	caller.hangUp(t)
	if d := s.fresh(t); len(d.Missed) > 0 {
		t.Errorf("the agent has missed %v", d.Missed)
	}
	h.record(t, call.Interaction).owns(t, m.agent.user, m.colleague.user)
	h.still(t)
}

// soon checks that no more than what is promised has passed.
func soon(t testing.TB, what string, since time.Time) {
	t.Helper()
	d := time.Since(since)
	if t.Logf("the page has %s after %v", what, d.Round(time.Millisecond)); d > again {
		t.Errorf("the page has %s after %v only", what, d)
	}
}
