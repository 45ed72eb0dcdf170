package media

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// plainWire reads each socket in a goroutine of its own.
type plainWire struct {
	clock func() time.Duration
	wg    sync.WaitGroup
}

func newPlainWire(clock func() time.Duration) *plainWire { return &plainWire{clock: clock} }

func (w *plainWire) cost() (time.Duration, uint64) { return 0, 0 }

func (w *plainWire) name() string { return "plain" }

func (w *plainWire) open(at netip.AddrPort, in sink) (socket, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, err
	}
	// A buffer that stays small only drops sooner.
	_ = conn.SetReadBuffer(socketBuffer)
	w.wg.Go(func() { w.read(conn, in) })
	return plainSocket{conn}, nil
}

// read hands on what comes until the socket is closed. An error of one datagram
// (an ICMP answer, say) ends nothing.
func (w *plainWire) read(conn *net.UDPConn, in sink) {
	buf := make([]byte, longest)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		in.datagram(buf[:n], from, w.clock())
	}
}

func (w *plainWire) close() { w.wg.Wait() }

type plainSocket struct{ conn *net.UDPConn }

func (s plainSocket) send(b []byte, to netip.AddrPort) error {
	_, err := s.conn.WriteToUDPAddrPort(b, to)
	return err
}

func (s plainSocket) fix(netip.AddrPort) {}

func (s plainSocket) close() { _ = s.conn.Close() }
