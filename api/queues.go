package api

import (
	"belfry/core"
	"belfry/core/plan"
)

type queueView struct {
	ID   string  `json:"id"`
	Name string  `json:"name"`
	Ring float64 `json:"ring" doc:"Seconds that an offer rings"`
	Post float64 `json:"post" doc:"Seconds of post-interaction; 0 none"`
	Late float64 `json:"late" doc:"Seconds after which the pool shows a call as late"`
	Hold float64 `json:"hold_reminder" doc:"Seconds on hold after which the agent is reminded; 0 never"`
}

func (a *API) viewQueues(p *plan.Plan, ids []core.QueueID) []queueView {
	out := make([]queueView, 0, len(ids))
	for _, id := range ids {
		if q := p.Queue(id); q != nil {
			out = append(out, viewQueue(q))
		}
	}
	return out
}

func viewQueue(q *plan.Queue) queueView {
	return queueView{string(q.ID), q.Name, seconds(q.RingTime()), seconds(q.PostTime()), seconds(q.LateAfter()), seconds(q.RemindsAfter())}
}
