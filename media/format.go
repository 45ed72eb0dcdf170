package media

import "time"

// Codec is a codec by its name in SDP. All three run an RTP clock of 8,000 a
// second, G.722 too (RFC 3551 §4.5.2).
type Codec string

// The codecs that the engine speaks.
const (
	PCMU Codec = "PCMU"
	PCMA Codec = "PCMA"
	G722 Codec = "G722"
)

// PT is the static payload type of the codec (RFC 3551 §6); false when the
// engine does not speak it.
func (c Codec) PT() (uint8, bool) {
	switch c {
	case PCMU:
		return 0, true
	case PCMA:
		return 8, true
	case G722:
		return 9, true
	}
	return 0, false
}

// codecOf is the reverse of Codec.PT.
func codecOf(pt uint8) (Codec, bool) {
	switch pt {
	case 0:
		return PCMU, true
	case 8:
		return PCMA, true
	case 9:
		return G722, true
	}
	return "", false
}

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
}
