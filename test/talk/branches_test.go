package talk

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// refusals is what a caller's phone is told where a direct call is refused.
var refusals = map[string]int{"busy": 486, "declined": 486, "no_answer": 480, "away": 480}

// TestBranches: a person who is called is busy, does not answer, declines, or is
// away, and the caller is sent to a colleague, a Smart Routing, a number outside
// or a mailbox, or is refused, as an administrator has just set it for that
// person. Who talks with whom, what is kept of a message, and the status that the
// caller's phone gets are looked at.
func TestBranches(t *testing.T) {
	t.Parallel()
	whys := []string{"no_answer", "no_answer", "no_answer", "no_answer", "no_answer", "busy", "declined", "away"}
	ways := []string{"user", "tree", "number", "mailbox", "refuse"}
	h := open(t, len(whys), func(d *plan.Doc) {
		for n := range whys {
			d.Mailboxes = append(d.Mailboxes, plan.Mailbox{ID: core.MailboxID(fmt.Sprintf("box_%02d", n)), Name: fmt.Sprintf("box %d", n), Min: 1})
		}
	})
	var all sync.WaitGroup
	for n, why := range whys {
		some := ways
		if why == "no_answer" { // that takes five seconds: each way is a team's
			some = ways[n : n+1]
		}
		all.Go(func() {
			for i, way := range some {
				t.Run(why+"/"+way, func(t *testing.T) { h.teams[n].branch(t, why, way, fmt.Sprintf("+3361500%02d%02d", n, i)) })
			}
		})
	}
	all.Wait()
	h.still(t)
}

// branch sets where the agent's direct calls go, and makes one.
func (m *team) branch(t *testing.T, why, way, from string) {
	t.Helper()
	m.set(t, why, way)
	free := sync.OnceFunc(m.unavailable(t, why))
	defer free()
	caller := m.h.patient(t, "the caller", hz(m.n, 4), m.extension(), from)
	m.colleague.will("answer")
	outcome, mode, agent := "answered", "direct", m.colleague.user
	switch way {
	case "refuse":
		caller.ended(t)
		if caller.cause.Code != refusals[why] {
			t.Errorf("the caller's phone is told %+v, not %d", caller.cause, refusals[why])
		}
		outcome, agent = "refused", ""
	case "mailbox":
		m.leaves(t, caller, from)
		outcome, agent = "voice_mailbox", ""
	case "number":
		far := m.outside.rung(t)
		m.talk(t, &caller.voice, &far.voice)
		caller.hangUp(t)
		far.ended(t)
		agent = ""
	default:
		caller.answered(t)
		m.talk(t, &caller.voice, &m.colleague.voice)
		caller.hangUp(t)
		m.colleague.idle(t)
		if way == "tree" {
			mode = "smart"
		}
	}
	free()
	r := m.h.of(t, from)
	r.sound(t)
	if r.Outcome != outcome || r.Mode != mode || r.Agent != agent {
		t.Errorf("the record says %s, %s, %q, and not %s, %s, %q", r.Outcome, r.Mode, r.Agent, outcome, mode, agent)
	}
}

// set has an administrator say where the agent's calls go that they do not take.
func (m *team) set(t *testing.T, why, way string) {
	t.Helper()
	to := map[string]any{"user": nil, "tree": nil, "number": nil, "mailbox": nil} // a field that is not named would stay
	switch way {
	case "user":
		to["user"] = m.colleague.user
	case "tree":
		to["tree"] = fmt.Sprintf("tre_b%02d", m.n)
	case "number":
		to["number"] = m.far()
	case "mailbox":
		to["mailbox"] = fmt.Sprintf("box_%02d", m.n)
	}
	to["do"] = map[string]string{"mailbox": "mailbox", "refuse": "refuse"}[way]
	if to["do"] == "" {
		to["do"] = "forward"
	}
	change, err := json.Marshal(map[string]any{why: to})
	if err != nil {
		t.Fatal(err)
	}
	m.h.patch(t, "users/"+m.agent.user, string(change))
}

// unavailable has the agent be so; free has them be as before.
func (m *team) unavailable(t *testing.T, why string) (free func()) {
	t.Helper()
	switch why {
	case "no_answer":
		m.agent.will("ring")
	case "declined":
		m.agent.will("decline")
	case "away":
		m.agent.post(t, "/me/shift/end")
		return func() {
			m.agent.post(t, "/me/shift/start")
			m.agent.idle(t)
		}
	case "busy":
		var begun struct{ ID string }
		m.outside.will("answer")
		m.agent.ask(t, "POST", "/api/v1/calls", map[string]string{"to": m.far()}, &begun)
		other := m.outside.rung(t)
		other.answered(t)
		m.agent.call(t, "talking")
		return func() {
			m.agent.hangUp(t, begun.ID)
			other.ended(t)
			m.agent.idle(t)
		}
	}
	return func() { m.agent.idle(t) }
}

// leaves has the caller speak to the mailbox after its tone; the message is kept,
// and is what they said.
func (m *team) leaves(t *testing.T, caller *line, from string) {
	t.Helper()
	caller.answered(t)
	until(t, func() string { return "the caller hears the tone of the mailbox" }, func() bool {
		_, heard := caller.first(time.Time{}, 1000, true)
		return heard
	})
	<-time.After(2500 * time.Millisecond) // a busy machine may be late
	caller.hangUp(t)
	var kept struct {
		ID, Mailbox string
		Length      float64
	}
	until(t, func() string { return "the message of " + from + " is kept" }, func() bool {
		var list struct {
			Items []struct {
				ID, From, Mailbox string
				Length            float64
			}
		}
		m.h.admin.ask(t, "GET", "/api/v1/voice-messages?limit=100", nil, &list)
		for _, one := range list.Items {
			if one.From == from {
				kept.ID, kept.Mailbox, kept.Length = one.ID, one.Mailbox, one.Length
			}
		}
		return kept.ID != ""
	})
	if kept.Mailbox != fmt.Sprintf("box_%02d", m.n) || kept.Length < 1 {
		t.Errorf("the message is %+v", kept)
	}
	b := m.h.admin.read(t, "/api/v1/voice-messages/"+kept.ID+"/audio")
	pcm, rate := samples(t, b)
	theirs, pieces := 0, 0
	for part := range slices.Chunk(pcm, rate/20) { // a packet that is late breaks the tone
		if pieces++; level(part, caller.hz, rate) > max(loud, loudness(part)-3) {
			theirs++
		}
	}
	if theirs < pieces/2 {
		t.Errorf("the caller is heard in %d of %d pieces of their message", theirs, pieces)
	}
}

// samples are those of a WAV file of one channel.
func samples(t *testing.T, b []byte) (pcm []int16, rate int) {
	t.Helper()
	at := bytes.Index(b, []byte("data"))
	if at < 0 || len(b) < 44 {
		t.Fatalf("the message is no WAV file: %d bytes", len(b))
	}
	rate = int(binary.LittleEndian.Uint32(b[24:]))
	for i := at + 8; i+1 < len(b); i += 2 {
		pcm = append(pcm, int16(binary.LittleEndian.Uint16(b[i:])))
	}
	return pcm, rate
}

// of waits until the only call from a number is over, and reads its record.
func (h *house) of(t testing.TB, from string) (r record) {
	t.Helper()
	id := ""
	until(t, func() string { return "the call from " + from + " is in the history" }, func() bool {
		var list struct {
			Items []struct{ ID, From string }
		}
		h.admin.ask(t, "GET", "/api/v1/interactions?limit=100", nil, &list)
		for _, one := range list.Items {
			if one.From == from {
				id = one.ID
			}
		}
		return id != ""
	})
	return h.record(t, id)
}
