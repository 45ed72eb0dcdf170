package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type healthView struct {
	OK bool `json:"ok"`
}

func (a *API) routesOfHealth() {
	const tag = "Health"
	route(a, huma.Operation{
		OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Tags: []string{tag}, Summary: "The process answers",
	}, func(context.Context, *seat, *nothing) (*answer[healthView], error) {
		return &answer[healthView]{healthView{true}}, nil
	})
	route(a, huma.Operation{
		OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Tags: []string{tag},
		Summary: "Work can be taken", Description: "503 while starting, draining, or when the record cannot be written.",
	}, func(ctx context.Context, _ *seat, _ *nothing) (*answer[healthView], error) {
		select {
		case <-a.over:
			return nil, core.Errorf(core.Busy, "not-ready", "Belfry is shutting down.")
		default:
		}
		if a.o.Ready != nil {
			if err := a.o.Ready(); err != nil {
				a.log.WarnContext(ctx, "not ready", "error", err)
				return nil, core.Errorf(core.Busy, "not-ready", "Belfry takes no work now; the log says why.")
			}
		}
		return &answer[healthView]{healthView{true}}, nil
	})
}
