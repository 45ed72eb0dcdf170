package floor

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/flow"
	"belfry/core/plan"
)

// planChanged brings in what an administrator has set. Calls in progress go on:
// trees keep the text that a call began with, waiting calls keep their place.
// A plan that does not compile changes nothing; the store refuses such a one.
func (f *Floor) planChanged(ev core.PlanChanged) {
	if f.plan != nil && ev.Revision <= f.plan.Revision {
		return
	}
	p, compiled := ev.Compiled.(*plan.Plan)
	if !compiled || p.Revision != ev.Revision {
		var err error
		if p, err = plan.Parse(ev.Revision, ev.Doc); err != nil {
			return
		}
	}
	var kept []plan.Tree
	if f.book != nil {
		kept = f.book.InUse(f.runs())
	}
	f.doc = ev.Doc
	f.adopt(p, kept)
	for _, c := range f.sortedCalls() {
		f.touch(c)           // its queue's limits may be others now
		f.showCall(c, false) // and names
		// A queue that is gone lets its calls go.
		switch {
		case c.Stage == waiting && f.queues[c.Wait.Queue] == nil:
			f.exitQueue(c, "withdrawn")
		case c.Stage == waiting: // other skills may be asked for, or had
			f.lookAgain(c)
		case c.Stage == offered:
			f.joinSoon(c)
		}
	}
}

// adopt makes p the plan and rebuilds all that is derived from it.
func (f *Floor) adopt(p *plan.Plan, kept []plan.Tree) {
	was := f.plan
	f.plan = p.As(f.active)
	f.book, _ = flow.Compile(p, kept...)
	old := f.queues
	f.sticky = false
	f.queues = make(map[core.QueueID]*queue, len(p.Doc.Queues))
	for i := range p.Doc.Queues {
		set := &p.Doc.Queues[i]
		q := newQueue(set, old[set.ID])
		f.queues[set.ID] = q
		f.sticky = f.sticky || set.Sticky == "members" || set.Sticky == "anyone"
		f.board.Open(set.ID, set.Seniority(), acd.Rule{
			Strategy: acd.Strategy(set.Strategy), Order: set.Order, Weights: set.Weights, Best: set.Match == "best",
		}, q.needs()...)
	}
	f.keepCounts(was, old)
	for i := range p.Doc.Users {
		u := &p.Doc.Users[i]
		a := f.agents[u.ID]
		if a == nil {
			a = newAgent(u.ID, f.now)
			f.agents[u.ID] = a
		}
		if u.Phone != "" && a.Phone.Contact != u.Phone {
			a.Phone = station{ID: core.StationID("sta_" + string(u.ID)), Kind: core.PhoneStation, Contact: u.Phone, Up: true}
		}
	}
	for _, c := range f.sortedCalls() {
		if o := c.offer(); o != nil && f.queues[o.Queue] != nil {
			q := f.queues[o.Queue]
			q.rung = append(q.rung, c.ID)
		}
	}
	serve := map[core.ProfileID]*serving{"": {}} // those of no profile serve none
	for _, a := range f.sortedAgents() {
		s := f.enlist(a, serve)
		for i, q := range s.queues {
			q.delayed(s.how[i].Delay)
		}
		f.touch(a)
	}
	for _, q := range f.queues { // each alone
		q.settled(f.now)
	}
	f.poolRev++
}

// newAgent is somebody who has never been here.
func newAgent(id core.UserID, now core.Time) *agent {
	return &agent{
		ID: id, State: core.Off, Since: now, desk: &acd.Agent{ID: id},
		Browser: station{Kind: core.BrowserStation}, Phone: station{Kind: core.PhoneStation}, Outside: station{Kind: core.OutsideStation},
	}
}

// serving is which queues all those of one profile serve, and how. It is worked
// out once for all of them, and nobody changes it.
type serving struct {
	ids    []core.QueueID
	queues []*queue
	how    []acd.Service
}

// servingOf works out what those of the profile serve.
func (f *Floor) servingOf(pro *plan.Profile) *serving {
	s := &serving{}
	for _, id := range pro.Queues {
		q := f.queues[id]
		if q == nil || slices.Contains(s.ids, id) {
			continue
		}
		as := pro.Serving[id]
		s.ids, s.queues = append(s.ids, id), append(s.queues, q)
		s.how = append(s.how, acd.Service{Queue: id, Delay: plan.Seconds(as.Delay, 0), Weight: time.Duration(as.Weight) * time.Second})
	}
	s.ids = slices.Clip(s.ids)
	return s
}

// enlist counts the agent in the queues of their profile, of which known holds
// what was worked out before. Who has left the plan serves none, and their shift
// ends when they are free. The queues' delays are left to who calls it.
func (f *Floor) enlist(a *agent, known map[core.ProfileID]*serving) *serving {
	pro := f.profile(a.ID)
	s := known[""]
	if pro != nil {
		if s = known[pro.ID]; s == nil {
			s = f.servingOf(pro)
			known[pro.ID] = s
		}
	}
	a.queues = s.ids
	if pro == nil && a.OnShift {
		a.EndNext = true
		f.applyNext(a)
	}
	a.present = a.OnShift && a.processing(f)
	a.skills = nil
	if u := f.user(a.ID); u != nil {
		a.skills = u.Skills
	}
	for _, q := range s.queues {
		q.members = append(q.members, a.ID)
		q.states[a.State]++
		if a.present {
			q.counts(a, true, f.now)
		}
	}
	f.skilled(a)
	f.board.Serve(a.desk, s.how)
	if a.desk.Ready() {
		f.free = append(f.free, a)
	}
	return s
}

func (f *Floor) sortedCalls() []*call { return inOrder(f.calls) }

// sortedAgents are all, in the order of their ids. Nobody ever leaves f.agents, so
// that the order is worked out when somebody has come. The caller must not change it.
func (f *Floor) sortedAgents() []*agent {
	if len(f.staff) != len(f.agents) {
		f.staff = inOrder(f.agents)
	}
	return f.staff
}

// inOrder is what a map holds, in the order of its keys.
func inOrder[K cmp.Ordered, V any](m map[K]V) []V {
	keys := slices.AppendSeq(make([]K, 0, len(m)), maps.Keys(m))
	slices.Sort(keys)
	all := make([]V, len(keys))
	for i, k := range keys {
		all[i] = m[k]
	}
	return all
}

// runs are the walks of all calls, in the order of the calls' names.
func (f *Floor) runs() []*flow.Run {
	var rs []*flow.Run
	for _, c := range f.sortedCalls() {
		if c.InTree {
			rs = append(rs, &c.Run)
		}
	}
	return rs
}
