package media

import "encoding/binary"

// packet is an RTP packet taken apart (RFC 3550 §5.1). Payload lies in the
// buffer that it was parsed from.
type packet struct {
	pt        uint8
	marker    bool
	seq       uint16
	timestamp uint32
	ssrc      uint32
	payload   []byte
}

// rtpHeader is the length of the header without CSRCs and extension: the only
// one that we send.
const rtpHeader = 12

// parseRTP takes b apart. It refuses what is not RTP version 2, is cut short,
// carries no payload or has payload types that RTCP would have (RFC 5761 §4).
func parseRTP(b []byte) (p packet, ok bool) {
	if len(b) < rtpHeader || b[0]>>6 != 2 {
		return p, false
	}
	p.pt, p.marker = b[1]&0x7f, b[1]&0x80 != 0
	if p.pt >= 64 && p.pt <= 95 {
		return p, false
	}
	p.seq = binary.BigEndian.Uint16(b[2:])
	p.timestamp = binary.BigEndian.Uint32(b[4:])
	p.ssrc = binary.BigEndian.Uint32(b[8:])
	from, to := rtpHeader+4*int(b[0]&0x0f), len(b)
	if b[0]&0x10 != 0 { // extension: profile, length in words
		if from+4 > to {
			return p, false
		}
		from += 4 + 4*int(binary.BigEndian.Uint16(b[from+2:]))
	}
	if b[0]&0x20 != 0 { // padding: the last byte counts itself
		pad := int(b[to-1])
		if pad == 0 {
			return p, false
		}
		to -= pad
	}
	if from >= to {
		return p, false
	}
	p.payload = b[from:to]
	return p, true
}

// putRTP writes the header of p into b, which has room for it.
func putRTP(b []byte, p packet) {
	b[0], b[1] = 0x80, p.pt
	if p.marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], p.seq)
	binary.BigEndian.PutUint32(b[4:], p.timestamp)
	binary.BigEndian.PutUint32(b[8:], p.ssrc)
}
