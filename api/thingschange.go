package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"belfry/core"
	"belfry/core/plan"
)

func (t things[T, S]) add(ctx context.Context, s *seat, in *newThingInput) (*thingAnswer[S], error) {
	x, err := strict[T](in.RawBody, readOnly[S]())
	if err != nil {
		return nil, err
	}
	id := t.list.Key(&x)
	switch {
	case *id == "" && t.list.Name != plan.NumberList.Name:
		*id = newName(t.list.Prefix, t.a.o.Now())
	case *id != "" && !strings.HasPrefix(*id, t.list.Prefix):
		return nil, core.FieldErrorf("body.id", "id-prefix", "the id of a %s begins with %s; left out, we give one", t.list.One, t.list.Prefix)
	}
	out, err := t.change(ctx, s, &in.requestInput, in.DryRun, *id, func(_ *plan.Plan, old *T) (*T, error) {
		if old != nil {
			p := problem(http.StatusConflict, "id-taken", fmt.Sprintf("There is a %s %s already.", t.list.One, *id))
			p.Errors = []problemField{{Location: "body.id", Message: "it is taken", Code: "id-taken"}}
			return nil, p
		}
		return &x, nil
	})
	if err != nil {
		return nil, err
	}
	out.Location = "/api/v1/" + t.list.Name + "/" + *id
	return out, nil
}

func (t things[T, S]) replace(ctx context.Context, s *seat, in *changeThingInput) (*thingAnswer[S], error) {
	x, err := strict[T](in.RawBody, readOnly[S]())
	if err != nil {
		return nil, err
	}
	if err := t.keep(&x, in.ID); err != nil {
		return nil, err
	}
	return t.change(ctx, s, &in.requestInput, in.DryRun, in.ID, func(now *plan.Plan, old *T) (*T, error) {
		return &x, t.match(ctx, s, now, old, in.ID, in.IfMatch, true)
	})
}

func (t things[T, S]) patch(ctx context.Context, s *seat, in *changeThingInput) (*thingAnswer[S], error) {
	return t.change(ctx, s, &in.requestInput, in.DryRun, in.ID, func(now *plan.Plan, old *T) (*T, error) {
		if err := t.match(ctx, s, now, old, in.ID, in.IfMatch, true); err != nil {
			return nil, err
		}
		text, err := merged(old, in.RawBody, readOnly[S]())
		if err != nil {
			return nil, err
		}
		x, err := strict[T](text, nil)
		if err != nil {
			return nil, err
		}
		return &x, t.keep(&x, in.ID)
	})
}

// keep lets a thing have no other id than it had.
func (t things[T, S]) keep(x *T, id string) error {
	key := t.list.Key(x)
	if *key == "" {
		*key = id
	}
	if *key != id {
		return core.FieldErrorf("body.id", "id-fixed", "the id of a thing never changes: make a new one and remove this")
	}
	return nil
}

// match compares the If-Match of a change with what stands there now.
func (t things[T, S]) match(ctx context.Context, s *seat, now *plan.Plan, old *T, id, ifMatch string, needed bool) error {
	if old == nil {
		return t.missing(id)
	}
	if ifMatch == "" && !needed {
		return nil
	}
	if same, err := matches(ifMatch, old); same || err != nil {
		return err
	}
	i, x := t.list.Find(now.Doc, id)
	return t.a.stale(ctx, now, t.list.Name, id, quoted(revisionOf(x)), t.sheet(s, now, i, true))
}

// matches says whether what stands there is what the If-Match names.
func matches(ifMatch string, now any) (bool, error) {
	switch ifMatch {
	case "":
		return false, problem(http.StatusPreconditionRequired, "if-match-missing", "Send the ETag of what you change as If-Match, so that nobody's work is lost.")
	case "*":
		return true, nil
	}
	for tag := range strings.SplitSeq(ifMatch, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == quoted(revisionOf(now)) {
			return true, nil
		}
	}
	return false, nil
}

// stale says what stands there now, who wrote it and when.
func (a *API) stale(ctx context.Context, now *plan.Plan, list, id, tag string, current any) error {
	p := problem(http.StatusPreconditionFailed, "changed-meanwhile", "Somebody else has changed this meanwhile; current is what it is now.").with("ETag", tag)
	p.Current = current
	last, _, err := a.o.Plans.Changes(ctx, ChangeFilter{List: list, ID: id, Limit: 1})
	if err == nil && len(last) == 1 { // who it was is good to know, and no more
		at := stamp(last[0].At)
		p.ChangedAt, p.ChangedBy = &at, absent(nameOfUser(now, last[0].By.User))
		if p.ChangedBy != nil {
			p.Detail = *p.ChangedBy + " has changed this meanwhile; current is what it is now."
		}
	}
	return p
}

// change puts the thing that make gives into the plan, in the place of what has
// the id; what make gets is nil when nothing has.
func (t things[T, S]) change(ctx context.Context, s *seat, in *requestInput, dry bool, id string, make func(now *plan.Plan, old *T) (*T, error)) (*thingAnswer[S], error) {
	var made *plan.Plan
	err := t.a.change(ctx, s, in, dry, func(now *plan.Plan) (*plan.Plan, []Edit, error) {
		_, old := t.list.Find(now.Doc, id)
		x, err := make(now, old)
		if err != nil {
			return nil, nil, err
		}
		if made = now; old != nil && revisionOf(x) == revisionOf(old) {
			return nil, nil, nil // as it is
		}
		doc := t.list.With(now.Doc, *x)
		if made, err = plan.Compile(now.Revision+1, doc); err != nil {
			return nil, nil, located(err, doc, t.list.Name, id)
		}
		_, became := t.list.Find(made.Doc, id)
		e := Edit{List: t.list.Name, ID: id, Name: t.list.Words(x)[0], Became: written(became)}
		if old != nil {
			e.Was = written(old)
		}
		return made, []Edit{e}, nil
	})
	if err != nil {
		return nil, err
	}
	return t.answer(s, made, id)
}

func (t things[T, S]) remove(ctx context.Context, s *seat, in *removeThingInput) (*nothing, error) {
	err := t.a.change(ctx, s, &in.requestInput, in.DryRun, func(now *plan.Plan) (*plan.Plan, []Edit, error) {
		_, old := t.list.Find(now.Doc, in.ID)
		if err := t.match(ctx, s, now, old, in.ID, in.IfMatch, false); err != nil {
			return nil, nil, err
		}
		name := t.list.Words(old)[0]
		uses, err := plan.Used(now.Doc, in.ID)
		if err != nil {
			return nil, nil, err
		}
		if len(uses) > 0 {
			return nil, nil, inUse(name, uses)
		}
		if t.live != nil && !in.Withdraw {
			if p := t.live(in.ID); p != nil {
				return nil, nil, p
			}
		}
		doc := t.list.Without(now.Doc, in.ID)
		next, err := plan.Compile(now.Revision+1, doc)
		if err != nil {
			return nil, nil, located(err, doc, t.list.Name, in.ID)
		}
		return next, []Edit{{List: t.list.Name, ID: in.ID, Name: name, Was: written(old)}}, nil
	})
	return nil, err
}

// change is what all changes of the plan go through.
func (a *API) change(ctx context.Context, s *seat, in *requestInput, dry bool, edit func(now *plan.Plan) (*plan.Plan, []Edit, error)) error {
	guarded := func(now *plan.Plan) (*plan.Plan, []Edit, error) {
		next, edits, err := edit(now)
		if err == nil && next != nil && administered(now) && !administered(next) {
			err = problem(http.StatusConflict, "last-administrator", "Nobody could administer the company after this. Give another user's profile the right first.")
		}
		return next, edits, err
	}
	if dry {
		_, _, err := guarded(a.o.Plan())
		return err
	}
	return a.o.Plans.Change(ctx, Author{s.user.ID, a.from(in.r).String()}, guarded)
}

// administered says whether anybody may change the plan.
func administered(p *plan.Plan) bool {
	for i := range p.Doc.Users {
		if p.Can(p.Doc.Users[i].ID, plan.Administer) {
			return true
		}
	}
	return false
}

func written(x any) json.RawMessage {
	text, err := json.Marshal(x)
	if err != nil {
		panic(err) // it came out of JSON
	}
	return text
}
