package sip

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"belfry/media"
)

// Limits of one session description.
const (
	maxLines      = 512
	maxSections   = 16
	maxFormats    = 64
	maxCandidates = 64
)

// direction is who sends in a session (RFC 3264 §5.1), seen from who wrote it.
type direction uint8

const (
	sendrecv direction = iota
	sendonly
	recvonly
	inactive
)

var directionNames = [...]string{"sendrecv", "sendonly", "recvonly", "inactive"}

func (d direction) String() string { return directionNames[d] }

// sends and hears say what its writer does.
func (d direction) sends() bool { return d == sendrecv || d == sendonly }
func (d direction) hears() bool { return d == sendrecv || d == recvonly }

// answer is the direction that fits from the other side (RFC 3264 §6.1).
func (d direction) answer() direction {
	switch d {
	case sendonly:
		return recvonly
	case recvonly:
		return sendonly
	}
	return d
}

// A codecPT is a codec under the number it has in one description.
type codecPT struct {
	codec media.Codec
	pt    uint8
}

// section is one m-line of an offer, kept to be answered in its place.
type section struct {
	kind, proto, formats string
	port                 uint16
}

// session is what we read of a session description.
type session struct {
	text     string
	sections []section
	audio    int // index of the section that we take; -1: none fits
	remote   netip.AddrPort
	dir      direction
	codecs   []codecPT // those we speak, in their order
	dtmf     uint8     // telephone-event/8000; 0: none
	ptime    time.Duration
	secure   bool   // over SRTP
	crypto   crypto // its key, where it is
	answer   bool   // it answers an offer of ours
}

// held says whether the far end does not talk both ways.
func (s *session) held() bool { return s.dir != sendrecv || s.remote.Addr().IsUnspecified() }

// pick returns the codec to use: want if it is there, else their first.
func (s *session) pick(want media.Codec) codecPT {
	for _, c := range s.codecs {
		if c.codec == want {
			return c
		}
	}
	return s.codecs[0]
}

// The faults of a description, as a Warning (RFC 3261 §20.43) says them.
var (
	errSDP       = &fault{400, "Bad SDP"}
	errSDPLarge  = &fault{400, "SDP Too Large"}
	errNoAudio   = &fault{488, `304 belfry "no RTP audio offered"`}
	errNoCodec   = &fault{488, `305 belfry "none of PCMU, PCMA, G722 offered"`}
	errNetwork   = &fault{488, `301 belfry "address cannot be reached"`}
	errMulticast = &fault{488, `330 belfry "multicast is not available"`}
	errPtime     = &fault{488, `305 belfry "ptime out of range"`}
	errCrypto    = &fault{488, `399 belfry "no SRTP key that we can use"`}
)

// reader of a description: the section that is being read.
type sdpReader struct {
	s          *session
	srtp       srtpRule
	rest       string     // what follows the line that is read
	session    netip.Addr // c= before the first m=
	conn       netip.Addr // c= of the section
	dir        direction  // before the first m=
	in         bool       // in the section that we take
	lines      int
	candidates int
	sections   int
	named      [128]bool // payload types that a=rtpmap named
	offered    []uint8   // payload types of the section, in order
	codec      [128]media.Codec
	dtmf       [128]bool
}

// parseSDP reads a body. It takes the first audio section over plain RTP.
func parseSDP(body string) (*session, *fault) { return readSDP(body, srtpOff) }

// readSDP takes the first audio section that the rule allows.
func readSDP(body string, rule srtpRule) (*session, *fault) {
	r := sdpReader{s: &session{text: body, audio: -1}, srtp: rule}
	if !strings.HasPrefix(body, "v=0\r\n") && !strings.HasPrefix(body, "v=0\n") {
		return nil, errSDP
	}
	for body != "" {
		var line string
		line, body, _ = strings.Cut(body, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line == "" && body == "" {
			break
		}
		if r.lines++; r.lines > maxLines {
			return nil, errSDPLarge
		}
		if len(line) < 2 || line[1] != '=' {
			return nil, errSDP
		}
		r.rest = body
		if f := r.line(line[0], line[2:]); f != nil {
			return nil, f
		}
	}
	return r.finish()
}

func (r *sdpReader) line(kind byte, v string) *fault {
	switch kind {
	case 'm':
		return r.media(v)
	case 'c':
		a, ok := connection(v)
		if !ok {
			return errSDP
		}
		switch {
		case r.sections == 0:
			r.session = a
		case r.in:
			r.conn = a
		}
	case 'a':
		return r.attribute(v)
	}
	return nil
}

// connection reads a c= line; a name instead of an address gives the zero Addr.
func connection(v string) (netip.Addr, bool) {
	f := strings.Fields(v)
	if len(f) != 3 || f[0] != "IN" || f[1] != "IP4" && f[1] != "IP6" {
		return netip.Addr{}, false
	}
	host, _, _ := strings.Cut(f[2], "/")
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, all(host, cHost)
	}
	return a, a.Is4() == (f[1] == "IP4") && a.Zone() == ""
}

func (r *sdpReader) media(v string) *fault {
	r.in = false
	if r.sections++; r.sections > maxSections {
		return errSDPLarge
	}
	f := strings.Fields(v)
	if len(f) < 4 {
		return errSDP
	}
	if len(f)-3 > maxFormats {
		return errSDPLarge
	}
	digits, _, _ := strings.Cut(f[1], "/")
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return errSDP
	}
	i := strings.Index(v, f[2]) + len(f[2])
	r.s.sections = append(r.s.sections, section{kind: f[0], proto: f[2], formats: trim(v[i:]), port: uint16(port)})
	if r.s.audio >= 0 || f[0] != "audio" || port == 0 || !r.srtp.takes(f[2], r.srtp == srtpRequired && keyed(r.rest)) {
		return nil
	}
	r.s.audio, r.in = len(r.s.sections)-1, true
	r.s.secure = secureProto(f[2])
	r.s.dir = r.dir
	for _, x := range f[3:] {
		pt, err := strconv.ParseUint(x, 10, 7)
		if err != nil {
			return errSDP
		}
		r.offered = append(r.offered, uint8(pt))
	}
	return nil
}

func (r *sdpReader) attribute(v string) *fault {
	name, value, _ := strings.Cut(v, ":")
	switch name {
	case "sendrecv", "sendonly", "recvonly", "inactive":
		for i, n := range directionNames {
			if n == name && r.in {
				r.s.dir = direction(i)
			} else if n == name && r.sections == 0 {
				r.dir = direction(i)
			}
		}
	case "candidate":
		if r.candidates++; r.candidates > maxCandidates {
			return errSDPLarge
		}
	case "ptime":
		n, err := strconv.ParseFloat(trim(value), 64)
		switch {
		case !r.in:
		case err != nil:
			return errSDP
		case n < 10 || n > 200:
			return errPtime
		default:
			r.s.ptime = time.Duration(n * float64(time.Millisecond))
		}
	case "rtpmap":
		if r.in {
			return r.rtpmap(value)
		}
	case "crypto":
		if c, ok := parseCrypto(value); ok && r.in && r.s.crypto.suite == "" {
			r.s.crypto = c
		}
	}
	return nil
}

func (r *sdpReader) rtpmap(v string) *fault {
	number, name, ok := strings.Cut(trim(v), " ")
	pt, err := strconv.ParseUint(number, 10, 7)
	if !ok || err != nil {
		return errSDP
	}
	name, rate, ok := strings.Cut(trim(name), "/")
	if !ok {
		return nil // a name without a clock rate is no codec of ours
	}
	rate, channels, _ := strings.Cut(rate, "/")
	r.named[pt] = true
	if rate != "8000" || channels != "" && channels != "1" {
		return nil
	}
	switch {
	case strings.EqualFold(name, "PCMU"):
		r.codec[pt] = media.PCMU
	case strings.EqualFold(name, "PCMA"):
		r.codec[pt] = media.PCMA
	case strings.EqualFold(name, "G722"):
		r.codec[pt] = media.G722
	case strings.EqualFold(name, "telephone-event"):
		r.dtmf[pt] = true
	}
	return nil
}

func (r *sdpReader) finish() (*session, *fault) {
	s := r.s
	if s.audio < 0 {
		return s, errNoAudio
	}
	for _, pt := range r.offered {
		c := r.codec[pt]
		if !r.named[pt] {
			c = staticCodec(pt)
		}
		if c != "" {
			s.codecs = append(s.codecs, codecPT{c, pt})
		}
		if r.dtmf[pt] && s.dtmf == 0 {
			s.dtmf = pt
		}
	}
	addr := r.conn
	if !addr.IsValid() {
		addr = r.session
	}
	s.remote = netip.AddrPortFrom(addr, s.sections[s.audio].port)
	s.secure = s.secure || r.srtp != srtpOff && s.crypto.suite != ""
	switch {
	case len(s.codecs) == 0:
		return s, errNoCodec
	case s.secure && s.crypto.suite == "":
		return s, errCrypto
	case !addr.IsValid():
		return s, errNetwork
	case addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return s, errMulticast
	}
	return s, nil
}

func staticCodec(pt uint8) media.Codec {
	switch pt {
	case 0:
		return media.PCMU
	case 8:
		return media.PCMA
	case 9:
		return media.G722
	}
	return ""
}
