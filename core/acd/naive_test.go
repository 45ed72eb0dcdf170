package acd

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// naive is the rules of distribution as they are written in words, over plain
// lists: who may take what, and what comes first.
type naive struct {
	rules  map[core.QueueID]Rule
	steps  map[core.QueueID][]*plan.Requirement
	bonus  map[core.QueueID]time.Duration
	serves map[core.UserID]map[core.QueueID]Service
	agents []*Agent
	calls  []*Waiter // in line
}

func (n *naive) may(a *Agent, w *Waiter, now core.Time) bool {
	if until, _ := w.refused(a.ID); until > now {
		return false
	}
	if w.Only != "" {
		return w.Only == a.ID
	}
	s, yes := n.serves[a.ID][w.Queue]
	return yes && now.Sub(w.Entered) >= s.Delay && n.steps[w.Queue][w.Step].Met(a.Skills)
}

// callFor is the first of all calls that the agent may take: class, back first,
// age and bonuses and the agent's weight, entry.
func (n *naive) callFor(a *Agent, now core.Time) *Waiter {
	var best *Waiter
	key := func(w *Waiter) int64 {
		return int64(w.Arrived) - int64(w.Bonus) - int64(n.bonus[w.Queue]) - int64(n.serves[a.ID][w.Queue].Weight)
	}
	for _, w := range n.calls {
		if n.may(a, w, now) && (best == nil || beats(w, key(w), best, key(best)) < 0) {
			best = w
		}
	}
	return best
}

// agentFor is the first free agent: who has not refused it, then who has the most
// skills where the queue says so, then by the strategy.
func (n *naive) agentFor(w *Waiter, now core.Time) *Agent {
	var best *Agent
	r := n.rules[w.Queue]
	order := func(a, b *Agent) int {
		_, x := w.refused(a.ID)
		_, y := w.refused(b.ID)
		if x != y {
			if y {
				return -1
			}
			return 1
		}
		if r.Strategy == Random {
			if c := r.better(n.steps[w.Queue][w.Step], a, b); c != 0 {
				return c
			}
			if drawn(a.ID, w.Call) < drawn(b.ID, w.Call) {
				return -1
			}
			return 1
		}
		return r.before(n.steps[w.Queue][w.Step])(a, b)
	}
	for _, a := range n.agents {
		if a.Ready() && n.may(a, w, now) && (best == nil || order(a, best) < 0) {
			best = a
		}
	}
	return best
}

// newNaive is a company of queues that ask for skills, in steps, and of agents
// who serve them with delays and weights; on a board, and as plain lists.
func newNaive(rnd *rand.Rand) (*naive, *Board) {
	n := &naive{
		rules: map[core.QueueID]Rule{}, steps: map[core.QueueID][]*plan.Requirement{}, bonus: map[core.QueueID]time.Duration{},
		serves: map[core.UserID]map[core.QueueID]Service{},
	}
	b := NewBoard()
	all := []Strategy{LongestIdle, LeastOccupied, FewestCalls, RoundRobin, FixedOrder, Random, Weighted, RingAll, RingProgressively}
	for i := range 5 {
		q := core.QueueID(fmt.Sprintf("q%d", i))
		n.rules[q] = Rule{Strategy: all[rnd.IntN(len(all))], Best: rnd.IntN(2) == 0, Order: []core.UserID{"a3", "a1"}, Weights: map[core.UserID]int{"a0": 4}}
		n.bonus[q] = time.Duration(rnd.IntN(5)-2) * 10 * time.Second
		n.steps[q] = []*plan.Requirement{nil}
		if i > 1 {
			n.steps[q] = []*plan.Requirement{{Skill: "a", Level: 3}, {Skill: "a", Level: 1}, nil}
		}
		b.Open(q, n.bonus[q], n.rules[q], n.steps[q]...)
	}
	for i := range 12 {
		a := &Agent{ID: core.UserID(fmt.Sprintf("a%d", i)), Skills: map[string]int{"a": rnd.IntN(6)}}
		n.agents = append(n.agents, a)
		n.serve(rnd, b, a)
	}
	return n, b
}

func (n *naive) serve(rnd *rand.Rand, b *Board, a *Agent) {
	n.serves[a.ID] = map[core.QueueID]Service{}
	var services []Service
	for i := range 5 {
		if rnd.IntN(2) == 0 {
			continue
		}
		s := Service{Queue: core.QueueID(fmt.Sprintf("q%d", i)), Delay: time.Duration(rnd.IntN(3)) * 10 * time.Second, Weight: time.Duration(rnd.IntN(5)-2) * 15 * time.Second}
		services = append(services, s)
		n.serves[a.ID][s.Queue] = s
	}
	b.Serve(a, services)
}

// TestAgainstTheRules: over 10,000 changes the board gives each call the agent,
// and each agent the call, that the rules give by looking at everything.
func TestAgainstTheRules(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		rnd := rand.New(rand.NewPCG(seed, 5))
		n, b := newNaive(rnd)
		for i := range 10_000 {
			now := at(i)
			n.change(rnd, b, i)
			for q := range n.rules {
				free := 0
				for _, a := range n.agents {
					if _, serves := n.serves[a.ID][q]; serves && a.Ready() {
						free++
					}
				}
				if got := b.Queue(q).Free(); got != free {
					t.Fatalf("seed %d, change %d: %d are free for %s, not %d", seed, i, got, q, free)
				}
			}
			if len(n.calls) > 0 {
				w := n.calls[rnd.IntN(len(n.calls))]
				if got, want := b.AgentFor(w, now), n.agentFor(w, now); got != want {
					t.Fatalf("seed %d, change %d: %+v goes to %v, not to %v", seed, i, w, got, want)
				}
			}
			a := n.agents[rnd.IntN(len(n.agents))]
			if got, want := b.CallFor(a, now), n.callFor(a, now); got != want {
				t.Fatalf("seed %d, change %d: %s gets %+v, not %+v", seed, i, a.ID, got, want)
			}
		}
	}
}

// change does something that changes who may take what.
func (n *naive) change(rnd *rand.Rand, b *Board, i int) {
	a := n.agents[rnd.IntN(len(n.agents))]
	switch k := rnd.IntN(21); {
	case k < 7 && len(n.calls) < 60:
		w := &Waiter{
			Call: core.CallID(fmt.Sprint("c", i)), Queue: core.QueueID(fmt.Sprintf("q%d", rnd.IntN(5))), Entered: at(i),
			Arrived: at(i - rnd.IntN(60)), Bonus: time.Duration(rnd.IntN(3)-1) * 20 * time.Second, Class: rnd.IntN(2) * rnd.IntN(2), Head: rnd.IntN(20) == 0,
		}
		if rnd.IntN(6) == 0 {
			w.Only = a.ID
		}
		if rnd.IntN(4) == 0 {
			w.Refused = []Refusal{{Agent: a.ID, Until: at(i + rnd.IntN(60))}}
		}
		b.Wait(w)
		n.calls = append(n.calls, w)
	case k < 11 && len(n.calls) > 0:
		j := rnd.IntN(len(n.calls))
		b.Leave(n.calls[j])
		n.calls = slices.Delete(n.calls, j, j+1)
	case k < 14:
		b.Busy(a)
		a.Calls += rnd.IntN(2)
		b.Free(a, at(i-rnd.IntN(100)))
	case k < 16:
		b.Busy(a)
	case k == 16 && len(n.calls) > 0: // the queue asks for less
		if w := n.calls[rnd.IntN(len(n.calls))]; w.Step+1 < len(n.steps[w.Queue]) {
			b.Move(w, w.Step+1)
		}
	case k == 17 && len(n.calls) > 0:
		b.Release(n.calls[rnd.IntN(len(n.calls))])
	case k == 20 && len(n.calls) > 0:
		b.Weigh(n.calls[rnd.IntN(len(n.calls))], time.Duration(rnd.IntN(9)-4)*20*time.Second)
	case k == 18: // learns something, or serves other queues
		ready := a.Ready()
		b.Busy(a)
		a.Skills = map[string]int{"a": rnd.IntN(6)}
		n.serve(rnd, b, a)
		if ready {
			b.Free(a, at(i-rnd.IntN(100)))
		}
	case k == 19: // an administrator changes a queue
		q := core.QueueID(fmt.Sprintf("q%d", rnd.IntN(5)))
		r := n.rules[q]
		r.Best = !r.Best
		n.rules[q] = r
		if rnd.IntN(3) == 0 {
			n.steps[q] = [][]*plan.Requirement{{nil}, {{Skill: "a", Level: 2}, nil}, {{Skill: "a", Level: 4}, {Skill: "a", Level: 2}}}[rnd.IntN(3)]
		}
		b.Open(q, n.bonus[q], r, n.steps[q]...)
	}
}

// TestOlderByTheLargestBonusIsFirst: without strict classes no call is passed over
// for ever: whatever the priorities, the weights of queues and those of agents, a
// call older than another by all that these may give is first of the two.
func TestOlderByTheLargestBonusIsFirst(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 9))
	b := NewBoard()
	const most = 3 * 120 * time.Second // priority, queue, agent: each from -60 s to 60 s
	any60 := func() time.Duration { return time.Duration(rnd.IntN(121)-60) * time.Second }
	for i := range 6 {
		b.Open(core.QueueID(fmt.Sprintf("q%d", i)), any60(), Rule{})
	}
	a := &Agent{ID: "a"}
	var services []Service
	for i := range 6 {
		services = append(services, Service{Queue: core.QueueID(fmt.Sprintf("q%d", i)), Weight: any60()})
	}
	b.Serve(a, services)
	b.Free(a, at(0))
	var line []*Waiter
	for i := range 10_000 {
		w := &Waiter{Call: core.CallID(fmt.Sprint(i)), Queue: core.QueueID(fmt.Sprintf("q%d", rnd.IntN(6))), Arrived: at(i), Entered: at(i), Bonus: any60()}
		b.Wait(w)
		line = append(line, w)
		if rnd.IntN(2) == 0 || len(line) > 400 {
			got := b.CallFor(a, at(i))
			for _, other := range line {
				if other.Arrived.Add(most) < got.Arrived {
					t.Fatalf("%+v is first, and %+v has waited for %v longer", got, other, got.Arrived.Sub(other.Arrived))
				}
			}
			b.Leave(got)
			line = slices.DeleteFunc(line, func(w *Waiter) bool { return w == got })
		}
	}
}
