package sip

import (
	"net/netip"
	"strconv"
	"strings"
)

// uri is a SIP URI taken apart. For other schemes only scheme is set.
type uri struct {
	scheme  string // lower case
	user    string // as written, escapes and all, without password
	host    string // without the brackets of IPv6
	port    uint16 // 0: none given
	params  string // after the first ;
	headers string // after the ?
}

// address is a name-addr or addr-spec with its parameters (RFC 3261 §20.10).
type address struct {
	display string // unquoted
	uri     string // as written
	params  string // after the URI, with the leading ;
	tag     string
}

// via is one Via element.
type via struct {
	transport string // UDP, TCP, … as written
	host      string // without the brackets of IPv6
	port      uint16 // 0: none given
	branch    string
	rport     bool   // asked for
	text      string // the element as written
}

// character classes of RFC 3261 §25.1.
const (
	cToken   = 1 << iota // token
	cUser                // user part without escapes
	cHost                // host name
	cParam               // URI parameter without escapes
	cDigit               // 0-9
	cHeader              // URI header without escapes
	cControl             // control character other than tab
)

// classes tells what each byte may be part of.
var classes = func() (t [256]uint8) {
	set := func(class uint8, chars string) {
		for i := range len(chars) {
			t[chars[i]] |= class
		}
	}
	const digits = "0123456789"
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for c := range t {
		if c < ' ' && c != '\t' || c == 0x7f {
			t[c] = cControl
		}
	}
	const unreserved = letters + digits + "-_.!~*'()"
	set(cDigit, digits)
	set(cToken, letters+digits+"-.!%*_+`'~")
	set(cUser, unreserved+"&=+$,;?/:")
	set(cHost, letters+digits+"-._")
	set(cParam, unreserved+"[]/:&+$=;")
	set(cHeader, unreserved+"[]/?:+$=&")
	return t
}()

// all says whether every byte of s is of the class.
func all(s string, class uint8) bool {
	for i := range len(s) {
		if classes[s[i]]&class == 0 {
			return false
		}
	}
	return true
}

// escaped is all for text that may hold %HH.
func escaped(s string, class uint8) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if i+2 >= len(s) || unhex(s[i+1]) < 0 || unhex(s[i+2]) < 0 {
				return false
			}
			i += 2
			continue
		}
		if classes[s[i]]&class == 0 {
			return false
		}
	}
	return true
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// parseURI takes a URI apart. Of other schemes than sip and sips it checks only
// that there is one.
func parseURI(s string) (uri, bool) {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || scheme == "" || rest == "" || !all(scheme, cToken) || strings.ContainsAny(s, " \t\r\n<>\"") {
		return uri{}, false
	}
	u := uri{scheme: lower(scheme)}
	if u.scheme != "sip" && u.scheme != "sips" {
		return u, true
	}
	if i := strings.IndexByte(rest, '@'); i >= 0 {
		u.user, _, _ = strings.Cut(rest[:i], ":")
		if i == 0 || !escaped(rest[:i], cUser) {
			return uri{}, false
		}
		rest = rest[i+1:]
	}
	if i := strings.IndexByte(rest, '?'); i >= 0 {
		u.headers = rest[i+1:]
		rest = rest[:i]
		if u.headers == "" || !escaped(u.headers, cHeader) {
			return uri{}, false
		}
	}
	if i := strings.IndexByte(rest, ';'); i >= 0 {
		u.params = rest[i+1:]
		rest = rest[:i]
		if !escaped(u.params, cParam) {
			return uri{}, false
		}
	}
	u.host, u.port, ok = parseHostPort(rest)
	return u, ok
}

// lower is strings.ToLower that costs nothing where there is nothing to do.
func lower(s string) string {
	switch s {
	case "sip", "sips", "tel":
		return s
	}
	return strings.ToLower(s)
}

// parseHostPort takes host, host:port or [IPv6]:port.
func parseHostPort(s string) (host string, port uint16, ok bool) {
	tail := ""
	if strings.HasPrefix(s, "[") {
		i := strings.IndexByte(s, ']')
		if i < 0 {
			return "", 0, false
		}
		host, tail = s[1:i], s[i+1:]
		if a, err := netip.ParseAddr(host); err != nil || !a.Is6() || a.Zone() != "" {
			return "", 0, false
		}
		if tail != "" && tail[0] != ':' {
			return "", 0, false
		}
	} else {
		host = s
		if i := strings.IndexByte(s, ':'); i >= 0 {
			host, tail = s[:i], s[i:]
		}
		if host == "" || len(host) > 255 || !all(host, cHost) {
			return "", 0, false
		}
	}
	if tail == "" {
		return host, 0, true
	}
	n, err := strconv.ParseUint(tail[1:], 10, 16)
	if err != nil || n == 0 || !all(tail[1:], cDigit) {
		return "", 0, false
	}
	return host, uint16(n), true
}

// param returns a parameter of ;a=b;c, and whether it is there.
func param(params, name string) (string, bool) {
	for params != "" {
		var p string
		p, params = cutQuoted(params, ';')
		k, v, _ := strings.Cut(p, "=")
		if strings.EqualFold(trim(k), name) {
			return trim(v), true
		}
	}
	return "", false
}

// cutQuoted cuts s at the first sep outside of quotes.
func cutQuoted(s string, sep byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// cutList cuts the first element off a comma-separated list, minding quotes
// and angle brackets.
func cutList(s string) (first, rest string) {
	if strings.IndexByte(s, ',') < 0 {
		return trim(s), ""
	}
	quoted, angle := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !angle:
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ',' && !angle:
			return trim(s[:i]), s[i+1:]
		}
	}
	return trim(s), ""
}

// parseAddress reads From, To, Contact and their like.
func parseAddress(s string) (address, bool) {
	var a address
	s = trim(s)
	switch {
	case s == "":
		return a, false
	case s[0] == '"':
		end := closingQuote(s)
		if end < 0 {
			return a, false
		}
		a.display = unquote(s[1:end])
		s = trim(s[end+1:])
		if s == "" || s[0] != '<' {
			return a, false
		}
	case s[0] != '<':
		if i := strings.IndexByte(s, '<'); i >= 0 {
			a.display = trim(s[:i])
			if !displayTokens(a.display) {
				return a, false
			}
			s = s[i:]
		}
	}
	if s[0] != '<' {
		return bareAddress(s)
	}
	end := strings.IndexByte(s, '>')
	if end < 0 {
		return a, false
	}
	a.uri, a.params = s[1:end], trim(s[end+1:])
	return a.checked()
}

// bareAddress reads an addr-spec: its ; begin the header's parameters, and it
// may hold no comma and no question mark (RFC 3261 §20.10).
func bareAddress(s string) (address, bool) {
	var a address
	a.uri = s
	if i := strings.IndexByte(s, ';'); i >= 0 {
		a.uri, a.params = trim(s[:i]), s[i:]
	}
	if strings.ContainsAny(a.uri, ",?") {
		return a, false
	}
	return a.checked()
}

func (a address) checked() (address, bool) {
	if _, ok := parseURI(a.uri); !ok {
		return a, false
	}
	rest := a.params
	if rest == "" {
		return a, true
	}
	if rest[0] != ';' {
		return a, false
	}
	rest = rest[1:]
	for {
		var p string
		more := false
		p, rest = cutQuoted(rest, ';')
		more = rest != ""
		k, v, eq := strings.Cut(p, "=")
		k, v = trim(k), trim(v)
		if k == "" || !all(k, cToken) || eq && !paramValue(v) {
			return a, false
		}
		if len(k) == 3 && strings.EqualFold(k, "tag") {
			if a.tag != "" || v == "" || !all(v, cToken) {
				return a, false
			}
			a.tag = v
		}
		if !more {
			return a, true
		}
	}
}

// paramValue says whether v may be a generic-param's value: token, host or
// quoted string.
func paramValue(v string) bool {
	if v == "" {
		return false
	}
	if v[0] == '"' {
		return closingQuote(v) == len(v)-1
	}
	for i := range len(v) {
		if c := v[i]; classes[c]&cToken == 0 && c != '[' && c != ']' && c != ':' {
			return false
		}
	}
	return true
}

// closingQuote finds the quote that ends the string which s begins with.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func unquote(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b = append(b, s[i])
	}
	return string(b)
}

// displayTokens says whether s is a display name that needs no quotes.
func displayTokens(s string) bool {
	for i := range len(s) {
		if c := s[i]; classes[c]&cToken == 0 && c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}

// parseVia reads one Via element.
func parseVia(s string) (via, bool) {
	v := via{text: s}
	name, rest, ok := strings.Cut(s, "/")
	version, rest, ok2 := strings.Cut(rest, "/")
	rest = trim(rest)
	i := strings.IndexAny(rest, " \t")
	if !ok || !ok2 || i < 0 || !strings.EqualFold(trim(name), "SIP") || !all(trim(version), cToken) {
		return v, false
	}
	v.transport, rest = rest[:i], trim(rest[i:])
	sentBy, params := rest, ""
	if i := strings.IndexByte(rest, ';'); i >= 0 {
		sentBy, params = trim(rest[:i]), rest[i+1:]
		if params == "" {
			return v, false
		}
	}
	v.host, v.port, ok = parseHostPort(sentBy)
	if !ok || !all(v.transport, cToken) {
		return v, false
	}
	for params != "" {
		var p string
		p, params = cutQuoted(params, ';')
		k, val, eq := strings.Cut(p, "=")
		k, val = trim(k), trim(val)
		switch {
		case k == "" || !all(k, cToken) || eq && val != "" && !paramValue(val):
			return v, false
		case strings.EqualFold(k, "branch"):
			if v.branch != "" {
				return v, false
			}
			v.branch = val
		case strings.EqualFold(k, "rport"):
			v.rport = true
		}
	}
	return v, true
}
