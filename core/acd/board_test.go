package acd

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"belfry/core"
)

// at is so many seconds into the day.
func at(s int) core.Time { return core.Time(time.Duration(s) * time.Second) }

type freeAgent struct {
	id     core.UserID
	since  int
	queues []core.QueueID
}

type waiting struct {
	id      core.CallID
	queue   core.QueueID
	arrived int
	bonus   int
	class   int
	head    bool
	refused []core.UserID // until 100
}

// TestWhoGetsWhom: the name of a row is the rule.
func TestWhoGetsWhom(t *testing.T) {
	t.Parallel()
	sales, help := []core.QueueID{"sales"}, []core.QueueID{"help"}
	both := []core.QueueID{"sales", "help"}
	for _, ca := range []struct {
		name    string
		bonus   map[core.QueueID]int // seniority of a queue, s
		agents  []freeAgent
		calls   []waiting
		now     int
		call    core.CallID // who is asked about
		agent   core.UserID
		forCall core.UserID // the agent for the call
		forWho  core.CallID // the call for the agent
	}{
		{name: "longest idle", agents: []freeAgent{{"ann", 5, sales}, {"bob", 3, sales}}, calls: []waiting{{id: "c1", queue: "sales"}}, call: "c1", forCall: "bob"},
		{name: "as long idle: by name", agents: []freeAgent{{"bob", 3, sales}, {"ann", 3, sales}}, calls: []waiting{{id: "c1", queue: "sales"}}, call: "c1", forCall: "ann"},
		{name: "nobody serves the queue", agents: []freeAgent{{"ann", 5, help}}, calls: []waiting{{id: "c1", queue: "sales"}}, call: "c1"},
		{name: "who waits longest goes first, over all queues of the agent", agents: []freeAgent{{"ann", 9, both}}, calls: []waiting{{id: "c1", queue: "sales", arrived: 5}, {id: "c2", queue: "help", arrived: 3}}, agent: "ann", forWho: "c2"},
		{name: "priority is seconds of seniority", agents: []freeAgent{{"ann", 9, sales}}, calls: []waiting{{id: "c1", queue: "sales", arrived: 3}, {id: "c2", queue: "sales", arrived: 5, bonus: 3}}, agent: "ann", forWho: "c2"},
		{name: "an older call by the largest bonus is first all the same", agents: []freeAgent{{"ann", 9, sales}}, calls: []waiting{{id: "c1", queue: "sales", arrived: 1}, {id: "c2", queue: "sales", arrived: 5, bonus: 3}}, agent: "ann", forWho: "c1"},
		{name: "a queue's weight counts like age", bonus: map[core.QueueID]int{"help": 10}, agents: []freeAgent{{"ann", 9, both}}, calls: []waiting{{id: "c1", queue: "sales", arrived: 3}, {id: "c2", queue: "help", arrived: 9}}, agent: "ann", forWho: "c2"},
		{name: "a strict class goes before all ages", agents: []freeAgent{{"ann", 9, sales}}, calls: []waiting{{id: "c1", queue: "sales", arrived: 1}, {id: "c2", queue: "sales", arrived: 8, class: 1}}, agent: "ann", forWho: "c2"},
		{name: "back through our failure: before all of its class", agents: []freeAgent{{"ann", 9, sales}}, calls: []waiting{{id: "c1", queue: "sales", arrived: 1}, {id: "c2", queue: "sales", arrived: 8, head: true}}, agent: "ann", forWho: "c2"},
		{name: "a call that the agent may not take holds up nothing", bonus: map[core.QueueID]int{"sales": 100}, agents: []freeAgent{{"ann", 9, both}}, calls: []waiting{{id: "c1", queue: "sales", refused: []core.UserID{"ann"}}, {id: "c2", queue: "help", arrived: 8}}, agent: "ann", forWho: "c2"},
		{name: "who refused it comes after who did not", agents: []freeAgent{{"ann", 1, sales}, {"bob", 8, sales}}, calls: []waiting{{id: "c1", queue: "sales", refused: []core.UserID{"ann"}}}, now: 200, call: "c1", forCall: "bob"},
		{name: "the only one who refused it waits", agents: []freeAgent{{"ann", 1, sales}}, calls: []waiting{{id: "c1", queue: "sales", refused: []core.UserID{"ann"}}}, now: 99, call: "c1"},
		{name: "and gets it again when the time is up", agents: []freeAgent{{"ann", 1, sales}}, calls: []waiting{{id: "c1", queue: "sales", refused: []core.UserID{"ann"}}}, now: 100, call: "c1", forCall: "ann"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			b := NewBoard()
			for _, q := range both {
				b.Open(q, time.Duration(ca.bonus[q])*time.Second, Rule{})
			}
			agents := map[core.UserID]*Agent{}
			for _, x := range ca.agents {
				a := &Agent{ID: x.id}
				agents[x.id] = a
				b.Serve(a, plainly(x.queues...))
				b.Free(a, at(x.since))
			}
			calls := map[core.CallID]*Waiter{}
			for _, x := range ca.calls {
				w := &Waiter{Call: x.id, Queue: x.queue, Arrived: at(x.arrived), Bonus: time.Duration(x.bonus) * time.Second, Class: x.class, Head: x.head}
				for _, who := range x.refused {
					w.Refused = append(w.Refused, Refusal{Agent: who, Until: at(100)})
				}
				calls[x.id] = w
				b.Wait(w)
			}
			if ca.call != "" {
				got := core.UserID("")
				if a := b.AgentFor(calls[ca.call], at(ca.now)); a != nil {
					got = a.ID
				}
				if got != ca.forCall {
					t.Errorf("%s goes to %q, not to %q", ca.call, got, ca.forCall)
				}
			}
			if ca.agent != "" {
				got := core.CallID("")
				if w := b.CallFor(agents[ca.agent], at(ca.now)); w != nil {
					got = w.Call
				}
				if got != ca.forWho {
					t.Errorf("%s gets %q, not %q", ca.agent, got, ca.forWho)
				}
			}
		})
	}
}

// TestLongestIdleOverManyCalls: of 10,000 calls each goes to the agent with the
// smallest idle since among those who are free and serve the queue.
func TestLongestIdleOverManyCalls(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 7))
	b := NewBoard()
	queues := []core.QueueID{"q0", "q1", "q2", "q3"}
	for _, q := range queues {
		b.Open(q, 0, Rule{})
	}
	var agents []*Agent
	serves := map[core.UserID]map[core.QueueID]bool{}
	for i := range 60 {
		a := &Agent{ID: core.UserID(fmt.Sprintf("a%02d", i))}
		serves[a.ID] = map[core.QueueID]bool{}
		var qs []core.QueueID
		for _, q := range queues {
			if rnd.IntN(2) == 0 {
				qs = append(qs, q)
				serves[a.ID][q] = true
			}
		}
		b.Serve(a, plainly(qs...))
		b.Free(a, at(i))
		agents = append(agents, a)
	}
	for n := range 10000 {
		q := queues[rnd.IntN(len(queues))]
		w := &Waiter{Call: core.CallID(fmt.Sprint(n)), Queue: q, Arrived: at(n)}
		b.Wait(w)
		got := b.AgentFor(w, at(n))
		var want *Agent
		for _, a := range agents {
			if a.Ready() && serves[a.ID][q] && (want == nil || idler(a, want) < 0) {
				want = a
			}
		}
		if got != want {
			t.Fatalf("call %d goes to %v, not to %v", n, got, want)
		}
		b.Leave(w)
		if got != nil {
			b.Busy(got)
		}
		if a := agents[rnd.IntN(len(agents))]; !a.Ready() {
			a.Calls++
			b.Free(a, at(100+n))
		}
	}
}
