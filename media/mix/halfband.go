package mix

import "slices"

const (
	taps  = 12
	block = 320 // samples of the slower side that are filtered at one go
)

// half are the taps of a half-band filter on one side, nearest first, times
// 32768: a sinc under a Kaiser window (β 5.5), flat to 3.4 kHz and 60 dB down from
// 4.6 kHz where the faster side runs at 16 kHz. Those of one side add up to a half.
var half = [taps]float32{20782, -6691, 3744, -2404, 1616, -1096, 733, -475, 294, -169, 87, -37}

// Doubler brings 8 kHz to 16 kHz. The zero value works. It holds sound back by
// 1.5 ms.
type Doubler struct {
	x [2*taps - 1 + block]float32
}

// Next appends pcm at twice its rate to dst.
func (d *Doubler) Next(dst, pcm []int16) []int16 {
	dst = slices.Grow(dst, 2*len(pcm))
	for len(pcm) > 0 {
		n := min(len(pcm), block)
		for i, s := range pcm[:n] {
			d.x[2*taps-1+i] = float32(s)
		}
		for i := range n {
			w := (*[2 * taps]float32)(d.x[i:])
			dst = append(dst, int16(w[taps-1]), round16(between(w)))
		}
		copy(d.x[:2*taps-1], d.x[n:])
		pcm = pcm[n:]
	}
	return dst
}

// between is what stands half-way between the two samples in the middle of w.
func between(w *[2 * taps]float32) float32 {
	sum := float32(0)
	for k := range taps {
		sum += half[k] * (w[taps-1-k] + w[taps+k])
	}
	return sum * (1. / 32768)
}

// Halver brings 16 kHz to 8 kHz. The zero value works. It holds sound back by
// 1.5 ms.
type Halver struct {
	even, odd [2*taps - 1 + block]float32
}

// Next appends pcm at half its rate to dst; an odd last sample is left out.
func (h *Halver) Next(dst, pcm []int16) []int16 {
	dst = slices.Grow(dst, len(pcm)/2)
	for len(pcm) > 1 {
		n := min(len(pcm)/2, block)
		for i := range n {
			h.even[2*taps-1+i] = float32(pcm[2*i])
			h.odd[2*taps-1+i] = float32(pcm[2*i+1])
		}
		for i := range n {
			w := (*[2 * taps]float32)(h.even[i:])
			dst = append(dst, round16((h.odd[taps-1+i]+between(w))/2))
		}
		copy(h.even[:2*taps-1], h.even[n:])
		copy(h.odd[:2*taps-1], h.odd[n:])
		pcm = pcm[2*n:]
	}
	return dst
}
