package mix

import "math/bits"

const (
	ring      = 4096 // ticks that are kept: 512 ms
	piece     = 10 * tickMS
	farSeq    = 3000      // a step of the sequence number beyond this is another stream
	farTicks  = 1000 * 8  // so is a transit that differs by more than a second
	longest   = 200 * 8   // a packet longer than this is none of ours
	hurry     = 25        // pieces between two that are left out of loud sound
	muchLead  = 3 * piece // so far ahead, sound is stretched even when it is loud
	lateInRow = 9         // packets that may come too late, one after the other
	muchLag   = 5 * piece // so far behind, it is shortened even when it is loud
)

// verdict is what jitter has for the next 10 ms.
type verdict uint8

const (
	missing verdict = iota // nothing: make it up
	there                  // octets
	stretch                // nothing, by choice: make it up, what is there comes later
	shorten                // octets, and the piece after them shall take their place
)

// jitter puts octets in the order of their timestamps. As one octet is one tick
// for all our codecs, it is a ring of octets: packets of any length go in, pieces
// of 10 ms come out.
type jitter struct {
	data [ring]byte
	have [ring / 64]uint64

	started bool
	seq     uint16 // the highest that came
	next    uint32 // timestamp of the next tick to be played
	end     uint32 // one past the last tick that came
	doubt   uint16 // sequence number that a stranger's next packet would have
	inDoubt bool
	delay   delay
	calm    int // pieces since one was left out
	inRow   int // packets in a row that came too late

	late, double, strange int
}

// push takes a packet that came at tick at.
func (j *jitter) push(p Packet, at uint32) {
	if len(p.Payload) == 0 || len(p.Payload) > longest {
		return
	}
	transit := int32(at - p.TS)
	if !j.started {
		j.restart(p, transit)
	}
	step := int16(p.Seq - j.seq)
	late := j.delay.late(transit)
	jumped := late > farTicks || late < -farTicks
	switch {
	case step > farSeq, step < -farSeq, jumped && step <= 0:
		// A stray packet must not upset the line, a new stream must get through:
		// it is believed when two of it come in a row (RFC 3550 A.1).
		if !j.inDoubt || p.Seq != j.doubt {
			j.inDoubt, j.doubt = true, p.Seq+1
			j.strange++
			return
		}
		j.restart(p, transit)
	case jumped:
		j.restart(p, transit) // the sender's clock jumped: another source of its sound
	}
	j.inDoubt = false
	if step > 0 {
		j.seq = p.Seq
	}
	j.delay.learn(transit)
	j.keep(p, transit)
}

func (j *jitter) restart(p Packet, transit int32) {
	j.clear()
	j.started, j.inDoubt = true, false
	j.seq, j.next, j.end = p.Seq, p.TS, p.TS
	j.delay.restart(transit)
}

func (j *jitter) clear() { j.have = [ring / 64]uint64{} }

// keep writes the part of the packet that is not yet due into the ring.
func (j *jitter) keep(p Packet, transit int32) {
	ts, payload := p.TS, p.Payload
	behind := int32(j.next - ts)
	if behind >= int32(len(payload)) {
		if j.late++; j.inRow < lateInRow {
			j.inRow++
			return
		}
		// Nothing comes in time any more: the sender's clock stood still while
		// it was silent. What is late is what there is.
		j.restart(p, transit)
		behind = 0
	}
	j.inRow = 0
	if behind > 0 {
		ts, payload = ts+uint32(behind), payload[behind:]
	}
	if int32(ts-j.next)+int32(len(payload)) > ring {
		// Nobody has listened for a while: begin with what is new.
		j.clear()
		j.next, j.end = ts, ts
	}
	if j.has(ts) {
		j.double++
		return
	}
	n := copy(j.data[ts%ring:], payload)
	copy(j.data[:], payload[n:])
	j.mark(ts, len(payload), true)
	if end := ts + uint32(len(payload)); int32(end-j.end) > 0 {
		j.end = end
	}
}

// pop copies the next piece into dst. due is the tick at which it is to be
// heard; quiet says that nobody would hear a change of length now.
func (j *jitter) pop(dst *[piece]byte, due uint32, quiet bool) verdict {
	if !j.started {
		return missing
	}
	// lead is how much earlier than planned the next tick would be played.
	lead := int32(j.next - (due - uint32(j.delay.base+j.delay.hold)))
	if lead < -maxDelay {
		j.skip(-lead)
		lead = 0
	}
	j.calm++
	switch n := j.count(j.next, piece); {
	case n < piece/2:
		if lead < piece {
			j.mark(j.next, piece, false)
			j.next += piece
		}
		return missing
	case lead >= muchLead, lead >= piece && quiet:
		return stretch
	case lead <= -piece && j.count(j.next+piece, piece) == piece &&
		(quiet || lead <= -muchLag && j.calm > hurry):
		j.calm = 0
		j.take(dst)
		return shorten
	default:
		j.take(dst)
		return there
	}
}

// take copies a piece of which at least half is there; a hole repeats the octet
// before it.
func (j *jitter) take(dst *[piece]byte) {
	n := copy(dst[:], j.data[j.next%ring:])
	copy(dst[n:], j.data[:])
	if j.count(j.next, piece) < piece {
		for i := 1; i < piece; i++ {
			if !j.has(j.next + uint32(i)) {
				dst[i] = dst[i-1]
			}
		}
	}
	j.mark(j.next, piece, false)
	j.next += piece
}

// skip leaves out n ticks.
func (j *jitter) skip(n int32) {
	if n >= ring {
		j.clear()
	} else {
		j.mark(j.next, int(n), false)
	}
	j.next += uint32(n)
}

func (j *jitter) has(ts uint32) bool {
	return j.have[ts%ring/64]>>(ts%64)&1 != 0
}

// mark sets or clears n ticks from ts on.
func (j *jitter) mark(ts uint32, n int, on bool) {
	for n > 0 {
		from := ts % 64
		k := min(n, int(64-from))
		mask := (^uint64(0) >> (64 - k)) << from
		if on {
			j.have[ts%ring/64] |= mask
		} else {
			j.have[ts%ring/64] &^= mask
		}
		ts, n = ts+uint32(k), n-k
	}
}

// count returns how many of the n ticks from ts on are there.
func (j *jitter) count(ts uint32, n int) int {
	sum := 0
	for n > 0 {
		from := ts % 64
		k := min(n, int(64-from))
		sum += bits.OnesCount64(j.have[ts%ring/64] >> from << (64 - k))
		ts, n = ts+uint32(k), n-k
	}
	return sum
}
