package flow

import (
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
	q := counters.Next(is)
	return w.enqueue(Enter{Queue: q, Group: g.Group, Priority: g.Priority})
}

func (g *group) input(w *walk, in Input) string { return w.left(in) }

// Next chooses the group's next queue by smooth weighted round robin: each
// queue's counter grows by its share, the largest is chosen (the first of
// equals) and pays 100. So over any 100 calls each queue is within one call of
// its share. Empty when the group has no queue with a share.
func (b *Balance) Next(g *plan.Group) core.QueueID {
	c := b.counters(g)
	best := -1
	for i, s := range g.Shares {
		if s.Percent <= 0 {
			continue
		}
		c.Current[i] += int64(s.Percent)
		if best < 0 || c.Current[i] > c.Current[best] {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	c.Current[best] -= 100
	return g.Shares[best].Queue
}

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
