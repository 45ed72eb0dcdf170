package sip

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/icholy/digest"

	"belfry/core"
)

// login proves to one trunk who we are (RFC 3261 §22, RFC 8760), for all
// requests of a dialog or of a registration. It answers nobody but the trunk:
// a challenge from anywhere else is a refusal.
type login struct {
	t      *trunk
	proofs []evidence
}

// evidence is what was answered to one realm of the trunk, and may be said again
// while the far end takes its nonce.
type evidence struct {
	proxy bool
	c     *digest.Challenge
	count int
}

// mostChallenges is how often one request is sent anew.
const mostChallenges = 3

// login is how calls prove themselves; nil when the trunk asks for no proof.
func (t *trunk) login() *login {
	if t == nil || t.set.Login == "" {
		return nil
	}
	return &login{t: t}
}

// name is the header that a proof goes into.
func (p *evidence) name() string {
	if p.proxy {
		return "Proxy-Authorization"
	}
	return "Authorization"
}

// challenged takes a 401 or 407 to a request that was sent anew so many times
// already. False: it cannot be answered, or was answered in vain.
func (lg *login) challenged(m *message, again uint8) bool {
	proxy, id := m.status == 407, hAuthenticate
	if proxy {
		id = hProxyAuthenticate
	}
	c := strongest(m, id)
	if c == nil || again >= mostChallenges {
		return false
	}
	i := slices.IndexFunc(lg.proofs, func(p evidence) bool { return p.proxy == proxy && p.c.Realm == c.Realm })
	if i < 0 {
		lg.proofs = append(lg.proofs, evidence{proxy: proxy, c: c})
		return len(lg.proofs) <= mostChallenges
	}
	if again > 0 && !c.Stale {
		return false // the password is wrong
	}
	lg.proofs[i] = evidence{proxy: proxy, c: c}
	return true
}

// strongest is the challenge to answer when there are several.
func strongest(m *message, id headerID) *digest.Challenge {
	var best *digest.Challenge
	for i := range m.hdrs {
		if m.hdrs[i].id != id {
			continue
		}
		c, err := digest.ParseChallenge(strings.Clone(m.hdrs[i].value))
		if err != nil || !digest.CanDigest(c) || c.Nonce == "" {
			continue
		}
		for j := range c.QOP {
			c.QOP[j] = trim(c.QOP[j])
		}
		if best == nil || strength(c) > strength(best) {
			best = c
		}
	}
	return best
}

func strength(c *digest.Challenge) int {
	switch strings.ToUpper(c.Algorithm) {
	case "SHA-512-256", "SHA-512":
		return 3
	case "SHA-256":
		return 2
	}
	return 1
}

// append writes the proofs for a request.
func (lg *login) append(b []byte, method, uri string, body []byte) []byte {
	if lg == nil || len(lg.proofs) == 0 {
		return b
	}
	password, err := lg.t.password()
	if err != nil {
		lg.t.failed("no password: " + err.Error())
		return b
	}
	for i := range lg.proofs {
		p := &lg.proofs[i]
		p.count++
		proof, err := digest.Digest(p.c, digest.Options{
			Method: method, URI: uri, Username: lg.t.set.Login, Password: password, Count: p.count,
			GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil },
		})
		if err != nil {
			lg.t.failed(err.Error())
			continue
		}
		b = appendHeader(b, p.name(), proof.String())
	}
	return b
}

// password is the trunk's, as the store has it now.
func (t *trunk) password() (string, error) {
	if t.e.opts.Password == nil || t.set.Secret == "" {
		return "", core.Errorf(core.Missing, "no-secret", "the trunk names no secret")
	}
	return t.e.opts.Password(t.set.Secret)
}

// prove sends the request of tx anew with proof: a new transaction with the next
// CSeq, the same in all else (RFC 3261 §22.2). It is nil when there is nothing
// to prove it with.
func (tx *clientTx) prove(m *message) *clientTx {
	l, lg := tx.l, tx.login
	if m.flow.addr.Addr() != tx.flow.addr.Addr() || !lg.challenged(m, tx.again) {
		return nil
	}
	head, body, _ := bytes.Cut(tx.msg, []byte("\r\n\r\n"))
	method, rest, _ := strings.Cut(string(head), " ")
	uri, _, _ := strings.Cut(rest, " ")
	branch, cseq := l.short("z9hG4bK"), tx.cseq+1
	b := l.out[:0]
	for line := range strings.SplitSeq(string(head), "\r\n") {
		switch {
		case strings.HasPrefix(line, "Via: "):
			line = strings.Replace(line, tx.branch, branch, 1)
		case strings.HasPrefix(line, "CSeq: "):
			line = fmt.Sprintf("CSeq: %d %s", cseq, method)
		case strings.HasPrefix(line, "Authorization: "), strings.HasPrefix(line, "Proxy-Authorization: "):
			continue
		case strings.HasPrefix(line, "Content-Length: "):
			b = lg.append(b, method, uri, body)
		}
		b = append(append(b, line...), "\r\n"...)
	}
	b = append(append(b, "\r\n"...), body...)
	l.out = b[:0]
	next := l.start(method, branch, tx.flow, append([]byte(nil), b...), tx.leg, tx.for_)
	next.cseq, next.login, next.who, next.again = cseq, lg, tx.who, tx.again+1
	return next
}

// appendProofs repeats in an ACK what its INVITE proved (RFC 3261 §22.1).
func appendProofs(b, invite []byte) []byte {
	for line := range strings.Lines(string(invite)) {
		if line == "\r\n" {
			break
		}
		if strings.HasPrefix(line, "Authorization: ") || strings.HasPrefix(line, "Proxy-Authorization: ") {
			b = append(b, line...)
		}
	}
	return b
}
