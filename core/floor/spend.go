package floor

import (
	"fmt"
	"slices"
	"time"

	"belfry/core"
)

// The guard against toll fraud: a stolen password, or a phone that somebody else
// has taken over, costs no more than so many calls and so many paid minutes.

// spent is what somebody, or the whole company, has used of what the plan allows.
type spent struct {
	Hour  core.Time     `json:",omitzero"` // when it began
	Calls int           `json:",omitempty"`
	Day   int           `json:",omitempty"`
	Paid  time.Duration `json:",omitempty"` // in calls that have ended
	Told  string        `json:",omitempty"` // of which limit the administrators have heard in this hour
}

// turn begins a new hour and a new day.
func (s *spent) turn(now core.Time, day int) {
	if s.Hour == 0 || now.Sub(s.Hour) >= time.Hour {
		s.Hour, s.Calls, s.Told = now, 0, ""
	}
	if s.Day != day {
		s.Day, s.Paid = day, 0
	}
}

// paid says whether a class costs more than others.
func paid(class core.NumberClass) bool {
	return class == core.ClassInternational || class == core.ClassPremium
}

// mayCost says why no more numbers of the class are called, for an agent or, with
// none, for the company.
func (f *Floor) mayCost(who core.UserID, class core.NumberClass) *core.Error {
	limits := &f.plan.Doc.Company
	if a := f.agents[who]; a != nil {
		a.Spent.turn(f.now, f.date())
		f.touch(a)
		if n := limits.AgentCallsOut(); n > 0 && a.Spent.Calls >= n {
			return f.tooMuch(&a.Spent, who, "calls", fmt.Sprintf("%d calls out within an hour", n))
		}
		if d := limits.AgentPaid(); paid(class) && d > 0 && a.Spent.Paid+f.running(who) >= d {
			return f.tooMuch(&a.Spent, who, "paid", fmt.Sprintf("%d minutes to paid numbers in a day", int(d.Minutes())))
		}
	}
	f.spent.turn(f.now, f.date())
	if n := limits.CallsOut(); n > 0 && f.spent.Calls >= n {
		return f.tooMuch(&f.spent, "", "calls", fmt.Sprintf("%d calls out of all agents within an hour", n))
	}
	if d := limits.Paid(); paid(class) && d > 0 && f.spent.Paid+f.running("") >= d {
		return f.tooMuch(&f.spent, "", "paid", fmt.Sprintf("%d minutes of all agents to paid numbers in a day", int(d.Minutes())))
	}
	return nil
}

// cheap are the classes that are no paid ones. An emergency call always goes.
func cheap() []core.NumberClass {
	return []core.NumberClass{core.ClassNational, core.ClassMobile, core.ClassEmergency}
}

// within is for a number of a class that only who dials it will know: a tree's,
// or that of a branch of a direct call. Once no more paid ones are to be called
// it must be one of the others.
func (f *Floor) within(o out, who core.UserID) (out, *core.Error) {
	if err := f.mayCost(who, ""); err != nil {
		return o, err
	}
	if f.paidUp(who) {
		o.Classes, o.Spent = cheap(), true
	}
	return o, nil
}

// paidUp says whether somebody, or the company, has had all the paid minutes of
// the day.
func (f *Floor) paidUp(who core.UserID) bool {
	limits := &f.plan.Doc.Company
	if a := f.agents[who]; a != nil && limits.AgentPaid() > 0 && a.Spent.Paid+f.running(who) >= limits.AgentPaid() {
		return true
	}
	return limits.Paid() > 0 && f.spent.Paid+f.running("") >= limits.Paid()
}

// notPaid: a number was not called, because it is a paid one and no more of them
// are to be called. The administrators hear of it.
func (f *Floor) notPaid(o *out) { _ = f.mayCost(o.By, core.ClassPremium) }

// tooMuch refuses, and tells the administrators once an hour.
func (f *Floor) tooMuch(s *spent, who core.UserID, which, what string) *core.Error {
	if s.Told != which {
		s.Told = which
		f.do(core.Note{Fact: core.Notice{Kind: "spend_limit", Agent: who, What: what, At: f.now}})
	}
	return core.Errorf(core.Denied, "spend-limit", "there may be no more than %s; an administrator can raise the limit", what)
}

// costs counts a call out.
func (f *Floor) costs(who core.UserID, class core.NumberClass, l *leg) {
	if class == core.ClassEmergency {
		return
	}
	l.By = who
	f.isPaid(l, class) // of some it is known when they answer: see legUp
	f.spent.turn(f.now, f.date())
	f.spent.Calls++
	if a := f.agents[who]; a != nil {
		a.Spent.turn(f.now, f.date())
		a.Spent.Calls++
		f.touch(a)
	}
}

// isPaid notes that the leg of a number costs more, if its class does.
func (f *Floor) isPaid(l *leg, class core.NumberClass) {
	if paid(class) && !l.Paid {
		l.Paid = true
		f.dear = append(f.dear, l)
	}
}

// hasCost counts what a leg that is gone has cost.
func (f *Floor) hasCost(l *leg) {
	if !l.Paid || l.Up == 0 {
		return
	}
	d := l.Ended.Sub(l.Up)
	f.spent.turn(f.now, f.date())
	f.spent.Paid += d
	if a := f.agents[l.By]; a != nil {
		a.Spent.turn(f.now, f.date())
		a.Spent.Paid += d
		f.touch(a)
	}
}

// running is what paid calls have cost so far that still go on.
func (f *Floor) running(who core.UserID) (d time.Duration) {
	f.dear = slices.DeleteFunc(f.dear, func(l *leg) bool { return l.Ended != 0 })
	for _, l := range f.dear {
		if l.Up != 0 && (who == "" || l.By == who) {
			d += f.now.Sub(l.Up)
		}
	}
	return d
}
