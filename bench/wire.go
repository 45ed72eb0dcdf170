package bench

import (
	"strconv"
	"strings"
)

// What a SIP message of the load needs, and no more: the far end is our own
// program or a peer that is known to behave.

// field returns the first header of a name, its line ends taken off.
func field(msg, name string) string {
	for rest := msg; ; {
		i := strings.IndexByte(rest, '\n')
		if i < 0 || i+2 > len(rest) || rest[i+1] == '\r' {
			return ""
		}
		rest = rest[i+1:]
		if len(rest) > len(name) && rest[len(name)] == ':' && strings.EqualFold(rest[:len(name)], name) {
			v := rest[len(name)+1:]
			if j := strings.IndexByte(v, '\n'); j >= 0 {
				v = v[:j]
			}
			return strings.TrimSpace(v)
		}
	}
}

// fields returns all header lines of a name as they stand.
func fields(b []byte, msg, name string) []byte {
	for rest := msg; ; {
		i := strings.IndexByte(rest, '\n')
		if i < 0 || i+2 > len(rest) || rest[i+1] == '\r' {
			return b
		}
		rest = rest[i+1:]
		if len(rest) > len(name) && rest[len(name)] == ':' && strings.EqualFold(rest[:len(name)], name) {
			v := rest
			if j := strings.IndexByte(v, '\n'); j >= 0 {
				v = v[:j+1]
			}
			b = append(b, v...)
		}
	}
}

// status is the code of a response, 0 for a request.
func status(msg string) int {
	if !strings.HasPrefix(msg, "SIP/2.0 ") || len(msg) < 11 {
		return 0
	}
	n, _ := strconv.Atoi(msg[8:11])
	return n
}

// method is a request's, empty for a response.
func method(msg string) string {
	if strings.HasPrefix(msg, "SIP/2.0 ") {
		return ""
	}
	m, _, _ := strings.Cut(msg, " ")
	return m
}

// target is the URI in angle brackets.
func target(contact string) string {
	if _, rest, ok := strings.Cut(contact, "<"); ok {
		uri, _, _ := strings.Cut(rest, ">")
		return uri
	}
	uri, _, _ := strings.Cut(contact, ";")
	return uri
}

// audioPort is the port of the audio section.
func audioPort(msg string) int {
	_, rest, ok := strings.Cut(msg, "m=audio ")
	if !ok {
		return 0
	}
	p, _, _ := strings.Cut(rest, " ")
	n, _ := strconv.Atoi(p)
	return n
}

// sdp offers or answers G.711 at a port.
func sdp(b []byte, port int) []byte {
	b = append(b, "v=0\r\no=load 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio "...)
	b = strconv.AppendInt(b, int64(port), 10)
	return append(b, " RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"...)
}

// caller is the number of the nth caller, and index the way back.
const callerPrefix = "+336"

func callerNumber(n int) string {
	s := strconv.Itoa(n)
	return callerPrefix + "00000000"[:8-len(s)] + s
}

func callerIndex(from string) int {
	_, rest, ok := strings.Cut(from, callerPrefix)
	if !ok || len(rest) < 8 {
		return -1
	}
	n, err := strconv.Atoi(rest[:8])
	if err != nil {
		return -1
	}
	return n
}
