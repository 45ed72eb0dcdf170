package plan

import (
	"strings"

	"belfry/core"
)

// Dialled finds what a dialled text leads to: a number of ours in any usual
// spelling (+33100000000, 0033100000000, %2B33100000000), or a user's
// extension. Both are nil when it leads nowhere.
func (p *Plan) Dialled(text string) (*Number, *User) {
	s := Normal(text)
	if n := p.numbers[s]; n != nil {
		return n, nil
	}
	if u := p.extensions[s]; u != nil {
		return nil, u
	}
	// Some trunks leave out the plus sign.
	return p.numbers["+"+s], nil
}

// Normal brings a number as signalling or a person writes it into the form in
// which numbers are kept: +33123456789, or the bare digits of an extension. SIP
// and tel addresses, escapes (RFC 3986 §2.1), visual separators (RFC 3966
// §5.1.1) and the prefix 00 are undone. What is no number comes back trimmed.
func Normal(text string) string {
	s := strings.TrimSpace(text)
	for _, scheme := range []string{"sips:", "sip:", "tel:"} {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			s = s[len(scheme):]
			break
		}
	}
	if i := strings.IndexAny(s, "@;?"); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimSpace(core.Unescape(s))
	digits := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '*', c == '#':
			digits = append(digits, c)
		case c == '+' && i == 0:
			digits = append(digits, c)
		case c == ' ', c == '.', c == '-', c == '(', c == ')', c == '/':
		default:
			return s
		}
	}
	n := string(digits)
	if rest, found := strings.CutPrefix(n, "00"); found && e164("+"+rest) {
		return "+" + rest
	}
	return n
}

// e164 says whether s is a number as ITU-T E.164 has it, with the plus sign: up
// to 15 digits, of which the first is not 0.
func e164(s string) bool {
	if len(s) < 4 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	return strings.Trim(s[1:], "0123456789") == ""
}
