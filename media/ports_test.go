package media

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"belfry/core"
)

// TestPortsRest: the pair that rested longest is next, and none under two seconds.
func TestPortsRest(t *testing.T) {
	t.Parallel()
	p := newPorts(20001, 20007) // pairs 20002 and 20004 and 20006
	if p.size != 3 {
		t.Fatalf("%d pairs", p.size)
	}
	var order []int
	for range 3 {
		port, err := p.take(0)
		if err != nil || port%2 != 0 {
			t.Fatal(port, err)
		}
		order = append(order, port)
	}
	if _, err := p.take(0); core.KindOf(err) != core.Busy {
		t.Errorf("no pair is left: %v", err)
	}
	p.give(order[1], 1*time.Second)
	p.give(order[0], 2*time.Second)
	p.give(order[0], 3*time.Second) // twice changes nothing
	if _, err := p.take(2900 * time.Millisecond); core.KindOf(err) != core.Busy {
		t.Errorf("a pair that rested 1.9 s: %v", err)
	}
	for _, want := range []int{order[1], order[0]} {
		if port, err := p.take(10 * time.Second); port != want || err != nil {
			t.Errorf("took %d, %v, not %d", port, err, want)
		}
	}
	if p.used() != 3 {
		t.Errorf("%d used", p.used())
	}
}

// TestPortsOfOthers: a pair that another program holds is passed over, and when
// nothing is left the caller is told to come later.
func TestPortsOfOthers(t *testing.T) {
	t.Parallel()
	taken, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 3)})
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.LocalAddr().(*net.UDPAddr).Port &^ 1
	s := newStage(t, Options{BindIP: netip.MustParseAddr("127.0.0.3"), PortLow: port, PortHigh: port + 3})
	l, err := s.OpenRTP("leg_s1")
	if err != nil || l.Port() != port+2 {
		t.Fatal(l, err)
	}
	if _, err := s.OpenRTP("leg_s1"); err == nil {
		t.Error("the same leg was opened twice")
	}
	if _, err := s.OpenRTP("leg_s2"); core.KindOf(err) != core.Busy {
		t.Errorf("no pair is left: %v", err)
	}
	if broken := s.Check(); broken != nil {
		t.Error(broken)
	}
}
