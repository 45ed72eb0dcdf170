package media

import (
	"net/netip"
	"runtime/debug"
	"time"

	"belfry/core"
	"belfry/media/codec"
	"belfry/media/mix"
)

// rtpSink and rtcpSink are a leg as its two sockets see it.
type (
	rtpSink  Leg
	rtcpSink Leg
)

func (s *rtpSink) datagram(b []byte, from netip.AddrPort, now time.Duration) {
	(*Leg)(s).hear(b, from, now)
}

func (s *rtcpSink) datagram(b []byte, from netip.AddrPort, now time.Duration) {
	(*Leg)(s).hearReport(b, from, now)
}

// Receive takes one RTP packet that came on a browser's line, decrypted. The
// packet is the caller's again when it returns; it may have been written to.
func (l *Leg) Receive(packet []byte) {
	if l.line != nil {
		l.hear(packet, netip.AddrPort{}, l.e.now())
	}
}

// Digit is a key that came by signalling (SIP INFO): 0-9, *, #, A-D. A far end
// that presses keys in RTP too is believed there.
func (l *Leg) Digit(d byte) {
	if _, ok := mix.EventCode(d); !ok {
		return
	}
	l.mu.Lock()
	h := handoff{}
	if !l.closed && !l.rtpKeys {
		h.key = l.keyCame(d)
		h.to, h.keyOnly = l.peer, true
	}
	l.mu.Unlock()
	l.pass(&h, l.e.now())
}

// handoff is what is left to do with a packet when its leg is unlocked again.
type handoff struct {
	to      *Leg // is relayed p
	p       packet
	codec   Codec // of p; empty for an event
	key     byte  // a key that began
	keyOnly bool  // there is no packet
	misfit  bool  // it came in another codec than the room was arranged for
}

// hear takes one packet of the far end. Whatever it is, it ends nothing.
func (l *Leg) hear(b []byte, from netip.AddrPort, now time.Duration) {
	defer l.rescue()
	var h handoff
	l.take(b, from, now, &h)
	l.pass(&h, now)
}

// rescue keeps one leg's trouble from ending all others.
func (l *Leg) rescue() {
	if r := recover(); r != nil {
		l.e.count.panics.Add(1)
		l.e.log.Error("media: a packet was too much", "leg", l.id, "panic", r, "stack", string(debug.Stack()))
	}
}

// take judges a packet, counts it and gives it to who listens on this leg.
func (l *Leg) take(b []byte, from netip.AddrPort, now time.Duration, h *handoff) {
	l.mu.Lock()
	defer l.mu.Unlock()
	count := &l.e.count
	if l.closed || !l.agreed {
		count.early.Add(1)
		return
	}
	if !isRTCP(b) { // that comes sealed in its own way
		var ok bool
		if b, ok = l.open(b); !ok {
			count.forged.Add(1)
			return
		}
	}
	p, ok := parseRTP(b)
	switch {
	case !ok && l.line == nil && from == l.src.learned && isRTCP(b): // rtcp-mux, unasked
		if b, ok = l.openReport(b); ok {
			l.reports.hear(b, l, now)
		} else {
			count.forged.Add(1)
		}
		return
	case !ok:
		count.malformed.Add(1)
		return
	}
	c, isKey, ok := l.kind(p.pt)
	if !ok {
		count.unknown.Add(1)
		return
	}
	if l.line == nil && !l.src.accepts(from, now) {
		count.strangers.Add(1)
		return
	}
	if l.src.settled() && l.fixed != from {
		l.fix(from)
	}
	if !l.format.Recv {
		count.held.Add(1)
		return
	}
	count.in.Add(1)
	l.heard(&p, c, isKey, now)
	if c == "" && !isKey {
		return // comfort noise: a sign of life and no sound
	}
	h.to, h.p = l.peer, p
	if isKey {
		l.takeKey(&p, h)
		return
	}
	h.codec, h.misfit = c, l.peer != nil && c != l.expect
	if l.ear != nil {
		if l.ear.Codec() != c {
			l.ear.SetCodec(c)
		}
		l.ear.Push(mix.Packet{Seq: p.seq, TS: p.timestamp, Payload: p.payload}, l.e.at(now))
	}
	if !l.muted {
		for i := range l.taps {
			l.taps[i].sound(&p, c, now)
		}
	}
	if l.muted && h.to != nil {
		l.e.quiet.over(c, p.payload)
	}
}

// fix ties the socket to the far end, or unties it.
func (l *Leg) fix(to netip.AddrPort) {
	l.fixed = to
	l.rtp.fix(to)
}

// comfortNoise is the payload type of RFC 3389.
const comfortNoise = 13

// kind tells what a payload type means on this leg: a codec, keys, or neither
// for comfort noise.
func (l *Leg) kind(pt uint8) (c Codec, isKey, ok bool) {
	switch {
	case l.format.DTMFIn != 0 && pt == l.format.DTMFIn, l.format.DTMFPT != 0 && pt == l.format.DTMFPT:
		return "", true, true
	case l.line == nil && pt == l.format.PT:
		return l.format.Codec, false, true
	case pt == comfortNoise:
		return "", false, true
	}
	c, ok = codec.ByPT(pt)
	return c, false, ok
}

// takeKey reads an event packet.
func (l *Leg) takeKey(p *packet, h *handoff) {
	if d, ok := l.keysIn.Push(p.timestamp, p.payload); ok && l.watch.mayPress() {
		l.rtpKeys = true
		h.key = l.keyCame(d)
	}
	if l.muted {
		h.to, h.key = nil, 0
	}
}

// keyCame tells the floor of a key, and ends a recording that waits for it.
func (l *Leg) keyCame(d byte) byte {
	l.e.count.keys.Add(1)
	l.e.news.say(core.DigitCame{Leg: l.id, Digit: d})
	if l.rec != nil && l.rec.endsOn(d) {
		l.endRecord("key")
	}
	return d
}

// pass does what the packet asks for beyond its leg.
func (l *Leg) pass(h *handoff, now time.Duration) {
	switch {
	case h.misfit:
		l.e.misfit(l)
	case h.to == nil:
		if h.key != 0 {
			l.e.passKey(l, h.key)
		}
	case h.codec != "":
		h.to.relay(l, &h.p, h.codec, now)
	default:
		h.to.relayKey(l, h, now)
	}
}
