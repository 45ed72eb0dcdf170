package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// Notices finds news for who runs the company, newest first.
type Notices interface {
	Notices(ctx context.Context, limit int) ([]core.Notice, error)
}

type noticeView struct {
	Kind      string  `json:"kind" doc:"emergency_call, recording_failed, spend_limit, activity_over, device_lost, watchdog"`
	At        stamp   `json:"at"`
	Agent     *string `json:"agent"`
	AgentName string  `json:"agent_name"`
	Call      *string `json:"call"`
	What      string  `json:"what" doc:"The number that was called, what failed, which activity, or why the device is lost"`
}

// newestNotices is how many are told.
const newestNotices = 50

func (a *API) routesOfNotices() {
	route(a, huma.Operation{
		OperationID: "notices", Method: http.MethodGet, Path: "/api/v1/notices", Tags: []string{"Notices"},
		Summary: "News for who runs the company: an emergency call, a recording that failed. The newest 50",
	}, func(ctx context.Context, s *seat, _ *nothing) (*answer[list[noticeView]], error) {
		all, err := a.o.Notices.Notices(ctx, newestNotices)
		if err != nil {
			return nil, err
		}
		return &answer[list[noticeView]]{list[noticeView]{Items: views(all, func(n core.Notice) noticeView {
			v := noticeView{Kind: n.Kind, At: stamp(n.At), Agent: absent(n.Agent), Call: absent(n.Call), What: n.What}
			if u := s.plan.User(n.Agent); u != nil {
				v.AgentName = u.Name
			}
			return v
		})}}, nil
	})
}
