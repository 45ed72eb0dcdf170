//go:build !linux

package bench

import (
	"net"
	"os/exec"
	"time"
)

func dieWithUs(*exec.Cmd)           {}
func tune(*net.UDPConn)             {}
func stampOf([]byte) int64          { return 0 }
func usedByUs() (sum time.Duration) { return 0 }
