package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/icholy/digest"
)

// Secret is what is known of a phone's password: the hash of extension, realm
// and password (A1 of RFC 7616), in hexadecimal.
type Secret struct{ MD5, SHA256 string }

// credentials are an Authorization header taken apart (RFC 7616 §3.4).
type credentials struct {
	username, realm, nonce, uri, response string
	algorithm, cnonce, qop                string
	nc                                    uint32
}

// parseCredentials reads Digest credentials. What is given twice could be read
// in two ways, and is refused.
func parseCredentials(v string) (c credentials, ok bool) {
	scheme, rest, _ := strings.Cut(v, " ")
	if !strings.EqualFold(scheme, "Digest") || len(v) > 2048 {
		return c, false
	}
	fields := map[string]*string{
		"username": &c.username, "realm": &c.realm, "nonce": &c.nonce, "uri": &c.uri, "response": &c.response,
		"algorithm": &c.algorithm, "cnonce": &c.cnonce, "qop": &c.qop, "nc": new(string),
	}
	seen := map[string]bool{}
	for rest = trim(rest); rest != ""; {
		var p string
		p, rest = cutQuoted(rest, ',')
		name, value, eq := strings.Cut(p, "=")
		name, value = strings.ToLower(trim(name)), trim(value)
		switch {
		case !eq || name == "" || !all(name, cToken) || seen[name]:
			return c, false
		case strings.HasPrefix(value, `"`):
			if closingQuote(value) != len(value)-1 {
				return c, false
			}
			value = unquote(value[1 : len(value)-1])
		case value == "" || !all(value, cToken):
			return c, false
		}
		seen[name] = true
		if f := fields[name]; f != nil {
			*f = value
		}
	}
	if seen["nc"] {
		n, err := strconv.ParseUint(*fields["nc"], 16, 32)
		if err != nil || len(*fields["nc"]) != 8 {
			return c, false
		}
		c.nc = uint32(n)
	}
	return c, c.username != "" && c.nonce != "" && c.response != ""
}

// answers says whether the credentials prove that their sender knows the secret.
func (c *credentials) answers(method string, s Secret) bool {
	a1 := s.MD5
	if strings.EqualFold(c.algorithm, "SHA-256") {
		a1 = s.SHA256
	}
	challenge := &digest.Challenge{Realm: c.realm, Nonce: c.nonce, Algorithm: c.algorithm}
	if c.qop != "" {
		challenge.QOP = []string{"auth"}
	}
	want, err := digest.Digest(challenge, digest.Options{
		Method: method, URI: c.uri, Count: int(c.nc), Username: c.username, A1: a1, Cnonce: c.cnonce,
	})
	return err == nil && subtle.ConstantTimeCompare([]byte(want.Response), []byte(strings.ToLower(c.response))) == 1
}

// wellFormed says whether they are an answer to a challenge such as ours.
func (c *credentials) wellFormed() bool {
	switch strings.ToUpper(c.algorithm) {
	case "", "MD5", "SHA-256":
	default:
		return false
	}
	if c.qop == "" { // RFC 2069: such a phone counts nothing, and each nonce is good for once
		return c.nc == 0 && c.cnonce == ""
	}
	return strings.EqualFold(c.qop, "auth") && c.cnonce != "" && c.nc > 0
}

// nonces are made without keeping anything: the time and who asked are signed.
// Only of those that were answered rightly is the count kept.
type nonces struct {
	key  [32]byte
	life time.Duration

	mu        sync.Mutex
	used, old map[string]*counted // of this lifetime and the one before
	turned    int64               // ms
}

// counted is which counts of a nonce have been used: the highest, and below it
// a bit for each, for what UDP has brought out of order.
type counted struct {
	highest uint32
	below   uint64
}

func newNonces(life time.Duration) *nonces {
	n := &nonces{life: life, used: map[string]*counted{}, old: map[string]*counted{}}
	_, _ = rand.Read(n.key[:]) // never fails
	return n
}

const (
	nonceHead = 12 // time and chance
	nonceSign = 12
)

// make is a new nonce for a source.
func (n *nonces) make(source netip.Addr, now time.Time) string {
	b := make([]byte, nonceHead, nonceHead+nonceSign)
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(b[:6], ms[2:])
	_, _ = rand.Read(b[6:]) // never fails
	return base64.RawURLEncoding.EncodeToString(append(b, n.sign(b, source)...))
}

func (n *nonces) sign(head []byte, source netip.Addr) []byte {
	h := hmac.New(sha256.New, n.key[:])
	h.Write(head)
	ip := source.As16()
	h.Write(ip[:])
	return h.Sum(nil)[:nonceSign]
}

// fresh says whether we made the nonce for that source, not too long ago.
func (n *nonces) fresh(nonce string, source netip.Addr, now time.Time) bool {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != nonceHead+nonceSign || !hmac.Equal(b[nonceHead:], n.sign(b[:nonceHead], source)) {
		return false
	}
	var ms [8]byte
	copy(ms[2:], b[:6])
	age := now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:]))))
	return age >= -time.Second && age <= n.life
}

// use counts a nonce; false when that count was used before: a replay.
func (n *nonces) use(nonce string, nc uint32, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if ms := now.UnixMilli(); ms-n.turned > n.life.Milliseconds() {
		n.old, n.used, n.turned = n.used, map[string]*counted{}, ms
	}
	c := n.used[nonce]
	if c == nil {
		if c = n.old[nonce]; c == nil {
			c = &counted{}
		}
		n.used[strings.Clone(nonce)] = c
	}
	if nc == 0 {
		nc = 1
	}
	switch d := int64(nc) - int64(c.highest); {
	case d > 0:
		c.below = c.below<<min(d, 64) | 1
		c.highest = nc
	case d <= -64 || c.below>>uint(-d)&1 == 1:
		return false
	default:
		c.below |= 1 << uint(-d)
	}
	return true
}

// nobodys is the secret of an extension that has none: checking it takes as
// long, and nothing answers it.
func (n *nonces) nobodys(extension string) Secret {
	h := hmac.New(sha256.New, n.key[:])
	h.Write([]byte(extension))
	sum := hex.EncodeToString(h.Sum(nil))
	return Secret{MD5: sum[:32], SHA256: sum}
}
