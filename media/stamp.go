package media

import (
	"math/rand/v2"
	"time"
)

// frame is how much audio a packet of ours carries, and ticks how much that is
// on the RTP clock of every codec here.
const (
	frame = 20 * time.Millisecond
	ticks = 160
)

// pause is how long nothing may be sent before the next packet counts as the
// first of a new talk spurt.
const pause = 60 * time.Millisecond

// stamp numbers what leaves on one leg. Whatever feeds it, be it music, another
// leg, a mix or keys, the far end sees one SSRC with one sequence and one clock
// that never jump: a jump costs its jitter buffer a second of its mind.
type stamp struct {
	ssrc    uint32
	seq     uint16 // of the last packet
	ts      uint32 // of the last packet
	last    time.Duration
	started bool

	// What is relayed keeps the gaps and the order in which it came: its
	// numbers are shifted, as long as it is one stream.
	from         *Leg
	fromSSRC     uint32
	base         uint16 // first sequence number of the stream, as it came
	dSeq         uint16
	dTS          uint32
	inSeq        uint16 // the newest that came, and its time
	inTS         uint32
	relaying     bool
	count, bytes uint32 // sent, for sender reports
}

// newStamp starts a line at random places (RFC 3550 §5.1).
func newStamp() stamp {
	return stamp{ssrc: rand.Uint32(), seq: uint16(rand.Uint32()), ts: rand.Uint32()}
}

// own numbers a packet of our making that carries one frame.
func (s *stamp) own(now time.Duration) (seq uint16, ts uint32, marker bool) {
	s.relaying = false
	marker = s.advance(now)
	s.last = now
	s.seq++
	return s.seq, s.ts, marker
}

// advance moves the clock to the next frame; after a pause, over it.
func (s *stamp) advance(now time.Duration) (marker bool) {
	gap := now - s.last
	switch {
	case !s.started:
		s.started, marker = true, true
	case gap > pause:
		s.ts += uint32((gap+frame/2)/frame) * ticks
		marker = true
	default:
		s.ts += ticks
	}
	return marker
}

// relay numbers a packet that came from another leg. It is false for one that
// is older than what the stream began with: its number is taken.
func (s *stamp) relay(from *Leg, p *packet, now time.Duration) (seq uint16, ts uint32, marker, ok bool) {
	marker = p.marker
	if !s.relaying || s.from != from || s.fromSSRC != p.ssrc || jumped(p.seq-s.inSeq, p.timestamp-s.inTS) {
		s.advance(now)
		s.relaying, s.from, s.fromSSRC = true, from, p.ssrc
		s.base, s.inSeq, s.inTS = p.seq, p.seq, p.timestamp
		s.dSeq, s.dTS = s.seq+1-p.seq, s.ts-p.timestamp
		s.seq, s.last = s.seq+1, now
		return s.seq, s.ts, true, true
	}
	if int16(p.seq-s.base) < 0 {
		return 0, 0, false, false
	}
	seq, ts = p.seq+s.dSeq, p.timestamp+s.dTS
	if int16(p.seq-s.inSeq) > 0 {
		s.inSeq, s.inTS = p.seq, p.timestamp
		if s.seq = seq; s.ts != ts { // the packets of one key share their time
			s.ts, s.last = ts, now
		}
		if int16(p.seq-s.base) > 1<<13 {
			s.base = p.seq - 1<<12 // keep the comparison within its half circle
		}
	}
	return seq, ts, marker, true
}

// jumped says whether numbers moved further than loss, lateness or silence
// suppression would explain. Ten seconds are as long as we follow a silence.
func jumped(dSeq uint16, dTS uint32) bool {
	const most = 10 * 8000
	return int16(dSeq) > 500 || int16(dSeq) < -500 || int32(dTS) > most || int32(dTS) < -most
}
