package codec

import (
	"math"
	"math/rand/v2"
	"testing"

	"belfry/core"
)

func TestCodecs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		codec                    Codec
		pt                       uint8
		rate, samples, frameSize int
	}{
		{PCMU, 0, 8000, 160, 160},
		{PCMA, 8, 8000, 160, 160},
		{G722, 9, 16000, 320, 160},
	} {
		t.Run(string(row.codec), func(t *testing.T) {
			t.Parallel()
			c := row.codec
			if !c.Valid() || c.PT() != row.pt || c.ClockRate() != 8000 || c.SampleRate() != row.rate ||
				c.FrameSamples() != row.samples || c.FrameBytes() != row.frameSize {
				t.Errorf("%s: PT %d, clock %d, rate %d, %d samples, %d octets",
					c, c.PT(), c.ClockRate(), c.SampleRate(), c.FrameSamples(), c.FrameBytes())
			}
			if back, ok := ByPT(row.pt); !ok || back != c {
				t.Errorf("ByPT(%d) = %q, %v", row.pt, back, ok)
			}
			if back, err := Parse(string(c)); err != nil || back != c {
				t.Errorf("Parse(%q) = %q, %v", c, back, err)
			}
		})
	}
	if _, err := Parse("opus"); core.KindOf(err) != core.Invalid {
		t.Errorf("Parse(opus): %v, want an Invalid error", err)
	}
	if _, ok := ByPT(101); ok || Codec("").Valid() {
		t.Error("what is no codec was taken for one")
	}
}

// speech is a stand-in for a voice: glides, harmonics, pauses and breath.
func speech(rate, n int) []int16 {
	random := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, n)
	phase, breath := 0.0, 0.0
	for i := range pcm {
		at := float64(i) / float64(rate)
		pitch := 140 + 40*math.Sin(2*math.Pi*0.7*at)
		phase += 2 * math.Pi * pitch / float64(rate)
		v := 0.0
		for h := 1.0; h*pitch < 3400; h++ {
			v += math.Sin(h*phase+h*h) / h
		}
		breath = 0.8*breath + 20*random.NormFloat64()
		pcm[i] = int16(5000*max(0, math.Sin(2*math.Pi*2.5*at))*v + breath)
	}
	return pcm
}

// snr is the best signal-to-noise ratio in dB of got over delays up to 40 samples.
func snr(want, got []int16) (dB float64, delay int) {
	dB = math.Inf(-1)
	for lag := range 40 {
		var signal, noise float64
		for i := 1000; i < len(want)-100; i++ {
			s := float64(want[i])
			d := s - float64(got[i+lag])
			signal, noise = signal+s*s, noise+d*d
		}
		if v := 10 * math.Log10(signal/noise); v > dB {
			dB, delay = v, lag
		}
	}
	return dB, delay
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		codec Codec
		least float64
		delay int
	}{{PCMU, 35, 0}, {PCMA, 35, 0}, {G722, 35, 22}} {
		t.Run(string(row.codec), func(t *testing.T) {
			t.Parallel()
			pcm := speech(row.codec.SampleRate(), 5*row.codec.SampleRate())
			e, d := NewEncoder(row.codec), NewDecoder(row.codec)
			var wire []byte
			var got []int16
			for f := row.codec.FrameSamples(); len(pcm) > len(got); {
				wire = e.Encode(wire[:0], pcm[len(got):len(got)+f])
				if len(wire) != FrameBytes {
					t.Fatalf("a frame has %d octets", len(wire))
				}
				got = d.Decode(got, wire)
			}
			if dB, delay := snr(pcm, got); dB < row.least || delay != row.delay {
				t.Errorf("%.1f dB at a delay of %d samples, want %.0f at %d", dB, delay, row.least, row.delay)
			}
		})
	}
}

func TestFramesAllocateNothing(t *testing.T) {
	for _, c := range All() {
		pcm := speech(c.SampleRate(), c.FrameSamples())
		e, d := NewEncoder(c), NewDecoder(c)
		wire, out := make([]byte, 0, FrameBytes), make([]int16, 0, c.FrameSamples())
		n := testing.AllocsPerRun(100, func() {
			wire = e.Encode(wire[:0], pcm)
			out = d.Decode(out[:0], wire)
		})
		if n != 0 {
			t.Errorf("%s: %v allocations a frame", c, n)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, c := range All() {
		b.Run(string(c), func(b *testing.B) {
			pcm := speech(c.SampleRate(), c.SampleRate())[:c.FrameSamples()]
			e, wire := NewEncoder(c), make([]byte, 0, FrameBytes)
			b.ReportAllocs()
			for b.Loop() {
				wire = e.Encode(wire[:0], pcm)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range All() {
		b.Run(string(c), func(b *testing.B) {
			wire := NewEncoder(c).Encode(nil, speech(c.SampleRate(), c.FrameSamples()))
			d, pcm := NewDecoder(c), make([]int16, 0, c.FrameSamples())
			b.ReportAllocs()
			for b.Loop() {
				pcm = d.Decode(pcm[:0], wire)
			}
		})
	}
}
