package media

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belfry/core"
)

// BenchmarkCalls carries calls of two legs, G.711, 50 packets a second and
// direction, from a generator in another process, and measures this one's CPU
// alone, its garbage collector and clock included. Each turn is five seconds.
func BenchmarkCalls(b *testing.B) {
	if os.Getenv("MEDIA_GENERATOR") != "" {
		b.Skip("this is the generator")
	}
	for _, calls := range []int{100, 200, 400} {
		for _, name := range []string{"fast", "plain"} {
			b.Run(fmt.Sprint(name, "/", calls), func(b *testing.B) {
				for b.Loop() {
					benchCalls(b, calls, Options{Portable: wires[name]})
				}
			})
		}
		b.Run(fmt.Sprint("taped/", calls), func(b *testing.B) {
			for b.Loop() {
				benchCalls(b, calls, Options{DataDir: b.TempDir()})
			}
		})
	}
}

func benchCalls(b *testing.B, calls int, o Options) {
	b.Helper()
	s := newStage(b, o)
	gen := exec.Command(os.Args[0], "-test.run=^TestGenerator$", "-test.count=1")
	gen.Env = append(os.Environ(), fmt.Sprint("MEDIA_GENERATOR=", 2*calls))
	in, err1 := gen.StdinPipe()
	out, err2 := gen.StdoutPipe()
	gen.Stderr = os.Stderr
	if err := gen.Start(); err != nil || err1 != nil || err2 != nil {
		b.Fatal(err, err1, err2)
	}
	lines := bufio.NewScanner(out)
	for i := range 2 * calls {
		lines.Scan()
		far := netip.MustParseAddrPort(lines.Text())
		l, err := s.OpenRTP(core.LegID(fmt.Sprint("leg_s", i)))
		if err != nil {
			b.Fatal(err)
		}
		l.SetRemote(far, Format{Codec: PCMU, Send: true, Recv: true})
		s.do(core.Join{Room: core.RoomID(fmt.Sprint(i / 2)), Leg: l.id})
		if room := core.RoomID(fmt.Sprint(i / 2)); o.DataDir != "" && i%2 == 0 {
			s.do(core.Tape{Tape: core.RecordID("rec_" + room), Room: room, State: core.TapeRolling})
		}
		fmt.Fprintln(in, l.Port())
	}
	lines.Scan() // it is under way
	began, used, packets := time.Now(), cpu(b), s.Stats().PacketsIn
	lines.Scan() // it has done
	took, spent, n := time.Since(began), cpu(b)-used, s.Stats().PacketsIn-packets
	report := lines.Text()
	if err := gen.Wait(); err != nil {
		b.Fatal(err, report)
	}
	var p50, p99, lost float64
	if _, err := fmt.Sscan(report, &p50, &p99, &lost); err != nil {
		b.Fatal(err, report)
	}
	b.ReportMetric(float64(spent.Nanoseconds())/1000/float64(n), "us/packet")
	b.ReportMetric(spent.Seconds()/took.Seconds()*100/float64(calls), "cores/100calls")
	b.ReportMetric(p50, "p50-us")
	b.ReportMetric(p99, "p99-us")
	b.ReportMetric(lost, "lost")
	for i := range 2 * calls {
		s.Leg(core.LegID(fmt.Sprint("leg_s", i))).Close()
	}
}

// TestGenerator is the other process of BenchmarkCalls: it is no test.
func TestGenerator(t *testing.T) {
	var n int
	if _, err := fmt.Sscan(os.Getenv("MEDIA_GENERATOR"), &n); err != nil {
		t.Skip("it is started by BenchmarkCalls")
	}
	g := generator{start: time.Now()}
	for range n {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		g.conns = append(g.conns, conn)
		fmt.Println(conn.LocalAddr())
	}
	lines := bufio.NewScanner(os.Stdin)
	for range n {
		lines.Scan()
		g.to = append(g.to, netip.MustParseAddrPort("127.0.0.1:"+strings.TrimSpace(lines.Text())))
	}
	g.run(500*time.Millisecond, 5*time.Second)
	os.Exit(0) // the testing package shall print nothing after the report
}

// generator speaks on many sockets, each every 20 ms, spread evenly.
type generator struct {
	start time.Time
	conns []*net.UDPConn
	to    []netip.AddrPort
	count atomic.Int64
	mu    sync.Mutex
	delay []int64 // us
}

func (g *generator) run(warm, run time.Duration) {
	for _, c := range g.conns {
		go g.read(c)
	}
	var b [rtpHeader + 160]byte
	sent, started := int64(0), false
	for tick := 0; ; tick++ {
		at := time.Duration(tick) * time.Millisecond
		<-time.After(time.Until(g.start.Add(at)))
		if at > warm && !started {
			started = true
			fmt.Println("go")
			g.mu.Lock()
			g.delay = nil
			g.mu.Unlock()
		}
		if at > warm+run {
			break
		}
		for i := tick % 20; i < len(g.conns); i += 20 {
			putRTP(b[:], packet{seq: uint16(tick / 20), timestamp: uint32(tick/20) * ticks, ssrc: uint32(i)})
			binary.BigEndian.PutUint64(b[rtpHeader:], uint64(time.Since(g.start)))
			_, _ = g.conns[i].WriteToUDPAddrPort(b[:], g.to[i])
			sent++
		}
	}
	<-time.After(100 * time.Millisecond)
	g.mu.Lock()
	defer g.mu.Unlock()
	slices.Sort(g.delay)
	fmt.Println(g.delay[len(g.delay)/2], g.delay[len(g.delay)*99/100], sent-g.count.Load())
}

func (g *generator) read(c *net.UDPConn) {
	buf := make([]byte, longest)
	for {
		n, _, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if n != rtpHeader+160 {
			continue
		}
		d := time.Since(g.start) - time.Duration(binary.BigEndian.Uint64(buf[rtpHeader:]))
		g.count.Add(1)
		g.mu.Lock()
		g.delay = append(g.delay, d.Microseconds())
		g.mu.Unlock()
	}
}
