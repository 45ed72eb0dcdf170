package store

import (
	"reflect"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

func TestPlans(t *testing.T) {
	each(t, func(b *bench) {
		first, got, err := b.LoadPlan(b.ctx)
		b.must(err)
		if first != 1 || string(got) != string(doc(ann, bob)) || b.Company() != "com_a" {
			b.t.Errorf("revision %d, %s", first, got)
		}
		second, err := b.SavePlan(b.ctx, "com_a", 1, doc(ann))
		b.must(err)
		if second != 2 {
			b.t.Errorf("revision %d", second)
		}
		_, err = b.SavePlan(b.ctx, "com_a", 1, doc(ann, bob))
		b.is(err, core.Conflict, "plan-changed")
		_, err = b.SavePlan(b.ctx, "com_a", 2, []byte("{"))
		b.is(err, core.Invalid, "plan-unreadable")
		_, err = b.SavePlan(b.ctx, "com_b", 2, doc(ann))
		b.is(err, core.Invalid, "other-company")
		for i := range uint64(2 * plansKept) {
			_, err = b.SavePlan(b.ctx, "com_a", i+2, doc(ann))
			b.must(err)
		}
		all, err := b.column(b.ctx, "select cast(revision as text) from plans")
		b.must(err)
		if len(all) != plansKept {
			b.t.Errorf("%d revisions are kept", len(all))
		}
	})
}

func TestLogins(t *testing.T) {
	each(t, func(b *bench) {
		login := func(login, password string) error {
			b.t.Helper()
			id, err := b.Login(b.ctx, login, password)
			if err == nil && id != core.UserID("usr_"+login) {
				b.t.Errorf("%s is %s", login, id)
			}
			return err
		}
		b.is(login("ann", ""), core.Denied, "wrong-login") // no password is no password
		b.must(b.SetPassword(b.ctx, "usr_ann", "ann", "demo"))
		b.must(login("ann", "demo"))
		for _, c := range [][2]string{{"ann", "Demo"}, {"ann", ""}, {"bob", "demo"}, {"nobody", "demo"}, {"usr_ann", "demo"}, {"", ""}, {"ann\x00", "x"}, {"an\xff", "x"}} {
			b.is(login(c[0], c[1]), core.Denied, "wrong-login")
		}
		b.is(b.SetPassword(b.ctx, "usr_ann", "bob", "demo"), core.Missing, "no-such-user")
		b.is(b.SetPassword(b.ctx, "usr_ann", "ann", ""), core.Invalid, "bad-password")
		_, err := b.SavePlan(b.ctx, "com_a", 1, doc(bob)) // ann is gone
		b.must(err)
		b.is(login("ann", "demo"), core.Denied, "wrong-login")
		_, err = b.SavePlan(b.ctx, "com_a", 2, doc(bob, ann)) // and comes back
		b.must(err)
		b.must(login("ann", "demo"))
		_, err = b.SavePlan(b.ctx, "com_a", 3, doc(plan.User{ID: "usr_new", Login: "ann", Name: "Anna"}))
		b.must(err) // her login goes to somebody else, her password does not
		b.is(login("ann", "demo"), core.Denied, "wrong-login")
		_, err = b.SavePlan(b.ctx, "com_a", 4, doc(bob, plan.User{ID: "usr_new", Login: "ann"}))
		b.must(err)
		_, err = b.SavePlan(b.ctx, "com_a", 5, doc(plan.User{ID: "usr_bob", Login: "ann"}, plan.User{ID: "usr_new", Login: "bob"}))
		b.must(err) // two users exchange their logins
		_, err = b.SavePlan(b.ctx, "com_a", 6, doc(bob, plan.User{ID: "usr_new", Login: "ann"}))
		b.must(err)
		users, err := b.Users(b.ctx)
		b.must(err)
		if len(users) != 3 {
			b.t.Errorf("%+v", users)
		}
		u, err := b.UserByLogin(b.ctx, "ann")
		b.must(err)
		if u.ID != "usr_new" || u.HasPassword || u.Disabled {
			b.t.Errorf("%+v", u)
		}
		_, err = b.UserByLogin(b.ctx, "zoe")
		b.is(err, core.Missing, "no-such-user")
	})
}

func TestSessions(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.SetPassword(b.ctx, "usr_ann", "ann", "demo"))
		open := func(until time.Duration) string {
			token, err := b.OpenSession(b.ctx, "usr_ann", "a browser", core.At(b.clock().Add(until)))
			b.must(err)
			return token
		}
		ended := func(token string) {
			b.t.Helper()
			_, err := b.Session(b.ctx, token)
			b.is(err, core.Missing, "no-session")
		}
		short, long := open(time.Hour), open(100*time.Hour)
		ended("")
		ended(short[1:])
		b.later(59 * time.Minute)
		s, err := b.Session(b.ctx, short)
		b.must(err)
		want := &Session{"usr_ann", "a browser", core.At(noon), core.At(noon.Add(59 * time.Minute)), core.At(noon.Add(time.Hour))}
		if !reflect.DeepEqual(s, want) {
			b.t.Errorf("got %+v want %+v", s, want)
		}
		b.later(time.Minute)
		ended(short)
		s, err = b.Session(b.ctx, long)
		b.must(err)
		if s.Until != core.At(noon.Add(12*time.Hour)) {
			b.t.Errorf("a session ends at %v", s.Until.Std())
		}
		other, third := open(time.Hour), open(time.Hour)
		b.must(b.CloseSession(b.ctx, other))
		b.must(b.CloseSession(b.ctx, other))
		ended(other)
		n, err := b.CloseSessions(b.ctx, "usr_ann", long)
		b.must(err)
		if n != 2 { // third, and short, which nobody has swept away yet
			b.t.Errorf("%d were closed", n)
		}
		ended(third)
		_, err = b.Session(b.ctx, long)
		b.must(err)
		b.must(b.SetPassword(b.ctx, "usr_ann", "ann", "new"))
		ended(long)
		gone := open(time.Hour)
		_, err = b.SavePlan(b.ctx, "com_a", 1, doc(bob))
		b.must(err)
		ended(gone)
		b.later(48 * time.Hour)
		b.must(b.writer.do(b.ctx, b.tidy))
		if left, err := b.column(b.ctx, "select hash from sessions"); err != nil || len(left) != 0 {
			b.t.Errorf("left: %v, %v", left, err)
		}
	})
}

func TestCallsWith(t *testing.T) {
	each(t, func(b *bench) {
		call := func(id, from, to string) core.Interaction {
			return core.Interaction{ID: core.InteractionID("int_" + id), Call: core.CallID("cal_" + id), From: core.Party{Number: from}, To: to, Came: core.At(noon)}
		}
		b.must(b.Keep(b.ctx, []core.Fact{call("1", "+33612345678", "+33100000001"), call("2", "+33100000000", "+33612345678"), call("3", "+33600000001", "+33100000001")}))
		for number, want := range map[string]int{"+33612345678": 2, "+33600000001": 1, "+33600000002": 0, "": 0} {
			if n, err := b.CallsWith(b.ctx, number); err != nil || n != want {
				b.t.Errorf("%q: %d %v, want %d", number, n, err, want)
			}
		}
		b.must(b.SaveContact(b.ctx, Contact{ID: "con_1", Name: "Hôtel", Numbers: []string{"+33144001022"}, VIP: true}))
		if c, err := b.ContactByNumber(b.ctx, "+33144001022"); err != nil || !c.VIP {
			b.t.Errorf("%+v %v", c, err)
		}
		if c, err := b.Contact(b.ctx, "con_1"); err != nil || !c.VIP {
			b.t.Errorf("%+v %v", c, err)
		}
	})
}
