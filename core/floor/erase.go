package floor

import (
	"slices"

	"belfry/core"
)

// erased forgets people by their numbers: who talked to them, who missed them,
// which place or queue they had, and that they are to be called back. Calls that
// live know whom they are with until they end.
func (f *Floor) erased(ev core.NumbersErased) {
	is := func(number string) bool { return slices.Contains(ev.Numbers, number) }
	f.memory.drop(is)
	f.balance.Forget(is)
	for _, number := range ev.Numbers {
		f.spoken(nil, number)
	}
	for _, a := range f.sortedAgents() {
		n := len(a.Pops)
		a.Pops = slices.DeleteFunc(a.Pops, func(p *pop) bool { return p.Until == 0 && is(p.Of) })
		if len(a.Pops) != n {
			f.show(a, false)
		}
	}
	for i := range f.plan.Doc.Queues {
		id := f.plan.Doc.Queues[i].ID
		q := f.queues[id]
		q.past.GaveUp = slices.DeleteFunc(q.past.GaveUp, func(g gaveUp) bool { return is(g.Number) })
		for _, number := range ev.Numbers {
			c := f.calls[f.backs[backKey{id, number}]]
			switch {
			case c == nil:
			case c.Stage == dialing:
				c.Back.Left = true // the line that is dialled ends it
			default:
				f.callbackOver(c, "withdrawn")
			}
		}
	}
}

// drop forgets the entries of some numbers. What is in the list never changes:
// it is made anew.
func (m *memory) drop(is func(number string) bool) {
	if slices.ContainsFunc(m.list, func(t talkedTo) bool { return is(t.Number) }) {
		m.learn(slices.DeleteFunc(slices.Clone(m.list), func(t talkedTo) bool { return is(t.Number) }))
	}
}
