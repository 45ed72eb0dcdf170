package mix

import (
	"slices"
	"time"

	"belfry/media/codec"
)

// ReplayAhead is how far beyond what Next gives out the packets must have been
// pushed: what came later than that after its time is left out.
const ReplayAhead = time.Second

const (
	aheadTicks  = int64(ReplayAhead / tick)
	behindTicks = 2 * aheadTicks // arrivals that tell where sound belongs
	spurtGap    = 250 * tickMS   // without a packet for so long, what comes next is placed anew
)

// Replay makes the sound of one leg out of its packets after the fact. Where an
// Ear must hold back what came in order to wait for what is late, a Replay knows
// what came: it puts each packet where it was said, as the fastest packets about
// it tell, and makes up what was lost. Two legs that spoke at one instant stand
// at one instant of the timeline, whatever the jitter.
//
// Time is in ticks of 1/8000 s from the beginning of the timeline.
type Replay struct {
	rate    int // of what Next gives out: 8000 or 16000
	spurts  []*spurt
	at      int64 // where the next sample to be made stands
	decoder codec.Decoder
	conceal conceal
	level   int64
	up      Doubler
	down    Halver
	ready   []int16 // at rate, made and not yet given out
	pcm     [4 * piece]int16
	octets  [piece]byte
	free    [][]byte // payloads to be used again
}

// spurt is a stretch of one stream in which the sender's clock and ours run
// side by side.
type spurt struct {
	codec   codec.Codec
	ssrc    uint32
	packets []said // by position in the stream
	base    int64  // where the stream's zero stands: the fastest packet's
	lows    []low  // candidates for base, the lowest first
	started bool
	next    int64 // position in the stream of the next tick to be played

	seq     uint16 // of the newest
	ts      uint32
	pos     int64 // of ts
	length  int
	arrived int64
	transit int64
}

// said is one packet with its position in its stream.
type said struct {
	pos     int64
	payload []byte
}

type low struct{ arrived, transit int64 }

// NewReplay returns a Replay whose frames have the rate 8000 or 16000.
func NewReplay(rate int) *Replay {
	r := &Replay{rate: rate}
	r.tune(codec.PCMU)
	return r
}

func (r *Replay) tune(c codec.Codec) {
	r.decoder.Reset(c)
	r.conceal.begin(c.SampleRate())
	r.level = 0
}

// Push takes one packet of ssrc in the codec c that came at the tick at. The
// payload is copied. Packets are pushed in the order in which they came.
func (r *Replay) Push(at int64, c codec.Codec, ssrc uint32, p Packet) {
	n := len(p.Payload)
	if n == 0 || n > longest {
		return
	}
	s, pos := r.spurtOf(at, c, ssrc, p)
	// The end of a packet is what the sender had just said; one of 20 ms begins
	// where it came.
	transit := at + frameTicks - pos - int64(n)
	if int16(p.Seq-s.seq) >= 0 || len(s.packets) == 0 {
		s.seq, s.ts, s.pos, s.length = p.Seq, p.TS, pos, n
	}
	s.arrived, s.transit = at, transit
	for len(s.lows) > 0 && s.lows[len(s.lows)-1].transit >= transit {
		s.lows = s.lows[:len(s.lows)-1]
	}
	s.lows = append(s.lows, low{at, transit})
	i := len(s.packets)
	for i > 0 && s.packets[i-1].pos > pos {
		i--
	}
	if i > 0 && s.packets[i-1].pos == pos {
		return // it came twice
	}
	s.packets = slices.Insert(s.packets, i, said{pos, r.keep(p.Payload)})
}

// spurtOf finds where a packet belongs: into the newest spurt, unless that ended.
func (r *Replay) spurtOf(at int64, c codec.Codec, ssrc uint32, p Packet) (*spurt, int64) {
	if n := len(r.spurts); n > 0 {
		s := r.spurts[n-1]
		pos := s.pos + int64(int32(p.TS-s.ts))
		transit := at + frameTicks - pos - int64(len(p.Payload))
		off := max(transit-s.transit, s.transit-transit)
		// A sender that goes on with the next number and another time has moved
		// its clock, or was silent and knew it.
		moved := p.Seq == s.seq+1 && max(pos-s.pos-int64(s.length), s.pos+int64(s.length)-pos) > spurtGap/2
		if s.codec == c && s.ssrc == ssrc && at-s.arrived < spurtGap && off < farTicks && !moved {
			return s, pos
		}
	}
	s := &spurt{codec: c, ssrc: ssrc, seq: p.Seq, ts: p.TS}
	r.spurts = append(r.spurts, s)
	return s, 0
}

func (r *Replay) keep(payload []byte) []byte {
	var b []byte
	if n := len(r.free); n > 0 {
		b, r.free = r.free[n-1], r.free[:n-1]
	}
	return append(b[:0], payload...)
}

// Next appends the next 20 ms to dst.
func (r *Replay) Next(dst []int16) []int16 {
	n := r.rate / 50
	for len(r.ready) < n {
		r.step(max(1, int64(n-len(r.ready))*8000/int64(r.rate)))
	}
	dst = append(dst, r.ready[:n]...)
	r.ready = r.ready[:copy(r.ready, r.ready[n:])]
	return dst
}

// step makes at least a tick and at most room ticks or a piece.
func (r *Replay) step(room int64) {
	s := r.front()
	if s == nil {
		r.makeUp(min(room, piece))
		return
	}
	s.settle(r.at)
	if !s.started {
		first := s.packets[0].pos
		if wait := first + s.base - r.at; wait > 0 {
			r.makeUp(min(room, wait, piece))
			return
		}
		s.started, s.next = true, r.at-s.base // what stands before has been made up
		if r.decoder.Codec() != s.codec {
			r.tune(s.codec)
		}
	}
	lead := s.next + s.base - r.at
	quiet := r.level < quietLevel
	switch n := s.gather(&r.octets); {
	case n < piece/2:
		s.next += piece
		r.makeUp(piece)
	case lead >= 2*piece, lead >= piece && quiet:
		r.makeUp(piece)
	case lead <= -2*piece, lead <= -piece && quiet:
		r.fold(s)
	default:
		s.next += piece
		r.voice(r.decoder.Decode(r.pcm[:0], r.octets[:]))
	}
}

// front is the spurt that is played: the first that has something left.
func (r *Replay) front() *spurt {
	for len(r.spurts) > 0 {
		s := r.spurts[0]
		for s.started && len(s.packets) > 0 && s.packets[0].end() <= s.next {
			r.free = append(r.free, s.packets[0].payload)
			s.packets = s.packets[:copy(s.packets, s.packets[1:])]
		}
		if len(s.packets) > 0 {
			return s
		}
		if len(r.spurts) == 1 && r.at-s.arrived < spurtGap {
			return nil // more of it may come
		}
		r.spurts = r.spurts[1:]
	}
	return nil
}

func (p *said) end() int64 { return p.pos + int64(len(p.payload)) }

// settle finds where the stream's zero stands, seen from the tick at.
func (s *spurt) settle(at int64) {
	for len(s.lows) > 1 && s.lows[0].arrived < at-behindTicks {
		s.lows = s.lows[1:]
	}
	s.base = s.lows[0].transit
}

// gather copies the next piece and returns how many octets of it are there; a
// hole repeats the octet before it.
func (s *spurt) gather(dst *[piece]byte) int {
	have, filled := 0, int64(0)
	for i := range s.packets {
		p := &s.packets[i]
		from := max(p.pos, s.next+filled)
		to := min(p.end(), s.next+piece)
		if p.pos >= s.next+piece {
			break
		}
		if from >= to {
			continue
		}
		for gap := s.next + filled; gap < from; gap++ {
			if k := gap - s.next; k > 0 {
				dst[k] = dst[k-1]
			} else {
				dst[k] = p.payload[from-p.pos]
			}
		}
		have += copy(dst[from-s.next:], p.payload[from-p.pos:to-p.pos])
		filled = to - s.next
	}
	for k := max(filled, 1); have > 0 && k < piece; k++ {
		dst[k] = dst[k-1]
	}
	return have
}

// fold puts two pieces in the place of one: the first fades into the second.
func (r *Replay) fold(s *spurt) {
	pcm := r.decoder.Decode(r.pcm[:0], r.octets[:])
	s.next += piece
	if s.gather(&r.octets) == piece {
		s.next += piece
		second := r.decoder.Decode(r.pcm[len(pcm):len(pcm)], r.octets[:])
		for i, x := range second {
			w := int32(i+1) * 256 / int32(len(second))
			pcm[i] = int16((int32(pcm[i])*(256-w) + int32(x)*w) >> 8)
		}
	}
	r.voice(pcm)
}

// voice gives out what was decoded.
func (r *Replay) voice(pcm []int16) {
	r.conceal.good(pcm)
	r.give(pcm)
}

// makeUp gives out n ticks for which there is no sound.
func (r *Replay) makeUp(n int64) {
	per := int64(r.decoder.Codec().SampleRate()) / 8000
	if !r.conceal.silent() {
		pcm := r.pcm[:piece*per]
		r.conceal.make(pcm) // 10 ms at a time, even where fewer are wanted
		r.give(pcm[:n*per])
		return
	}
	pcm := r.pcm[:n*per]
	clear(pcm)
	if r.conceal.any {
		r.conceal.make(r.pcm[:piece*per])
	}
	r.give(pcm)
}

// give brings sound to the rate wanted.
func (r *Replay) give(pcm []int16) {
	have := r.decoder.Codec().SampleRate()
	r.at += int64(len(pcm)) * 8000 / int64(have)
	r.level = energy(pcm)
	switch {
	case have < r.rate:
		r.ready = r.up.Next(r.ready, pcm)
	case have > r.rate:
		r.ready = r.down.Next(r.ready, pcm)
	default:
		r.ready = append(r.ready, pcm...)
	}
}
