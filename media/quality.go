package media

import (
	"time"

	"belfry/core"
	"belfry/media/mix"
)

// hearing is what has come of a leg: streams, packets, and how well.
type hearing struct {
	any    bool
	ssrc   uint32
	stream mix.Reception
	past   arrived // streams that ended
	codec  Codec   // of the newest sound since the leg joined its room
	last   time.Duration
	mark   arrived // when it joined, and what had been sent and lost by then
}

// arrived counts packets.
type arrived struct{ received, expected, lost, sent, lostOut int }

// heard counts one packet.
func (l *Leg) heard(p *packet, c Codec, isKey bool, now time.Duration) {
	h := &l.hearing
	if !h.any || h.ssrc != p.ssrc {
		h.past = h.arrived()
		h.any, h.ssrc, h.stream = true, p.ssrc, mix.Reception{}
		l.keysIn.Reset()
		if l.ear != nil {
			l.ear.SetCodec(l.ear.Codec())
		}
	}
	ts := p.timestamp
	if isKey { // its time is that of the key's start; its duration says when it left
		if ev, ok := mix.ParseEvent(p.payload); ok {
			ts += uint32(ev.Duration)
		}
	} else if c != "" {
		h.codec = c
	}
	h.stream.Push(p.seq, ts, l.e.at(now))
	h.last = now
	if l.watch.lost {
		l.watch.lost = false
		l.e.news.say(core.AudioBack{Leg: l.id})
	}
	l.watch.told, l.watch.hushed = false, c == "" && !isKey
	if l.watch.missed {
		l.watch.missed = false
		l.e.news.say(core.SoundMissed{Leg: l.id})
	}
}

// now is the codec that the leg speaks, as far as one can know.
func (h *hearing) now(l *Leg) Codec {
	if h.codec != "" {
		return h.codec
	}
	return l.format.Codec
}

// arrived counts all streams.
func (h *hearing) arrived() arrived {
	a := h.past
	if h.any {
		a.received += h.stream.Received()
		a.expected += h.stream.Expected()
		a.lost += h.stream.Lost()
	}
	return a
}

// totals adds what went out.
func (l *Leg) totals() arrived {
	a := l.hearing.arrived()
	a.sent, a.lostOut = int(l.out.count), l.reports.lostOut
	return a
}

// join starts a stay in a room.
func (h *hearing) join(now arrived) { h.codec, h.mark = "", now }

// left is how a browser's line sounded in the room that it leaves; nil for a SIP
// leg, whose quality comes with its end, and where nothing flowed.
func (h *hearing) left(l *Leg) *core.Quality {
	if l.line == nil {
		return nil
	}
	return l.quality(h.mark)
}

// Quality is how the leg has sounded so far; nil when no audio has flowed.
func (l *Leg) Quality() *core.Quality {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.quality(arrived{})
}

// quality judges what came and went since the mark.
func (l *Leg) quality(since arrived) *core.Quality {
	a := l.totals()
	q := core.Quality{
		PacketsIn: a.received - since.received, PacketsOut: a.sent - since.sent,
		LossIn:    perMille(a.lost-since.lost, a.expected-since.expected),
		LossOut:   perMille(a.lostOut-since.lostOut, a.sent-since.sent),
		JitterOut: int(l.reports.jitterOut / time.Millisecond),
		RoundTrip: int(l.reports.roundTrip / time.Millisecond),
	}
	if q.PacketsIn <= 0 && q.PacketsOut <= 0 {
		return nil
	}
	jitter := l.hearing.stream.Jitter()
	q.JitterIn = int(jitter / time.Millisecond)
	if q.PacketsIn > 0 {
		q.MOSIn = mix.MOS(mix.Line{Codec: l.hearing.now(l), Delay: delay(l.reports.roundTrip, jitter), Loss: q.LossIn})
	}
	if q.PacketsOut > 0 {
		q.MOSOut = mix.MOS(mix.Line{Codec: l.format.Codec, Delay: delay(l.reports.roundTrip, l.reports.jitterOut), Loss: q.LossOut})
	}
	return &q
}

// delay is from mouth to ear: half the round trip, a frame to make, and a jitter
// buffer that holds twice the jitter and a frame.
func delay(roundTrip, jitter time.Duration) time.Duration {
	return roundTrip/2 + 2*frame + 2*jitter
}

func perMille(part, whole int) int {
	if part <= 0 || whole <= 0 {
		return 0
	}
	return min(1000, part*1000/whole)
}
