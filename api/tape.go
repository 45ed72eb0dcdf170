package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

func (a *API) routesOfTape() {
	const tag = "Calls"
	for _, t := range []struct {
		verb, id, summary, about string
		state                    core.TapeState
	}{
		{"start", "startRecording", "Start the recording", "Where profile and queue allow it.", core.TapeRolling},
		{"pause", "pauseRecording", "Pause the recording", "What is said is replaced by silence, on both sides. It goes on by itself: see resumes on the desk.", core.TapePaused},
		{"resume", "resumeRecording", "Resume the recording", "", core.TapeRolling},
		{"stop", "stopRecording", "Stop the recording", "", core.TapeStopped},
	} {
		route(a, huma.Operation{
			OperationID: t.id, Method: http.MethodPost, Path: "/api/v1/calls/{id}/recording/" + t.verb, Tags: []string{tag}, Summary: t.summary, Description: t.about,
		}, func(ctx context.Context, s *seat, in *CallInput) (*answer[deskView], error) {
			return a.ask(ctx, s, core.SetTape{Call: core.CallID(in.ID), State: t.state})
		})
	}
	route(a, huma.Operation{
		OperationID: "repair", Method: http.MethodPost, Path: "/api/v1/calls/{id}/repair", Tags: []string{tag},
		Summary: "Repair the sound", Description: "Offers the audio of the side that is not heard anew. The call goes on meanwhile.",
	}, func(ctx context.Context, s *seat, in *CallInput) (*answer[deskView], error) {
		return a.ask(ctx, s, core.Repair{Call: core.CallID(in.ID)})
	})
}
