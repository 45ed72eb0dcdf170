package plan

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"belfry/core"
)

// Problem is one thing in a Doc that is wrong or unwise. Field is a path like
// "queues[2].ring_seconds"; Code is a stable slug that pages translate.
type Problem struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Text  string `json:"text"`
}

func (p Problem) String() string { return p.Field + ": " + p.Text }

// Problems are all that is wrong with a Doc, in its order; never empty. As an
// error it wraps a core.Error of kind Invalid that names the first field.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.String()
	}
	return strings.Join(lines, "; ")
}

// Unwrap returns the core.Error.
func (p Problems) Unwrap() error {
	e := core.FieldErrorf(p[0].Field, p[0].Code, "%s", p[0].Text)
	if n := len(p) - 1; n > 0 {
		e.Text += fmt.Sprintf(" (and %d more)", n)
	}
	return e
}

// Compile checks the document and returns the plan, or Problems: all of them.
// The plan keeps its own copy of the document. Trees are only checked for being
// well formed; what their nodes mean is flow's to say.
func Compile(revision uint64, d *Doc) (*Plan, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, unreadable(err)
	}
	return Parse(revision, text)
}

// Parse reads a Doc and compiles it.
func Parse(revision uint64, doc []byte) (*Plan, error) {
	d := new(Doc)
	if err := json.Unmarshal(doc, d); err != nil {
		return nil, unreadable(err)
	}
	c := &check{doc: d, plan: &Plan{Revision: revision, Doc: d, zones: map[string]*time.Location{}}}
	c.index()
	c.company()
	c.users()
	c.profiles()
	c.activities()
	c.queues()
	c.groups()
	c.numbers()
	c.sounds()
	c.hours()
	c.mailboxes()
	c.trees()
	c.trunks()
	c.callerIDs()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	c.plan.derive()
	c.unserved()
	c.plan.warnings = c.warnings
	return c.plan, nil
}

func unreadable(err error) error {
	return Problems{{Field: "plan", Code: "plan-unreadable", Text: "the plan is not readable: " + err.Error()}}
}
