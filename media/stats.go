package media

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// counters count since the engine started.
type counters struct {
	in, out, unsent, keys, vetoes, panics, badRTCP                    atomic.Uint64
	tapeLost                                                          atomic.Uint64
	early, malformed, unknown, strangers, held, late, crossed, forged atomic.Uint64
}

// Stats is what an engine has done and has to do.
type Stats struct {
	Legs, Lines, Rooms, Mixes int
	Ports, PortsInUse         int // pairs
	PacketsIn, PacketsOut     uint64
	Unsent                    uint64 // the system refused to send them
	Keys                      uint64 // pressed by far ends
	Vetoes                    uint64 // orders of an older epoch
	Panics                    uint64 // packets that hit a bug of ours
	BadRTCP                   uint64
	Dropped                   map[string]uint64 // by reason
	LateBeats                 uint64            // 5 ms steps that the clock had to let go
	Tapes                     int               // recordings under way
	TapeLost                  uint64            // packets that the disk was too slow for
	Wire                      string            // epoll or plain
	// WireCPU is what the threads of the epoll loops have used, WirePackets what
	// they took in: CPU per packet. Both are zero on the plain wire.
	WireCPU     time.Duration
	WirePackets uint64
}

// Stats reads the counters.
func (e *Engine) Stats() Stats {
	c := &e.count
	s := Stats{
		Ports: e.ports.size, PortsInUse: e.ports.used(), Wire: e.wire.name(),
		PacketsIn: c.in.Load(), PacketsOut: c.out.Load(), Unsent: c.unsent.Load(), Keys: c.keys.Load(),
		Vetoes: c.vetoes.Load(), Panics: c.panics.Load(), BadRTCP: c.badRTCP.Load(),
		LateBeats: uint64(e.clock.late.Load()),
		Dropped: map[string]uint64{
			"early": c.early.Load(), "malformed": c.malformed.Load(), "unknown_payload": c.unknown.Load(),
			"stranger": c.strangers.Load(), "held": c.held.Load(), "late": c.late.Load(), "crossed": c.crossed.Load(), "forged": c.forged.Load(),
		},
	}
	s.WireCPU, s.WirePackets = e.wire.cost()
	e.mu.Lock()
	defer e.mu.Unlock()
	s.Tapes, s.TapeLost = len(e.reels), c.tapeLost.Load()
	s.Legs, s.Rooms = len(e.legs), len(e.rooms)
	for _, l := range e.legs {
		if l.line != nil {
			s.Lines++
		}
	}
	for _, r := range e.rooms {
		if r.mixing {
			s.Mixes++
		}
	}
	return s
}

// Check returns what does not hold of the engine's invariants: open ports are
// live legs, and whoever is in a room is alive. It is empty in good order.
func (e *Engine) Check() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var broken []string
	sip := 0
	for id, l := range e.legs {
		if l.line == nil {
			sip++
		}
		if r := l.room; r != nil && (e.rooms[r.id] != r || !slices.Contains(r.legs, l)) {
			broken = append(broken, fmt.Sprintf("leg %s believes to be in room %s, which does not know it", id, r.id))
		}
	}
	if used := e.ports.used(); used != sip && e.moving.Load() == 0 {
		broken = append(broken, fmt.Sprintf("%d port pairs are open for %d live legs", used, sip))
	}
	for id, r := range e.rooms {
		if len(r.legs) == 0 {
			broken = append(broken, fmt.Sprintf("room %s is empty", id))
		}
		for _, l := range r.legs {
			if e.legs[l.id] != l {
				broken = append(broken, fmt.Sprintf("room %s holds leg %s, which is gone", id, l.id))
			}
		}
	}
	slices.Sort(broken)
	return broken
}
