package mix

// KeysIn finds presses among the telephone-event packets of one stream. Each
// press is told once, at the first packet of it that comes, whichever that is:
// all packets of a press carry the timestamp at which the key went down, and
// markers are lost too easily. The zero value works.
type KeysIn struct {
	any   bool
	ts    uint32
	code  uint8
	ended bool
	long  uint16 // the longest duration told
}

// longAgo is how far back a timestamp must lie to be another stream's rather
// than a late packet's: five seconds.
const longAgo = 5 * 8000

// segment is how long a press must have lasted to go on under a new timestamp
// (RFC 4733 §2.5.1.3); the field's limit is 65535, senders stop short of it.
const segment = 60_000

// Push takes a packet's timestamp and payload and returns the key when it begins.
func (k *KeysIn) Push(ts uint32, payload []byte) (digit byte, ok bool) {
	e, ok := ParseEvent(payload)
	if !ok {
		return 0, false
	}
	digit, ok = e.Digit()
	if !ok {
		return 0, false
	}
	since := int32(ts - k.ts)
	switch {
	case !k.any:
	case since == 0:
		k.ended = k.ended || e.End
		k.long = max(k.long, e.Duration)
		return 0, false
	case since < 0 && since > -longAgo:
		return 0, false // a late packet of a press that was told
	case e.Code == k.code && !k.ended && k.long >= segment && since > 0 && since <= 0xffff+2*frameTicks:
		k.ts, k.ended, k.long = ts, e.End, e.Duration // the same press, held on
		return 0, false
	}
	*k = KeysIn{any: true, ts: ts, code: e.Code, ended: e.End, long: e.Duration}
	return digit, true
}

// Reset forgets the stream: another one begins (a new SSRC).
func (k *KeysIn) Reset() { *k = KeysIn{} }
