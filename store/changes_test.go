package store

import (
	"testing"

	"belfry/core"
)

func TestChanges(t *testing.T) {
	each(t, func(b *bench) {
		ada := Author{User: "usr_ann", From: "192.0.2.7"}
		_, err := b.ChangePlan(b.ctx, "com_a", 1, doc(ann, bob), ada,
			Edit{List: "queues", ID: "que_a", Name: "sales", Became: []byte(`{"id":"que_a"}`)},
			Edit{List: "users", ID: "usr_bob", Name: "Bob", Was: []byte(`{"a":1}`), Became: []byte(`{"a":2}`)})
		b.must(err)
		b.must(b.NoteChange(b.ctx, ada, Edit{List: "passwords", ID: "usr_bob", Name: "Bob"}))
		all, next, err := b.Changes(b.ctx, ChangeFilter{Limit: 2})
		b.must(err)
		if len(all) != 2 || next == "" || all[0].Edit.List != "passwords" || all[0].Revision != 0 || all[1].Revision != 2 ||
			all[1].By != ada || string(all[1].Edit.Was) != `{"a":1}` {
			b.t.Errorf("%+v, next %q", all, next)
		}
		all, next, err = b.Changes(b.ctx, ChangeFilter{Limit: 2, After: next})
		b.must(err)
		if len(all) != 1 || next != "" || all[0].Edit.ID != "que_a" || len(all[0].Edit.Was) != 0 {
			b.t.Errorf("%+v, next %q", all, next)
		}
		for _, f := range []ChangeFilter{{List: "users"}, {ID: "que_a"}, {List: "passwords", Author: "usr_ann"}} {
			if all, _, err = b.Changes(b.ctx, f); err != nil || len(all) != 1 {
				b.t.Errorf("%+v finds %+v, %v", f, all, err)
			}
		}
		_, _, err = b.Changes(b.ctx, ChangeFilter{After: "x"})
		b.is(err, core.Invalid, "bad-cursor")
		// What is refused leaves no trace.
		_, err = b.ChangePlan(b.ctx, "com_a", 1, doc(ann), ada, Edit{List: "users", ID: "usr_bob"})
		b.is(err, core.Conflict, "plan-changed")
		if all, _, _ = b.Changes(b.ctx, ChangeFilter{}); len(all) != 3 {
			b.t.Errorf("%d changes", len(all))
		}
	})
}
