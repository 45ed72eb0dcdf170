package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"belfry/core"
	"belfry/store/q"
)

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
	Seq      uint64
	At       core.Time
	Revision uint64 // of the plan; 0: not in the plan
	By       Author
	Edit     Edit
}

// ChangeFilter says which changes are asked for. A zero field asks for all.
type ChangeFilter struct {
	List, ID string
	Author   core.UserID
	After    string // the cursor
	Limit    int
}

// Changes returns one page of what was changed, newest first, and the cursor of
// the next, empty at the end.
func (s *Store) Changes(ctx context.Context, f ChangeFilter) ([]Change, string, error) {
	company, err := s.company()
	if err != nil {
		return nil, "", err
	}
	before := int64(1<<63 - 1)
	if f.After != "" {
		if before, err = strconv.ParseInt(f.After, 10, 64); err != nil {
			return nil, "", core.FieldErrorf("after", "bad-cursor", "this is not a cursor of such a list")
		}
	}
	most := mostRows(f.Limit)
	rows, err := s.ask.Changes(ctx, q.ChangesParams{
		Company: company, Before: before, List: clean(f.List), Thing: clean(f.ID), Author: clean(string(f.Author)), Most: int32(most + 1),
	})
	if err != nil {
		return nil, "", fmt.Errorf("list the changes: %w", err)
	}
	next := ""
	if len(rows) > most {
		rows = rows[:most]
		next = strconv.FormatInt(rows[most-1].Seq, 10)
	}
	all := make([]Change, len(rows))
	for i, r := range rows {
		all[i] = Change{
			Seq: uint64(r.Seq), At: fromMS(r.At), Revision: uint64(r.Revision), By: Author{core.UserID(r.Author), r.Origin},
			Edit: Edit{List: r.List, ID: r.Thing, Name: r.Name, Was: json.RawMessage(r.Was), Became: json.RawMessage(r.Became)},
		}
	}
	return all, next, nil
}

// NoteChange keeps a change of something that is not in the plan.
func (s *Store) NoteChange(ctx context.Context, by Author, e Edit) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	now := ms(core.At(s.now()))
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		return noteChanges(ctx, w, company, now, 0, by, []Edit{e})
	})
}

func noteChanges(ctx context.Context, w *q.Queries, company string, now, revision int64, by Author, edits []Edit) error {
	if len(edits) == 0 {
		return nil
	}
	last, err := w.LastChange(ctx, company)
	if err != nil {
		return fmt.Errorf("note a change: %w", err)
	}
	for _, e := range edits {
		last++
		err := w.AddChange(ctx, q.AddChangeParams{
			Company: company, Seq: last, At: now, Revision: revision, Author: string(by.User), Origin: clean(by.From),
			List: e.List, Thing: e.ID, Name: e.Name, Was: string(e.Was), Became: string(e.Became),
		})
		if err != nil {
			return fmt.Errorf("note a change: %w", err)
		}
	}
	return nil
}
