package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// ErrSecure is that the address for TLS could not be had.
var ErrSecure = errors.New("SIP over TLS")

// bindTLS takes the address for TLS, if there is one.
func (e *Endpoint) bindTLS() error {
	if e.opts.Secure == "" {
		return nil
	}
	if e.opts.TLS == nil {
		return errors.New("SIP over TLS needs a certificate")
	}
	ln, err := (&net.ListenConfig{}).Listen(e.ctx, "tcp", e.opts.Secure)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSecure, err)
	}
	e.secure = ln
	return nil
}

// unbind frees the addresses.
func (e *Endpoint) unbind() {
	_ = e.udp.Close()
	_ = e.tcp.Close()
	if e.secure != nil {
		_ = e.secure.Close()
	}
}

// nameTLS decides what we call ourselves on connections with TLS. Where nobody
// listens for them, requests can only come back on the connection itself.
func (e *Endpoint) nameTLS(ip netip.Addr) {
	e.sentByTLS = e.sentBy
	if e.secure != nil {
		_, port, _ := net.SplitHostPort(e.secure.Addr().String())
		n, _ := strconv.ParseUint(port, 10, 16)
		e.sentByTLS = hostPort(netip.AddrPortFrom(ip, uint16(n)))
	}
	e.contactTLS = "<sip:" + e.sentByTLS + ";transport=tls>"
}

// SecureAddr is where the endpoint listens for TLS; empty when it does not.
func (e *Endpoint) SecureAddr() string {
	if e.secure == nil {
		return ""
	}
	return e.secure.Addr().String()
}

// via is what stands in the Via of requests on a flow.
func (e *Endpoint) via(f flow) string {
	if f.conn != nil && f.conn.secure {
		return e.sentByTLS
	}
	return e.sentBy
}

// shake puts TLS onto a new connection to the trunk. Its certificate must be for
// the name that the trunk is set by, whatever the DNS made of it (RFC 5922 §7).
func (t *trunk) shake(conn net.Conn) (net.Conn, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.set.Host}
	if ours := t.e.opts.TLS; ours != nil {
		conf.Certificates = ours.Certificates
		if get := ours.GetCertificate; get != nil {
			conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return get(&tls.ClientHelloInfo{}) }
		}
	}
	if t.e.opts.Roots != nil {
		roots, err := t.e.opts.Roots(t.set.ID)
		if err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("whom to trust: %w", err)
		}
		conf.RootCAs = roots
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.e.ctx), dialTime)
	defer cancel()
	secure := tls.Client(conn, conf)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}
