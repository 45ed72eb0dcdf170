package mix

import (
	"math"
	"slices"
)

// The frequencies of in-band keys (ITU-T Q.23): a key is one of the rows and one
// of the columns at once.
var (
	toneRows    = [4]float64{697, 770, 852, 941}
	toneColumns = [4]float64{1209, 1336, 1477, 1633}
)

const toneKeys = "123A456B789C*0#D"

const (
	toneBlock = 102   // samples at 8 kHz, 12.75 ms: 40 ms hold two of them whole
	toneLeast = 100e3 // a tone's power below this, of a sample, is too soft: -40 dBFS
	peak      = 6.3   // by which a tone exceeds the others of its group: 8 dB
	rowTwist  = 6.3   // by which the row may be louder than the column: 8 dB
	colTwist  = 2.5   // and the other way round: 4 dB (ITU-T Q.24 leaves both to us)
	purity    = 0.65  // of all power that is in the two tones
)

// toneSwing is 2·cos ω for the eight frequencies at 8 kHz, rows first.
var toneSwing = [8]float32{1.7077378, 1.6452810, 1.568687, 1.4782046, 1.1641040, 0.9963702, 0.7986184, 0.5685327}

// TonesIn finds in-band keys (DTMF, ITU-T Q.23, Q.24) in sound at 8 kHz. The
// zero value works.
type TonesIn struct {
	x    [toneBlock]float32
	n    int
	last byte // what the last block held
	key  byte // the key that is down
	gap  int  // blocks without it
}

// Push takes sound at 8 kHz, 100 ms at most, and returns the key that begins in
// it, or 0. A tone must last for two blocks, so that a voice is no key.
func (t *TonesIn) Push(pcm []int16) byte {
	told := byte(0)
	for _, s := range pcm {
		t.x[t.n] = float32(s)
		if t.n++; t.n == toneBlock {
			t.n = 0
			if k := t.step(toneIn(&t.x)); k != 0 {
				told = k
			}
		}
	}
	return told
}

func (t *TonesIn) step(found byte) byte {
	again := found == t.last
	t.last = found
	switch {
	case found == t.key && found != 0:
		t.gap = 0
	case found != 0 && again:
		t.key, t.gap = found, 0
		return found
	default:
		if t.gap++; t.gap >= 2 {
			t.key = 0
		}
	}
	return 0
}

// toneIn returns the key whose two tones make up the block, or 0.
func toneIn(x *[toneBlock]float32) byte {
	all := float32(0)
	for _, v := range x {
		all += v * v
	}
	if all < 2*toneLeast*toneBlock {
		return 0
	}
	var power [8]float32
	goertzel4(x, (*[4]float32)(toneSwing[:4]), (*[4]float32)(power[:4]))
	goertzel4(x, (*[4]float32)(toneSwing[4:]), (*[4]float32)(power[4:]))
	row, rows := loudest(power[:4])
	col, cols := loudest(power[4:])
	switch {
	case !rows || !cols,
		power[row] > rowTwist*power[4+col],
		power[4+col] > colTwist*power[row],
		power[row] < toneLeast*toneBlock*toneBlock/2,
		power[4+col] < toneLeast*toneBlock*toneBlock/2,
		(power[row]+power[4+col])*2 < purity*all*toneBlock:
		return 0
	}
	return toneKeys[4*row+col]
}

// goertzel4 gives the squared magnitude of four bins; four at once keep the
// processor's pipes full.
func goertzel4(x *[toneBlock]float32, c, power *[4]float32) {
	var a0, a1, b0, b1, c0, c1, d0, d1 float32
	for _, v := range x {
		a0, a1 = v+c[0]*a0-a1, a0
		b0, b1 = v+c[1]*b0-b1, b0
		c0, c1 = v+c[2]*c0-c1, c0
		d0, d1 = v+c[3]*d0-d1, d0
	}
	power[0] = a0*a0 + a1*a1 - c[0]*a0*a1
	power[1] = b0*b0 + b1*b1 - c[1]*b0*b1
	power[2] = c0*c0 + c1*c1 - c[2]*c0*c1
	power[3] = d0*d0 + d1*d1 - c[3]*d0*d1
}

// loudest returns the greatest of four and whether it stands out.
func loudest(power []float32) (at int, clear bool) {
	for i, v := range power {
		if v > power[at] {
			at = i
		}
	}
	for i, v := range power {
		if i != at && v*peak > power[at] {
			return at, false
		}
	}
	return at, true
}

// TonesOut makes in-band keys: 100 ms each, 100 ms apart, the row at -11 and the
// column at -9 dBFS. The zero value is silent.
type TonesOut struct {
	queue    queue
	row, col float64
	at       int // samples since the key went down
	left     int // samples until it is up
	idle     int // samples until the next may begin
}

// Press adds keys, as KeysOut.Press does.
func (t *TonesOut) Press(digits string) error { return t.queue.add(digits) }

// Busy says whether there is something left to play.
func (t *TonesOut) Busy() bool { return t.left > 0 || t.idle > 0 || t.queue.n > 0 }

// Next appends n samples at rate Hz to dst.
func (t *TonesOut) Next(dst []int16, n, rate int) []int16 {
	dst = slices.Grow(dst, n)
	for range n {
		if t.left == 0 && t.idle == 0 && t.queue.n > 0 {
			t.begin(t.queue.take(), rate)
		}
		switch {
		case t.left > 0:
			dst = append(dst, t.sample(rate))
			t.left--
			t.at++
		case t.idle > 0:
			t.idle--
			fallthrough
		default:
			dst = append(dst, 0)
		}
	}
	return dst
}

func (t *TonesOut) begin(key byte, rate int) {
	if key == ',' {
		t.idle = rate / 2
		return
	}
	if code, ok := EventCode(key); ok {
		key = keys[code]
	}
	for i := range len(toneKeys) {
		if toneKeys[i] == key {
			t.row, t.col = toneRows[i/4], toneColumns[i%4]
		}
	}
	t.at, t.left, t.idle = 0, rate/10, rate/10
}

func (t *TonesOut) sample(rate int) int16 {
	w := 2 * math.Pi * float64(t.at) / float64(rate)
	v := 9235*math.Sin(w*t.row) + 11626*math.Sin(w*t.col)
	// A click at either end would be heard in all frequencies.
	edge := min(t.at+1, t.left)
	return int16(v * min(1, float64(edge)/(0.002*float64(rate))))
}
