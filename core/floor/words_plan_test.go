package floor

import (
	"encoding/json"
	"slices"
	"strings"

	"belfry/core"
	"belfry/core/plan"
)

// set changes the company, one queue, profile or user of the plan, named by its id, in the
// words of the plan.
func (s *teller) set(id, text string) []core.Event {
	s.t.Helper()
	var thing any
	if id == "company" {
		thing = &s.doc.Company
	}
	for i := range s.doc.Queues {
		if string(s.doc.Queues[i].ID) == id {
			thing = &s.doc.Queues[i]
		}
	}
	for i := range s.doc.Profiles {
		if string(s.doc.Profiles[i].ID) == id {
			thing = &s.doc.Profiles[i]
		}
	}
	for i := range s.doc.Users {
		if string(s.doc.Users[i].ID) == id {
			thing = &s.doc.Users[i]
		}
	}
	if thing == nil {
		s.t.Fatalf("the story sets %q, which is not in its plan", id)
	}
	if err := json.Unmarshal([]byte(text), thing); err != nil {
		s.t.Fatalf("the story sets %s to %s: %v", id, text, err)
	}
	s.revision++
	return []core.Event{core.PlanChanged{Revision: s.revision, Doc: doc(s.t, s.doc)}}
}

// unset removes a queue, from the profiles and groups too, or a user.
func (s *teller) unset(id string) []core.Event {
	s.t.Helper()
	d, q := s.doc, core.QueueID(id)
	d.Users = slices.DeleteFunc(d.Users, func(u plan.User) bool { return string(u.ID) == id })
	d.Queues = slices.DeleteFunc(d.Queues, func(x plan.Queue) bool { return x.ID == q })
	gone := func(x core.QueueID) bool { return x == q }
	for i := range d.Profiles {
		d.Profiles[i].Queues = slices.DeleteFunc(d.Profiles[i].Queues, gone)
		d.Profiles[i].Supervises = slices.DeleteFunc(d.Profiles[i].Supervises, gone)
	}
	d.Groups = slices.DeleteFunc(d.Groups, func(g plan.Group) bool {
		return slices.ContainsFunc(g.Shares, func(x plan.Share) bool { return x.Queue == q })
	})
	s.revision++
	return []core.Event{core.PlanChanged{Revision: s.revision, Doc: doc(s.t, d)}}
}

// target is where a call is sent: a number outside or of ours, an extension, or
// the name of a queue, a group, a tree.
func (s *teller) target(text string) core.Target {
	switch {
	case strings.HasPrefix(text, "+"):
		return core.Target{Number: text, Class: classOf(text)}
	case strings.HasPrefix(text, "que_"):
		return core.Target{Queue: core.QueueID(text)}
	case strings.HasPrefix(text, "grp_"):
		return core.Target{Group: core.GroupID(text)}
	case strings.HasPrefix(text, "tre_"):
		return core.Target{Tree: core.TreeID(text)}
	case text == "112":
		return core.Target{Number: text, Class: core.ClassEmergency}
	}
	if u := s.f.plan.Extension(text); u != nil {
		return core.Target{User: u.ID}
	}
	return core.Target{}
}

// classOf is the class of a number of the story's country.
func classOf(number string) core.NumberClass {
	switch {
	case !strings.HasPrefix(number, "+33"):
		return core.ClassInternational
	case strings.HasPrefix(number, "+339"):
		return core.ClassPremium
	case strings.HasPrefix(number, "+336"):
		return core.ClassMobile
	}
	return core.ClassNational
}
