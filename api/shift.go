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
	a.order("extendPost", "/api/v1/me/post/extend", tag, "Extend the post-interaction time", "", core.ExtendPost{})
	a.order("endPost", "/api/v1/me/post/end", tag, "End the post-interaction", "", core.EndPost{})
}

// order registers a POST that is one want and nothing else.
func (a *API) order(id, path, tag, summary, description string, w core.Want) {
	route(a, huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: path, Tags: []string{tag}, Summary: summary, Description: description,
	}, func(ctx context.Context, s *seat, _ *nothing) (*answer[deskView], error) {
		return a.ask(ctx, s, w)
	})
}
