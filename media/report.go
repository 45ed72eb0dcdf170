package media

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// reportEvery is how often a SIP leg's far end is told how it is heard (RFC 3550
// §6.2). A browser's line has its reports from rtc.
const reportEvery = 5 * time.Second

// The RTCP packet types that matter here.
const (
	senderReport   = 200
	receiverReport = 201
)

// reports is one leg's RTCP.
type reports struct {
	to    netip.AddrPort // who sent us some, from the host of the audio
	next  time.Duration
	sent  uint32 // packets of ours when the last report left
	heard int    // theirs

	lastSR   uint32 // the middle of the far end's NTP time
	lastSRAt time.Duration

	lostOut   int // what the far end missed so far
	jitterOut time.Duration
	roundTrip time.Duration
}

// ReceiveRTCP takes RTCP that came on a browser's line, decrypted: its receiver
// reports say how we are heard. Short or strange packets change nothing.
func (l *Leg) ReceiveRTCP(packet []byte) {
	defer l.rescue()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.line != nil && !l.closed {
		l.reports.hear(packet, l, l.e.now())
	}
}

// hearReport takes what came on the RTCP port of a SIP leg. Only the host of the
// audio is believed.
func (l *Leg) hearReport(b []byte, from netip.AddrPort, now time.Duration) {
	defer l.rescue()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || !l.agreed {
		return
	}
	if from.Addr() != l.src.target().Addr() {
		l.e.count.strangers.Add(1)
		return
	}
	b, ok := l.openReport(b)
	if !ok {
		l.e.count.forged.Add(1)
		return
	}
	if l.reports.hear(b, l, now) {
		l.reports.to = from
		l.watch.sign = now
	}
}

// isRTCP says whether a datagram is RTCP by its first bytes (RFC 5761 §4).
func isRTCP(b []byte) bool {
	return len(b) >= 8 && b[0]>>6 == 2 && b[1] >= 192 && b[1] <= 223
}

// hear reads a compound packet: all of it or nothing.
func (r *reports) hear(b []byte, l *Leg, now time.Duration) bool {
	if !wholeRTCP(b) {
		l.e.count.badRTCP.Add(1)
		return false
	}
	for len(b) > 0 {
		size := 4 + 4*int(binary.BigEndian.Uint16(b[2:]))
		body, blocks := b[4:size], int(b[0]&0x1f)
		switch b[1] {
		case senderReport:
			if len(body) >= 24+24*blocks {
				r.lastSR, r.lastSRAt = binary.BigEndian.Uint32(body[6:]), now
				r.blocks(body[24:], blocks, l, now)
			}
		case receiverReport:
			if len(body) >= 4+24*blocks {
				r.blocks(body[4:], blocks, l, now)
			}
		}
		b = b[size:]
	}
	return true
}

// wholeRTCP checks the lengths of all packets in a compound (RFC 3550 A.2).
func wholeRTCP(b []byte) bool {
	if !isRTCP(b) || (b[1] != senderReport && b[1] != receiverReport) {
		return false
	}
	for len(b) > 0 {
		if len(b) < 4 || b[0]>>6 != 2 {
			return false
		}
		size := 4 + 4*int(binary.BigEndian.Uint16(b[2:]))
		if size > len(b) {
			return false
		}
		b = b[size:]
	}
	return true
}

// blocks reads how the far end hears us (RFC 3550 §6.4.1). What it says is
// bounded by what can be: nobody lost more than was sent.
func (r *reports) blocks(b []byte, n int, l *Leg, now time.Duration) {
	for ; n > 0; b, n = b[24:], n-1 {
		if l.line == nil && binary.BigEndian.Uint32(b) != l.out.ssrc {
			continue
		}
		lost := int(int32(binary.BigEndian.Uint32(b[4:])<<8) >> 8)
		r.lostOut = min(max(lost, 0), int(l.out.count))
		jitter := min(binary.BigEndian.Uint32(b[12:]), 8000)
		r.jitterOut = time.Duration(jitter) * time.Second / 8000
		if sr := binary.BigEndian.Uint32(b[16:]); sr != 0 {
			trip := ntpMiddle(l.e.at(now)) - sr - binary.BigEndian.Uint32(b[20:])
			if d := time.Duration(trip) * time.Second >> 16; trip < 5<<16 {
				r.roundTrip = d
			}
		}
		return
	}
}

// report sends a report when one is due and there is something to say.
func (l *Leg) report(now time.Duration) {
	r := &l.reports
	if l.rtcp == nil || !l.agreed || now < r.next || !l.src.target().IsValid() {
		return
	}
	first := r.next == 0
	r.next = now + reportEvery
	came := l.hearing.arrived().received
	if first || (l.out.count == r.sent && came == r.heard) {
		return
	}
	sending := l.out.count != r.sent
	r.sent, r.heard = l.out.count, came
	to := r.to
	if !to.IsValid() || to.Addr() != l.src.target().Addr() {
		to = netip.AddrPortFrom(l.src.target().Addr(), l.src.target().Port()+1)
	}
	var buf [128]byte
	b := l.sealedReport(l.putReport(buf[:0], sending, now))
	if b == nil {
		return
	}
	if err := l.rtcp.send(b, to); err != nil {
		l.e.count.unsent.Add(1)
	}
}

// putReport appends an SR or RR and the SDES that must follow it.
func (l *Leg) putReport(b []byte, sending bool, now time.Duration) []byte {
	blocks := byte(0)
	if l.hearing.any {
		blocks = 1
	}
	be := binary.BigEndian
	if sending {
		b = append(b, 0x80|blocks, senderReport, 0, 6+6*blocks)
		b = be.AppendUint32(b, l.out.ssrc)
		b = be.AppendUint64(b, ntp(l.e.at(now)))
		b = be.AppendUint32(b, l.out.ts+uint32((now-l.out.last)*8/time.Millisecond))
		b = be.AppendUint32(b, l.out.count)
		b = be.AppendUint32(b, l.out.bytes)
	} else {
		b = append(b, 0x80|blocks, receiverReport, 0, 1+6*blocks)
		b = be.AppendUint32(b, l.out.ssrc)
	}
	if blocks > 0 {
		b = l.putBlock(b, now)
	}
	// SDES with a CNAME that says nothing about the machine.
	b = append(b, 0x81, 202, 0, 4)
	b = be.AppendUint32(b, l.out.ssrc)
	return append(b, 1, 6, 'b', 'e', 'l', 'f', 'r', 'y', 0, 0, 0, 0)
}

// putBlock appends how we hear the far end.
func (l *Leg) putBlock(b []byte, now time.Duration) []byte {
	be, s := binary.BigEndian, &l.hearing.stream
	b = be.AppendUint32(b, l.hearing.ssrc)
	b = be.AppendUint32(b, uint32(s.Fraction())<<24|uint32(min(s.Lost(), 1<<23-1)))
	b = be.AppendUint32(b, s.Highest())
	b = be.AppendUint32(b, s.JitterTicks())
	b = be.AppendUint32(b, l.reports.lastSR)
	if l.reports.lastSR == 0 {
		return be.AppendUint32(b, 0)
	}
	return be.AppendUint32(b, uint32((now-l.reports.lastSRAt)<<16/time.Second))
}

// ntp is a time as RTCP writes it: seconds since 1900 and a binary fraction.
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	ns := t.UnixNano()
	return uint64(ns/1e9+since1900)<<32 | uint64(ns%1e9)<<32/1e9
}

// ntpMiddle is the middle half of it, as reports echo it.
func ntpMiddle(t time.Time) uint32 { return uint32(ntp(t) >> 16) }
