package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"belfry/core"
)

// liveGap is how often a supervisor's page is told what has changed.
const liveGap = 500 * time.Millisecond

type assignInput struct {
	CallInput
	Body struct {
		Agent string `json:"agent" minLength:"1" maxLength:"80" example:"usr_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	} `nameHint:"Assign"`
}

type agentInput struct {
	ID string `path:"id" maxLength:"80" example:"usr_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

type activityOfInput struct {
	ID   string `path:"id" maxLength:"80"`
	Body struct {
		Activity string `json:"activity" minLength:"1" maxLength:"80"`
	} `nameHint:"ActivityOf"`
}

func (a *API) routesOfLive() {
	const tag = "Live"
	route(a, huma.Operation{
		OperationID: "live", Method: http.MethodGet, Path: "/api/v1/live", Tags: []string{tag},
		Summary: "The queues and agents that I supervise, as they are now", Description: "The stream sends the same whole at first, then what has changed.",
	}, func(_ context.Context, s *seat, _ *nothing) (*answer[liveView], error) {
		b := board{a: a, s: s}
		return &answer[liveView]{b.news()}, nil
	})
	route(a, huma.Operation{
		OperationID: "liveEvents", Method: http.MethodGet, Path: "/api/v1/live/events", Tags: []string{tag},
		Summary: "The stream of what I supervise",
		Description: "Server-sent events. live: first the whole (whole is true), then at most twice a second the queues and agents that have changed, and the waiting calls when they have. " +
			"ping: every 10 s, not to be answered. It is a stream apart from me/events: whoever only looks on has no desk open.",
		Responses: a.liveDoc(),
	}, func(_ context.Context, s *seat, _ *nothing) (*stream, error) {
		return &stream{func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			g := &airing{a: a, s: s, p: newPage(s.user.ID, s.token), w: w, ctl: http.NewResponseController(w)}
			(&board{a: a, s: s, g: g}).run(r.Context())
		}}, nil
	})
	route(a, huma.Operation{
		OperationID: "assign", Method: http.MethodPost, Path: "/api/v1/calls/{id}/assign", Tags: []string{tag}, DefaultStatus: http.StatusNoContent,
		Summary:     "Assign a waiting call to an agent",
		Description: "It is offered to them like any call, with my name on it. 409 call-taken when somebody else was first, agent-not-free when they cannot take it now.",
	}, func(ctx context.Context, s *seat, in *assignInput) (*nothing, error) {
		return nil, a.o.Floor.Ask(ctx, s.user.ID, core.Assign{Call: core.CallID(in.ID), Agent: core.UserID(in.Body.Agent)})
	})
	route(a, huma.Operation{
		OperationID: "setActivityOf", Method: http.MethodPut, Path: "/api/v1/agents/{id}/activity", Tags: []string{tag}, DefaultStatus: http.StatusNoContent,
		Summary: "Set an agent's activity", Description: "At once, or when they are free. 404 for an agent whom I do not supervise.",
	}, func(ctx context.Context, s *seat, in *activityOfInput) (*nothing, error) {
		return nil, a.o.Floor.Ask(ctx, s.user.ID, core.SetActivityOf{Agent: core.UserID(in.ID), Activity: core.ActivityID(in.Body.Activity)})
	})
	route(a, huma.Operation{
		OperationID: "returnOf", Method: http.MethodPost, Path: "/api/v1/agents/{id}/return", Tags: []string{tag}, DefaultStatus: http.StatusNoContent,
		Summary: "Make an agent available again who did not respond",
	}, func(ctx context.Context, s *seat, in *agentInput) (*nothing, error) {
		return nil, a.o.Floor.Ask(ctx, s.user.ID, core.ReturnOf{Agent: core.UserID(in.ID)})
	})
}

func (a *API) liveDoc() map[string]*huma.Response {
	data := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[liveView](), true, "live")
	return map[string]*huma.Response{"200": {
		Description: "Events, one after the other.",
		Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"event", "data"},
			Properties: map[string]*huma.Schema{"event": {Type: huma.TypeString, Enum: []any{"live"}}, "data": data},
		}}}},
	}}
}

// board is one supervisor's stream while it lasts: what was sent, so that only
// what has changed is sent again.
type board struct {
	a *API
	s *seat
	g *airing

	begun  bool
	queues map[core.QueueID]core.LiveQueue
	agents map[core.UserID]core.LiveAgent
	calls  []poolCallView
	total  int
}

// run sends until the reader goes, is too slow, or loses the session.
func (b *board) run(ctx context.Context) {
	b.g.begin()
	look, ping, check := time.NewTicker(liveGap), time.NewTicker(pingIdle), time.NewTicker(seatCheck)
	defer look.Stop()
	defer ping.Stop()
	defer check.Stop()
	b.g.buf.WriteString("retry: 500\n\n")
	for ok := b.g.send("live", 0, b.news()); ok; {
		select {
		case <-look.C:
			if v := b.news(); !v.empty() {
				ok = b.g.send("live", 0, v)
			}
		case <-ping.C:
			ok = b.g.send("ping", 0, pingView{})
		case <-check.C:
			ok = b.stillSupervises(ctx)
		case <-ctx.Done():
			return
		case <-b.a.over:
			return
		}
	}
}

// stillSupervises sits down anew: the session may be over, or the plan another.
func (b *board) stillSupervises(ctx context.Context) bool {
	s, err := b.a.sit(ctx, b.g.p.token)
	if err != nil {
		return true // a database that stumbles cuts nobody off
	}
	if s == nil || !supervisors.holds(s) {
		return false
	}
	b.s = s
	return true
}

// news is what has changed since the last time; all of it at first.
func (b *board) news() liveView {
	now := b.a.at()
	v := liveView{At: stamp(now), Whole: !b.begun, Queues: []liveQueueView{}, Agents: []liveAgentView{}, Gone: []string{}}
	l := b.a.o.Floor.LiveOf(b.s.user.ID)
	if l == nil {
		l = &core.Live{}
	}
	queues := make(map[core.QueueID]core.LiveQueue, len(l.Queues))
	for _, q := range l.Queues {
		if old, ok := b.queues[q.ID]; !ok || !reflect.DeepEqual(old, q) {
			v.Queues = append(v.Queues, viewLiveQueue(&q))
		}
		queues[q.ID] = q
	}
	agents := make(map[core.UserID]core.LiveAgent, len(l.Agents))
	for _, x := range l.Agents {
		if old, ok := b.agents[x.ID]; !ok || !reflect.DeepEqual(old, x) {
			v.Agents = append(v.Agents, viewLiveAgent(&x))
		}
		agents[x.ID] = x
	}
	for id := range b.queues {
		if _, ok := queues[id]; !ok {
			v.Gone = append(v.Gone, string(id))
		}
	}
	for id := range b.agents {
		if _, ok := agents[id]; !ok {
			v.Gone = append(v.Gone, string(id))
		}
	}
	calls, total := b.waiting(now)
	if !b.begun || total != b.total || !reflect.DeepEqual(calls, b.calls) {
		v.Calls, v.Total = &calls, &total
	}
	b.begun, b.queues, b.agents, b.calls, b.total = true, queues, agents, calls, total
	return v
}

// waiting is the pool; what waits for too long is late although nothing happens.
func (b *board) waiting(now core.Time) ([]poolCallView, int) {
	p := b.a.o.Floor.PoolOf(b.s.user.ID)
	if p == nil {
		return []poolCallView{}, 0
	}
	for i := range p.Calls {
		c := &p.Calls[i]
		if q := b.s.plan.Queue(c.Queue); q != nil && c.State == "waiting" && now.Sub(c.Since) > q.LateAfter() {
			c.Late = true
		}
	}
	return viewPool(p, now).Waiting, p.Total
}
