package talk

import "testing"

// TestTalk: a caller and an agent hear each other.
func TestTalk(t *testing.T) {
	h := open(t, 1)
	m := h.teams[0]
	caller, call := m.begin(t)
	caller.hangUp(t)
	m.agent.idle(t)
	r := h.record(t, call.Interaction)
	r.sound(t)
	r.owns(t, "usr_a00")
	h.still(t)
}
