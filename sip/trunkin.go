package sip

import (
	"crypto/md5" // trunks that know nothing better; SHA-256 is asked for first
	"crypto/sha256"
	"encoding/hex"
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

// vouched has a trunk that is set so prove each call that comes in. False: the
// request was answered.
func (l *lane) vouched(t *trunk, m *message) bool {
	if !t.set.Challenge {
		return true
	}
	e := l.e
	var c credentials
	for i := range m.hdrs {
		if m.hdrs[i].id != hAuthorization || c.response != "" {
			continue
		}
		if got, ok := parseCredentials(m.hdrs[i].value); ok && got.realm == realm {
			c = got
		}
	}
	at := e.opts.Now()
	if c.response == "" || !c.wellFormed() || !e.nonces.fresh(c.nonce, m.flow.addr.Addr(), at) {
		l.challenge(m, c.response != "")
		return false
	}
	password, err := t.password()
	if err != nil || c.username != t.set.Login || !sameTarget(c.uri, m.uri) || !c.answers(m.method, loginSecret(t.set.Login, password)) {
		t.failed("a call that came in did not prove the login")
		e.log.Warn("a call from a trunk did not prove the login", "trunk", t.set.ID, "from", m.flow.addr, "error", err)
		l.refuse(m, 403, reasonOf(403))
		return false
	}
	if !e.nonces.use(c.nonce, c.nc, at) {
		l.challenge(m, true)
		return false
	}
	return true
}

// loginSecret is what a login's proof is checked with.
func loginSecret(login, password string) Secret {
	a1 := []byte(login + ":" + realm + ":" + password)
	m, s := md5.Sum(a1), sha256.Sum256(a1)
	return Secret{MD5: hex.EncodeToString(m[:]), SHA256: hex.EncodeToString(s[:])}
}
