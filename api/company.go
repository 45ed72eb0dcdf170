package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
)

// CompanySet is what is set for the company as a whole. It is exported because
// huma looks into no other embedded struct.
type CompanySet struct {
	plan.Company
	DoNotCall []string `json:"do_not_call,omitempty" doc:"Numbers that nobody calls, by no path, E.164"`
}

type companySheet struct {
	CompanySet
	Sheet
}

type changeCompanyInput struct {
	requestInput
	ChangeInput
	IfMatch string `header:"If-Match" maxLength:"200" doc:"The ETag of what is changed, or * for whatever stands there now"`
	RawBody []byte `contentType:"application/json"`
}

const companyPath = "/api/v1/company"

func (a *API) routesOfCompany() {
	const tag = "Company"
	route(a, huma.Operation{
		OperationID: "company", Method: http.MethodGet, Path: companyPath, Tags: []string{tag},
		Summary: "What is set for the company as a whole",
	}, func(_ context.Context, s *seat, _ *nothing) (*thingAnswer[companySheet], error) {
		return companyOf(s.plan), nil
	})
	route(a, huma.Operation{
		OperationID: "changeCompany", Method: http.MethodPatch, Path: companyPath, Tags: []string{tag}, SkipValidateBody: true,
		Summary:     "Change what is set for the company as a whole",
		Description: "The fields that are given, the others stay (RFC 7396); null puts a field back to its default. Needs If-Match: 428 without, 412 with the newer version when somebody was quicker.",
	}, a.changeCompany)
	some := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "Any of the fields of CompanySheet"}
	op := a.huma.OpenAPI().Paths[companyPath].Patch
	op.RequestBody.Content = map[string]*huma.MediaType{"application/merge-patch+json": {Schema: some}, "application/json": {Schema: some}}
}

func companyOf(p *plan.Plan) *thingAnswer[companySheet] {
	set := CompanySet{p.Doc.Company, p.Doc.DoNotCall}
	tag := revisionOf(set)
	return &thingAnswer[companySheet]{ETag: quoted(tag), Body: companySheet{set, Sheet{Revision: tag}}}
}

func (a *API) changeCompany(ctx context.Context, s *seat, in *changeCompanyInput) (*thingAnswer[companySheet], error) {
	var made *plan.Plan
	err := a.change(ctx, s, &in.requestInput, in.DryRun, func(now *plan.Plan) (*plan.Plan, []Edit, error) {
		old := CompanySet{now.Doc.Company, now.Doc.DoNotCall}
		if err := a.sameCompany(ctx, now, &old, in.IfMatch); err != nil {
			return nil, nil, err
		}
		text, err := merged(old, in.RawBody, readOnly[companySheet]())
		if err != nil {
			return nil, nil, err
		}
		set, err := strict[CompanySet](text, nil)
		if err != nil {
			return nil, nil, err
		}
		if set.ID != old.ID {
			return nil, nil, core.FieldErrorf("body.id", "id-fixed", "the id of the company never changes")
		}
		if made = now; revisionOf(set) == revisionOf(old) {
			return nil, nil, nil // as it is
		}
		doc := *now.Doc
		doc.Company, doc.DoNotCall = set.Company, set.DoNotCall
		if made, err = plan.Compile(now.Revision+1, &doc); err != nil {
			return nil, nil, ofCompany(located(err, &doc, "company", ""))
		}
		return made, []Edit{{List: "company", ID: string(set.ID), Name: set.Name, Was: written(old), Became: written(set)}}, nil
	})
	if err != nil {
		return nil, err
	}
	return companyOf(made), nil
}

// sameCompany compares the If-Match of a change with what stands there now.
func (a *API) sameCompany(ctx context.Context, now *plan.Plan, old *CompanySet, ifMatch string) error {
	if same, err := matches(ifMatch, old); same || err != nil {
		return err
	}
	return a.stale(ctx, now, "company", string(old.ID), companyOf(now).ETag, companyOf(now).Body)
}

// ofCompany puts problems where the person sees them: body is the company.
func ofCompany(err error) error {
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		return err
	}
	for i := range p.Errors {
		f := &p.Errors[i]
		if rest, ours := strings.CutPrefix(f.Location, "company."); ours {
			f.Location = "body." + rest
		} else if strings.HasPrefix(f.Location, "do_not_call") {
			f.Location = "body." + f.Location
		}
	}
	return p
}
