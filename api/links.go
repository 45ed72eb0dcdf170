package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// Links let people who have no user listen to one recording for a while.
type Links interface {
	Links(ctx context.Context, id core.RecordID) ([]Link, error)
	// AddLink keeps one and returns its token, which is not kept.
	AddLink(ctx context.Context, l Link) (token string, err error)
	// LinkOf finds the one with a token that still holds; kind Missing when there
	// is none.
	LinkOf(ctx context.Context, token string, now core.Time) (*Link, error)
	EndLink(ctx context.Context, recording core.RecordID, id string, at core.Time) error
}

// Link is one of them.
type Link struct {
	ID        string
	Recording core.RecordID
	Made      core.Time
	By        core.UserID
	Expires   core.Time
	Ended     core.Time // taken back; zero: it was not
}

type linkView struct {
	ID      string `json:"id" example:"lnk_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Made    stamp  `json:"made"`
	By      string `json:"by"`
	ByName  string `json:"by_name"`
	Expires stamp  `json:"expires"`
	Ended   *stamp `json:"ended" doc:"Taken back; null: it was not"`
}

type newLinkView struct {
	linkView
	Path string `json:"path" doc:"What to put behind this server's address; it is told this once" example:"/shared/p7Hq…"`
}

type addLinkInput struct {
	RecordingInput
	Body struct {
		Hours int `json:"hours,omitempty" minimum:"1" maximum:"720" default:"24" doc:"For how long it holds"`
	} `nameHint:"RecordingLink"`
}

type endLinkInput struct {
	RecordingInput
	Link string `path:"link" maxLength:"80" example:"lnk_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

// sharedPath is where a link leads.
const sharedPath = "/shared/"

// sharedUser is who listened when it was somebody who had a link; see Play.
const sharedUser = "link:"

func (a *API) routesOfLinks(tag, one string) {
	route(a, huma.Operation{
		OperationID: "recordingLinks", Method: http.MethodGet, Path: one + "/links", Tags: []string{tag},
		Summary: "Links by which others listen to a recording, newest first",
	}, func(ctx context.Context, s *seat, in *RecordingInput) (*answer[list[linkView]], error) {
		if _, err := a.o.Recordings.Find(ctx, s.scope(), core.RecordID(in.ID)); err != nil {
			return nil, err
		}
		all, err := a.o.Custody.Links(ctx, core.RecordID(in.ID))
		if err != nil {
			return nil, err
		}
		return &answer[list[linkView]]{list[linkView]{Items: views(all, names{s.plan}.link)}}, nil
	})
	route(a, huma.Operation{
		OperationID: "shareRecording", Method: http.MethodPost, Path: one + "/links", Tags: []string{tag},
		Summary:     "Make a link by which others listen to a recording for a while",
		Description: "Whoever has the link needs no user. Each time they listen is written down with the link and their address.",
	}, func(ctx context.Context, s *seat, in *addLinkInput) (*answer[newLinkView], error) {
		r, err := a.present(ctx, s, in.ID)
		if err != nil {
			return nil, err
		}
		now := a.at()
		l := Link{
			ID: newName("lnk_", now.Std()), Recording: r.ID, Made: now, By: s.user.ID,
			Expires: now.Add(time.Duration(in.Body.Hours) * time.Hour),
		}
		token, err := a.o.Custody.AddLink(ctx, l)
		if err != nil {
			return nil, err
		}
		a.log.InfoContext(ctx, "recording shared", "recording", r.ID, "link", l.ID, "hours", in.Body.Hours, "by", s.user.ID)
		return &answer[newLinkView]{newLinkView{names{s.plan}.link(l), sharedPath + token}}, nil
	})
	route(a, huma.Operation{
		OperationID: "endRecordingLink", Method: http.MethodDelete, Path: one + "/links/{link}", Tags: []string{tag},
		Summary: "Take a link back",
	}, func(ctx context.Context, s *seat, in *endLinkInput) (*nothing, error) {
		if _, err := a.o.Recordings.Find(ctx, s.scope(), core.RecordID(in.ID)); err != nil {
			return nil, err
		}
		if err := a.o.Custody.EndLink(ctx, core.RecordID(in.ID), in.Link, a.at()); err != nil {
			return nil, err
		}
		a.log.InfoContext(ctx, "link taken back", "recording", in.ID, "link", in.Link, "by", s.user.ID)
		return nil, nil //nolint:nilnil // huma: no body
	})
	a.mux.HandleFunc("GET "+sharedPath+"{token}", a.shared)
}

func (n names) link(l Link) linkView {
	return linkView{l.ID, stamp(l.Made), string(l.By), n.user(l.By), stamp(l.Expires), never(l.Ended)}
}

// shared lets whoever has a link listen.
func (a *API) shared(w http.ResponseWriter, req *http.Request) {
	l, err := a.o.Custody.LinkOf(req.Context(), req.PathValue("token"), a.at())
	if err != nil {
		a.refuse(w, a.problemOf(req.Context(), err))
		return
	}
	r, err := a.o.Recordings.Find(req.Context(), Scope{All: true}, l.Recording)
	if err == nil && !r.DeletedAt.IsZero() {
		err = core.Errorf(core.Missing, "recording-deleted", "This recording was deleted.")
	}
	if err != nil {
		a.refuse(w, a.problemOf(req.Context(), err))
		return
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	a.play(w, req, r, core.UserID(sharedUser+l.ID), false)
}
