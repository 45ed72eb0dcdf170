package sip

import (
	"net/netip"
	"strconv"
	"strings"

	"belfry/core"
)

// caller is who calls. P-Asserted-Identity and Privacy are believed of trusted
// trunks only (RFC 3325 §5, RFC 3323 §4.2); an anonymous From is always that.
func caller(m *message, t Trunk) core.Party {
	a := m.from
	if t.Trusted {
		m.each(hAssertedIdentity, func(v string) bool {
			if id, ok := parseAddress(v); ok {
				a = id
			}
			return false
		})
	}
	u, _ := parseURI(a.uri)
	p := core.Party{Number: number(u.user), Name: plainName(a.display)}
	if u.scheme == "tel" {
		p.Number = dialled(a.uri)
	}
	p.Number = t.way.e164(p.Number)
	from, _ := parseURI(m.from.uri)
	hidden := strings.EqualFold(from.user, "anonymous") || strings.EqualFold(from.host, "anonymous.invalid")
	if t.Trusted {
		for v := range strings.SplitSeq(m.value(hPrivacy), ";") {
			switch strings.ToLower(trim(v)) {
			case "id", "user", "header", "full":
				hidden = true
			}
		}
	}
	if hidden {
		return core.Party{Anonymous: true}
	}
	return p
}

// plainName is a display name as a person may read it: no control characters,
// no more than 100 bytes.
func plainName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > 100 {
		s = strings.ToValidUTF8(s[:100], "")
	}
	return strings.Clone(trim(s))
}

// fromHeader is our From for a call out, without a tag.
func fromHeader(p core.Party, host string) string {
	if p.Anonymous || p.Number == "" && p.Name == "" {
		return `"Anonymous" <sip:anonymous@anonymous.invalid>`
	}
	var b strings.Builder
	if p.Name != "" {
		b.WriteByte('"')
		for _, r := range plainName(p.Name) {
			if r == '"' || r == '\\' {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		b.WriteString(`" `)
	}
	b.WriteString("<sip:")
	if p.Number != "" {
		b.WriteString(escapeUser(p.Number))
		b.WriteByte('@')
	}
	b.WriteString(host)
	b.WriteByte('>')
	return b.String()
}

// escapeUser writes a user part.
func escapeUser(s string) string {
	const plain = cToken | cHost
	if all(s, plain) && strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '`') < 0 || strings.HasPrefix(s, "+") && all(s[1:], cDigit) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; classes[c]&cHost != 0 || c == '+' {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			const hex = "0123456789ABCDEF"
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// contact is our Contact for a flow.
func (e *Endpoint) contact(f flow) string {
	switch {
	case f.conn == nil:
		return e.contactUDP
	case f.conn.secure:
		return e.contactTLS
	}
	return e.contactTCP
}

// hostPort writes an address as it stands in URIs and Via.
func hostPort(a netip.AddrPort) string {
	if a.Addr().Is6() {
		return "[" + a.Addr().String() + "]:" + strconv.Itoa(int(a.Port()))
	}
	return a.String()
}

// withoutTag is a From or To value without its tag.
func withoutTag(v string) string {
	start := 0
	if i := strings.LastIndexByte(v, '>'); i >= 0 {
		start = i
	}
	for i := start; i < len(v); {
		j := strings.IndexByte(v[i:], ';')
		if j < 0 {
			return v
		}
		j += i
		p, _ := cutQuoted(v[j+1:], ';')
		k, _, _ := strings.Cut(p, "=")
		if strings.EqualFold(trim(k), "tag") {
			return trim(v[:j]) + v[j+1+len(p):]
		}
		i = j + 1 + len(p)
	}
	return v
}
