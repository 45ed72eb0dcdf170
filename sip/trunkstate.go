package sip

import (
	"maps"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"belfry/core"
)

// TrunkState is how a trunk stands.
type TrunkState struct {
	ID         core.TrunkID
	Name       string
	Up         bool
	Since      time.Time // of up or down
	Registers  bool      // it is one that we register at
	Registered bool
	Channels   int    // in use
	Limit      int    // of them; 0: none
	Taken      uint64 // calls out that it took, and those that it did not
	Failed     uint64
	Answers    map[Answer]uint64 // how often it gave which
	Error      string            // what went wrong last; empty: nothing since it is up
	ErrorAt    time.Time
}

// Answer is a final response of a trunk to a request of ours.
type Answer struct {
	Method string
	Code   int
}

// counted counts an answer.
func (t *trunk) counted(m *message) {
	if t == nil || m.status < 200 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answers == nil {
		t.answers = map[Answer]uint64{}
	}
	a := Answer{strings.Clone(m.method), m.status}
	if _, ok := t.answers[a]; ok || len(t.answers) < mostAnswers {
		t.answers[a]++
	}
}

// mostAnswers keeps a trunk that makes codes up from filling the memory.
const mostAnswers = 200

// Trunks tells how the trunks stand, in their order.
func (e *Endpoint) Trunks() []TrunkState {
	var all []TrunkState
	for _, t := range e.trunks() {
		t.mu.Lock()
		all = append(all, TrunkState{
			ID: t.set.ID, Name: t.set.Name, Up: t.up(), Since: t.since, Registers: t.set.Register, Registered: t.registered,
			Channels: t.load.now(), Limit: t.set.Channels, Taken: t.taken, Failed: t.missed,
			Answers: maps.Clone(t.answers), Error: t.err, ErrorAt: t.errAt,
		})
		t.mu.Unlock()
	}
	return all
}

// up says whether calls may go by the trunk; its lock is held.
func (t *trunk) up() bool { return !t.down && (!t.set.Register || t.registered) }

// turn notes whether the trunk answers.
func (t *trunk) turn(up bool, why string) {
	t.change(func() { t.down = !up }, why)
}

// register notes whether we are registered.
func (t *trunk) register(ok bool, why string) {
	t.change(func() { t.registered = ok }, why)
}

// change notes a change and says so when it makes the trunk come up or go down, or
// when one that never came up has been tried in vain. It happens on the trunk's lane.
func (t *trunk) change(f func(), why string) {
	t.mu.Lock()
	was := t.up()
	f()
	is := t.up()
	if was != is {
		t.since = t.e.opts.Now()
	}
	if why != "" {
		t.err, t.errAt = why, t.e.opts.Now()
	} else if is {
		t.err, t.errAt = "", time.Time{}
	}
	turned := is == t.told && (is || why != "")
	if turned {
		t.told = !is
	}
	t.mu.Unlock()
	if turned && t.e.opts.Turned != nil && !t.e.closing.Load() {
		t.e.opts.Turned(t.set, is, why)
	}
	switch {
	case was && !is:
		t.e.log.Warn("a trunk went down", "trunk", t.set.ID, "name", t.set.Name, "why", why)
	case !was && is:
		t.e.log.Info("a trunk came up", "trunk", t.set.ID, "name", t.set.Name)
	case !is && why != "":
		t.e.log.Debug("a trunk stays down", "trunk", t.set.ID, "why", why)
	}
}

// toldDown says whether it was told that the trunk is down.
func (t *trunk) toldDown() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.told
}

// failed notes what went wrong.
func (t *trunk) failed(why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err, t.errAt = why, t.e.opts.Now()
}

// passed notes a call out that it did not take.
func (t *trunk) passed(c core.Cause) {
	t.mu.Lock()
	t.missed++
	t.err, t.errAt = strconv.Itoa(c.Code)+" "+c.Reason+" to a call", t.e.opts.Now()
	t.mu.Unlock()
}

// doubt asks at once whether the trunk lives.
func (t *trunk) doubt() {
	t.home().put(parcel{do: func() {
		if p := t.ping; p != nil && !p.over && p.tx == nil && p.every() > 0 {
			p.ask()
		}
	}})
}

// took notes a call out that it took.
func (t *trunk) took() {
	if t == nil {
		return
	}
	t.mu.Lock()
	t.taken++
	t.mu.Unlock()
}

// seenAs says so, once, when the trunk sees us at another address than we tell:
// behind a NAT it must be told the right one, or calls in and audio go astray.
func (t *trunk) seenAs(m *message) {
	_, params, _ := strings.Cut(m.via.text, ";")
	received, ok := param(params, "received")
	at, err := netip.ParseAddr(strings.Trim(received, "[]"))
	if !ok || err != nil || t.hinted || at.Unmap().String() == m.via.host {
		return
	}
	t.hinted = true
	t.e.log.Warn("a trunk sees us at another address than we write into messages: set --public-ip",
		"trunk", t.set.ID, "seen", at, "written", m.via.host)
}

// begin starts what keeps the trunk: it is looked up, asked whether it lives,
// and registered at.
func (t *trunk) begin() {
	l := t.home()
	l.put(parcel{do: func() {
		if t.over {
			return
		}
		t.ping = t.pings(l)
		t.ping.next()
		if t.set.Register {
			t.reg = t.registers(l)
			t.reg.later(0)
		}
	}})
}

// end stops it. Calls that are up go on.
func (t *trunk) end() {
	t.home().put(parcel{do: func() {
		t.over = true
		if t.ping != nil {
			t.ping.stop()
		}
		if t.reg != nil {
			t.reg.stop()
		}
	}})
}

// home is the lane where the trunk is kept.
func (t *trunk) home() *lane { return t.e.lanes[share(string(t.set.ID), len(t.e.lanes))] }
