package mix

import (
	"math"
	"math/rand/v2"
	"testing"

	"belfry/media/codec"
)

// sender says a tone, in packets of 20 ms.
type sender struct {
	c    codec.Codec
	enc  *codec.Encoder
	seq  uint16
	ts   uint32
	ssrc uint32
	n    int // samples so far
}

func newSender(c codec.Codec) *sender {
	return &sender{c: c, enc: codec.NewEncoder(c), seq: 65500, ts: math.MaxUint32 - 9000, ssrc: 7}
}

// next is 20 ms of a tone of hz.
func (s *sender) next(hz float64) Packet {
	rate := s.c.SampleRate()
	pcm := make([]int16, s.c.FrameSamples())
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(s.n)/float64(rate)))
		s.n++
	}
	s.seq++
	s.ts += 160
	return Packet{Seq: s.seq, TS: s.ts, Payload: s.enc.Encode(nil, pcm)}
}

type pushed struct {
	at int64
	p  Packet
	c  codec.Codec
	id uint32
}

// replay gives out so many frames, pushing each packet when it is due.
func replay(rate int, all []pushed, frames int) []int16 {
	r := NewReplay(rate)
	var out []int16
	for f := range frames {
		for len(all) > 0 && all[0].at <= int64(f)*160+aheadTicks {
			a := all[0]
			r.Push(a.at, a.c, a.id, a.p)
			all = all[1:]
		}
		out = r.Next(out)
	}
	return out
}

// onset is where the sound first rises above silence, in ms.
func onset(pcm []int16, rate, from int) int {
	for i := from * rate / 1000; i < len(pcm); i++ {
		if pcm[i] > 1000 || pcm[i] < -1000 {
			return i * 1000 / rate
		}
	}
	return -1
}

// TestReplayPlaces: sound stands where it was said, whatever the codec, the rate
// and the jitter, and a clock that is off does not carry it away.
func TestReplayPlaces(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		c      codec.Codec
		rate   int
		jitter int   // ms
		ppm    int64 // how much slower the sender's clock runs
	}{
		{"PCMU", codec.PCMU, 8000, 0, 0},
		{"PCMA at 16 kHz", codec.PCMA, 16000, 0, 0},
		{"G722", codec.G722, 16000, 0, 0},
		{"G722 at 8 kHz", codec.G722, 8000, 0, 0},
		{"80 ms of jitter", codec.PCMU, 8000, 80, 0},
		{"a slow clock", codec.PCMU, 8000, 10, 300},
		{"a fast clock", codec.G722, 16000, 10, -300},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s, rnd := newSender(row.c), rand.New(rand.NewPCG(1, 2))
			var all []pushed
			const packets = 6000 // two minutes
			for i := range int64(packets) {
				hz := 0.0
				if i%100 >= 50 { // a burst each second of the other
					hz = 440
				}
				at := 4000 + i*160 + i*160*row.ppm/1_000_000
				if row.jitter > 0 {
					at += int64(rnd.IntN(row.jitter) * 8)
				}
				if n := len(all); n > 0 {
					at = max(at, all[n-1].at)
				}
				all = append(all, pushed{at, s.next(hz), row.c, 1})
			}
			out := replay(row.rate, all, packets+100)
			for i := int64(50); i < packets; i += 100 {
				want := int(500 + (i*160+i*160*row.ppm/1_000_000)/8)
				if got := onset(out, row.rate, want-200); got < want-12 || got > want+16 {
					t.Fatalf("the burst of %d ms begins at %d ms", want, got)
				}
			}
		})
	}
}

// TestReplayMends: what is lost is made up, what comes in any order is put in
// order, and what comes twice changes nothing.
func TestReplayMends(t *testing.T) {
	t.Parallel()
	s := newSender(codec.PCMU)
	var all []pushed
	for i := range int64(200) {
		p := s.next(400)
		switch {
		case i%20 == 7: // lost
		case i%20 == 12: // after the one that follows it
			q := s.next(400)
			all = append(all, pushed{i*160 + 160, q, codec.PCMU, 1}, pushed{i*160 + 161, p, codec.PCMU, 1})
		case i%20 == 13: // said already
			s.seq, s.ts, s.n = s.seq-1, s.ts-160, s.n-160
		default:
			all = append(all, pushed{i * 160, p, codec.PCMU, 1})
		}
		if i%20 == 3 {
			all = append(all, all[len(all)-1])
		}
	}
	out := replay(8000, all, 210)
	if level := ToneLevel(out[1600:30000], 8000, 400); level < -16 {
		t.Errorf("the tone is at %.1f dB", level)
	}
	for f := 10; f < 190; f++ {
		if energy(out[f*160:][:160]) < 1000*1000 {
			t.Errorf("frame %d is silent", f)
		}
	}
}

// TestReplayGaps: silence, a sender's clock that stood still or jumped, another
// stream and another codec are each placed where they came.
func TestReplayGaps(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *sender) *sender{
		"silence told":     func(s *sender) *sender { s.ts += 16000; return s },
		"the clock stood":  func(s *sender) *sender { return s },
		"the clock jumped": func(s *sender) *sender { s.ts += 12345678; return s },
		"another stream":   func(*sender) *sender { x := newSender(codec.PCMU); x.ssrc = 9; return x },
		"another codec":    func(*sender) *sender { return newSender(codec.G722) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSender(codec.PCMU)
			var all []pushed
			for i := range int64(50) {
				all = append(all, pushed{i * 160, s.next(440), s.c, s.ssrc})
			}
			s = change(s)
			for i := range int64(50) {
				all = append(all, pushed{8003 + 16000 + i*160, s.next(440), s.c, s.ssrc})
			}
			out := replay(8000, all, 300)
			if got := onset(out, 8000, 1200); got < 2998 || got > 3012 {
				t.Errorf("the second stretch begins at %d ms", got)
			}
			for i, x := range out[8000+800 : 8000+15900] {
				if x != 0 {
					t.Fatalf("there is sound in the gap, %d samples after its start", i+800)
				}
			}
			if energy(out[24100:31900]) < 3000*3000 {
				t.Error("the second stretch is not all there")
			}
		})
	}
}

func BenchmarkReplay(b *testing.B) {
	for _, c := range []codec.Codec{codec.PCMU, codec.G722} {
		b.Run(string(c), func(b *testing.B) {
			s, r := newSender(c), NewReplay(16000)
			p, at := s.next(440), int64(0)
			var out []int16
			for range 60 {
				p.Seq, p.TS, at = p.Seq+1, p.TS+160, at+160
				r.Push(at, c, 1, p)
			}
			b.ReportAllocs()
			for b.Loop() {
				p.Seq, p.TS, at = p.Seq+1, p.TS+160, at+160
				r.Push(at, c, 1, p)
				out = r.Next(out[:0])
			}
		})
	}
}
