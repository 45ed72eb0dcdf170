package media

import (
	"time"

	"belfry/media/codec"
)

// Codec is a codec by its name in SDP.
type Codec = codec.Codec

// The codecs that the engine speaks.
const (
	PCMU = codec.PCMU
	PCMA = codec.PCMA
	G722 = codec.G722
)

// Format is what a leg and its far end agreed on. Codecs are told by name; the
// payload types are only how they are numbered on this leg.
type Format struct {
	Codec Codec
	PT    uint8 // of Codec, towards the far end and from it
	// DTMFPT is the payload type of telephone-event that the far end wants
	// (RFC 4733); 0 when it takes none: keys are then sent as tones.
	DTMFPT uint8
	// DTMFIn is the one that the far end was told to use; 0: the same.
	DTMFIn uint8
	// Ptime is how much audio a packet of ours carries: 20 ms whatever is
	// asked. It is here for the record.
	Ptime time.Duration
	// Send: we may send to the far end. Recv: it sends to us. Both false when
	// either side holds inactive.
	Send, Recv bool
	// Secure has the keys of SRTP; zero: plain RTP.
	Secure Secure
}
