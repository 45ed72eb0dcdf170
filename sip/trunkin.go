package sip

import (
	"strings"

	"belfry/core"
	phone "belfry/number"
)

// called is the number that a call by the trunk is for. A registrar writes our
// Contact, whose user is the trunk's name, where the number should stand; then
// the number is in To.
func (t *trunk) called(m *message) string {
	to := dialled(m.uri)
	if t == nil {
		return to
	}
	if to == string(t.set.ID) || to == "" {
		to = dialled(m.to.uri)
	}
	return t.e164(to)
}

// e164 is a number as the trunk writes it in its full form; what cannot be read
// stays.
func (t *trunk) e164(number string) string {
	switch {
	case t == nil || number == "" || number[0] == '+' || !all(number, cDigit):
		return number
	case t.set.Format == "digits":
		if len(number) > 6 {
			return "+" + number
		}
		return number
	}
	if full, class, ok := phone.Read(number, t.country); ok && class != core.ClassEmergency && class != core.ClassInternal {
		return full
	}
	return number
}

// forwarded is who sent a call on to us: the newest Diversion (RFC 5806), else
// the last entry of History-Info (RFC 7044) before ours.
func (t *trunk) forwarded(m *message) string {
	if t == nil {
		return ""
	}
	from := ""
	m.each(hDiversion, func(v string) bool {
		if a, ok := parseAddress(v); ok {
			from = dialled(a.uri)
		}
		return false
	})
	if from != "" {
		return t.e164(from)
	}
	var entries []string
	m.each(hHistory, func(v string) bool {
		if a, ok := parseAddress(v); ok {
			uri, _, _ := strings.Cut(a.uri, "?")
			entries = append(entries, dialled(uri))
		}
		return true
	})
	if n := len(entries); n > 1 {
		return t.e164(entries[n-2])
	}
	return ""
}
