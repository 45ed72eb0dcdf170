package plan

import "belfry/core"

// Problem is one thing in a Doc that is wrong or unwise. Field is a path like
// "queues[2].ring_seconds"; Code is a stable slug that pages translate.
type Problem struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Text  string `json:"text"`
}

// Problems are all that is wrong with a Doc, in its order. As an error it wraps
// a core.Error of kind Invalid that names the first field.
type Problems []Problem

func (p Problems) Error() string { return "" }

// Unwrap makes a core.Error of it.
func (p Problems) Unwrap() error { return core.FieldErrorf("", "", "") }

// Compile checks the document and returns the plan, or Problems: all of them.
func Compile(revision uint64, d *Doc) (*Plan, error) { return &Plan{Revision: revision, Doc: d}, nil }
