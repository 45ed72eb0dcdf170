package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type auditInput struct {
	PageInput
	List   string `query:"list" maxLength:"40" doc:"users, queues, …; passwords, phone_passwords, secrets" example:"queues"`
	ID     string `query:"id" maxLength:"80" doc:"Of the thing"`
	Author string `query:"author" maxLength:"80" doc:"Of the user who changed it"`
}

type changeView struct {
	ID       uint64  `json:"id"`
	At       stamp   `json:"at"`
	By       *string `json:"by" doc:"The user; null for the program itself, or from its terminal"`
	ByName   string  `json:"by_name"`
	From     string  `json:"from" doc:"The address that it came from"`
	Revision *uint64 `json:"revision" doc:"Of the plan since then; null where the plan did not change"`
	Did      string  `json:"did" enum:"created,changed,removed,set"`
	List     string  `json:"list" example:"queues"`
	Thing    string  `json:"thing" doc:"Its id"`
	Name     string  `json:"name"`
	Was      any     `json:"was" doc:"Null when it is new"`
	Became   any     `json:"became" doc:"Null when it is gone"`
}

func (a *API) routesOfAudit() {
	route(a, huma.Operation{
		OperationID: "audit", Method: http.MethodGet, Path: "/api/v1/audit", Tags: []string{"Audit"},
		Summary: "Who changed what, newest first", Description: "Each thing as it was and as it became. Of a password it is only told that it was set.",
	}, func(ctx context.Context, s *seat, in *auditInput) (*answer[list[changeView]], error) {
		got, next, err := a.o.Plans.Changes(ctx, ChangeFilter{in.List, in.ID, core.UserID(in.Author), in.After, in.Limit})
		if err != nil {
			return nil, err
		}
		return &answer[list[changeView]]{list[changeView]{views(got, func(c Change) changeView { return viewChange(s, c) }), absent(next)}}, nil
	})
}

func viewChange(s *seat, c Change) changeView {
	v := changeView{
		ID: c.Seq, At: stamp(c.At), By: absent(c.By.User), ByName: nameOfUser(s.plan, c.By.User), From: c.By.From,
		List: c.List, Thing: c.ID, Name: c.Name, Did: "changed", Was: unwritten(c.Was), Became: unwritten(c.Became),
	}
	if c.Revision > 0 {
		v.Revision = &c.Revision
	}
	switch {
	case v.Was == nil && v.Became == nil:
		v.Did = "set"
	case v.Was == nil:
		v.Did = "created"
	case v.Became == nil:
		v.Did = "removed"
	}
	return v
}

// unwritten is JSON as it is, or nothing.
func unwritten(text json.RawMessage) any {
	if len(text) == 0 {
		return nil
	}
	return text
}
