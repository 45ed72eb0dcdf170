package sip

import (
	"strconv"
	"strings"
	"time"

	"belfry/core"
)

// invited takes an INVITE outside of any dialog. Nothing is kept of it before
// it was admitted and found good.
func (l *lane) invited(m *message) {
	key := l.serverKey(m, "INVITE")
	trunk, known := l.e.source(m.flow.addr)
	w, ok := l.whose(m, trunk, known)
	if !ok {
		return
	}
	if l.cancelledBefore(key) {
		l.refuse(m, 487, reasonOf(487))
		return
	}
	if _, refused := l.e.admit.recall(key); refused || !l.e.admit.allow(l, m) {
		l.overloaded(m)
		return
	}
	merge := l.hash(m.callID, m.from.tag, itoa(m.cseq))
	if l.merged[merge] != nil {
		l.refuse(m, 482, reasonOf(482))
		return
	}
	offer, ok := l.acceptable(m, l.e.srtp(trunk.way, w.user))
	if !ok {
		return
	}
	if v, some := m.get(hReplaces); some {
		l.replace(m, v, trunk.way, w, offer)
		return
	}
	if !trunk.way.takeIn(l.e.since()) {
		l.overloaded(m)
		return
	}
	g := l.newIncoming(m, trunk, w, offer)
	if g == nil {
		trunk.way.give()
		return
	}
	l.e.admit.note(key, false)
	tx := l.newServer(m)
	tx.merge, tx.leg, g.invite = merge, g, tx
	l.merged[merge] = tx
	l.announce(g, m, trunk)
}

// acceptable refuses what RFC 3261 §8.2 wants refused and reads the offer.
func (l *lane) acceptable(m *message, rule srtpRule) (offer *session, ok bool) {
	_, contact := m.get(hContact)
	switch {
	case m.value(hMaxForwards) == "0": // a call of ours may follow (RFC 7332 §6)
		l.refuse(m, 483, reasonOf(483))
		return nil, false
	case !contact && magic(m.via.branch):
		l.refuse(m, 400, "Contact Missing")
		return nil, false
	case !l.understood(m):
		return nil, false
	}
	if _, some := m.get(hAccept); some && !acceptsSDP(m) {
		l.refuse(m, 406, reasonOf(406))
		return nil, false
	}
	if f := l.intervalTooSmall(m); f != "" {
		l.refuse(m, 422, reasonOf(422), Header{"Min-SE", f})
		return nil, false
	}
	if m.body == "" {
		return nil, true
	}
	s, f := l.readOffer(m, rule)
	if f != nil {
		l.refuseFault(m, f)
		return nil, false
	}
	return s, true
}

// readOffer reads the session description of a request.
func (l *lane) readOffer(m *message, rule srtpRule) (*session, *fault) {
	s, f := readSDP(m.body, rule)
	if f != nil {
		return nil, f
	}
	return s, l.reachable(s)
}

// acceptsSDP says whether the sender takes our answer.
func acceptsSDP(m *message) bool {
	return m.has(hAccept, "application/sdp") || m.has(hAccept, "application/*") || m.has(hAccept, "*/*")
}

// understood refuses extensions and bodies that we do not know.
func (l *lane) understood(m *message) bool {
	var unknown []string
	m.each(hRequire, func(v string) bool {
		known := strings.EqualFold(v, "timer") || m.method == "REFER" && strings.EqualFold(v, "norefersub") ||
			m.method == "INVITE" && strings.EqualFold(v, "replaces")
		if !known {
			unknown = append(unknown, v)
		}
		return true
	})
	if unknown != nil {
		l.refuse(m, 420, reasonOf(420), Header{"Unsupported", strings.Join(unknown, ", ")})
		return false
	}
	if e, ok := m.get(hContentEncoding); ok && m.body != "" && !strings.EqualFold(e, "identity") {
		l.refuse(m, 415, reasonOf(415), Header{"Accept-Encoding", "identity"})
		return false
	}
	if m.body != "" && (m.method == "INVITE" || m.method == "UPDATE") && !isType(m, "application/sdp") {
		l.refuse(m, 415, reasonOf(415), Header{"Accept", "application/sdp"})
		return false
	}
	return true
}

// isType says whether the body is of the media type.
func isType(m *message, want string) bool {
	t, _, _ := strings.Cut(m.value(hContentType), ";")
	return strings.EqualFold(trim(t), want)
}

// newIncoming makes the leg with its dialog and audio.
func (l *lane) newIncoming(m *message, trunk Trunk, w who, offer *session) *leg {
	g := &leg{l: l, state: came, offer: offer, echo: echoOf(m), trunk: trunk.way, channel: trunk.way != nil, ext: w.ext, login: trunk.way.login()}
	g.codecs, g.only = trunk.way.offers("")
	g.d = Dialog{
		User: w.user,
		Leg:  l.legName(), Call: core.CallID(l.ulid("cal_")), Incoming: true, Began: l.e.opts.Now(),
		CallID: strings.Clone(m.callID), LocalTag: l.tag(), RemoteTag: strings.Clone(m.from.tag),
		Local: strings.Clone(m.value(hTo)), Remote: strings.Clone(withoutTag(m.value(hFrom))),
		RemoteSeq: m.cseq, RemoteSet: true,
	}
	if trunk.way != nil {
		g.d.Trunk = trunk.way.set.ID
	}
	g.follow(m, false)
	if g.d.Target == "" { // RFC 2543 may go without a Contact
		g.d.Target = strings.Clone(m.from.uri)
	}
	if err := g.open(); err != nil {
		l.e.log.Warn("no audio for a call that came in", "error", err)
		l.overloaded(m)
		return nil
	}
	if offer != nil {
		if offer.remote.Addr() == l.e.mediaIP && int(offer.remote.Port()) == g.audio.Port() {
			g.audio.Close() // our own port: the audio would run in a circle
			l.refuseFault(m, errNetwork)
			return nil
		}
		g.settle(offer, trunk.way.prefers(offer))
	}
	g.agreeSession(m)
	g.key = l.hash(g.d.CallID, g.d.LocalTag)
	l.dialogs[g.key], l.legs[g.d.Leg] = g, g
	l.e.live.Add(1)
	return g
}

// announce tells the floor of the call and the caller that we heard them.
func (l *lane) announce(g *leg, m *message, trunk Trunk) {
	codec := g.d.Audio.Codec
	if codec == "" {
		codec = ourCodecs[0]
	}
	ev := core.CallCame{
		Call: g.d.Call, Leg: g.d.Leg, To: trunk.way.called(m), From: caller(m, trunk), Trunk: trunk.Name,
		Announce: trunk.Announce, SIPCallID: g.d.CallID, Codec: string(codec),
		Forwarded: trunk.way.forwarded(m),
	}
	if g.d.User != "" { // who they are is what they have proven, not what they say
		ev.User, ev.Trunk, ev.Announce = g.d.User, "", false
		ev.From = core.Party{Number: g.ext, Name: ev.From.Name}
		if l.e.opts.Dialled != nil {
			ev.To, ev.Class = l.e.opts.Dialled(ev.To)
		}
	}
	if err := l.e.tell(ev, g); err != nil {
		g.told = true // the floor never knew it
		g.leaveTrunk()
		l.e.live.Add(-1)
		if g.audio != nil {
			g.audio.Close()
			g.audio = nil
		}
		l.e.stats.refused.Add(1)
		l.e.admit.busy(l.now)
		g.answerInvite(503, reasonOf(503), []Header{{"Retry-After", retryAfter}}, "")
		g.forget()
		return
	}
	l.e.stats.came.Add(1)
	if g.state == came {
		g.alarm(ringAlarm, l.e.opts.Timers.Ring)
		if g.invite != nil && !g.invite.final() {
			g.invite.respond(100, appendBody(appendResponse(l.out[:0], &g.echo, 100, reasonOf(100), ""), "", ""))
		}
	}
}

// answerInvite sends a response to the INVITE that began the leg.
func (g *leg) answerInvite(status int, reason string, extra []Header, sdp string) {
	if reason == "" {
		reason = reasonOf(status)
	}
	b := appendResponse(g.l.out[:0], &g.echo, status, reason, g.d.LocalTag)
	if status < 300 {
		b = append(append(append(b, "Contact: "...), g.l.e.contact(g.flow)...), "\r\n"...)
		if status >= 200 {
			b = g.appendCan(b)
			b = g.appendSession(b, true)
		}
	}
	for _, h := range extra {
		b = appendHeader(b, h.Name, h.Value)
	}
	b = appendBody(b, "application/sdp", sdp)
	g.l.out = b
	g.invite.respond(status, b)
}

// ring sends 180.
func (g *leg) ring() {
	if g.state == came && g.d.Incoming && !g.rang && !g.early {
		g.rang = true
		g.answerInvite(180, "", nil, "")
	}
}

// hearEarly sends 183 with our answer: what is played is heard before the 200.
func (g *leg) hearEarly() {
	if g.state != came || !g.d.Incoming || g.early {
		return
	}
	g.early = true
	if g.offer != nil {
		g.sdp = g.answerSDP(g.offer)
	}
	g.answerInvite(183, "", nil, g.sdp)
}

// answer sends 200, again and again until the ACK comes.
func (g *leg) answer() {
	if g.state != came || !g.d.Incoming {
		return
	}
	w := &unacked{flow: g.invite.flow, cseq: g.d.RemoteSeq, first: true}
	switch {
	case g.offer == nil:
		w.offered = true
		g.sdp = g.offerSDP(g.codecs)
	case g.sdp == "":
		g.sdp = g.answerSDP(g.offer)
	}
	g.quiet(ringAlarm)
	g.move(answered)
	g.answerInvite(200, "", nil, g.sdp)
	w.msg = append([]byte(nil), g.l.out...)
	g.invite.leg, g.invite, g.echo = nil, nil, echo{}
	g.expectAck(w)
}

// expectAck has the 200 sent again at T1, 2·T1, … T2 for 64·T1 (RFC 3261 §13.3.1.4).
func (g *leg) expectAck(w *unacked) {
	t := &g.l.e.opts.Timers
	w.interval, w.ends = t.T1, g.l.now+int64(64*t.T1)
	g.wait = w
	g.alarm(ackAlarm, w.interval)
}

// resend sends the 200 once more, or gives up.
func (g *leg) resend() {
	w := g.wait
	if w == nil {
		return
	}
	if g.l.now >= w.ends {
		c := core.Cause{Why: core.NotAcked, Code: 408}
		g.wait = nil
		g.bye(c)
		g.end(c)
		return
	}
	g.l.e.stats.resent.Add(1)
	g.l.e.send(w.flow, w.msg)
	w.interval = min(2*w.interval, g.l.e.opts.Timers.T2)
	g.alarm(ackAlarm, min(w.interval, time.Duration(w.ends-g.l.now)))
}

// acked takes the ACK of our 200.
func (g *leg) acked(m *message) {
	w := g.wait
	if w == nil || m.cseq != w.cseq {
		return // a copy
	}
	g.wait, g.d.Up = nil, true
	g.quiet(ackAlarm)
	if g.state == ending {
		c := core.Cause{Why: core.Ended}
		g.bye(c)
		g.forget()
		return
	}
	held := w.first && g.d.Audio.Held
	if w.offered {
		s, f := g.readAnswer(m.body)
		if f != nil {
			c := core.Cause{Why: core.Refused, Code: 488, Reason: f.reason}
			g.bye(c)
			g.end(c)
			return
		}
		held = g.settle(s, g.d.Audio.Codec) || w.first && g.d.Audio.Held
	}
	if g.state == answered {
		g.move(up)
		g.offer = nil
		g.startSession()
		g.tell(core.LegUp{Leg: g.d.Leg, Codec: string(g.d.Audio.Codec)})
		g.lookAgain()
	}
	if held {
		g.tell(core.LegHeld{Leg: g.d.Leg, Held: g.d.Audio.Held})
	}
}

// reject refuses a leg that was not answered.
func (g *leg) reject(c core.Cause) {
	if g.state != came {
		return
	}
	status := statusFor(c)
	var extra []Header
	if status == 503 {
		extra = append(extra, Header{"Retry-After", retryAfter})
	}
	if r := reasonHeader(c); r != "" {
		extra = append(extra, Header{"Reason", r})
	}
	g.answerInvite(status, "", extra, "")
	c.Code = status
	g.end(c)
}

// cancelled takes a CANCEL (RFC 3261 §9.2).
func (l *lane) cancelled(m *message) {
	tx := l.servers[l.serverKey(m, "INVITE")]
	if tx == nil {
		// It may have overtaken its INVITE.
		if len(l.early) < maxEarly {
			l.early[l.serverKey(m, "INVITE")] = l.now + int64(l.e.opts.Timers.T4)
			l.after(l.e.opts.Timers.T4, sweeper{l}, 0)
		}
		l.refuse(m, 481, reasonOf(481))
		return
	}
	g := tx.leg
	tag := ""
	if g != nil {
		tag = g.d.LocalTag
	}
	l.newServer(m).respond(200, l.responseTo(m, 200, "OK", tag, nil))
	if g != nil && g.state == came && !tx.final() {
		g.answerInvite(487, "", nil, "")
		c := reasonGiven(m, core.Cause{Why: core.Cancelled, Code: 487})
		g.end(c)
	}
}

// cancelledBefore says whether the CANCEL of this INVITE came before it.
func (l *lane) cancelledBefore(key uint64) bool {
	until, ok := l.early[key]
	delete(l.early, key)
	return ok && until > l.now
}

// sweeper forgets CANCELs whose INVITE never came.
type sweeper struct{ l *lane }

func (s sweeper) wake(uint32) {
	for k, until := range s.l.early {
		if until <= s.l.now {
			delete(s.l.early, k)
		}
	}
}

// maxEarly is how many such CANCELs are remembered at most.
const maxEarly = 4096

// retryAfter is how many seconds a caller we refuse should wait.
const retryAfter = "2"

// dialled is the number or name that a request URI asks for.
func dialled(s string) string {
	u, ok := parseURI(s)
	if !ok {
		return ""
	}
	if u.scheme == "tel" {
		_, u.user, _ = strings.Cut(s, ":")
	}
	return number(u.user)
}

// number is the user part of a URI without parameters, escapes and, where it is
// a telephone number, the dots and dashes that people write into it.
func number(user string) string {
	user, _, _ = strings.Cut(user, ";")
	user = core.Unescape(user)
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.() ", r) {
			return -1
		}
		return r
	}, user)
	if _, err := strconv.ParseUint(strings.TrimPrefix(plain, "+"), 10, 64); err == nil {
		return plain
	}
	if strings.ContainsFunc(user, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	return strings.Clone(user)
}
