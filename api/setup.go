package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

type firstRun struct {
	Token    string `json:"token" minLength:"1" maxLength:"200" doc:"What stands behind the # of the link"`
	Company  string `json:"company" minLength:"1" maxLength:"100"`
	Password string `json:"password" minLength:"8" maxLength:"1000" format:"password" doc:"The administrator's"`
	Name     string `json:"name,omitempty" maxLength:"100" doc:"The administrator's"`
	Language string `json:"language,omitempty" enum:"en,fr"`
	Zone     string `json:"zone,omitempty" maxLength:"64" example:"Europe/Paris" doc:"IANA time zone; days begin at its midnight"`
}

type setupInput struct {
	requestInput
	Body firstRun
}

// setupTries is the login that wrong tokens count for: no login has a space.
const setupTries = "set up"

func (a *API) routesOfSetup() {
	route(a, huma.Operation{
		OperationID: "setUp", Method: http.MethodPost, Path: "/api/v1/setup", Tags: []string{"Session"}, DefaultStatus: http.StatusCreated,
		Summary: "Set up a company in which nobody has a password yet",
		Description: "With the token of the link that belfry serve prints, once. The administrator is signed in by the answer. " +
			"403 setup-over when the token is wrong or used.",
	}, func(ctx context.Context, _ *seat, in *setupInput) (*answer[sessionView], error) {
		from := a.from(in.r)
		if !a.tries.wait(ctx, from, setupTries) {
			return nil, tooManyTries()
		}
		if !a.setupWaits() {
			return nil, a.wrongLink(in)
		}
		user, err := a.o.Setup.Finish(ctx, in.Body.Token, FirstRun{
			Company: in.Body.Company, Language: in.Body.Language, Zone: in.Body.Zone, Name: in.Body.Name, Password: in.Body.Password,
		})
		if core.KindOf(err) == core.Denied && err != nil {
			return nil, a.wrongLink(in)
		}
		if err != nil {
			return nil, err
		}
		a.tries.right(from, setupTries)
		return a.beginSession(ctx, &in.requestInput, a.o.Plan().User(user))
	})
}

func (a *API) wrongLink(in *setupInput) *Problem {
	a.tries.failed(a.from(in.r), setupTries)
	return problem(http.StatusForbidden, "setup-over", "This link does not work: it was used already, or the program was started again.")
}

// setupWaits says whether nobody has a password yet.
func (a *API) setupWaits() bool { return a.o.Setup != nil && a.o.Setup.Waiting() }
