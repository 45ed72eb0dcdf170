package mix

import (
	"math"
	"testing"
)

// gapped runs pcm through a concealer in pieces, of which those that lost names are
// made up, or silence when bare.
func gapped(rate int, pcm []int16, lost func(i int) bool, bare bool) []int16 {
	var c conceal
	c.begin(rate)
	n := rate / 100
	out := make([]int16, 0, len(pcm))
	for i := 0; (i+1)*n <= len(pcm); i++ {
		out = append(out, pcm[i*n:(i+1)*n]...)
		frame := out[i*n:]
		switch {
		case !lost(i):
			if !bare {
				c.good(frame)
			}
		case bare:
			clear(frame)
		default:
			c.make(frame)
		}
	}
	return out
}

// apart is how far got is from want to the ear, in dB: the mean difference of the
// levels of 16 bands, over the frames in which there is a voice and of which
// those that lost names are looked at. What is softer than -60 dBFS counts as that.
func apart(rate int, want, got []int16, lost func(i int) bool) float64 {
	sum, n := 0.0, 0
	frame := rate / 50
	for i := 0; (i+1)*frame <= len(got); i++ {
		a, b := want[i*frame:(i+1)*frame], got[i*frame:(i+1)*frame]
		if !lost(2*i) || energy(a) < quietLevel {
			continue
		}
		for band := range 16 {
			hz := 150 + 200*float64(band)
			sum += math.Abs(max(-60, ToneLevel(a, rate, hz)) - max(-60, ToneLevel(b, rate, hz)))
			n++
		}
	}
	return sum / float64(n)
}

// What is made up must be nearer to what was lost than silence is, by far.
func TestConcealmentHelps(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		rate   int
		period int     // one frame of 20 ms is lost of so many
		most   float64 // dB
	}{
		{"one in five at 8 kHz", 8000, 5, 6},
		{"one in seven at 8 kHz", 8000, 7, 6},
		{"one in five at 16 kHz", 16000, 5, 6},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			pcm := speech(row.rate, 10*row.rate)
			lost := func(i int) bool { return i/2%row.period == row.period-1 }
			made := apart(row.rate, pcm, gapped(row.rate, pcm, lost, false), lost)
			bare := apart(row.rate, pcm, gapped(row.rate, pcm, lost, true), lost)
			t.Logf("%.1f dB apart made up, %.1f dB silent", made, bare)
			if made > row.most || made > bare/2 {
				t.Errorf("%.1f dB apart made up, %.1f dB silent", made, bare)
			}
		})
	}
}

// A steady tone is gone on with so well that hardly anything is heard.
func TestConcealmentOfATone(t *testing.T) {
	t.Parallel()
	pcm := make([]int16, 8000)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*160*float64(i)/8000))
	}
	got := gapped(8000, pcm, func(i int) bool { return i == 50 }, false)
	for i := range got {
		if d := int(got[i]) - int(pcm[i]); d > 400 || d < -400 {
			t.Fatalf("sample %d is off by %d", i, d)
		}
	}
}

func TestConcealmentFades(t *testing.T) {
	t.Parallel()
	pcm := speech(8000, 8000)
	got := gapped(8000, pcm, func(i int) bool { return i >= 12 && i < 40 }, false)
	before := Level(pcm[10*80 : 12*80])
	for _, row := range []struct {
		piece       int
		least, most float64 // dB against the last that came
	}{{12, -6, 3}, {15, -20, -2}, {17, -40, -10}, {18, -200, -60}, {39, -200, -60}} {
		level := Level(got[row.piece*80:(row.piece+1)*80]) - before
		if level < row.least || level > row.most {
			t.Errorf("piece %d is at %+.1f dB", row.piece-12, level)
		}
	}
	if Level(got[42*80:44*80]) < Level(pcm[42*80:44*80])-3 {
		t.Error("sound does not come back")
	}
}

// No sample may stand out where the made up meets the true.
func TestConcealmentDoesNotClick(t *testing.T) {
	t.Parallel()
	pcm := speech(8000, 4*8000)
	steepest := func(x []int16) int {
		most := 0
		for i := 2; i < len(x); i++ {
			d := int(x[i]) - 2*int(x[i-1]) + int(x[i-2])
			most = max(most, d, -d)
		}
		return most
	}
	limit := steepest(pcm) * 5 / 4
	for period := 3; period < 12; period++ {
		got := gapped(8000, pcm, func(i int) bool { return i%period == period-1 }, false)
		if v := steepest(got); v > limit {
			t.Errorf("one piece in %d made up: a kink of %d, want at most %d", period, v, limit)
		}
	}
}

func BenchmarkConceal(b *testing.B) {
	for name, rate := range map[string]int{"8 kHz": 8000, "16 kHz": 16000} {
		b.Run(name, func(b *testing.B) {
			var c conceal
			c.begin(rate)
			pcm := speech(rate, rate)
			piece := rate / 100
			for i := range 20 {
				c.good(pcm[i*piece : (i+1)*piece])
			}
			out := make([]int16, piece)
			b.ReportAllocs()
			for b.Loop() { // a frame lost after a good one: the dearest case
				c.lost, c.any = 0, true
				c.make(out)
				c.make(out)
			}
		})
	}
}
