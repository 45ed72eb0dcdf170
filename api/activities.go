package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
)

type activityView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	NameFR   string `json:"name_fr" doc:"Empty: as name"`
	Category string `json:"category" enum:"processing,productive_unavailability,non_productive_unavailability" doc:"Only processing opens Smart calls"`
	Colour   string `json:"colour" enum:"green,purple,blue"`
	Limit    int    `json:"max_minutes,omitempty" doc:"How long it should last; 0: as long as it takes. Then the desk and supervisors are told; nothing is forced"`
	Paid     bool   `json:"paid,omitempty"`
}

type activityInput struct {
	Body struct {
		Activity string `json:"activity" pattern:"^act_[A-Za-z0-9_]{1,60}$" patternDescription:"an activity's id" example:"act_calls"`
	} `nameHint:"ActivityChoice"`
}

func (a *API) routesOfActivities() {
	const tag = "Shift"
	route(a, huma.Operation{
		OperationID: "setActivity", Method: http.MethodPut, Path: "/api/v1/me/activity", Tags: []string{tag},
		Summary:     "Choose an activity",
		Description: "While a call or a post-interaction lasts it waits: see next_activity on the desk.",
	}, func(ctx context.Context, s *seat, in *activityInput) (*answer[deskView], error) {
		id := core.ActivityID(in.Body.Activity)
		if s.plan.Activity(id) == nil {
			return nil, core.FieldErrorf("body.activity", "no-such-activity", "there is no activity %q", in.Body.Activity)
		}
		return a.ask(ctx, s, core.SetActivity{Activity: id})
	})
}

func viewActivity(x plan.Activity) activityView {
	colours := map[plan.Category]string{plan.Processing: "green", plan.Productive: "purple", plan.NonProductive: "blue"}
	return activityView{string(x.ID), x.Name, x.NameFR, string(x.Category), colours[x.Category], x.MaxMinutes, x.Paid}
}
