package demo

import (
	"net"
	"strconv"

	"belfry/core/plan"
)

// Trunk is where calls to outside numbers go: HOST:PORT of somebody's own SIP
// server, which is asked nothing but to take calls.
func Trunk(at string) plan.Trunk {
	t := plan.Trunk{ID: "trk_demo", Name: "Demo", Ping: -1}
	host, port, err := net.SplitHostPort(at)
	if err == nil {
		t.Host = host
		t.Port, _ = strconv.Atoi(port)
	}
	return t
}

// FarEnd is the trunk to the built-in far end at HOST:PORT.
func FarEnd(at string) plan.Trunk {
	t := Trunk(at)
	t.Name, t.Ping = "Built-in far end", 0
	return t
}
