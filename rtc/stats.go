package rtc

import (
	"fmt"
	"slices"
	"strings"

	"belfry/core"
)

// Stats are the stations' own figures, for /metrics.
type Stats struct {
	Up, Coming     int    // lines that count; lines on their way
	Opened, Closed uint64 // since the start
	Refused        uint64 // orders of an older epoch
	PacketsIn      uint64 // RTP of the lines that are up
	PacketsOut     uint64
	Strange        uint64 // packets of a payload type that was not agreed on
	Failed         uint64 // packets that could not be sent
	Troubles       uint64 // errors of the UDP socket
}

type counts struct{ opened, closed, refused uint64 }

// Stats are the figures now.
func (s *Stations) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := Stats{Opened: s.count.opened, Closed: s.count.closed, Refused: s.count.refused, Troubles: s.sock.troubles.Load()}
	for _, p := range s.seats {
		if p.coming != nil {
			t.Coming++
		}
		if p.up == nil {
			continue
		}
		t.Up++
		p.up.in.mu.Lock()
		t.PacketsIn += uint64(p.up.in.got)
		p.up.in.mu.Unlock()
		t.PacketsOut += uint64(p.up.out.packets.Load())
		t.Strange += p.up.in.strange.Load()
		t.Failed += p.up.out.failed.Load()
	}
	return t
}

// States are all lines that are up, as they are written down, by agent.
func (s *Stations) States() []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []State
	for agent, p := range s.seats {
		if p.up != nil {
			list = append(list, State{
				Station: p.up.id, Agent: agent, Leg: p.up.leg,
				Codecs: slices.Clone(p.up.codecs), Up: core.At(p.up.upAt), Epoch: p.up.epoch,
			})
		}
	}
	slices.SortFunc(list, func(a, b State) int { return strings.Compare(string(a.Agent), string(b.Agent)) })
	return list
}

// Check returns what is not as it must be: each live line sits on its agent's
// seat and has its leg in the media engine; nothing else is kept.
func (s *Stations) Check() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var broken []string
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	seated := 0
	for agent, p := range s.seats {
		if p.up == nil && p.coming == nil {
			say("the seat of %s is empty and kept", agent)
		}
		for _, st := range []*station{p.up, p.coming} {
			if st == nil {
				continue
			}
			seated++
			if st.gone || st.agent != agent || s.byID[st.id] != st || s.byLeg[st.leg] != st {
				say("station %s of %s is on a seat but not in the tables", st.id, agent)
			}
			if s.opts.Media.Leg(st.leg) == nil {
				say("station %s has no leg in the media engine", st.id)
			}
		}
	}
	if seated != len(s.byID) || seated != len(s.byLeg) {
		say("%d lines on seats, %d by name, %d by leg", seated, len(s.byID), len(s.byLeg))
	}
	if live := s.count.opened - s.count.closed; live != uint64(seated) {
		say("%d lines opened and not closed, %d on seats", live, seated)
	}
	slices.Sort(broken)
	return broken
}
