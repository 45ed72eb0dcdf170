package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
)

// Comments are what people write about moments of recordings.
type Comments interface {
	Comments(ctx context.Context, id core.RecordID) ([]Comment, error)
	AddComment(ctx context.Context, id core.RecordID, c Comment) error
	// DeleteComment takes one away; anybody's when by is empty.
	DeleteComment(ctx context.Context, recording core.RecordID, id string, by core.UserID) error
}

// Comment is one of them.
type Comment struct {
	ID   string
	At   core.Time
	User core.UserID
	From time.Duration // from the recording's beginning
	Text string
}

type commentView struct {
	ID       string  `json:"id" example:"com_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Written  stamp   `json:"written"`
	User     string  `json:"user"`
	UserName string  `json:"user_name"`
	At       float64 `json:"at" doc:"Seconds from the beginning of the recording"`
	Text     string  `json:"text"`
}

type addCommentInput struct {
	RecordingInput
	Body struct {
		At   float64 `json:"at" minimum:"0" maximum:"86400" doc:"Seconds from the beginning of the recording" example:"12.5"`
		Text string  `json:"text" minLength:"1" maxLength:"1000"`
	} `nameHint:"RecordingComment"`
}

type deleteCommentInput struct {
	RecordingInput
	Comment string `path:"comment" maxLength:"80" example:"com_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

// routesOfComments: who may listen to a recording reads what is written about it,
// and may write.
func (a *API) routesOfComments(tag, one string) {
	route(a, huma.Operation{
		OperationID: "recordingComments", Method: http.MethodGet, Path: one + "/comments", Tags: []string{tag},
		Summary: "What is written about a recording, from its beginning to its end",
	}, func(ctx context.Context, s *seat, in *RecordingInput) (*answer[list[commentView]], error) {
		return a.comments(ctx, s, core.RecordID(in.ID))
	})
	route(a, huma.Operation{
		OperationID: "commentOnRecording", Method: http.MethodPost, Path: one + "/comments", Tags: []string{tag},
		Summary: "Write about a moment of a recording",
	}, func(ctx context.Context, s *seat, in *addCommentInput) (*answer[list[commentView]], error) {
		r, err := a.present(ctx, s, in.ID)
		if err != nil {
			return nil, err
		}
		from := time.Duration(in.Body.At * float64(time.Second))
		if from > r.Length {
			return nil, core.FieldErrorf("at", "after-the-end", "The recording is %.0f s long: choose a moment within it.", r.Length.Seconds())
		}
		text := strings.TrimSpace(in.Body.Text)
		if text == "" {
			return nil, core.FieldErrorf("text", "empty", "Write something.")
		}
		c := Comment{newName("com_", a.at().Std()), a.at(), s.user.ID, from, text}
		if err := a.o.Custody.AddComment(ctx, r.ID, c); err != nil {
			return nil, err
		}
		return a.comments(ctx, s, r.ID)
	})
	route(a, huma.Operation{
		OperationID: "deleteRecordingComment", Method: http.MethodDelete, Path: one + "/comments/{comment}", Tags: []string{tag},
		Summary: "Delete a comment", Description: "One's own; an administrator anybody's.",
	}, func(ctx context.Context, s *seat, in *deleteCommentInput) (*nothing, error) {
		if _, err := a.o.Recordings.Find(ctx, s.scope(), core.RecordID(in.ID)); err != nil {
			return nil, err
		}
		by := s.user.ID
		if s.can(plan.Administer) {
			by = ""
		}
		return nil, a.o.Custody.DeleteComment(ctx, core.RecordID(in.ID), in.Comment, by)
	})
}

func (a *API) comments(ctx context.Context, s *seat, id core.RecordID) (*answer[list[commentView]], error) {
	if _, err := a.o.Recordings.Find(ctx, s.scope(), id); err != nil {
		return nil, err
	}
	all, err := a.o.Custody.Comments(ctx, id)
	if err != nil {
		return nil, err
	}
	return &answer[list[commentView]]{list[commentView]{Items: views(all, names{s.plan}.comment)}}, nil
}

func (n names) comment(c Comment) commentView {
	return commentView{c.ID, stamp(c.At), string(c.User), n.user(c.User), seconds(c.From), c.Text}
}
