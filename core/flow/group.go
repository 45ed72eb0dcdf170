package flow

import (
	"cmp"
	"slices"

	"belfry/core"
	"belfry/core/plan"
)

// group lets a distribution group choose the queue that the call enters.
type group struct {
	Group    core.GroupID `json:"group"`
	Priority int          `json:"priority_seconds,omitempty"` // ±86,400
}

func (g *group) check(c *check) {
	if c.plan.Group(g.Group) == nil {
		c.setting("group", "no-such-group", "there is no group %q", string(g.Group))
	}
	c.between("priority_seconds", g.Priority, -86_400, 86_400)
}

func (g *group) enter(w *walk) string {
	is := w.env.Plan.Group(g.Group)
	if is == nil {
		w.note("there is no group %s", short(string(g.Group)))
		return "error"
	}
	w.note("group %s", short(is.Name))
	counters := w.env.Groups
	if counters == nil {
		counters = new(Balance)
	}
	q := counters.Next(is, w.env.Able, w.caller())
	return w.enqueue(Enter{Queue: q, Group: g.Group, Priority: g.Priority})
}

func (g *group) input(w *walk, in Input) string { return w.left(in) }

// caller is the number that the call came from, empty when it is withheld.
func (w *walk) caller() string {
	for _, v := range w.run.Vars {
		if v.Name == "caller" {
			return v.Value
		}
	}
	return ""
}

// Next chooses the group's next queue by smooth weighted round robin: each
// queue's counter grows by its share, the largest is chosen (the first of
// equals) and pays what all grew by. So over any 100 calls each queue is within
// one call of its share. Queues that are not able are passed over where the group
// says so, and the others have their part; a caller may have their last queue
// again. Empty when the group has no queue with a share.
func (b *Balance) Next(g *plan.Group, able func(core.QueueID) bool, caller string) core.QueueID {
	c := b.counters(g)
	takes := func(i int) bool { return g.Shares[i].Percent > 0 }
	if g.SkipUnable && able != nil {
		sound := make([]bool, len(g.Shares))
		for i, s := range g.Shares {
			sound[i] = s.Percent > 0 && able(s.Queue)
		}
		if slices.Contains(sound, true) {
			takes = func(i int) bool { return sound[i] }
		}
	}
	best, last, sum := -1, c.last(g, caller), int64(0)
	for i, s := range g.Shares {
		if !takes(i) {
			continue
		}
		c.Current[i] += int64(s.Percent)
		sum += int64(s.Percent)
		if best < 0 || c.Current[i] > c.Current[best] {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	if last >= 0 && takes(last) {
		best = last // it counts: the other callers make up for it
	}
	c.Current[best] -= sum
	c.remember(g, caller, g.Shares[best].Queue)
	return g.Shares[best].Queue
}

// mostCallers is how many callers a group remembers.
const mostCallers = 5000

// last is the queue that the caller had the last time; -1 when there is none.
func (c *Counters) last(g *plan.Group, caller string) int {
	if !g.Sticky || caller == "" {
		return -1
	}
	i, found := slices.BinarySearchFunc(c.Callers, caller, byNumber)
	if !found {
		return -1
	}
	return slices.IndexFunc(g.Shares, func(s plan.Share) bool { return s.Queue == c.Callers[i].Queue })
}

// remember keeps which queue the caller had; who has not called for the longest
// time is forgotten.
func (c *Counters) remember(g *plan.Group, caller string, q core.QueueID) {
	if !g.Sticky || caller == "" {
		return
	}
	c.Turn++
	i, found := slices.BinarySearchFunc(c.Callers, caller, byNumber)
	if !found {
		c.Callers = slices.Insert(c.Callers, i, Caller{Number: caller})
	}
	c.Callers[i].Queue, c.Callers[i].Turn = q, c.Turn
	if len(c.Callers) <= mostCallers {
		return
	}
	oldest := 0
	for j := range c.Callers {
		if c.Callers[j].Turn < c.Callers[oldest].Turn {
			oldest = j
		}
	}
	c.Callers = slices.Delete(c.Callers, oldest, oldest+1)
}

// Forget forgets which queues some callers had.
func (b *Balance) Forget(is func(number string) bool) {
	for i := range b.Groups {
		g := &b.Groups[i]
		g.Callers = slices.DeleteFunc(g.Callers, func(c Caller) bool { return is(c.Number) })
	}
}

func byNumber(c Caller, number string) int { return cmp.Compare(c.Number, number) }

// counters finds the group's counters, new ones where the shares are others.
func (b *Balance) counters(g *plan.Group) *Counters {
	i := slices.IndexFunc(b.Groups, func(c Counters) bool { return c.Group == g.ID })
	if i < 0 {
		i = len(b.Groups)
		b.Groups = append(b.Groups, Counters{Group: g.ID})
	}
	c := &b.Groups[i]
	if !slices.Equal(c.Shares, g.Shares) || len(c.Current) != len(g.Shares) {
		c.Shares, c.Current = slices.Clone(g.Shares), make([]int64, len(g.Shares))
	}
	return c
}
