package media

import (
	"net/netip"
	"testing"
	"time"

	"belfry/core"
)

// TestSource is who may speak on a port, and when it may change.
func TestSource(t *testing.T) {
	t.Parallel()
	ap := netip.MustParseAddrPort
	type step struct {
		at   time.Duration
		from string
		want bool
	}
	const s = time.Second
	for _, row := range []struct {
		rule  string
		said  string
		steps []step
	}{
		{"the address of SDP", "192.0.2.1:4000", []step{{0, "192.0.2.1:4000", true}, {s, "192.0.2.1:4000", true}}},
		{"another port of the host is learned once", "192.0.2.1:4000", []step{{0, "192.0.2.1:5000", true}, {0, "192.0.2.1:5001", false}, {0, "192.0.2.1:4000", false}, {s, "192.0.2.1:5000", true}}},
		{"behind a NAT the first packet teaches", "10.0.0.1:4000", []step{{4 * s, "198.51.100.7:5000", true}, {5 * s, "198.51.100.8:5000", false}, {6 * s, "198.51.100.7:5001", false}}},
		{"a strange first packet comes too late", "10.0.0.1:4000", []step{{6 * s, "198.51.100.7:5000", false}, {7 * s, "10.0.0.1:4000", true}}},
		{"the host of SDP wins over a faster stranger", "192.0.2.1:4000", []step{{0, "198.51.100.7:5000", true}, {0, "192.0.2.1:4000", true}, {0, "198.51.100.7:5000", false}}},
		{"after silence the same host may move its port", "192.0.2.1:4000", []step{{0, "192.0.2.1:4000", true}, {s, "192.0.2.1:4002", false}, {2500 * time.Millisecond, "192.0.2.1:4002", true}, {3 * s, "192.0.2.1:4000", false}}},
		{"after silence another host may not", "192.0.2.1:4000", []step{{0, "192.0.2.1:4000", true}, {60 * s, "192.0.2.2:4000", false}}},
		{"loopback has no NAT", "127.0.0.1:4000", []step{{0, "127.0.0.2:4000", false}, {0, "127.0.0.1:4000", true}}},
	} {
		t.Run(row.rule, func(t *testing.T) {
			t.Parallel()
			var src source
			if src.accepts(ap("192.0.2.1:4000"), 0) {
				t.Error("heard before anything was agreed")
			}
			src.expect(ap(row.said), 0)
			for i, st := range row.steps {
				if got := src.accepts(ap(st.from), st.at); got != st.want {
					t.Errorf("step %d: %s at %v: %v", i, st.from, st.at, got)
				}
			}
		})
	}
}

// TestSourceMoves: a new SDP address is learned anew, and what is still under
// way from the old one does not undo that.
func TestSourceMoves(t *testing.T) {
	t.Parallel()
	ap := netip.MustParseAddrPort
	var s source
	s.expect(ap("192.0.2.1:4000"), 0)
	s.accepts(ap("192.0.2.1:4000"), 0)
	s.expect(ap("192.0.2.9:4000"), time.Second)
	for _, st := range []struct {
		from string
		want bool
	}{{"192.0.2.1:4000", false}, {"192.0.2.9:4000", true}, {"192.0.2.1:4000", false}} {
		if got := s.accepts(ap(st.from), time.Second); got != st.want {
			t.Errorf("%s: %v", st.from, got)
		}
	}
}

// TestSprayIsUnheard sprays a call's port from another address of the machine,
// before the far end speaks and while it does: nothing goes in or out.
func TestSprayIsUnheard(t *testing.T) {
	t.Parallel()
	for name, portable := range wires {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Options{Portable: portable})
			ann := newFar(t, "127.0.0.1", PCMU)
			l := s.leg("leg_s1", ann)
			_, bob := s.call("leg_s2", PCMU, 440)
			s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
			mallory := newFar(t, "127.0.0.2", PCMU)
			mallory.to = ann.to
			mallory.say(700)
			ann.hears(440) // what is for ann goes to ann, although she has not spoken
			ann.say(1000)
			bob.hears(1000, 700)
			if n := len(mallory.packets()); n > 0 {
				t.Errorf("%d packets went to a stranger", n)
			}
			for i := range 10 { // keys of a stranger are not pressed
				mallory.send(testDTMF, uint32(i)*800, []byte{1, 10, 0, 160})
			}
			bob.hears(1000, 700)
			if q := l.Quality(); q == nil || q.PacketsIn == 0 {
				t.Error("ann was not heard")
			}
			for _, ev := range s.told() {
				t.Errorf("told %#v", ev)
			}
			if s.Stats().Dropped["stranger"] == 0 {
				t.Error("no stranger was counted")
			}
		})
	}
}

// TestFarEndMovesItsPort: after two silent seconds the same host is heard from
// another port, on both wires.
func TestFarEndMovesItsPort(t *testing.T) {
	t.Parallel()
	for name, portable := range wires {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Options{Portable: portable})
			l, ann := s.call("leg_s1", PCMU, 440)
			_, bob := s.call("leg_s2", PCMU, 1000)
			s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
			ann.hears(1000)
			bob.hears(440)
			ann.stop()
			again := newFar(t, "127.0.0.1", PCMU)
			again.to = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(l.Port()))
			again.say(700)
			bob.hears(700, 440)
			again.hears(1000)
		})
	}
}
