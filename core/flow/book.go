package flow

import (
	"belfry/core"
	"belfry/core/plan"
)

// Book holds the compiled trees of one plan, and the older texts that live
// calls began with.
type Book struct{}

// Compile checks and compiles the trees of a plan. Kept are trees of earlier
// plans that runs still walk (see InUse). A problem hinders nothing: the tree
// runs, and what points nowhere falls to the default output, else to a polite
// end.
func Compile(p *plan.Plan, kept ...plan.Tree) (*Book, []plan.Problem) { return &Book{}, nil }

// InUse returns the trees that the runs are walking, each once, in the order of
// the runs: what Compile of the next plan must keep.
func (b *Book) InUse(runs []*Run) []plan.Tree { return nil }

// Kept returns the trees in the book that are not of its plan, for a snapshot.
func (b *Book) Kept() []plan.Tree { return nil }

// Step takes one input and returns the orders, in order. News that the run does
// not wait for changes nothing.
func Step(run *Run, in Input, env Env) []Order { return nil }

// Shown are the variables as people may see them: secrets as dots.
func (r *Run) Shown() []core.Var { return nil }
