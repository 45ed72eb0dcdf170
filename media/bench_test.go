package media

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/mix"
)

// cpu is what this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRelay sends packets through two legs as fast as they go and measures
// one packet, in and out, with the generator's own sending and receiving: it
// shows allocations and regressions. What a call costs is measured from outside,
// by BenchmarkCalls.
func BenchmarkRelay(b *testing.B) {
	for name, portable := range wires {
		b.Run(name, func(b *testing.B) { benchRelay(b, portable) })
	}
}

func benchRelay(b *testing.B, portable bool) {
	b.Helper()
	s := newStage(b, Options{Portable: portable})
	ann, bob := newBare(b), newBare(b)
	s.bare("leg_s1", ann)
	s.bare("leg_s2", bob)
	s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
	buf := make([]byte, longest)
	b.ReportAllocs()
	for b.Loop() {
		ann.send()
		if _, _, err := bob.conn.ReadFromUDPAddrPort(buf); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if s.Stats().PacketsIn < uint64(b.N) {
		b.Fatal("not relayed")
	}
}

// bare is a far end that costs as little as can be.
type bare struct {
	conn   *net.UDPConn
	to     netip.AddrPort
	packet [rtpHeader + 160]byte
	seq    uint16
}

func newBare(b *testing.B) *bare {
	b.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &bare{conn: conn}
}

func (f *bare) send() {
	f.seq++
	putRTP(f.packet[:], packet{seq: f.seq, timestamp: uint32(f.seq) * ticks, ssrc: 1})
	_, _ = f.conn.WriteToUDPAddrPort(f.packet[:], f.to)
}

func (s *stage) bare(id core.LegID, f *bare) *Leg {
	l, err := s.OpenRTP(id)
	if err != nil {
		s.t.Fatal(err)
	}
	f.to = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(l.Port()))
	addr := f.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	l.SetRemote(addr, Format{Codec: PCMU, DTMFPT: testDTMF, Send: true, Recv: true})
	return l
}

// BenchmarkMusic1000 plays music to a thousand callers: the time of a frame for
// all of them, of which nearly everything is the thousand sends.
func BenchmarkMusic1000(b *testing.B) {
	lib := pieces{"snd_m": piece("snd_m", 440, 10*time.Second)}
	s := newStage(b, Options{Sounds: lib})
	sinkhole := newBare(b)
	var legs []*Leg
	for i := range 1000 {
		l := s.bare(core.LegID(fmt.Sprint("leg_s", i)), sinkhole)
		s.do(core.Play{Leg: l.id, Play: core.PlayID(fmt.Sprint("ply_", i)), Sounds: []core.SoundID{"snd_m"}, Loop: true})
		legs = append(legs, l)
	}
	s.work.Wait()
	s.clock.close() // this benchmark beats itself
	due := s.now()
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		due += frame
		for _, l := range legs {
			l.beat(due)
		}
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/1000, "cpu-ns/caller")
	s.clock = newClock(s.now, s.chores)
}

// BenchmarkMixTick is 20 ms of a conference of three, with its sends.
func BenchmarkMixTick(b *testing.B) {
	for _, codecs := range [][]Codec{{PCMU, PCMU, PCMA}, {PCMU, G722, PCMA}} {
		b.Run(fmt.Sprint(codecs), func(b *testing.B) {
			s := newStage(b, Options{})
			s.clock.close()
			sinkhole := newBare(b)
			for i, c := range codecs {
				l := s.bare(core.LegID(fmt.Sprint("leg_s", i)), sinkhole)
				l.SetRemote(l.src.said, Format{Codec: c, PT: c.PT(), Send: true, Recv: true})
				s.do(core.Join{Room: "r", Leg: l.id})
			}
			r := s.rooms["r"]
			payload := make([]byte, 160)
			due, seq := s.now(), uint16(0)
			b.ReportAllocs()
			for b.Loop() {
				due, seq = due+frame, seq+1
				for _, l := range r.legs {
					l.ear.Push(mix.Packet{Seq: seq, TS: uint32(seq) * ticks, Payload: payload}, s.at(due))
				}
				r.beat(due)
			}
			s.clock = newClock(s.now, s.chores)
		})
	}
}
