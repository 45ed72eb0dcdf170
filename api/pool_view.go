package api

import "belfry/core"

// poolView is the list of calls that one agent may see.
type poolView struct {
	At      stamp          `json:"at"`
	Waiting []poolCallView `json:"waiting" doc:"The first 50, oldest first"`
	Total   int            `json:"total"`
}

type poolCallView struct {
	Call string `json:"call"`
	CallerView
	Name      *string       `json:"name"`
	Queue     *string       `json:"queue"`
	QueueName *string       `json:"queue_name"`
	State     string        `json:"state" enum:"waiting,presented,mine"`
	Since     stamp         `json:"since" doc:"Arrival, or the start of the talk when it is mine"`
	Late      bool          `json:"late" doc:"Waits longer than the queue's threshold"`
	OfferedTo *string       `json:"offered_to"`
	MayTake   bool          `json:"may_take"`
	Transfer  *transferView `json:"transfer"`
	Relaxed   *float64      `json:"relaxed" doc:"After how many seconds in the queue it asked for fewer skills; null: it asks for all"`
	WaitsFor  *string       `json:"waits_for" doc:"The agent whom the caller knows, for as long as nobody else gets the call"`
}

func viewPool(p *core.Pool, now core.Time) poolView {
	return poolView{At: stamp(max(p.At, now)), Total: p.Total, Waiting: views(p.Calls, func(c core.PoolCall) poolCallView {
		return poolCallView{
			string(c.Call), viewCaller(c.From), absent(c.Name), absent(c.Queue), absent(c.QueueName),
			c.State, stamp(c.Since), c.Late, absent(c.OfferedTo), c.MayTake, viewTransfer(c.Transfer),
			viewRelaxed(c.Relaxed), absent(c.WaitsFor),
		}
	})}
}

// viewRelaxed is null for a call whose queue asks for all that it asked at first.
func viewRelaxed(r *core.Relaxed) *float64 {
	if r == nil {
		return nil
	}
	after := seconds(r.After)
	return &after
}
