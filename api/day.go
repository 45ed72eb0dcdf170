package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type statusInput struct {
	Body statusView `nameHint:"StatusChoice"`
}

// statusView is what a user tells colleagues of themselves.
type statusView struct {
	Kind string `json:"kind" enum:",connected,busy,absent,back_soon,remote" doc:"Empty: nothing"`
	Text string `json:"text" maxLength:"60" doc:"In words, such as: back at 14:00"`
}

type profileInput struct {
	Body struct {
		Profile string `json:"profile" pattern:"^[A-Za-z0-9_.-]{1,64}$" patternDescription:"a profile's id" example:"pro_sales"`
	} `nameHint:"ProfileChoice"`
}

type qualifyInput struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Value string `json:"value,omitempty" maxLength:"100" doc:"How the call went, in a word or two"`
		Note  string `json:"note,omitempty" maxLength:"2000"`
	} `nameHint:"Qualify"`
}

// qualificationView is how a call went, as an agent said it.
type qualificationView struct {
	Interaction string  `json:"interaction"`
	Agent       string  `json:"agent"`
	AgentName   string  `json:"agent_name"`
	Queue       *string `json:"queue"`
	QueueName   *string `json:"queue_name"`
	Value       string  `json:"value"`
	Note        string  `json:"note"`
	Due         bool    `json:"due" doc:"Still owed"`
	At          stamp   `json:"at"`
}

func (a *API) routesOfDay() {
	const tag = "Shift"
	route(a, huma.Operation{
		OperationID: "setStatus", Method: http.MethodPut, Path: "/api/v1/me/status", Tags: []string{tag},
		Summary: "Tell colleagues something", Description: "It never decides who gets a call; only you change it.",
	}, func(ctx context.Context, s *seat, in *statusInput) (*answer[deskView], error) {
		return a.ask(ctx, s, core.SetStatus{Status: core.Status{Kind: in.Body.Kind, Text: in.Body.Text}})
	})
	route(a, huma.Operation{
		OperationID: "useProfile", Method: http.MethodPut, Path: "/api/v1/me/profile", Tags: []string{tag},
		Summary:     "Work with another of my profiles",
		Description: "Queues and rights follow at once. While a call or a post-interaction lasts it waits: see next_profile on the desk.",
	}, func(ctx context.Context, s *seat, in *profileInput) (*answer[deskView], error) {
		id := core.ProfileID(in.Body.Profile)
		if !s.user.Has(id) {
			return nil, core.FieldErrorf("body.profile", "no-such-profile", "%q is not one of your profiles", in.Body.Profile)
		}
		return a.ask(ctx, s, core.UseProfile{Profile: id})
	})
	route(a, huma.Operation{
		OperationID: "qualify", Method: http.MethodPut, Path: "/api/v1/interactions/{id}/qualification", Tags: []string{"Post-interaction"},
		Summary:     "Say how a call went",
		Description: "Of a call that I talk, one whose post-interaction runs, or one that is still owed: see to_qualify on the desk.",
	}, func(ctx context.Context, s *seat, in *qualifyInput) (*answer[deskView], error) {
		return a.ask(ctx, s, core.Qualify{Interaction: core.InteractionID(in.ID), Value: in.Body.Value, Note: in.Body.Note})
	})
	route(a, huma.Operation{
		OperationID: "toQualify", Method: http.MethodGet, Path: "/api/v1/to-qualify", Tags: []string{"Post-interaction"},
		Summary: "Calls whose qualification is still owed", Description: "My own, and those of the queues that I supervise. The newest 200.",
	}, func(ctx context.Context, s *seat, _ *nothing) (*answer[list[qualificationView]], error) {
		all, err := a.o.Records.ToQualify(ctx, 200)
		if err != nil {
			return nil, err
		}
		sc := s.scope()
		all = slices.DeleteFunc(all, func(x core.Qualification) bool {
			return !sc.All && x.Agent != s.user.ID && !slices.Contains(sc.Queues, x.Queue)
		})
		return &answer[list[qualificationView]]{list[qualificationView]{Items: views(all, names{s.plan}.qualification)}}, nil
	})
}

func (n names) qualification(x core.Qualification) qualificationView {
	return qualificationView{
		string(x.Interaction), string(x.Agent), n.user(x.Agent), absent(x.Queue), absent(n.queue(x.Queue)),
		x.Value, x.Note, x.Due, stamp(x.At),
	}
}
