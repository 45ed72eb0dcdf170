package sip

import (
	"strings"
	"sync"
	"sync/atomic"
)

// A dialog that replaces another lives where that one's leg does, which may be
// another lane than its Call-ID's. Such a Call-ID is a guest there: its own lane
// passes on what comes.

// guests says on which lane a Call-ID is that is not on its own.
type guests struct {
	n  atomic.Int32 // as many; mostly 0
	mu sync.Mutex
	at map[string]guest
}

type guest struct {
	lane  *lane
	until int64
}

// mostGuests is how many there may be at a time.
const mostGuests = 4096

// keep notes a guest, until then at least; false when there are too many.
func (s *guests) keep(callID string, l *lane, until int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, known := s.at[callID]
	if !known {
		for id, g := range s.at {
			if g.until <= l.now {
				delete(s.at, id)
			}
		}
		if len(s.at) >= mostGuests {
			return false
		}
		callID = strings.Clone(callID)
	}
	if s.at == nil {
		s.at = map[string]guest{}
	}
	s.at[callID] = guest{l, max(until, was.until)}
	s.n.Store(int32(len(s.at)))
	return true
}

// release lets a guest go at a time.
func (s *guests) release(callID string, until int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g, known := s.at[callID]; known {
		s.at[callID] = guest{g.lane, until}
	}
}

func (s *guests) find(callID string, now int64) *lane {
	if s.n.Load() == 0 { // mostly
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if g, ok := s.at[callID]; ok && g.until > now {
		return g.lane
	}
	return nil
}

// elsewhere is the lane that a message is for, if it is not this one. An INVITE
// with Replaces is for the lane of the dialog that it names.
func (l *lane) elsewhere(m *message) *lane {
	to := l.e.guests.find(m.callID, l.e.since())
	if to == nil && m.request() && m.method == "INVITE" && !m.inDialog() {
		if v, some := m.get(hReplaces); some {
			if x, ok := parseReplaces(v); ok {
				to = l.e.laneOfCall(x.callID)
			}
		}
	}
	if to == l {
		return nil
	}
	return to
}

// laneOfCall is where a dialog lives.
func (e *Endpoint) laneOfCall(callID string) *lane {
	if l := e.guests.find(callID, e.since()); l != nil {
		return l
	}
	return e.lanes[share(callID, len(e.lanes))]
}

// foreign says whether a Call-ID is another lane's.
func (l *lane) foreign(callID string) bool { return share(callID, len(l.e.lanes)) != l.no }

// hosts takes the Call-ID of the dialog in, for as long as its leg lives.
func (l *lane) hosts(m *message) bool {
	return !l.foreign(m.callID) || l.e.guests.keep(m.callID, l, never)
}

// receives takes it in for as long as copies of the request may come.
func (l *lane) receives(m *message) {
	if l.foreign(m.callID) {
		l.e.guests.keep(m.callID, l, l.now+int64(64*l.e.opts.Timers.T1))
	}
}

// leaves lets a leg's Call-ID go, once the last that is said about it has come.
func (l *lane) leaves(g *leg) {
	if g.d.Incoming && l.foreign(g.d.CallID) {
		l.e.guests.release(g.d.CallID, l.now+int64(64*l.e.opts.Timers.T1+l.e.opts.Timers.T4))
	}
}

// endings remembers the dialogs that ended last.
type endings struct {
	keys [256]uint64
	at   int
}

func (x *endings) note(key uint64) {
	x.keys[x.at] = key
	x.at = (x.at + 1) % len(x.keys)
}

func (x *endings) knows(key uint64) bool {
	for _, k := range x.keys {
		if k == key {
			return true
		}
	}
	return false
}

// hasEnded notes that the leg's dialog is over.
func (l *lane) hasEnded(g *leg) {
	if g.d.RemoteTag != "" {
		l.ended.note(l.hash(g.d.CallID, g.d.LocalTag, g.d.RemoteTag))
	}
}
