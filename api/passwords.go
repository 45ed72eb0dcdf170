package api

import (
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type passwordInput struct {
	requestInput
	ID   string `path:"id" maxLength:"80"`
	Body struct {
		Password string `json:"password" maxLength:"1024" doc:"At least 8 characters"`
	} `nameHint:"NewPassword"`
}

// shortestPassword is in characters.
const shortestPassword = 8

func (a *API) routesOfPasswords() {
	route(a, huma.Operation{
		OperationID: "setPassword", Method: http.MethodPut, Path: "/api/v1/users/{id}/password", Tags: []string{"Users"},
		Summary: "Give a user a new password", Description: "All sessions of the user end. A shift and a call go on.",
	}, func(ctx context.Context, s *seat, in *passwordInput) (*nothing, error) {
		u := s.plan.User(core.UserID(in.ID))
		if u == nil {
			return nil, core.Errorf(core.Missing, "no-such-thing", "there is no user %q", in.ID)
		}
		if utf8.RuneCountInString(in.Body.Password) < shortestPassword {
			return nil, core.FieldErrorf("body.password", "password-short", "a password has at least %d characters", shortestPassword)
		}
		return nil, a.o.Plans.SetPassword(ctx, Author{s.user.ID, a.from(in.r).String()}, u, in.Body.Password)
	})
}
