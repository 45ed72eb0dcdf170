package flow

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// company has one of everything that nodes refer to, and the trees.
func company(trees ...plan.Tree) *plan.Doc {
	d := &plan.Doc{
		Company:    plan.Company{ID: "com_x", Name: "X", Zone: "UTC", Goodbye: "snd_goodbye"},
		Users:      []plan.User{{ID: "usr_ann", Login: "ann", Name: "Ann", Extension: "201", Profile: "pro_a"}},
		Profiles:   []plan.Profile{{ID: "pro_a", Name: "A"}},
		Queues:     []plan.Queue{{ID: "que_a", Name: "a"}, {ID: "que_b", Name: "b"}, {ID: "que_c", Name: "c"}},
		Groups:     []plan.Group{{ID: "grp_a", Name: "g", Shares: []plan.Share{{Queue: "que_a", Percent: 50}, {Queue: "que_b", Percent: 30}, {Queue: "que_c", Percent: 20}}}},
		Mailboxes:  []plan.Mailbox{{ID: "box_a", Name: "m"}},
		Activities: []plan.Activity{},
		Hours: []plan.Hours{{
			ID: "hrs_a", Name: "h",
			Spans:      []plan.Span{{Day: time.Monday, From: "08:00", To: "18:00"}},
			Exceptions: []plan.Exception{{Date: "2026-03-30", Name: "Holiday"}},
		}},
		Trees: trees,
	}
	for _, s := range []string{"a", "b", "wrong", "none", "goodbye"} {
		d.Sounds = append(d.Sounds, plan.Sound{ID: core.SoundID("snd_" + s), Name: s})
	}
	return d
}

// tr reads a tree from nodes from lines such as
//
//	menu {"sounds": ["snd_a"]} 1=other default=end
//
// A node's id is its kind unless one stands before a colon. A start that leads
// to the first is put in front.
func tr(t *testing.T, lines ...string) plan.Tree {
	t.Helper()
	out := plan.Tree{ID: "tre_a", Name: "t", Version: 1}
	for _, line := range lines {
		var n plan.Node
		head, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		n.ID, n.Kind = head, head
		if id, kind, named := strings.Cut(head, ":"); named {
			n.ID, n.Kind = id, kind
		}
		if i := strings.LastIndex(rest, "}"); i >= 0 {
			n.Settings, rest = json.RawMessage(rest[:i+1]), rest[i+1:]
		}
		n.Outputs = map[string]string{}
		for _, wire := range strings.Fields(rest) {
			output, to, _ := strings.Cut(wire, "=")
			if output == "" { // "=" may be no key, "#=x" is
				t.Fatalf("%q", wire)
			}
			n.Outputs[output] = to
		}
		out.Nodes = append(out.Nodes, n)
	}
	start := plan.Node{ID: "start", Kind: "start", Outputs: map[string]string{"next": out.Nodes[0].ID}}
	out.Nodes = append([]plan.Node{start}, out.Nodes...)
	return out
}

// caller is one call on its way.
type caller struct {
	t   *testing.T
	run *Run
	env Env
}

// monday is 2026-03-23 09:00 UTC.
var monday = core.At(time.Date(2026, 3, 23, 9, 0, 0, 0, time.UTC))

// call makes a call whose first tree is trees[0]. It has not begun.
func call(t *testing.T, trees ...plan.Tree) *caller {
	t.Helper()
	p, err := plan.Compile(1, company(trees...))
	if err != nil {
		t.Fatal(err)
	}
	b, problems := Compile(p)
	for _, x := range problems {
		t.Log(x)
	}
	return &caller{t: t, run: &Run{}, env: Env{Now: monday, Plan: p, Book: b, Groups: &Balance{}}}
}

// story plays lines "input -> orders" and compares. Inputs are: begin, ended,
// ended without snd_…, key K, wait 5s (the clock goes on and the deadline is
// due, if it is), left OUTPUT.
func (c *caller) story(lines ...string) {
	c.t.Helper()
	for _, line := range lines {
		in, want, _ := strings.Cut(line, "->")
		in, want = strings.TrimSpace(in), strings.TrimSpace(want)
		if got := c.in(in); got != want {
			c.t.Fatalf("%s: got %q, want %q\npath %v", in, got, want, c.path())
		}
	}
}

func (c *caller) in(in string) string {
	c.t.Helper()
	word, rest, _ := strings.Cut(in, " ")
	switch word {
	case "begin":
		id := c.env.Plan.Doc.Trees[0].ID
		return c.step(Begin{Call: "cal_1", Tree: id, Vars: []core.Var{{Name: "caller", Value: "+33612345678"}}})
	case "ended":
		ended := PlayEnded{Play: c.run.Play}
		if _, missing, found := strings.Cut(in, "without "); found {
			ended.Missing = []core.SoundID{core.SoundID(missing)}
		}
		return c.step(ended)
	case "key":
		var out []string
		for i := range len(rest) {
			if s := c.step(Digit{rest[i]}); s != "" {
				out = append(out, s)
			}
		}
		return strings.Join(out, "; ")
	case "wait":
		d, err := time.ParseDuration(rest)
		if err != nil {
			c.t.Fatal(err)
		}
		c.env.Now = c.env.Now.Add(d)
		return c.step(Woke{})
	case "left":
		return c.step(Left{Output: rest})
	}
	c.t.Fatalf("no input is called %q", in)
	return ""
}

// step takes an input, proves that the run can be written and read back, and
// that it waits for something or is over.
func (c *caller) step(in Input) string {
	c.t.Helper()
	orders := Step(c.run, in, c.env)
	text, err := json.Marshal(c.run)
	if err != nil {
		c.t.Fatal(err)
	}
	again := new(Run)
	if err := json.Unmarshal(text, again); err != nil {
		c.t.Fatal(err)
	}
	if !reflect.DeepEqual(c.run, again) {
		c.t.Fatalf("written and read back:\n%+v\n%+v", c.run, again)
	}
	if wrong := alive(c.run); wrong != "" {
		c.t.Fatal(wrong)
	}
	return words(orders)
}

// alive says what is wrong with where a run stands after a step.
func alive(r *Run) string {
	switch {
	case len(r.Path) == 0:
		return "" // not begun
	case r.Over && (r.Waits != ForNothing || !r.Deadline.IsZero()):
		return "it is over and waits"
	case !r.Over && r.Waits == ForNothing:
		return "it waits for nothing"
	case (r.Waits == ForPlay || r.Waits == ForDigit) == r.Deadline.IsZero():
		return fmt.Sprintf("it waits for %d with the deadline %d", r.Waits, r.Deadline)
	case r.Waits == ForPlay && r.Play == "":
		return "it waits for a prompt without a name"
	}
	return ""
}

func words(orders []Order) string {
	var out []string
	for _, o := range orders {
		switch o := o.(type) {
		case Play:
			s := "play"
			for _, id := range o.Sounds {
				s += " " + strings.TrimPrefix(string(id), "snd_")
			}
			out = append(out, s)
		case StopPlay:
			out = append(out, "stop")
		case Enter:
			s := "enter " + string(o.Queue)
			if o.Group != "" {
				s += " by " + string(o.Group)
			}
			if o.Priority != 0 {
				s += fmt.Sprintf(" %+d", o.Priority)
			}
			out = append(out, s)
		case CallNumber:
			return fmt.Sprintf("call %s %ds", o.Number, o.Ring)
		case RingUser:
			s := "ring " + string(o.User)
			if o.Ring != 0 {
				s += fmt.Sprintf(" %ds", o.Ring)
			}
			out = append(out, s)
		case LeaveMessage:
			out = append(out, "message "+string(o.Mailbox))
		case HangUp:
			out = append(out, "hang up "+string(o.Cause.Why))
		}
	}
	return strings.Join(out, "; ")
}

// path is the way so far: node/output (what).
func (c *caller) path() string {
	var out []string
	for _, v := range c.run.Path {
		id := v.Node
		if id == "" {
			id = v.Kind
		}
		s := id + "/" + v.Output
		if v.What != "" {
			s += " (" + v.What + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func (c *caller) wantPath(want string) {
	c.t.Helper()
	if got := c.path(); got != want {
		c.t.Errorf("path\n%s\nwant\n%s", got, want)
	}
}

// find is the value of a variable.
func (c *caller) find(name string) string {
	v, _ := c.run.value(name)
	return v
}
