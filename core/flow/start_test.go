package flow

import (
	"testing"

	"belfry/core/plan"
)

func TestStart(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `hangup`))
	c.story("begin -> hang up ended")
	c.wantPath("start/next; hangup/")
}

func TestNoStart(t *testing.T) {
	t.Parallel()
	call(t, plan.Tree{ID: "tre_a", Name: "t"}).story("begin -> play goodbye", "ended -> hang up ended")
	none := tr(t, `hangup`)
	none.Nodes = none.Nodes[1:]
	c := call(t, none)
	c.story("begin -> play goodbye")
	c.wantPath("end/ (there is no Smart Routing tre_a, or it has no start)")
}
