package sip

import (
	"net/netip"
	"strconv"
	"strings"
)

// What we say of ourselves.
const (
	allowed   = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE"
	supported = "timer"
	accepts   = "application/sdp, application/dtmf-relay, application/dtmf"
	serverID  = "Belfry"
)

// A phone of ours may have its call transferred, also to a call that it has
// already (RFC 3515, RFC 3891, RFC 4488).
const (
	allowedPhone   = allowed + ", REFER, SUBSCRIBE, NOTIFY"
	supportedPhone = supported + ", replaces, norefersub"
)

// appendCan writes what the far end may ask of the leg.
func (g *leg) appendCan(b []byte) []byte {
	if g.d.User != "" {
		return append(b, "Allow: "+allowedPhone+"\r\nSupported: "+supportedPhone+"\r\n"...)
	}
	return append(b, "Allow: "+allowed+"\r\nSupported: "+supported+"\r\n"...)
}

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// replyTo is where the response to a request goes: back on its connection, or
// to the address it came from, at the port that the topmost Via names unless
// it asked for the one it came from (RFC 3581 §4).
func (l *lane) replyTo(m *message) flow {
	f := m.flow
	if f.conn != nil || m.via.rport {
		return f
	}
	port := m.via.port
	if port == 0 {
		port = 5060
	}
	f.addr = netip.AddrPortFrom(f.addr.Addr(), port)
	return f
}

// appendVias writes the Via headers of a response: those of the request, with
// what we know of the sender in the topmost (RFC 3261 §18.2.1, RFC 3581).
func appendVias(b []byte, m *message) []byte {
	first := true
	for i := range m.hdrs {
		if m.hdrs[i].id != hVia {
			continue
		}
		rest := m.hdrs[i].value
		b = append(b, "Via: "...)
		if first {
			var top string
			first = false
			top, rest = cutList(rest)
			b = appendTop(b, m, top)
			if rest != "" {
				b = append(b, ", "...)
				rest = trim(rest)
			}
		}
		b = append(b, rest...)
		b = append(b, "\r\n"...)
	}
	return b
}

func appendTop(b []byte, m *message, top string) []byte {
	source := m.flow.addr
	if m.badVia {
		return append(b, top...)
	}
	if m.via.rport {
		// The parameter is written anew with its value.
		head, params, _ := strings.Cut(top, ";")
		b = append(b, trim(head)...)
		for params != "" {
			var p string
			p, params = cutQuoted(params, ';')
			k, _, _ := strings.Cut(p, "=")
			if k = trim(k); strings.EqualFold(k, "rport") || strings.EqualFold(k, "received") {
				continue
			}
			b = append(append(b, ';'), trim(p)...)
		}
		b = append(b, ";rport="...)
		b = strconv.AppendUint(b, uint64(source.Port()), 10)
		b = append(b, ";received="...)
		return source.Addr().AppendTo(b)
	}
	b = append(b, top...)
	if m.via.host != "" && !strings.EqualFold(m.via.host, source.Addr().String()) {
		b = append(b, ";received="...)
		b = source.Addr().AppendTo(b)
	}
	return b
}

// echo is what every response to a request repeats of it. To is without our tag.
type echo struct {
	head string // Via, From, Call-ID, CSeq
	to   string
	tag  string // the one that the request had
	rr   string // Record-Route lines
}

// echoOf copies what responses need, so that the datagram can go.
func echoOf(m *message) echo {
	b := make([]byte, 0, 512)
	b = appendVias(b, m)
	for i := range m.hdrs {
		h := &m.hdrs[i]
		switch h.id {
		case hFrom, hCallID, hCSeq:
			b = append(append(append(b, h.name...), ": "...), h.value...)
			b = append(b, "\r\n"...)
		}
	}
	n := len(b)
	b = append(b, m.value(hTo)...)
	k := len(b)
	if m.inDialog() || m.method != "INVITE" {
		all := string(b)
		return echo{head: all[:n], to: all[n:k], tag: m.to.tag}
	}
	for i := range m.hdrs {
		if h := &m.hdrs[i]; h.id == hRecordRoute {
			b = append(append(append(b, "Record-Route: "...), h.value...), "\r\n"...)
		}
	}
	all := string(b)
	return echo{head: all[:n], to: all[n:k], rr: all[k:]}
}

// appendResponse writes a response up to what only this one has. tag is put on
// To where the request had none; empty: none.
func appendResponse(b []byte, c *echo, status int, reason, tag string) []byte {
	b = append(b, "SIP/2.0 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(append(append(b, ' '), reason...), "\r\n"...)
	b = append(append(append(b, c.head...), "To: "...), c.to...)
	if c.tag == "" && tag != "" {
		b = append(append(b, ";tag="...), tag...)
	}
	b = append(b, "\r\n"...)
	if status > 100 && status < 300 {
		b = append(b, c.rr...)
	}
	return b
}

// appendBody writes the end of a message.
func appendBody(b []byte, kind, body string) []byte {
	if body != "" {
		b = append(append(append(b, "Content-Type: "...), kind...), "\r\n"...)
	}
	b = append(b, "Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(body)), 10)
	b = append(b, "\r\n\r\n"...)
	return append(b, body...)
}

// appendHeader writes one line, free of what could end it early.
func appendHeader(b []byte, name, value string) []byte {
	b = append(append(b, name...), ": "...)
	for i := range len(value) {
		if c := value[i]; c >= ' ' && c != 0x7f || c == '\t' {
			b = append(b, c)
		}
	}
	return append(b, "\r\n"...)
}

// responseTo writes a whole response without a body. It is good until the next
// message is written.
func (l *lane) responseTo(m *message, status int, reason, tag string, extra []Header) []byte {
	c := echo{to: m.value(hTo), tag: m.to.tag}
	b := append(l.out[:0], "SIP/2.0 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(append(append(b, ' '), reason...), "\r\n"...)
	b = appendVias(b, m)
	var done [headerIDs]bool
	for i := range m.hdrs {
		h := &m.hdrs[i]
		if done[h.id] {
			continue // what came twice is not said twice
		}
		done[h.id] = true
		switch h.id {
		case hFrom, hCallID, hCSeq:
			b = append(append(append(append(b, h.name...), ": "...), h.value...), "\r\n"...)
		}
	}
	if c.to != "" {
		b = append(append(b, "To: "...), c.to...)
		if c.tag == "" && tag != "" {
			b = append(append(b, ";tag="...), tag...)
		}
		b = append(b, "\r\n"...)
	}
	for _, h := range extra {
		b = appendHeader(b, h.Name, h.Value)
	}
	b = append(b, "Server: "+serverID+"\r\nContent-Length: 0\r\n\r\n"...)
	l.out = b
	return b
}

// appendRequest writes a request's start and what each has. via is the branch;
// routes go out as they are.
func (l *lane) appendRequest(b []byte, method, target, branch string, f flow, d *Dialog, cseq uint32) []byte {
	b = append(append(append(append(b, method...), ' '), target...), " SIP/2.0\r\nVia: SIP/2.0/"...)
	b = append(append(append(append(b, f.transport()...), ' '), l.e.via(f)...), ";rport;branch="...)
	b = append(append(b, branch...), "\r\n"...)
	for _, r := range d.Routes {
		b = append(append(append(b, "Route: "...), r...), "\r\n"...)
	}
	b = append(append(append(append(append(b, "From: "...), d.Local...), ";tag="...), d.LocalTag...), "\r\nTo: "...)
	b = append(b, d.Remote...)
	if d.RemoteTag != "" {
		b = append(append(b, ";tag="...), d.RemoteTag...)
	}
	b = append(append(append(b, "\r\nCall-ID: "...), d.CallID...), "\r\nCSeq: "...)
	b = strconv.AppendUint(b, uint64(cseq), 10)
	b = append(append(append(b, ' '), method...), "\r\nMax-Forwards: 70\r\n"...)
	return b
}

// reasonOf are the usual words for a status.
func reasonOf(status int) string {
	switch status {
	case 100:
		return "Trying"
	case 180:
		return "Ringing"
	case 183:
		return "Session Progress"
	case 200:
		return "OK"
	case 202:
		return "Accepted"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 406:
		return "Not Acceptable"
	case 408:
		return "Request Timeout"
	case 410:
		return "Gone"
	case 415:
		return "Unsupported Media Type"
	case 416:
		return "Unsupported URI Scheme"
	case 420:
		return "Bad Extension"
	case 422:
		return "Session Interval Too Small"
	case 423:
		return "Interval Too Brief"
	case 480:
		return "Temporarily Unavailable"
	case 481:
		return "Call/Transaction Does Not Exist"
	case 482:
		return "Loop Detected"
	case 483:
		return "Too Many Hops"
	case 484:
		return "Address Incomplete"
	case 486:
		return "Busy Here"
	case 487:
		return "Request Terminated"
	case 488:
		return "Not Acceptable Here"
	case 489:
		return "Bad Event"
	case 491:
		return "Request Pending"
	case 500:
		return "Server Internal Error"
	case 501:
		return "Not Implemented"
	case 503:
		return "Service Unavailable"
	case 513:
		return "Message Too Large"
	case 600:
		return "Busy Everywhere"
	case 603:
		return "Decline"
	}
	switch {
	case status < 500:
		return "Request Failure"
	case status < 600:
		return "Server Failure"
	}
	return "Global Failure"
}
