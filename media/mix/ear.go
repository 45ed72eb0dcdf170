package mix

import (
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

// Packet is what an Ear needs of an RTP packet.
type Packet struct {
	Seq     uint16
	TS      uint32
	Marker  bool
	Payload []byte
}

// Ear makes one unbroken line of sound out of the packets of one leg: jitter
// buffer, decoder and loss concealment in one.
type Ear struct {
	codec codec.Codec
}

// NewEar returns an ear for packets of the codec c.
func NewEar(c codec.Codec) *Ear { return &Ear{codec: c} }

// Codec returns what the ear decodes now.
func (e *Ear) Codec() codec.Codec { return e.codec }

// SetCodec goes on with another codec. What is buffered is lost. The frames of
// Next have the new codec's rate from here.
func (e *Ear) SetCodec(c codec.Codec) { e.codec = c }

// Push takes one packet that came at the instant at. The payload is copied.
func (e *Ear) Push(p Packet, at time.Time) {}

// Next appends the next 20 ms to dst, at the codec's sample rate. Call it once
// for each tick with the instant at which the tick was due (not when it ran).
func (e *Ear) Next(dst []int16, due time.Time) ([]int16, Heard) { return dst, Nothing }

// Delay returns how long a packet is held at present: 20 to 200 ms.
func (e *Ear) Delay() time.Duration { return 0 }
