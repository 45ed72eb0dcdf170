package api

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// TLS reads a certificate and its key from PEM files, again when they change:
// a renewal needs no restart. While the new files do not fit together the old
// certificate goes on. TLS 1.2 is the least.
func TLS(certFile, keyFile string) (*tls.Config, error) {
	p := &pair{certFile: certFile, keyFile: keyFile}
	if err := p.read(time.Now()); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return p.certificate(time.Now()), nil
		},
	}, nil
}

// pair is a certificate with its key, as it was read last.
type pair struct {
	certFile, keyFile string

	mu     sync.Mutex
	cert   *tls.Certificate
	stamps [2]time.Time // of the files
	looked time.Time
}

// certificate looks at the files at most once a second.
func (p *pair) certificate(now time.Time) *tls.Certificate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.looked) >= time.Second {
		_ = p.read(now) // half a renewal: the next second will do
	}
	return p.cert
}

func (p *pair) read(now time.Time) error {
	p.looked = now
	var stamps [2]time.Time
	for i, name := range []string{p.certFile, p.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("read certificate: %w", err)
		}
		stamps[i] = info.ModTime()
	}
	if p.cert != nil && stamps == p.stamps {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err != nil {
		return fmt.Errorf("read certificate %s with key %s: %w", p.certFile, p.keyFile, err)
	}
	p.cert, p.stamps = &cert, stamps
	return nil
}
