package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type takeInput struct {
	Call  string `path:"call" maxLength:"80" example:"cal_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Small bool   `query:"small" doc:"Asked in the small Banner, where not every queue's calls may be taken"`
}

func (a *API) routesOfPool() {
	const tag = "Pool"
	route(a, huma.Operation{
		OperationID: "pool", Method: http.MethodGet, Path: "/api/v1/me/pool", Tags: []string{tag},
		Summary: "The waiting calls that I may see", Description: "The stream sends the same, at most every 0.45 s.",
	}, func(_ context.Context, s *seat, _ *nothing) (*answer[poolView], error) {
		p := a.o.Floor.PoolOf(s.user.ID)
		if p == nil {
			p = &core.Pool{At: a.at()}
		}
		return &answer[poolView]{viewPool(p, a.at())}, nil
	})
	route(a, huma.Operation{
		OperationID: "take", Method: http.MethodPost, Path: "/api/v1/pool/{call}/take", Tags: []string{tag},
		Summary: "Take this call", Description: "409 call-taken when a colleague was first.",
	}, func(ctx context.Context, s *seat, in *takeInput) (*answer[deskView], error) {
		id := core.CallID(in.Call)
		if i := a.o.Floor.Live(id); i != nil && !slices.Contains(s.plan.Serves(s.user.ID), i.Queue) {
			return nil, core.Errorf(core.Missing, "no-such-call", "No call with this id waits for you.")
		}
		return a.ask(ctx, s, core.Take{Call: id, Small: in.Small})
	})
}
