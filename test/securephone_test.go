package test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate writes one for loopback with its key.
func certificate(t testing.TB) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, b []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret)
}

// TestSecurePhone: a phone of Debian's that takes and makes no call without SRTP is
// registered over TLS. It is rung as its user's setting says, calls, and hears the
// other's tone; the same setting keeps a phone without SRTP out.
func TestSecurePhone(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	tls := fmt.Sprintf("127.0.0.1:%d", ports(t, 1))
	p := Demo(t, "--sip-tls="+tls, "--sip-tls-cert="+cert, "--sip-tls-key="+key)
	admin := p.Login("admin")
	if status := admin.Patch("/api/v1/users/usr_ann", `{"srtp":"required"}`); status != http.StatusOK {
		t.Fatalf("the setting is refused: %d", status)
	}
	ann := p.baresip(t, "201", "demo-201", tls+";transport=tls", ";mediaenc=srtp-mand")

	ph := p.Dial("201", "--codecs", "PCMU")
	ann.Wait("CALL_INCOMING", 1)
	ann.Do("accept", "")
	ann.Wait("CALL_ESTABLISHED", 1)
	pass(t, "they have talked a while", 2*time.Second)
	ann.Do("hangup", "")
	ph.Well()
	if s := ph.Heard().seconds(phoneHz); s < 1 {
		t.Errorf("the caller heard the phone for %.1f s only", s)
	}
	if s := ann.Heard().seconds(callerHz); s < 1 {
		t.Errorf("the phone heard the caller for %.1f s only", s)
	}
	if !strings.Contains(ann.log.whole(), "SRTP is Enabled") {
		t.Error("the phone does not say that its audio is encrypted")
	}

	// Two phones: one over SRTP, the other over plain RTP.
	bob := p.Baresip(t, "202")
	ann.Do("dial", "sip:202@"+tls+";transport=tls")
	bob.Wait("CALL_INCOMING", 1)
	bob.Do("accept", "")
	ann.Wait("CALL_ESTABLISHED", 2)
	bob.Wait("CALL_ESTABLISHED", 1)
	pass(t, "they have talked a while", 2*time.Second)
	ann.Do("hangup", "")
	bob.Wait("CALL_CLOSED", 1)
	if s := bob.Heard().seconds(phoneHz); s < 1 {
		t.Errorf("the other phone heard this one for %.1f s only", s)
	}

	if status := admin.Patch("/api/v1/users/usr_bob", `{"srtp":"required"}`); status != http.StatusOK {
		t.Fatalf("the setting is refused: %d", status)
	}
	bob.Do("dial", "sip:203@"+p.SIP)
	Wait(t, "the phone without SRTP is told why it cannot call", func() bool { return strings.Contains(bob.log.whole(), "488 Not Acceptable Here") })
	p.Sound()
}
