package sound

import (
	"fmt"
	"math"
	"testing"
	"time"

	"belfry/media/mix"
)

func TestResample(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		from, to int
		keeps    []float64 // Hz that stay as they are
		drops    []float64 // Hz that must neither stay nor fold
	}{
		{8000, 16000, []float64{200, 1000, 3400}, nil},
		{11025, 16000, []float64{300, 4800}, nil},
		{22050, 16000, []float64{300, 3000, 7000}, []float64{8600, 10000}},
		{44100, 16000, []float64{300, 3000, 7000}, []float64{8600, 12000, 20000}},
		{48000, 16000, []float64{300, 3000, 7000}, []float64{8600, 12000, 17000, 23000}},
		{16000, 8000, []float64{300, 3400}, []float64{4300, 5000, 7000}},
		{16000, 16000, []float64{300, 7000}, nil},
		{12000, 16000, []float64{300, 5000}, nil},
		{32000, 16000, []float64{300, 7000}, []float64{9000}},
	} {
		for _, hz := range row.keeps {
			in := Tone(hz, -6, time.Second, row.from)
			out := resample(in, row.from, row.to)
			if len(out) != row.to {
				t.Errorf("%d to %d Hz: a second is %d samples", row.from, row.to, len(out))
			}
			middle := out[row.to/10 : row.to*9/10]
			level := mix.ToneLevel(middle, row.to, hz)
			if math.Abs(level+6) > 0.3 {
				t.Errorf("%d to %d Hz: %.0f Hz comes out at %+.2f dB", row.from, row.to, hz, level+6)
			}
			rest := mix.Level(middle) - (level - 3.01)
			if math.Abs(rest) > 0.05 {
				t.Errorf("%d to %d Hz: beside %.0f Hz there is something else: %+.2f dB", row.from, row.to, hz, rest)
			}
		}
		for _, hz := range row.drops {
			out := resample(Tone(hz, -6, time.Second, row.from), row.from, row.to)
			if level := mix.Level(out[row.to/10 : row.to*9/10]); level > -75 {
				t.Errorf("%d to %d Hz: of %.0f Hz %.0f dB is left", row.from, row.to, hz, level)
			}
		}
	}
}

// It does not shift sound in time: a click stays where it is.
func TestResampleKeepsTime(t *testing.T) {
	t.Parallel()
	for _, from := range wavRates {
		in := make([]int16, from)
		in[from/4] = 20000
		out := resample(in, from, inner)
		peak := 0
		for i, s := range out {
			if s > out[peak] {
				peak = i
			}
		}
		if d := peak - inner/4; d > 1 || d < -1 {
			t.Errorf("from %d Hz: a click moved by %d samples", from, d)
		}
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	voice, err := spoken("snd_menu")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name   string
		change func(v float64, i int) float64
		level  float64
	}{
		{"as it is", func(v float64, i int) float64 { return v }, -19},
		{"soft", func(v float64, i int) float64 { return v / 15 }, -19},
		{"with an offset", func(v float64, i int) float64 { return v/3 + 4000 }, -19},
		{"far too soft", func(v float64, i int) float64 { return v / 150 }, -32.5},
		{"with clicks", func(v float64, i int) float64 {
			if i%7000 == 0 {
				return 32000
			}
			return v / 3
		}, -23.5},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			pcm := make([]int16, len(voice))
			for i, s := range voice {
				pcm[i] = int16(row.change(float64(s), i))
			}
			normalise(pcm)
			level, ok := speechLevel(pcm)
			if !ok || math.Abs(level-row.level) > 1.2 {
				t.Errorf("it is at %.1f dB, want %.1f", level, row.level)
			}
			for i, s := range pcm {
				if s > ceiling || s < -ceiling {
					t.Fatalf("sample %d is %d", i, s)
				}
			}
		})
	}
	silent := make([]int16, 16000)
	silent[7] = 3
	if normalise(silent); silent[7] != 3 {
		t.Error("silence was made louder")
	}
	normalise(nil)
}

func BenchmarkResample(b *testing.B) {
	for _, row := range [][2]int{{48000, 16000}, {44100, 16000}, {8000, 16000}} {
		b.Run(fmt.Sprintf("1 s of %d Hz", row[0]), func(b *testing.B) {
			in := Tone(440, -6, time.Second, row[0])
			for b.Loop() {
				resample(in, row[0], row[1])
			}
		})
	}
}
