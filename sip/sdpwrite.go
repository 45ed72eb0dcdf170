package sip

import (
	"cmp"
	"strconv"

	"belfry/media"
)

// ourCodecs is what we offer, and in which order when nobody prefers another.
var ourCodecs = [...]media.Codec{media.PCMU, media.PCMA, media.G722}

// ourDTMF is our number for telephone-event in an offer.
const ourDTMF = 101

// appendSDPHead writes the lines before the first section.
func (g *leg) appendSDPHead(b []byte) []byte {
	ip := g.l.e.mediaIP
	family := " IP4 "
	if ip.Is6() {
		family = " IP6 "
	}
	b = append(b, "v=0\r\no=belfry "...)
	b = strconv.AppendUint(b, g.d.Audio.Origin, 10)
	b = append(b, ' ')
	b = strconv.AppendUint(b, g.d.Audio.Version, 10)
	b = append(append(b, " IN"...), family...)
	b = ip.AppendTo(b)
	b = append(append(b, "\r\ns=-\r\nc=IN"...), family...)
	b = ip.AppendTo(b)
	return append(b, "\r\nt=0 0\r\n"...)
}

func appendRTPMap(b []byte, pt uint8, name string) []byte {
	b = append(b, "a=rtpmap:"...)
	b = strconv.AppendUint(b, uint64(pt), 10)
	return append(append(append(b, ' '), name...), "/8000\r\n"...)
}

// appendAudio writes our audio section.
func (g *leg) appendAudio(b []byte, proto string, codecs []codecPT, dtmf uint8, d direction) []byte {
	b = append(b, "m=audio "...)
	b = strconv.AppendInt(b, int64(g.d.Audio.Local), 10)
	b = append(append(b, ' '), proto...)
	for _, c := range codecs {
		b = strconv.AppendUint(append(b, ' '), uint64(c.pt), 10)
	}
	if dtmf != 0 {
		b = strconv.AppendUint(append(b, ' '), uint64(dtmf), 10)
	}
	b = append(b, "\r\n"...)
	for _, c := range codecs {
		b = appendRTPMap(b, c.pt, string(c.codec))
	}
	if dtmf != 0 {
		b = appendRTPMap(b, dtmf, "telephone-event")
		b = append(b, "a=fmtp:"...)
		b = strconv.AppendUint(b, uint64(dtmf), 10)
		b = append(b, " 0-15\r\n"...)
	}
	return append(append(append(b, "a=ptime:20\r\na="...), d.String()...), "\r\n"...)
}

// answerSDP answers an offer: our codec under their number, every section in
// its place, those we do not take refused with port 0 (RFC 3264 §6).
func (g *leg) answerSDP(s *session) string {
	a := &g.d.Audio
	b := g.appendSDPHead(g.l.out[:0])
	for i, m := range s.sections {
		if i == s.audio {
			b = g.appendAudio(b, m.proto, []codecPT{{a.Codec, a.PT}}, a.DTMF, g.ourDirection(s.dir))
			if s.secure {
				b = appendCrypto(b, crypto{a.Tag, a.Secure.Suite, a.Secure.Ours})
			}
			continue
		}
		b = append(append(append(b, "m="...), m.kind...), " 0 "...)
		b = append(append(append(append(b, m.proto...), ' '), m.formats...), "\r\n"...)
	}
	g.l.out = b[:0]
	return string(b)
}

// ourDirection answers theirs, minding that we may hold them.
func (g *leg) ourDirection(theirs direction) direction {
	d := theirs.answer()
	if g.d.Audio.Holding {
		switch d {
		case sendrecv:
			return sendonly
		case recvonly:
			return inactive
		}
	}
	return d
}

// offerSDP offers the codecs: first those named, then the rest of what we
// speak, under the numbers that were agreed before where there were some.
func (g *leg) offerSDP(codecs []media.Codec) string {
	var list [len(ourCodecs)]codecPT
	n := 0
	add := func(c media.Codec) {
		for _, have := range list[:n] {
			if have.codec == c {
				return
			}
		}
		pt := c.PT()
		if g.d.Audio.Codec == c {
			pt = g.d.Audio.PT
		}
		list[n] = codecPT{c, pt}
		n++
	}
	for _, c := range codecs {
		add(c)
	}
	if g.only == 0 {
		for _, c := range ourCodecs {
			add(c)
		}
	}
	dtmf := uint8(ourDTMF)
	if g.d.Audio.DTMF != 0 {
		dtmf = g.d.Audio.DTMF
	}
	d := sendrecv
	if g.d.Audio.Holding {
		d = sendonly
	}
	b := g.appendSDPHead(g.l.out[:0])
	proto := "RTP/AVP"
	if g.offerKeys(); len(g.keys) > 0 {
		proto = cmp.Or(g.d.Audio.Proto, "RTP/SAVP")
	}
	b = g.appendAudio(b, proto, list[:n], dtmf, d)
	for _, c := range g.keys {
		b = appendCrypto(b, c)
	}
	g.l.out = b[:0]
	return string(b)
}
