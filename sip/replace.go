package sip

import (
	"strings"

	"belfry/core"
	"belfry/media"
)

// An INVITE with Replaces (RFC 3891) puts another dialog under a leg that there
// is: somebody goes on with their call at another phone. The leg stays, with its
// audio port, its room and its place in the call, so neither the floor nor the
// other party notices anything.

// replaces names a dialog by what its far end knows of it (RFC 3891 §3).
type replaces struct {
	callID, to, from string
	earlyOnly        bool // not once it is answered
}

// parseReplaces reads a Replaces header.
func parseReplaces(v string) (*replaces, bool) {
	id, params, _ := strings.Cut(v, ";")
	x := &replaces{callID: trim(id)}
	var ok1, ok2 bool
	x.to, ok1 = param(params, "to-tag")
	x.from, ok2 = param(params, "from-tag")
	_, x.earlyOnly = param(params, "early-only")
	if !ok1 || !ok2 || x.callID == "" || strings.ContainsAny(x.callID, " \t,;\r\n") || !all(x.to, cToken) || !all(x.from, cToken) {
		return nil, false
	}
	return x, true
}

// replace takes an INVITE that wants to step into a dialog, or says why not.
func (l *lane) replace(m *message, v string, trunk *trunk, w who, offer *session) {
	x, ok := parseReplaces(v)
	if !ok {
		l.refuse(m, 400, "Bad Replaces")
		return
	}
	g := l.dialogOf(x)
	switch {
	case g == nil && l.ended.knows(l.hash(x.callID, x.to, x.from)):
		l.refuse(m, 603, reasonOf(603))
	case g == nil || !g.mayReplace(trunk, w):
		l.refuse(m, 481, reasonOf(481)) // who may not is told no more than who guesses
	case g.state == came: // it is not ours to end
		l.refuse(m, 481, reasonOf(481))
	case g.told || g.state == cancelling || g.state == ending:
		l.refuse(m, 603, reasonOf(603))
	case g.state == answered:
		l.refuse(m, 500, reasonOf(500), Header{"Retry-After", "1"}) // in a moment
	case g.state == up && x.earlyOnly:
		l.refuse(m, 486, reasonOf(486))
	case !l.hosts(m):
		l.overloaded(m)
	default:
		g.takeOver(m, w, offer)
	}
}

// dialogOf finds the leg whose dialog is named. One that only rings is found too:
// whoever is called, and each of the phones of a user's that ring at once.
func (l *lane) dialogOf(x *replaces) *leg {
	if g := l.dialogs[l.hash(x.callID, x.to)]; g != nil && (g.d.RemoteTag == x.from || g.d.RemoteTag == "" && g.ringTag == x.from) {
		return g
	}
	for _, g := range l.legs {
		for _, b := range g.fork {
			if b.d.CallID == x.callID && b.d.LocalTag == x.to && b.ringTag == x.from {
				return g
			}
		}
	}
	return nil
}

// mayReplace says whether the sender may go on with the leg: it is the same
// user's, or came by the same trunk.
func (g *leg) mayReplace(t *trunk, w who) bool {
	if t != nil {
		return g.trunk == t
	}
	return w.user != "" && g.trunk == nil && g.d.User == w.user
}

// takeOver ends the leg's dialog and begins another with who sent the INVITE.
func (g *leg) takeOver(m *message, w who, offer *session) {
	l, rings := g.l, g.state == calling
	tx := l.newServer(m)
	tx.merge = l.hash(m.callID, m.from.tag, itoa(m.cseq))
	l.merged[tx.merge] = tx
	l.e.log.Info("a call goes on at another phone", "call", g.d.Call, "leg", g.d.Leg, "user", w.user)
	g.leaveDialog()
	g.beginAgain(m, w)
	held := offer != nil && g.settle(offer, g.prefers(offer))
	if offer != nil {
		g.sdp = g.answerSDP(offer)
	} else {
		g.sdp = g.offerSDP(wanted(string(g.d.Audio.Codec)))
	}
	g.agreeSession(m)
	wait := &unacked{flow: tx.flow, cseq: m.cseq, offered: offer == nil, first: rings}
	tx.respond(200, g.okTo(m, g.sdp))
	wait.msg = append([]byte(nil), l.out...)
	g.expectAck(wait)
	switch {
	case rings:
		g.trunk.took()
		g.move(answered)
	default:
		g.startSession()
		if held {
			g.tell(core.LegHeld{Leg: g.d.Leg, Held: g.d.Audio.Held})
		}
	}
}

// prefers is the codec to answer an offer within a call with: the call's own, or
// the trunk's first.
func (g *leg) prefers(s *session) media.Codec {
	if g.d.Audio.Codec != "" {
		return g.d.Audio.Codec
	}
	return g.trunk.prefers(s)
}

// leaveDialog ends the leg's dialog at its far end, and the leg lives on.
func (g *leg) leaveDialog() {
	l := g.l
	if l.dialogs[g.key] == g {
		delete(l.dialogs, g.key)
	}
	for _, tx := range []*clientTx{g.offering, g.pressing} {
		if tx != nil {
			tx.leg = nil // what it says is about the old dialog
		}
	}
	g.quiet(ringAlarm)
	g.quiet(trunkAlarm)
	g.quiet(ackAlarm)
	g.quiet(offerAlarm)
	ghost := &leg{l: l, told: true, trunk: g.trunk, login: g.login, flow: g.flow, target: g.target, call: g.call, d: g.d}
	ghost.d.Leg = ""
	elsewhere := core.Cause{Why: core.Answered}
	switch {
	case g.fork != nil:
		g.cancelFork(elsewhere)
	case g.state == calling && g.call != nil:
		g.call.leg = ghost
		ghost.state = calling
		ghost.giveUp(elsewhere)
	case g.state == up:
		ghost.state = up
		l.hasEnded(g)
		ghost.bye(elsewhere)
	}
	l.leaves(g)
	g.offering, g.pressing, g.presses, g.wait, g.call, g.out = nil, nil, "", nil, nil, nil
	g.referral, g.referrals, g.tries = nil, 0, 0
}

// beginAgain makes the INVITE's dialog the leg's, with nothing agreed on yet.
func (g *leg) beginAgain(m *message, w who) {
	l, d := g.l, &g.d
	if !d.Incoming {
		l.e.live.Add(1)
	}
	d.Incoming, d.Up, g.ext = true, false, w.ext
	d.CallID, d.LocalTag, d.RemoteTag = strings.Clone(m.callID), l.tag(), strings.Clone(m.from.tag)
	d.Local, d.Remote = strings.Clone(m.value(hTo)), strings.Clone(withoutTag(m.value(hFrom)))
	d.LocalSeq, d.RemoteSeq, d.RemoteSet = 0, m.cseq, true
	d.Target, d.Session = "", Session{}
	d.Audio.Origin, d.Audio.Version = l.rand.Uint64()>>12, 1
	d.Audio.Secure, d.Audio.Tag, d.Audio.Proto = media.Secure{}, 0, ""
	g.keys, g.plain = nil, false
	g.follow(m, false)
	if d.Target == "" {
		d.Target = strings.Clone(m.from.uri)
	}
	g.key = l.hash(d.CallID, d.LocalTag)
	l.dialogs[g.key] = g
}
