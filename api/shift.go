package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type startInput struct {
	Body *struct {
		Activity string `json:"activity,omitempty" doc:"Empty: the first that takes calls"`
	} `nameHint:"ShiftStart"`
}

func (a *API) routesOfShift() {
	const tag = "Shift"
	route(a, huma.Operation{
		OperationID: "startShift", Method: http.MethodPost, Path: "/api/v1/me/shift/start", Tags: []string{tag},
		Summary: "Start my shift", Description: "A browser's audio line must be up: POST /api/v1/me/station.",
	}, func(ctx context.Context, s *seat, in *startInput) (*answer[deskView], error) {
		var w core.StartShift
		if in.Body != nil && in.Body.Activity != "" {
			w.Activity = core.ActivityID(in.Body.Activity)
			if s.plan.Activity(w.Activity) == nil {
				return nil, core.FieldErrorf("body.activity", "no-such-activity", "there is no activity %q", in.Body.Activity)
			}
		}
		return a.ask(ctx, s, w)
	})
	a.order("endShift", "/api/v1/me/shift/end", tag, "End my shift", "A call in progress is finished first.", core.EndShift{})
	a.order("return", "/api/v1/me/return", tag, "Return", "Ends not_responding, and a device fault that is over.", core.Return{})
}

func (a *API) routesOfPost() {
	const tag = "Post-interaction"
	a.orderPost("extendPost", "/api/v1/me/post/extend", tag, "Extend the post-interaction time", "",
		func(id core.InteractionID) core.Want { return core.ExtendPost{Interaction: id} })
	a.orderPost("endPost", "/api/v1/me/post/end", tag, "End the post-interaction",
		"A call that must be qualified is qualified first: PUT /api/v1/interactions/{id}/qualification.",
		func(id core.InteractionID) core.Want { return core.EndPost{Interaction: id} })
}

// order registers a POST that is one want and nothing else.
func (a *API) order(id, path, tag, summary, description string, w core.Want) {
	route(a, huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: path, Tags: []string{tag}, Summary: summary, Description: description,
	}, func(ctx context.Context, s *seat, _ *nothing) (*answer[deskView], error) {
		return a.ask(ctx, s, w)
	})
}

type postInput struct {
	Body *struct {
		Interaction string `json:"interaction,omitempty" maxLength:"100" doc:"Of several that run side by side; empty: the oldest"`
	} `nameHint:"PostChoice"`
}

// orderPost registers a POST about one of the post-interactions that run.
func (a *API) orderPost(id, path, tag, summary, description string, w func(core.InteractionID) core.Want) {
	route(a, huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: path, Tags: []string{tag}, Summary: summary, Description: description,
	}, func(ctx context.Context, s *seat, in *postInput) (*answer[deskView], error) {
		var of core.InteractionID
		if in.Body != nil {
			of = core.InteractionID(in.Body.Interaction)
		}
		return a.ask(ctx, s, w(of))
	})
}
