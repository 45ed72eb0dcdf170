package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// legQualityView is how one who takes part in a call sounds just now.
type legQualityView struct {
	Leg     string       `json:"leg"`
	Who     string       `json:"who" enum:"you,colleague,other"`
	Name    *string      `json:"name"`
	Quality *qualityView `json:"quality" doc:"null while nothing is measured yet"`
}

type callQualityView struct {
	Legs []legQualityView `json:"legs"`
}

func (a *API) routesOfQuality() {
	route(a, huma.Operation{
		OperationID: "call-quality", Method: http.MethodGet, Path: "/api/v1/calls/{id}/quality", Tags: []string{"Calls"},
		Summary: "How everybody in my call sounds just now", Description: "MOS, loss and jitter of each leg, in both directions; none when I am not on the call, which may just have ended. Ask every few seconds at most.",
	}, func(_ context.Context, s *seat, in *CallInput) (*answer[callQualityView], error) {
		if d := a.o.Floor.Desk(s.user.ID); d != nil {
			for i := range d.Calls {
				if d.Calls[i].ID == core.CallID(in.ID) {
					return &answer[callQualityView]{Body: a.qualityOf(&d.Calls[i])}, nil
				}
			}
		}
		return &answer[callQualityView]{Body: callQualityView{Legs: []legQualityView{}}}, nil
	})
}

func (a *API) qualityOf(c *core.DeskCall) callQualityView {
	heard := func(leg core.LegID) *qualityView {
		if a.o.Quality == nil {
			return nil
		}
		return viewQuality(a.o.Quality(leg))
	}
	v := callQualityView{Legs: []legQualityView{{Leg: string(c.Line), Who: "you", Quality: heard(c.Line)}}}
	for _, p := range c.Parties {
		who := "other"
		if p.Agent != "" {
			who = "colleague"
		}
		v.Legs = append(v.Legs, legQualityView{Leg: string(p.Leg), Who: who, Name: absent(p.Name), Quality: heard(p.Leg)})
	}
	return v
}
