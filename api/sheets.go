package api

import (
	"fmt"
	"net/http"

	"belfry/core"
	"belfry/core/plan"
)

// The sheets: each thing of the plan as it is set, with what is only read.

type userSheet struct {
	plan.User
	Sheet
	Serves     []nameView `json:"serves,omitempty" readOnly:"true" doc:"Queues; read one by one only"`
	Supervises []nameView `json:"supervises,omitempty" readOnly:"true" doc:"Queues; read one by one only"`
}

type profileSheet struct {
	plan.Profile
	Sheet
}

type activitySheet struct {
	plan.Activity
	Sheet
	// As readers have always had them: what they may be is told, and never left out.
	Category   plan.Category `json:"category" enum:"processing,productive_unavailability,non_productive_unavailability" doc:"Only processing opens Smart calls"`
	NameFR     string        `json:"name_fr" doc:"Empty: as name"`
	Colour     string        `json:"colour" readOnly:"true" enum:"green,purple,blue"`
	MaxMinutes int           `json:"max_minutes" doc:"How long it should last; 0 as long as it takes"`
	Paid       bool          `json:"paid" doc:"Counts as working time"`
}

// queueSheet has no Go name of plan.Queue for a field of its own: huma would
// take the one for the other. It tells those who do not administer the first of what is only read.
type queueSheet struct {
	plan.Queue
	Sheet
	RingTime float64    `json:"ring" readOnly:"true" doc:"Seconds that an offer rings, the default included"`
	PostTime float64    `json:"post" readOnly:"true" doc:"Seconds of post-interaction; 0 none"`
	LateTime float64    `json:"late" readOnly:"true" doc:"Seconds after which the pool shows a call as late"`
	HoldTime float64    `json:"hold_reminder" readOnly:"true" doc:"Seconds on hold after which the agent is reminded; 0 never"`
	ServedBy []nameView `json:"served_by,omitempty" readOnly:"true" doc:"Users, through their profiles; read one by one only"`
}

type groupSheet struct {
	plan.Group
	Sheet
}

type numberSheet struct {
	plan.Number
	Sheet
	Display string `json:"display" readOnly:"true" doc:"Spaced for people"`
}

type soundSheet struct {
	plan.Sound
	Sheet
}

type hoursSheet struct {
	plan.Hours
	Sheet
}

type mailboxSheet struct {
	plan.Mailbox
	Sheet
}

type trunkSheet struct {
	plan.Trunk
	Sheet
}

// treeSheet is what is told of a Smart Routing to whoever chooses one.
type treeSheet struct {
	Sheet
	ID       core.TreeID `json:"id"`
	Name     string      `json:"name"`
	Outbound bool        `json:"outbound" doc:"It is walked by calls out"`
}

type nameView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// routesOfPlan are those over what an administrator sets.
func (a *API) routesOfPlan() {
	const people, calls, lines = "Users", "Queues", "Numbers"
	things[plan.User, userSheet]{a, plan.UserList, people, showUser, nil}.routes(true)
	things[plan.Profile, profileSheet]{a, plan.ProfileList, people, func(_ *seat, x *plan.Profile, e Sheet, _ bool) profileSheet {
		return profileSheet{*x, e}
	}, nil}.routes(true)
	things[plan.Activity, activitySheet]{a, plan.ActivityList, people, showActivity, nil}.routes(true)
	things[plan.Queue, queueSheet]{a, plan.QueueList, calls, showQueue, a.callsIn}.routes(true)
	things[plan.Group, groupSheet]{a, plan.GroupList, calls, func(_ *seat, x *plan.Group, e Sheet, _ bool) groupSheet {
		return groupSheet{*x, e}
	}, nil}.routes(true)
	things[plan.Number, numberSheet]{a, plan.NumberList, lines, func(_ *seat, x *plan.Number, e Sheet, _ bool) numberSheet {
		return numberSheet{*x, e, Display(x.Number)}
	}, nil}.routes(true)
	things[plan.Hours, hoursSheet]{a, plan.HoursList, lines, func(_ *seat, x *plan.Hours, e Sheet, _ bool) hoursSheet {
		return hoursSheet{*x, e}
	}, nil}.routes(true)
	things[plan.Sound, soundSheet]{a, plan.SoundList, lines, func(_ *seat, x *plan.Sound, e Sheet, _ bool) soundSheet {
		return soundSheet{*x, e}
	}, nil}.routes(true)
	things[plan.Mailbox, mailboxSheet]{a, plan.MailboxList, lines, func(_ *seat, x *plan.Mailbox, e Sheet, _ bool) mailboxSheet {
		return mailboxSheet{*x, e}
	}, nil}.routes(true)
	things[plan.Trunk, trunkSheet]{a, plan.TrunkList, "Trunks", func(_ *seat, x *plan.Trunk, e Sheet, _ bool) trunkSheet {
		return trunkSheet{*x, e}
	}, nil}.routes(false) // GET /trunks tells how they stand
	things[plan.Tree, treeSheet]{a, plan.TreeList, lines, func(_ *seat, x *plan.Tree, e Sheet, _ bool) treeSheet {
		return treeSheet{e, x.ID, x.Name, x.Outbound}
	}, nil}.listing()
}

func showUser(s *seat, x *plan.User, extra Sheet, whole bool) userSheet {
	v := userSheet{User: *x, Sheet: extra}
	if whole {
		v.Serves, v.Supervises = queueNames(s.plan, s.plan.Serves(x.ID)), queueNames(s.plan, s.plan.Supervises(x.ID))
	}
	return v
}

func showActivity(_ *seat, x *plan.Activity, extra Sheet, _ bool) activitySheet {
	return activitySheet{Activity: *x, Sheet: extra, Category: x.Category, NameFR: x.NameFR, MaxMinutes: x.MaxMinutes, Paid: x.Paid, Colour: viewActivity(*x).Colour}
}

func showQueue(s *seat, x *plan.Queue, extra Sheet, whole bool) queueSheet {
	w := viewQueue(x)
	v := queueSheet{Queue: plan.Queue{ID: x.ID, Name: x.Name}, Sheet: extra, RingTime: w.Ring, PostTime: w.Post, LateTime: w.Late, HoldTime: w.Hold}
	if s.can(plan.Administer) {
		v.Queue = *x
	}
	if whole {
		v.ServedBy = []nameView{}
		for _, u := range s.plan.Servers(x.ID) {
			v.ServedBy = append(v.ServedBy, nameView{string(u), nameOfUser(s.plan, u)})
		}
	}
	return v
}

func queueNames(p *plan.Plan, ids []core.QueueID) []nameView {
	out := []nameView{}
	for _, id := range ids {
		if q := p.Queue(id); q != nil {
			out = append(out, nameView{string(id), q.Name})
		}
	}
	return out
}

func nameOfUser(p *plan.Plan, id core.UserID) string {
	if u := p.User(id); u != nil {
		return u.Name
	}
	return ""
}

// callsIn says how many calls wait in a queue just now, or ring from it.
func (a *API) callsIn(id string) *Problem {
	now := a.o.Floor.Presence()
	if now == nil {
		return nil
	}
	for _, q := range now.Queues {
		n := q.Waiting + q.Ringing
		if string(q.ID) != id || n == 0 {
			continue
		}
		calls := "1 call waits"
		if n > 1 {
			calls = fmt.Sprintf("%d calls wait", n)
		}
		p := problem(http.StatusConflict, "calls-waiting", fmt.Sprintf(
			"%s in %s. With withdraw=true they leave it by the output withdrawn.", calls, q.Name))
		p.UsedBy = []useView{{List: "calls", Name: calls}}
		return p
	}
	return nil
}
