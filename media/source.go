package media

import (
	"net/netip"
	"time"
)

// Who may speak on a SIP leg's port. The far end is where its SDP says; behind
// a NAT it is not, so the first packet may teach us another address, once, and
// from then on nothing else is heard. Without this rule anybody who finds the
// port hears the call ("RTP bleed") or speaks into it.
const (
	learnWithin = 5 * time.Second // how long a strange first packet may teach us
	forgetAfter = 2 * time.Second // silence after which the same host may move its port
)

// source keeps one leg's far end.
type source struct {
	said     netip.AddrPort // what SDP says
	saidAt   time.Duration
	learned  netip.AddrPort // who speaks; invalid until the first packet
	lastSeen time.Duration
	// remembered is the source before SDP moved: packets that are still under
	// way from there are no strangers to be learned.
	remembered netip.AddrPort
}

// expect takes the address of an SDP. The same address again only opens the time
// to learn anew, as long as nobody has spoken. moved says that it is another one.
func (s *source) expect(addr netip.AddrPort, now time.Duration) (moved bool) {
	if addr == s.said {
		s.reopen(now)
		return false
	}
	if s.learned.IsValid() {
		s.remembered = s.learned
	}
	s.said, s.saidAt, s.learned = addr, now, netip.AddrPort{}
	return true
}

// reopen starts the time to learn anew: the far end may have waited with its
// first packet until it was answered.
func (s *source) reopen(now time.Duration) {
	if !s.learned.IsValid() {
		s.saidAt = now
	}
}

// accepts says whether a packet from there is the far end's.
func (s *source) accepts(from netip.AddrPort, now time.Duration) bool {
	switch {
	case !s.said.IsValid():
		return false // nothing was agreed yet
	case from == s.learned:
	case !s.learned.IsValid():
		if !s.teaches(from, now) {
			return false
		}
		s.learned = from
	case from.Addr() == s.said.Addr() && s.learned.Addr() != s.said.Addr():
		s.learned = from // a stranger was faster; the host that SDP names wins
	case from.Addr() == s.learned.Addr() && now-s.lastSeen > forgetAfter:
		s.learned = from
	default:
		return false
	}
	s.lastSeen = now
	return true
}

// teaches says whether the first packet may come from there: from the host that
// SDP names at any time, from another one only soon. Loopback has no NAT.
func (s *source) teaches(from netip.AddrPort, now time.Duration) bool {
	if from.Addr() == s.said.Addr() {
		return true
	}
	if from == s.remembered || s.said.Addr().IsLoopback() || from.Addr().IsLoopback() {
		return false
	}
	return now-s.saidAt <= learnWithin
}

// settled says whether no other source could be accepted now.
func (s *source) settled() bool {
	return s.learned.IsValid() && s.learned.Addr() == s.said.Addr()
}

// target is where to send; invalid while that is unknown. SDP that names no
// single host (0.0.0.0 of an old hold, a group) is not followed.
func (s *source) target() netip.AddrPort {
	switch ip := s.said.Addr(); {
	case s.learned.IsValid():
		return s.learned
	case !s.said.IsValid() || s.said.Port() == 0 || ip.IsUnspecified() || ip.IsMulticast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return netip.AddrPort{}
	}
	return s.said
}
