package api

import (
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
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
	route(a, huma.Operation{
		OperationID: "newPhonePassword", Method: http.MethodPost, Path: "/api/v1/users/{id}/phone-password", Tags: []string{"Users"}, DefaultStatus: http.StatusCreated,
		Summary:     "Make a password for a user's SIP phones",
		Description: "It is told this once and read by nobody again. Phones that knew another are turned away from now on.",
	}, a.newPhonePassword)
	route(a, huma.Operation{
		OperationID: "setTrunkPassword", Method: http.MethodPut, Path: "/api/v1/trunks/{id}/password", Tags: []string{"Trunks"},
		Summary: "Set our password at a trunk", Description: "It is kept under the name in the trunk's secret, else under the trunk's id, and never told. It counts from the next request on.",
	}, a.setTrunkPassword)
}

// oneThingInput is the address of a thing of which nothing else is said.
type oneThingInput struct {
	requestInput
	ID string `path:"id" maxLength:"80"`
}

type phonePasswordView struct {
	User     string `json:"user" doc:"What the phone registers as: the extension" example:"201"`
	Password string `json:"password"`
}

func (a *API) newPhonePassword(ctx context.Context, s *seat, in *oneThingInput) (*answer[phonePasswordView], error) {
	u := s.plan.User(core.UserID(in.ID))
	switch {
	case u == nil:
		return nil, core.Errorf(core.Missing, "no-such-thing", "there is no user %q", in.ID)
	case u.Extension == "":
		return nil, core.Errorf(core.Conflict, "no-extension", "%s has no extension, which their phones log in with: give them one first", u.Name)
	}
	password, err := a.o.Plans.NewPhonePassword(ctx, Author{s.user.ID, a.from(in.r).String()}, u)
	if err != nil {
		return nil, err
	}
	return &answer[phonePasswordView]{phonePasswordView{u.Extension, password}}, nil
}

type trunkPasswordInput struct {
	requestInput
	ID   string `path:"id" maxLength:"80"`
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	} `nameHint:"TrunkPassword"`
}

func (a *API) setTrunkPassword(ctx context.Context, s *seat, in *trunkPasswordInput) (*nothing, error) {
	_, t := plan.TrunkList.Find(s.plan.Doc, in.ID)
	if t == nil {
		return nil, core.Errorf(core.Missing, "no-such-thing", "there is no trunk %q", in.ID)
	}
	return nil, a.o.Plans.SetSecret(ctx, Author{s.user.ID, a.from(in.r).String()}, t, in.Body.Password)
}
