package mix

import (
	"slices"
	"time"

	"belfry/media/codec"
)

// Heard says what a frame of an Ear is made of.
type Heard uint8

// What a frame may be.
const (
	Nothing   Heard = iota // silence: nothing has come, or not for a while
	Voice                  // as it came
	Concealed              // made up, wholly or in part, for a packet that was lost or is late
)

// Packet is what an Ear needs of an RTP packet. The payload may be of any length
// up to 200 ms.
type Packet struct {
	Seq     uint16
	TS      uint32
	Payload []byte
}

// Ear makes one unbroken line of sound out of the packets of one leg: jitter
// buffer, decoder and loss concealment in one. It learns from the arrivals how
// long to hold packets, between 20 and 200 ms, and changes that where it is
// least heard, in pauses.
type Ear struct {
	jitter  jitter
	decoder codec.Decoder
	conceal conceal

	rate  int // samples in 10 ms
	epoch time.Time
	level int64 // energy of the last piece, a sample
	count EarCount

	octets [piece]byte
	spare  [2 * piece]int16
}

// EarCount is what an Ear went through. Loss as it was heard is Made of
// Made+Played.
type EarCount struct {
	Played    int // pieces of 10 ms as they came
	Made      int // pieces made up while the far end was talking
	Late      int // packets that came after their time
	Double    int // packets that came twice
	Strange   int // packets of another stream
	Stretched int // pieces put in to hold packets for longer
	Shortened int // pieces left out to hold them for less
}

// quietLevel is the energy of a sample below which a change of length is not
// heard: -46 dBFS.
const quietLevel = 160 * 160

// NewEar returns an ear for packets of the codec c.
func NewEar(c codec.Codec) *Ear {
	e := &Ear{}
	e.SetCodec(c)
	return e
}

// Codec returns what the ear decodes now.
func (e *Ear) Codec() codec.Codec { return e.decoder.Codec() }

// Rate returns the sample rate of the frames of Next: 8000 or 16000.
func (e *Ear) Rate() int { return e.rate * 100 }

// SetCodec goes on with another codec. What is buffered is lost. The frames of
// Next have the new codec's rate from here.
func (e *Ear) SetCodec(c codec.Codec) {
	e.decoder.Reset(c)
	e.rate = c.SampleRate() / 100
	e.conceal.begin(c.SampleRate())
	e.jitter = jitter{late: e.jitter.late, double: e.jitter.double, strange: e.jitter.strange}
	e.level = 0
}

// Reset forgets what is buffered: another stream begins.
func (e *Ear) Reset() { e.SetCodec(e.Codec()) }

// Push takes one packet that came at the instant at. The payload is copied.
func (e *Ear) Push(p Packet, at time.Time) {
	e.jitter.push(p, e.ticks(at))
}

// Next appends the next 20 ms to dst, at the codec's sample rate. Call it once
// for each tick with the instant at which the tick was due (not when it ran).
func (e *Ear) Next(dst []int16, due time.Time) ([]int16, Heard) {
	at := e.ticks(due)
	n := len(dst)
	dst = slices.Grow(dst, 2*e.rate)[:n+2*e.rate]
	a := e.piece(dst[n:n+e.rate], at)
	b := e.piece(dst[n+e.rate:], at+piece)
	switch {
	case a == Concealed || b == Concealed:
		return dst, Concealed
	case a == Voice || b == Voice:
		return dst, Voice
	}
	return dst, Nothing
}

// Delay returns for how long a packet that came at once is held at present.
func (e *Ear) Delay() time.Duration {
	return time.Duration(e.jitter.delay.hold) * tick
}

// Count returns what the ear went through so far.
func (e *Ear) Count() EarCount {
	c := e.count
	c.Late, c.Double, c.Strange = e.jitter.late, e.jitter.double, e.jitter.strange
	return c
}

// ticks counts from the first instant the ear was told of.
func (e *Ear) ticks(at time.Time) uint32 {
	if e.epoch.IsZero() {
		e.epoch = at
	}
	return uint32(int64(at.Sub(e.epoch)) / tick)
}

// piece fills 10 ms.
func (e *Ear) piece(pcm []int16, due uint32) Heard {
	heard := Voice
	quiet := e.level < quietLevel
	switch e.jitter.pop(&e.octets, due, quiet) {
	case there:
		e.decoder.Decode(pcm[:0], e.octets[:])
		e.conceal.good(pcm)
		e.count.Played++
	case shorten:
		e.fold(pcm)
	case stretch:
		if e.conceal.silent() {
			heard = Nothing
		} else {
			e.count.Stretched++
		}
		e.conceal.make(pcm)
	default:
		heard = Concealed
		if e.conceal.silent() {
			heard = Nothing
		} else {
			e.count.Made++
		}
		e.conceal.make(pcm)
	}
	e.level = energy(pcm)
	return heard
}

// fold puts two pieces in the place of one: the first fades into the second.
func (e *Ear) fold(pcm []int16) {
	e.decoder.Decode(pcm[:0], e.octets[:])
	e.jitter.take(&e.octets)
	second := e.decoder.Decode(e.spare[:0], e.octets[:])
	for i, s := range second {
		w := int32(i+1) * 256 / int32(len(second))
		pcm[i] = int16((int32(pcm[i])*(256-w) + int32(s)*w) >> 8)
	}
	e.conceal.good(pcm)
	e.count.Played++
	e.count.Shortened++
}

// energy is the mean square of pcm.
func energy(pcm []int16) int64 {
	sum := int64(0)
	for _, s := range pcm {
		sum += int64(s) * int64(s)
	}
	return sum / int64(max(1, len(pcm)))
}
