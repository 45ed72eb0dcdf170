//go:build !linux

package sip

import (
	"net"
	"syscall"
)

func forceBuffers(syscall.RawConn, int) int { return 0 }

// bufferSize is not asked for here: no warning.
func bufferSize(syscall.RawConn) int { return socketBuffer }

func (e *Endpoint) readUDP(c *net.UDPConn) {
	defer e.running.Done()
	e.readPlain(c)
}
