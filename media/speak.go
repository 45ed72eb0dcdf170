package media

import (
	"time"

	"belfry/media/codec"
	"belfry/media/mix"
)

// send puts a packet on the wire. The leg is locked.
func (l *Leg) send(p packet) {
	if !l.agreed || !l.format.Send || l.closed || len(p.payload) > longest-rtpHeader-sealLen {
		return
	}
	to := l.src.target()
	if l.line == nil && !to.IsValid() {
		return
	}
	p.ssrc = l.out.ssrc
	l.out.count++
	l.out.bytes += uint32(len(p.payload))
	l.e.count.out.Add(1)
	var err error
	if l.line != nil {
		l.header.Version, l.header.Marker, l.header.PayloadType = 2, p.marker, p.pt
		l.header.SequenceNumber, l.header.Timestamp, l.header.SSRC = p.seq, p.timestamp, p.ssrc
		_, err = l.line.WriteRTP(&l.header, p.payload)
	} else {
		putRTP(l.wave[:], p)
		n := rtpHeader + copy(l.wave[rtpHeader:], p.payload)
		if b := l.sealed(l.wave[:n]); b != nil {
			err = l.rtp.send(b, to)
		}
	}
	if err != nil {
		l.e.count.unsent.Add(1)
	}
}

// pt is the payload type that a codec has towards the far end.
func (l *Leg) pt(c Codec) uint8 {
	if l.line == nil && c == l.format.Codec {
		return l.format.PT
	}
	return c.PT()
}

// relay sends on what came from another leg, undecoded. While keys are pressed
// on this leg, they have the line.
func (l *Leg) relay(from *Leg, p *packet, c Codec, now time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.peer != from || c != l.format.Codec || l.pressing() {
		l.e.count.crossed.Add(1)
		return // the room changed while the packet was between us
	}
	q := packet{pt: l.pt(c), payload: p.payload}
	var ok bool
	if q.seq, q.timestamp, q.marker, ok = l.out.relay(from, p, now); ok {
		l.send(q)
	} else {
		l.e.count.late.Add(1)
	}
}

// relayKey sends on an event as the far end numbers it, or presses the key anew
// where events are not understood or signalling brought it.
func (l *Leg) relayKey(from *Leg, h *handoff, now time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.peer != from || l.pressing():
	case l.format.DTMFPT != 0 && !h.keyOnly:
		q := packet{pt: l.format.DTMFPT, payload: h.p.payload}
		var ok bool
		if q.seq, q.timestamp, _, ok = l.out.relay(from, &h.p, now); ok {
			q.marker = h.p.marker
			l.send(q)
		}
	case h.key != 0:
		l.pressKey(string(h.key))
	}
}

// own sends a frame of our making.
func (l *Leg) own(payload []byte, c Codec, now time.Duration) {
	q := packet{pt: l.pt(c), payload: payload}
	q.seq, q.timestamp, q.marker = l.out.own(now)
	l.send(q)
}

// press sends keys to the far end, after those that are on their way.
func (l *Leg) press(digits string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.pressKey(digits)
	}
}

// pressKey queues keys: as events where the far end takes them, else as tones.
// A browser that takes none is spared.
func (l *Leg) pressKey(digits string) {
	var err error
	switch {
	case l.format.DTMFPT != 0:
		err = l.keysOut.Press(digits)
	case l.keysAway != nil:
		f := l.keysAway
		l.e.news.call(func() { f(digits) })
		return
	case l.line == nil:
		err = l.tonesOut.Press(digits)
	default:
		return
	}
	if err != nil {
		l.e.log.Warn("media: keys were not pressed", "leg", l.id, "error", err)
		return
	}
	l.e.clock.want(l)
}

func (l *Leg) pressing() bool { return l.keysOut.Busy() || l.tonesOut.Busy() }

// pressNext sends 20 ms of keys; false when there is nothing to press now. What
// else would be said in these 20 ms is unheard.
func (l *Leg) pressNext(now time.Duration) bool {
	switch {
	case l.keysOut.Busy():
		q := packet{pt: l.format.DTMFPT}
		var ts uint32
		q.seq, ts, _ = l.out.own(now)
		k, ok := l.keysOut.Next(ts)
		if !ok {
			// The pause between two keys: nothing leaves, the number is not used.
			l.out.seq--
			return true
		}
		q.timestamp, q.marker, q.payload = k.TS, k.Marker, append(l.bytes[:0], k.Payload[:]...)
		l.send(q)
		return true
	case l.tonesOut.Busy():
		c := l.format.Codec
		l.pcm = l.tonesOut.Next(l.pcm[:0], c.FrameSamples(), c.SampleRate())
		l.say(l.pcm, now)
		return true
	}
	return false
}

// say encodes a frame, which has the rate of the leg's codec, and sends it.
func (l *Leg) say(pcm []int16, now time.Duration) {
	c := l.format.Codec
	if l.enc == nil {
		l.enc = codec.NewEncoder(c)
	} else if l.enc.Codec() != c {
		l.enc.Reset(c)
	}
	l.bytes = l.enc.Encode(l.bytes[:0], pcm)
	l.own(l.bytes, c, now)
}

func (l *Leg) pulse() *pulse { return &l.tempo }

// beat is 20 ms of a leg that no mix speaks for: keys to press, a sound to
// play, somebody to listen to.
func (l *Leg) beat(due time.Duration) {
	defer l.rescue()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.mixing {
		l.tempo.wanted.Store(false)
		return
	}
	if l.ear != nil {
		l.listen(due)
	}
	if !l.pressNext(due) && l.play != nil {
		l.playNext(due)
	}
	if !l.pressing() && l.play == nil && l.rec == nil {
		l.tempo.wanted.Store(false)
	}
	l.needEar()
}

// listen takes the next 20 ms of what the leg says, for who listens here. It
// returns them with their rate.
func (l *Leg) listen(due time.Duration) ([]int16, int) {
	var heard []int16
	l.pcm, _ = l.ear.Next(l.pcm[:0], l.e.at(due))
	heard = l.pcm
	rate := l.ear.Codec().SampleRate()
	if l.rec != nil {
		l.recordFrame(heard, rate)
	}
	if l.needsTones() {
		if d := l.tonesIn.Push(l.rates.to(8000, heard, rate)); d != 0 {
			l.keyCame(d)
		}
	}
	return heard, rate
}

// needsTones says whether keys can only come as tones: no events were agreed,
// and a menu may be waiting for them. Once people talk, nobody listens for keys.
func (l *Leg) needsTones() bool {
	return l.line == nil && l.play != nil && l.format.DTMFIn == 0
}

// needEar gives the leg an ear while somebody listens, and takes it away after.
func (l *Leg) needEar() {
	switch need := l.mixing || l.rec != nil || l.needsTones(); {
	case need && l.ear == nil:
		l.ear = mix.NewEar(l.hearing.now(l))
	case !need && l.ear != nil:
		l.ear = nil
	}
}

var _ beater = (*Leg)(nil)
