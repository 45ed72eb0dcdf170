package media

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"belfry/core"

	"github.com/pion/rtcp"
)

// TestReports: both ends read each other's reports, as another implementation
// writes and reads them, and garbage changes nothing.
func TestReports(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	l, ann := s.call("leg_s1", PCMU, 440)
	_, bob := s.call("leg_s2", PCMU, 1000)
	s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
	ann.hears(1000)
	bob.hears(440)
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(l.Port()+1))
	send := func(p ...rtcp.Packet) {
		b, err := rtcp.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.WriteToUDPAddrPort(b, to)
	}
	l.mu.Lock()
	ssrc, sent := l.out.ssrc, l.out.count
	l.mu.Unlock()
	block := rtcp.ReceptionReport{
		SSRC: ssrc, FractionLost: 13, TotalLost: sent / 10, Jitter: 80,
		LastSenderReport: ntpMiddle(time.Now().Add(-150 * time.Millisecond)), Delay: 1 << 16 / 10,
	}
	for _, junk := range [][]byte{{}, {0x80}, {0x80, 201, 0, 9, 0, 0, 0, 1}, {0x9f, 200, 0, 1, 1, 2, 3, 4}, make([]byte, 500)} {
		_, _ = conn.WriteToUDPAddrPort(junk, to)
	}
	send(&rtcp.SenderReport{SSRC: ann.ssrc, NTPTime: ntp(time.Now()), Reports: []rtcp.ReceptionReport{block}}, &rtcp.Goodbye{Sources: []uint32{1}})
	ann.until(3*time.Second, "the report is read", func() bool { q := l.Quality(); return q.LossOut > 0 && q.RoundTrip >= 40 })
	if q := l.Quality(); q.LossOut > 100 || q.JitterOut != 10 || q.RoundTrip > 200 || q.MOSIn < 400 || q.MOSOut < 100 || q.MOSOut >= q.MOSIn {
		t.Errorf("%+v", q)
	}
	ours := make([]byte, longest)
	_ = conn.SetReadDeadline(time.Now().Add(8 * time.Second))
	n, _, err := conn.ReadFromUDPAddrPort(ours) // it goes where the far end's came from
	if err != nil {
		t.Fatal(err)
	}
	all, err := rtcp.Unmarshal(ours[:n])
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	sr, ok := all[0].(*rtcp.SenderReport)
	if !ok || sr.SSRC != ssrc || sr.PacketCount < sent || sr.OctetCount != sr.PacketCount*160 {
		t.Fatalf("%+v", all[0])
	}
	if r := sr.Reports[0]; r.SSRC != ann.ssrc || r.TotalLost != 0 || r.LastSenderReport == 0 || r.Delay == 0 {
		t.Errorf("%+v", r)
	}
	if err := rtcp.CompoundPacket(all).Validate(); err != nil {
		t.Error(err)
	}
}

// TestReportBounds: what a far end claims is held to what can be.
func TestReportBounds(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	f := newFar(t, "127.0.0.1", PCMU)
	l := s.leg("leg_s1", f)
	b := make([]byte, 32)
	b[0], b[1], b[3] = 0x81, receiverReport, 7
	binary.BigEndian.PutUint32(b[8:], l.out.ssrc)
	for i := 12; i < 32; i++ {
		b[i] = 0xff
	}
	l.hearReport(b, f.addr(), s.now())
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.reports; r.lostOut != 0 || r.jitterOut > time.Second || r.roundTrip > 5*time.Second || !r.to.IsValid() {
		t.Errorf("%+v", r)
	}
}

// TestNTP is the time as RTCP writes it.
func TestNTP(t *testing.T) {
	t.Parallel()
	if got := ntp(time.Unix(0, 5e8)); got != 2208988800<<32|1<<31 {
		t.Errorf("%x", got)
	}
}
