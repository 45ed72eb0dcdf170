package talk

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"belfry/core"
	"belfry/media/codec"
)

// TestTones: whatever codec the caller speaks and whatever all others do, the two
// who should hear each other do, and nobody hears themselves or anybody else, after
// the answer, a hold, a reload, a transfer of either kind, a merge and a change of
// station.
//
// One-way audio after one of these is what users of other systems report most:
// https://github.com/livekit/sip/issues/339, https://github.com/onsip/SIP.js/issues/543,
// https://github.com/DoubangoTelecom/sipml5/issues/365, https://github.com/asterisk/asterisk/issues/1027,
// https://github.com/signalwire/freeswitch/issues/2383, https://github.com/onsip/SIP.js/issues/436.
func TestTones(t *testing.T) {
	t.Parallel()
	h := open(t, len(codec.All())*len(codec.All()))
	var all sync.WaitGroup
	for i, caller := range codec.All() {
		for j, agent := range codec.All() {
			m := h.teams[i*len(codec.All())+j]
			all.Go(func() {
				t.Run(fmt.Sprintf("%s to %s", caller, agent), func(t *testing.T) {
					if caller != agent { // else they are browsers that know all
						m.speaks(t, agent)
					}
					m.everything(t, caller)
				})
			})
		}
	}
	all.Wait()
	h.still(t)
}

// speaks has all of the team but its callers know one codec.
func (m *team) speaks(t *testing.T, c codec.Codec) {
	t.Helper()
	m.agent.speaks(t, c)
	m.colleague.speaks(t, c)
	for _, x := range []*extension{m.phone, m.outside, m.own} {
		x.speaks(c)
	}
}

// everything is all that is done with calls.
func (m *team) everything(t *testing.T, c codec.Codec) {
	t.Helper()
	_ = t.Run("hold and reload", func(t *testing.T) { m.holdAndReload(t, c) }) &&
		t.Run("blind transfer", func(t *testing.T) { m.sendOn(t, c) }) &&
		t.Run("attended transfer", func(t *testing.T) { m.consultAndComplete(t, c) }) &&
		t.Run("merge", func(t *testing.T) { m.merge(t, c) }) &&
		t.Run("station", func(t *testing.T) { m.changeStation(t, c) }) &&
		t.Run("a hundred holds", func(t *testing.T) { m.hundredHolds(t, c) })
}

// ends has the caller hang up and all be free again.
func (m *team) ends(t *testing.T, caller *line) {
	t.Helper()
	caller.hangUp(t)
	m.agent.idle(t)
	m.colleague.idle(t)
}

func (m *team) holdAndReload(t *testing.T, c codec.Codec) {
	t.Helper()
	caller, call := m.begin(t, c)
	if call.Codec != string(c) {
		t.Errorf("the page is to speak %s in a call in %s", call.Codec, c)
	}
	m.agent.post(t, "/calls/"+call.ID+"/hold")
	m.music(t, &caller.voice)
	m.silence(t, &m.agent.voice)
	m.agent.post(t, "/calls/"+call.ID+"/resume")
	m.talk(t, &caller.voice, &m.agent.voice)
	m.agent.reload(t)
	m.talk(t, &caller.voice, &m.agent.voice)
	m.agent.soon(t, "/calls/"+call.ID+"/hold")
	m.music(t, &caller.voice)
	m.agent.reload(t) // a hold outlives it
	m.agent.await(t, "has the line again", func(d desk) bool { return d.Agent.StationUp && len(d.Calls) == 1 && d.Calls[0].State == "held" })
	m.music(t, &caller.voice)
	m.silence(t, &m.agent.voice)
	m.agent.post(t, "/calls/"+call.ID+"/resume")
	m.talk(t, &caller.voice, &m.agent.voice)
	m.ends(t, caller)
}

func (m *team) sendOn(t *testing.T, c codec.Codec) {
	t.Helper()
	m.colleague.will("answer")
	caller, call := m.begin(t, c)
	m.agent.transfer(t, call.ID, "blind", map[string]string{"user": m.colleague.user})
	m.colleague.call(t, "talking")
	m.talk(t, &caller.voice, &m.colleague.voice)
	m.silence(t, &m.agent.voice)
	m.outside.will("answer")
	m.colleague.transfer(t, call.ID, "blind", map[string]string{"number": m.far()})
	far := m.outside.rung(t)
	far.answered(t)
	m.talk(t, &caller.voice, &far.voice)
	m.silence(t, &m.colleague.voice)
	m.ends(t, caller)
	far.ended(t)
}

func (m *team) consultAndComplete(t *testing.T, c codec.Codec) {
	t.Helper()
	m.colleague.will("answer")
	caller, call := m.begin(t, c)
	x := m.agent.transfer(t, call.ID, "attended", map[string]string{"user": m.colleague.user})
	m.talk(t, &m.agent.voice, &m.colleague.voice)
	m.music(t, &caller.voice)
	m.agent.reload(t)
	m.talk(t, &m.agent.voice, &m.colleague.voice)
	m.music(t, &caller.voice)
	m.agent.soon(t, "/calls/"+call.ID+"/resume") // to and fro
	m.talk(t, &caller.voice, &m.agent.voice)
	m.agent.post(t, "/calls/"+x.Consult+"/resume")
	m.talk(t, &m.agent.voice, &m.colleague.voice)
	m.music(t, &caller.voice)
	m.agent.post(t, "/transfers/"+x.ID+"/complete")
	m.talk(t, &caller.voice, &m.colleague.voice)
	m.silence(t, &m.agent.voice)
	m.ends(t, caller)
}

func (m *team) merge(t *testing.T, c codec.Codec) {
	t.Helper()
	m.colleague.will("answer")
	m.outside.will("answer")
	caller, call := m.begin(t, c)
	x := m.agent.transfer(t, call.ID, "attended", map[string]string{"user": m.colleague.user})
	m.talk(t, &m.agent.voice, &m.colleague.voice)
	m.agent.post(t, "/calls/"+x.Consult+"/merge")
	m.talk(t, &caller.voice, &m.agent.voice, &m.colleague.voice)
	m.agent.post(t, "/calls/"+call.ID+"/hold") // the others go on
	m.talk(t, &caller.voice, &m.colleague.voice)
	m.silence(t, &m.agent.voice)
	m.agent.post(t, "/calls/"+call.ID+"/resume")
	m.talk(t, &caller.voice, &m.agent.voice, &m.colleague.voice)
	m.agent.reload(t)
	m.talk(t, &caller.voice, &m.agent.voice, &m.colleague.voice)
	var begun struct{ ID string }
	m.agent.await(t, "has the line again", func(d desk) bool { return d.Agent.StationUp })
	m.agent.ask(t, "POST", "/api/v1/calls", map[string]string{"to": m.far()}, &begun) // a fourth
	far := m.outside.rung(t)
	far.answered(t)
	m.talk(t, &m.agent.voice, &far.voice)
	m.talk(t, &caller.voice, &m.colleague.voice)
	m.agent.post(t, "/calls/"+call.ID+"/merge")
	m.talk(t, &caller.voice, &m.agent.voice, &m.colleague.voice, &far.voice)
	m.agent.hangUp(t, call.ID)
	m.talk(t, &caller.voice, &m.colleague.voice, &far.voice)
	far.hangUp(t)
	m.talk(t, &caller.voice, &m.colleague.voice)
	m.ends(t, caller)
}

// changeStation goes from the page to a registered phone, and to a phone outside,
// and back, in one call.
func (m *team) changeStation(t *testing.T, c codec.Codec) {
	t.Helper()
	m.h.register(t, m.extension())
	m.own.will("answer")
	m.outside.will("answer")
	m.agent.await(t, "has a phone", func(d desk) bool { return d.Agent.PhoneUp })
	caller, call := m.begin(t, c)
	use := func(kind, number string) {
		m.agent.ask(t, "PUT", "/api/v1/me/station", map[string]string{"kind": kind, "number": number}, nil)
	}
	use("phone", "")
	own := m.own.rung(t)
	own.answered(t)
	m.talk(t, &caller.voice, &own.voice)
	m.silence(t, &m.agent.voice)
	m.agent.post(t, "/calls/"+call.ID+"/hold")
	m.music(t, &caller.voice)
	m.agent.post(t, "/calls/"+call.ID+"/resume")
	m.talk(t, &caller.voice, &own.voice)
	use("browser", "")
	own.ended(t)
	m.talk(t, &caller.voice, &m.agent.voice)
	use("outside", m.far())
	far := m.outside.rung(t)
	far.answered(t)
	m.talk(t, &caller.voice, &m.agent.voice) // nobody has pressed 1
	m.h.audio.Do(core.Order{Epoch: 1, Effect: core.SendDigits{Leg: far.call.Leg, Digits: "1"}})
	m.talk(t, &caller.voice, &far.voice)
	m.silence(t, &m.agent.voice)
	use("browser", "")
	far.ended(t)
	m.talk(t, &caller.voice, &m.agent.voice)
	m.ends(t, caller)
}

func (m *team) hundredHolds(t *testing.T, c codec.Codec) {
	t.Helper()
	caller, call := m.begin(t, c)
	for range 100 {
		m.agent.post(t, "/calls/"+call.ID+"/hold")
		m.agent.post(t, "/calls/"+call.ID+"/resume")
	}
	m.talk(t, &caller.voice, &m.agent.voice)
	m.ends(t, caller)
	r := m.h.record(t, call.Interaction)
	r.owns(t, m.agent.user)
	if r.Held > r.Talk || r.Held <= 0 {
		t.Errorf("on hold for %.3f s of %.3f", r.Held, r.Talk)
	}
}

// TestPhoneHolds: a colleague's phone puts the caller on hold by itself, again
// and again.
func TestPhoneHolds(t *testing.T) {
	t.Parallel()
	h := open(t, 1)
	m := h.teams[0]
	m.phone.will("answer")
	caller, call := m.begin(t)
	m.agent.transfer(t, call.ID, "blind", map[string]string{"user": "usr_p00"})
	phone := m.phone.rung(t)
	phone.answered(t)
	m.talk(t, &caller.voice, &phone.voice)
	for range 8 {
		phone.call.Hold(true)
		m.music(t, &caller.voice)
		phone.call.Hold(false)
		m.talk(t, &caller.voice, &phone.voice)
	}
	caller.hangUp(t)
	phone.ended(t)
	r := h.record(t, call.Interaction)
	r.owns(t, m.agent.user, "usr_p00")
	if held := r.Talks[slices.IndexFunc(r.Talks, func(p part) bool { return p.Agent == "usr_p00" })].Held; held < 1 || held > 60 {
		t.Errorf("on hold for %.3f s", held)
	}
	h.still(t)
}
