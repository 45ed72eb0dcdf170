package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
	"belfry/number"
)

type dialInput struct {
	Body struct {
		To         string `json:"to" minLength:"1" maxLength:"80" doc:"A number as a person writes it, or an extension" example:"06 12 34 56 78"`
		As         string `json:"as,omitempty" enum:"number,extension" doc:"Left out: an extension of ours is one, all else a number"`
		ViaRouting string `json:"via_routing,omitempty" maxLength:"80" doc:"The Smart Routing through which the call goes"`
		Link       string `json:"link,omitempty" maxLength:"80" doc:"The interaction that this calls back" example:"int_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
		Contact    string `json:"contact,omitempty" maxLength:"80" doc:"Whose number it is"`
	} `nameHint:"NewCall"`
}

// begunView is a call that has begun by our order.
type begunView struct {
	ID          string   `json:"id" doc:"Of the call"`
	Interaction string   `json:"interaction" doc:"The record that it will leave"`
	Desk        deskView `json:"desk"`
}

func (a *API) routesOfDial() {
	route(a, huma.Operation{
		OperationID: "newCall", Method: http.MethodPost, Path: "/api/v1/calls", Tags: []string{"Calls"}, DefaultStatus: http.StatusCreated,
		Summary: "New call", Description: "To a number outside, to a colleague's extension, or through a Smart Routing. How it goes is on the desk: calls, and failure when it came to nothing. 20 at once, then one a second; faster is 429.",
	}, func(ctx context.Context, s *seat, in *dialInput) (*answer[begunView], error) {
		if !a.orderly.take(s.user.ID, a.o.Now()) {
			return nil, tooFast()
		}
		b := &in.Body
		to, err := a.dialled(ctx, s, b.To, b.As, b.Contact)
		if err != nil {
			return nil, err
		}
		w := core.PlaceCall{Call: core.CallID(newName("cal_", a.o.Now())), To: to}
		if b.ViaRouting != "" {
			t := s.plan.Tree(core.TreeID(b.ViaRouting))
			if t == nil || !t.Outbound {
				return nil, core.FieldErrorf("body.via_routing", "no-such-routing", "there is no Smart Routing for calls out %q", b.ViaRouting)
			}
			w.Routing = t.ID
		}
		if b.Link != "" {
			i, err := a.interaction(ctx, s, b.Link)
			if err != nil {
				return nil, core.FieldErrorf("body.link", "no-such-thing", "there is no interaction %q", b.Link)
			}
			w.Link = i.ID
		}
		if err := a.o.Floor.Ask(ctx, s.user.ID, w); err != nil {
			return nil, err
		}
		return &answer[begunView]{begunView{string(w.Call), string(w.Call.Interaction()), a.deskOf(s)}}, nil
	})
}

// dialled finds who is called.
func (a *API) dialled(ctx context.Context, s *seat, to, as, contact string) (core.Target, error) {
	const field = "body.to"
	if as == "" {
		as = "number"
		_, class, _ := number.Read(to, s.plan.Doc.Company.Country)
		if class != core.ClassEmergency && s.plan.Extension(plan.Normal(to)) != nil {
			as = "extension"
		}
	}
	if as == "extension" {
		return s.colleague(field, to)
	}
	t, err := s.number(field, to)
	if err != nil {
		return t, err
	}
	if contact == "" {
		return a.known(ctx, t)
	}
	c, err := a.o.Contacts.Contact(ctx, core.ContactID(contact))
	if core.KindOf(err) == core.Missing && err != nil {
		return t, core.FieldErrorf("body.contact", "no-such-contact", "there is no contact %q", contact)
	}
	if err != nil {
		return t, err
	}
	t.Contact, t.Name = c.ID, c.Name
	return t, nil
}

// known names the target after whom the address book has under its number.
func (a *API) known(ctx context.Context, t core.Target) (core.Target, error) {
	found, _, err := a.o.Contacts.Search(ctx, t.Number, "", 10)
	if err != nil {
		return t, err
	}
	for _, c := range found {
		if slices.Contains(c.Numbers, t.Number) {
			t.Contact, t.Name = c.ID, c.Name
			break
		}
	}
	return t, nil
}
