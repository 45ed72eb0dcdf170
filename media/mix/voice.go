package mix

import (
	"math"
	"time"
)

const (
	voiceAbove = 9.0   // dB over the background
	voiceLeast = -48.0 // dBFS; softer is nobody
	floorMost  = -36.0 // dBFS; a background louder than this is somebody
	floorRise  = 0.03  // dB a frame: 1.5 dB a second
	hangFrames = 12    // a voice has gaps of a quarter of a second
)

// VoiceMeter tells voice from background, 20 ms at a time: whatever stands out
// of the softest that was heard lately. The zero value works.
type VoiceMeter struct {
	floor float64
	any   bool
	hang  int
	quiet int
}

// Push takes 20 ms and says whether someone speaks.
func (v *VoiceMeter) Push(pcm []int16) bool {
	level := Silence
	if e := energy(pcm); e > 0 {
		level = 10 * math.Log10(float64(e)/(32768*32768))
	}
	if !v.any {
		v.any, v.floor = true, -60
	}
	if level < v.floor {
		v.floor = max(level, -75)
	} else {
		v.floor = min(v.floor+floorRise, floorMost)
	}
	if level > max(v.floor+voiceAbove, voiceLeast) {
		v.hang, v.quiet = hangFrames, 0
		return true
	}
	v.quiet++
	if v.hang > 0 {
		v.hang--
		return true
	}
	return false
}

// Quiet returns for how long nobody has spoken.
func (v *VoiceMeter) Quiet() time.Duration { return time.Duration(v.quiet) * Frame }

// Noise makes soft background noise, so that silence is not taken for a dead
// line. The zero value is at -62 dBFS.
type Noise struct {
	state uint32
	last  int32
	scale int32
}

// SetLevel sets how loud it is, from -90 to -30 dBFS.
func (n *Noise) SetLevel(dB float64) {
	dB = min(max(dB, -90), -30)
	// Uniform noise of ±1 has a power of 1/3; the filter below leaves a third of it.
	n.scale = int32(math.Round(math.Pow(10, dB/20) * 32768 * 3 * 256))
}

// Next appends that many samples to dst.
func (n *Noise) Next(dst []int16, samples int) []int16 {
	if n.scale == 0 {
		n.SetLevel(-62)
	}
	if n.state == 0 {
		n.state = 0x9e3779b9
	}
	for range samples {
		n.state ^= n.state << 13
		n.state ^= n.state >> 17
		n.state ^= n.state << 5
		white := int32(int64(int32(n.state)) * int64(n.scale) >> 31)
		n.last += (white - n.last) / 2 // softer towards the top, as rooms are
		dst = append(dst, int16((n.last+128)>>8))
	}
	return dst
}
