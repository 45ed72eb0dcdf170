package rtc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"

	"belfry/core"
)

// socketBuffer is how much the kernel may keep for us in each direction. A burst
// of a thousand lines is 200 kB; the rest is for a moment without a processor.
const socketBuffer = 4 << 20

// socket is the one UDP socket of all browsers. The mux above it takes any read
// error for the end of the world, so errors that pass are counted and kept here.
type socket struct {
	*net.UDPConn
	troubles atomic.Uint64
	closed   atomic.Bool
}

func listen(addr string) (*socket, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, core.FieldErrorf("webrtc", "webrtc-address", "%q is not an address and port such as 127.0.0.1:40000", addr)
	}
	network := "udp4"
	if at.Addr().Is6() {
		network = "udp6"
	}
	lc := net.ListenConfig{Control: widen}
	pc, err := lc.ListenPacket(context.Background(), network, addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, core.FieldErrorf("webrtc", "port-taken", "UDP port %d is taken by another program; give another address with --webrtc", at.Port())
	}
	if err != nil {
		return nil, fmt.Errorf("listen for browsers on %s: %w", addr, err)
	}
	return &socket{UDPConn: pc.(*net.UDPConn)}, nil
}

// widen sets the socket's buffers: beyond the kernel's limit where we may, up to
// it where we may not.
func widen(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		for _, o := range [][2]int{{syscall.SO_RCVBUFFORCE, syscall.SO_RCVBUF}, {syscall.SO_SNDBUFFORCE, syscall.SO_SNDBUF}} {
			if syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, o[0], socketBuffer) != nil {
				_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, o[1], socketBuffer)
			}
		}
	})
}

// ReadFromAddrPort reads one datagram and fails only when the socket is closed.
func (s *socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := s.ReadFromUDPAddrPort(b)
		if err == nil || s.closed.Load() || errors.Is(err, net.ErrClosed) {
			return n, from, err
		}
		s.troubles.Add(1)
	}
}

// WriteToAddrPort sends one datagram. One that cannot be sent is lost, as any
// datagram may be.
func (s *socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	n, err := s.WriteToUDPAddrPort(b, to)
	if err != nil && !s.closed.Load() && !errors.Is(err, net.ErrClosed) {
		s.troubles.Add(1)
		return len(b), nil
	}
	return n, err
}

// Close ends the reader too.
func (s *socket) Close() error {
	s.closed.Store(true)
	return s.UDPConn.Close()
}
