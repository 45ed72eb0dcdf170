package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
)

// Notices finds news for who runs the company, newest first.
type Notices interface {
	Notices(ctx context.Context, limit int) ([]core.Notice, error)
}

type noticeView struct {
	Kind      string  `json:"kind" doc:"emergency_call, recording_failed, spend_limit, activity_over, device_lost, watchdog, trunk_down, trunk_up"`
	At        stamp   `json:"at"`
	Agent     *string `json:"agent"`
	AgentName string  `json:"agent_name"`
	Call      *string `json:"call"`
	What      string  `json:"what" doc:"The number that was called, what failed, which activity, why the device is lost, or the trunk's name"`
}

// newestNotices is how many are told, of so many that are looked at: a supervisor
// is not told of everybody.
const newestNotices, soughtNotices = 50, 500

func (a *API) routesOfNotices() {
	route(a, huma.Operation{
		OperationID: "notices", Method: http.MethodGet, Path: "/api/v1/notices", Tags: []string{"Notices"},
		Summary:     "News for who runs the company: an emergency call, a recording that failed. The newest 50",
		Description: "A supervisor is told of the agents of the supervised queues, and of what is about no agent.",
	}, func(ctx context.Context, s *seat, _ *nothing) (*answer[list[noticeView]], error) {
		all, err := a.o.Notices.Notices(ctx, soughtNotices)
		if err != nil {
			return nil, err
		}
		if !s.can(plan.Administer) {
			mine := s.supervised()
			all = slices.DeleteFunc(all, func(n core.Notice) bool { return n.Agent != "" && !mine[n.Agent] })
		}
		all = all[:min(len(all), newestNotices)]
		return &answer[list[noticeView]]{list[noticeView]{Items: views(all, func(n core.Notice) noticeView {
			v := noticeView{Kind: n.Kind, At: stamp(n.At), Agent: absent(n.Agent), Call: absent(n.Call), What: n.What}
			if u := s.plan.User(n.Agent); u != nil {
				v.AgentName = u.Name
			}
			return v
		})}}, nil
	})
}

// supervised are the agents of the queues that the seat supervises, and themself.
func (s *seat) supervised() map[core.UserID]bool {
	all := map[core.UserID]bool{s.user.ID: true}
	for _, q := range s.plan.Supervises(s.user.ID) {
		for _, u := range s.plan.Servers(q) {
			all[u] = true
		}
	}
	return all
}
