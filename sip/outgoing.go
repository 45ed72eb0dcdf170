package sip

import (
	"slices"
	"strings"
	"time"

	"belfry/core"
	"belfry/media"
)

// dial makes a leg and calls. Trouble comes back as LegGone.
func (l *lane) dial(g *leg, to string) {
	g.l, g.state = l, calling
	g.d.Began = l.e.opts.Now()
	g.d.CallID, g.d.LocalTag = l.callName(), l.tag()
	g.d.Local, g.d.Remote = fromHeader(g.from, l.e.sentBy), "<"+to+">"
	g.target, g.d.Target = to, to
	g.key = l.hash(g.d.CallID, g.d.LocalTag)
	l.dialogs[g.key], l.legs[g.d.Leg] = g, g
	l.e.stats.dialled.Add(1)
	u, ok := parseURI(to)
	if !ok || u.scheme != "sip" || u.headers != "" || strings.ContainsAny(to, "\r\n") {
		g.end(core.Cause{Why: core.Unreachable, Code: 484, Reason: "not a SIP URI"})
		return
	}
	if err := g.open(); err != nil {
		l.e.log.Warn("no audio for a call out", "leg", g.d.Leg, "error", err)
		g.end(core.Cause{Why: core.Lost, Code: 503, Reason: "no audio port"})
		return
	}
	g.alarm(ringAlarm, l.e.opts.Timers.Ring)
	l.find(u, g)
}

// invite sends the INVITE to where the name led.
func (g *leg) sendInvite() {
	l := g.l
	g.d.LocalSeq++
	branch := l.short("z9hG4bK")
	b := l.appendRequest(l.out[:0], "INVITE", g.target, branch, g.flow, &g.d, g.d.LocalSeq)
	b = g.appendCan(append(append(append(b, "Contact: "...), l.e.contact(g.flow)...), "\r\n"...))
	b = g.appendSession(b, false)
	if g.from.Anonymous {
		b = append(b, "Privacy: id\r\n"...)
	}
	if g.trunk != nil {
		if id := g.trunk.asserted(g.from); id != "" {
			b = appendHeader(b, "P-Asserted-Identity", id)
		}
	}
	for _, h := range g.headers {
		b = appendHeader(b, h.Name, h.Value)
	}
	b = g.login.append(b, "INVITE", g.target, nil)
	g.sdp = ""
	if !g.noOffer {
		l.out = b
		// The description is written behind what stands there already.
		head := string(b)
		g.sdp = g.offerSDP(g.codecs)
		b = append(l.out[:0], head...)
	}
	b = appendBody(b, "application/sdp", g.sdp)
	l.out = b[:0]
	g.call = l.start("INVITE", branch, g.flow, append([]byte(nil), b...), g, forCall)
	g.call.cseq, g.call.login = g.d.LocalSeq, g.login
	if g.out != nil {
		g.alarm(trunkAlarm, g.out.patience)
	}
}

// response takes what the far end says to a request of the leg.
func (g *leg) response(tx *clientTx, m *message) {
	switch tx.for_ {
	case forCall:
		g.trunk.counted(m)
		switch {
		case g.parent != nil:
			g.parent.branchSaid(g, tx, m)
		case m.status < 200:
			g.progressed(m)
		case m.status < 300:
			g.accepted(tx, m)
		default:
			g.refused(m)
		}
	case forOffer, forRefresh:
		if m.status >= 200 {
			g.offerAnswered(tx, m)
		}
	case forInfo:
		if m.status == 481 || m.status == 408 {
			g.end(core.Cause{Why: core.HungUp, Code: m.status})
		} else if m.status >= 200 {
			g.pressed(tx)
		}
	}
}

// unanswered ends what waits for an answer that will not come.
func (g *leg) unanswered(tx *clientTx) {
	switch tx.for_ {
	case forCall:
		c := core.Cause{Why: core.Unreachable, Code: 408, Reason: "no reply"}
		switch {
		case g.parent != nil:
			g.parent.branchLost(g, c)
		case !g.passOn(c):
			g.end(c)
		}
	case forInfo:
		g.pressed(tx)
	case forOffer, forRefresh:
		g.offering = nil
		c := core.Cause{Why: core.Unreachable, Code: 408, Reason: "no reply"}
		if g.state == up {
			g.bye(c)
			g.end(c)
		}
	}
}

// progressed takes a provisional response.
func (g *leg) progressed(m *message) {
	if g.cancel {
		g.cancel = false
		g.sendCancel()
	}
	g.quiet(trunkAlarm)
	if g.state != calling || m.status == 100 {
		return
	}
	g.ringTag = strings.Clone(m.to.tag)
	early := false
	if m.body != "" && isType(m, "application/sdp") && !g.noOffer {
		if s, f := g.readAnswer(m.body); f == nil {
			g.settle(s, "")
			early = true
		}
	}
	if !g.rang || early && !g.early {
		g.rang, g.early = true, g.early || early
		g.tell(core.LegRang{Leg: g.d.Leg, Early: g.early})
	}
}

// accepted takes the first 200. The far end with its tag is the one we talk to;
// others that answer too are hung up (shed).
func (g *leg) accepted(tx *clientTx, m *message) {
	tx.leg = nil
	if g.state == cancelling {
		g.quiet(ringAlarm)
		g.forget()
	}
	if g.state != calling || m.to.tag == "" {
		g.l.shed(tx, m)
		return
	}
	g.call = nil
	g.quiet(ringAlarm)
	g.quiet(trunkAlarm)
	g.trunk.took()
	g.follow(m, true)
	if g.d.Target == "" {
		g.d.Target = g.target
	}
	g.d.RemoteTag = strings.Clone(m.to.tag)
	g.d.Remote = strings.Clone(withoutTag(m.value(hTo)))
	answer, failed := g.answerOf(m)
	body := ""
	if g.noOffer && failed == nil {
		g.settle(answer, "")
		body = g.answerSDP(answer)
	}
	g.sendAck(tx, body)
	tx.msg = nil
	g.move(up)
	g.d.Up = true
	if failed != nil {
		c := core.Cause{Why: core.Refused, Code: 488, Reason: failed.reason}
		g.bye(c)
		g.end(c)
		return
	}
	if answer != nil && !g.noOffer {
		g.settle(answer, "")
	}
	g.agreedSession(m)
	g.startSession()
	news := core.LegUp{Leg: g.d.Leg, Codec: string(g.d.Audio.Codec)}
	if g.out != nil {
		news.Class = g.out.class
	}
	g.tell(news)
	if g.d.Audio.Held {
		g.tell(core.LegHeld{Leg: g.d.Leg, Held: true})
	}
}

// answerOf reads the session description of a 200. It may have come before, in
// a provisional response.
func (g *leg) answerOf(m *message) (*session, *fault) {
	if m.body == "" || !isType(m, "application/sdp") {
		if g.early && !g.noOffer {
			return nil, nil
		}
		return nil, errNoAudio
	}
	if g.noOffer {
		return g.l.readOffer(m, g.srtp())
	}
	return g.readAnswer(m.body)
}

// sendAck acknowledges the 200 and keeps the ACK for its copies.
func (g *leg) sendAck(tx *clientTx, sdp string) {
	l := g.l
	b := l.appendRequest(l.out[:0], "ACK", g.d.Target, l.short("z9hG4bK"), g.path(), &g.d, tx.cseq)
	b = appendProofs(b, tx.msg)
	b = appendBody(b, "application/sdp", sdp)
	l.out = b[:0]
	tx.flow = g.flow
	tx.acks = append(tx.acks, tagged{g.d.RemoteTag, append([]byte(nil), b...)})
	l.e.send(g.flow, b)
}

// shed acknowledges and hangs up a far end whose 200 came too late: after our
// CANCEL, or after another one's.
func (l *lane) shed(tx *clientTx, m *message) {
	g := &leg{l: l, state: up, told: true}
	g.d = Dialog{
		CallID: strings.Clone(m.callID), Local: strings.Clone(withoutTag(m.value(hFrom))), LocalTag: strings.Clone(m.from.tag),
		Remote: strings.Clone(withoutTag(m.value(hTo))), RemoteTag: strings.Clone(m.to.tag), LocalSeq: tx.cseq,
	}
	g.follow(m, true)
	if g.d.Target == "" {
		return
	}
	g.sendAck(tx, "")
	g.bye(core.Cause{Why: core.Answered})
}

// refused takes a final refusal; its ACK is sent already.
func (g *leg) refused(m *message) {
	if g.state == cancelling {
		g.forget()
		return
	}
	if g.state != calling {
		return
	}
	if m.status == 422 && !g.retried {
		if d, ok := seconds(m.value(hMinSE)); ok && d <= 24*time.Hour {
			g.retried = true
			g.d.Session.Expires = max(d, g.l.e.opts.Timers.SessionExpires)
			g.sendInvite()
			return
		}
	}
	if g.withoutKeys(m.status) {
		return
	}
	if !g.rang {
		g.trunk.rest(m, g.l.e.since())
	}
	if c := reasonGiven(m, causeOf(m.status, m.reason)); !g.passOn(c) {
		g.trunk.took()
		g.end(c)
	}
}

// ackRefusal acknowledges a refusal within the INVITE's transaction
// (RFC 3261 §17.1.1.3).
func (l *lane) ackRefusal(tx *clientTx, m *message) {
	head, _, _ := strings.Cut(string(tx.msg), " SIP/2.0\r\n")
	_, target, _ := strings.Cut(head, " ")
	b := append(append(append(l.out[:0], "ACK "...), target...), " SIP/2.0\r\n"...)
	b = appendKept(b, tx.msg)
	b = append(append(append(b, "To: "...), m.value(hTo)...), "\r\n"...)
	b = append(append(append(b, "CSeq: "...), itoa(tx.cseq)...), " ACK\r\n"...)
	b = appendBody(b, "", "")
	l.out = b[:0]
	l.e.send(tx.flow, b)
}

// appendKept repeats those lines of our INVITE that its ACK and CANCEL share.
func appendKept(b, invite []byte) []byte {
	for line := range strings.Lines(string(invite)) {
		if line == "\r\n" {
			break
		}
		for _, name := range [...]string{"Via: ", "Route: ", "From: ", "Call-ID: ", "Max-Forwards: "} {
			if strings.HasPrefix(line, name) {
				b = append(b, line...)
			}
		}
	}
	return b
}

// giveUp cancels a call that was not answered, once the far end has said that
// it has it (RFC 3261 §9.1).
func (g *leg) giveUp(c core.Cause) {
	if g.fork != nil {
		g.cancelFork(c)
		g.forget()
		return
	}
	if g.call == nil { // its name is still being looked up
		g.forget()
		return
	}
	g.move(cancelling)
	if r := reasonHeader(c); r != "" {
		g.headers = []Header{{"Reason", r}}
	} else {
		g.headers = nil
	}
	if g.call.state == txProceeding {
		g.sendCancel()
		return
	}
	g.cancel = true
}

func (g *leg) sendCancel() {
	l, tx := g.l, g.call
	b := append(append(append(l.out[:0], "CANCEL "...), g.target...), " SIP/2.0\r\n"...)
	b = appendKept(b, tx.msg)
	b = append(append(append(b, "To: "...), g.d.Remote...), "\r\nCSeq: "...)
	b = append(append(b, itoa(tx.cseq)...), " CANCEL\r\n"...)
	for _, h := range g.headers {
		b = appendHeader(b, h.Name, h.Value)
	}
	b = appendBody(b, "", "")
	l.out = b[:0]
	c := l.start("CANCEL", tx.branch, tx.flow, append([]byte(nil), b...), nil, forNothing)
	c.cseq = tx.cseq
	// A far end that never answers the INVITE now is given up.
	tx.gen++
	tx.ends = l.now + int64(64*l.e.opts.Timers.T1)
	l.after(64*l.e.opts.Timers.T1, tx, tx.gen)
}

// wanted turns codec names of an order into ours.
func wanted(names ...string) []media.Codec {
	var list []media.Codec
	for _, n := range names {
		if c := media.Codec(strings.ToUpper(n)); n != "" {
			if slices.Contains(ourCodecs[:], c) {
				list = append(list, c)
			}
		}
	}
	return list
}
