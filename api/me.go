package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
)

type meView struct {
	ID         string         `json:"id"`
	Login      string         `json:"login"`
	Name       string         `json:"name"`
	Extension  *string        `json:"extension"`
	Language   string         `json:"language" doc:"en, fr; empty when neither the user nor the company has chosen"`
	Station    string         `json:"station" enum:"browser,phone" doc:"phone: a fixed SIP contact is rung"`
	Company    companyView    `json:"company"`
	Profile    profileView    `json:"profile" doc:"In use"`
	Profiles   []routingView  `json:"profiles" doc:"Those that I may work with"`
	Rights     []string       `json:"rights" enum:"take_calls,record,pool_take,pool_see,supervise,administer,call_out,call_routed,transfer"`
	Dials      []string       `json:"dials" enum:"national,mobile,international,premium" doc:"The classes of outside numbers that I may call"`
	Transfers  []string       `json:"transfers_to" enum:"user,queue,group,routing,directory,number" doc:"The kinds of target that I may transfer to; none: no transfer"`
	Routings   []routingView  `json:"routings" doc:"The Smart Routings that a call out may go through"`
	CallerID   *numberView    `json:"caller_id" doc:"Shown to whom I call when no queue says otherwise"`
	Country    string         `json:"country" doc:"Where numbers without a country code belong; may be empty"`
	Queues     []queueView    `json:"queues" doc:"Served"`
	Supervises []queueView    `json:"supervises"`
	Activities []activityView `json:"activities"`
	Build      string         `json:"build" doc:"Of the server; another one than before: reload when idle"`
}

type companyView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Zone string `json:"zone" doc:"IANA time zone; days begin at its midnight"`
}

type profileView struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	AutoAnswer bool   `json:"auto_answer"`
	NoDecline  bool   `json:"no_decline" doc:"Decline is not shown"`
}

type routingView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (a *API) routesOfMe() {
	const tag = "Me"
	route(a, huma.Operation{
		OperationID: "me", Method: http.MethodGet, Path: "/api/v1/me", Tags: []string{tag},
		Summary: "Who I am and what I may do",
	}, func(_ context.Context, s *seat, _ *nothing) (*answer[meView], error) {
		return &answer[meView]{a.viewMe(s)}, nil
	})
	route(a, huma.Operation{
		OperationID: "desk", Method: http.MethodGet, Path: "/api/v1/me/desk", Tags: []string{tag},
		Summary: "My desk: all that I see now", Description: "The stream sends the same, each time it changes.",
	}, func(_ context.Context, s *seat, _ *nothing) (*answer[deskView], error) {
		return &answer[deskView]{a.deskOf(s)}, nil
	})
}

func (a *API) viewMe(s *seat) meView {
	u, p := s.user, s.plan
	v := meView{
		ID: string(u.ID), Login: u.Login, Name: u.Name, Extension: absent(u.Extension), Language: u.Language,
		Station: string(core.BrowserStation), Rights: []string{},
		Company:    companyView{string(p.Doc.Company.ID), p.Doc.Company.Name, p.Doc.Company.Zone},
		Queues:     a.viewQueues(p, p.Serves(u.ID)),
		Supervises: a.viewQueues(p, p.Supervises(u.ID)),
		Activities: views(p.Doc.Activities, viewActivity),
		Build:      a.o.Build,
		Dials:      []string{}, Transfers: []string{}, Routings: []routingView{}, Country: p.Doc.Company.Country,
	}
	a.viewReach(s, &v)
	if v.Language == "" {
		v.Language = p.Doc.Company.Language
	}
	if u.Phone != "" {
		v.Station = string(core.PhoneStation)
	}
	v.Profiles = []routingView{}
	for _, id := range u.AllProfiles() {
		if pro := p.Profile(id); pro != nil {
			v.Profiles = append(v.Profiles, routingView{string(id), pro.Name})
		}
	}
	if pro := p.ProfileOf(u.ID); pro != nil {
		v.Profile = profileView{string(pro.ID), pro.Name, pro.AutoAnswer, pro.NoDecline}
		v.Rights = views(pro.Rights, func(r plan.Right) string { return string(r) })
	}
	return v
}

// viewReach says whom the user may call and send calls to.
func (a *API) viewReach(s *seat, v *meView) {
	u, p := s.user.ID, s.plan
	for _, class := range []core.NumberClass{core.ClassNational, core.ClassMobile, core.ClassInternational, core.ClassPremium} {
		if p.Dials(u, class) {
			v.Dials = append(v.Dials, string(class))
		}
	}
	for _, kind := range []string{"user", "queue", "group", "routing", "directory", "number"} {
		if p.TransfersTo(u, kind) {
			v.Transfers = append(v.Transfers, kind)
		}
	}
	if p.Can(u, plan.CallRouted) {
		outbound := slices.DeleteFunc(slices.Clone(p.Doc.Trees), func(t plan.Tree) bool { return !t.Outbound })
		v.Routings = views(outbound, func(t plan.Tree) routingView { return routingView{string(t.ID), t.Name} })
	}
	if id := p.CallerID(u, ""); id != "" {
		v.CallerID = &numberView{id, Display(id)}
	}
}

// deskOf is the user's desk now. Who has not been on the floor since the plan
// came has an empty one.
func (a *API) deskOf(s *seat) deskView {
	if d := a.o.Floor.Desk(s.user.ID); d != nil {
		return viewDesk(d, a.at())
	}
	return viewDesk(a.blank(s), 0)
}

func (a *API) blank(s *seat) *core.Desk {
	now := a.at()
	station := core.BrowserStation
	if s.user.Phone != "" {
		station = core.PhoneStation
	}
	return &core.Desk{At: now, Agent: core.DeskAgent{
		ID: s.user.ID, Name: s.user.Name, State: core.Off, Since: now, Station: station,
	}}
}
