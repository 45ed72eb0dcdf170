package mix

import (
	"time"

	"belfry/media/codec"
)

// Line is what the E-model wants to know of one direction.
type Line struct {
	Codec codec.Codec
	Delay time.Duration // mouth to ear, one way
	Loss  int           // per 1,000, lost or too late
	Bare  bool          // losses are not concealed
}

// The E-model's figures (ITU-T G.107, G.113 Appendix I).
const (
	bestR     = 93.2 // R0 less what loudness costs, all else at its default
	lossMost  = 95.0
	bplSmooth = 25.1 // how well G.711 stands random loss when it is concealed
	bplBare   = 4.3  // and when it is not
)

// MOS is the E-model's estimate (ITU-T G.107) times 100: 100 to 450.
//
// Delay counts by the usual straight lines, 0.024 a ms and 0.11 more beyond
// 177.3 ms, echo being kept by the far end. G.722 stands on the same scale as
// G.711, with the same concealment: what its width adds is not counted, so that
// a figure means the same on every line.
func MOS(l Line) int {
	ms := max(0, float64(l.Delay)/float64(time.Millisecond))
	r := bestR - 0.024*ms
	if ms > 177.3 {
		r -= 0.11 * (ms - 177.3)
	}
	bpl := bplSmooth
	if l.Bare {
		bpl = bplBare
	}
	loss := float64(min(max(l.Loss, 0), 1000)) / 10
	r -= lossMost * loss / (loss + bpl)
	switch {
	case r <= 0:
		return 100
	case r >= 100:
		return 450
	}
	mos := 1 + 0.035*r + r*(r-60)*(100-r)*7e-6
	return int(100*max(1, mos) + 0.5)
}
