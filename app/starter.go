package app

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// starterAdmin is who sets the first password.
const starterAdmin = core.UserID("usr_admin")

// starter is the company of a data folder that was empty: enough to take a
// call, nothing that would have to be taken away again. It has no numbers:
// which ones are there only the operator knows.
func starter(id core.CompanyID, name, language, zone, admin string) *plan.Doc {
	in := func(sound core.SoundID) core.SoundID {
		if language == "fr" {
			return sound + "_fr"
		}
		return sound
	}
	main := []core.QueueID{"que_main"}
	return &plan.Doc{
		Company: plan.Company{
			ID: id, Name: name, Zone: zone, Language: language,
			Unknown: in("snd_unknown"), Comfort: in("snd_comfort"), Goodbye: in("snd_goodbye"),
		},
		Users: []plan.User{
			{ID: starterAdmin, Login: "admin", Name: admin, Extension: "100", Profile: "pro_admin", Language: language},
		},
		Profiles: []plan.Profile{
			{ID: "pro_admin", Name: "Administrator", Queues: main, Supervises: main, Rights: []plan.Right{
				plan.TakeCalls, plan.CallOut, plan.RecordCall, plan.SeePool, plan.TakeFromPool, plan.Supervise, plan.Administer,
			}},
			{ID: "pro_agent", Name: "Agent", Queues: main, Supervises: main, Rights: []plan.Right{
				plan.TakeCalls, plan.CallOut, plan.SeePool, plan.TakeFromPool,
			}},
		},
		Activities: []plan.Activity{
			{ID: "act_available", Name: "Available", NameFR: "Disponible", Category: plan.Processing},
			{ID: "act_break", Name: "Break", NameFR: "Pause", Category: plan.NonProductive},
			{ID: "act_lunch", Name: "Lunch", NameFR: "Déjeuner", Category: plan.NonProductive},
			{ID: "act_training", Name: "Training", NameFR: "Formation", Category: plan.Productive},
			{ID: "act_meeting", Name: "Meeting", NameFR: "Réunion", Category: plan.Productive},
		},
		Queues: []plan.Queue{{
			ID: "que_main", Name: "main", Ring: 20, MaxWait: 300, Empty: true,
			Music: "snd_music_default", PostMode: "timed", PostSeconds: 30, Recording: "manual",
		}},
		Trees: []plan.Tree{starterTree()},
		Sounds: []plan.Sound{
			{ID: "snd_music_default", Name: "Music"},
			{ID: in("snd_unknown"), Name: "Unknown number"},
			{ID: in("snd_comfort"), Name: "Comfort music"},
			{ID: in("snd_goodbye"), Name: "Goodbye"},
			{ID: in("snd_greeting_frontdesk"), Name: "Greeting of the front desk"},
		},
		Mailboxes: []plan.Mailbox{{ID: "box_frontdesk", Name: "front desk", Greeting: in("snd_greeting_frontdesk")}},
	}
}

// nameless is what an administrator is called who gave no name.
func nameless(language string) string {
	if language == "fr" {
		return "Administrateur"
	}
	return "Administrator"
}

// starterTree waits in the one queue, and leads to the mailbox from there: after
// the longest wait, when the queue is full, when nobody is at work.
func starterTree() plan.Tree {
	return plan.Tree{ID: "tre_welcome", Name: "Welcome", Version: 1, Nodes: []plan.Node{
		{ID: "start", Kind: plan.Starts, Name: "Start", Outputs: map[string]string{"next": "main"}},
		{
			ID: "main", Kind: "queue", Name: "main", Settings: json.RawMessage(`{"queue":"que_main"}`),
			Outputs: map[string]string{"max_wait": "message", "default": "message"},
		},
		{ID: "message", Kind: "mailbox", Name: "front desk", Settings: json.RawMessage(`{"mailbox":"box_frontdesk"}`)},
	}}
}

// untouched says whether the plan is still the starter as it was written.
func untouched(d *plan.Doc) bool {
	admin := ""
	for _, u := range d.Users {
		if u.ID == starterAdmin {
			admin = u.Name
		}
	}
	c := &d.Company
	was, err1 := json.Marshal(starter(c.ID, c.Name, c.Language, c.Zone, admin))
	is, err2 := json.Marshal(d)
	return err1 == nil && err2 == nil && bytes.Equal(was, is)
}

// machineZone is the IANA name of the zone that this machine is in, UTC when it
// has none.
func machineZone() string {
	names := []string{os.Getenv("TZ")} //nolint:forbidigo // the machine's, no setting of ours
	if text, err := os.ReadFile("/etc/timezone"); err == nil {
		names = append(names, string(text))
	}
	if link, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		_, name, _ := strings.Cut(link, "zoneinfo/")
		names = append(names, name)
	}
	for _, name := range names {
		name = strings.TrimPrefix(strings.TrimSpace(name), ":")
		if name == "" || name == "Local" {
			continue
		}
		if _, err := time.LoadLocation(name); err == nil {
			return name
		}
	}
	return "UTC"
}
