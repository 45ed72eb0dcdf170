package host

import (
	"maps"
	"slices"

	"belfry/core"
)

// markDesk marks a desk to be drawn: after this step when it is urgent, else
// within 50 ms, together with all that changes until then.
func (h *Host) markDesk(s core.Show) {
	if s.Now {
		if !slices.Contains(h.urgent, s.Agent) {
			h.urgent = append(h.urgent, s.Agent)
		}
		return
	}
	h.dirty[s.Agent] = struct{}{}
	if h.showDue.IsZero() {
		h.showDue = h.clock.at.Add(showWithin)
	}
}

func (h *Host) drawUrgent() {
	for _, agent := range h.urgent {
		h.draw(agent)
		delete(h.dirty, agent)
	}
	h.urgent = h.urgent[:0]
}

// flush draws every desk that has changed, once.
func (h *Host) flush() {
	h.showDue = 0
	for _, agent := range slices.Sorted(maps.Keys(h.dirty)) {
		h.draw(agent)
	}
	clear(h.dirty)
}

func (h *Host) draw(agent core.UserID) {
	if h.o.Show == nil {
		return
	}
	caught := guard(func() {
		if d := h.floor.Desk(agent); d != nil {
			h.o.Show(agent, d)
		}
	})
	if caught != nil {
		h.count.panics.Add(1)
		h.log.Error("drawing a desk panics", "agent", string(agent), "panic", caught.what, "stack", string(caught.stack))
	}
}

// drawPools has the twin draw the lists of those who look at one, when they
// have changed, at most every 500 ms. It returns when to come again, zero when
// nothing has changed.
func (h *Host) drawPools(now core.Time) core.Time {
	var revision uint64
	_ = guard(func() { revision = h.floor.PoolRevision() })
	if revision == h.poolSeen {
		return 0
	}
	if now < h.poolDue {
		return h.poolDue
	}
	h.poolSeen, h.poolDue = revision, now.Add(poolEvery)
	if h.o.Pool == nil || h.o.Watching == nil {
		return 0
	}
	var watching []core.UserID
	_ = guard(func() { watching = h.o.Watching() })
	if len(watching) == 0 {
		return 0
	}
	h.twin.Load().do(func(m machine) {
		if m == nil {
			return
		}
		for _, agent := range watching {
			if p := m.Pool(agent); p != nil {
				h.o.Pool(agent, p)
			}
		}
	})
	return 0
}
