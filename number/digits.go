package number

import (
	"strings"

	"belfry/core"
)

// digits takes a number out of what was written: the scheme, host and parameters
// of an address, escapes and visual separators (RFC 3966 §5.1.1) go. Letters are
// no digits here: "bob" is a name. The prefix 00 becomes a plus sign wherever the
// country is, or there is none: no national number begins so.
func digits(text, country string) (string, bool) {
	s := strings.TrimSpace(text)
	if s == "" || len(s) > 4*longest {
		return "", false
	}
	s, context := address(s)
	if context != "" && !local(context, country) {
		return "", false
	}
	s = strings.TrimSpace(core.Unescape(s))
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '+' && len(out) == 0:
			out = append(out, c)
		case c == ' ', c == '.', c == '-', c == '(', c == ')', c == '/', c == '\t':
		case c == 0xc2 && i+1 < len(s) && s[i+1] == 0xa0, c == 0xa0 && i > 0 && s[i-1] == 0xc2: // no-break space
		default:
			return "", false
		}
	}
	n := string(out)
	if rest, found := strings.CutPrefix(n, "00"); found && (country == "" || callingCode(country) != "+1") {
		n = "+" + rest
	}
	if len(n) < 2 || len(n) > 24 {
		return "", false
	}
	return n, true
}

// address takes scheme, host and parameters off, and returns the phone-context,
// if there is one, beside what is left.
func address(s string) (user, context string) {
	schemed := false
	for _, scheme := range []string{"sips:", "sip:", "tel:"} {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			s, schemed = s[len(scheme):], true
			break
		}
	}
	if i := strings.IndexByte(s, '@'); i >= 0 {
		s, schemed = s[:i], true
	}
	if !schemed {
		return s, ""
	}
	s, _, _ = strings.Cut(s, "?")
	s, params, _ := strings.Cut(s, ";")
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(name, "phone-context") {
			context = core.Unescape(value)
		}
	}
	return s, context
}

// local says whether a phone-context (RFC 3966 §5.1.5) leaves a number where it
// is: a domain says nothing of digits, the country's own code nothing new.
// Another's would make a number abroad of one that looks like one at home.
func local(context, country string) bool {
	return context[0] != '+' || context == callingCode(country)
}
