package mix

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// pair is a key's two tones, each at its own level and off by a part of its frequency.
func pair(key byte, ms int, rowDB, colDB, off float64) []int16 {
	i := strings.IndexByte(toneKeys, key)
	n := 8 * ms
	pcm := make([]int16, n)
	for k := range pcm {
		w := 2 * math.Pi * float64(k) / 8000 * (1 + off)
		pcm[k] = int16(32768 * (math.Pow(10, rowDB/20)*math.Sin(w*toneRows[i/4]) + math.Pow(10, colDB/20)*math.Sin(w*toneColumns[i%4]+1)))
	}
	return pcm
}

func hearTones(pcm []int16) string {
	var t TonesIn
	var told []byte
	for len(pcm) > 0 {
		n := min(160, len(pcm))
		if d := t.Push(pcm[:n]); d != 0 {
			told = append(told, d)
		}
		pcm = pcm[n:]
	}
	return string(told)
}

func TestTonesIn(t *testing.T) {
	t.Parallel()
	silence := make([]int16, 8*50)
	for _, row := range []struct {
		name             string
		ms               int
		rowDB, colDB, of float64
		heard            bool
	}{
		{"as they should be", 100, -12, -10, 0, true},
		{"as short as allowed", 40, -12, -10, 0, true},
		{"too short", 12, -12, -10, 0, false},
		{"soft", 60, -32, -30, 0, true},
		{"too soft", 60, -46, -44, 0, false},
		{"1.5 % high", 60, -12, -12, 0.015, true},
		{"1.5 % low", 60, -12, -12, -0.015, true},
		{"the row 6 dB louder", 60, -10, -16, 0, true},
		{"the row 12 dB louder", 60, -10, -22, 0, false},
		{"the column 3 dB louder", 60, -13, -10, 0, true},
		{"the column 8 dB louder", 60, -18, -10, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, key := range []byte(toneKeys) {
				for shift := range 10 {
					pcm := append(append(make([]int16, 11*shift), pair(key, row.ms, row.rowDB, row.colDB, row.of)...), silence...)
					want := ""
					if row.heard {
						want = string(key)
					}
					if got := hearTones(pcm); got != want {
						t.Fatalf("%c, %d samples in: heard %q", key, 11*shift, got)
					}
				}
			}
		})
	}
}

func TestTonesInOtherSound(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	noise := make([]int16, 8000*20)
	for i := range noise {
		noise[i] = int16(4000 * random.NormFloat64())
	}
	for _, row := range []struct {
		name string
		pcm  []int16
		want string
	}{
		{"speech", speech(8000, 8000*15), ""},
		{"noise", noise, ""},
		{"silence", make([]int16, 8000), ""},
		{"one tone", tone(770, 8000, 8000, 0, 8000), ""},
		{"dial tone", tone(440, 8000, 8000, 0, 8000), ""},
		{"a long key is one", pair('7', 2000, -10, -10, 0), "7"},
	} {
		if got := hearTones(row.pcm); got != row.want {
			t.Errorf("%s: heard %q", row.name, got)
		}
	}
	noisy := pair('4', 200, -10, -10, 0)
	for i := range noisy {
		noisy[i] += noise[i] / 8
	}
	if got := hearTones(noisy); got != "4" {
		t.Errorf("a key in noise: heard %q", got)
	}
}

func TestTonesOut(t *testing.T) {
	t.Parallel()
	const all = "0123456789*#ABCD,55"
	for _, rate := range []int{8000, 16000} {
		var out TonesOut
		if err := out.Press(all); err != nil {
			t.Fatal(err)
		}
		var pcm []int16
		for out.Busy() {
			pcm = out.Next(pcm, rate/50, rate)
		}
		if rate == 16000 {
			var h Halver
			pcm = h.Next(nil, pcm)
		}
		if got := hearTones(pcm); got != strings.Replace(all, ",", "", 1) {
			t.Errorf("at %d Hz heard %q", rate, got)
		}
		if out.Next(nil, 10, rate)[9] != 0 {
			t.Error("not silent afterwards")
		}
	}
}

func BenchmarkTonesIn(b *testing.B) {
	var t TonesIn
	pcm := pair('5', 20, -10, -10, 0)
	b.ReportAllocs()
	for b.Loop() {
		t.Push(pcm)
	}
}

func BenchmarkTonesOut(b *testing.B) {
	var t TonesOut
	pcm := make([]int16, 0, 160)
	b.ReportAllocs()
	for b.Loop() {
		if !t.Busy() {
			_ = t.Press("5")
		}
		pcm = t.Next(pcm[:0], 160, 8000)
	}
}
