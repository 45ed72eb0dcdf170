package sip

import (
	crand "crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"

	"belfry/core"
	"belfry/media"
)

// srtpRule says whether audio goes over SRTP.
type srtpRule uint8

const (
	srtpOff      srtpRule = iota // plain RTP alone
	srtpAsked                    // as they ask; we offer plain RTP
	srtpOffered                  // SRTP where the far end will, else plain RTP
	srtpRequired                 // SRTP alone
)

// ruleOf reads a setting; what is none of them means usual.
func ruleOf(set string, usual srtpRule) srtpRule {
	switch set {
	case "off":
		return srtpOff
	case "asked":
		return srtpAsked
	case "offered":
		return srtpOffered
	case "required":
		return srtpRequired
	}
	return usual
}

// srtp is the rule of who is called, or calls, by a trunk, or of a user's phone;
// anybody else has plain RTP.
func (e *Endpoint) srtp(t *trunk, user core.UserID) srtpRule {
	switch {
	case t != nil:
		return ruleOf(t.set.SRTP, srtpOff)
	case user == "":
		return srtpOff
	case e.opts.SRTP == nil:
		return srtpAsked
	}
	return ruleOf(e.opts.SRTP(user), srtpAsked)
}

// srtp is the leg's rule.
func (g *leg) srtp() srtpRule { return g.l.e.srtp(g.trunk, g.d.User) }

// takes says whether a section over the protocol is allowed. keyed: it has a key
// that we can use, which makes plain RTP opportunistic SRTP (RFC 8643).
func (r srtpRule) takes(proto string, keyed bool) bool {
	switch proto {
	case "RTP/AVP", "RTP/AVPF":
		return r != srtpRequired || keyed
	}
	return secureProto(proto) && r != srtpOff
}

// keyed says whether a section, whose lines begin the text, has a key that we can
// use.
func keyed(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "m=") {
			return false
		}
		if v, some := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "a=crypto:"); some {
			if _, ok := parseCrypto(v); ok {
				return true
			}
		}
	}
	return false
}

func secureProto(proto string) bool { return proto == "RTP/SAVP" || proto == "RTP/SAVPF" }

// crypto is one a=crypto attribute (RFC 4568): under its tag, a suite and what
// its writer seals with, in base64.
type crypto struct {
	tag    int
	suite  string
	secret string
}

// parseCrypto reads an attribute of a suite that we know. One with a key
// identifier, or that would leave something open, is as good as none.
func parseCrypto(v string) (crypto, bool) {
	f := strings.Fields(v)
	if len(f) < 3 || f[1] != media.Suite80 && f[1] != media.Suite32 {
		return crypto{}, false
	}
	tag, err := strconv.ParseUint(f[0], 10, 30)
	key, ok := strings.CutPrefix(f[2], "inline:")
	if err != nil || !ok || strings.Contains(key, ";") {
		return crypto{}, false
	}
	key, rest, _ := strings.Cut(key, "|")
	if strings.Contains(rest, ":") {
		return crypto{}, false
	}
	for _, p := range f[3:] {
		if !strings.HasPrefix(p, "WSH=") {
			return crypto{}, false
		}
	}
	secret, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(key, "=")) // some leave out the end
	if err != nil || len(secret) != media.SecretLen {
		return crypto{}, false
	}
	return crypto{tag: int(tag), suite: f[1], secret: base64.StdEncoding.EncodeToString(secret)}, true
}

func appendCrypto(b []byte, c crypto) []byte {
	b = append(b, "a=crypto:"...)
	b = strconv.AppendInt(b, int64(c.tag), 10)
	b = append(append(append(b, ' '), c.suite...), " inline:"...)
	return append(append(b, c.secret...), "\r\n"...)
}

// newSecret is a master key with its salt.
func newSecret() string {
	var b [media.SecretLen]byte
	_, _ = crand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}

// offerKeys makes the keys for an offer of ours: new ones for a new call, those
// in use where the far end has said yes to one, so that no packet on its way is
// lost to a change of keys.
func (g *leg) offerKeys() {
	a := &g.d.Audio
	switch {
	case g.plain:
		g.keys = nil
	case a.Secure.Suite != "":
		g.keys = []crypto{{1, a.Secure.Suite, a.Secure.Ours}}
	case g.srtp() < srtpOffered:
		g.keys = nil
	case g.d.Incoming && !g.d.Up && g.srtp() == srtpOffered:
		g.keys = nil // they let us offer, and could not say no
	case a.Codec != "" && g.d.Up:
		g.keys = nil // plain RTP was agreed on
	case len(g.keys) == 0 || !g.d.Up:
		g.keys = []crypto{{1, media.Suite80, newSecret()}, {2, media.Suite32, newSecret()}}
	}
}

// readAnswer reads a description that answers our offer: over what we offered,
// with one of the keys that we offered.
func (g *leg) readAnswer(body string) (*session, *fault) {
	rule := srtpOff
	if len(g.keys) > 0 {
		rule = srtpRequired
	}
	s, f := readSDP(body, rule)
	if f != nil {
		return s, f
	}
	s.answer = true
	if s.secure && g.offered(s.crypto) == nil {
		return s, errCrypto
	}
	return s, g.l.reachable(s)
}

// offered is the key of ours that an attribute of an answer goes with.
func (g *leg) offered(c crypto) *crypto {
	for i := range g.keys {
		if g.keys[i].tag == c.tag && g.keys[i].suite == c.suite {
			return &g.keys[i]
		}
	}
	return nil
}

// agreeKeys takes the key of what is settled on. When they offer again with the
// key that they had, ours stays too.
func (g *leg) agreeKeys(s *session) {
	a, c := &g.d.Audio, s.crypto
	switch {
	case !s.secure:
		a.Secure, a.Tag, a.Proto = media.Secure{}, 0, ""
		return
	case s.answer:
		a.Secure.Ours = g.offered(c).secret
	case a.Secure.Theirs != c.secret || a.Secure.Suite != c.suite:
		a.Secure.Ours = newSecret()
	}
	a.Secure.Suite, a.Secure.Theirs, a.Tag = c.suite, c.secret, c.tag
	a.Proto = strings.Clone(s.sections[s.audio].proto)
}

// withoutKeys calls once more with plain RTP, where a far end refuses SRTP and
// the rule can do without.
func (g *leg) withoutKeys(status int) bool {
	if g.d.Incoming || g.srtp() != srtpOffered || len(g.keys) == 0 || g.rang {
		return false
	}
	switch status {
	case 406, 415, 488, 606:
	default:
		return false
	}
	g.plain = true
	g.rename()
	g.sendInvite()
	return true
}
