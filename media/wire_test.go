package media

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"
)

// box is a sink that keeps what comes.
type box struct{ in chan string }

func newBox() *box { return &box{make(chan string, 4096)} }

func (b *box) datagram(p []byte, from netip.AddrPort, now time.Duration) {
	b.in <- fmt.Sprintf("%s %s", p[:min(len(p), 20)], from)
}

func (b *box) next(t *testing.T) string {
	t.Helper()
	select {
	case s := <-b.in:
		return s
	case <-time.After(5 * time.Second):
		t.Fatal("nothing came")
		return ""
	}
}

// TestWire is what both wires must do.
func TestWire(t *testing.T) {
	t.Parallel()
	began := time.Now()
	now := func() time.Duration { return time.Since(began) }
	for _, ip := range []string{"127.0.0.1", "::1"} {
		for name, open := range map[string]func() (wire, error){
			"fast":  func() (wire, error) { return newWire(now) },
			"plain": func() (wire, error) { return newPlainWire(now), nil },
		} {
			t.Run(name+"/"+ip, func(t *testing.T) {
				t.Parallel()
				w, err := open()
				if err != nil {
					t.Fatal(err)
				}
				defer w.close()
				conformWire(t, w, netip.MustParseAddr(ip))
			})
		}
	}
}

func conformWire(t *testing.T, w wire, ip netip.Addr) {
	t.Helper()
	peer, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, 0)))
	if err != nil {
		t.Skip("this machine has no", ip)
	}
	defer peer.Close()
	far := netip.AddrPortFrom(ip, peer.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	port := freePort(t, ip)
	at := netip.AddrPortFrom(ip, port)
	first := newBox()
	s, err := w.open(at, first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.open(at, newBox()); err == nil {
		t.Error("a port was opened twice")
	}
	_, _ = peer.WriteToUDPAddrPort(nil, at)                             // empty
	_, _ = peer.WriteToUDPAddrPort(bytes.Repeat([]byte("x"), 3000), at) // longer than is read
	_, _ = peer.WriteToUDPAddrPort([]byte("hello"), at)
	for _, want := range []string{"", "xxxxxxxxxxxxxxxxxxxx", "hello"} {
		if got := first.next(t); got != want+" "+far.String() {
			t.Errorf("got %q, not %q from %s", got, want, far)
		}
	}
	buf := make([]byte, 100)
	hear := func(want string) {
		t.Helper()
		_ = peer.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, from, err := peer.ReadFromUDPAddrPort(buf)
		if err != nil || string(buf[:n]) != want || from.Port() != port {
			t.Errorf("the peer got %q from %v: %v", buf[:n], from, err)
		}
	}
	for _, tie := range []netip.AddrPort{{}, far, far, {}} {
		s.fix(tie)
		if err := s.send([]byte("there"), far); err != nil {
			t.Error(err)
		}
		hear("there")
		_, _ = peer.WriteToUDPAddrPort([]byte("back"), at)
		if got := first.next(t); got != "back "+far.String() {
			t.Errorf("got %q", got)
		}
	}
	if err := s.send([]byte("x"), netip.AddrPort{}); err == nil {
		t.Error("sent to nowhere")
	}
	// What is closed is silent; who opens the port next is heard, and nobody
	// hears what was meant for another.
	for i := range 20 {
		s.close()
		s.close()
		if err := s.send([]byte("x"), far); err == nil {
			t.Error("sent after close")
		}
		s.fix(far)
		b := newBox()
		if s, err = w.open(at, b); err != nil {
			t.Fatal(err)
		}
		word := fmt.Sprint("again", i)
		_, _ = peer.WriteToUDPAddrPort([]byte(word), at)
		if got := b.next(t); got != word+" "+far.String() {
			t.Errorf("got %q", got)
		}
	}
	s.close()
	if len(first.in) > 0 {
		t.Error("the first leg heard", <-first.in)
	}
}

func freePort(t *testing.T, ip netip.Addr) uint16 {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, 0)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}
