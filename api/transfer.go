package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type transferInput struct {
	CallInput
	Body struct {
		Mode string      `json:"mode" enum:"blind,attended" doc:"blind: transfer and hang up; attended: speak to the target first"`
		To   targetInput `json:"to"`
		Note string      `json:"note,omitempty" maxLength:"500" doc:"For the colleague: shown on their popup"`
		Wait string      `json:"wait,omitempty" enum:"kept,anew" doc:"Left out: kept. Into a queue or group, blind: with the time that was waited, or from the end of the line"`

		RaiseSeconds int `json:"raise_seconds,omitempty" minimum:"0" maximum:"3600" doc:"Into a queue or group, blind: seniority given"`
	} `nameHint:"TransferOrder"`
}

type transferIDInput struct {
	ID string `path:"id" maxLength:"80" example:"tra_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

// transferredView is a transfer that has begun.
type transferredView struct {
	ID      string   `json:"id" doc:"Of the transfer"`
	Consult *string  `json:"consult" doc:"The call on which the target is talked to, when it is attended"`
	Desk    deskView `json:"desk"`
}

type mergeInput struct {
	CallInput
	Body *struct {
		With string `json:"with,omitempty" maxLength:"80" doc:"Left out: the other call"`
	} `nameHint:"MergeOrder"`
}

type partyInput struct {
	CallInput
	Leg string `path:"leg" maxLength:"80" example:"leg_s1"`
}

func (a *API) routesOfTransfers() {
	const tag = "Transfers"
	route(a, huma.Operation{
		OperationID: "transfer", Method: http.MethodPost, Path: "/api/v1/calls/{id}/transfer", Tags: []string{tag},
		Summary: "Transfer", Description: "How it goes is on the desk, under the call: transferring. The caller is never dropped: a transfer that comes to nothing brings the call back.",
	}, func(ctx context.Context, s *seat, in *transferInput) (*answer[transferredView], error) {
		to, err := a.target(ctx, s, in.Body.To)
		if err != nil {
			return nil, err
		}
		now := a.o.Now()
		w := core.Transfer{
			Call: core.CallID(in.ID), Transfer: core.TransferID(newName("tra_", now)), To: to,
			Attended: in.Body.Mode == "attended", Note: in.Body.Note,
			Fresh: in.Body.Wait == "anew", Raise: time.Duration(in.Body.RaiseSeconds) * time.Second,
		}
		if w.Attended {
			w.Consult = core.CallID(newName("cal_", now))
		}
		if err := a.o.Floor.Ask(ctx, s.user.ID, w); err != nil {
			return nil, err
		}
		return &answer[transferredView]{transferredView{string(w.Transfer), absent(w.Consult), a.deskOf(s)}}, nil
	})
	route(a, huma.Operation{
		OperationID: "completeTransfer", Method: http.MethodPost, Path: "/api/v1/transfers/{id}/complete", Tags: []string{tag},
		Summary: "Complete the transfer", Description: "While the target still rings it goes on ringing there: the caller is who is answered.",
	}, func(ctx context.Context, s *seat, in *transferIDInput) (*answer[deskView], error) {
		return a.ask(ctx, s, core.CompleteTransfer{Transfer: core.TransferID(in.ID)})
	})
	route(a, huma.Operation{
		OperationID: "cancelTransfer", Method: http.MethodPost, Path: "/api/v1/transfers/{id}/cancel", Tags: []string{tag},
		Summary: "Cancel the transfer", Description: "The agent is back with the caller.",
	}, func(ctx context.Context, s *seat, in *transferIDInput) (*answer[deskView], error) {
		return a.ask(ctx, s, core.CancelTransfer{Transfer: core.TransferID(in.ID)})
	})
}

func (a *API) routesOfConferences() {
	const tag = "Conferences"
	route(a, huma.Operation{
		OperationID: "merge", Method: http.MethodPost, Path: "/api/v1/calls/{id}/merge", Tags: []string{tag},
		Summary: "Merge two calls", Description: "All hear each other. One of the two is active, the other on hold.",
	}, func(ctx context.Context, s *seat, in *mergeInput) (*answer[deskView], error) {
		w := core.Merge{Call: core.CallID(in.ID)}
		if in.Body != nil {
			w.With = core.CallID(in.Body.With)
		}
		if w.With == "" {
			if w.With = a.otherCall(s.user.ID, w.Call); w.With == "" {
				return nil, core.Errorf(core.Conflict, "merge-needs-two", "Merge needs two calls: one active and one on hold.")
			}
		}
		return a.ask(ctx, s, w)
	})
	for _, p := range []struct {
		verb, id, summary string
		want              func(core.CallID, core.LegID) core.Want
	}{
		{"mute", "muteParty", "Mute a party", func(c core.CallID, l core.LegID) core.Want { return core.MuteParty{Call: c, Leg: l, On: true} }},
		{"unmute", "unmuteParty", "Let a party be heard again", func(c core.CallID, l core.LegID) core.Want { return core.MuteParty{Call: c, Leg: l} }},
		{"remove", "removeParty", "Remove a party", func(c core.CallID, l core.LegID) core.Want { return core.RemoveParty{Call: c, Leg: l} }},
	} {
		route(a, huma.Operation{
			OperationID: p.id, Method: http.MethodPost, Path: "/api/v1/calls/{id}/parties/{leg}/" + p.verb, Tags: []string{tag}, Summary: p.summary,
		}, func(ctx context.Context, s *seat, in *partyInput) (*answer[deskView], error) {
			return a.ask(ctx, s, p.want(core.CallID(in.ID), core.LegID(in.Leg)))
		})
	}
}

// otherCall is the agent's only other call; empty when there is none, or more.
func (a *API) otherCall(agent core.UserID, call core.CallID) core.CallID {
	d := a.o.Floor.Desk(agent)
	if d == nil || len(d.Calls) != 2 {
		return ""
	}
	switch call {
	case d.Calls[0].ID:
		return d.Calls[1].ID
	case d.Calls[1].ID:
		return d.Calls[0].ID
	}
	return ""
}
