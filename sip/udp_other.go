//go:build !linux

package sip

import (
	"net"
	"net/netip"
	"syscall"
)

// outlet is what UDP messages leave by.
type outlet struct{ c *net.UDPConn }

func newOutlet(c *net.UDPConn) (outlet, error) { return outlet{c}, nil }

func (o outlet) send(msg []byte, to netip.AddrPort) error {
	_, err := o.c.WriteToUDPAddrPort(msg, to)
	return err
}

func forceBuffers(syscall.RawConn, int) int { return 0 }

// bufferSize is not asked for here: no warning.
func bufferSize(syscall.RawConn) int { return socketBuffer }

func (e *Endpoint) readUDP(c *net.UDPConn) {
	defer e.running.Done()
	e.readPlain(c)
}
