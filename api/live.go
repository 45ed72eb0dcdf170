package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"belfry/core"
)

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
		all := a.o.Floor.LiveOf(s.plan.ProfileOf(s.user.ID).ID) // who supervises has a profile
		if len(all) == 0 {
			return nil, core.Errorf(core.Busy, "not-ready", "The floor cannot be read just now.")
		}
		now := a.at()
		lateness(s.plan, all[0], now)
		v := wholeLive(all[0])
		v.At = stamp(now)
		return &answer[liveView]{v}, nil
	})
	route(a, huma.Operation{
		OperationID: "liveEvents", Method: http.MethodGet, Path: "/api/v1/live/events", Tags: []string{tag},
		Summary: "The stream of what I supervise",
		Description: "Server-sent events. live: first the whole (whole is true), then, as soon as something changes and at most five times a second, the queues and agents that have changed, and the waiting calls when they have. Who is slow gets the whole again. " +
			"ping: every 10 s, not to be answered. It is a stream apart from me/events: whoever only looks on has no desk open.",
		Responses: a.liveDoc(),
	}, func(_ context.Context, s *seat, _ *nothing) (*stream, error) {
		return &stream{func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			g := &airing{a: a, s: s, p: newPage(s.user.ID, s.token), w: w, ctl: http.NewResponseController(w)}
			v := a.o.Boards.join(s.user.ID)
			defer a.o.Boards.leave(v)
			(&viewing{a, g, v}).run(r.Context())
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

// viewing is one supervisor's stream while it lasts.
type viewing struct {
	a *API
	g *airing
	v *viewer
}

// run sends until the reader goes, is too slow, or loses the session or the right.
func (w *viewing) run(ctx context.Context) {
	w.g.begin()
	ping, check := time.NewTicker(pingIdle), time.NewTicker(seatCheck)
	defer ping.Stop()
	defer check.Stop()
	w.g.buf.WriteString("retry: 500\n\n")
	for ok := w.g.flush(); ok; {
		select {
		case <-w.v.news:
			ok = w.send()
		case <-ping.C:
			ok = w.g.send("ping", 0, pingView{})
		case <-check.C:
			ok = w.g.stillSits(ctx)
		case <-ctx.Done():
			return
		case <-w.a.over:
			return
		}
	}
}

// send writes what is new, with the time of now before the text that all share.
func (w *viewing) send() bool {
	d, ok := w.a.o.Boards.next(w.v)
	if d == nil {
		return ok
	}
	rest, err := d.rest()
	if err != nil {
		w.a.log.Error("a board cannot be written", "error", err)
		return false
	}
	fmt.Fprintf(&w.g.buf, "event: live\ndata: {\"at\":%s", written(stamp(w.a.at())))
	w.g.buf.Write(rest) // ends the line
	w.g.buf.WriteByte('\n')
	return w.g.flush()
}
