package talk

import (
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// TestMailboxOutside: an agent works at a number outside, where a mailbox answers:
// it presses nothing, so it never gets the caller, and the next agent does. Who
// presses 1 there is a person.
func TestMailboxOutside(t *testing.T) {
	h := open(t, 1, func(doc *plan.Doc) { // the colleague serves the agent's queue too
		for i := range doc.Profiles {
			if doc.Profiles[i].ID == "pro_b00" {
				doc.Profiles[i].Queues = append(doc.Profiles[i].Queues, "que_a00")
			}
		}
	})
	m := h.teams[0]
	be := func(activity string) {
		t.Helper()
		m.colleague.ask(t, "PUT", "/api/v1/me/activity", map[string]string{"activity": activity}, nil)
	}
	m.colleague.will("answer")
	m.outside.will("answer")
	m.agent.ask(t, "PUT", "/api/v1/me/station", map[string]string{"kind": "outside", "number": m.far()}, nil)
	be("act_break")
	caller := h.dial("the caller", hz(0, 4), m.number())
	caller.record()
	mailbox := m.outside.rung(t)
	mailbox.answered(t)
	m.music(t, &mailbox.voice) // what asks for the 1
	m.music(t, &caller.voice)
	be("act_available")
	mailbox.ended(t)
	m.colleague.call(t, "talking")
	m.talk(t, &caller.voice, &m.colleague.voice)
	if at, heard := caller.first(time.Time{}, mailbox.hz, true); heard {
		t.Errorf("the caller heard the mailbox at %v", at)
	}
	be("act_break")
	caller.hangUp(t)
	m.colleague.await(t, "has no call", func(d desk) bool { return len(d.Calls) == 0 })

	caller = h.dial("the caller", hz(0, 4), m.number())
	person := m.outside.rung(t)
	person.answered(t)
	m.music(t, &person.voice)
	h.audio.Do(core.Order{Epoch: 1, Effect: core.SendDigits{Leg: person.call.Leg, Digits: "1"}})
	m.talk(t, &caller.voice, &person.voice)
	call := m.agent.call(t, "talking")
	m.agent.post(t, "/calls/"+call.ID+"/hold")
	m.music(t, &caller.voice)
	m.agent.post(t, "/calls/"+call.ID+"/resume")
	m.talk(t, &caller.voice, &person.voice)
	caller.hangUp(t)
	person.ended(t)
	h.record(t, call.Interaction).owns(t, m.agent.user)
	h.still(t)
}
