package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// Trunk is how a way to the telephone network stands.
type Trunk struct {
	ID         core.TrunkID
	Name       string
	Up         bool
	Since      core.Time // of up or down
	Registers  bool
	Registered bool
	Channels   int // in use
	Limit      int // of them; 0: none
	Error      string
	ErrorAt    core.Time
}

type trunkView struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Up         bool   `json:"up" doc:"Calls out may go by it"`
	Since      stamp  `json:"since" doc:"It has been up, or down, since"`
	Registered *bool  `json:"registered" doc:"Null where nothing is registered"`
	Channels   int    `json:"channels" doc:"In use"`
	Limit      *int   `json:"limit" doc:"Of channels; null for none"`
	Error      string `json:"error" doc:"What went wrong last; empty when nothing has since it came up"`
	ErrorAt    *stamp `json:"error_at"`
}

func (a *API) routesOfTrunks() {
	route(a, huma.Operation{
		OperationID: "trunks", Method: http.MethodGet, Path: "/api/v1/trunks", Tags: []string{"Trunks"},
		Summary: "The ways to the telephone network, in the order in which calls out try them, and how they stand",
	}, func(context.Context, *seat, *nothing) (*answer[list[trunkView]], error) {
		var all []Trunk
		if a.o.Trunks != nil {
			all = a.o.Trunks()
		}
		return &answer[list[trunkView]]{list[trunkView]{Items: views(all, viewTrunk)}}, nil
	})
}

func viewTrunk(t Trunk) trunkView {
	v := trunkView{
		ID: string(t.ID), Name: t.Name, Up: t.Up, Since: stamp(t.Since), Channels: t.Channels, Error: t.Error,
	}
	if t.Registers {
		v.Registered = &t.Registered
	}
	if t.Limit > 0 {
		v.Limit = &t.Limit
	}
	if !t.ErrorAt.IsZero() {
		at := stamp(t.ErrorAt)
		v.ErrorAt = &at
	}
	return v
}
