package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
)

// things are the routes over one list of the plan: T is the thing as the plan
// has it, S its sheet, which adds what is only read. No field of T is named
// here, so a new one needs nothing but its place in the plan.
type things[T, S any] struct {
	a    *API
	list plan.List[T]
	tag  string
	// show makes the sheet; whole for one that is looked at alone.
	show func(s *seat, x *T, extra Sheet, whole bool) S
	// live says what goes on in the thing just now, where that hinders its end.
	live func(id string) *Problem
}

// Sheet is what is only read of a thing. It is exported because huma looks into
// no other embedded struct.
type Sheet struct {
	Revision string        `json:"revision,omitempty" readOnly:"true" doc:"The ETag of the thing without its quotes: give the ETag back as If-Match"`
	Warnings []warningView `json:"warnings,omitempty" readOnly:"true" doc:"What is allowed but unwise"`
}

type warningView struct {
	Field string `json:"field" example:"max_wait_seconds"`
	Code  string `json:"code" example:"queue-unlimited"`
	Text  string `json:"text"`
}

type thingsInput struct {
	PageInput
	Search string `query:"q" maxLength:"100" doc:"Part of a name, a login, an extension or a number"`
}

type thingInput struct {
	ID string `path:"id" maxLength:"80"`
}

// ChangeInput is common to all that changes the plan. It is exported because
// huma looks into no other embedded struct.
type ChangeInput struct {
	DryRun bool `query:"dry_run" doc:"Answer as if, with all problems and warnings, and save nothing"`
}

type newThingInput struct {
	requestInput
	ChangeInput
	RawBody []byte `contentType:"application/json"`
}

type changeThingInput struct {
	requestInput
	ChangeInput
	ID      string `path:"id" maxLength:"80"`
	IfMatch string `header:"If-Match" maxLength:"200" doc:"The ETag of what is changed, or * for whatever stands there now"`
	RawBody []byte `contentType:"application/json"`
}

type removeThingInput struct {
	requestInput
	ChangeInput
	ID       string `path:"id" maxLength:"80"`
	IfMatch  string `header:"If-Match" maxLength:"200" doc:"May be left out"`
	Withdraw bool   `query:"withdraw" doc:"Of a queue: although calls wait in it; they leave it by the output withdrawn"`
}

// thingAnswer is a sheet with its ETag, and where it is when it is new.
type thingAnswer[S any] struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     S
}

// routes registers them. A list that has a route of its own for all of its
// things leaves out listed.
func (t things[T, S]) routes(listed bool) {
	all, one := "/api/v1/"+t.list.Name, "/api/v1/"+t.list.Name+"/{id}"
	name := t.list.One
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{t.tag}, Summary: summary, SkipValidateBody: true,
		}
	}
	if listed {
		t.listing()
	}
	read, add := op(name, http.MethodGet, one, "One of the "+t.list.Name), op("new"+capital(name), http.MethodPost, all, "A new one of the "+t.list.Name)
	add.DefaultStatus = http.StatusCreated
	add.Description = "The id may be left out."
	if t.list.Name == plan.HoursList.Name { // one of them is called like all
		read.OperationID = "openingHours"
	}
	patch := op("change"+capital(name), http.MethodPatch, one, "Change one of the "+t.list.Name)
	patch.Description = "The fields that are given, the others stay (RFC 7396); null puts a field back to its default. Needs If-Match: 428 without, 412 with the newer version when somebody was quicker."
	put := op("replace"+capital(name), http.MethodPut, one, "Write one of the "+t.list.Name+" anew")
	put.Description = "What is left out goes back to its default. Needs If-Match as a change does."
	remove := op("remove"+capital(name), http.MethodDelete, one, "Remove one of the "+t.list.Name)
	remove.Description = "Refused with 409 and used_by while something names it."
	route(t.a, read, t.read)
	route(t.a, add, t.add)
	route(t.a, patch, t.patch)
	route(t.a, put, t.replace)
	route(t.a, remove, t.remove)
	t.document(all, one)
}

// listing registers the route over all of the things.
func (t things[T, S]) listing() {
	route(t.a, huma.Operation{
		OperationID: t.list.Name, Method: http.MethodGet, Path: "/api/v1/" + t.list.Name, Tags: []string{t.tag},
		Summary: "The " + t.list.Name + " of the company",
	}, t.page)
}

// page is one page of the list, in the order of the plan.
func (t things[T, S]) page(_ context.Context, s *seat, in *thingsInput) (*answer[list[S]], error) {
	all := *t.list.In(s.plan.Doc)
	i, err := t.after(all, in.After)
	if err != nil {
		return nil, err
	}
	out := list[S]{Items: []S{}}
	for ; i < len(all); i++ {
		if !t.sought(&all[i], in.Search) {
			continue
		}
		if len(out.Items) == in.Limit {
			next := strconv.Itoa(i) + "." + *t.list.Key(&all[i-1])
			out.Next = &next
			break
		}
		out.Items = append(out.Items, t.sheet(s, s.plan, i, false))
	}
	return &answer[list[S]]{out}, nil
}

// after is where a page begins: behind the thing that the cursor names, or
// where that stood.
func (t things[T, S]) after(all []T, cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	place, id, found := strings.Cut(cursor, ".")
	i, err := strconv.Atoi(place)
	if !found || err != nil || i < 0 {
		return 0, core.FieldErrorf("query.after", "bad-cursor", "this is not a cursor of such a list")
	}
	if j := slices.IndexFunc(all, func(x T) bool { return *t.list.Key(&x) == id }); j >= 0 {
		return j + 1, nil
	}
	return max(i-1, 0), nil // it is gone, and the next one stands there
}

func (t things[T, S]) sought(x *T, text string) bool {
	if text == "" {
		return true
	}
	text = strings.ToLower(text)
	return slices.ContainsFunc(t.list.Words(x), func(w string) bool { return strings.Contains(strings.ToLower(w), text) })
}

func (t things[T, S]) read(_ context.Context, s *seat, in *thingInput) (*thingAnswer[S], error) {
	return t.answer(s, s.plan, in.ID)
}

// answer is the thing as the plan has it.
func (t things[T, S]) answer(s *seat, p *plan.Plan, id string) (*thingAnswer[S], error) {
	i, x := t.list.Find(p.Doc, id)
	if x == nil {
		return nil, t.missing(id)
	}
	return &thingAnswer[S]{ETag: quoted(revisionOf(x)), Body: t.sheet(s, p, i, true)}, nil
}

func (t things[T, S]) missing(id string) error {
	return core.Errorf(core.Missing, "no-such-thing", "there is no %s %q", t.list.One, id)
}

// sheet is the thing at a place, with what is only read.
func (t things[T, S]) sheet(s *seat, p *plan.Plan, i int, whole bool) S {
	x := &(*t.list.In(p.Doc))[i]
	if !s.can(plan.Administer) {
		return t.show(s, x, Sheet{}, false)
	}
	extra := Sheet{Revision: revisionOf(x)}
	if whole {
		for _, w := range p.Warnings() {
			if list, j, _, rest := p.Doc.Place(w.Field); list == t.list.Name && j == i {
				extra.Warnings = append(extra.Warnings, warningView{rest, w.Code, w.Text})
			}
		}
	}
	at := *s
	at.plan = p
	return t.show(&at, x, extra, whole)
}
