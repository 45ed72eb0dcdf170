package mix

import "belfry/core"

const (
	frameTicks = 160
	keyFrames  = 5  // a key is down for 100 ms
	endPackets = 3  // RFC 4733 §2.5.1.4
	keyPeriod  = 10 // frames from one key to the next: 200 ms
	pauseFrame = 25 // a comma: 500 ms
	mostKeys   = 64
	keyVolume  = 10 // -10 dBm0
)

// queue is keys that wait to be pressed.
type queue struct {
	keys [mostKeys]byte
	n    int
}

func (q *queue) add(digits string) error {
	if q.n+len(digits) > mostKeys {
		return core.Errorf(core.Busy, "keys-too-many", "no more than %d keys may wait to be sent", mostKeys)
	}
	for i := range len(digits) {
		if _, ok := EventCode(digits[i]); !ok && digits[i] != ',' {
			return core.FieldErrorf("digits", "key-unknown", "%q is no key: use 0-9, *, #, A-D and a comma for a pause", digits[i])
		}
	}
	q.n += copy(q.keys[q.n:], digits)
	return nil
}

func (q *queue) take() byte {
	b := q.keys[0]
	q.n--
	copy(q.keys[:q.n], q.keys[1:])
	return b
}

// KeysOut makes the packets of presses, one at most for each 20 ms. The zero
// value has nothing to send.
type KeysOut struct {
	queue queue
	code  uint8
	down  bool   // a key is being sent, or the gap after it
	ts    uint32 // at which it went down
	frame int    // frames since
	idle  int    // frames of pause left
}

// KeyPacket is what to send in place of sound. Its timestamp stays the one at
// which the key went down; the sequence number goes on as ever.
type KeyPacket struct {
	TS      uint32
	Marker  bool
	Payload [4]byte
}

// Press adds keys: 0-9 * # A-D; a comma is a pause of half a second. It refuses
// other letters, and more than 64 keys waiting.
func (k *KeysOut) Press(digits string) error { return k.queue.add(digits) }

// Busy says whether there is something left to send.
func (k *KeysOut) Busy() bool { return k.down || k.idle > 0 || k.queue.n > 0 }

// Next is called once for each 20 ms with the timestamp that sound would have
// now. With ok false nothing is pressed: send sound.
func (k *KeysOut) Next(ts uint32) (p KeyPacket, ok bool) {
	if k.idle > 0 {
		k.idle--
		return p, false
	}
	if !k.down {
		if k.queue.n == 0 {
			return p, false
		}
		key := k.queue.take()
		if key == ',' {
			k.idle = pauseFrame - 1
			return p, false
		}
		k.code, _ = EventCode(key)
		k.down, k.ts, k.frame = true, ts, 0
	}
	frame := k.frame
	if k.frame++; k.frame == keyPeriod {
		k.down = false
	}
	if frame >= keyFrames+endPackets-1 {
		return p, false
	}
	e := Event{Code: k.code, Volume: keyVolume, End: frame >= keyFrames-1, Duration: uint16(min(frame+1, keyFrames) * frameTicks)}
	p = KeyPacket{TS: k.ts, Marker: frame == 0}
	e.Append(p.Payload[:0])
	return p, true
}
