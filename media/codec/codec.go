// Package codec turns 16-bit linear sound into what travels in RTP and back:
// G.711 µ-law and A-law (ITU-T G.711) and G.722 at 64 kbit/s (ITU-T G.722).
// It knows frames and nothing else: no packet, no clock, no loss.
package codec

import "belfry/core"

// Codec is a payload format, by its name in SDP (RFC 3551 §4.5).
type Codec string

// The codecs. All three carry eight octets a millisecond and tick at 8000 Hz
// in RTP, so one octet is one tick of the timestamp. (G.722 samples at 16000 Hz;
// its clock rate is 8000 by an old mistake that RFC 3551 §4.5.2 keeps.)
const (
	PCMU Codec = "PCMU"
	PCMA Codec = "PCMA"
	G722 Codec = "G722"
)

const (
	// ClockRate is the RTP timestamp's rate in Hz, for every codec here.
	ClockRate = 8000
	// FrameBytes is a frame of 20 ms on the wire, for every codec here.
	FrameBytes = 160
)

// All lists the codecs, the one that sounds best first.
func All() []Codec { return []Codec{G722, PCMA, PCMU} }

// Parse returns the codec of an SDP encoding name, in either case of letters.
func Parse(name string) (Codec, error) {
	switch name {
	case "PCMU", "pcmu":
		return PCMU, nil
	case "PCMA", "pcma":
		return PCMA, nil
	case "G722", "g722":
		return G722, nil
	}
	return "", core.Errorf(core.Invalid, "codec-unknown", "no codec is called %q", name)
}

// ByPT returns the codec of a static RTP payload type (RFC 3551 §6).
func ByPT(pt uint8) (Codec, bool) {
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

// PT returns the static RTP payload type: 0, 8 or 9.
func (c Codec) PT() uint8 {
	switch c {
	case PCMA:
		return 8
	case G722:
		return 9
	}
	return 0
}

// Valid says whether c is one of the codecs.
func (c Codec) Valid() bool { return c == PCMU || c == PCMA || c == G722 }

// ClockRate returns the rate of the RTP timestamp in Hz: 8000.
func (c Codec) ClockRate() int { return ClockRate }

// SampleRate returns the rate of the linear sound in Hz: 8000 or 16000.
func (c Codec) SampleRate() int {
	if c == G722 {
		return 16000
	}
	return 8000
}

// FrameSamples returns the linear samples in 20 ms: 160 or 320.
func (c Codec) FrameSamples() int { return c.SampleRate() / 50 }

// FrameBytes returns the octets in 20 ms: 160.
func (c Codec) FrameBytes() int { return FrameBytes }
