package acd

import (
	"cmp"
	"hash/fnv"
	"maps"
	"slices"

	"belfry/core"
	"belfry/core/plan"
)

// Strategy is how a queue chooses among the agents who are free for it. Ties go
// to who has been idle the longest, then to who has had the fewest calls.
type Strategy string

// The strategies.
const (
	LongestIdle   Strategy = "longest_idle"
	LeastOccupied Strategy = "least_occupied" // the least time in calls and after them today
	FewestCalls   Strategy = "fewest_calls"   // today
	RoundRobin    Strategy = "round_robin"    // whose last offer is the oldest
	FixedOrder    Strategy = "fixed_order"    // as the queue lists them
	Random        Strategy = "random"         // each call draws its own order
	Weighted      Strategy = "weighted"       // calls today in proportion to weights
	// Several are rung at once, or one after the other: the longest idle first.
	RingAll           Strategy = "ring_all"
	RingProgressively Strategy = "ring_progressively"
)

// Rule is a queue's strategy with what it needs to know of its agents.
type Rule struct {
	Strategy Strategy
	Order    []core.UserID       // fixed order; who is not in it comes last
	Weights  map[core.UserID]int // weighted; who is not in it has 1
	// Best puts first who has the most of the skills that are asked for.
	Best bool
}

func (r Rule) same(x Rule) bool {
	return r.Strategy == x.Strategy && r.Best == x.Best && slices.Equal(r.Order, x.Order) && maps.Equal(r.Weights, x.Weights)
}

// better compares two agents by what they have of the skills that are asked for.
func (r Rule) better(need *plan.Requirement, a, b *Agent) int {
	if !r.Best || need == nil {
		return 0
	}
	return cmp.Compare(need.Sum(b.Skills), need.Sum(a.Skills))
}

// before is the order of free agents under the rule, for calls that need these
// skills.
func (r Rule) before(need *plan.Requirement) func(a, b *Agent) int {
	first := func(a, b *Agent) int { return 0 }
	switch r.Strategy {
	case LeastOccupied:
		first = func(a, b *Agent) int { return cmp.Compare(a.Occupied, b.Occupied) }
	case FewestCalls:
		first = func(a, b *Agent) int { return cmp.Compare(a.Calls, b.Calls) }
	case RoundRobin:
		first = func(a, b *Agent) int { return cmp.Compare(a.Turn, b.Turn) }
	case FixedOrder:
		first = func(a, b *Agent) int { return cmp.Compare(r.place(a.ID), r.place(b.ID)) }
	case Weighted: // calls/weight, without a fraction
		first = func(a, b *Agent) int { return cmp.Compare(a.Calls*r.weight(b.ID), b.Calls*r.weight(a.ID)) }
	case LongestIdle, Random, RingAll, RingProgressively:
	}
	if r.Best && need != nil {
		return func(a, b *Agent) int { return cmp.Or(r.better(need, a, b), first(a, b), idler(a, b)) }
	}
	return func(a, b *Agent) int { return cmp.Or(first(a, b), idler(a, b)) }
}

func (r Rule) place(id core.UserID) int {
	if i := slices.Index(r.Order, id); i >= 0 {
		return i
	}
	return len(r.Order)
}

func (r Rule) weight(id core.UserID) int { return max(r.Weights[id], 1) }

// Terms are what the rule looks at for one agent, the deciding one first, and
// the score of it: the larger the better.
func (r Rule) Terms(a *Agent, w core.CallID) (score int64, terms []core.Term) {
	switch r.Strategy {
	case LeastOccupied:
		return -a.Occupied, []core.Term{{Name: "occupied_ms", Value: a.Occupied}}
	case FewestCalls:
		return -int64(a.Calls), []core.Term{{Name: "calls", Value: int64(a.Calls)}}
	case RoundRobin:
		return -int64(a.Turn), []core.Term{{Name: "last_offer", Value: int64(a.Turn)}}
	case FixedOrder:
		return -int64(r.place(a.ID)), []core.Term{{Name: "place", Value: int64(r.place(a.ID)) + 1}}
	case Weighted:
		n, weight := int64(a.Calls), int64(r.weight(a.ID))
		return -n * 1_000_000 / weight, []core.Term{{Name: "calls", Value: n}, {Name: "weight", Value: weight}}
	case Random:
		return -int64(drawn(a.ID, w) >> 1), []core.Term{{Name: "drawn", Value: int64(drawn(a.ID, w) >> 1)}}
	case LongestIdle, RingAll, RingProgressively:
	}
	return 0, nil
}

// drawn is an agent's lot for a call: chance without a source of it, so that the
// same events draw the same lots.
func drawn(a core.UserID, w core.CallID) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(w))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(a))
	x := h.Sum64() // FNV's last bits are weak: mix once more
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return x
}
