package codec

// band is the adaptive predictor and the adaptive step of one sub-band. Names
// follow G.722 §3.6: a and b are the coefficients of the two poles and six
// zeros, p the partly reconstructed signal, r the reconstructed one, d the
// quantised differences.
type band struct {
	s   int32 // what the next sample is expected to be
	sz  int32 // the zeros' part of it
	det int32 // the step
	nb  int32 // its logarithm

	a1, a2 int32
	r1, r2 int32
	p1, p2 int32
	b, d   [6]int32
}

// adapt takes the quantised difference dl of the lower band and how far its
// code moves the step.
func (t *band) adapt(dl, step int32) {
	t.nb = min(max(t.nb*127>>7+step, 0), 18432)
	t.det = stepOf(t.nb, 8)
	t.predict(dl)
}

// adaptHigh does so for the upper band, from its code of two bits.
func (t *band) adaptHigh(code byte) {
	dh := t.det * inverse2[code] >> 15
	t.nb = min(max(t.nb*127>>7+highSteps[code], 0), 22528)
	t.det = stepOf(t.nb, 10)
	t.predict(dh)
}

// stepOf turns a logarithmic step into a linear one (SCALEL, SCALEH).
func stepOf(nb, shift int32) int32 {
	v := powers[nb>>6&31]
	if k := shift - nb>>11; k >= 0 {
		return v >> k << 2
	} else {
		return v << -k << 2
	}
}

// predict moves the predictor on by one sample whose quantised difference to
// the prediction was d (block 4: RECONS, PARREC, UPPOL1, UPPOL2, UPZERO, FILTEP,
// FILTEZ, PREDIC).
func (t *band) predict(d int32) {
	r0, p0 := sat16(t.s+d), sat16(t.sz+d)

	// Signs are compared by the sign of a bitwise difference: 0 counts as positive.
	same1, same2 := p0^t.p1 >= 0, p0^t.p2 >= 0
	w := sat16(t.a1 << 2)
	if same1 {
		w = min(-w, 32767)
	}
	a2 := w>>7 + t.a2*32512>>15
	if same2 {
		a2 += 128
	} else {
		a2 -= 128
	}
	a2 = min(max(a2, -12288), 12288)

	a1 := t.a1 * 32640 >> 15
	if same1 {
		a1 += 192
	} else {
		a1 -= 192
	}
	most := 15360 - a2
	a1 = min(max(sat16(a1), -most), most)

	gain := int32(128)
	if d == 0 {
		gain = 0
	}
	sz := int32(0)
	newer := d
	for i := range t.b {
		older := t.d[i]
		g := gain ^ (older^d)>>31 - (older^d)>>31 // -gain where signs differ
		t.b[i] = sat16(t.b[i]*32640>>15 + g)
		sz += t.b[i] * sat16(newer<<1) >> 15
		t.d[i], newer = newer, older
	}
	t.sz = sat16(sz)

	t.r2, t.r1 = t.r1, r0
	t.p2, t.p1 = t.p1, p0
	t.a1, t.a2 = a1, a2
	sp := a1*sat16(t.r1<<1)>>15 + a2*sat16(t.r2<<1)>>15
	t.s = sat16(sat16(sp) + t.sz)
}

// quantLow returns the six-bit code of a difference (QUANTL).
func quantLow(e, det int32) byte {
	v := e ^ e>>31 // a negative one by its one's complement
	// The code of magnitude i is the first whose limit lies above v.
	lo, hi := 1, 30
	for lo < hi {
		mid := (lo + hi) / 2
		if v < limits6[mid]*det>>12 {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	switch {
	case e >= 0:
		return byte(62 - lo)
	case lo < 3:
		return byte(64 - lo)
	default:
		return byte(34 - lo)
	}
}

// quantHigh returns the two-bit code of a difference (QUANTH).
func quantHigh(e, det int32) byte {
	v := e ^ e>>31
	far := byte(0)
	if v >= 564*det>>12 {
		far = 1
	}
	if e >= 0 {
		return 3 - far
	}
	return 1 - far
}
