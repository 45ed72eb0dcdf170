package rtc

import "belfry/core"

// Do carries out Drop of a browser's line and ignores all other effects: what
// is heard on a line is the media engine's. An order for a line that is gone is
// late and ignored. A line refuses an order of an older epoch than one it has
// seen, so that a floor that has lost its place cannot take an agent's line
// from the one that has it.
func (s *Stations) Do(o core.Order) {
	drop, ok := o.Effect.(core.Drop)
	if !ok {
		return
	}
	s.mu.Lock()
	st := s.byLeg[drop.Leg]
	if st == nil || st.gone {
		s.mu.Unlock()
		return
	}
	if o.Epoch < st.epoch {
		s.count.refused++
		s.mu.Unlock()
		s.log.Warn("order of an older epoch refused", "agent", st.agent, "leg", drop.Leg, "epoch", o.Epoch, "seen", st.epoch)
		return
	}
	st.epoch = o.Epoch
	s.mu.Unlock()
	s.end(st, "dropped")
}
