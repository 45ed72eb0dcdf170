package flow

import (
	"strings"
	"testing"
)

func TestGoto(t *testing.T) {
	t.Parallel()
	one := tr(t, `set {"variable": "x", "value": "kept"} next=goto`, `goto {"tree": "tre_b"} error=hangup`, `hangup`)
	two := tr(t, `condition {"if": "x == 'kept'"} true=queue`, `queue {"queue": "que_a"}`)
	two.ID, two.Name, two.Version = "tre_b", "Second", 4
	c := call(t, one, two)
	c.story("begin -> enter que_a")
	c.wantPath("start/next; set/next (x = kept); goto/next (Second); start/next; condition/true (true); queue/ (queue a)")
	if c.run.Tree != "tre_b" || c.run.Version != 4 {
		t.Errorf("it stands in %s %d", c.run.Tree, c.run.Version)
	}
}

func TestGotoWithoutEnd(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `goto {"tree": "tre_a"} error=queue`, `queue {"queue": "que_a"}`))
	c.story("begin -> enter que_a")
	if n := strings.Count(c.path(), "goto/next"); n != manyHops {
		t.Errorf("%d hops", n)
	}
	call(t, tr(t, `goto {"tree": "tre_x"} error=queue`, `queue {"queue": "que_a"}`)).story("begin -> enter que_a")
	call(t, tr(t, `goto {"tree": "tre_x"}`)).story("begin -> play goodbye", "ended -> hang up ended")
}
