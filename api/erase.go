package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// Erasures take people out of everything that is kept.
type Erasures interface {
	// Erase erases a person; kind Missing when there is no such card, Conflict
	// when something of them may still come.
	Erase(ctx context.Context, who Person, id string, by core.UserID, at core.Time) (*Erasure, error)
	Erasures(ctx context.Context, after string, limit int) ([]Erasure, string, error)
}

// Person is who is to be erased: a card of the address book, or who has a number.
type Person struct {
	Contact core.ContactID
	Numbers []string // E.164
}

// Erasure is the proof: what was erased, not who it was.
type Erasure struct {
	ID           string
	At           core.Time
	By           core.UserID
	Interactions []core.InteractionID
	Recordings   []ErasedFile
	Messages     []ErasedFile
	Contacts     int
	Kept         []core.RecordID // recordings under legal hold: their calls stay whole
}

// ErasedFile is a file that is no more.
type ErasedFile struct {
	ID     core.RecordID
	SHA256 string
}

type erasureView struct {
	ID           string           `json:"id" example:"ers_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	At           stamp            `json:"at"`
	By           string           `json:"by"`
	ByName       string           `json:"by_name"`
	Interactions []string         `json:"interactions" doc:"Calls whose record does not name the person any more"`
	Recordings   []erasedFileView `json:"recordings"`
	Messages     []erasedFileView `json:"voice_messages"`
	Contacts     int              `json:"contacts" doc:"Cards of the address book that were deleted, or had the number"`
	Kept         []string         `json:"kept" doc:"Recordings under legal hold: they and the record of their call stay"`
}

type erasedFileView struct {
	ID     string  `json:"id"`
	SHA256 *string `json:"sha256" doc:"Null: it was not known"`
}

type eraseInput struct {
	Body struct {
		Number  string `json:"number,omitempty" maxLength:"40" doc:"In any usual spelling" example:"+33612345678"`
		Contact string `json:"contact,omitempty" maxLength:"80" doc:"A card: it and all its numbers" example:"con_claire"`
	} `nameHint:"Erase"`
}

func (a *API) routesOfErasures() {
	const tag, all = "Erasures", "/api/v1/erasures"
	route(a, huma.Operation{
		OperationID: "erasures", Method: http.MethodGet, Path: all, Tags: []string{tag},
		Summary: "What was erased, newest first", Description: "Proof for who asked: it does not say who that was.",
	}, func(ctx context.Context, s *seat, in *PageInput) (*answer[list[erasureView]], error) {
		items, next, err := a.o.Erasures.Erasures(ctx, in.After, in.Limit)
		if err != nil {
			return nil, err
		}
		return &answer[list[erasureView]]{list[erasureView]{views(items, names{s.plan}.erasure), absent(next)}}, nil
	})
	route(a, huma.Operation{
		OperationID: "erase", Method: http.MethodPost, Path: all, Tags: []string{tag},
		Summary: "Erase a person from everything that is kept",
		Description: "Their number and name go from the records of their calls, with notes, variables and what they typed; their recordings and voice messages are deleted; " +
			"their card goes; nobody calls them back. When they called, how long, and who of us answered stays, so that reports say what they said. " +
			"A call that lives is not touched: ask again after it. What crash recovery keeps is gone after 24 hours. It cannot be taken back.",
	}, func(ctx context.Context, s *seat, in *eraseInput) (*answer[erasureView], error) {
		who := Person{Contact: core.ContactID(in.Body.Contact)}
		switch {
		case (in.Body.Number == "") == (in.Body.Contact == ""):
			return nil, core.FieldErrorf("number", "number-or-contact", "Say either a number or a contact.")
		case in.Body.Number != "":
			t, err := s.number("number", in.Body.Number)
			if err != nil {
				return nil, err
			}
			who.Numbers = []string{t.Number}
		}
		e, err := a.o.Erasures.Erase(ctx, who, newName("ers_", a.at().Std()), s.user.ID, a.at())
		if err != nil {
			return nil, err
		}
		a.log.InfoContext(ctx, "a person was erased", "erasure", e.ID, "calls", len(e.Interactions), "by", s.user.ID) // not who
		return &answer[erasureView]{names{s.plan}.erasure(*e)}, nil
	})
}

func (n names) erasure(e Erasure) erasureView {
	file := func(f ErasedFile) erasedFileView { return erasedFileView{string(f.ID), absent(f.SHA256)} }
	call := func(id core.InteractionID) string { return string(id) }
	kept := func(id core.RecordID) string { return string(id) }
	return erasureView{
		ID: e.ID, At: stamp(e.At), By: string(e.By), ByName: n.user(e.By), Interactions: views(e.Interactions, call),
		Recordings: views(e.Recordings, file), Messages: views(e.Messages, file), Contacts: e.Contacts, Kept: views(e.Kept, kept),
	}
}
