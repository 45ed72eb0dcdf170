package media

import (
	"encoding/base64"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/srtp/v3"

	"belfry/core"
)

// vault is a far end that speaks SRTP by hand.
type vault struct {
	t       *testing.T
	conn    *net.UDPConn
	to      netip.AddrPort
	out, in *srtp.Context
	seq     uint16
}

func secretFrom(letter string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, SecretLen)))
}

func newVault(t *testing.T, theirs, ours string) *vault {
	t.Helper()
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	v := &vault{t: t, conn: conn, seq: 65500} // the numbers come round soon
	if v.out, err = newContext(Suite80, theirs); err != nil {
		t.Fatal(err)
	}
	if v.in, err = newContext(Suite80, ours); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *vault) addr() netip.AddrPort { return v.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// packet is the next one, plain.
func (v *vault) packet() []byte {
	b := make([]byte, rtpHeader+160)
	v.seq++
	putRTP(b, packet{pt: 0, seq: v.seq, timestamp: uint32(v.seq) * 160, ssrc: 7})
	return b
}

func (v *vault) sealed() []byte {
	v.t.Helper()
	b, err := v.out.EncryptRTP(nil, v.packet(), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return b
}

func (v *vault) send(b []byte) {
	v.t.Helper()
	if _, err := v.conn.WriteToUDPAddrPort(b, v.to); err != nil {
		v.t.Fatal(err)
	}
}

// until waits until the engine has counted what fits.
func until(t *testing.T, e *Engine, fits func(Stats) bool) {
	t.Helper()
	for end := time.After(5 * time.Second); !fits(e.Stats()); {
		select {
		case <-end:
			t.Fatalf("%+v", e.Stats())
		case <-time.After(time.Millisecond):
		}
	}
}

func TestSealedAudio(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	theirs, ours := secretFrom("t"), secretFrom("o")
	v := newVault(t, theirs, ours)
	l, err := s.OpenRTP("leg_sA")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := Format{Codec: PCMU, Send: true, Recv: true, Secure: Secure{Suite: Suite80, Ours: ours, Theirs: theirs}}
	l.SetRemote(v.addr(), f)
	v.to = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(l.Port()))

	var kept [][]byte
	for range 60 { // over the end of the numbers
		kept = append(kept, v.sealed())
		v.send(kept[len(kept)-1])
	}
	until(t, s.Engine, func(x Stats) bool { return x.PacketsIn == 60 && x.Dropped["forged"] == 0 })
	// What comes again, what is not sealed, what is no packet: nothing of it is heard.
	for _, b := range kept {
		v.send(b)
	}
	v.send(v.packet())
	v.send([]byte(strings.Repeat("x", 60)))
	until(t, s.Engine, func(x Stats) bool { return x.PacketsIn == 60 && x.Dropped["forged"] == 62 })
	// The same keys again forget nothing; another key is another far end.
	f.Send = false
	l.SetRemote(v.addr(), f)
	v.send(v.sealed())
	until(t, s.Engine, func(x Stats) bool { return x.PacketsIn == 61 })
	f.Send, f.Secure.Theirs = true, secretFrom("n")
	l.SetRemote(v.addr(), f)
	v.send(v.sealed())
	until(t, s.Engine, func(x Stats) bool { return x.PacketsIn == 61 && x.Dropped["forged"] == 63 })
	if v.out, err = newContext(Suite80, f.Secure.Theirs); err != nil {
		t.Fatal(err)
	}
	v.send(v.sealed())
	until(t, s.Engine, func(x Stats) bool { return x.PacketsIn == 62 })

	// What leaves can be opened.
	s.do(core.SendDigits{Leg: "leg_sA", Digits: "1"})
	b := make([]byte, longest)
	_ = v.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := v.conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := v.in.DecryptRTP(nil, b[:n], nil)
	if p, ok := parseRTP(plain); err != nil || !ok || p.ssrc != l.out.ssrc {
		t.Errorf("%v, %+v", err, p)
	}
}

func TestSealedReports(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	theirs, ours := secretFrom("t"), secretFrom("o")
	v := newVault(t, theirs, ours)
	l, err := s.OpenRTP("leg_sA")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.SetRemote(v.addr(), Format{Codec: PCMU, Send: true, Recv: true, Secure: Secure{Suite: Suite80, Ours: ours, Theirs: theirs}})
	v.to = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(l.Port()+1))
	report := []byte{0x80, receiverReport, 0, 1, 0, 0, 0, 7}
	v.send(report)
	until(t, s.Engine, func(x Stats) bool { return x.Dropped["forged"] == 1 })
	sealed, err := v.out.EncryptRTCP(nil, report, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.send(sealed)
	for end := time.After(5 * time.Second); ; {
		l.mu.Lock()
		to := l.reports.to
		l.mu.Unlock()
		if to == v.addr() {
			break
		}
		select {
		case <-end:
			t.Fatalf("the report was not heard: %+v", s.Stats())
		case <-time.After(time.Millisecond):
		}
	}
	l.mu.Lock()
	out := l.sealedReport(l.putReport(nil, true, l.e.now()))
	l.mu.Unlock()
	plain, err := v.in.DecryptRTCP(nil, out, nil)
	if err != nil || !wholeRTCP(plain) {
		t.Errorf("%v", err)
	}
	v.send(sealed) // again
	until(t, s.Engine, func(x Stats) bool { return x.Dropped["forged"] == 2 })
}

func TestKeysThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, set := range []Secure{
		{Suite: "F8", Ours: secretFrom("o"), Theirs: secretFrom("t")},
		{Suite: Suite80, Ours: "short", Theirs: secretFrom("t")},
		{Suite: Suite32, Ours: secretFrom("o")},
	} {
		var s seal
		if s.use(set) == nil {
			t.Errorf("%+v is taken", set)
		}
		if !s.on() {
			t.Error("what cannot be sealed goes out plain")
		}
	}
}

// BenchmarkSeal is what SRTP adds to a packet, each way.
func BenchmarkSeal(b *testing.B) {
	out, _ := newContext(Suite80, secretFrom("k"))
	in, _ := newContext(Suite80, secretFrom("k"))
	l := &Leg{}
	l.seal.set.Suite = Suite80
	buf := make([]byte, longest)
	l.seal.out, l.seal.in = out, in
	seq := uint16(0)
	b.ReportAllocs()
	for b.Loop() {
		seq++
		putRTP(buf, packet{seq: seq, ssrc: 7})
		if _, ok := l.open(l.sealed(buf[:rtpHeader+160])); !ok {
			b.Fatal("not opened")
		}
	}
}
