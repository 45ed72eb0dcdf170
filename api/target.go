package api

import (
	"context"

	"belfry/core"
	"belfry/core/plan"
	"belfry/number"
)

// targetInput says where a call shall go. One of the fields says to whom; a
// contact may come with the one of its numbers that is meant.
type targetInput struct {
	User    string `json:"user,omitempty" maxLength:"80" doc:"A user's id, or an extension" example:"usr_bob"`
	Queue   string `json:"queue,omitempty" maxLength:"80" example:"que_support"`
	Group   string `json:"group,omitempty" maxLength:"80" doc:"A distribution group"`
	Routing string `json:"routing,omitempty" maxLength:"80" doc:"A Smart Routing"`
	Contact string `json:"contact,omitempty" maxLength:"80" doc:"Somebody of the address book; their first number unless number says another"`
	Number  string `json:"number,omitempty" maxLength:"80" doc:"As a person writes it" example:"01 44 00 10 22"`
}

// target finds what is meant. What is not there is named by its field.
func (a *API) target(ctx context.Context, s *seat, in targetInput) (core.Target, error) {
	const field = "body.to"
	said := 0
	for _, v := range []string{in.User, in.Queue, in.Group, in.Routing, in.Contact} {
		if v != "" {
			said++
		}
	}
	if in.Number != "" && in.Contact == "" {
		said++
	}
	if said != 1 {
		return core.Target{}, core.FieldErrorf(field, "one-target", "name one of user, queue, group, routing, contact and number")
	}
	switch {
	case in.User != "":
		return s.colleague(field+".user", in.User)
	case in.Queue != "":
		q := s.plan.Queue(core.QueueID(in.Queue))
		if q == nil {
			return core.Target{}, core.FieldErrorf(field+".queue", "no-such-queue", "there is no queue %q", in.Queue)
		}
		return core.Target{Queue: q.ID, Name: q.Name}, nil
	case in.Group != "":
		g := s.plan.Group(core.GroupID(in.Group))
		if g == nil {
			return core.Target{}, core.FieldErrorf(field+".group", "no-such-group", "there is no distribution group %q", in.Group)
		}
		return core.Target{Group: g.ID, Name: g.Name}, nil
	case in.Routing != "":
		t := s.plan.Tree(core.TreeID(in.Routing))
		if t == nil {
			return core.Target{}, core.FieldErrorf(field+".routing", "no-such-routing", "there is no Smart Routing %q", in.Routing)
		}
		return core.Target{Tree: t.ID, Name: t.Name}, nil
	case in.Contact != "":
		return a.contactTarget(ctx, s, field, in.Contact, in.Number)
	}
	t, err := s.number(field+".number", in.Number)
	if err != nil {
		return t, err
	}
	// It stays a bare number, whoever has it: what may be done with it is so, too.
	known, err := a.known(ctx, t)
	t.Name = known.Name
	return t, err
}

// colleague finds a user by id or extension. Nobody calls themselves.
func (s *seat) colleague(field, who string) (core.Target, error) {
	u := s.plan.User(core.UserID(who))
	if u == nil {
		u = s.plan.Extension(plan.Normal(who))
	}
	switch {
	case u == nil:
		return core.Target{}, core.FieldErrorf(field, "no-such-extension", "there is no colleague with the extension %q", who)
	case u.ID == s.user.ID:
		return core.Target{}, core.FieldErrorf(field, "own-extension", "%s is your own extension", u.Extension)
	}
	return core.Target{User: u.ID, Name: u.Name}, nil
}

// number reads a number outside.
func (s *seat) number(field, text string) (core.Target, error) {
	n, class, ok := number.Read(text, s.plan.Doc.Company.Country)
	if !ok {
		return core.Target{}, core.FieldErrorf(field, "not-a-number", "%q is not a telephone number", text)
	}
	return core.Target{Number: n, Class: class, Name: Display(n)}, nil
}

// contactTarget is one number of somebody in the address book.
func (a *API) contactTarget(ctx context.Context, s *seat, field, id, chosen string) (core.Target, error) {
	c, err := a.o.Contacts.Contact(ctx, core.ContactID(id))
	if err != nil {
		if core.KindOf(err) == core.Missing {
			return core.Target{}, core.FieldErrorf(field+".contact", "no-such-contact", "there is no contact %q", id)
		}
		return core.Target{}, err
	}
	if chosen == "" {
		if len(c.Numbers) == 0 {
			return core.Target{}, core.FieldErrorf(field+".contact", "no-number", "%s has no number", c.Name)
		}
		chosen = c.Numbers[0]
	}
	t, err := s.number(field+".number", chosen)
	t.Contact, t.Name = c.ID, c.Name
	return t, err
}
