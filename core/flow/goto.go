package flow

import "belfry/core"

// jump goes on in another tree. Variables and path come along. After ten trees
// a call leaves by error: trees that lead to each other would never end.
type jump struct {
	Tree core.TreeID `json:"tree"`
}

func (j *jump) check(c *check) {
	if c.plan.Tree(j.Tree) == nil {
		c.setting("tree", "no-such-tree", "there is no Smart Routing %q", string(j.Tree))
	}
}

func (j *jump) enter(w *walk) string {
	if w.run.Hops >= manyHops {
		w.note("more than %d Smart Routings", manyHops)
		return "error"
	}
	next := w.open(j.Tree)
	if next == nil {
		w.note("there is no Smart Routing %s, or it has no start", short(string(j.Tree)))
		return "error"
	}
	w.run.Hops++
	w.note("%s", short(w.tree.source.Name))
	w.jump = next
	return "next"
}

func (j *jump) input(*walk, Input) string { return "error" }
