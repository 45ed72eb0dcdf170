package mix

import (
	"math"
	"testing"
)

// The taps are those of their definition, so that nobody need believe them.
func TestHalfBandTaps(t *testing.T) {
	t.Parallel()
	bessel := func(x float64) float64 {
		sum, term := 1.0, 1.0
		for k := 1.0; term > 1e-12*sum; k++ {
			term *= x * x / 4 / k / k
			sum += term
		}
		return sum
	}
	const beta = 5.5
	var want [taps]float64
	total := 0.0
	for k := range want {
		x := float64(k) + 0.5
		window := bessel(beta*math.Sqrt(1-x*x/taps/taps)) / bessel(beta)
		want[k] = math.Sin(math.Pi*x) / (math.Pi * x) * window
		total += want[k]
	}
	sum := float32(0)
	for k := range want {
		sum += half[k]
		if got, want := float64(half[k]), want[k]/total*16384; math.Abs(got-want) > 3 {
			t.Errorf("tap %d is %v, want %.1f", k, got, want)
		}
	}
	if sum != 16384 {
		t.Errorf("one side adds up to %v", sum)
	}
}

func TestHalfBand(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		hz          float64
		up, down    bool // which way it is tried
		least, most float64
	}{
		{300, true, true, -.1, .1},
		{1000, true, true, -.1, .1},
		{3400, true, true, -.2, .2},
		{4700, false, true, -96, -55},
		{6000, false, true, -96, -55},
		{7700, false, true, -96, -55},
	} {
		if row.up {
			var d Doubler
			got := d.Next(nil, tone(row.hz, 8000, 8000, 0, 16384))[1600:]
			if v := ToneLevel(got, 16000, row.hz) + 6.02; len(got) != 16000-1600 || v < row.least || v > row.most {
				t.Errorf("%.0f Hz doubled comes out at %+.2f dB", row.hz, v)
			}
			if v := ToneLevel(got, 16000, 8000-row.hz) + 6.02; v > -55 && row.hz < 3400 {
				t.Errorf("%.0f Hz doubled has a mirror image at %+.1f dB", row.hz, v)
			}
		}
		if row.down {
			var h Halver
			got := h.Next(nil, tone(row.hz, 16000, 16000, 0, 16384))[800:]
			at := row.hz
			if at > 4000 {
				at = 8000 - at
			}
			if v := ToneLevel(got, 8000, at) + 6.02; len(got) != 8000-800 || v < row.least || v > row.most {
				t.Errorf("%.0f Hz halved comes out at %+.2f dB", row.hz, v)
			}
		}
	}
}

func TestHalfBandPortions(t *testing.T) {
	t.Parallel()
	pcm := speech(16000, 3200)
	var whole, parts Halver
	want := whole.Next(nil, pcm)
	var got []int16
	for i, n := 0, 2; i < len(pcm); i, n = i+n, n+2 {
		n = min(n, len(pcm)-i)
		got = parts.Next(got, pcm[i:i+n])
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("sample %d differs", i)
		}
	}
	// Loud beyond measure saturates.
	var d Doubler
	for i, s := range d.Next(nil, flat(160, 32767))[100:] {
		if s < 32000 {
			t.Fatalf("sample %d is %d", i, s)
		}
	}
}

func BenchmarkResample(b *testing.B) {
	b.Run("8 to 16 kHz", func(b *testing.B) {
		var d Doubler
		in, out := speech(8000, 160), make([]int16, 0, 320)
		b.ReportAllocs()
		for b.Loop() {
			out = d.Next(out[:0], in)
		}
	})
	b.Run("16 to 8 kHz", func(b *testing.B) {
		var h Halver
		in, out := speech(16000, 320), make([]int16, 0, 160)
		b.ReportAllocs()
		for b.Loop() {
			out = h.Next(out[:0], in)
		}
	})
}
