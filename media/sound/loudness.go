package sound

import "math"

const (
	loudness  = -19.0 // dBFS RMS of what is not pause
	ceiling   = 29204 // peaks stay below -1 dBFS
	mostGain  = 30.0  // dB; what is softer than that is noise
	mostLimit = 2.0   // peaks are pressed down by 6 dB at most; beyond, all is softer
	guardStep = 80    // samples, 5 ms
)

// speechLevel is the RMS of the frames that are not pauses, in dBFS: those
// within 30 dB of the loudest and above -60. Without any it is false.
func speechLevel(pcm []int16) (float64, bool) {
	var energies []float64
	loudest := 0.0
	for i := 0; i < len(pcm); i += innerFrame {
		frame := pcm[i:min(i+innerFrame, len(pcm))]
		e := 0.0
		for _, s := range frame {
			e += float64(s) * float64(s)
		}
		e /= float64(innerFrame)
		energies = append(energies, e)
		loudest = max(loudest, e)
	}
	sum, n := 0.0, 0
	for _, e := range energies {
		if e > loudest/1000 && e > 1e-6*32768*32768 {
			sum += e
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return 10 * math.Log10(sum/float64(n)/(32768*32768)), true
}

// normalise makes pcm, at 16 kHz, as loud as every other sound, in place: no
// offset, speech at -19 dBFS, no peak above -1 dBFS.
func normalise(pcm []int16) {
	centre(pcm)
	level, ok := speechLevel(pcm)
	if !ok {
		return
	}
	peak := 0.0
	for _, s := range pcm {
		peak = max(peak, math.Abs(float64(s)))
	}
	gain := math.Pow(10, min(loudness-level, mostGain)/20)
	gain = min(gain, ceiling*mostLimit/peak)
	guard := guardFor(pcm, gain)
	for i := range pcm {
		k, part := i/guardStep, float64(i%guardStep)/guardStep
		g := guard[k] + (guard[k+1]-guard[k])*part
		pcm[i] = int16(math.Round(float64(pcm[i]) * gain * g))
	}
}

// centre takes a steady offset out, in place.
func centre(pcm []int16) {
	sum := 0
	for _, s := range pcm {
		sum += int(s)
	}
	offset := sum / max(1, len(pcm))
	if offset == 0 {
		return
	}
	for i, s := range pcm {
		pcm[i] = int16(min(max(int(s)-offset, -32768), 32767))
	}
}

// guardFor returns the gain at the edges of 5 ms steps by which no peak exceeds
// the ceiling: down within the step before a peak, up again in some 50 ms.
func guardFor(pcm []int16, gain float64) []float64 {
	steps := (len(pcm) + guardStep - 1) / guardStep
	edges := make([]float64, steps+1)
	for i := range edges {
		edges[i] = 1
	}
	for k := range steps {
		peak := 0.0
		for _, s := range pcm[k*guardStep : min((k+1)*guardStep, len(pcm))] {
			peak = max(peak, math.Abs(float64(s))*gain)
		}
		if peak > ceiling {
			edges[k] = min(edges[k], ceiling/peak)
			edges[k+1] = min(edges[k+1], ceiling/peak)
		}
	}
	for k := 1; k <= steps; k++ {
		edges[k] = min(edges[k], edges[k-1]+0.1)
	}
	for k := steps - 1; k >= 0; k-- {
		edges[k] = min(edges[k], edges[k+1]+0.25)
	}
	return edges
}
