package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"belfry/core"
	"belfry/core/plan"
	"belfry/store/q"
)

// owner is the company whose records these are; none before the first plan.
type owner struct{ id atomic.Pointer[string] }

// company is the owner's id.
func (s *Store) company() (string, error) {
	if id := s.owner.id.Load(); id != nil {
		return *id, nil
	}
	return "", core.Errorf(core.Missing, "no-company", "The database holds no company yet.")
}

func (s *Store) findOwner(ctx context.Context) error {
	all, err := s.ask.Companies(ctx)
	if err != nil {
		return fmt.Errorf("read the company: %w", err)
	}
	if len(all) > 0 {
		s.owner.id.Store(&all[0].ID)
	}
	return nil
}

// Company is whose records these are, empty before the first plan.
func (s *Store) Company() core.CompanyID {
	id, _ := s.company() // empty when there is none
	return core.CompanyID(id)
}

// LoadPlan returns the newest plan and its revision; 0 when there is none.
func (s *Store) LoadPlan(ctx context.Context) (revision uint64, doc []byte, err error) {
	company, err := s.company()
	if err != nil {
		return 0, nil, nil //nolint:nilerr // no company has no plan
	}
	p, err := s.ask.NewestPlan(ctx, company)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, fmt.Errorf("load the plan: %w", err)
	}
	return uint64(p.Revision), []byte(p.Doc), nil
}

// plansKept is how many revisions are kept, for looking back.
const plansKept = 100

// SavePlan keeps the plan as the revision after base and returns that. It is an
// error of kind Conflict when base is not the newest: somebody else has saved.
// The plan's users become those who may log in; a new one has no password yet,
// and one who is gone from the plan can no longer log in.
func (s *Store) SavePlan(ctx context.Context, company core.CompanyID, base uint64, doc []byte) (uint64, error) {
	return s.ChangePlan(ctx, company, base, doc, Author{})
}

// ChangePlan is SavePlan with who does it, and what they change.
func (s *Store) ChangePlan(ctx context.Context, company core.CompanyID, base uint64, doc []byte, by Author, edits ...Edit) (uint64, error) {
	var d plan.Doc
	if err := json.Unmarshal(doc, &d); err != nil {
		return 0, core.FieldErrorf("plan", "plan-unreadable", "the plan is not readable: %v", err)
	}
	if company == "" || d.Company.ID != company {
		return 0, core.FieldErrorf("company", "other-company", "the plan is of company %q, not %q", d.Company.ID, company)
	}
	if owner := s.Company(); owner != "" && owner != company {
		return 0, core.Errorf(core.Conflict, "other-company", "The database belongs to company %s.", owner)
	}
	now := ms(core.At(s.now()))
	err := s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		newest, err := w.PlanRevision(ctx, string(company))
		if err != nil {
			return fmt.Errorf("save the plan: %w", err)
		}
		if uint64(newest) != base {
			return core.Errorf(core.Conflict, "plan-changed", "Somebody else has saved the plan meanwhile: it is at revision %d, not %d.", newest, base)
		}
		if err := w.PutCompany(ctx, q.PutCompanyParams{ID: string(company), Name: d.Company.Name, Created: now}); err != nil {
			return fmt.Errorf("save the company: %w", err)
		}
		p := q.AddPlanParams{Company: string(company), Revision: newest + 1, Saved: now, Author: string(by.User), Doc: string(doc)}
		if err := w.AddPlan(ctx, p); err != nil {
			return fmt.Errorf("save the plan: %w", err)
		}
		if err := w.ForgetPlans(ctx, q.ForgetPlansParams{Company: string(company), Revision: newest + 1 - plansKept}); err != nil {
			return fmt.Errorf("forget old plans: %w", err)
		}
		if err := noteChanges(ctx, w, string(company), now, newest+1, by, edits); err != nil {
			return err
		}
		return saveUsers(ctx, w, string(company), d.Users, now)
	})
	if err != nil {
		return 0, err
	}
	id := string(company)
	s.owner.id.Store(&id)
	return base + 1, nil
}

// saveUsers makes the users of the plan those who may log in.
func saveUsers(ctx context.Context, w *q.Queries, company string, users []plan.User, now int64) error {
	known, err := w.Users(ctx, company)
	if err != nil {
		return fmt.Errorf("read the users: %w", err)
	}
	login := map[string]string{}
	for _, u := range users {
		login[string(u.ID)] = u.Login
	}
	for _, k := range known { // first, so that a login is free for who takes it over
		wanted, stays := login[k.ID]
		if k.Disabled || stays && wanted == k.Login {
			continue
		}
		if err := w.DisableUser(ctx, q.DisableUserParams{Company: company, ID: k.ID, Changed: now}); err != nil {
			return fmt.Errorf("close the log-in of %s: %w", k.Login, err)
		}
		if stays { // and gets the new login below
			continue
		}
		if _, err := w.EndSessions(ctx, q.EndSessionsParams{Company: company, UserID: k.ID}); err != nil {
			return fmt.Errorf("end the sessions of %s: %w", k.Login, err)
		}
	}
	type who struct{ id, login, name string }
	same := map[who]bool{}
	for _, k := range known {
		same[who{k.ID, k.Login, k.Name}] = !k.Disabled
	}
	for _, u := range users {
		if same[who{string(u.ID), u.Login, u.Name}] {
			continue // ten thousand users, and one of them was changed
		}
		err := w.PutUser(ctx, q.PutUserParams{Company: company, ID: string(u.ID), Login: u.Login, Name: u.Name, Changed: now})
		if err != nil {
			return fmt.Errorf("save user %s: %w", u.Login, err)
		}
	}
	return nil
}
