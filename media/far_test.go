package media

import (
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"
	"belfry/media/mix"
)

// stage is an engine and what it told.
type stage struct {
	*Engine
	t   testing.TB
	mu  sync.Mutex
	all []core.Event
	new chan struct{}
}

func newStage(t testing.TB, o Options) *stage {
	t.Helper()
	s := &stage{t: t, new: make(chan struct{}, 1)}
	if o.PortHigh == 0 {
		o.PortLow = 10000 + 2*rand.IntN(9000)
		o.PortHigh = o.PortLow + 4001
	}
	o.Log = slog.New(slog.DiscardHandler)
	o.Tell = func(ev core.Event) {
		s.mu.Lock()
		s.all = append(s.all, ev)
		s.mu.Unlock()
		select {
		case s.new <- struct{}{}:
		default:
		}
	}
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Engine = e
	t.Cleanup(func() {
		if broken := e.Check(); broken != nil {
			t.Error("broken at the end:", broken)
		}
		e.Close()
		if n := e.Stats().PortsInUse; n != 0 {
			t.Errorf("%d port pairs are still in use", n)
		}
		if n := e.Stats().Panics; n != 0 {
			t.Errorf("%d panics", n)
		}
	})
	return s
}

func (s *stage) do(effects ...core.Effect) {
	for _, x := range effects {
		s.Do(core.Order{Epoch: 1, Effect: x})
	}
}

// wait waits for an event that fits.
func wait[E core.Event](s *stage, within time.Duration, fits func(E) bool) E {
	s.t.Helper()
	end := time.After(within)
	for {
		s.mu.Lock()
		for _, ev := range s.all {
			if x, ok := ev.(E); ok && fits(x) {
				s.mu.Unlock()
				return x
			}
		}
		s.mu.Unlock()
		select {
		case <-s.new:
		case <-end:
			var none E
			s.t.Fatalf("no %T came in %v; there were %v", none, within, s.told())
		}
	}
}

func (s *stage) told() []core.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]core.Event(nil), s.all...)
}

// got is a packet as a far end received it.
type got struct {
	packet
	at   time.Time
	from netip.AddrPort
}

// far is a far end with a socket of its own: it says a tone and keeps what it
// hears.
type far struct {
	t     testing.TB
	conn  *net.UDPConn
	codec Codec
	to    netip.AddrPort
	mu    sync.Mutex
	got   []got
	quit  chan struct{}
	wg    sync.WaitGroup

	seq  uint16
	ts   uint32
	ssrc uint32
}

const testDTMF = 101

func newFar(t testing.TB, ip string, c Codec) *far {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		t.Fatal(err)
	}
	f := &far{t: t, conn: conn, codec: c, quit: make(chan struct{}), seq: uint16(rand.Uint32()), ts: rand.Uint32(), ssrc: rand.Uint32()}
	f.wg.Go(f.read)
	t.Cleanup(f.stop)
	return f
}

func (f *far) addr() netip.AddrPort {
	a := f.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

func (f *far) stop() {
	select {
	case <-f.quit:
	default:
		close(f.quit)
		_ = f.conn.Close()
		f.wg.Wait()
	}
}

func (f *far) read() {
	buf := make([]byte, longest)
	for {
		n, from, err := f.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		b := append([]byte(nil), buf[:n]...)
		if p, ok := parseRTP(b); ok {
			f.mu.Lock()
			f.got = append(f.got, got{p, time.Now(), from})
			f.mu.Unlock()
		}
	}
}

func (f *far) packets() []got {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]got(nil), f.got...)
}

func (f *far) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.got = nil
}

// send sends a packet with the next number.
func (f *far) send(pt uint8, ts uint32, payload []byte) {
	f.mu.Lock()
	f.seq++
	seq := f.seq
	f.mu.Unlock()
	b := make([]byte, rtpHeader+len(payload))
	putRTP(b, packet{pt: pt, seq: seq, timestamp: ts, ssrc: f.ssrc})
	copy(b[rtpHeader:], payload)
	_, _ = f.conn.WriteToUDPAddrPort(b, f.to)
}

// tick moves the far end's clock by n frames and returns it.
func (f *far) tick(n uint32) uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ts += n * ticks
	return f.ts
}

// say says a tone of hz until stop; 0 is silence.
func (f *far) say(hz float64) {
	f.wg.Go(func() {
		enc, phase := codec.NewEncoder(f.codec), 0
		for n, began := 1, time.Now(); due(began, n, f.quit); n++ {
			f.send(f.codec.PT(), f.tick(1), enc.Encode(nil, tone(hz, f.codec.SampleRate(), f.codec.FrameSamples(), &phase)))
		}
	})
}

func tone(hz float64, rate, n int, phase *int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(*phase)/float64(rate)))
		*phase++
	}
	if hz == 0 {
		clear(pcm)
	}
	return pcm
}

// hears waits until the last 400 ms of what came hold the tone clearly, and none
// of the others.
func (f *far) hears(hz float64, not ...float64) {
	f.t.Helper()
	var levels []float64
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		pcm, rate := f.pcm(20)
		if len(pcm) > 0 {
			levels = []float64{mix.ToneLevel(pcm, rate, hz)}
			good := levels[0] > -20
			for _, n := range not {
				levels = append(levels, mix.ToneLevel(pcm, rate, n))
				good = good && levels[len(levels)-1] < -40
			}
			if good {
				return
			}
		}
		f.pause(40 * time.Millisecond)
	}
	f.t.Errorf("%.0f Hz without %v is not heard: levels %.1f dB, %d packets", hz, not, levels, len(f.packets()))
}

// pause waits while the far end lives, at most so long.
func (f *far) pause(d time.Duration) {
	select {
	case <-f.quit:
	case <-time.After(d):
	}
}

// silent waits until packets come and hold none of the tone.
func (f *far) silent(hz float64) {
	f.t.Helper()
	f.forget()
	f.until(5*time.Second, "silence in packets", func() bool {
		pcm, rate := f.pcm(20)
		return len(pcm) > 0 && mix.ToneLevel(pcm, rate, hz) < -50
	})
}

func (f *far) until(within time.Duration, what string, ok func() bool) {
	f.t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); f.pause(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	f.t.Errorf("in %v: no %s", within, what)
}

// pcm decodes the last n frames that came.
func (f *far) pcm(n int) ([]int16, int) {
	all := f.packets()
	if len(all) < n {
		return nil, 0
	}
	all = all[len(all)-n:]
	var dec *codec.Decoder
	var pcm []int16
	for _, p := range all {
		c, ok := codec.ByPT(p.pt)
		if !ok {
			continue
		}
		if dec == nil || dec.Codec() != c {
			dec, pcm = codec.NewDecoder(c), nil
		}
		pcm = dec.Decode(pcm, p.payload)
	}
	if dec == nil {
		return nil, 0
	}
	return pcm, dec.Codec().SampleRate()
}

// leg opens a SIP leg whose far end is f.
func (s *stage) leg(id core.LegID, f *far) *Leg {
	s.t.Helper()
	l, err := s.OpenRTP(id)
	if err != nil {
		s.t.Fatal(err)
	}
	f.to = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(l.Port()))
	l.SetRemote(f.addr(), Format{Codec: f.codec, PT: f.codec.PT(), DTMFPT: testDTMF, Send: true, Recv: true})
	return l
}

// call is a SIP leg with a far end that says a tone.
func (s *stage) call(id core.LegID, c Codec, hz float64) (*Leg, *far) {
	s.t.Helper()
	f := newFar(s.t, "127.0.0.1", c)
	l := s.leg(id, f)
	f.say(hz)
	return l, f
}
