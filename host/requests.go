package host

import (
	"context"
	"time"

	"belfry/core"
)

// Requests to other programs are made aside, a few at a time; one that is slow
// keeps others waiting, never the floor.
const (
	callers  = 16
	callTime = 8 * time.Second // whoever makes them gives up sooner
)

// request has the request made. Where too many wait already it is not.
func (h *Host) request(r core.Request) {
	select {
	case h.calls <- r:
	default:
		h.log.Warn("too many requests to other programs wait; one is not made", "pop", string(r.Pop))
		h.put(item{ev: core.RequestEnded{Agent: r.Agent, Pop: r.Pop, Why: "busy"}})
	}
}

// callAll makes requests until the host closes.
func (h *Host) callAll() {
	for r := range h.calls {
		status, why := 0, "unreachable"
		if h.o.Request != nil {
			ctx, cancel := context.WithTimeout(context.Background(), callTime)
			if caught := guard(func() { status, why = h.o.Request(ctx, r) }); caught != nil {
				h.log.Error("a request panics", "pop", string(r.Pop), "panic", caught.what, "stack", string(caught.stack))
				status, why = 0, "failed"
			}
			cancel()
		}
		_ = h.Tell(core.RequestEnded{Agent: r.Agent, Pop: r.Pop, Status: status, Why: why}) // closing: the deadline says that nobody knows
	}
}
