package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// buttonView is something that the agent may have opened, or called, for a call.
type buttonView struct {
	ID      string  `json:"id"`
	Label   string  `json:"label"`
	Kind    string  `json:"kind" enum:"url,http" doc:"url: the page opens it; http: the server calls it"`
	Where   *string `json:"where" enum:"tab,window,hidden" doc:"Of a url: window is one that is used again"`
	Address *string `json:"address" doc:"Of a url; null when there is nothing to open"`
}

// popView is a button that is carried out, or was.
type popView struct {
	ID          string     `json:"id"`
	Interaction string     `json:"interaction"`
	Button      buttonView `json:"button"`
	When        string     `json:"when" enum:"presented,accepted,ended,by_hand"`
	State       string     `json:"state" enum:"open,calling,opened,done,refused,failed,missed" doc:"open: a page may claim it, and opens it when it was the first"`
	Status      *int       `json:"status" doc:"That the other program answered with"`
	Why         *string    `json:"why" enum:"timeout,unreachable,address,busy,failed,unknown" doc:"Of failed"`
	At          stamp      `json:"at"`
}

// poppedView is a button that was carried out, as it was kept.
type poppedView struct {
	ID        string  `json:"id"`
	Agent     string  `json:"agent"`
	AgentName string  `json:"agent_name"`
	Button    string  `json:"button"`
	Label     string  `json:"label"`
	Kind      string  `json:"kind" enum:"url,http"`
	When      string  `json:"when" enum:"presented,accepted,ended,by_hand"`
	Address   *string `json:"address" doc:"Of a url"`
	At        stamp   `json:"at"`
	Ended     stamp   `json:"ended"`
	Outcome   string  `json:"outcome" enum:"opened,done,refused,failed,missed" doc:"missed: no page was there to open it"`
	Status    *int    `json:"status"`
	Why       *string `json:"why"`
}

// claimView says whether this page opens it.
type claimView struct {
	Opens bool `json:"opens"`
}

type pressInput struct {
	ID     string `path:"id" maxLength:"100" example:"int_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Button string `path:"button" maxLength:"64" example:"crm"`
}

type popInput struct {
	ID string `path:"id" maxLength:"80"`
}

func (a *API) routesOfPops() {
	const tag = "Buttons"
	route(a, huma.Operation{
		OperationID: "claimPop", Method: http.MethodPost, Path: "/api/v1/me/pops/{id}/claim", Tags: []string{tag},
		Summary:     "This page opens what a button leads to",
		Description: "All of my pages see what is to be opened (pops on the desk, state open); the first that asks opens it, and all others are told not to.",
	}, func(ctx context.Context, s *seat, in *popInput) (*answer[claimView], error) {
		_, err := a.ask(ctx, s, core.ClaimPop{Pop: core.PopID(in.ID)})
		if e, ok := errors.AsType[*core.Error](err); ok && e.Code == "pop-taken" {
			return &answer[claimView]{claimView{false}}, nil // nothing is wrong with that
		}
		return &answer[claimView]{claimView{true}}, err
	})
	route(a, huma.Operation{
		OperationID: "pressButton", Method: http.MethodPost, Path: "/api/v1/interactions/{id}/buttons/{button}", Tags: []string{tag},
		Summary:     "Press a button of a call",
		Description: "Of one that I am offered, talk, or whose post-interaction runs. The server calls an http one; a url the page has opened itself, and says so by this.",
	}, func(ctx context.Context, s *seat, in *pressInput) (*answer[deskView], error) {
		return a.ask(ctx, s, core.Press{
			Pop: core.PopID(newName("pop_", a.o.Now())), Interaction: core.InteractionID(in.ID), Button: in.Button,
		})
	})
}

func viewButton(b core.DeskButton) buttonView {
	return buttonView{b.ID, b.Label, b.Kind, absent(b.Where), absent(b.Address)}
}

func viewPop(p core.DeskPop) popView {
	return popView{
		string(p.ID), string(p.Interaction), viewButton(p.Button), p.When, p.State, some(p.Status), absent(p.Why), stamp(p.At),
	}
}

func (n names) popped(x core.Popped) poppedView {
	return poppedView{
		string(x.ID), string(x.Agent), n.user(x.Agent), x.Button, x.Label, x.Kind, x.When, absent(x.Address),
		stamp(x.At), stamp(x.Ended), x.Outcome, some(x.Status), absent(x.Why),
	}
}

// some gives null for 0.
func some(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}
