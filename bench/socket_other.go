//go:build !linux

package bench

import (
	"net"
	"os/exec"
)

func dieWithUs(*exec.Cmd)  {}
func tune(*net.UDPConn)    {}
func stampOf([]byte) int64 { return 0 }
