package api

import (
	"net/http"
	"runtime"

	"belfry/core"
)

// routesOfMetrics: the page is open to a scraper on this machine; from
// elsewhere it takes an administrator.
func (a *API) routesOfMetrics() {
	a.o.Meter.Gauge(a.figures)
	a.mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		if err := a.o.Meter.write(w); err != nil {
			a.log.Debug("metrics not sent", "error", err)
		}
	})
}

// figures are what is so now. Agents and queues are read off the desks: what
// every agent of a queue sees is the same.
func (a *API) figures() []Sample {
	out := []Sample{
		{Name: "sse_clients", Value: float64(a.o.Screens.Pages())},
		{Name: "goroutines", Help: "Goroutines of the process", Value: float64(runtime.NumGoroutine())},
	}
	states := map[core.RoutingState]int{}
	queues := map[core.QueueID]core.DeskQueue{}
	for _, agent := range a.o.Screens.Watching() {
		d := a.o.Floor.Desk(agent)
		if d == nil {
			continue
		}
		states[d.Agent.State]++
		for _, q := range d.Queues {
			queues[q.ID] = q
		}
	}
	for _, st := range []core.RoutingState{
		core.Off, core.Unavailable, core.Ready, core.Reserved, core.Presented, core.Dialing,
		core.Talking, core.PostInteraction, core.NotResponding, core.DeviceLost,
	} {
		out = append(out, Sample{Name: "agents", Labels: []string{"state", string(st)}, Value: float64(states[st])})
	}
	for _, c := range a.o.Floor.Presence().Counts {
		for _, o := range core.Outputs() {
			out = append(out, Sample{Name: "queue_left_today", Help: "Calls that left a queue since midnight, by output", Labels: []string{"queue", string(c.Queue), "output", string(o)}, Value: float64(c.Of(o))})
		}
		out = append(out, Sample{Name: "queue_expected_wait_error", Help: "Median absolute error of the expected wait over the last hour, of the real wait", Labels: []string{"queue", string(c.Queue)}, Value: float64(c.Error) / 1000})
	}
	now := a.at()
	for _, q := range a.o.Plan().Doc.Queues {
		d, ok := queues[q.ID]
		if !ok {
			continue
		}
		longest := 0.0
		if !d.Longest.IsZero() {
			longest = now.Sub(d.Longest).Seconds()
		}
		labels := []string{"queue", string(q.ID)}
		out = append(out, Sample{Name: "queue_waiting", Labels: labels, Value: float64(d.Waiting)},
			Sample{Name: "queue_longest_wait_seconds", Labels: labels, Value: longest})
	}
	return out
}
