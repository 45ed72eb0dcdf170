// Package demo is the throw-away company that `belfry demo` plays: its plan and
// its address book, as plain data. It starts nothing and keeps nothing; app
// does that.
package demo

import (
	"encoding/json"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// Password is everybody's; a registered phone's is Password, a hyphen and the
// extension.
const Password = "demo"

// Contact is a line of the address book.
type Contact struct {
	ID     core.ContactID
	Name   string
	Number string // E.164
	Book   string // crm, directory
	VIP    bool
}

// Contacts are the people the demo company knows.
func Contacts() []Contact {
	return []Contact{
		{"con_claire", "Claire Fontaine", "+33612345678", "crm", false},
		{"con_hotel", "Hôtel du Parc", "+33144001022", "directory", true},
	}
}

// Doc returns a fresh copy of the demo company's plan.
func Doc() *plan.Doc {
	return &plan.Doc{
		Company: plan.Company{
			ID: "com_demo", Name: "Belfry Demo", Zone: "Europe/Paris", Language: "en",
			Unknown: "snd_unknown", Comfort: "snd_comfort", Goodbye: "snd_goodbye",
			Country: "FR", CallerID: "+33100000000", Press1: "snd_press_1",
		},
		Users:      users(),
		Profiles:   profiles(),
		Activities: activities(),
		Queues:     queues(),
		Groups: []plan.Group{
			{ID: "grp_overflow", Name: "overflow", Shares: []plan.Share{{Queue: "que_sales", Percent: 50}, {Queue: "que_support", Percent: 50}}},
		},
		Numbers: numbers(),
		Trees:   trees(),
		Sounds:  sounds(),
		Hours:   hours(),
		Mailboxes: []plan.Mailbox{
			{ID: "box_frontdesk", Name: "front desk", Greeting: "snd_greeting_frontdesk", Min: 3, Max: 180, Silence: 10},
		},
	}
}

func users() []plan.User {
	return []plan.User{
		{ID: "usr_ann", Login: "ann", Name: "Ann Martin", Extension: "201", Profile: "pro_both", Profiles: []core.ProfileID{"pro_sales", "pro_support"}},
		{ID: "usr_bob", Login: "bob", Name: "Bob Diallo", Extension: "202", Profile: "pro_sales"},
		{ID: "usr_cho", Login: "cho", Name: "Cho Nguyen", Extension: "203", Profile: "pro_support"},
		{ID: "usr_dan", Login: "dan", Name: "Dan Weber", Extension: "204", Profile: "pro_auto"},
		{ID: "usr_sam", Login: "sam", Name: "Sam Rossi", Extension: "210", Profile: "pro_supervisor"},
		{ID: "usr_ada", Login: "admin", Name: "Ada Klein", Extension: "220", Profile: "pro_admin"},
	}
}

func profiles() []plan.Profile {
	sales, support := core.QueueID("que_sales"), core.QueueID("que_support")
	both := []core.QueueID{sales, support}
	agent := []plan.Right{plan.TakeCalls, plan.CallOut, plan.Transfer, plan.SeePool}
	dials := []core.NumberClass{core.ClassNational, core.ClassMobile}
	with := func(rights []plan.Right, more ...plan.Right) []plan.Right {
		return append(append([]plan.Right{}, rights...), more...)
	}
	return []plan.Profile{
		{
			ID: "pro_both", Dials: dials, Name: "Sales and support", Queues: both, Supervises: both,
			Rights: with(agent, plan.TakeFromPool, plan.RecordCall, plan.CallRouted),
		},
		{
			ID: "pro_sales", Dials: dials, Name: "Sales", Queues: []core.QueueID{sales}, Supervises: []core.QueueID{sales},
			Rights: with(agent, plan.TakeFromPool),
		},
		{
			ID: "pro_support", Dials: dials, Name: "Support", Queues: []core.QueueID{support}, Supervises: []core.QueueID{support},
			Rights: with(agent, plan.TakeFromPool, plan.RecordCall),
		},
		{
			ID: "pro_auto", Dials: dials, Name: "Support, automatic answer", Queues: []core.QueueID{support},
			Supervises: []core.QueueID{support}, Rights: agent, AutoAnswer: true,
		},
		{
			ID: "pro_supervisor", Dials: dials, Name: "Supervisor", Supervises: both,
			Rights: with(agent, plan.TakeFromPool, plan.Supervise),
		},
		{
			ID: "pro_admin", Dials: dials, Name: "Administrator",
			Rights: with(agent, plan.Supervise, plan.Administer),
		},
	}
}

func activities() []plan.Activity {
	return []plan.Activity{
		{ID: "act_available", Name: "Available", NameFR: "Disponible", Category: plan.Processing, Paid: true},
		{ID: "act_break", Name: "Break", NameFR: "Pause", Category: plan.NonProductive, MaxMinutes: 15, Paid: true},
		{ID: "act_lunch", Name: "Lunch", NameFR: "Déjeuner", Category: plan.NonProductive, MaxMinutes: 60},
		{ID: "act_training", Name: "Training", NameFR: "Formation", Category: plan.Productive, Paid: true},
		{ID: "act_meeting", Name: "Meeting", NameFR: "Réunion", Category: plan.Productive, Paid: true},
	}
}

func queues() []plan.Queue {
	return []plan.Queue{
		{
			ID: "que_sales", Name: "sales", Ring: 20, PostMode: "timed", PostSeconds: 30, Music: "snd_music_sales",
			Recording: "manual", Form: "Sales call", Small: true,
			Waiting: plan.Waiting{
				Position: "on", Expected: "on", AnnounceAfter: 45, AnnounceEvery: 90,
				Messages: []plan.Message{{Sound: "snd_cb_offer", First: 30, Every: 120}},
				Keys:     []plan.Key{{Key: "1", Do: "callback"}},
			},
		},
		{
			ID: "que_support", Name: "support", Ring: 10, PostMode: "timed", PostSeconds: 15, Music: "snd_music_support",
			Recording: "automatic", Small: true,
		},
		{ID: "que_short", Name: "short", MaxWait: 5, Music: "snd_music_default"},
		{ID: "que_parked", Name: "parked", Music: "snd_music_default"},
		{
			ID: "que_bench", Name: "bench", Strategy: plan.LongestIdle, Ring: 20, PostMode: "none",
			Recording: "off", Music: "snd_music_default",
		},
	}
}

func sounds() []plan.Sound {
	return []plan.Sound{
		{ID: "snd_welcome", Name: "Welcome", Text: "Welcome to Belfry."},
		{ID: "snd_menu", Name: "Menu", Text: "For sales, press 1. For support, press 2. To leave a message, press 3."},
		{ID: "snd_again", Name: "Once more", Text: "We did not get your choice."},
		{ID: "snd_closed", Name: "Closed", Text: "We are closed now."},
		{
			ID: "snd_greeting_frontdesk", Name: "Greeting of the front desk",
			Text: "You have reached the front desk. Please leave a message after the tone.",
		},
		{ID: "snd_goodbye", Name: "Goodbye", Text: "Thank you for calling. Goodbye."},
		{ID: "snd_unknown", Name: "Unknown number", Text: "The number you have dialled is not in use."},
		{ID: "snd_busy_later", Name: "Busy, call later", Text: "All our lines are busy. Please call again later."},
		{ID: "snd_press_1", Name: "Press 1 to take the call", Text: "You have a call. Press 1 to take it."},
		{ID: "snd_consent", Name: "This call may be recorded", Text: "This call may be recorded."},
		{ID: "snd_cb_offer", Name: "Offer to be called back", Text: "If you would like to be called back, and keep your place in line, press 1."},
		{ID: "snd_music_sales", Name: "Music of sales"},
		{ID: "snd_music_support", Name: "Music of support"},
		{ID: "snd_music_default", Name: "Music"},
		{ID: "snd_comfort", Name: "Comfort music"},
	}
}

// hours are open at any time: a demo is looked at in the evening too. The one
// exception shows what a holiday looks like.
func hours() []plan.Hours {
	h := plan.Hours{ID: "hrs_demo", Name: "Any time"}
	for day := range 7 {
		h.Spans = append(h.Spans, plan.Span{Day: time.Weekday(day), From: "00:00", To: "24:00"})
	}
	h.Exceptions = []plan.Exception{{Date: "2000-01-01", Name: "The first day of the century"}}
	return []plan.Hours{h}
}

// settings writes a node's settings.
func settings(v map[string]any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of texts and numbers can be written
	}
	return text
}
