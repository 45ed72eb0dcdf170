package acd

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"belfry/core"
)

// TestStrategies plays 10,000 calls under each strategy: whoever is chosen has,
// among the free, the first place by the rule as it is written in words.
func TestStrategies(t *testing.T) {
	t.Parallel()
	order := []core.UserID{"a3", "a1", "a7"}
	weights := map[core.UserID]int{"a0": 5, "a1": 2}
	for strategy, first := range map[Strategy]func(x, y *Agent) int{
		LongestIdle:       func(x, y *Agent) int { return cmp.Compare(x.IdleSince, y.IdleSince) },
		LeastOccupied:     func(x, y *Agent) int { return cmp.Compare(x.Occupied, y.Occupied) },
		FewestCalls:       func(x, y *Agent) int { return cmp.Compare(x.Calls, y.Calls) },
		RingAll:           func(x, y *Agent) int { return cmp.Compare(x.IdleSince, y.IdleSince) },
		RingProgressively: func(x, y *Agent) int { return cmp.Compare(x.IdleSince, y.IdleSince) },
		RoundRobin:        func(x, y *Agent) int { return cmp.Compare(x.Turn, y.Turn) },
		FixedOrder: func(x, y *Agent) int {
			at := func(a *Agent) int {
				if i := slices.Index(order, a.ID); i >= 0 {
					return i
				}
				return 99
			}
			return cmp.Compare(at(x), at(y))
		},
		Weighted: func(x, y *Agent) int {
			of := func(a *Agent) float64 { return float64(a.Calls) / float64(max(weights[a.ID], 1)) }
			return cmp.Compare(of(x), of(y))
		},
	} {
		t.Run(string(strategy), func(t *testing.T) {
			t.Parallel()
			day := newDay(Rule{Strategy: strategy, Order: order, Weights: weights})
			for n := range 10_000 {
				chosen, free := day.call(t, n)
				for _, other := range free {
					if first(other, chosen) < 0 {
						t.Fatalf("call %d went to %+v, not to %+v", n, chosen, other)
					}
				}
			}
		})
	}
}

// TestRandomIsEven: over 10,000 calls each of the free has their share, and the
// same call draws the same order.
func TestRandomIsEven(t *testing.T) {
	t.Parallel()
	day := newDay(Rule{Strategy: Random})
	got := map[core.UserID]int{}
	for n := range 10_000 {
		chosen, _ := day.call(t, n)
		got[chosen.ID]++
	}
	for _, a := range day.agents {
		if n := got[a.ID]; n < 1100 || n > 1400 { // 1,250 each
			t.Errorf("%s got %d of 10,000", a.ID, n)
		}
	}
	if once := drawn("a1", "c1"); once != drawn("a1", "c1") || once == drawn("a1", "c2") {
		t.Error("the lots are not those of agent and call")
	}
}

// TestChangedRule: an administrator's change counts for those who are free already.
func TestChangedRule(t *testing.T) {
	t.Parallel()
	day := newDay(Rule{})
	day.board.Open("q", 0, Rule{Strategy: FixedOrder, Order: []core.UserID{"a5"}})
	if chosen, _ := day.call(t, 1); chosen.ID != "a5" {
		t.Errorf("%s is the first, not a5", chosen.ID)
	}
}

// day is a queue with eight agents, all free between two calls.
type day struct {
	board  *Board
	agents []*Agent
	rnd    *rand.Rand
}

func newDay(rule Rule) *day {
	d := &day{board: NewBoard(), rnd: rand.New(rand.NewPCG(1, 2))}
	d.board.Open("q", 0, rule)
	for i := range 8 {
		a := &Agent{ID: core.UserID(fmt.Sprintf("a%d", i))}
		d.board.Serve(a, plainly("q"))
		d.board.Free(a, at(i))
		d.agents = append(d.agents, a)
	}
	return d
}

// call gives a call to whom it belongs; they are free again with what it has
// changed.
func (d *day) call(t *testing.T, n int) (chosen *Agent, free []*Agent) {
	t.Helper()
	w := &Waiter{Call: core.CallID(fmt.Sprintf("c%d", n)), Queue: "q", Arrived: at(n)}
	d.board.Wait(w)
	chosen = d.board.AgentFor(w, at(n))
	before := *chosen
	for _, a := range d.agents {
		c := *a
		free = append(free, &c)
	}
	d.board.Leave(w)
	d.board.Busy(chosen)
	chosen.Calls++
	chosen.Turn = uint64(n) + 1
	chosen.Occupied += d.rnd.Int64N(300_000)
	d.board.Free(chosen, at(n+1+d.rnd.IntN(600)))
	return &before, free
}
