package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type offerInput struct {
	ID string `path:"id" maxLength:"80" example:"off_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

type acceptInput struct {
	ID    string `path:"id" maxLength:"80" example:"off_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Small bool   `query:"small" doc:"Asked in the small Banner, where not every queue's calls may be taken"`
}

type ackInput struct {
	ID   string `path:"id" maxLength:"80"`
	Body *struct {
		RenderedMS float64 `json:"rendered_ms,omitempty" minimum:"0" maximum:"60000" doc:"From the offer's arrival at the page to the popup in its document"`
	} `nameHint:"OfferDrawn"`
}

func (a *API) routesOfOffers() {
	const tag = "Offers"
	route(a, huma.Operation{
		OperationID: "ackOffer", Method: http.MethodPost, Path: "/api/v1/offers/{id}/ack", Tags: []string{tag}, DefaultStatus: http.StatusNoContent,
		Summary:     "The popup stands on the screen",
		Description: "Send it after the document has changed, not from an animation frame: hidden tabs have none. Ring time counts from here; without it within 2 s the call goes to somebody else. Twice changes nothing.",
	}, func(_ context.Context, s *seat, in *ackInput) (*nothing, error) {
		id := core.OfferID(in.ID)
		d := a.o.Floor.Desk(s.user.ID)
		if d == nil || d.Offer == nil || d.Offer.ID != id {
			return nil, noSuchOffer()
		}
		if in.Body != nil && in.Body.RenderedMS > 0 && d.Offer.Drawn.IsZero() {
			a.o.Meter.popup(time.Duration(in.Body.RenderedMS * float64(time.Millisecond)))
		}
		return nil, a.o.Floor.Tell(core.RingDrawn{Agent: s.user.ID, Offer: id})
	})
	route(a, huma.Operation{
		OperationID: "acceptOffer", Method: http.MethodPost, Path: "/api/v1/offers/{id}/accept", Tags: []string{tag},
		Summary: "Accept the call", Description: "409 when somebody else was first or the caller has left.",
	}, func(ctx context.Context, s *seat, in *acceptInput) (*answer[deskView], error) {
		return a.askOffer(ctx, s, core.OfferID(in.ID), core.Accept{Offer: core.OfferID(in.ID), Small: in.Small})
	})
	route(a, huma.Operation{
		OperationID: "declineOffer", Method: http.MethodPost, Path: "/api/v1/offers/{id}/decline", Tags: []string{tag},
		Summary: "Decline the call", Description: "It goes to somebody else at once.",
	}, func(ctx context.Context, s *seat, in *offerInput) (*answer[deskView], error) {
		return a.askOffer(ctx, s, core.OfferID(in.ID), core.Decline{Offer: core.OfferID(in.ID)})
	})
}

// askOffer is ask for an offer. What was never this agent's does not exist for
// them, be it over or not.
func (a *API) askOffer(ctx context.Context, s *seat, id core.OfferID, w core.Want) (*answer[deskView], error) {
	out, err := a.ask(ctx, s, w)
	if e, ok := errors.AsType[*core.Error](err); ok && e.Code == "offer-over" && !a.offeredOnce(s.user.ID, id) {
		return nil, noSuchOffer()
	}
	return out, err
}

// offeredOnce says whether the agent's desk remembers the offer.
func (a *API) offeredOnce(agent core.UserID, id core.OfferID) bool {
	d := a.o.Floor.Desk(agent)
	return d != nil && (d.Offer != nil && d.Offer.ID == id || d.Last != nil && d.Last.Offer == id ||
		slices.ContainsFunc(d.Missed, func(m core.DeskMissed) bool { return m.Offer == id }))
}

func noSuchOffer() error {
	return core.Errorf(core.Missing, "no-such-offer", "No call is offered to you under this id.")
}
