package mix

import "encoding/binary"

// Event is one telephone-event payload (RFC 4733 §2.3).
type Event struct {
	Code     uint8  // 0-9, 10 *, 11 #, 12-15 A-D; others are not keys
	End      bool   // the key is up
	Volume   uint8  // 0 to 63, in -dBm0
	Duration uint16 // in ticks of 1/8000 s since the packet's timestamp
}

const keys = "0123456789*#ABCD"

// ParseEvent reads a payload. Of several events in one packet the first counts;
// what is shorter than one is none.
func ParseEvent(payload []byte) (Event, bool) {
	if len(payload) < 4 {
		return Event{}, false
	}
	return Event{
		Code:     payload[0],
		End:      payload[1]&0x80 != 0,
		Volume:   payload[1] & 0x3f,
		Duration: binary.BigEndian.Uint16(payload[2:]),
	}, true
}

// Append appends the four octets of the event to dst.
func (e Event) Append(dst []byte) []byte {
	second := e.Volume & 0x3f
	if e.End {
		second |= 0x80
	}
	return append(dst, e.Code, second, byte(e.Duration>>8), byte(e.Duration))
}

// Digit returns the key: 0-9 * # A-D, or false for an event that is no key.
func (e Event) Digit() (byte, bool) {
	if int(e.Code) >= len(keys) {
		return 0, false
	}
	return keys[e.Code], true
}

// EventCode returns the code of a key; a-d count as A-D.
func EventCode(digit byte) (uint8, bool) {
	if digit >= 'a' && digit <= 'd' {
		digit -= 'a' - 'A'
	}
	for i := range len(keys) {
		if keys[i] == digit {
			return uint8(i), true
		}
	}
	return 0, false
}
