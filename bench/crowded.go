package bench

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// How large the crowded floor is.
const (
	crowdedAgents  = 10_000
	crowdedQueues  = 20
	crowdedWaiting = 10_000
)

// crowdedDoc is a company with many queues, each agent in four of them: half of
// the queues ask for skills in three steps, some are served with a delay or a
// weight.
func crowdedDoc() *plan.Doc {
	d := &plan.Doc{
		Company:    plan.Company{ID: "com_crowd", Name: "Crowd", Zone: "Europe/Paris"},
		Activities: []plan.Activity{{ID: "act_calls", Name: "Calls", Category: plan.Processing}},
	}
	queue := func(i int) core.QueueID { return core.QueueID(fmt.Sprintf("que_%02d", i%crowdedQueues)) }
	for i := range crowdedQueues {
		q := plan.Queue{ID: queue(i), Name: string(queue(i)), PostMode: "none", Priority: (i % 5) * 10, MaxSize: 100_000}
		if i%2 == 0 {
			skill := fmt.Sprintf("s%d", i%4)
			q.Requires, q.Match = &plan.Requirement{Skill: skill, Level: 3}, "best"
			q.Relax = []plan.Step{{After: 20, Requires: &plan.Requirement{Skill: skill, Level: 1}}, {After: 3600}}
		}
		d.Queues = append(d.Queues, q)
		t := core.TreeID(fmt.Sprintf("tre_%02d", i))
		d.Trees = append(d.Trees, plan.Tree{ID: t, Name: string(t), Version: 1, Nodes: []plan.Node{
			{ID: "start", Kind: plan.Starts, Outputs: map[string]string{"next": "queue"}},
			{ID: "queue", Kind: "queue", Settings: json.RawMessage(fmt.Sprintf(`{"queue":%q}`, q.ID))},
		}})
		d.Numbers = append(d.Numbers, plan.Number{Number: fmt.Sprintf("+3310000%04d", i), Tree: t})
		p := plan.Profile{
			ID: core.ProfileID(fmt.Sprintf("pro_%02d", i)), Name: fmt.Sprint("profile ", i), Rights: []plan.Right{plan.TakeCalls},
			Queues: []core.QueueID{queue(i), queue(i + 1), queue(i + 7), queue(i + 12)},
		}
		if i%3 == 0 {
			p.Serving = map[core.QueueID]plan.Serving{queue(i + 7): {Delay: 10}, queue(i): {Weight: 30}}
		}
		d.Profiles = append(d.Profiles, p)
	}
	for i := range crowdedAgents {
		id := fmt.Sprintf("p%05d", i)
		d.Users = append(d.Users, plan.User{
			ID: core.UserID("usr_" + id), Login: id, Name: id, Profile: d.Profiles[i%crowdedQueues].ID,
			Phone: "sip:" + id + "@127.0.0.1:6000", Skills: map[string]int{"s0": 1 + i%5, "s2": 1 + i/5%5},
		})
	}
	return d
}

// crowded measures the ACD where everything is large: each agent who becomes free
// is given the best of the calls that wait in their queues.
func (b *Bench) crowded() error {
	text, err := json.Marshal(crowdedDoc())
	if err != nil {
		return err
	}
	c := &crowd{floor: floor.New(), now: core.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
	c.step(core.FloorStarted{Epoch: 1})
	c.step(core.PlanChanged{Revision: 1, Doc: text})
	for i := range crowdedAgents {
		c.step(core.Asked{Agent: core.UserID(fmt.Sprintf("usr_p%05d", i)), Want: core.StartShift{}})
	}
	talks := make([]talked, 0, crowdedAgents)
	n := 0
	come := func() {
		id := fmt.Sprint("c", n)
		leg := core.LegID("leg_s" + id)
		c.step(core.CallCame{Call: core.CallID("cal_" + id), Leg: leg, To: fmt.Sprintf("+3310000%04d", n%crowdedQueues), Codec: "PCMU"})
		talks = c.answers(talks, c.step(core.LegUp{Leg: leg}))
		n++
	}
	for len(talks) < crowdedAgents && n < 3*crowdedAgents { // until everybody talks
		come()
	}
	var before, after runtime.MemStats
	waiting := c.floor.Calls() - len(talks)
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range crowdedWaiting {
		come()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	more := c.floor.Calls() - len(talks) - waiting
	if more < crowdedWaiting/2 {
		return fmt.Errorf("%d calls wait and not %d", more, crowdedWaiting)
	}
	name := fmt.Sprintf("%d agents in %d queues, %d waiting: ", crowdedAgents, crowdedQueues, waiting+more)
	b.note(name+"memory of a waiting call", float64(after.HeapAlloc-before.HeapAlloc)/float64(more)/1024, "kB")
	const ends = 20_000 // who has talked the longest hangs up, and another call comes
	c.times = make([]time.Duration, 0, 8*ends)
	began, was := time.Now(), len(talks)
	for range ends {
		t := talks[0]
		talks = talks[1:]
		talks = c.answers(talks, c.step(core.LegGone{Leg: t.caller, Cause: core.Cause{Why: core.HungUp}}))
		talks = c.answers(talks, c.step(core.LegGone{Leg: t.phone, Cause: core.Cause{Why: core.Ended}}))
		come()
	}
	b.note(name+"decisions", float64(ends+len(talks)-was)/time.Since(began).Seconds(), "/s")
	slices.Sort(c.times)
	b.note(name+"a step, p50", float64(c.times[len(c.times)/2].Nanoseconds())/1e3, "µs")
	b.note(name+"a step, p99", float64(c.times[len(c.times)*99/100].Nanoseconds())/1e3, "µs")
	return nil
}

// talked is a conversation: the caller's leg and the agent's.
type talked struct{ caller, phone core.LegID }

// answers has the phones that were rung answer.
func (c *crowd) answers(talks []talked, effects []core.Effect) []talked {
	for _, e := range slices.Clone(effects) {
		if d, ok := e.(core.Dial); ok {
			c.step(core.LegUp{Leg: d.Leg})
			talks = append(talks, talked{core.LegID("leg_s" + string(d.Call[4:])), d.Leg})
		}
	}
	return talks
}
