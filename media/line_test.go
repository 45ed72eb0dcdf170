package media

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"

	"github.com/pion/rtp"
)

// page is a browser's end of a line: it hears what is written.
type page struct {
	far // keeps the packets; its socket is not used
	leg *Leg
	on  atomic.Bool // the microphone
	pt  atomic.Int32
	wg  sync.WaitGroup
}

func (p *page) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, got{packet: packet{pt: h.PayloadType, marker: h.Marker, seq: h.SequenceNumber, timestamp: h.Timestamp, ssrc: h.SSRC, payload: append([]byte(nil), payload...)}, at: time.Now()})
	return len(payload), nil
}

func (s *stage) page(id core.LegID) *page {
	s.t.Helper()
	p := &page{far: far{t: s.t, quit: make(chan struct{})}}
	l, err := s.OpenLine(id, p)
	if err != nil {
		s.t.Fatal(err)
	}
	p.leg = l
	s.t.Cleanup(func() { close(p.quit); p.wg.Wait() })
	return p
}

// speak has the page say a tone in the codec of p.pt while the microphone is on.
func (p *page) speak(hz float64) {
	p.wg.Go(func() {
		var enc *codec.Encoder
		var seq uint16
		var ts uint32
		phase := 0
		every := time.NewTicker(frame)
		defer every.Stop()
		for {
			select {
			case <-p.quit:
				return
			case <-every.C:
			}
			c, _ := codec.ByPT(uint8(p.pt.Load()))
			if ts += ticks; !p.on.Load() {
				continue
			}
			if enc == nil || enc.Codec() != c {
				enc = codec.NewEncoder(c)
			}
			b := make([]byte, rtpHeader, 200)
			seq++
			putRTP(b, packet{pt: c.PT(), seq: seq, timestamp: ts, ssrc: 7})
			p.leg.Receive(enc.Encode(b, tone(hz, c.SampleRate(), c.FrameSamples(), &phase)))
		}
	})
}

// TestLine: a browser is sent what the caller speaks, without a decoder between,
// and mixed while it still speaks something else itself.
func TestLine(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	_, caller := s.call("leg_s1", G722, 440)
	p := s.page("leg_b1")
	p.on.Store(true) // PCMU at first
	p.speak(1000)
	s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_b1"})
	p.hears(440)
	caller.hears(1000, 440)
	if pts := p.packets(); pts[len(pts)-1].pt != G722.PT() {
		t.Errorf("the page is sent %d", pts[0].pt)
	}
	p.pt.Store(int32(G722.PT())) // the page has switched its sender
	caller.until(5*time.Second, "relay", func() bool { return s.Stats().Mixes == 0 })
	caller.forget()
	caller.hears(1000, 440)
	continuous(t, p.packets())
	s.do(core.Part{Leg: "leg_b1"})
	q := wait(s, time.Second, func(core.QualityCame) bool { return true })
	if q.Leg != "leg_b1" || q.Quality.PacketsIn < 20 || q.Quality.PacketsOut < 20 || q.Quality.MOSIn < 400 {
		t.Errorf("%+v", q)
	}
}

// TestAudioLost: a joined line that falls silent is told, and when it is back.
func TestAudioLost(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	s.call("leg_s1", PCMU, 440)
	p := s.page("leg_b1")
	silent := make(chan struct{}, 9)
	p.leg.OnSilent(time.Second, func() { silent <- struct{}{} })
	p.speak(1000)
	p.on.Store(true)
	s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_b1"})
	p.hears(440)
	p.on.Store(false)
	off := time.Now()
	wait(s, 3*time.Second, func(e core.AudioLost) bool { return e.Leg == "leg_b1" })
	if d := time.Since(off); d < 350*time.Millisecond {
		t.Errorf("lost after %v", d)
	}
	select {
	case <-silent:
	case <-time.After(3 * time.Second):
		t.Error("nobody was told of the silence")
	}
	p.on.Store(true)
	wait(s, 3*time.Second, func(e core.AudioBack) bool { return e.Leg == "leg_b1" })
	for _, ev := range s.told() {
		if e, ok := ev.(core.AudioLost); ok && e.Leg != "leg_b1" {
			t.Errorf("told of %s", e.Leg)
		}
	}
	s.do(core.Part{Leg: "leg_b1"})
	p.on.Store(false)
	if len(silent) > 0 {
		t.Error("told twice")
	}
}

// TestSilentCaller: a SIP leg that never speaks is told, one on hold is not.
func TestSilentCaller(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	f := newFar(t, "127.0.0.1", PCMU)
	l := s.leg("leg_s1", f)
	g := newFar(t, "127.0.0.1", PCMU)
	held := s.leg("leg_s2", g)
	held.SetRemote(g.addr(), Format{Codec: PCMU, Send: true})
	told := make(chan core.LegID, 9)
	rings := s.leg("leg_s3", newFar(t, "127.0.0.1", PCMU))
	for _, x := range []*Leg{l, held, rings} {
		x.OnSilent(200*time.Millisecond, func() { told <- x.ID() })
	}
	s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
	f.pause(500 * time.Millisecond)
	if len(told) > 0 {
		t.Errorf("told of %s, which has never spoken", <-told)
	}
	began := time.Now()
	f.send(0, 160, make([]byte, 160))
	select {
	case id := <-told:
		if d := time.Since(began); id != "leg_s1" || d < 200*time.Millisecond {
			t.Errorf("%s after %v", id, d)
		}
	case <-time.After(3 * time.Second):
		t.Error("nobody was told")
	}
	f.pause(300 * time.Millisecond)
	if len(told) > 0 {
		t.Errorf("told of %s", <-told)
	}
}
