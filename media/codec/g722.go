package codec

import "slices"

// qmf is one half of the symmetric 24-tap quadrature mirror filter of G.722
// (table 11), times 8192: even takes the newer sample of a pair, odd the older.
// The taps of one are those of the other backwards.
var qmf = [12]int32{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11}

// qmfPairs is the filter's memory in pairs of samples, without the pair it is at.
const qmfPairs = 11

// chunkPairs bounds what is filtered at one go: 20 ms.
const chunkPairs = 160

// g722Encoder splits sound at 16 kHz into two bands and codes the difference
// of each to what its predictor expects: six bits below 4 kHz, two above.
type g722Encoder struct {
	low, high band
	// Samples of a pair, the memory first.
	first, second [qmfPairs + chunkPairs]int32
}

func (e *g722Encoder) reset() {
	*e = g722Encoder{}
	e.low.det, e.high.det = 32, 8
}

// encode appends one octet for each pair of samples.
func (e *g722Encoder) encode(dst []byte, pcm []int16) []byte {
	pairs := len(pcm) / 2
	dst = slices.Grow(dst, pairs)
	for done := 0; done < pairs; {
		n := min(pairs-done, chunkPairs)
		dst = e.chunk(dst, pcm[2*done:2*(done+n)])
		done += n
	}
	return dst
}

func (e *g722Encoder) chunk(dst []byte, pcm []int16) []byte {
	n := len(pcm) / 2
	for i := range n {
		e.first[qmfPairs+i] = int32(pcm[2*i])
		e.second[qmfPairs+i] = int32(pcm[2*i+1])
	}
	for i := range n {
		a := (*[12]int32)(e.second[i:])
		b := (*[12]int32)(e.first[i:])
		var newer, older int32
		for k := range 12 {
			newer += a[k] * qmf[11-k]
			older += b[k] * qmf[k]
		}
		low := clamp15((newer + older) >> 14)
		high := clamp15((newer - older) >> 14)
		dst = append(dst, e.octet(low, high))
	}
	copy(e.first[:qmfPairs], e.first[n:n+qmfPairs])
	copy(e.second[:qmfPairs], e.second[n:n+qmfPairs])
	return dst
}

// octet codes one sample of each band (G.722 §3, blocks 1 to 4).
func (e *g722Encoder) octet(low, high int32) byte {
	il := quantLow(sat16(low-e.low.s), e.low.det)
	coarse := il >> 2
	e.low.adapt(e.low.det*inverse4[coarse]>>15, lowSteps[coarse])

	ih := quantHigh(sat16(high-e.high.s), e.high.det)
	e.high.adaptHigh(ih)
	return ih<<6 | il
}

// g722Decoder is the encoder's mirror.
type g722Decoder struct {
	low, high band
	diff, sum [qmfPairs + chunkPairs]int32
}

func (d *g722Decoder) reset() {
	*d = g722Decoder{}
	d.low.det, d.high.det = 32, 8
}

// decode appends two samples for each octet.
func (d *g722Decoder) decode(dst []int16, p []byte) []int16 {
	dst = slices.Grow(dst, 2*len(p))
	for len(p) > 0 {
		n := min(len(p), chunkPairs)
		dst = d.chunk(dst, p[:n])
		p = p[n:]
	}
	return dst
}

func (d *g722Decoder) chunk(dst []int16, p []byte) []int16 {
	for i, b := range p {
		low, high := d.bands(b)
		d.diff[qmfPairs+i], d.sum[qmfPairs+i] = low-high, low+high
	}
	for i := range p {
		a := (*[12]int32)(d.diff[i:])
		b := (*[12]int32)(d.sum[i:])
		var first, second int32
		for k := range 12 {
			first += a[k] * qmf[11-k]
			second += b[k] * qmf[k]
		}
		dst = append(dst, int16(sat16(first>>11)), int16(sat16(second>>11)))
	}
	n := len(p)
	copy(d.diff[:qmfPairs], d.diff[n:n+qmfPairs])
	copy(d.sum[:qmfPairs], d.sum[n:n+qmfPairs])
	return dst
}

// bands decodes one octet into a sample of each band.
func (d *g722Decoder) bands(b byte) (low, high int32) {
	il, ih := b&0x3f, b>>6
	low = clamp15(d.low.s + d.low.det*inverse6[il]>>15)
	coarse := il >> 2
	d.low.adapt(d.low.det*inverse4[coarse]>>15, lowSteps[coarse])

	high = clamp15(d.high.s + d.high.det*inverse2[ih]>>15)
	d.high.adaptHigh(ih)
	return low, high
}

func clamp15(v int32) int32 { return min(max(v, -16384), 16383) }

func sat16(v int32) int32 { return min(max(v, -32768), 32767) }
