package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type invariantsView struct {
	OK     bool         `json:"ok"`
	Broken []brokenView `json:"broken"`
	At     stamp        `json:"at"`
}

type brokenView struct {
	Invariant int      `json:"invariant" doc:"Its number in ARCHITECTURE.md"`
	What      string   `json:"what"`
	IDs       []string `json:"ids"`
}

func (a *API) routesOfInvariants() {
	route(a, huma.Operation{
		OperationID: "invariants", Method: http.MethodGet, Path: "/api/v1/invariants", Tags: []string{"Health"},
		Summary: "What must always hold, checked now",
	}, func(context.Context, *seat, *nothing) (*answer[invariantsView], error) {
		broken := views(a.o.Check(), func(b Broken) brokenView {
			return brokenView{b.Invariant, b.What, append([]string{}, b.IDs...)}
		})
		return &answer[invariantsView]{invariantsView{len(broken) == 0, broken, stamp(a.at())}}, nil
	})
}
