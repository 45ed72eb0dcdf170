package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
)

type interactionsInput struct {
	PageInput
	Agent     string    `query:"agent" maxLength:"80" doc:"A user's id, or me"`
	Queue     string    `query:"queue" maxLength:"80"`
	Outcome   string    `query:"outcome" enum:"answered,abandoned,voice_mailbox,hung_up,refused,failed,not_reached,consulted,merged,cancelled"`
	Direction string    `query:"direction" enum:"inbound,outbound,internal"`
	Number    string    `query:"number" maxLength:"40" doc:"Part of the caller's or the dialled number"`
	Since     time.Time `query:"since" doc:"Came at or after"`
	Before    time.Time `query:"before" doc:"Came before"`
}

type interactionInput struct {
	ID string `path:"id" maxLength:"80" example:"int_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

func (a *API) routesOfInteractions() {
	const tag = "Interactions"
	route(a, huma.Operation{
		OperationID: "interactions", Method: http.MethodGet, Path: "/api/v1/interactions", Tags: []string{tag},
		Summary:     "The calls that are over, newest first",
		Description: "An agent sees those they had an offer of; a supervisor those of the supervised queues, and those that left in a tree; an administrator all.",
	}, func(ctx context.Context, s *seat, in *interactionsInput) (*answer[list[InteractionView]], error) {
		f := Filter{
			Seen: s.scope(), Agent: core.UserID(in.Agent), Queue: core.QueueID(in.Queue), Outcome: in.Outcome,
			Direction: in.Direction, Number: in.Number, After: in.After, Limit: in.Limit,
		}
		if in.Agent == "me" {
			f.Agent = s.user.ID
		}
		if !in.Since.IsZero() {
			f.Since = core.At(in.Since)
		}
		if !in.Before.IsZero() {
			f.Before = core.At(in.Before)
		}
		items, next, err := a.o.Records.Interactions(ctx, f)
		if err != nil {
			return nil, err
		}
		out, err := a.viewCalls(ctx, s, items)
		if err != nil {
			return nil, err
		}
		return &answer[list[InteractionView]]{list[InteractionView]{Items: out, Next: absent(next)}}, nil
	})
	route(a, huma.Operation{
		OperationID: "interaction", Method: http.MethodGet, Path: "/api/v1/interactions/{id}", Tags: []string{tag},
		Summary: "One call, whole", Description: "While the call lives it is what is known so far.",
	}, func(ctx context.Context, s *seat, in *interactionInput) (*answer[interactionWholeView], error) {
		i, err := a.interaction(ctx, s, in.ID)
		if err != nil {
			return nil, err
		}
		v := names{s.plan}.whole(i, s.user.ID)
		short, err := a.viewCalls(ctx, s, []core.Interaction{*i})
		if err != nil {
			return nil, err
		}
		v.Recordings = short[0].Recordings
		said, err := a.o.Records.Qualifications(ctx, i.ID)
		if err != nil {
			return nil, err
		}
		v.Qualified = views(said, names{s.plan}.qualification)
		pops, err := a.o.Records.Pops(ctx, i.ID)
		if err != nil {
			return nil, err
		}
		v.Pops = views(pops, names{s.plan}.popped)
		return &answer[interactionWholeView]{v}, nil
	})
	route(a, huma.Operation{
		OperationID: "decisions", Method: http.MethodGet, Path: "/api/v1/interactions/{id}/decisions", Tags: []string{tag},
		Summary: "Why these agents were chosen, and why others were not",
	}, func(ctx context.Context, s *seat, in *interactionInput) (*answer[list[decisionView]], error) {
		i, err := a.interaction(ctx, s, in.ID)
		if err != nil {
			return nil, err
		}
		offers := slices.Clone(i.Offers)
		slices.Reverse(offers) // newest first, as every list
		return &answer[list[decisionView]]{list[decisionView]{Items: views(offers, names{s.plan}.decision)}}, nil
	})
}

// viewCalls shows calls with the recordings that the seat may listen to.
func (a *API) viewCalls(ctx context.Context, s *seat, calls []core.Interaction) ([]InteractionView, error) {
	n, scope := names{s.plan}, s.scope()
	out := make([]InteractionView, len(calls))
	var heard []core.InteractionID
	for i := range calls {
		out[i] = n.interaction(&calls[i], s.user.ID)
		if scope.hears(&calls[i]) {
			heard = append(heard, calls[i].ID)
		}
	}
	kept, err := a.o.Recordings.Of(ctx, heard)
	if err != nil {
		return nil, err
	}
	for i := range calls {
		if slices.Contains(heard, calls[i].ID) {
			out[i].Recordings = recordingsOf(&calls[i], kept[calls[i].ID], a.at())
		}
	}
	return out, nil
}

// interaction finds a call by its record's id, live or over, if it may be seen.
// What may not be seen does not exist.
func (a *API) interaction(ctx context.Context, s *seat, id string) (*core.Interaction, error) {
	missing := core.Errorf(core.Missing, "no-such-thing", "There is no interaction %q.", id)
	if len(id) < 5 || id[:4] != "int_" {
		return nil, missing
	}
	i := a.o.Floor.Live(core.CallID("cal_" + id[4:]))
	for try := 0; i == nil; try++ {
		var err error
		i, err = a.o.Records.Interaction(ctx, core.InteractionID(id))
		switch {
		case err == nil:
		case core.KindOf(err) != core.Missing:
			return nil, err
		case try == keptTries || !a.justOver(s, core.InteractionID(id)):
			return nil, missing
		default:
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(keptStep):
			}
		}
	}
	if !s.scope().sees(i) {
		return nil, missing
	}
	return i, nil
}

// A call that has just ended is on the desk before its record is on disk: who
// asks for it waits a moment.
const (
	keptTries = 40
	keptStep  = 25 * time.Millisecond
)

// justOver says whether the seat has just finished this call.
func (a *API) justOver(s *seat, id core.InteractionID) bool {
	d := a.o.Floor.Desk(s.user.ID)
	return d != nil && d.Post != nil && d.Post.Interaction == id
}

// scope is what of the records the seat may see.
func (s *seat) scope() Scope {
	if s.can(plan.Administer) {
		return Scope{All: true}
	}
	sc := Scope{Agent: s.user.ID}
	if s.can(plan.Supervise) {
		sc.Queues, sc.Trees = s.plan.Supervises(s.user.ID), true
	}
	return sc
}

// hears says whether the recordings of a call may be listened to: an offer is
// not enough, one has talked in it or supervises a queue that it passed.
func (sc Scope) hears(i *core.Interaction) bool {
	return sc.All || i.Agent == sc.Agent ||
		slices.ContainsFunc(i.Talks, func(t core.TalkRecord) bool { return t.Agent == sc.Agent }) ||
		slices.ContainsFunc(i.Distributions, func(d core.Distribution) bool {
			return slices.Contains(sc.Queues, d.Queue) || d.Agent == sc.Agent && d.Outcome == "answered"
		})
}

func (sc Scope) sees(i *core.Interaction) bool {
	if sc.All || i.Agent == sc.Agent {
		return true
	}
	if sc.Trees && i.Mode == "smart" && len(i.Distributions) == 0 {
		return true
	}
	return slices.ContainsFunc(i.Offers, func(o core.OfferRecord) bool { return o.Agent == sc.Agent }) ||
		slices.ContainsFunc(i.Talks, func(t core.TalkRecord) bool { return t.Agent == sc.Agent }) ||
		slices.ContainsFunc(i.Distributions, func(d core.Distribution) bool { return slices.Contains(sc.Queues, d.Queue) })
}
