package core

import "strings"

// NumberClass is the kind of a number outside, as the edges read it. Who may
// dial which is a profile's matter; emergency numbers anybody may.
type NumberClass string

// The classes. A number that cannot be read has none, and is not dialled.
const (
	ClassInternal      NumberClass = "internal"
	ClassNational      NumberClass = "national"
	ClassMobile        NumberClass = "mobile"
	ClassInternational NumberClass = "international"
	ClassPremium       NumberClass = "premium"
	ClassEmergency     NumberClass = "emergency"
)

// Unescape undoes %HH (RFC 3986 §2.1); what is no escape stays.
func Unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if high, low := nibble(s[i+1]), nibble(s[i+2]); high >= 0 && low >= 0 {
				b = append(b, byte(high<<4|low))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

func nibble(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
