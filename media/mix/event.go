package mix

// Event is one RFC 4733 §2.3 telephone-event payload.
type Event struct {
	Code     uint8  // 0-9, 10 *, 11 #, 12-15 A-D; others are not keys
	End      bool   // the key is up
	Volume   uint8  // 0 to 63, in -dBm0
	Duration uint16 // in ticks of 1/8000 s since the packet's timestamp
}

// ParseEvent reads a payload; more events in one packet than the first are ignored.
func ParseEvent(payload []byte) (Event, bool) { return Event{}, false }

// Append appends the four octets of the event to dst.
func (e Event) Append(dst []byte) []byte { return dst }

// Digit returns the key: 0-9 * # A-D, or false for an event that is no key.
func (e Event) Digit() (byte, bool) { return 0, false }

// EventCode returns the code of a key; a-d count as A-D.
func EventCode(digit byte) (uint8, bool) { return 0, false }

// KeysIn finds presses among the telephone-event packets of one stream. Each
// press is told once, at the first packet of it that comes. The zero value works.
type KeysIn struct{}

// Push takes a packet's timestamp and payload and returns the key when it begins.
func (k *KeysIn) Push(ts uint32, payload []byte) (digit byte, ok bool) { return 0, false }

// Reset forgets the stream: another one begins (a new SSRC).
func (k *KeysIn) Reset() {}

// KeysOut makes the packets of presses, one at most for each 20 ms. The zero
// value has nothing to send.
type KeysOut struct{}

// KeyPacket is what to send in place of sound. Its timestamp stays the one at
// which the key went down; the sequence number goes on as ever.
type KeyPacket struct {
	TS      uint32
	Marker  bool
	Payload [4]byte
}

// Press adds keys: 0-9 * # A-D; a comma is a pause of half a second. It refuses
// other letters and more than 64 keys waiting.
func (k *KeysOut) Press(digits string) error { return nil }

// Busy says whether there is something left to send.
func (k *KeysOut) Busy() bool { return false }

// Next is called once for each 20 ms with the timestamp that sound would have
// now. With ok false nothing is pressed: send sound.
func (k *KeysOut) Next(ts uint32) (p KeyPacket, ok bool) { return KeyPacket{}, false }
