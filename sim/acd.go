package sim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// distribution makes up how a queue finds its agents.
func distribution(rnd *rand.Rand, q *plan.Queue) {
	strategies := []plan.Strategy{
		plan.LeastOccupied, plan.FewestCalls, plan.RoundRobin, plan.FixedOrder, plan.Random, plan.Weighted,
		plan.RingAll, plan.RingAll, plan.RingProgressively, plan.RingProgressively,
	}
	q.Strategy, q.AtOnce, q.JoinAfter = plan.LongestIdle, 0, 0
	if rnd.IntN(2) == 0 {
		q.Strategy = strategies[rnd.IntN(len(strategies))]
		q.AtOnce, q.JoinAfter = rnd.IntN(4), rnd.IntN(4)
	}
	q.Sticky, q.StickyWait = "", 0
	if rnd.IntN(3) == 0 {
		q.Sticky, q.StickyWait = []string{"members", "anyone"}[rnd.IntN(2)], 1+rnd.IntN(40)
	}
	q.Requires, q.Relax, q.Match, q.KeepSteps = nil, nil, "", false
	if rnd.IntN(3) > 0 {
		return
	}
	// Each step asks for less: who meets one meets those after it.
	level := func(skill string, n int) plan.Requirement { return plan.Requirement{Skill: skill, Level: n} }
	not := level("c", 4)
	q.Requires = &plan.Requirement{All: []plan.Requirement{level("a", 2+rnd.IntN(3)), {Any: []plan.Requirement{level("b", 3), {Not: &not}}}}}
	q.Match = []string{"", "best"}[rnd.IntN(2)]
	q.KeepSteps = rnd.IntN(4) == 0
	if rnd.IntN(4) > 0 {
		weaker := level("a", 1)
		after := 1 + rnd.IntN(30)
		q.Relax = []plan.Step{{After: after, Requires: &weaker}, {After: after + 1 + rnd.IntN(30)}}
	}
}

func skills(rnd *rand.Rand) map[string]int {
	all := map[string]int{}
	for _, s := range []string{"a", "b", "c"} {
		if n := rnd.IntN(6); n > 0 {
			all[s] = n
		}
	}
	return all
}

// serving makes up how profiles serve their queues.
func serving(rnd *rand.Rand, profiles []plan.Profile) {
	for i := range profiles {
		p := &profiles[i]
		p.Serving = nil
		if rnd.IntN(2) == 0 && len(p.Queues) > 0 {
			p.Serving = map[core.QueueID]plan.Serving{
				p.Queues[rnd.IntN(len(p.Queues))]: {Delay: rnd.IntN(3) * rnd.IntN(30), Weight: (rnd.IntN(5) - 2) * 20},
			}
		}
	}
}

// present keeps since when a person is on shift and takes calls.
func (w *World) present(p *person, d *core.Desk) {
	act := w.known.Activity(d.Agent.Activity)
	if p.works != d.Agent.Profile { // with other queues
		p.works, p.here = d.Agent.Profile, 0
	}
	switch {
	case !d.Agent.OnShift || act == nil || act.Category != plan.Processing:
		p.here = 0
	case p.here == 0:
		p.here = w.now
	}
}

// together: several are rung for one call only where a queue does so, and not
// more than it may.
func (w *World) together(id core.CallID, who []core.UserID) {
	r := w.floor.Interaction(id)
	live, single := 0, 0
	for _, o := range r.Offers {
		if o.Ended != 0 {
			continue
		}
		live++
		if !strings.Contains(o.Decision.Strategy, "ring_") {
			single++
		}
	}
	if live != len(who) || single > 1 || live > 20 {
		w.fail("%s is offered to %v, and its record knows %d offers, %d of which are alone", id, who, live, single)
	}
}

// decided looks at a new offer of a queue call: no call that this agent could
// take comes before it, they have the skills, and the explanation names them.
func (w *World) decided(p *person, d *core.Desk) {
	if d.Offer == nil || w.offers[d.Offer.ID] {
		return
	}
	w.offers[d.Offer.ID] = true
	r := w.floor.Interaction(d.Offer.Call)
	i := slices.IndexFunc(r.Offers, func(o core.OfferRecord) bool { return o.ID == d.Offer.ID })
	offer := r.Offers[i]
	if offer.Queue == "" || offer.Decision.Strategy == "taken_from_pool" || offer.Decision.Strategy == "assigned" {
		return
	}
	w.explained(r, &offer)
	beside := i > 0 && slices.ContainsFunc(r.Offers[:i], func(o core.OfferRecord) bool { return o.Ended == 0 })
	chosen := w.rank(r, p.id)
	for _, c := range w.callers {
		if c.records > 0 || c.id == r.Call {
			continue
		}
		x := w.floor.Interaction(c.id)
		if x == nil || !waits(x) || refused(x, p.id) || !w.couldTake(p, x) {
			continue
		}
		if other := w.rank(x, p.id); beside || other.before(chosen) {
			w.fail("%s is offered %s %+v before %s %+v", p.id, r.Call, chosen, x.Call, other)
		}
	}
	if offer.Decision.Strategy == "preferred_agent" {
		return
	}
	w.skilled(p, r)
	if offer.Decision.Strategy != string(plan.LongestIdle) {
		return
	}
	for _, k := range offer.Decision.Candidates {
		other := w.person(k.Agent)
		if k.Eligible && other != nil && !other.mixed && !p.mixed && other.idle < p.idle {
			w.fail("%s got %s, but %s has been idle for longer (%v, %v)", p.id, r.Call, k.Agent, p.idle.Std(), other.idle.Std())
		}
	}
}

// explained chooses once more, by the explanation alone: the same agent wins.
func (w *World) explained(r *core.Interaction, o *core.OfferRecord) {
	ks := o.Decision.Candidates
	if len(ks) == 0 || ks[0].Agent != o.Agent || !ks[0].Eligible {
		w.fail("the decision for %s does not begin with %s", r.Call, o.Agent)
		return
	}
	best := ks[0]
	for _, k := range ks[1:] {
		if k.Reason == "" {
			w.fail("the decision for %s does not say why %s was passed over", r.Call, k.Agent)
		}
		if k.Eligible && better(k, best) {
			best = k
		}
	}
	if best.Agent != o.Agent {
		w.fail("%s was offered to %s, and by its explanation belongs to %s: %+v", r.Call, o.Agent, best.Agent, o.Decision)
	}
}

// better compares two candidates: score, the second score where skills come
// first, then who has been idle for longer. Among equals the first one listed.
func better(a, b core.Candidate) bool {
	term := func(k core.Candidate, name string) int64 {
		for _, t := range k.Terms {
			if t.Name == name {
				return t.Value
			}
		}
		return 0
	}
	if a.Score != b.Score {
		return a.Score > b.Score
	}
	for _, name := range []string{"then", "idle_ms"} {
		if x, y := term(a, name), term(b, name); x != y {
			return x > y
		}
	}
	return false
}

// step is what a call's queue asks for by the time that it has waited there.
func (w *World) step(r *core.Interaction) *plan.Requirement {
	d := r.Distributions[len(r.Distributions)-1]
	q := w.known.Queue(d.Queue)
	need := q.Requires
	for _, s := range q.Relax {
		if w.now.Sub(d.Entered) >= s.Wait() {
			need = s.Requires
		}
	}
	return need
}

// couldTake says whether the call is surely one that the person could take: they
// serve its queue, long enough, with the skills, and it waits for nobody else.
func (w *World) couldTake(p *person, x *core.Interaction) bool {
	q := w.known.Queue(x.Queue)
	if q == nil || !slices.Contains(w.known.Serves(p.id), x.Queue) || !w.step(x).Met(w.known.User(p.id).Skills) {
		return false
	}
	waited := w.now.Sub(x.Distributions[len(x.Distributions)-1].Entered)
	delay := plan.Seconds(w.known.ServesAs(p.id, x.Queue).Delay, 0)
	sticky := q.Sticky == "members" || q.Sticky == "anyone"
	return waited >= delay && (!sticky || waited > 41*time.Second)
}

// skilled: who gets a call has the skills of its step, or of a later one where
// nobody who was there had those.
func (w *World) skilled(p *person, r *core.Interaction) {
	d := r.Distributions[len(r.Distributions)-1]
	if n := len(r.Offers); n > 0 && r.Offers[n-1].Decision.Strategy == "assigned" {
		return // a supervisor chose, and answers for it
	}
	if w.known.Queue(d.Queue) == nil || w.step(r).Met(w.known.User(p.id).Skills) {
		return
	}
	for _, other := range w.people {
		if u := w.known.User(other.id); u != nil && slices.Contains(w.known.Serves(other.id), d.Queue) && w.step(r).Met(u.Skills) &&
			other.here != 0 && other.here < d.Entered {
			w.fail("%s got %s without the skills, which %s has", p.id, r.Call, other.id)
		}
	}
}

// rank is a waiting call's place by the published formula: strict class, then
// those that came back through our failure, then age and bonuses.
type rank struct {
	class  int
	head   bool
	key    core.Time // arrival, less all seniority
	unsure bool      // what it has earned as it waited is not told
}

func (r rank) before(o rank) bool {
	switch {
	case r.unsure || o.unsure:
		return false
	case r.class != o.class:
		return r.class > o.class
	case r.head != o.head:
		return r.head
	}
	return r.key < o.key
}

func (w *World) rank(r *core.Interaction, who core.UserID) rank {
	q := w.known.Queue(r.Queue)
	if q == nil {
		return rank{}
	}
	n := len(r.Distributions) - 1
	if n < 0 {
		return rank{}
	}
	weight := time.Duration(w.known.ServesAs(who, r.Queue).Weight) * time.Second
	last := r.Distributions[n]
	k := rank{class: q.Class, key: last.Arrived.Add(-q.Seniority() - weight - last.Priority)}
	k.head = r.Distributions[n].Back
	if virtual(r.Call) {
		k.unsure = slices.ContainsFunc(w.callers, func(c *caller) bool { return c.id.Interaction() == r.Parent && c.to == raisedNumber })
	}
	if i := lastQueue(r.Path); i >= 0 && r.Path[i].Node == raisedNode {
		k.unsure = n > 0
		for _, x := range raises {
			if w.now.Sub(last.Entered) >= x.after {
				k.key = k.key.Add(-x.by)
			}
		}
	}
	return k
}

// raisedNode gives its calls more seniority, or less, as they wait.
const (
	raisedNode   = "raised"
	raisedNumber = "+33100000013"
)

var raises = []struct{ after, by time.Duration }{
	{5 * time.Second, 40 * time.Second}, {20 * time.Second, -90 * time.Second}, {60 * time.Second, 200 * time.Second},
}

// lastQueue is the place of the last queue on a call's way; -1: there was none.
func lastQueue(path []core.Visit) int {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i].Kind == "queue" || path[i].Kind == "group" {
			return i
		}
	}
	return -1
}
