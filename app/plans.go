package app

import (
	"context"
	"encoding/json"
	"fmt"

	"belfry/api"
	"belfry/core"
	"belfry/core/plan"
	"belfry/store"
)

// plans change what administrators set.
type plans struct{ node *Node }

// Change keeps the next plan and brings it to all who go by it.
func (p plans) Change(ctx context.Context, by api.Author, edit func(*plan.Plan) (*plan.Plan, []api.Edit, error)) error {
	return p.node.change(ctx, store.Author(by), func(now *plan.Plan) (*plan.Plan, []store.Edit, error) {
		next, edits, err := edit(now)
		kept := make([]store.Edit, len(edits))
		for i, e := range edits {
			kept[i] = store.Edit(e)
		}
		return next, kept, err
	})
}

// Changes are what was changed, newest first.
func (p plans) Changes(ctx context.Context, f api.ChangeFilter) ([]api.Change, string, error) {
	got, next, err := p.node.store.Changes(ctx, store.ChangeFilter(f))
	all := make([]api.Change, len(got))
	for i, c := range got {
		all[i] = api.Change{Edit: api.Edit(c.Edit), Seq: c.Seq, At: c.At, Revision: c.Revision, By: api.Author(c.By)}
	}
	return all, next, err
}

// SetPassword sets it, and notes that it was set.
func (p plans) SetPassword(ctx context.Context, by api.Author, u *plan.User, password string) error {
	if err := p.node.store.SetPassword(ctx, u.ID, u.Login, password); err != nil {
		return err
	}
	return p.node.store.NoteChange(ctx, store.Author(by), store.Edit{List: "passwords", ID: string(u.ID), Name: u.Name})
}

// NewPhonePassword makes one up, and notes that it was made.
func (p plans) NewPhonePassword(ctx context.Context, by api.Author, u *plan.User) (string, error) {
	secret := madeUp()
	if err := p.node.store.SetPhoneSecret(ctx, u.ID, u.Extension, secret); err != nil {
		return "", err
	}
	if err := p.node.readPhones(ctx); err != nil {
		return "", err
	}
	return secret, p.node.store.NoteChange(ctx, store.Author(by), store.Edit{List: "phone_passwords", ID: string(u.ID), Name: u.Name})
}

// SetSecret sets our password at a trunk, and notes that it was set.
func (p plans) SetSecret(ctx context.Context, by api.Author, t *plan.Trunk, secret string) error {
	if err := p.node.store.SetSecret(ctx, t.SecretName(), secret); err != nil {
		return err
	}
	return p.node.store.NoteChange(ctx, store.Author(by), store.Edit{List: "secrets", ID: string(t.ID), Name: t.Name})
}

// change makes the next plan of the newest, keeps it and has all go by it. It
// returns when the floor does.
func (n *Node) change(ctx context.Context, by store.Author, edit func(now *plan.Plan) (*plan.Plan, []store.Edit, error)) error {
	n.planning.Lock()
	defer n.planning.Unlock()
	now := n.plan.Load()
	next, edits, err := edit(now)
	if err != nil || next == nil {
		return err
	}
	text, err := json.Marshal(next.Doc)
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	// Who has asked may leave: what is kept must reach the floor.
	ctx = context.WithoutCancel(ctx)
	if _, err := n.store.ChangePlan(ctx, next.Doc.Company.ID, now.Revision, text, by, edits...); err != nil {
		return err
	}
	n.plan.Store(next)
	n.useTrunks()
	return n.host.Told(core.PlanChanged{Revision: next.Revision, Doc: text, Compiled: next})
}
