package plan

import (
	"maps"
	"slices"
)

// Starts is the kind of the node at which a tree begins.
const Starts = "start"

// trees wants them well formed: nodes with their own ids and one start. An
// output that leads nowhere is allowed, since the call survives it, and warned of.
func (c *check) trees() {
	for i := range c.doc.Trees {
		t := &c.doc.Trees[i]
		c.name(at("trees", i, "name"), t.Name)
		if t.Version < 0 {
			c.wrong(at("trees", i, "version"), "out-of-range", "a version is not negative")
		}
		nodes := at("trees", i, "nodes")
		if len(t.Nodes) > 1000 {
			c.wrong(nodes, "tree-size", "a tree has at most 1000 nodes, not %d", len(t.Nodes))
			continue
		}
		c.nodes(nodes, t)
	}
}

func (c *check) nodes(field string, t *Tree) {
	ids, starts := map[string]bool{}, 0
	for j, n := range t.Nodes {
		at := element(field, j)
		switch {
		case !wellFormed(n.ID):
			c.wrong(at+".id", "id-malformed", "a node's id is 1 to 64 letters, digits, '_', '-' or '.', not %q", n.ID)
		case ids[n.ID]:
			c.wrong(at+".id", "id-taken", "%s is the id of a node of this tree already", n.ID)
		}
		ids[n.ID] = true
		if n.Kind == Starts {
			starts++
		}
		if n.Name != "" {
			c.name(at+".name", n.Name)
		}
	}
	if starts != 1 {
		c.warn(field, "tree-start", "%s has %d start nodes, not one", t.Name, starts)
	}
	for j, n := range t.Nodes {
		for _, out := range slices.Sorted(maps.Keys(n.Outputs)) {
			if !ids[n.Outputs[out]] {
				c.warn(element(field, j)+".outputs."+out, "output-leads-nowhere",
					"the output %s of %s leads to no node", out, n.ID)
			}
		}
	}
}
