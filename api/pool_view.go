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
	State     string        `json:"state" enum:"waiting,presented,mine,dialing,later"`
	Since     stamp         `json:"since" doc:"Arrival, or the start of the talk when it is mine"`
	Late      bool          `json:"late" doc:"Waits longer than the queue's threshold"`
	OfferedTo *string       `json:"offered_to"`
	MayTake   bool          `json:"may_take"`
	Transfer  *transferView `json:"transfer"`
	Relaxed   *float64      `json:"relaxed" doc:"After how many seconds in the queue it asked for fewer skills; null: it asks for all"`
	WaitsFor  *string       `json:"waits_for" doc:"The agent whom the caller knows, for as long as nobody else gets the call"`
	Callback  bool          `json:"callback" doc:"Somebody who is to be called back and keeps their place"`
	Small     bool          `json:"small" doc:"May be taken in the small Banner"`
	MayAssign bool          `json:"may_assign" doc:"I may assign it to an agent"`
	Why       *string       `json:"why" enum:"nobody_logged_in,nobody_available,all_busy,not_for_the_free,kept_for" doc:"Why it waits, for whom may assign it"`
}

func viewPool(p *core.Pool, now core.Time) poolView {
	return poolView{At: stamp(max(p.At, now)), Total: p.Total, Waiting: viewCalls(p.Calls)}
}

func viewCalls(calls []core.PoolCall) []poolCallView {
	return views(calls, func(c core.PoolCall) poolCallView {
		return poolCallView{
			string(c.Call), viewCaller(c.From), absent(c.Name), absent(c.Queue), absent(c.QueueName),
			c.State, stamp(c.Since), c.Late, absent(c.OfferedTo), c.MayTake, viewTransfer(c.Transfer),
			viewRelaxed(c.Relaxed), absent(c.WaitsFor), c.Callback, c.Small, c.MayAssign, absent(c.Why),
		}
	})
}

// viewRelaxed is null for a call whose queue asks for all that it asked at first.
func viewRelaxed(r *core.Relaxed) *float64 {
	if r == nil {
		return nil
	}
	after := seconds(r.After)
	return &after
}
