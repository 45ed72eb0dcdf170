package flow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"belfry/core"
	"belfry/core/plan"
)

// Book holds the compiled trees of one plan, and the older texts that live
// calls began with. It never changes.
type Book struct {
	trees map[core.TreeID]*tree
	old   map[edition]*tree
}

// edition is one text of a tree.
type edition struct {
	tree  core.TreeID
	stamp uint64
}

// tree is a compiled Smart Routing.
type tree struct {
	source plan.Tree
	stamp  uint64
	steps  map[string]*step
	start  *step // nil when it has none
}

// step is a compiled node. An output that leads to no node is not in outputs.
type step struct {
	id, name, kind string
	node           node
	outputs        map[string]*step
}

// Compile checks and compiles the trees of a plan. Kept are trees of earlier
// plans that runs still walk (see InUse). A problem hinders nothing: the tree
// runs, and what points nowhere falls to the default output, else to a polite
// end. Problems of kept trees have been told before and are not told again.
func Compile(p *plan.Plan, kept ...plan.Tree) (*Book, []plan.Problem) {
	b := &Book{trees: map[core.TreeID]*tree{}, old: map[edition]*tree{}}
	var problems []plan.Problem
	for i := range p.Doc.Trees {
		c := &check{plan: p, field: fmt.Sprintf("trees[%d]", i)}
		t := compile(c, p.Doc.Trees[i])
		b.trees[t.source.ID] = t
		problems = append(problems, c.problems...)
	}
	for _, k := range kept {
		t := compile(&check{plan: p}, k)
		if now := b.trees[k.ID]; now == nil || now.stamp != t.stamp {
			b.old[edition{k.ID, t.stamp}] = t
		}
	}
	return b, problems
}

func compile(c *check, source plan.Tree) *tree {
	t := &tree{source: source, stamp: stamp(source), steps: map[string]*step{}}
	for i := range source.Nodes {
		n := &source.Nodes[i]
		s := &step{id: n.ID, name: n.Name, kind: n.Kind, outputs: map[string]*step{}}
		s.node = c.node(i, n)
		t.steps[n.ID] = s
		if n.Kind == plan.Starts && t.start == nil {
			t.start = s
		}
	}
	for i := range source.Nodes {
		n := &source.Nodes[i]
		for _, output := range slices.Sorted(maps.Keys(n.Outputs)) {
			if to := t.steps[n.Outputs[output]]; to != nil {
				t.steps[n.ID].outputs[output] = to
			}
		}
	}
	c.tree(t)
	return t
}

// stamp is a hash of all that is written in a tree, so that a text that was
// changed without a new version number is still told from the old one.
func stamp(t plan.Tree) uint64 {
	text, err := json.Marshal(t)
	if err != nil { // settings that are no JSON; a plan has none
		text = fmt.Appendf(nil, "%+v", t)
	}
	h := fnv.New64a()
	_, _ = h.Write(text)
	return h.Sum64()
}

// find returns the text that a run began with; nil when it was not kept.
func (b *Book) find(id core.TreeID, stamp uint64) *tree {
	if t := b.trees[id]; t != nil && t.stamp == stamp {
		return t
	}
	return b.old[edition{id, stamp}]
}

// Wired says whether the output of the node where the run stands leads anywhere
// by its own name.
func (b *Book) Wired(r *Run, output string) bool {
	t := b.find(r.Tree, r.Stamp)
	if t == nil || r.Over {
		return false
	}
	s := t.steps[r.Node]
	return s != nil && s.outputs[output] != nil
}

// InUse returns the trees that the runs are walking, each once, in the order of
// the runs: what Compile of the next plan must keep.
func (b *Book) InUse(runs []*Run) []plan.Tree {
	var used []plan.Tree
	seen := map[edition]bool{}
	for _, r := range runs {
		e := edition{r.Tree, r.Stamp}
		if r.Over || seen[e] {
			continue
		}
		seen[e] = true
		if t := b.find(r.Tree, r.Stamp); t != nil {
			used = append(used, t.source)
		}
	}
	return used
}

// Kept returns the trees in the book that are not of its plan, in order: what a
// snapshot must hold beside the plan to compile this book again.
func (b *Book) Kept() []plan.Tree {
	trees := slices.SortedFunc(maps.Values(b.old), func(x, y *tree) int {
		return cmp.Or(cmp.Compare(x.source.ID, y.source.ID), cmp.Compare(x.stamp, y.stamp))
	})
	kept := make([]plan.Tree, len(trees))
	for i, t := range trees {
		kept[i] = t.source
	}
	return kept
}
