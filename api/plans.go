package api

import (
	"context"
	"encoding/json"

	"belfry/core"
	"belfry/core/plan"
)

// Plans keep what administrators set.
type Plans interface {
	// Change has edit make the next plan of the newest, keeps it with what was
	// edited, and brings it to all who go by it; it returns when the floor goes
	// by it. One change at a time. An error of edit changes nothing, nor does no
	// plan.
	Change(ctx context.Context, by Author, edit func(now *plan.Plan) (*plan.Plan, []Edit, error)) error
	// Changes returns one page of what was changed, newest first, and the cursor
	// of the next.
	Changes(ctx context.Context, f ChangeFilter) ([]Change, string, error)
	// SetPassword sets the password of a user, ends all of their sessions, and
	// notes who did it.
	SetPassword(ctx context.Context, by Author, user *plan.User, password string) error
	// NewPhonePassword gives the user's SIP phones a password that it makes up, and
	// notes who had it made. Nothing reads it again.
	NewPhonePassword(ctx context.Context, by Author, user *plan.User) (password string, err error)
	// SetSecret sets our password at a trunk, and notes who did it.
	SetSecret(ctx context.Context, by Author, trunk *plan.Trunk, secret string) error
}

// Author is who changes something. Both may be empty: the program itself, or
// somebody at its terminal.
type Author struct {
	User core.UserID
	From string // the address
}

// Edit is one thing of the plan as it was and as it is, as JSON. Was empty: it
// is new; Became empty: it is gone. A password has neither.
type Edit struct {
	List, ID, Name string
	Was, Became    json.RawMessage
}

// Change is an Edit that was kept.
type Change struct {
	Edit
	Seq      uint64
	At       core.Time
	Revision uint64 // of the plan; 0: not in the plan
	By       Author
}

// ChangeFilter says which changes are asked for. A zero field asks for all.
type ChangeFilter struct {
	List, ID string
	Author   core.UserID
	After    string // the cursor
	Limit    int
}
