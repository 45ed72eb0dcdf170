package mix

import "math"

// Silence is the level of nothing at all, in dBFS.
const Silence = -96.0

// Level returns the power of pcm in dB below full scale: 0 a full square wave,
// -3 a full sine, Silence nothing at all.
func Level(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	if sum == 0 {
		return Silence
	}
	return max(Silence, 10*math.Log10(sum/float64(len(pcm))/(32768*32768)))
}

// ToneLevel returns the level of the tone of hz in pcm, in dB below a full
// sine: Goertzel's algorithm under a Hann window, so that a tone at least
// 4/length away does not count. pcm should hold 20 ms or more. It is for tests
// and checks of a line, not for every frame.
func ToneLevel(pcm []int16, rate int, hz float64) float64 {
	if len(pcm) < 4 {
		return Silence
	}
	swing := 2 * math.Cos(2*math.Pi*hz/float64(rate))
	turn := 2 * math.Pi / float64(len(pcm))
	var s1, s2, weight float64
	for i, s := range pcm {
		w := 0.5 - 0.5*math.Cos(turn*(float64(i)+0.5))
		weight += w
		s1, s2 = float64(s)*w+swing*s1-s2, s1
	}
	power := s1*s1 + s2*s2 - swing*s1*s2
	amplitude := 2 * math.Sqrt(max(0, power)) / weight
	return max(Silence, 20*math.Log10(amplitude/32768+1e-12))
}
