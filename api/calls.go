package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// CallInput names a call. It is exported because huma looks into no other
// embedded struct.
type CallInput struct {
	ID string `path:"id" maxLength:"80" example:"cal_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

type keysInput struct {
	CallInput
	Body struct {
		Digits string `json:"digits" pattern:"^[0-9A-D*#]{1,32}$" patternDescription:"1 to 32 keys of 0-9 A-D * #" example:"12#"`
	} `nameHint:"Digits"`
}

func (a *API) routesOfCalls() {
	const tag = "Calls"
	for _, c := range []struct {
		verb, summary string
		want          func(core.CallID) core.Want
	}{
		{"hold", "Place on hold", func(id core.CallID) core.Want { return core.Hold{Call: id} }},
		{"resume", "Exit the hold", func(id core.CallID) core.Want { return core.Resume{Call: id} }},
		{"mute", "Mute my mic", func(id core.CallID) core.Want { return core.MuteMic{Call: id} }},
		{"unmute", "Reactivate my mic", func(id core.CallID) core.Want { return core.UnmuteMic{Call: id} }},
		{"skip", "Go to the caller at once", func(id core.CallID) core.Want { return core.SkipWhisper{Call: id} }},
		{"hangup", "Hang up", func(id core.CallID) core.Want { return core.Hangup{Call: id} }},
	} {
		route(a, huma.Operation{
			OperationID: c.verb, Method: http.MethodPost, Path: "/api/v1/calls/{id}/" + c.verb, Tags: []string{tag}, Summary: c.summary,
		}, func(ctx context.Context, s *seat, in *CallInput) (*answer[deskView], error) {
			return a.ask(ctx, s, c.want(core.CallID(in.ID)))
		})
	}
	route(a, huma.Operation{
		OperationID: "dtmf", Method: http.MethodPost, Path: "/api/v1/calls/{id}/dtmf", Tags: []string{tag},
		Summary: "Press keys towards the far end",
	}, func(ctx context.Context, s *seat, in *keysInput) (*answer[deskView], error) {
		return a.ask(ctx, s, core.Keys{Call: core.CallID(in.ID), Digits: in.Body.Digits})
	})
}
