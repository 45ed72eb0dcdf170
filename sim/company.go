package sim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"belfry/core"
	"belfry/core/plan"
)

// What the checks need to know of the company.
const (
	vipNumber = "+33100000010"
	vipBonus  = 60 // seconds of seniority
	queues    = 6
)

// numbers lead somewhere, but for the last three.
var numbers = []string{
	"+33100000000", "+33100000000", "+33100000001", "+33100000001", "+33100000002", "+33100000003", "+33100000004",
	"+33100000005", "+33100000006", "+33100000007", "+33100000008", vipNumber, "+33100000011", "+33100000012", raisedNumber, raisedNumber, "200", "201", "202", "203",
	"+33199999999", "999", "",
}

// company makes up a company: six queues of all sorts, agents with browsers and
// with phones.
func company(rnd *rand.Rand, agents int) *plan.Doc {
	out := tree(0, node("hello", "play", `{"sounds":["snd_hello"]}`, to("dial")),
		node("dial", "dial", `{"number":"${dialled}"}`, map[string]string{"busy": "queue"}), node("queue", "queue", `{"queue":"que_0"}`, nil))
	out.ID, out.Name, out.Outbound = "tre_out", "out", true
	d := &plan.Doc{
		Company: plan.Company{ID: "com_sim", Name: "Sim", Zone: "Europe/Paris", Unknown: "snd_unknown", Comfort: "snd_comfort", Goodbye: "snd_bye"},
		Profiles: []plan.Profile{
			{ID: "pro_0", Name: "all", Queues: ids(0, 1, 2, 3, 4), Supervises: ids(0, 1, 2, 3, 4, 5), Rights: rights, Dials: dials},
			{ID: "pro_1", Name: "first", Queues: ids(0), Rights: rights, Dials: dials, PostSeconds: 10},
			{ID: "pro_2", Name: "second", Queues: ids(1, 0), Supervises: ids(1), Rights: rights, Dials: dials},
			{ID: "pro_3", Name: "auto", Queues: ids(1, 2), Rights: rights, Dials: dials, AutoAnswer: true, NoDecline: true, ZipTones: 2},
		},
		Activities: []plan.Activity{
			{ID: "act_calls", Name: "Calls", Category: plan.Processing},
			{ID: "act_lunch", Name: "Lunch", Category: plan.NonProductive, MaxMinutes: 3},
			{ID: "act_training", Name: "Training", Category: plan.Productive},
		},
		Queues: []plan.Queue{
			{ID: "que_0", Name: "0", Ring: 20, FormRequired: true, Recording: "manual", PostMode: "timed", PostSeconds: 30, Music: "snd_music"},
			{ID: "que_1", Name: "1", Ring: 10, Recording: "automatic", PostMode: "timed", PostSeconds: 5, Music: "snd_music", Priority: 30, MaxMisses: 3, MaxDeclines: 2, Whisper: "snd_hello"},
			{ID: "que_2", Name: "2", Ring: 5, PostMode: "none", Music: "snd_music", Class: 2, NoAnswerDelay: -1, RejectDelay: -1, BusyDelay: -1, MaxMisses: -1},
			{ID: "que_3", Name: "3", MaxWait: 5 + rnd.IntN(40), MaxSize: 3, PostMode: "until_closed", FormRequired: true, Priority: -20},
			{ID: "que_4", Name: "4", Empty: true, PostMode: "none", Music: "snd_music", RefusedAgain: 5},
			{ID: "que_5", Name: "5", MaxWait: 5, Music: "snd_music"},
		},
		Groups:    []plan.Group{{ID: "grp_0", Name: "g", Shares: []plan.Share{{Queue: "que_0", Percent: 50}, {Queue: "que_1", Percent: 30}, {Queue: "que_3", Percent: 20}}}},
		Mailboxes: []plan.Mailbox{{ID: "box_0", Name: "m", Greeting: "snd_greeting"}},
		Trees:     append(trees(), out),
	}
	if rnd.IntN(3) == 0 {
		d.Company.Consent = "snd_hello"
	}
	for i, t := range d.Trees {
		if t.Outbound {
			continue
		}
		d.Numbers = append(d.Numbers, plan.Number{Number: fmt.Sprintf("+331000000%02d", i), Tree: t.ID})
	}
	for i := range d.Queues {
		distribution(rnd, &d.Queues[i])
	}
	serving(rnd, d.Profiles)
	waiting(rnd, d)
	buttons(rnd, d)
	for _, s := range []string{"unknown", "comfort", "bye", "music", "greeting", "hello", "menu", "again"} {
		d.Sounds = append(d.Sounds, plan.Sound{ID: core.SoundID("snd_" + s), Name: s})
	}
	for i := range agents {
		u := plan.User{
			ID: core.UserID(fmt.Sprintf("usr_%d", i)), Login: fmt.Sprintf("u%d", i), Name: fmt.Sprintf("User %d", i),
			Extension: fmt.Sprintf("2%02d", i), Profile: core.ProfileID(fmt.Sprintf("pro_%d", rnd.IntN(4))),
		}
		if rnd.IntN(3) == 0 {
			u.Phone = "sip:" + u.Login + "@127.0.0.1:7000"
		}
		if rnd.IntN(2) == 0 {
			u.Mailbox = "box_0"
		}
		u.Skills = skills(rnd)
		for range rnd.IntN(3) {
			u.Profiles = append(u.Profiles, core.ProfileID(fmt.Sprintf("pro_%d", rnd.IntN(4))))
		}
		next := core.UserID(fmt.Sprintf("usr_%d", (i+1)%agents))
		if agents > 1 {
			u.Busy, u.NoAnswer, u.Declined, u.Away = branch(rnd, next), branch(rnd, next), branch(rnd, next), branch(rnd, next)
		}
		d.Users = append(d.Users, u)
	}
	return d
}

// branch is what becomes of a direct call; nil: as the mailbox says.
func branch(rnd *rand.Rand, next core.UserID) *plan.Branch {
	switch rnd.IntN(8) {
	case 0, 1: // round and round, where everybody does
		return &plan.Branch{Do: "forward", User: next}
	case 2:
		return &plan.Branch{Do: "forward", Number: "+33144001022"}
	case 3:
		return &plan.Branch{Do: "forward", Number: "+33100000001"} // one of ours
	case 4:
		return &plan.Branch{Do: "forward", Tree: "tre_8"} // which rings a person
	case 5:
		return &plan.Branch{Do: "mailbox", Mailbox: "box_0"}
	case 6:
		return &plan.Branch{Do: "refuse"}
	}
	return nil
}

var rights = []plan.Right{plan.TakeCalls, plan.TakeFromPool, plan.SeePool, plan.CallOut, plan.CallRouted, plan.Transfer, plan.RecordCall, plan.Supervise}

var dials = []core.NumberClass{core.ClassNational, core.ClassMobile}

func ids(n ...int) []core.QueueID {
	out := make([]core.QueueID, len(n))
	for i, x := range n {
		out[i] = core.QueueID(fmt.Sprintf("que_%d", x))
	}
	return out
}

// trees are as many as there are numbers that lead to one: number n to tree n.
func trees() []plan.Tree {
	queue := func(n int, outputs map[string]string) plan.Node {
		return node("queue", "queue", fmt.Sprintf(`{"queue":"que_%d"}`, n), outputs)
	}
	mail := node("mail", "mailbox", `{"mailbox":"box_0"}`, map[string]string{"too_short": "mail"})
	return []plan.Tree{
		tree(0, node("hello", "play", `{"sounds":["snd_hello"]}`, to("menu")),
			node("menu", "menu", `{"sounds":["snd_menu"],"tries":2,"no_input_sounds":["snd_again"]}`,
				map[string]string{"1": "queue", "2": "second", "3": "mail", "no_input": "second"}),
			queue(0, nil), node("second", "queue", `{"queue":"que_1"}`, nil), mail),
		tree(1, queue(0, nil)),
		tree(2, queue(1, to("mail")), mail),
		tree(3, queue(2, nil)),
		tree(4, node("group", "group", `{"group":"grp_0"}`, to("mail")), mail),
		tree(5, queue(5, map[string]string{"max_wait": "more"}), node("more", "queue", `{"queue":"que_0"}`, nil)), // overflow keeps the age
		tree(6, mail),
		tree(7, queue(4, map[string]string{"no_agent_logged_in": "mail", "no_agent_during_wait": "mail"}), mail),
		tree(8, node("user", "user", `{"user":"usr_0","ring_seconds":10}`, map[string]string{"default": "queue"}), queue(1, nil)),
		tree(9, node("gone", "queue", `{"queue":"que_nowhere"}`, nil)),
		tree(10, node("queue", "queue", fmt.Sprintf(`{"queue":"que_0","priority_seconds":%d}`, vipBonus), nil)),
		tree(11, node("ask", "collect", `{"variable":"code","sounds":["snd_menu"],"max":2,"tries":2}`, map[string]string{"got": "is", "default": "mail"}),
			node("is", "condition", `{"if":"code > 20"}`, map[string]string{"true": "queue", "false": "on"}),
			queue(2, nil), node("on", "goto", `{"tree":"tre_3"}`, nil), mail),
		tree(12, queue(3, map[string]string{"full": "later", "max_wait": "later"}), node("later", "hangup", `{"sounds":["snd_bye"]}`, nil)),
		tree(13, node("hello", "play", `{"sounds":["snd_hello"]}`, to(raisedNode)),
			node(raisedNode, "queue", `{"queue":"que_0","raise":[{"after_seconds":5,"priority_seconds":40},{"after_seconds":20,"priority_seconds":-90},{"after_seconds":60,"priority_seconds":200}]}`, nil)),
	}
}

func to(next string) map[string]string { return map[string]string{"default": next} }

func node(id, kind, settings string, outputs map[string]string) plan.Node {
	return plan.Node{ID: id, Kind: kind, Settings: json.RawMessage(settings), Outputs: outputs}
}

func tree(n int, nodes ...plan.Node) plan.Tree {
	start := plan.Node{ID: "start", Kind: plan.Starts, Outputs: map[string]string{"next": nodes[0].ID}}
	id := core.TreeID(fmt.Sprintf("tre_%d", n))
	return plan.Tree{ID: id, Name: string(id), Version: 1, Nodes: append([]plan.Node{start}, nodes...)}
}

// replan: an administrator changes something, or tries to. What bears on the
// order of calls stays, for the checks to be simple.
func (w *World) replan() {
	d := w.copyOfDoc()
	if w.rnd.IntN(6) == 0 { // somebody wants to be forgotten
		w.tell(core.NumbersErased{Numbers: []string{w.number()}})
	}
	switch w.rnd.IntN(9) {
	case 0: // nonsense changes nothing
		w.rev++
		w.tell(core.PlanChanged{Revision: w.rev, Doc: []byte(`{"queues": [{}]}`)})
		return
	case 1: // an old revision changes nothing
		text, err := json.Marshal(&plan.Doc{Company: d.Company})
		if err != nil {
			panic(err)
		}
		w.tell(core.PlanChanged{Revision: w.rev, Doc: text})
		return
	case 2: // a queue goes, or comes back
		if len(d.Queues) == queues {
			gone := core.QueueID(fmt.Sprintf("que_%d", 2+2*w.rnd.IntN(2))) // in no group
			d.Queues = slices.DeleteFunc(d.Queues, func(q plan.Queue) bool { return q.ID == gone })
			for i := range d.Profiles {
				p := &d.Profiles[i]
				p.Queues = slices.DeleteFunc(p.Queues, func(q core.QueueID) bool { return q == gone })
				p.Supervises = slices.DeleteFunc(p.Supervises, func(q core.QueueID) bool { return q == gone })
			}
		} else {
			fresh := company(w.rnd, 0)
			d.Queues, d.Profiles = fresh.Queues, fresh.Profiles
		}
	case 3: // somebody leaves the company, or changes to another profile
		i := w.rnd.IntN(len(d.Users))
		if w.chance(50) && len(d.Users) > 2 {
			gone := d.Users[i].ID
			d.Users = slices.Delete(d.Users, i, i+1)
			for j := range d.Users {
				for _, b := range []**plan.Branch{&d.Users[j].Busy, &d.Users[j].NoAnswer, &d.Users[j].Declined, &d.Users[j].Away} {
					if *b != nil && (*b).User == gone {
						*b = nil
					}
				}
			}
		} else {
			d.Users[i].Profile = core.ProfileID(fmt.Sprintf("pro_%d", w.rnd.IntN(4)))
		}
	case 4: // other times
		for i := range d.Queues {
			d.Queues[i].Ring = 5 + w.rnd.IntN(20)
			d.Queues[i].PostSeconds = 1 + w.rnd.IntN(40)
		}
	case 5: // other texts: calls in progress keep theirs
		for i := range d.Trees {
			d.Trees[i].Version++
			d.Trees[i].Nodes[1].ID, d.Trees[i].Nodes[0].Outputs = "renamed", map[string]string{"next": "renamed"}
		}
	case 7: // other strategies, skills asked for, preferred agents
		for i := range d.Queues {
			if w.chance(50) {
				distribution(w.rnd, &d.Queues[i])
			}
		}
	case 8: // somebody has learned something, or forgotten it; queues are served otherwise
		d.Users[w.rnd.IntN(len(d.Users))].Skills = skills(w.rnd)
		serving(w.rnd, d.Profiles)
	case 6: // the welcome goes; other shares
		d.Numbers = slices.DeleteFunc(d.Numbers, func(n plan.Number) bool { return n.Number == numbers[0] })
		d.Groups[0].Shares[0].Percent, d.Groups[0].Shares[1].Percent = 10, 70
	}
	w.plan(d)
}

func (w *World) copyOfDoc() *plan.Doc {
	text, err := json.Marshal(w.doc)
	if err != nil {
		panic(err)
	}
	d := new(plan.Doc)
	if err := json.Unmarshal(text, d); err != nil {
		panic(err)
	}
	return d
}
