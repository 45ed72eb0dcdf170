package bench

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// The two ends' words. All of it runs under the load's lock.

// request begins a request of a caller.
func (l *load) request(n int, method, uri, to string, cseq int, branch string) []byte {
	c := l.callers.LocalAddr().String()
	num := callerNumber(n)
	b := l.out[:0]
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, uri...)
	b = append(b, " SIP/2.0\r\nVia: SIP/2.0/UDP "...)
	b = append(b, c...)
	b = append(b, ";branch=z9hG4bK"...)
	b = append(b, l.name...)
	b = append(b, branch...)
	b = strconv.AppendInt(b, int64(n), 10)
	b = append(b, "\r\nFrom: <sip:"...)
	b = append(b, num...)
	b = append(b, '@')
	b = append(b, c...)
	b = append(b, ">;tag=c"...)
	b = strconv.AppendInt(b, int64(n), 10)
	b = append(b, "\r\nTo: "...)
	b = append(b, to...)
	b = append(b, "\r\nCall-ID: "...)
	b = append(b, l.name...)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(n), 10)
	b = append(b, "\r\nCSeq: "...)
	b = strconv.AppendInt(b, int64(cseq), 10)
	b = append(b, ' ')
	b = append(b, method...)
	return append(b, "\r\nMax-Forwards: 70\r\n"...)
}

// body ends a message, with an SDP when port is not 0.
func body(b []byte, port int) []byte {
	if port == 0 {
		return append(b, "Content-Length: 0\r\n\r\n"...)
	}
	var text [256]byte
	s := sdp(text[:0], port)
	b = append(b, "Content-Type: application/sdp\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(s)), 10)
	b = append(b, "\r\n\r\n"...)
	return append(b, s...)
}

func (l *load) invite(n int) {
	c := &l.calls[n]
	uri := c.number
	if !strings.HasPrefix(uri, "sip:") {
		uri = "sip:" + uri + "@" + l.server.String()
	}
	b := l.request(n, "INVITE", uri, "<"+uri+">", 1, "i")
	b = append(b, "Contact: <sip:caller@"...)
	b = append(b, l.callers.LocalAddr().String()...)
	b = append(b, ">\r\n"...)
	b = body(b, l.callerPort)
	l.out = b
	_, _ = l.callers.WriteToUDPAddrPort(b, l.server)
}

func (l *load) ack(n int) {
	c := &l.calls[n]
	l.out = body(l.request(n, "ACK", c.at, c.to, 1, "a"), 0)
	_, _ = l.callers.WriteToUDPAddrPort(l.out, l.server)
}

func (l *load) bye(n int) {
	c := &l.calls[n]
	l.out = body(l.request(n, "BYE", c.at, c.to, 2, "b"), 0)
	_, _ = l.callers.WriteToUDPAddrPort(l.out, l.server)
}

// atCaller takes a message at the callers' socket.
func (l *load) atCaller(msg string, from netip.AddrPort, at int64) {
	id, ok := strings.CutPrefix(field(msg, "Call-ID"), l.name+"-")
	n, err := strconv.Atoi(id)
	if !ok || err != nil || n >= len(l.calls) {
		return
	}
	c := &l.calls[n]
	code := status(msg)
	switch {
	case code == 0 && method(msg) == "BYE":
		_, _ = l.callers.WriteToUDPAddrPort(respond(l.out[:0], msg, 200, "OK", "", "", 0), from)
		if c.state == talking {
			c.byServer = true
		}
		if c.state < over {
			c.state, c.ended = over, at
		}
	case code == 0:
	case strings.HasSuffix(field(msg, "CSeq"), "INVITE"):
		l.invited(n, c, code, msg, at)
	case code >= 200 && c.state == leaving: // of the BYE
		c.state, c.ended = over, at
	}
}

// invited takes a response to an INVITE.
func (l *load) invited(n int, c *call, code int, msg string, at int64) {
	if code < 200 {
		if c.code == 0 {
			c.code = code
		}
		return
	}
	if c.code >= 200 { // once more
		if c.state != over {
			l.ack(n)
		}
		return
	}
	c.code, c.answered, c.to = code, at, field(msg, "To")
	if code >= 300 {
		c.state, c.ended = over, at
		uri := "sip:" + c.number + "@" + l.server.String()
		l.out = body(l.request(n, "ACK", uri, c.to, 1, "i"), 0)
		_, _ = l.callers.WriteToUDPAddrPort(l.out, l.server)
		return
	}
	c.state, c.at, c.port = talking, target(field(msg, "Contact")), audioPort(msg)
	c.acked = time.Now().UnixNano()
	l.ack(n)
	if c.hold >= 0 {
		l.after(c.hold, alarm{kind: hangUp, call: n})
	}
}

// respond writes a response to a request.
func respond(b []byte, msg string, code int, reason, tag, contact string, port int) []byte {
	b = append(b, "SIP/2.0 "...)
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, ' ')
	b = append(b, reason...)
	b = append(b, "\r\n"...)
	b = fields(b, msg, "Via")
	b = fields(b, msg, "Record-Route")
	b = fields(b, msg, "From")
	b = append(b, "To: "...)
	b = append(b, field(msg, "To")...)
	if tag != "" {
		b = append(b, ";tag="...)
		b = append(b, tag...)
	}
	b = append(b, "\r\n"...)
	b = fields(b, msg, "Call-ID")
	b = fields(b, msg, "CSeq")
	if contact != "" {
		b = append(b, "Contact: <sip:"...)
		b = append(b, contact...)
		b = append(b, ">\r\n"...)
	}
	return body(b, port)
}

// atPhone takes a message at the phones' socket.
func (l *load) atPhone(msg string, from netip.AddrPort, at int64) {
	id := field(msg, "Call-ID")
	t := l.talks[id]
	switch m := method(msg); {
	case m == "INVITE" && t == nil:
		l.rung(id, msg, from, at)
	case t == nil && m != "" && m != "ACK":
		_, _ = l.phones.WriteToUDPAddrPort(respond(l.out[:0], msg, 481, "Gone", "", "", 0), from)
	case t == nil:
	case m == "INVITE":
		_, _ = l.phones.WriteToUDPAddrPort(t.answer, from)
	case m == "ACK":
		if !t.acked {
			t.acked, t.answer = true, nil
			if l.phoneTalks > 0 {
				l.after(l.phoneTalks, alarm{kind: phoneBye, talk: t})
			}
		}
	case m == "BYE" || m == "CANCEL":
		_, _ = l.phones.WriteToUDPAddrPort(respond(l.out[:0], msg, 200, "OK", "", "", 0), from)
		if m == "BYE" {
			t.gone = true
			delete(l.talks, id)
		}
	case status(msg) >= 200: // of our BYE
		t.gone = true
		delete(l.talks, id)
	}
}

// rung is a phone's INVITE: it rings, and answers.
func (l *load) rung(id, msg string, from netip.AddrPort, at int64) {
	n := callerIndex(field(msg, "From"))
	if n < 0 || n >= len(l.calls) {
		_, _ = l.phones.WriteToUDPAddrPort(respond(l.out[:0], msg, 404, "Who?", "p", "", 0), from)
		return
	}
	c := &l.calls[n]
	if c.offered == 0 {
		c.offered = at
	}
	c.agent = audioPort(msg)
	_, uri, _ := strings.Cut(msg, " ")
	uri, _, _ = strings.Cut(uri, " ")
	user, _, _ := strings.Cut(strings.TrimPrefix(uri, "sip:"), "@")
	t := &talkAt{user: user, id: id, call: n, source: from, remote: target(field(msg, "Contact")), from: field(msg, "From")}
	tag := "p" + strconv.Itoa(n)
	t.to = field(msg, "To") + ";tag=" + tag
	l.talks[id] = t
	if was, ok := l.freed[user]; ok {
		delete(l.freed, user)
		l.idle = append(l.idle, time.Duration(at-was))
	}
	contact := user + "@" + l.phones.LocalAddr().String()
	l.out = respond(l.out[:0], msg, 180, "Ringing", tag, contact, 0)
	_, _ = l.phones.WriteToUDPAddrPort(l.out, from)
	t.answer = respond(nil, msg, 200, "OK", tag, contact, l.phonePort)
	_, _ = l.phones.WriteToUDPAddrPort(t.answer, from)
	l.after(t1, alarm{kind: again, talk: t})
}

// phoneBye hangs up at the phone.
func (l *load) phoneBye(t *talkAt) {
	b := append(l.out[:0], "BYE "...)
	b = append(b, t.remote...)
	b = append(b, " SIP/2.0\r\nVia: SIP/2.0/UDP "...)
	b = append(b, l.phones.LocalAddr().String()...)
	b = append(b, ";branch=z9hG4bKp"...)
	b = append(b, t.id...)
	b = append(b, "\r\nFrom: "...)
	b = append(b, t.to...)
	b = append(b, "\r\nTo: "...)
	b = append(b, t.from...)
	b = append(b, "\r\nCall-ID: "...)
	b = append(b, t.id...)
	b = append(b, "\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\n"...)
	l.out = body(b, 0)
	_, _ = l.phones.WriteToUDPAddrPort(l.out, t.source)
}
