package api_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
)

// Whoever only holds connections keeps at most 64 of them, and others from the
// same address are answered at once.
func TestDoorman(t *testing.T) {
	t.Parallel()
	h := open(t)
	at := strings.TrimPrefix(h.url, "http://")
	held := make([]net.Conn, 300)
	for i := range held {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte("G")); err != nil && i >= 200 {
			t.Logf("connection %d: %v", i, err)
		}
		held[i] = c
	}
	began := time.Now()
	if r := h.browser().get("/healthz"); r.status != 200 || time.Since(began) > 500*time.Millisecond {
		t.Errorf("healthz: %d after %v", r.status, time.Since(began))
	}
	cut := 0
	for _, c := range held[:300-64-1] {
		if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err != nil && !os.IsTimeout(err) {
			cut++
		}
	}
	if cut < 300-64-1 {
		t.Errorf("%d of %d old connections were cut", cut, 300-64-1)
	}
}

// A connection that has asked for something is no newcomer any more.
func TestDoormanKeepsStreams(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := h.as("ann").listen()
	l.next("ping", true)
	at := strings.TrimPrefix(h.url, "http://")
	for range 100 {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if r := h.browser().get("/healthz"); r.status != 200 {
		t.Fatal(r.status)
	}
	h.screens.Draw("usr_ann", &core.Desk{Epoch: 1, Seq: 1 << 40, Agent: core.DeskAgent{ID: "usr_ann"}})
	l.next("desk", true)
}

func TestSlowHeader(t *testing.T) {
	t.Parallel()
	h := open(t)
	c, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(15 * time.Second)); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = io.Copy(io.Discard, bufio.NewReader(c))
	if os.IsTimeout(err) || time.Since(began) > 10*time.Second {
		t.Errorf("a slow header is still waited for after %v: %v", time.Since(began), err)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := api.TLS(cert, key); err == nil || !strings.Contains(err.Error(), "cert.pem") {
		t.Errorf("no file: %v", err)
	}
	newCert(t, cert, key, 1)
	conf, err := api.TLS(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	h := open(t)
	s := api.Server(h.api, nil)
	s.TLSConfig = conf
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.ServeTLS(api.Doorman(l), "", "") }()
	t.Cleanup(func() { s.Close() })

	serial := func(conf *tls.Config) (int64, string, error) {
		conf.InsecureSkipVerify = true
		conf.NextProtos = []string{"h2"}
		c, err := tls.Dial("tcp", l.Addr().String(), conf)
		if err != nil {
			return 0, "", err
		}
		defer c.Close()
		st := c.ConnectionState()
		return st.PeerCertificates[0].SerialNumber.Int64(), st.NegotiatedProtocol, nil
	}
	if n, proto, err := serial(&tls.Config{}); n != 1 || proto != "h2" || err != nil {
		t.Errorf("certificate %d, %s, %v", n, proto, err)
	}
	if _, _, err := serial(&tls.Config{MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is taken")
	}
	newCert(t, cert, key, 2)
	late := time.Now().Add(10 * time.Second)
	for n := int64(0); n != 2; {
		if n, _, err = serial(&tls.Config{}); err != nil || time.Now().After(late) {
			t.Fatalf("the new certificate is not shown: %d %v", n, err)
		}
	}
	if err := os.WriteFile(key, []byte("half a renewal"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, _, err := serial(&tls.Config{}); n != 2 || err != nil {
		t.Errorf("during a renewal: %d %v", n, err)
	}
	c := http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	resp, err := c.Get("https://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 || resp.ProtoMajor != 2 || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s %d %v", resp.Proto, resp.StatusCode, resp.Header)
	}
}

func newCert(t *testing.T, cert, key string, serial int64) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "belfry.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"belfry.test"},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	kb, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]*pem.Block{key: {Type: "PRIVATE KEY", Bytes: kb}, cert: {Type: "CERTIFICATE", Bytes: der}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
