package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// zone is a DNS of the test's own.
type zone struct {
	srv map[string][]*net.SRV // by _service._proto.name
	ip  map[string][]netip.Addr
}

func (z zone) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	all, ok := z.srv["_"+service+"._"+proto+"."+name]
	if !ok {
		return "", nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return name, all, nil
}

func (z zone) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	all, ok := z.ip[host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return all, nil
}

// at is where a wire listens, as records say it.
func at(w *wire) (netip.Addr, uint16) {
	a := netip.MustParseAddrPort(w.host())
	return a.Addr(), a.Port()
}

// A name without a port leads to SRV records: the best priority first, and the
// next address when one says nothing.
func TestSRV(t *testing.T) {
	t.Parallel()
	z := zone{srv: map[string][]*net.SRV{}, ip: map[string][]netip.Addr{}}
	b := newBench(t, func(o *Options) { impatient(o); o.Timers.Trunk = 300 * time.Millisecond; o.Resolver = z })
	first, second := newWire(t, b.Addr(), 0), newWire(t, b.Addr(), 0)
	for i, w := range []*wire{first, second} {
		ip, port := at(w)
		name := fmt.Sprintf("sip%d.far.example.", i)
		z.ip[name] = []netip.Addr{ip}
		z.srv["_sip._udp.far.example"] = append(z.srv["_sip._udp.far.example"], &net.SRV{Target: name, Port: port, Priority: uint16(i)})
	}
	b.SetTrunks([]plan.Trunk{{ID: "trk_far", Host: "far.example", Ping: -1}}, "FR")
	dialOut(b)
	if m := first.request("INVITE"); m.uri != "sip:+33145000001@far.example" {
		t.Errorf("%s", m.raw)
	}
	m := second.request("INVITE")
	if m.uri != "sip:+33145000001@far.example" {
		t.Errorf("%s", m.raw)
	}
	second.reply(m, 200, "a", "", plainSDP)
	next[core.LegUp](b)
	// The address that said nothing is tried last from now on.
	b.do(core.Dial{Leg: "leg_sTWO", Number: "+33145000002"})
	second.request("ACK")
	second.reply(second.request("INVITE"), 486, "b", "", "")
	next[core.LegGone](b)
	// Calls from both are the trunk's.
	for _, w := range []*wire{first, second} {
		if tr, ok := b.source(netip.MustParseAddrPort(w.host())); !ok || tr.Name != "trk_far" {
			t.Errorf("%s: %+v", w.host(), tr)
		}
	}
}

func TestAddressRecords(t *testing.T) {
	t.Parallel()
	z := zone{ip: map[string][]netip.Addr{}}
	b := newBench(t, func(o *Options) { slow(o); o.Resolver = z })
	w := newWire(t, b.Addr(), 0)
	ip, port := at(w)
	z.ip["far.example"] = []netip.Addr{ip}
	b.SetTrunks([]plan.Trunk{{ID: "trk_far", Host: "far.example", Port: int(port), Ping: -1}, {ID: "trk_none", Host: "none.example", Ping: -1}}, "FR")
	dialOut(b)
	w.reply(w.request("INVITE"), 503, "a", "", "")
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable || g.Cause.Reason != "no such host" {
		t.Errorf("%+v", g.Cause)
	}
}

// A weight of nine to one is what chance makes of it; priorities are no matter
// of chance.
func TestOrderOfSRV(t *testing.T) {
	t.Parallel()
	a, b, c := &net.SRV{Target: "a", Weight: 9}, &net.SRV{Target: "b", Weight: 1}, &net.SRV{Target: "c", Priority: 1, Weight: 100}
	first := map[string]int{}
	for n := range 11 {
		got := order([]*net.SRV{c, b, a}, func(most int) int { return n * most / 11 })
		if len(got) != 3 || got[2] != c {
			t.Fatalf("%v", got)
		}
		first[got[0].Target]++
	}
	if first["a"] < 8 || first["b"] < 1 {
		t.Errorf("%v", first)
	}
	zero := []*net.SRV{{Target: "x"}, {Target: "y"}}
	if got := order(zero, func(int) int { return 0 }); len(got) != 2 || !slices.Contains(got, zero[1]) {
		t.Errorf("%v", got)
	}
}

// Over TCP the connection is made once, and a trunk nobody listens at is passed
// over at once.
func TestTrunkOverTCP(t *testing.T) {
	t.Parallel()
	b, far := newBench(t, slow), newBench(t, slow)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := netip.MustParseAddrPort(dead.Addr().String())
	_ = dead.Close()
	list := []plan.Trunk{way("trk_dead", nobody), way("trk_far", far.Addr())}
	list[0].Transport, list[1].Transport = "tcp", "tcp"
	b.SetTrunks(list, "FR")
	for range 2 {
		dialOut(b)
		came := next[core.CallCame](far)
		far.do(core.Answer{Leg: came.Leg})
		next[core.LegUp](b)
		far.do(core.Drop{Leg: came.Leg, Cause: core.Cause{Why: core.Ended}}) // a BYE on the same connection
		if g := next[core.LegGone](b); g.Cause.Why != core.HungUp {
			t.Errorf("%+v", g.Cause)
		}
	}
	b.streams.mu.Lock()
	defer b.streams.mu.Unlock()
	if n := len(b.streams.all); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestNumbersAsATrunkWantsThem(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ format, number, want string }{
		{"", "+33145000001", "+33145000001"},
		{"e164", "+33145000001", "+33145000001"},
		{"digits", "+33145000001", "33145000001"},
		{"national", "+33145000001", "0145000001"},
		{"national", "+442071838750", "00442071838750"},
		{"national", "112", "112"},
		{"digits", "112", "112"},
	} {
		tr := &trunk{set: plan.Trunk{Format: x.format}, country: "FR"}
		if got := tr.written(x.number); got != x.want {
			t.Errorf("%s of %s is %s, want %s", x.format, x.number, got, x.want)
		}
		if back := tr.e164(x.want); back != x.number {
			t.Errorf("%s read by %s is %s", x.want, x.format, back)
		}
	}
}
