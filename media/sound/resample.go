package sound

import "math"

const (
	kaiser  = 8.0  // β: 80 dB
	reach   = 24   // zero crossings on each side
	passing = 0.94 // of the narrower band is kept
)

// resampler brings sound from one rate to another by a polyphase filter: a sinc
// under a Kaiser window, cut below half of the lower rate so that nothing folds.
// It is for files, not for frames on their way. Put sound in, then flush.
type resampler struct {
	up, down int         // out/in, in lowest terms
	phases   [][]float32 // by the position between two samples, in 1/up
	taps     int
	in       []float32 // not yet used up; the filter's past first
	pos      int       // of the next output, in 1/up samples from in[0]
	out      []int16
	taken    int
}

func newResampler(from, to int) *resampler {
	g := gcd(from, to)
	r := &resampler{up: to / g, down: from / g}
	if r.up == r.down {
		return r
	}
	cut := passing * min(1, float64(to)/float64(from)) // of half the incoming rate
	side := int(math.Ceil(reach / cut))
	r.taps = 2 * side
	bottom := bessel(kaiser)
	for phase := range r.up {
		taps := make([]float32, r.taps)
		sum := 0.0
		h := make([]float64, r.taps)
		for k := range h {
			x := float64(k-side+1) - float64(phase)/float64(r.up)
			w := 1 - (x/float64(side))*(x/float64(side))
			if w < 0 {
				continue
			}
			h[k] = cut * sinc(cut*x) * bessel(kaiser*math.Sqrt(w)) / bottom
			sum += h[k]
		}
		for k := range h {
			taps[k] = float32(h[k] / sum)
		}
		r.phases = append(r.phases, taps)
	}
	r.in = make([]float32, side-1) // silence before the beginning
	return r
}

// put takes samples, full scale at ±32768.
func (r *resampler) put(x []float32) {
	r.taken += len(x)
	if r.up == r.down {
		for _, v := range x {
			r.out = append(r.out, round16(v))
		}
		return
	}
	r.in = append(r.in, x...)
	for {
		at := r.pos / r.up
		if at+r.taps > len(r.in) {
			break
		}
		h := r.phases[r.pos%r.up]
		sum := float32(0)
		for k, v := range r.in[at : at+r.taps] {
			sum += v * h[k]
		}
		r.out = append(r.out, round16(sum))
		r.pos += r.down
	}
	if used := min(r.pos/r.up, len(r.in)); used > 0 {
		r.in = r.in[:copy(r.in, r.in[used:])]
		r.pos -= used * r.up
	}
}

// flush returns all samples; as long a time of them as came.
func (r *resampler) flush() []int16 {
	want := (r.taken*r.up + r.down - 1) / r.down
	if r.up != r.down {
		taken := r.taken
		r.put(make([]float32, r.taps))
		r.taken = taken
	}
	return r.out[:min(want, len(r.out))]
}

func resample(pcm []int16, from, to int) []int16 {
	r := newResampler(from, to)
	x := make([]float32, 0, 1024)
	for len(pcm) > 0 {
		n := min(len(pcm), cap(x))
		x = x[:0]
		for _, s := range pcm[:n] {
			x = append(x, float32(s))
		}
		r.put(x)
		pcm = pcm[n:]
	}
	return r.flush()
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel is the modified Bessel function of the first kind of order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-9*sum; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

func round16(v float32) int16 {
	return int16(min(max(math.Round(float64(v)), -32768), 32767))
}
