package talk

import (
	"strings"
	"testing"

	"belfry/test/browser"
)

// TestEight: a page in a browser brings eight together: each is heard by all
// others and not by themselves. A ninth is refused in words.
func TestEight(t *testing.T) {
	h := open(t, 3)
	m := h.teams[0]
	s := m.sit(t, browser.Options{}, "")
	s.works(t)
	caller, call := s.takes(t)
	m.colleague.will("answer")
	all := []*voice{&caller.voice}
	begin := func(to string) string {
		t.Helper()
		var begun struct{ ID string }
		s.ask(t, "POST", "/api/v1/calls", map[string]string{"to": to}, &begun)
		return begun.ID
	}
	joined := func(id string, v *voice) {
		t.Helper()
		s.talks(t, v)
		s.post(t, "/calls/"+call.ID+"/merge")
		s.sees(t, "has merged the calls", func(d desk) bool { return len(d.Calls) == 1 })
		v.quiet(true)
		all = append(all, v)
	}
	caller.quiet(true)
	id := begin("6000")
	m.colleague.call(t, "talking")
	joined(id, &m.colleague.voice)
	var lines []*line
	for _, x := range []struct {
		to string
		at *extension
	}{
		{"19000", m.phone},
		{m.far(), m.outside},
		{"19001", h.teams[1].phone},
		{h.teams[1].far(), h.teams[1].outside},
		{"19002", h.teams[2].phone},
	} {
		id := begin(x.to)
		l := x.at.rung(t)
		l.answered(t)
		joined(id, &l.voice)
		lines = append(lines, l)
	}
	s.post(t, "/calls/"+call.ID+"/mute")
	for _, speaker := range all {
		speaker.quiet(false)
		said := ""
		until(t, func() string { return speaker.name + " speaks: " + said }, func() bool {
			for _, v := range all {
				if v == speaker {
					said = v.hears(nil)
				} else {
					said = v.hearsTone(speaker.hz)
				}
				if said != "" {
					return false
				}
			}
			return true
		})
		s.WaitTone(speaker.hz)
		speaker.quiet(true)
	}
	s.post(t, "/calls/"+call.ID+"/unmute")
	for _, v := range all {
		said := ""
		until(t, func() string { return said }, func() bool { said = v.hearsTone(s.hz); return said == "" })
	}
	s.WaitQuiet() // it does not hear itself

	id = begin(h.teams[2].far())
	ninth := h.teams[2].outside.rung(t)
	ninth.answered(t)
	s.talks(t, &ninth.voice)
	if status, text := s.try(t, "POST", "/api/v1/calls/"+call.ID+"/merge", nil, nil); status != 409 || !strings.Contains(text, "at most 8 parties") {
		t.Errorf("a ninth: %d %s", status, text)
	}
	s.hangUp(t, id)
	ninth.ended(t)
	s.hangUp(t, call.ID)
	caller.hangUp(t)
	for _, l := range lines {
		if l.lives() {
			l.call.Hangup()
		}
	}
	m.colleague.await(t, "has no call", func(d desk) bool {
		if len(d.Calls) > 0 {
			m.colleague.try(t, "POST", "/api/v1/calls/"+d.Calls[0].ID+"/hangup", nil, nil)
		}
		return len(d.Calls) == 0
	})
	h.still(t)
}
