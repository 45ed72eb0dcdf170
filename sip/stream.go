package sip

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"belfry/core"
)

// Deadlines of connections. Whoever sends nothing whole for so long is let go.
const (
	firstMessage = 10 * time.Second // until the first message is whole
	wholeMessage = 10 * time.Second // from its first byte to its last
	idleStream   = 30 * time.Minute
	writeTime    = 10 * time.Second
	dialTime     = 5 * time.Second
	queuedWrites = 256 // a peer that does not read is cut off
)

// stream is one TCP connection, with TLS or without. What is written is queued, so that a lane never
// waits for a slow peer.
type stream struct {
	e       *Endpoint
	addr    netip.AddrPort
	secure  bool   // TLS
	trunk   *trunk // that we dialled over TLS, whose name its certificate must have
	out     chan []byte
	closing chan struct{}
	once    sync.Once
	mu      sync.Mutex
	conn    net.Conn // nil while it is being dialled
}

func (e *Endpoint) newStream(addr netip.AddrPort, conn net.Conn, secure bool) *stream {
	return &stream{e: e, addr: addr, conn: conn, secure: secure, out: make(chan []byte, queuedWrites), closing: make(chan struct{})}
}

// write queues a copy of msg.
func (s *stream) write(msg []byte) {
	select {
	case s.out <- append([]byte(nil), msg...):
	case <-s.closing:
	default:
		s.close()
	}
}

func (s *stream) close() {
	s.once.Do(func() {
		close(s.closing)
		s.mu.Lock()
		if s.conn != nil {
			_ = s.conn.Close()
		}
		s.mu.Unlock()
		s.e.streams.forget(s)
		s.e.registrar.lost(s)
		for _, l := range s.e.lanes {
			l.put(parcel{do: func() { l.lost(s) }})
		}
	})
}

// streams are the connections that there are.
type streams struct {
	mu     sync.Mutex
	byAddr map[station]*stream
	perIP  map[netip.Addr]int // those that came in
	all    map[*stream]bool   // value: came in
	over   bool               // the endpoint is closed: no more
}

// station is where a connection leads. One that a trunk's certificate was
// checked for is that trunk's alone.
type station struct {
	addr   netip.AddrPort
	secure bool
	trunk  core.TrunkID
}

func (s *stream) to() station {
	at := station{addr: s.addr, secure: s.secure}
	if s.trunk != nil {
		at.trunk = s.trunk.set.ID
	}
	return at
}

func newStreams() streams {
	return streams{byAddr: map[station]*stream{}, perIP: map[netip.Addr]int{}, all: map[*stream]bool{}}
}

// admit counts a connection that came in; false when its source has enough.
func (t *streams) admit(s *stream, limit int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	ip := s.addr.Addr()
	if t.over || limit > 0 && t.perIP[ip] >= limit {
		return false
	}
	t.perIP[ip]++
	t.all[s] = true
	t.byAddr[s.to()] = s
	return true
}

func (t *streams) forget(s *stream) {
	t.mu.Lock()
	defer t.mu.Unlock()
	in, ok := t.all[s]
	if !ok {
		return
	}
	delete(t.all, s)
	if t.byAddr[s.to()] == s {
		delete(t.byAddr, s.to())
	}
	if ip := s.addr.Addr(); in {
		if t.perIP[ip]--; t.perIP[ip] <= 0 {
			delete(t.perIP, ip)
		}
	}
}

func (t *streams) closeAll() {
	t.mu.Lock()
	t.over = true
	all := make([]*stream, 0, len(t.all))
	for s := range t.all {
		all = append(all, s)
	}
	t.mu.Unlock()
	for _, s := range all {
		s.close()
	}
}

// streamTo is the connection to addr, dialled if there is none; with TLS when it
// is for a trunk that wants it.
func (e *Endpoint) streamTo(addr netip.AddrPort, tr *trunk) *stream {
	t := &e.streams
	t.mu.Lock()
	defer t.mu.Unlock()
	s := e.newStream(addr, nil, false)
	if tr != nil && tr.set.Transport == "tls" {
		s.secure, s.trunk = true, tr
	}
	if there := t.byAddr[s.to()]; there != nil {
		return there
	}
	if t.over { // nobody would close it
		s.once.Do(func() { close(s.closing) })
		return s
	}
	t.byAddr[s.to()], t.all[s] = s, false
	e.running.Add(1)
	go s.dial()
	return s
}

func (s *stream) dial() {
	defer s.e.running.Done()
	conn, err := net.DialTimeout("tcp", s.addr.String(), dialTime) //nolint:noctx // it outlives the context, for goodbyes
	if err == nil && s.secure {
		conn, err = s.trunk.shake(conn)
	}
	if err != nil {
		if s.trunk != nil {
			s.trunk.failed(err.Error())
		}
		s.e.log.Info("a SIP connection could not be made", "to", s.addr, "error", err)
		s.close()
		return
	}
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	select {
	case <-s.closing:
		_ = conn.Close()
		return
	default:
	}
	s.e.running.Add(1)
	go s.writer()
	s.reader(time.Time{})
}

// accept takes connections until the listener is closed.
func (e *Endpoint) accept(ln net.Listener, secure bool) {
	defer e.running.Done()
	for {
		conn, err := ln.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			e.log.Warn("a SIP connection could not be taken", "error", err)
			select { // out of descriptors: not again at once
			case <-time.After(50 * time.Millisecond):
				continue
			case <-e.closed:
				return
			}
		}
		addr := conn.RemoteAddr().(*net.TCPAddr).AddrPort()
		if secure {
			conn = tls.Server(conn, e.opts.TLS) // shakes hands with the first read
		}
		s := e.newStream(netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()), conn, secure)
		if !e.streams.admit(s, e.opts.Limits.PerSource) {
			_ = conn.Close()
			continue
		}
		e.running.Add(2)
		go s.writer()
		go func() {
			defer e.running.Done()
			s.reader(time.Now().Add(firstMessage))
		}()
	}
}

func (s *stream) writer() {
	defer s.e.running.Done()
	for {
		select {
		case b := <-s.out:
			_ = s.conn.SetWriteDeadline(time.Now().Add(writeTime))
			if _, err := s.conn.Write(b); err != nil {
				s.close()
				return
			}
		case <-s.closing:
			return
		}
	}
}

// reader cuts the stream into messages. A stream whose framing is in doubt is
// closed: what follows could be read in two ways.
func (s *stream) reader(first time.Time) {
	defer s.close()
	r := bufio.NewReaderSize(s.conn, 8192)
	deadline := first
	var m message
	for {
		if deadline.IsZero() {
			deadline = time.Now().Add(idleStream)
		}
		_ = s.conn.SetReadDeadline(deadline)
		c, err := r.ReadByte()
		if err != nil {
			return
		}
		if c == '\r' || c == '\n' { // keep-alive (RFC 5626 §3.5.1), or empty lines between messages
			if first.IsZero() {
				deadline = time.Time{}
			}
			continue
		}
		_ = r.UnreadByte()
		if first.IsZero() {
			_ = s.conn.SetReadDeadline(time.Now().Add(wholeMessage))
		}
		raw, fault := frame(r)
		if raw == "" {
			if fault != nil {
				s.e.stats.bad.Add(1)
			}
			return
		}
		if f := parse(raw, &m); fault == nil && f != nil && f.status <= 400 {
			fault = f // read twice: it decides whether we read on
		}
		l := s.e.lanes[share(callIDOf(raw), len(s.e.lanes))]
		l.put(parcel{raw: raw, flow: flow{addr: s.addr, conn: s}, at: time.Now().UnixNano(), fault: fault})
		if fault != nil {
			// It will be answered 400; nothing behind it is read. The answer
			// needs a moment to leave.
			select {
			case <-time.After(time.Second):
			case <-s.closing:
			}
			return
		}
		first, deadline = time.Time{}, time.Time{}
	}
}

// frame reads one message off a stream. With a fault, the message ends with its
// headers and the stream is of no more use.
func frame(r *bufio.Reader) (string, *fault) {
	var b []byte
	length, lines := -1, 0
	var bad *fault
	for {
		line, err := r.ReadSlice('\n')
		b = append(b, line...)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) || len(b) > maxMessage {
			return "", errTooLarge
		}
		if err != nil {
			continue // a long line goes on
		}
		if len(line) < 2 || line[len(line)-2] != '\r' {
			return "", errLine
		}
		if len(line) == 2 {
			break
		}
		if lines++; lines > maxHeaders+64 {
			return "", errHeaders
		}
		name, value, ok := strings.Cut(string(line[:min(len(line), 64)]), ":")
		if !ok || idOf(trim(name)) != hContentLength {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
		if err != nil || length >= 0 {
			bad = errLength
		}
		length = int(n)
	}
	switch {
	case bad != nil || length < 0: // mandatory on streams (RFC 3261 §18.3)
		return string(b), errLength
	case length > maxMessage-len(b):
		return string(b), errTooLarge
	}
	at := len(b)
	b = append(b, make([]byte, length)...)
	for at < len(b) {
		n, err := r.Read(b[at:])
		if err != nil {
			return "", errLength
		}
		at += n
	}
	return string(b), nil
}
