package app

import (
	"context"

	"belfry/api"
	"belfry/core"
	"belfry/store"
)

// The store and the API do not know each other; these say the one's words in
// the other's.

type people struct{ *store.Store }

// Session finds a log-in.
func (p people) Session(ctx context.Context, token string) (api.Session, error) {
	s, err := p.Store.Session(ctx, token)
	if err != nil {
		return api.Session{}, err
	}
	return api.Session{User: s.User, Since: s.Since, Until: s.Until}, nil
}

type calls struct{ *store.Store }

// Interactions returns one page of calls that are over.
func (c calls) Interactions(ctx context.Context, f api.Filter) ([]core.Interaction, string, error) {
	return c.Store.Interactions(ctx, store.Filter{
		Seen: store.Scope(f.Seen), Agent: f.Agent, Queue: f.Queue, Outcome: f.Outcome, Direction: f.Direction,
		Number: f.Number, Since: f.Since, Before: f.Before, After: f.After, Limit: f.Limit,
	})
}

type messages struct{ *store.Store }

// Messages returns one page of voice messages.
func (m messages) Messages(ctx context.Context, after string, limit int) ([]api.Message, string, error) {
	got, next, err := m.VoiceMessages(ctx, after, limit)
	if err != nil {
		return nil, "", err
	}
	all := make([]api.Message, len(got))
	for i, x := range got {
		all[i] = api.Message(x)
	}
	return all, next, nil
}

// Message finds one.
func (m messages) Message(ctx context.Context, id core.RecordID) (*api.Message, error) {
	got, err := m.VoiceMessage(ctx, id)
	if err != nil {
		return nil, err
	}
	x := api.Message(*got)
	return &x, nil
}

type book struct{ *store.Store }

// Search finds contacts.
func (b book) Search(ctx context.Context, text, after string, limit int) ([]api.Contact, string, error) {
	got, next, err := b.Contacts(ctx, text, after, limit)
	if err != nil {
		return nil, "", err
	}
	all := make([]api.Contact, len(got))
	for i := range got {
		all[i] = known(&got[i])
	}
	return all, next, nil
}

// Contact finds one.
func (b book) Contact(ctx context.Context, id core.ContactID) (*api.Contact, error) {
	got, err := b.Store.Contact(ctx, id)
	if err != nil {
		return nil, err
	}
	c := known(got)
	return &c, nil
}

func known(c *store.Contact) api.Contact {
	return api.Contact{
		ID: c.ID, Name: c.Name, Numbers: c.Numbers, Source: c.Source,
		Organisation: c.Organisation, Email: c.Email, Note: c.Note, VIP: c.VIP,
	}
}

// each puts all of them into other words.
func each[A, B any](all []A, as func(A) B) []B {
	other := make([]B, len(all))
	for i, x := range all {
		other[i] = as(x)
	}
	return other
}
