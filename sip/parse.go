package sip

import (
	"strconv"
	"strings"
)

// Limits of one message. What a phone or a trunk sends is a tenth of them.
const (
	maxMessage = 65535 // bytes
	maxBody    = 32768 // bytes
	maxHeaders = 128   // lines
	maxVias    = 70
)

// fault is what is wrong with a message, as it is answered.
type fault struct {
	status int
	reason string
}

func (f *fault) Error() string { return f.reason }

var (
	errNotSIP    = &fault{0, "not SIP"}
	errStartLine = &fault{400, "Bad Start Line"}
	errVersion   = &fault{505, "Version Not Supported"}
	errRequest   = &fault{400, "Bad Request-URI"}
	errScheme    = &fault{416, "Unsupported URI Scheme"}
	errCut       = &fault{400, "Message Cut Off"}
	errLine      = &fault{400, "Bad Line Ending"}
	errControl   = &fault{400, "Control Character"}
	errHeader    = &fault{400, "Bad Header"}
	errHeaders   = &fault{400, "Too Many Headers"}
	errTwice     = &fault{400, "Header Repeated"}
	errMissing   = &fault{400, "Mandatory Header Missing"}
	errLength    = &fault{400, "Bad Content-Length"}
	errBody      = &fault{400, "Body Too Large"}
	errVia       = &fault{400, "Bad Via"}
	errFrom      = &fault{400, "Bad From"}
	errTo        = &fault{400, "Bad To"}
	errCallID    = &fault{400, "Bad Call-ID"}
	errCSeq      = &fault{400, "Bad CSeq"}
	errMethod    = &fault{400, "CSeq Method Differs"}
	errUnknown   = &fault{501, "Not Implemented"}
	errHops      = &fault{400, "Bad Max-Forwards"}
	errContact   = &fault{400, "Bad Contact"}
	errRoute     = &fault{400, "Bad Route"}
	errDate      = &fault{400, "Bad Date"}
	errExpires   = &fault{400, "Bad Expires"}
	errTooLarge  = &fault{513, "Message Too Large"}
)

// parse reads raw into m, whose header slice is used again. It is strict where
// two readers of the same bytes might see different messages, and reads on
// after the first fault, so that it can be answered. A nil fault means that the
// message is well formed; whether we like what it asks is for others.
func parse(raw string, m *message) *fault {
	*m = message{raw: raw, hdrs: m.hdrs[:0], at: m.at, flow: m.flow, size: len(raw)}
	end := strings.Index(raw, "\r\n\r\n")
	var first *fault
	if end < 0 { // cut off; answered as far as it goes
		if end = strings.LastIndex(raw, "\r\n"); end < 0 {
			return errNotSIP
		}
		first = errCut
		raw = raw[:end+2] + "\r\n"
	}
	line, rest, _ := strings.Cut(raw[:end+2], "\r\n")
	if f := m.startLine(line); f == errNotSIP {
		return f
	} else if first == nil {
		first = f
	}
	keep := func(f *fault) {
		if first == nil {
			first = f
		}
	}
	keep(printable(raw[:end+2]))
	keep(m.headers(rest))
	keep(m.mandatory())
	keep(m.content(raw[end+4:]))
	keep(m.optional())
	return first
}

// startLine reads the first line.
func (m *message) startLine(line string) *fault {
	if strings.HasPrefix(line, "SIP/") {
		version, rest, _ := strings.Cut(line, " ")
		code, reason, _ := strings.Cut(rest, " ")
		n, err := strconv.ParseUint(code, 10, 16)
		m.status = -1
		if err != nil || len(code) != 3 || n < 100 || n > 699 {
			return errStartLine
		}
		m.status, m.reason = int(n), reason
		if !strings.EqualFold(version, "SIP/2.0") {
			return errVersion
		}
		return nil
	}
	method, rest, ok := strings.Cut(line, " ")
	i := strings.LastIndex(rest, " SIP/")
	if !ok || method == "" || !all(method, cToken) {
		return errNotSIP
	}
	m.method = method
	if i < 0 {
		if !strings.Contains(rest, "SIP/") {
			return errNotSIP
		}
		return errStartLine
	}
	m.uri = rest[:i]
	switch version := rest[i+1:]; {
	case strings.EqualFold(version, "SIP/2.0"):
	case all(version, cToken|cHost|cParam) && !strings.HasPrefix(version, "SIP/2.0"):
		return errVersion
	default:
		return errStartLine
	}
	u, ok := parseURI(m.uri)
	switch {
	case !ok || u.headers != "":
		return errRequest
	case u.scheme != "sip" && u.scheme != "sips" && u.scheme != "tel":
		return errScheme
	}
	return nil
}

// printable refuses control characters, bare CR and bare LF in the header
// section. Behind a backslash all but CR and LF are allowed (quoted-pair).
func printable(s string) *fault {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if classes[c]&cControl == 0 {
			continue
		}
		switch {
		case c == '\r':
			if i+1 == len(s) || s[i+1] != '\n' {
				return errLine
			}
			i++
		case c == '\n':
			return errLine
		case i == 0 || s[i-1] != '\\':
			return errControl
		}
	}
	return nil
}

// headers cuts the lines. A fold becomes one space.
func (m *message) headers(s string) *fault {
	var first *fault
	for s != "" {
		line, rest := cutLine(s)
		for rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
			var more string
			more, rest = cutLine(rest)
			line += " " + trim(more)
		}
		s = rest
		colon := strings.IndexByte(line, ':')
		name, value, ok := line, "", colon >= 0
		if ok {
			name, value = line[:colon], line[colon+1:]
		}
		bare := trim(name)
		h := header{id: idOf(bare), name: bare, value: trim(value)}
		// White space before the colon is grammar (HCOLON), but many readers
		// take the name for another one. Where we do not know the header, a
		// filter in front of us may not have seen it either.
		if !ok || bare == "" || !all(bare, cToken) || line[0] == ' ' || line[0] == '\t' ||
			h.id == hOther && (len(bare) != len(name)) {
			if first == nil {
				first = errHeader
			}
			continue
		}
		if len(m.hdrs) == maxHeaders {
			return errHeaders
		}
		m.hdrs = append(m.hdrs, h)
	}
	return first
}

// cutLine cuts the first line off. A line end that is not CR LF was found by
// printable already.
func cutLine(s string) (line, rest string) {
	i := strings.IndexByte(s, '\n')
	if i < 0 {
		return s, ""
	}
	line, rest = s[:i], s[i+1:]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, rest
}

// mandatory reads what every message must have exactly once (RFC 3261 §8.1.1),
// as far as it is there.
func (m *message) mandatory() *fault {
	var seen [headerIDs]uint8
	var first *fault
	keep := func(f *fault) {
		if first == nil {
			first = f
		}
	}
	for i := range m.hdrs {
		h := &m.hdrs[i]
		if h.id == hVia {
			keep(m.readVia(h.value))
			continue
		}
		if seen[h.id] < 2 {
			seen[h.id]++
		}
		if seen[h.id] == 2 && once(h.id) {
			keep(errTwice)
			continue
		}
		keep(m.readMandatory(h))
	}
	if seen[hFrom] == 0 || seen[hTo] == 0 || seen[hCallID] == 0 || seen[hCSeq] == 0 || m.vias == 0 {
		keep(errMissing)
	}
	// RFC 2543 knew no tags, and no magic cookie; today a tag must be there.
	if first == nil && m.from.tag == "" && magic(m.via.branch) {
		keep(errFrom)
	}
	return first
}

// once says whether a header may stand in a message only once.
func once(id headerID) bool {
	switch id {
	case hFrom, hTo, hCallID, hCSeq, hMaxForwards, hContentLength, hContentType,
		hSessionExpires, hMinSE, hDate, hExpires, hReplaces, hReferTo, hReferredBy, hReferSub, hEvent:
		return true
	}
	return false
}

func (m *message) readVia(value string) *fault {
	for value != "" {
		var v string
		v, value = cutList(value)
		m.vias++
		if m.vias > maxVias {
			return errHeaders
		}
		if m.vias > 1 {
			continue
		}
		var ok bool
		if m.via, ok = parseVia(v); !ok {
			m.badVia = true
			return errVia
		}
	}
	return nil
}

func (m *message) readMandatory(h *header) *fault {
	var ok bool
	switch h.id {
	case hFrom:
		if m.from, ok = parseAddress(h.value); !ok {
			return errFrom
		}
	case hTo:
		if m.to, ok = parseAddress(h.value); !ok {
			return errTo
		}
	case hCallID:
		m.callID = h.value
		if h.value == "" || strings.ContainsAny(h.value, " \t,;") || len(h.value) > 512 {
			return errCallID
		}
	case hCSeq:
		return m.readCSeq(h.value)
	}
	return nil
}

func (m *message) readCSeq(value string) *fault {
	i := strings.IndexAny(value, " \t")
	if i < 0 || !all(value[:i], cDigit) {
		return errCSeq
	}
	method := trim(value[i:])
	// Up to 2^31-1 is allowed in a request (RFC 3261 §8.1.1.5).
	n, err := strconv.ParseUint(value[:i], 10, 31)
	if err != nil || method == "" || !all(method, cToken) {
		return errCSeq
	}
	m.cseq = uint32(n)
	switch {
	case m.status != 0:
		m.method = method
	case method != m.method && !known(m.method):
		return errUnknown
	case method != m.method:
		return errMethod
	}
	return nil
}

// content cuts the body. Without a Content-Length it is all that is left; what
// is left behind it is no part of the message (RFC 3261 §18.3).
func (m *message) content(rest string) *fault {
	m.body = rest
	if v, ok := m.get(hContentLength); ok {
		n, err := strconv.ParseUint(v, 10, 31)
		if err != nil || !all(v, cDigit) || int(n) > len(rest) {
			m.body = ""
			return errLength
		}
		m.body = rest[:n]
	}
	if len(m.body) > maxBody {
		m.body = ""
		return errBody
	}
	return nil
}

// optional reads those other headers whose nonsense RFC 3261 wants refused.
func (m *message) optional() *fault {
	for i := range m.hdrs {
		h := &m.hdrs[i]
		switch h.id {
		case hMaxForwards:
			if n, err := strconv.ParseUint(h.value, 10, 32); err != nil || n > 255 {
				return errHops
			}
		case hExpires:
			if !all(h.value, cDigit) || h.value == "" {
				return errExpires
			}
		case hDate:
			if !strings.HasSuffix(h.value, " GMT") {
				return errDate
			}
		case hContact:
			if h.value != "*" && !addresses(h.value) {
				return errContact
			}
		case hRoute, hRecordRoute:
			if !addresses(h.value) {
				return errRoute
			}
		}
	}
	return nil
}

// addresses says whether a list holds nothing but addresses.
func addresses(list string) bool {
	for rest := list; ; {
		var v string
		v, rest = cutList(rest)
		if _, ok := parseAddress(v); !ok {
			return false
		}
		if rest == "" {
			return true
		}
	}
}

// known says whether we have heard of the method.
func known(method string) bool {
	switch method {
	case "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE":
		return true
	case "REGISTER", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE", "REFER":
		return true // and will refuse it with 405
	}
	return false
}

// magic says whether a branch was made by RFC 3261's rules and so names a
// transaction.
func magic(branch string) bool {
	return len(branch) > 7 && strings.EqualFold(branch[:7], "z9hG4bK")
}
