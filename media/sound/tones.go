package sound

import (
	"math"
	"time"
)

// Tone returns a sine of hz at level dBFS (the peak; 0 is full scale) and rate
// Hz. Its ends are soft, so that it does not click.
func Tone(hz, level float64, length time.Duration, rate int) []int16 {
	return tones([]float64{hz}, level, length, rate)
}

// tones is Tone for several at once, each at the level.
func tones(hz []float64, level float64, length time.Duration, rate int) []int16 {
	pcm := make([]int16, int(length*time.Duration(rate)/time.Second))
	amplitude := 32767 * math.Pow(10, min(level, 0)/20)
	edge := 0.004 * float64(rate)
	for i := range pcm {
		v := 0.0
		for _, f := range hz {
			v += math.Sin(2 * math.Pi * f * float64(i) / float64(rate))
		}
		v *= min(1, float64(i)/edge, float64(len(pcm)-1-i)/edge)
		pcm[i] = int16(math.Round(min(max(v*amplitude, -32767), 32767)))
	}
	return pcm
}

func pause(length time.Duration) []int16 {
	return make([]int16, int(length*inner/time.Second))
}

// The tones of a European exchange (ITU-T E.180, 425 to 440 Hz) and two of ours.

// beep asks to speak after it.
func beep() []int16 { return Tone(1000, -16, 300*time.Millisecond, inner) }

// zip tells an agent that a call is answered for them: two notes up, 400 ms.
func zip() []int16 {
	return append(Tone(659.26, -16, 180*time.Millisecond, inner),
		append(Tone(987.77, -16, 200*time.Millisecond, inner), pause(20*time.Millisecond)...)...)
}

// ringback is one turn of 1.5 s on, 3.5 s off.
func ringback() []int16 {
	return append(Tone(440, -18, 1500*time.Millisecond, inner), pause(3500*time.Millisecond)...)
}

// busy is four turns of half a second on, half a second off.
func busy() []int16 {
	var pcm []int16
	for range 4 {
		pcm = append(append(pcm, Tone(440, -18, 500*time.Millisecond, inner)...), pause(500*time.Millisecond)...)
	}
	return pcm
}
