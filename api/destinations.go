package api

import (
	"context"
	"net/http"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/unicode/norm"

	"belfry/core"
	"belfry/core/plan"
)

type destinationsInput struct {
	Kind string `query:"kind" required:"true" enum:"user,queue,routing,directory,number" doc:"queue: distribution groups too"`
	For  string `query:"for" enum:"transfer,call" default:"transfer" doc:"call: whom I may call myself, whatever I may transfer to"`
	Q    string `query:"q" maxLength:"100" doc:"Part of a name, an extension or a number; of kind number: the number"`
}

// destinationView is somebody or something that a call can be sent to.
type destinationView struct {
	Kind      string      `json:"kind" enum:"user,queue,group,routing,directory,number"`
	ID        *string     `json:"id" doc:"Null for a bare number"`
	Name      string      `json:"name" doc:"As it is shown"`
	Extension *string     `json:"extension"`
	Number    *string     `json:"number" doc:"E.164"`
	Display   *string     `json:"display" doc:"The number, spaced for people"`
	Class     *string     `json:"class" enum:"internal,national,mobile,international,premium,emergency"`
	Known     *string     `json:"known" doc:"Of a bare number: who has it in the address book"`
	Source    *string     `json:"source" doc:"Of a contact: crm, directory"`
	State     *string     `json:"state" enum:"off,unavailable,ready,reserved,presented,dialing,talking,post_interaction,not_responding,device_lost" doc:"Of a colleague"`
	Since     *stamp      `json:"since" doc:"Of state"`
	Activity  *string     `json:"activity" doc:"What the colleague has chosen to do"`
	Status    *statusView `json:"status" doc:"What the colleague tells the others"`
	Queues    *string     `json:"queues" doc:"The queues that the colleague serves"`
	Free      *int        `json:"free" doc:"Of a queue: agents who could take a call now"`
	Waiting   *int        `json:"waiting" doc:"Of a queue"`
	Longest   *stamp      `json:"longest" doc:"Of a queue: arrival of the first in line"`
	Reachable bool        `json:"reachable"`
	Reason    *string     `json:"reason" enum:"busy,away,not_allowed" doc:"Why it is not reachable"`
}

func (a *API) routesOfDestinations() {
	route(a, huma.Operation{
		OperationID: "destinations", Method: http.MethodGet, Path: "/api/v1/destinations", Tags: []string{"Transfers"},
		Summary:     "Where a call may be sent to",
		Description: "As things are now. What the profile does not allow is not listed: see transfers_to of GET /api/v1/me.",
	}, func(ctx context.Context, s *seat, in *destinationsInput) (*answer[list[destinationView]], error) {
		items, err := a.destinations(ctx, s, in)
		if err != nil {
			return nil, err
		}
		return &answer[list[destinationView]]{list[destinationView]{Items: items}}, nil
	})
}

func (a *API) destinations(ctx context.Context, s *seat, in *destinationsInput) ([]destinationView, error) {
	q, none := strings.TrimSpace(in.Q), []destinationView{}
	switch calls := in.For == "call" && in.Kind != "queue" && in.Kind != "routing"; {
	case in.Kind != "queue" && !calls && !s.sends(in.Kind):
		return none, nil
	case in.Kind == "directory":
		return a.contactDestinations(ctx, s, q)
	case in.Kind == "number":
		t, err := s.number("query.q", q)
		if err != nil {
			return none, nil //nolint:nilerr // no number yet: there is nothing to list
		}
		v := s.numberDestination(t, "number", "")
		if known, err := a.known(ctx, t); err == nil && known.Contact != "" {
			v.Known = &known.Name // without it the number is as good
		}
		return []destinationView{v}, nil
	case in.Kind == "routing":
		return s.treeDestinations(q), nil
	}
	p := a.o.Floor.Presence()
	if p == nil {
		p = &core.Presence{}
	}
	if in.Kind == "user" {
		return s.userDestinations(p, q), nil
	}
	return s.queueDestinations(p, q), nil
}

// sends says whether the seat may transfer to targets of the kind.
func (s *seat) sends(kind string) bool { return s.plan.TransfersTo(s.user.ID, kind) }

func (s *seat) userDestinations(p *core.Presence, q string) []destinationView {
	all := []destinationView{}
	now := make(map[core.UserID]core.AgentNow, len(p.Agents))
	for _, n := range p.Agents {
		now[n.ID] = n
	}
	for i := range s.plan.Doc.Users {
		u := &s.plan.Doc.Users[i]
		if u.ID == s.user.ID || u.Extension == "" || !s.plan.Can(u.ID, plan.TakeCalls) || !found(q, u.Name, u.Extension) {
			continue
		}
		n, ok := now[u.ID]
		if !ok {
			n = core.AgentNow{State: core.Off, Unreachable: "away"}
		}
		all = append(all, destinationView{
			Kind: "user", ID: absent(u.ID), Name: u.Name, Extension: absent(u.Extension),
			State: absent(n.State), Since: never(n.Since), Activity: s.activity(n), Queues: absent(s.served(u.ID)),
			Reachable: n.Unreachable == "", Reason: absent(n.Unreachable), Status: viewStatus(n.Status),
		})
	}
	return all
}

func viewStatus(s core.Status) *statusView {
	if s == (core.Status{}) {
		return nil
	}
	return &statusView{s.Kind, s.Text}
}

// activity is what a colleague on shift has chosen to do, in the seat's language.
func (s *seat) activity(n core.AgentNow) *string {
	act := s.plan.Activity(n.Activity)
	switch {
	case act == nil || !n.OnShift:
		return nil
	case s.user.Language == "fr" && act.NameFR != "":
		return &act.NameFR
	}
	return &act.Name
}

func (s *seat) served(u core.UserID) string {
	var names []string
	for _, id := range s.plan.Serves(u) {
		if q := s.plan.Queue(id); q != nil {
			names = append(names, q.Name)
		}
	}
	return strings.Join(names, ", ")
}

// queueDestinations are the queues, then the groups, whose figures are those of
// their queues together.
func (s *seat) queueDestinations(p *core.Presence, q string) []destinationView {
	ready := make(map[core.UserID]bool, len(p.Agents))
	for _, n := range p.Agents {
		ready[n.ID] = n.State == core.Ready
	}
	waits := make(map[core.QueueID]core.DeskQueue, len(p.Queues))
	for _, w := range p.Queues {
		waits[w.ID] = w
	}
	row := func(kind, id, name string, queues ...core.QueueID) destinationView {
		free, waiting, longest := map[core.UserID]bool{}, 0, core.Time(0)
		for _, queue := range queues {
			for _, u := range s.plan.Servers(queue) {
				if ready[u] && u != s.user.ID {
					free[u] = true
				}
			}
			w := waits[queue]
			waiting += w.Waiting
			if longest.IsZero() || !w.Longest.IsZero() && w.Longest < longest {
				longest = w.Longest
			}
		}
		n := len(free)
		return destinationView{Kind: kind, ID: &id, Name: name, Free: &n, Waiting: &waiting, Longest: never(longest), Reachable: true}
	}
	all := []destinationView{}
	for _, queue := range s.plan.Doc.Queues {
		if s.sends("queue") && found(q, queue.Name) {
			all = append(all, row("queue", string(queue.ID), queue.Name, queue.ID))
		}
	}
	for _, g := range s.plan.Doc.Groups {
		if s.sends("group") && found(q, g.Name) {
			var queues []core.QueueID
			for _, share := range g.Shares {
				queues = append(queues, share.Queue)
			}
			all = append(all, row("group", string(g.ID), g.Name, queues...))
		}
	}
	return all
}

func (s *seat) treeDestinations(q string) []destinationView {
	all := []destinationView{}
	for _, t := range s.plan.Doc.Trees {
		if !t.Outbound && found(q, t.Name) {
			all = append(all, destinationView{Kind: "routing", ID: absent(t.ID), Name: t.Name, Reachable: true})
		}
	}
	return all
}

// contactDestinations are people of the address book, one row for each number.
func (a *API) contactDestinations(ctx context.Context, s *seat, q string) ([]destinationView, error) {
	all := []destinationView{}
	contacts, _, err := a.o.Contacts.Search(ctx, q, "", 50)
	if err != nil {
		return nil, err
	}
	for _, c := range contacts {
		for _, n := range c.Numbers {
			t, err := s.number("number", n)
			if err != nil {
				continue // kept before numbers were read; nobody can dial it
			}
			t.Contact, t.Name = c.ID, c.Name
			all = append(all, s.numberDestination(t, "directory", c.Source))
		}
	}
	return all, nil
}

func (s *seat) numberDestination(t core.Target, kind, source string) destinationView {
	shown := Display(t.Number)
	v := destinationView{
		Kind: kind, ID: absent(t.Contact), Name: t.Name, Number: &t.Number, Display: &shown,
		Class: absent(t.Class), Source: absent(source), Reachable: s.plan.Dials(s.user.ID, t.Class),
	}
	if !v.Reachable {
		v.Reason = absent("not_allowed")
	}
	return v
}

// found says whether one of the texts holds what is looked for, whatever its
// case and accents.
func found(q string, texts ...string) bool {
	q = fold(q)
	for _, t := range texts {
		if strings.Contains(fold(t), q) {
			return true
		}
	}
	return false
}

func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}
