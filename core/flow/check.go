package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"belfry/core"
	"belfry/core/plan"
)

// check collects what is wrong with one tree.
type check struct {
	plan     *plan.Plan
	field    string // of the tree
	at       string // of the settings of the node looked at
	problems []plan.Problem
}

func (c *check) wrong(field, code, format string, args ...any) {
	c.problems = append(c.problems, plan.Problem{Field: field, Code: code, Text: fmt.Sprintf(format, args...)})
}

// setting is wrong for a setting of the node looked at.
func (c *check) setting(name, code, format string, args ...any) {
	c.wrong(c.at+"."+name, code, format, args...)
}

// node reads one node's settings and checks it.
func (c *check) node(i int, n *plan.Node) node {
	field := fmt.Sprintf("%s.nodes[%d]", c.field, i)
	k := kindOf(n.Kind)
	if k == nil {
		c.wrong(field+".kind", "no-such-kind", "there is no kind of node called %q", n.Kind)
		return &broken{What: "no kind of node is called " + short(n.Kind)}
	}
	for _, output := range slices.Sorted(maps.Keys(n.Outputs)) {
		if output != "default" && !slices.Contains(k.outputs, output) {
			c.wrong(field+".outputs."+output, "no-such-output", "a node of kind %s has no output %q", k.name, output)
		}
	}
	s, err := k.read(n.Settings)
	if err != nil {
		c.wrong(field+".settings", "settings-unreadable", "the settings of %s are not readable: %v", n.ID, err)
		return &broken{What: "its settings are not readable"}
	}
	c.at = field + ".settings"
	s.check(c)
	return s
}

// tree looks at how the nodes are wired.
func (c *check) tree(t *tree) {
	if t.start == nil {
		c.wrong(c.field+".nodes", "tree-start", "%s has no start node", t.source.Name)
		return
	}
	reached := map[*step]bool{t.start: true}
	for queue := []*step{t.start}; len(queue) > 0; queue = queue[1:] {
		for _, output := range slices.Sorted(maps.Keys(queue[0].outputs)) {
			if next := queue[0].outputs[output]; !reached[next] {
				reached[next] = true
				queue = append(queue, next)
			}
		}
	}
	for i := range t.source.Nodes {
		n := &t.source.Nodes[i]
		field := fmt.Sprintf("%s.nodes[%d]", c.field, i)
		s := t.steps[n.ID]
		if !reached[s] {
			c.wrong(field+".id", "node-unreachable", "no way leads to %s", n.ID)
		}
		for _, output := range slices.Sorted(maps.Keys(n.Outputs)) {
			if t.steps[n.Outputs[output]] == nil {
				c.wrong(field+".outputs."+output, "output-leads-nowhere",
					"the output %s of %s leads to %q, which is no node", output, n.ID, n.Outputs[output])
			}
		}
		if len(s.outputs) == 0 && !mayEnd(n.Kind) {
			c.wrong(field+".outputs", "node-leads-nowhere", "nothing comes after %s", n.ID)
		}
	}
}

// mayEnd says whether a call may come to its end at a node of the kind.
func mayEnd(kind string) bool {
	return slices.Contains([]string{"hangup", "goto", "queue", "group", "mailbox", "user"}, kind)
}

func (c *check) sounds(name string, ids []core.SoundID) {
	if len(ids) > 20 {
		c.setting(name, "out-of-range", "at most 20 sounds are played in a row, not %d", len(ids))
	}
	for i, id := range ids {
		if c.plan.Sound(id) == nil {
			c.setting(fmt.Sprintf("%s[%d]", name, i), "no-such-sound", "there is no sound %q", string(id))
		}
	}
}

// between wants a number in a range; 0 stands for the default.
func (c *check) between(name string, n, low, high int) {
	if n != 0 && (n < low || n > high) {
		c.setting(name, "out-of-range", "%d is not between %d and %d", n, low, high)
	}
}

func (c *check) variable(name, v string) {
	if !isName(v) {
		c.setting(name, "variable-malformed",
			"a variable is 1 to 32 small letters, digits and '_', a letter first, not %q", v)
	}
}

// broken stands for a node that cannot be read: the call goes by its default.
type broken struct{ What string }

func (b *broken) check(*check) {}

func (b *broken) enter(w *walk) string {
	w.note("%s", b.What)
	return "default"
}

func (b *broken) input(*walk, Input) string { return "default" }

// short cuts what somebody wrote to what a note can hold.
func short(s string) string {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return strings.ToValidUTF8(s, "")
}
