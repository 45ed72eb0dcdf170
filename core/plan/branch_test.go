package plan

import (
	"errors"
	"slices"
	"testing"

	"belfry/core"
)

func TestBranches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		branch Branch
		code   string
	}{
		{Branch{Do: "refuse"}, ""},
		{Branch{Do: "mailbox", Mailbox: "box_a"}, ""},
		{Branch{Do: "forward", User: "usr_ann"}, ""},
		{Branch{Do: "forward", Number: "+33144001022"}, ""},
		{Branch{Do: "forward", Tree: "tre_a"}, ""},
		{Branch{Do: "vanish"}, "not-a-choice"},
		{Branch{Do: "mailbox"}, "no-mailbox"},
		{Branch{Do: "mailbox", Mailbox: "box_x"}, "no-such-mailbox"},
		{Branch{Do: "forward"}, "forward-target"},
		{Branch{Do: "forward", User: "usr_ann", Tree: "tre_a"}, "forward-target"},
		{Branch{Do: "forward", User: "usr_bob"}, "forwards-to-self"},
		{Branch{Do: "forward", User: "usr_x"}, "no-such-user"},
		{Branch{Do: "forward", Number: "0144001022"}, "number-malformed"},
		{Branch{Do: "forward", Tree: "tre_x"}, "no-such-tree"},
	} {
		d := small()
		d.Users[0].Away = &c.branch // Bob, who has no mailbox
		_, err := Compile(1, d)
		var problems Problems
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%+v: %v", c.branch, err)
		case c.code != "" && (!errors.As(err, &problems) || problems[0].Code != c.code):
			t.Errorf("%+v: got %v, want %s", c.branch, err, c.code)
		}
	}
	ann := User{Mailbox: "box_a", Declined: &Branch{Do: "refuse"}, Busy: &Branch{Do: "mailbox"}}
	for reason, want := range map[string]Branch{
		"declined": {Do: "refuse"}, "busy": {Do: "mailbox", Mailbox: "box_a"}, "away": {Do: "mailbox", Mailbox: "box_a"},
	} {
		if got := ann.Branch(reason); got != want {
			t.Errorf("%s: %+v", reason, got)
		}
	}
	if got := new(User).Branch("away"); got.Do != "refuse" {
		t.Errorf("without anything: %+v", got)
	}
}

func TestActiveProfiles(t *testing.T) {
	t.Parallel()
	d := small()
	d.Users[0].Profiles = []core.ProfileID{"pro_b"} // Bob may supervise
	p, err := Compile(1, d)
	if err != nil {
		t.Fatal(err)
	}
	var nobody *Active
	if p.As(nobody) != p {
		t.Error("nobody has switched, and the plan is another one")
	}
	q := p.As(nobody.With("usr_bob", "pro_b"))
	if !q.Can("usr_bob", Supervise) || q.Can("usr_bob", TakeCalls) || len(q.Serves("usr_bob")) != 0 {
		t.Error("the rights are not those of the profile in use")
	}
	if !slices.Equal(q.Servers("que_a"), []core.UserID{"usr_ann"}) || !slices.Equal(q.Supervisors("que_a"), []core.UserID{"usr_bob", "usr_sam"}) {
		t.Errorf("served by %v, seen by %v", q.Servers("que_a"), q.Supervisors("que_a"))
	}
	if !p.Can("usr_bob", TakeCalls) || !slices.Equal(p.Servers("que_a"), []core.UserID{"usr_ann", "usr_bob"}) {
		t.Error("the plan that was there has changed")
	}
	if r := p.As(nobody.With("usr_sam", "pro_a")); r.Can("usr_sam", TakeCalls) {
		t.Error("a profile that is not the user's own counts")
	}
	if back := q.As(q.active.With("usr_bob", "")); !back.Can("usr_bob", TakeCalls) {
		t.Error("the first profile does not come back")
	}
}
