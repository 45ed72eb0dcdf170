package sound

import (
	"math"
	"slices"
	"testing"
	"time"

	"belfry/media/codec"
	"belfry/media/mix"
)

func TestFrames(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		rate   int
		n      int
		frames int
	}{
		{"nothing is a frame of silence", 16000, 0, 1},
		{"one sample", 16000, 1, 1},
		{"whole frames", 16000, 3200, 10},
		{"one sample more", 16000, 3201, 11},
		{"narrow", 8000, 1600, 10},
		{"narrow and one sample", 8000, 1601, 11},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := FromPCM("snd_x", make([]int16, row.n), row.rate)
			if s.Length() != time.Duration(row.frames)*20*time.Millisecond {
				t.Errorf("it lasts %v", s.Length())
			}
			if len(s.PCM(8000)) != 160*row.frames || len(s.PCM(16000)) != 320*row.frames {
				t.Errorf("%d and %d samples", len(s.PCM(8000)), len(s.PCM(16000)))
			}
			for _, c := range codec.All() {
				f := s.Frames(c)
				if f.Codec != c || len(f.Frames) != row.frames {
					t.Fatalf("%s: %d frames of %s", c, len(f.Frames), f.Codec)
				}
				for _, p := range f.Frames {
					if len(p) != codec.FrameBytes || cap(p) != len(p) {
						t.Fatalf("%s: a frame of %d octets, room for %d", c, len(p), cap(p))
					}
				}
				if s.Frames(c) != f {
					t.Errorf("%s: encoded twice", c)
				}
			}
		})
	}
}

func TestNarrowSoundIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	pcm := Tone(1000, -10, time.Second, 8000)
	s := FromPCM("snd_x", pcm, 8000)
	if !slices.Equal(s.PCM(8000), pcm) {
		t.Error("8 kHz went through a filter and back")
	}
	if got := mix.ToneLevel(s.PCM(16000), 16000, 1000); math.Abs(got+10) > 0.2 {
		t.Errorf("at 16 kHz it is at %.1f dB", got)
	}
}

// A loop's codecs have heard its end before its beginning, so that the second
// turn is like the first: no click where they meet.
func TestLoopsMeet(t *testing.T) {
	t.Parallel()
	s := fromPCM("snd_x", comfortTune().render())
	s.loops = true
	for _, c := range codec.All() {
		f := s.Frames(c).Frames
		d := codec.NewDecoder(c)
		var pcm []int16
		for turn := range 2 {
			for _, p := range f[:50] {
				pcm = d.Decode(pcm, p)
			}
			for _, p := range f[len(f)-50:] {
				if pcm = d.Decode(pcm, p); turn == 1 {
					break
				}
			}
		}
		// Around the joint no step is greater than elsewhere.
		joint := 100 * c.FrameSamples()
		most := steepest(pcm[joint-40*c.FrameSamples() : joint-c.FrameSamples()])
		if got := steepest(pcm[joint-100 : joint+100]); got > 2*most {
			t.Errorf("%s: a step of %d at the joint, %d elsewhere", c, got, most)
		}
	}
}

func steepest(pcm []int16) int {
	most := 0
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		most = max(most, d, -d)
	}
	return most
}

func TestTone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		hz, level float64
		length    time.Duration
		rate      int
	}{{440, -10, time.Second, 8000}, {1000, 0, 200 * time.Millisecond, 16000}, {3000, -40, time.Second, 8000}} {
		pcm := Tone(row.hz, row.level, row.length, row.rate)
		if got := time.Duration(len(pcm)) * time.Second / time.Duration(row.rate); got != row.length {
			t.Errorf("%v: it lasts %v", row, got)
		}
		middle := pcm[len(pcm)/10 : len(pcm)*9/10]
		if got := mix.ToneLevel(middle, row.rate, row.hz); math.Abs(got-row.level) > 0.1 {
			t.Errorf("%v: it is at %.2f dB", row, got)
		}
		if pcm[0] != 0 || pcm[len(pcm)-1] != 0 {
			t.Errorf("%v: it clicks", row)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, c := range codec.All() {
		b.Run(string(c)+" 1 s", func(b *testing.B) {
			pcm := Tone(440, -10, time.Second, 16000)
			for b.Loop() {
				FromPCM("snd_x", pcm, 16000).Frames(c)
			}
		})
	}
}
