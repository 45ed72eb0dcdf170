package flow

import (
	"encoding/json"
	"slices"
	"testing"

	"belfry/core/plan"
)

func compileOf(t *testing.T, trees ...plan.Tree) (*plan.Plan, *Book, []plan.Problem) {
	t.Helper()
	p, err := plan.Compile(1, company(trees...))
	if err != nil {
		t.Fatal(err)
	}
	b, problems := Compile(p)
	return p, b, problems
}

// What is wrong with a node, the field that is named, and its code.
func TestProblems(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ line, field, code string }{
		{`play {"sounds": []} played=end`, "settings.sounds", "nothing-to-play"},
		{`play {"sounds": ["snd_x"]} played=end`, "settings.sounds[0]", "no-such-sound"},
		{`play {"sound": ["snd_a"]} played=end`, "settings", "settings-unreadable"},
		{`play {"sounds": 3} played=end`, "settings", "settings-unreadable"},
		{`play {"sounds": ["snd_a"]} played=nowhere default=end`, "outputs.played", "output-leads-nowhere"},
		{`play {"sounds": ["snd_a"]} heard=end`, "outputs.heard", "no-such-output"},
		{`set {"variable": "x"}`, "outputs", "node-leads-nowhere"},
		{`set {"variable": "X"} next=end`, "settings.variable", "variable-malformed"},
		{`menu {"tries": 11} 1=end`, "settings.tries", "out-of-range"},
		{`menu {"timeout_seconds": -1} 1=end`, "settings.timeout_seconds", "out-of-range"},
		{`collect {"variable": "x", "min": 5, "max": 4} got=end`, "settings.min", "out-of-range"},
		{`collect {"variable": "x", "terminator": "5"} got=end`, "settings.terminator", "not-a-choice"},
		{`collect {"variable": "x", "pattern": "("} got=end`, "settings.pattern", "pattern-malformed"},
		{`condition {"if": "=="} true=end`, "settings.if", "condition-malformed"},
		{`hours {"hours": "x"} open=end`, "settings.hours", "no-such-hours"},
		{`queue {"queue": "x"} full=end`, "settings.queue", "no-such-queue"},
		{`group {"group": "x"} full=end`, "settings.group", "no-such-group"},
		{`mailbox {"mailbox": "x"} recorded=end`, "settings.mailbox", "no-such-mailbox"},
		{`user {} busy=end`, "settings.user", "no-such-user"},
		{`user {"user": "x"} busy=end`, "settings.user", "no-such-user"},
		{`goto {"tree": "x"} error=end`, "settings.tree", "no-such-tree"},
		{`hangup {"cause": "bored"} default=end`, "settings.cause", "not-a-choice"},
		{`teleport {} next=end`, "kind", "no-such-kind"},
	} {
		_, _, problems := compileOf(t, tr(t, x.line, "end:hangup"))
		want := "trees[0].nodes[1]." + x.field
		if !slices.ContainsFunc(problems, func(p plan.Problem) bool { return p.Field == want && p.Code == x.code && p.Text != "" }) {
			t.Errorf("%s: want %s at %s, got %v", x.line, x.code, want, problems)
		}
	}
	_, _, problems := compileOf(t, tr(t, "hangup", "alone:hangup"))
	if len(problems) != 1 || problems[0].Code != "node-unreachable" || problems[0].Field != "trees[0].nodes[2].id" {
		t.Errorf("a node to which no way leads: %v", problems)
	}
}

// A tree full of faults still leads each call to an end, never to silence.
func TestTreeThatPointsNowhere(t *testing.T) {
	t.Parallel()
	call(t, tr(t, `teleport {} next=end default=queue`, `end:hangup`, `queue {"queue": "que_a"}`)).story("begin -> enter que_a")
	call(t, tr(t, `teleport {} next=end`, `end:hangup`)).story("begin -> play goodbye", "ended -> hang up ended")
	call(t, tr(t, `play {"sounds": ["snd_a"]} played=nowhere`)).story("begin -> play a", "ended -> play goodbye", "ended -> hang up ended")
	call(t, tr(t, `play {"sounds": ["snd_a"]} played=nowhere default=queue`, `queue {"queue": "que_a"}`)).
		story("begin -> play a", "ended -> enter que_a")
	turning := call(t, tr(t, `set {"variable": "x"} next=set default=queue`, `queue {"queue": "que_a"} full=set`))
	turning.story("begin -> enter que_a", "left full -> play goodbye", "ended -> hang up ended")
	silent := call(t, tr(t, `queue {"queue": "que_a"}`))
	silent.env.Plan.Doc.Company.Goodbye = "snd_x"
	silent.story("begin -> enter que_a", "left full -> hang up ended")
}

func TestLiveCallKeepsItsText(t *testing.T) {
	t.Parallel()
	old := tr(t, `menu {"sounds": ["snd_a"]} 1=queue`, `queue {"queue": "que_a"}`)
	c := call(t, old)
	c.story("begin -> play a")

	fresh := tr(t, `menu {"sounds": ["snd_b"]} 1=hangup`, `hangup`) // the version is the same by mistake
	p, err := plan.Compile(2, company(fresh))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Compile(p, c.env.Book.InUse([]*Run{c.run, {}, c.run})...)
	if kept := b.Kept(); len(kept) != 1 {
		t.Fatalf("kept %v", kept)
	}
	// As after a snapshot: the kept trees are written and read back.
	text, err := json.Marshal(b.Kept())
	if err != nil {
		t.Fatal(err)
	}
	var kept []plan.Tree
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	c.env.Plan = p
	c.env.Book, _ = Compile(p, kept...)
	c.story("key 1 -> stop; enter que_a")

	later := &caller{t: t, run: &Run{}, env: c.env}
	later.story("begin -> play b", "key 1 -> hang up ended")

	if used := c.env.Book.InUse([]*Run{later.run}); len(used) != 0 {
		t.Errorf("a run that is over still uses %v", used)
	}
	if b, _ := Compile(p, c.env.Book.InUse([]*Run{c.run})...); len(b.Kept()) != 1 {
		t.Error("the old text was not kept twice")
	}
}

// A text that was not kept, by a mistake of ours, leads to the present one, or
// to a polite end.
func TestTextThatWasNotKept(t *testing.T) {
	t.Parallel()
	old := tr(t, `menu {"sounds": ["snd_a"]} 1=hangup`, `hangup`)
	c := call(t, old)
	c.story("begin -> play a")
	p, b, _ := compileOf(t, tr(t, `menu {"sounds": ["snd_b"]} 1=queue`, `queue {"queue": "que_a"}`))
	c.env.Plan, c.env.Book = p, b
	c.story("key 1 -> stop; enter que_a")
	c = call(t, old)
	c.story("begin -> play a")
	c.env.Plan, c.env.Book, _ = compileOf(t, tr(t, `hangup`))
	c.story("key 1 -> play goodbye", "ended -> hang up ended")
}

func TestKinds(t *testing.T) {
	t.Parallel()
	names, outputs := Kinds()
	if len(names) != 14 || len(outputs) != len(names) {
		t.Fatalf("%d kinds", len(names))
	}
	outputs[0][0] = "changed"
	if _, again := Kinds(); again[0][0] != "next" {
		t.Error("the table can be changed from outside")
	}
}
