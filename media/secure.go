package media

import (
	"encoding/base64"
	"fmt"

	"github.com/pion/srtp/v3"
)

// Secure is what a SIP leg's SRTP is made of (RFC 3711), as SDES agreed on it
// (RFC 4568): a suite, and for each way a master key with its salt, 30 bytes in
// base64 as SDP has them.
// The zero value is plain RTP.
type Secure struct {
	Suite        string // AES_CM_128_HMAC_SHA1_80 or AES_CM_128_HMAC_SHA1_32
	Ours, Theirs string // what we send is sealed with ours
}

// The suites, and the length of a master key and its salt.
const (
	Suite80   = "AES_CM_128_HMAC_SHA1_80"
	Suite32   = "AES_CM_128_HMAC_SHA1_32"
	SecretLen = 30
)

const masterKey = 16

// sealLen is how much longer a sealed packet may be.
const sealLen = 16

// Packets that come twice, or that are older than so many others, are not
// heard (RFC 3711 §3.3.2).
const replayWindow = 512

// seal is a leg's SRTP. What it cannot open is not the far end's.
type seal struct {
	set     Secure
	out, in *srtp.Context
}

func (s *seal) on() bool { return s.set.Suite != "" }

// use takes what was agreed. A way whose key stays goes on with its context: a
// new one would forget how often the numbers have come round.
func (s *seal) use(set Secure) error {
	was := s.set
	s.set = set
	if set.Suite == "" {
		s.out, s.in = nil, nil
		return nil
	}
	var err error
	if set.Suite != was.Suite || set.Ours != was.Ours {
		if s.out, err = newContext(set.Suite, set.Ours); err != nil {
			return err
		}
	}
	if set.Suite != was.Suite || set.Theirs != was.Theirs {
		if s.in, err = newContext(set.Suite, set.Theirs); err != nil {
			return err
		}
	}
	return nil
}

func newContext(suite, secret string) (*srtp.Context, error) {
	profile := srtp.ProtectionProfileAes128CmHmacSha1_80
	key, err := base64.StdEncoding.DecodeString(secret)
	switch {
	case err != nil || len(key) != SecretLen:
		return nil, fmt.Errorf("media: an SRTP key of %d bytes", len(key))
	case suite == Suite32:
		profile = srtp.ProtectionProfileAes128CmHmacSha1_32
	case suite != Suite80:
		return nil, fmt.Errorf("media: no SRTP suite is called %q", suite)
	}
	return srtp.CreateContext(key[:masterKey], key[masterKey:], profile,
		srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(64))
}

// open gives the packet that b seals, in b's place.
func (l *Leg) open(b []byte) ([]byte, bool) {
	if !l.seal.on() {
		return b, true
	}
	if l.seal.in == nil {
		return nil, false
	}
	out, err := l.seal.in.DecryptRTP(b[:0], b, &l.opened)
	return out, err == nil
}

// openReport is open for RTCP.
func (l *Leg) openReport(b []byte) ([]byte, bool) {
	if !l.seal.on() {
		return b, true
	}
	if l.seal.in == nil {
		return nil, false
	}
	out, err := l.seal.in.DecryptRTCP(nil, b, nil)
	return out, err == nil
}

// sealed gives b, which has room behind it, sealed; nil when that cannot be.
func (l *Leg) sealed(b []byte) []byte {
	if !l.seal.on() {
		return b
	}
	if l.seal.out == nil {
		return nil
	}
	out, err := l.seal.out.EncryptRTP(b[:0], b, &l.sealing)
	if err != nil {
		return nil
	}
	return out
}

// sealedReport is sealed for RTCP.
func (l *Leg) sealedReport(b []byte) []byte {
	if !l.seal.on() {
		return b
	}
	if l.seal.out == nil {
		return nil
	}
	out, err := l.seal.out.EncryptRTCP(nil, b, nil)
	if err != nil {
		return nil
	}
	return out
}
