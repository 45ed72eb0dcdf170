package rtc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"belfry/core"
)

// What a network that lets no UDP out may use instead: ICE over TCP (RFC 6544),
// on the same port. A connection must say within a moment whose line it is.
const (
	tcpLines  = 4096            // connections, of all browsers
	tcpProof  = 5 * time.Second // until the first STUN check
	tcpQueue  = 64              // packets that wait to be read
	tcpUnsent = 64 << 10        // bytes that wait to be sent; what is more is lost, as audio is
)

// door lets browsers' TCP connections in, up to a number, and outlives what goes
// wrong with one of them.
type door struct {
	net.Listener
	open     atomic.Int64
	troubles *atomic.Uint64
	closed   chan struct{}
	once     sync.Once
}

// bind takes the port for UDP and TCP. Where any port will do, one is looked for
// that is free for both.
func bind(addr string) (*socket, *door, error) {
	for try := 0; ; try++ {
		sock, err := listen(addr)
		if err != nil {
			return nil, nil, err
		}
		tcp, err := knock(netip.MustParseAddrPort(sock.LocalAddr().String()), &sock.troubles)
		if err == nil {
			return sock, tcp, nil
		}
		_ = sock.Close()
		if want, bad := netip.ParseAddrPort(addr); bad != nil || want.Port() != 0 || try == 20 {
			return nil, nil, err
		}
	}
}

// knock is the TCP listener beside the UDP socket.
func knock(at netip.AddrPort, troubles *atomic.Uint64) (*door, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", at.String())
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, core.FieldErrorf("webrtc", "port-taken", "TCP port %d is taken by another program; give another address with --webrtc", at.Port())
	}
	if err != nil {
		return nil, fmt.Errorf("listen for browsers on %s: %w", at, err)
	}
	return &door{Listener: l, troubles: troubles, closed: make(chan struct{})}, nil
}

// Accept fails only when the door is closed.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		switch {
		case err == nil && d.open.Add(1) <= tcpLines:
			return &guest{Conn: c, door: d}, nil
		case err == nil:
			d.open.Add(-1)
			_ = c.Close()
		case errors.Is(err, net.ErrClosed):
			return nil, err
		}
		d.troubles.Add(1)
		select { // without file descriptors this would spin
		case <-d.closed:
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Close ends Accept.
func (d *door) Close() error {
	d.once.Do(func() { close(d.closed) })
	return d.Listener.Close()
}

// guest is one connection that the door has let in.
type guest struct {
	net.Conn
	door *door
	once sync.Once
}

// Close makes room for another.
func (g *guest) Close() error {
	g.once.Do(func() { g.door.open.Add(-1) })
	return g.Conn.Close()
}
