package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type contactView struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Numbers []numberView `json:"numbers"`
	Source  string       `json:"source" doc:"crm, directory"`

	Organisation *string `json:"organisation"`
	Email        *string `json:"email"`
	Note         *string `json:"note"`
	VIP          bool    `json:"vip"`
}

type numberView struct {
	Number  string `json:"number" doc:"E.164"`
	Display string `json:"display"`
}

type contactsInput struct {
	PageInput
	Search string `query:"search" maxLength:"100" doc:"Part of a name or number"`
}

type contactInput struct {
	ID string `path:"id" maxLength:"80" example:"con_claire"`
}

func (a *API) routesOfContacts() {
	route(a, huma.Operation{
		OperationID: "contacts", Method: http.MethodGet, Path: "/api/v1/contacts", Tags: []string{"Contacts"},
		Summary: "The address book, by name",
	}, func(ctx context.Context, _ *seat, in *contactsInput) (*answer[list[contactView]], error) {
		items, next, err := a.o.Contacts.Search(ctx, in.Search, in.After, in.Limit)
		if err != nil {
			return nil, err
		}
		return &answer[list[contactView]]{list[contactView]{views(items, viewContact), absent(next)}}, nil
	})
	route(a, huma.Operation{
		OperationID: "contact", Method: http.MethodGet, Path: "/api/v1/contacts/{id}", Tags: []string{"Contacts"},
		Summary: "One of the address book",
	}, func(ctx context.Context, _ *seat, in *contactInput) (*answer[contactView], error) {
		c, err := a.o.Contacts.Contact(ctx, core.ContactID(in.ID))
		if err != nil {
			return nil, err
		}
		return &answer[contactView]{viewContact(*c)}, nil
	})
}

func viewContact(c Contact) contactView {
	number := func(n string) numberView { return numberView{n, Display(n)} }
	return contactView{
		string(c.ID), c.Name, views(c.Numbers, number), c.Source,
		absent(c.Organisation), absent(c.Email), absent(c.Note), c.VIP,
	}
}
