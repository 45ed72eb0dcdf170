package sip

import (
	"strconv"
)

// receive reads one message and brings it to where it belongs.
func (l *lane) receive(p *parcel) {
	m := &l.msg
	m.at, m.flow = p.at, p.flow
	f := parse(p.raw, m)
	if f == nil {
		f = p.fault
	}
	if !p.sent {
		if to := l.elsewhere(m); to != nil {
			q := *p
			q.sent = true
			to.putAll([]parcel{q}, false)
			return
		}
	}
	l.sent = p.sent
	st := &l.e.stats
	switch {
	case f == errNotSIP:
		st.dropped.Add(1)
	case !m.request():
		if f != nil || m.vias != 1 {
			st.bad.Add(1) // a response is not answered
			return
		}
		st.received.Add(1)
		l.responded(m)
	case f != nil:
		st.bad.Add(1)
		l.malformed(m, f)
	default:
		st.received.Add(1)
		l.requested(m)
	}
}

// responded gives a response to the request it answers.
func (l *lane) responded(m *message) {
	if tx := l.clients[l.clientKey(m.via.branch, m.method)]; tx != nil && tx.cseq == m.cseq {
		tx.response(m)
	}
}

// malformed answers what cannot be taken, as far as it can be answered.
func (l *lane) malformed(m *message, f *fault) {
	if m.method == "ACK" || m.vias == 0 || m.callID == "" && m.from.uri == "" && f != errMissing {
		return
	}
	if m.badVia { // back to where it came from
		m.via.rport = false
		m.via.port = m.flow.addr.Port()
	}
	l.refuse(m, f.status, f.reason)
}

// requested sorts requests.
func (l *lane) requested(m *message) {
	if tx := l.servers[l.serverKey(m, m.method)]; tx != nil {
		if m.method == "ACK" && tx.state == txCompleted {
			tx.acked()
			return
		}
		if m.method != "ACK" {
			tx.again()
			return
		}
	}
	if !m.inDialog() && m.method != "ACK" && l.e.guard.shuts(m.flow.addr.Addr(), l.now) {
		return
	}
	switch {
	case m.method == "ACK":
		if g := l.dialogs[l.hash(m.callID, m.to.tag)]; g != nil && g.d.RemoteTag == m.from.tag {
			g.acked(m)
		}
	case m.method == "CANCEL":
		l.cancelled(m)
	case m.method != "INVITE" && replacing(m):
		l.refuse(m, 400, "Bad Replaces")
	case m.inDialog():
		l.inDialog(m)
	case m.method == "INVITE":
		l.invited(m)
	default:
		l.alone(m)
	}
}

// replacing says whether a request names a dialog to replace, as an INVITE alone
// may (RFC 3891 §3).
func replacing(m *message) bool {
	_, some := m.get(hReplaces)
	return some
}

// alone takes requests outside of dialogs that begin none. They are answered
// without keeping anything: a copy gets the same answer.
func (l *lane) alone(m *message) {
	if m.method == "REGISTER" {
		l.register(m)
		return
	}
	if _, ok := l.e.source(m.flow.addr); !ok {
		l.refuse(m, 403, "Forbidden")
		return
	}
	switch m.method {
	case "OPTIONS":
		if l.understood(m) {
			l.reply(m, 200, "OK", Header{"Allow", allowed}, Header{"Accept", accepts}, Header{"Supported", supported})
		}
	case "BYE", "INFO", "UPDATE":
		l.refuse(m, 481, reasonOf(481))
	case "SUBSCRIBE", "NOTIFY", "PUBLISH":
		l.refuse(m, 489, reasonOf(489), Header{"Allow-Events", "refer"})
	case "REFER": // to make a call of nothing is nobody's right
		l.refuse(m, 403, reasonOf(403))
	default:
		l.notAllowed(m)
	}
}

func (l *lane) notAllowed(m *message) {
	if known(m.method) {
		l.refuse(m, 405, reasonOf(405), Header{"Allow", allowed})
		return
	}
	l.refuse(m, 501, reasonOf(501), Header{"Allow", allowed})
}

// refuse answers without keeping anything (RFC 3261 §8.2.7). The tag follows
// from the request, so that copies get the same one.
func (l *lane) refuse(m *message, status int, reason string, extra ...Header) {
	if m.method == "ACK" {
		return
	}
	l.reply(m, status, reason, extra...)
}

func (l *lane) reply(m *message, status int, reason string, extra ...Header) {
	tag := ""
	if !m.inDialog() {
		tag = "r" + strconv.FormatUint(l.hash(m.callID, m.from.tag, itoa(m.cseq)), 36)
	}
	l.e.send(l.replyTo(m), l.responseTo(m, status, reason, tag, extra))
}

// refuseFault answers a bad session description.
func (l *lane) refuseFault(m *message, f *fault) {
	if f.status == 488 {
		l.refuse(m, 488, reasonOf(488), Header{"Warning", f.reason})
		return
	}
	l.refuse(m, f.status, f.reason)
}
