package demo

import (
	"testing"

	"belfry/core"
	"belfry/core/flow"
	"belfry/core/plan"
)

func TestCompanyIsSound(t *testing.T) {
	t.Parallel()
	doc := Doc()
	phones := WithPhones(doc, 120, "127.0.0.1:7000")
	p, err := plan.Compile(1, doc)
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := flow.Compile(p); len(problems) > 0 {
		t.Errorf("trees: %v", problems)
	}
	if got := p.Servers("que_bench"); len(got) != len(phones) || got[0] != "usr_p0001" || got[119] != "usr_p0120" {
		t.Errorf("bench is served by %d agents", len(got))
	}
	if u := p.Login("p0007"); u == nil || u.Phone != "sip:p0007@127.0.0.1:7000" {
		t.Errorf("p0007 is %+v", u)
	}
	var warned []string
	for _, w := range p.Warnings() {
		warned = append(warned, w.Code)
	}
	t.Logf("warnings: %v", p.Warnings())
	if len(warned) == 0 {
		t.Error("no warning of parked, which nobody serves and nothing limits")
	}
}

// The names and numbers that scripts rely on.
func TestCompanyIsTheOneOfTheContract(t *testing.T) {
	t.Parallel()
	p, err := plan.Compile(1, Doc())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ login, extension, name string }{
		{"ann", "201", "Ann Martin"},
		{"bob", "202", "Bob Diallo"},
		{"cho", "203", "Cho Nguyen"},
		{"dan", "204", "Dan Weber"},
		{"sam", "210", "Sam Rossi"},
		{"admin", "220", "Ada Klein"},
	} {
		u := p.Login(x.login)
		if u == nil || u.Name != x.name || p.Extension(x.extension) != u {
			t.Errorf("%s at %s is %+v", x.login, x.extension, u)
		}
	}
	serves := map[core.UserID]int{"usr_ann": 2, "usr_bob": 1, "usr_cho": 1, "usr_dan": 1, "usr_sam": 0, "usr_ada": 0}
	for u, n := range serves {
		if got := p.Serves(u); len(got) != n {
			t.Errorf("%s serves %v", u, got)
		}
	}
	if !p.ProfileOf("usr_dan").AutoAnswer || p.ProfileOf("usr_ann").AutoAnswer {
		t.Error("dan alone answers automatically")
	}
	for _, number := range []string{"0", "1", "2", "3", "4", "5", "8", "9"} {
		if n, _ := p.Dialled("+3310000000" + number); n == nil {
			t.Errorf("+3310000000%s leads nowhere", number)
		}
	}
}
