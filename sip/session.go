package sip

import (
	"strconv"
	"strings"
	"time"

	"belfry/core"
)

// seconds reads a delta-seconds value with parameters behind it.
func seconds(v string) (time.Duration, bool) {
	v, _, _ = strings.Cut(v, ";")
	n, err := strconv.ParseUint(trim(v), 10, 31)
	return time.Duration(n) * time.Second, err == nil && n > 0
}

// intervalTooSmall gives the Min-SE to answer a request with that wants its
// session refreshed too often; empty when it does not (RFC 4028 §9).
func (l *lane) intervalTooSmall(m *message) string {
	d, ok := seconds(m.value(hSessionExpires))
	if least := l.e.opts.Timers.MinSE; ok && d < least && m.has(hSupported, "timer") {
		return whole(least)
	}
	return ""
}

// whole writes a duration in seconds, rounded up.
func whole(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// agreeSession decides on the timer that a request of theirs asks for. Where
// they know timers and ask for none, we ask for the usual one, and they refresh.
func (g *leg) agreeSession(m *message) {
	theirs := m.has(hSupported, "timer") || m.has(hRequire, "timer")
	v, asked := m.get(hSessionExpires)
	d, ok := seconds(v)
	switch {
	case asked && ok:
		who, _ := param(v[strings.IndexByte(v+";", ';'):], "refresher")
		g.d.Session.Expires = d
		g.d.Session.We = !theirs || strings.EqualFold(who, "uas")
	case theirs:
		g.d.Session.Expires = g.l.e.opts.Timers.SessionExpires
		if least, ok := seconds(m.value(hMinSE)); ok {
			g.d.Session.Expires = max(g.d.Session.Expires, least)
		}
		g.d.Session.We = false
	default:
		g.d.Session = Session{}
	}
}

// agreedSession takes what their 200 to a request of ours says.
func (g *leg) agreedSession(m *message) {
	v, asked := m.get(hSessionExpires)
	d, ok := seconds(v)
	if !asked || !ok {
		g.d.Session = Session{}
		return
	}
	who, _ := param(v[strings.IndexByte(v+";", ';'):], "refresher")
	g.d.Session.Expires = d
	g.d.Session.We = !strings.EqualFold(who, "uas")
}

// appendSession writes Session-Expires: into a 200 what was agreed, into a
// request what we ask for.
func (g *leg) appendSession(b []byte, response bool) []byte {
	s := &g.d.Session
	d := s.Expires
	switch {
	case response && d == 0:
		return b
	case d == 0:
		d = g.l.e.opts.Timers.SessionExpires
	}
	b = append(append(b, "Session-Expires: "...), whole(d)...)
	switch {
	case response && s.We:
		b = append(b, ";refresher=uas"...)
	case response:
		b = append(b, ";refresher=uac\r\nRequire: timer"...)
	case g.d.Up && s.Expires != 0 && s.We:
		b = append(b, ";refresher=uac"...)
	case g.d.Up && s.Expires != 0:
		b = append(b, ";refresher=uas"...)
	}
	b = append(b, "\r\n"...)
	if least := g.l.e.opts.Timers.MinSE; !response && least != 90*time.Second {
		b = append(append(append(b, "Min-SE: "...), whole(least)...), "\r\n"...)
	}
	return b
}

// startSession sets the clock of what was agreed: half of it to our refresh, or
// nearly all of it to giving up (RFC 4028 §10).
func (g *leg) startSession() {
	s := &g.d.Session
	g.lapses = false
	if s.Expires == 0 || g.told {
		g.quiet(sessionAlarm)
		return
	}
	wait := s.Expires - min(32*time.Second, s.Expires/3)
	if s.We {
		wait = s.Expires / 2
	}
	s.Deadline = g.l.e.opts.Now().Add(wait)
	g.alarm(sessionAlarm, wait)
}

// sessionDue refreshes the session, or ends it when they did not.
func (g *leg) sessionDue() {
	if g.state != up {
		return
	}
	if !g.d.Session.We || g.lapses {
		c := core.Cause{Why: core.Unreachable, Code: 408, Reason: "session expired"}
		g.bye(c)
		g.end(c)
		return
	}
	if g.offering != nil || g.wait != nil {
		g.alarm(sessionAlarm, g.l.e.opts.Timers.T2)
		return
	}
	// Should the refresh fail, the next alarm is the end.
	g.lapses = true
	e := g.d.Session.Expires
	g.alarm(sessionAlarm, e/2-min(32*time.Second, e/3))
	if g.d.Updates {
		g.offering = g.request("UPDATE", forRefresh, "", "", nil)
		return
	}
	g.reoffer()
}
