package talk

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// TestComplaints: what users of other systems report about lost pages, silence
// and dead air does not happen here. Reloads, holds and recordings are in
// TestTones and TestRecordings.
func TestComplaints(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		play func(*team, *testing.T)
	}{
		// https://github.com/amazon-connect/amazon-connect-streams/issues/75, https://github.com/amazon-connect/amazon-connect-streams/issues/953
		{"mute outlives a reload and can be taken back", (*team).muteAndReload},
		// https://github.com/onsip/SIP.js/issues/1088
		{"the end of a call is seen after a reload", (*team).endAfterReload},
		// https://github.com/onsip/SIP.js/issues/1125, https://github.com/onsip/SIP.js/issues/1024, https://github.com/onsip/SIP.js/issues/735
		{"a call waits for a page that is away for seconds", (*team).awayForSeconds},
		// https://github.com/ringcentral/ringcentral-web-phone/issues/319
		{"a caller on hold hangs up while the page is away", (*team).endWhileAway},
		// https://github.com/livekit/sip/issues/301
		{"a caller hears music until an agent is there", (*team).musicFirst},
		// https://github.com/amazon-connect/amazon-connect-streams/issues/519
		{"the network's announcement is heard by who calls out", (*team).announced},
		{"the network's announcement is heard by who is sent there", (*team).announcedToCaller},
		// https://github.com/lehel-twilio/plugin-dialpad/issues/43
		{"two agents hear each other", (*team).agentToAgent},
		// https://github.com/amazon-connect/amazon-connect-streams/issues/559
		{"nobody is rung for a caller who has gone", (*team).goneBeforeRung},
	}
	h := open(t, len(rows))
	var all sync.WaitGroup
	for i, row := range rows {
		all.Go(func() {
			t.Run(row.name, func(t *testing.T) { row.play(h.teams[i], t) })
		})
	}
	all.Wait()
	h.still(t)
}

func (m *team) muteAndReload(t *testing.T) {
	t.Helper()
	caller, call := m.begin(t)
	m.agent.post(t, "/calls/"+call.ID+"/mute")
	m.silence(t, &caller.voice)
	m.agent.reload(t)
	d := m.agent.await(t, "has the line again", func(d desk) bool { return d.Agent.StationUp && len(d.Calls) == 1 && d.Calls[0].State == "talking" })
	if !d.Calls[0].Muted {
		t.Error("the desk does not say that the agent is muted")
	}
	hear(t, m, &m.agent.voice, &caller.voice)
	m.silence(t, &caller.voice)
	m.agent.soon(t, "/calls/"+call.ID+"/unmute")
	m.talk(t, &caller.voice, &m.agent.voice)
	m.ends(t, caller)
}

// hear waits until one hears another, and nobody else.
func hear(t *testing.T, m *team, v, of *voice) {
	t.Helper()
	said := ""
	until(t, func() string { return said }, func() bool {
		said = v.hears(m.others(of), of)
		return said == ""
	})
}

// others are the voices of the team but one.
func (m *team) others(v *voice) []*voice {
	all := []*voice{v}
	for _, x := range m.voices() {
		if x.hz != v.hz {
			all = append(all, x)
		}
	}
	return all
}

func (m *team) endAfterReload(t *testing.T) {
	t.Helper()
	caller, _ := m.begin(t)
	m.agent.reload(t)
	m.talk(t, &caller.voice, &m.agent.voice)
	m.ends(t, caller)
}

func (m *team) awayForSeconds(t *testing.T) {
	t.Helper()
	caller, call := m.begin(t)
	m.agent.leave()
	m.music(t, &caller.voice)
	<-time.After(3 * time.Second)
	m.music(t, &caller.voice)
	m.agent.load(t)
	m.talk(t, &caller.voice, &m.agent.voice)
	if c := m.agent.call(t, "talking"); c.ID != call.ID {
		t.Errorf("another call: %+v", c)
	}
	m.agent.soon(t, "/calls/"+call.ID+"/hold") // hold and transfer work as before
	m.music(t, &caller.voice)
	m.agent.post(t, "/calls/"+call.ID+"/resume")
	m.agent.transfer(t, call.ID, "blind", map[string]string{"user": m.colleague.user})
	m.talk(t, &caller.voice, &m.colleague.voice)
	m.ends(t, caller)
}

func (m *team) endWhileAway(t *testing.T) {
	t.Helper()
	caller, call := m.begin(t)
	m.agent.post(t, "/calls/"+call.ID+"/hold")
	m.music(t, &caller.voice)
	m.agent.leave()
	caller.hangUp(t)
	m.agent.load(t)
	m.agent.idle(t)
	if r := m.h.record(t, call.Interaction); r.EndedBy != "caller" {
		t.Errorf("the call was ended by %s", r.EndedBy)
	}
}

func (m *team) musicFirst(t *testing.T) {
	t.Helper()
	m.agent.will("ring")
	caller := m.h.reach(t, "the caller", hz(m.n, 4), m.number())
	m.music(t, &caller.voice)
	m.agent.post(t, "/offers/"+m.agent.rung(t)+"/accept")
	m.talk(t, &caller.voice, &m.agent.voice)
	m.ends(t, caller)
}

func (m *team) announced(t *testing.T) {
	t.Helper()
	m.outside.will("announce")
	m.agent.ask(t, "POST", "/api/v1/calls", map[string]string{"to": m.far()}, nil)
	far := m.outside.rung(t)
	hear(t, m, &m.agent.voice, &far.voice)
	far.call.Reject(404)
	m.agent.idle(t)
}

func (m *team) announcedToCaller(t *testing.T) {
	t.Helper()
	m.outside.will("announce")
	caller, call := m.begin(t)
	m.agent.transfer(t, call.ID, "blind", map[string]string{"number": m.far()})
	far := m.outside.rung(t)
	hear(t, m, &caller.voice, &far.voice)
	far.call.Reject(404)
	m.talk(t, &caller.voice, &m.agent.voice)
	m.ends(t, caller)
	if x := m.h.record(t, call.Interaction).Transfers; len(x) != 1 || x[0].Reason != "no_such_number" || x[0].Code != 404 {
		t.Errorf("the transfer is %+v", x)
	}
}

func (m *team) agentToAgent(t *testing.T) {
	t.Helper()
	m.colleague.will("answer")
	var begun struct{ ID, Interaction string }
	m.agent.ask(t, "POST", "/api/v1/calls", map[string]string{"to": fmt.Sprintf("6%03d", m.n)}, &begun)
	m.talk(t, &m.agent.voice, &m.colleague.voice)
	m.agent.post(t, "/calls/"+begun.ID+"/hold")
	m.music(t, &m.colleague.voice)
	m.agent.post(t, "/calls/"+begun.ID+"/resume")
	m.talk(t, &m.agent.voice, &m.colleague.voice)
	m.colleague.hangUp(t, begun.ID)
	m.agent.idle(t)
	m.colleague.idle(t)
	m.h.record(t, begun.Interaction).sound(t)
}

func (m *team) goneBeforeRung(t *testing.T) {
	t.Helper()
	m.agent.will("ring")
	caller := m.h.reach(t, "the caller", hz(m.n, 4), m.number())
	m.agent.rung(t)
	caller.hangUp(t)
	m.agent.idle(t)
	next, _ := m.begin(t)
	m.ends(t, next)
}
