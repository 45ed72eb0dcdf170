package sip

import (
	"time"

	"belfry/core"
)

// maxTries is how often a re-INVITE is sent that meets one of theirs (491).
const maxTries = 5

// reinvited takes a re-INVITE: hold, another address or codec, a refresh.
func (g *leg) reinvited(tx *serverTx, m *message) {
	l := g.l
	switch {
	case g.offering != nil || g.wait != nil || g.state == calling:
		tx.reply(m, 491) // two offers at once
		return
	case g.state != up:
		tx.reply(m, 500, Header{"Retry-After", "1"})
		return
	}
	if f := l.intervalTooSmall(m); f != "" {
		tx.reply(m, 422, Header{"Min-SE", f})
		return
	}
	w := &unacked{flow: tx.flow, cseq: m.cseq}
	held := false
	if m.body == "" {
		w.offered = true
		g.renew(func() string { return g.offerSDP(wanted(string(g.d.Audio.Codec))) })
	} else {
		var s *session
		if s, held = g.takeOffer(tx, m); s == nil {
			return
		}
	}
	g.refreshTarget(m)
	g.agreeSession(m)
	tx.respond(200, g.okTo(m, g.sdp))
	w.msg = append([]byte(nil), l.out...)
	g.expectAck(w)
	g.startSession()
	if held {
		g.tell(core.LegHeld{Leg: g.d.Leg, Held: g.d.Audio.Held})
	}
}

// takeOffer settles on what m offers and makes the answer. A bad offer is
// refused, and nil.
func (g *leg) takeOffer(tx *serverTx, m *message) (s *session, held bool) {
	s, f := g.l.readOffer(m, g.srtp())
	if f != nil {
		g.refuseOffer(tx, m, f)
		return nil, false
	}
	held = g.settle(s, g.d.Audio.Codec)
	g.renew(func() string { return g.answerSDP(s) })
	return s, held
}

// refuseOffer answers a bad offer within a dialog; the session stays as it is.
func (g *leg) refuseOffer(tx *serverTx, m *message, f *fault) {
	if f.status == 488 {
		tx.reply(m, 488, Header{"Warning", f.reason})
		return
	}
	tx.respond(f.status, g.l.responseTo(m, f.status, f.reason, "", nil))
}

// renew makes our description anew; its version goes up if anything changed.
func (g *leg) renew(write func() string) {
	sdp := write()
	if sdp != g.sdp {
		g.d.Audio.Version++
		sdp = write()
	}
	g.sdp = sdp
}

// okTo writes a 200 within the dialog.
func (g *leg) okTo(m *message, sdp string) []byte {
	c := echoOf(m)
	b := appendResponse(g.l.out[:0], &c, 200, "OK", g.d.LocalTag)
	b = g.appendCan(append(append(append(b, "Contact: "...), g.l.e.contact(g.flow)...), "\r\n"...))
	b = g.appendSession(b, true)
	b = appendBody(b, "application/sdp", sdp)
	g.l.out = b
	return b
}

// updated takes an UPDATE (RFC 3311): like a re-INVITE, but without an ACK and
// allowed before the answer.
func (g *leg) updated(tx *serverTx, m *message) {
	l := g.l
	if f := l.intervalTooSmall(m); f != "" {
		tx.reply(m, 422, Header{"Min-SE", f})
		return
	}
	sdp, held := "", false
	if m.body != "" {
		switch {
		case g.offering != nil || g.wait != nil && g.wait.offered:
			tx.reply(m, 491)
			return
		case g.state == came && !(g.early && g.offer != nil) || g.state == calling:
			tx.reply(m, 500, Header{"Retry-After", "1"}) // the first offer is not answered yet
			return
		}
		var s *session
		if s, held = g.takeOffer(tx, m); s == nil {
			return
		}
		sdp = g.sdp
		if g.offer != nil {
			g.offer = s
		}
	}
	g.refreshTarget(m)
	g.agreeSession(m)
	tx.respond(200, g.okTo(m, sdp))
	if g.state == up {
		g.startSession()
		if held {
			g.tell(core.LegHeld{Leg: g.d.Leg, Held: g.d.Audio.Held})
		}
	}
}

// hold puts the far end on hold or takes it off.
func (g *leg) hold(on bool) {
	if g.state != up && g.state != answered || g.d.Audio.Holding == on {
		return
	}
	g.d.Audio.Holding = on
	g.tries = 0
	g.tune()
	g.reoffer()
}

// reoffer sends a re-INVITE with what holds now, as soon as no other offer is
// under way.
func (g *leg) reoffer() {
	switch {
	case g.state == answered || g.state == up && (g.offering != nil || g.wait != nil):
		g.alarm(offerAlarm, g.l.e.opts.Timers.T1)
	case g.state == up:
		g.renew(func() string { return g.offerSDP(wanted(string(g.d.Audio.Codec))) })
		g.offering = g.request("INVITE", forOffer, "application/sdp", g.sdp, nil)
	}
}

// offerAnswered takes the final response to our re-INVITE or UPDATE.
func (g *leg) offerAnswered(tx *clientTx, m *message) {
	if g.offering == tx {
		g.offering = nil
	}
	ok := m.status < 300
	if ok && tx.invite {
		tx.leg = nil
		g.refreshTarget(m)
		g.sendAck(tx, "")
		tx.msg = nil
	}
	if g.state != up {
		return
	}
	switch {
	case ok:
		g.tries = 0
		if m.body != "" && tx.invite {
			if s, f := g.readAnswer(m.body); f == nil {
				if g.settleAnswer(s) {
					g.tell(core.LegHeld{Leg: g.d.Leg, Held: g.d.Audio.Held})
				}
			}
		}
		g.agreedSession(m)
		g.startSession()
	case m.status == 491 && g.tries < maxTries:
		g.tries++
		g.alarm(offerAlarm, g.pause())
	case m.status == 481 || m.status == 408:
		c := core.Cause{Why: core.HungUp, Code: m.status}
		g.bye(c)
		g.end(c)
	}
}

// settleAnswer is settle for an answer. That they do not send while we hold
// them is no hold of theirs.
func (g *leg) settleAnswer(s *session) bool {
	if g.d.Audio.Holding {
		switch s.dir {
		case recvonly:
			s.dir = sendrecv
		case inactive:
			s.dir = sendonly
		}
	}
	return g.settle(s, g.d.Audio.Codec)
}

// pause is how long to wait after 491: who chose the Call-ID waits longer, so
// that the two do not meet again (RFC 3261 §14.1).
func (g *leg) pause() time.Duration {
	unit := g.l.e.opts.Timers.T1 / 50 // 10 ms
	n := g.l.rand.Uint64() % 200
	if g.d.Incoming {
		return time.Duration(n) * unit //nolint:durationcheck // that many units
	}
	return time.Duration(210+n%190) * unit //nolint:durationcheck // that many units
}
