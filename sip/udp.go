package sip

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"
)

// flow is a way to the far end: a UDP address, or a connection.
type flow struct {
	addr netip.AddrPort
	conn *stream // nil: UDP
}

func (f flow) reliable() bool { return f.conn != nil }

func (f flow) transport() string {
	switch {
	case f.conn == nil:
		return "UDP"
	case f.conn.secure:
		return "TLS"
	}
	return "TCP"
}

// socketBuffer is what a burst of ten thousand phones needs.
const socketBuffer = 32 << 20

// bigBuffers asks for large socket buffers, forced where we may.
func (e *Endpoint) bigBuffers(c *net.UDPConn) {
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	if got := forceBuffers(raw, socketBuffer); got < socketBuffer {
		_ = c.SetReadBuffer(socketBuffer)
		_ = c.SetWriteBuffer(socketBuffer)
		if got = bufferSize(raw); got < socketBuffer {
			e.log.Warn("the SIP socket's buffer is small, bursts may be lost; raise net.core.rmem_max",
				"bytes", got, "wanted", socketBuffer)
		}
	}
}

// looksLikeSIP sorts out keep-alives and garbage before anything is kept of
// them: a first byte that begins a token, and a request or status line.
func looksLikeSIP(b []byte) bool {
	if len(b) < 20 || classes[b[0]]&cToken == 0 {
		return false
	}
	line := b
	for i, c := range b {
		if c == '\n' {
			line = b[:i]
			break
		}
	}
	n := len(line)
	if n > 0 && line[n-1] == '\r' {
		n--
	}
	if n >= 8 && string(b[:4]) == "SIP/" {
		return true
	}
	return strings.Contains(string(line[:n]), " SIP/")
}

// callIDOf finds the Call-ID in a raw message, roughly: it only has to find the
// same in all messages of a call.
func callIDOf(raw string) string {
	rest := raw
	for {
		i := strings.IndexByte(rest, '\n')
		if i < 0 || i+2 >= len(rest) {
			return ""
		}
		rest = rest[i+1:]
		switch rest[0] | 0x20 {
		case 'c':
			if len(rest) < 9 || !strings.EqualFold(rest[:7], "call-id") {
				continue
			}
			rest = rest[7:]
		case 'i':
			rest = rest[1:]
		case '\r', '\n':
			return ""
		default:
			continue
		}
		value := strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(value, ":") {
			continue
		}
		value = value[1:]
		if i := strings.IndexByte(value, '\n'); i >= 0 {
			value = value[:i]
		}
		return strings.Trim(value, " \t\r")
	}
}

// readPlain is the portable reader: one datagram at a time.
func (e *Endpoint) readPlain(c *net.UDPConn) {
	d := newDealer(e)
	b := make([]byte, maxMessage)
	for {
		n, from, err := c.ReadFromUDPAddrPort(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue // an ICMP error of a former send; the socket is fine
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		now := time.Now().UnixNano()
		d.look(now, now, 1)
		d.add(b[:n], from, now)
		d.deal()
	}
}

// send writes a message to the far end. An error of UDP is the same as a lost
// datagram: the transaction sends again or gives up.
func (e *Endpoint) send(f flow, msg []byte) {
	e.stats.sent.Add(1)
	if f.conn != nil {
		f.conn.write(msg)
		return
	}
	if err := e.out.send(msg, f.addr); err != nil && !errors.Is(err, net.ErrClosed) {
		e.log.Debug("a SIP datagram could not be sent", "to", f.addr, "error", err)
	}
}
