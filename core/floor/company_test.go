package floor

import (
	"encoding/json"
	"slices"
	"testing"

	"belfry/core"
	"belfry/core/plan"
)

// company is the small one that the stories play in.
func company() *plan.Doc {
	serve := []plan.Right{plan.TakeCalls, plan.RecordCall, plan.TakeFromPool, plan.CallOut, plan.CallRouted, plan.Transfer}
	dials := []core.NumberClass{core.ClassNational, core.ClassMobile}
	user := func(login, name, ext string, p core.ProfileID) plan.User {
		return plan.User{ID: core.UserID("usr_" + login), Login: login, Name: name, Extension: ext, Profile: p}
	}
	tree := func(id core.TreeID, nodes ...plan.Node) plan.Tree {
		return plan.Tree{ID: id, Name: string(id), Version: 1, Nodes: nodes}
	}
	node := func(id, kind, settings string, outputs map[string]string) plan.Node {
		n := plan.Node{ID: id, Kind: kind, Name: id, Outputs: outputs}
		if settings != "" {
			n.Settings = json.RawMessage(settings)
		}
		return n
	}
	to := func(next string) map[string]string { return map[string]string{"default": next} }
	straight := func(id core.TreeID, q string) plan.Tree {
		return tree(id, node("start", "start", "", to("queue")), node("queue", "queue", `{"queue":"`+q+`"}`, nil))
	}
	outward := func(t plan.Tree) plan.Tree { t.Outbound = true; return t }
	d := &plan.Doc{
		DoNotCall: []string{"+33100009999"},
		Company: plan.Company{
			ID: "com_story", Name: "Story", Zone: "Europe/Paris", Language: "en", Country: "FR", Unknown: "snd_unknown", Comfort: "snd_comfort", Goodbye: "snd_goodbye", CallerID: "+33100000000", Press1: "snd_press_1",
			ButtonHosts: []string{"crm.example.com"}, PrivateButtonHosts: []string{"127.0.0.1:9000"},
		},
		Users: []plan.User{
			user("ann", "Ann Martin", "201", "pro_both"), user("bob", "Bob Diallo", "202", "pro_sales"),
			user("cho", "Cho Nguyen", "203", "pro_support"), user("dan", "Dan Weber", "204", "pro_auto"),
			user("sam", "Sam Rossi", "210", "pro_super"),
			user("pat", "Pat Phone", "230", "pro_phone"), user("pia", "Pia Phone", "231", "pro_phone"),
			user("tim", "Tim Three", "240", "pro_three"), user("fay", "Fay Form", "241", "pro_form"),
			user("gus", "Gus Gone", "242", "pro_none"), user("hal", "Hal Hops", "243", "pro_none"),
			user("ivy", "Ivy Inside", "244", "pro_none"), user("kim", "Kim Key", "245", "pro_whisper"),
			user("eve", "Eve Noir", "211", "pro_wait"), user("lea", "Lea Blanc", "212", "pro_wait"),
		},
		Profiles: []plan.Profile{
			{ID: "pro_both", Name: "Both", Queues: []core.QueueID{"que_sales", "que_support"}, Rights: serve, Dials: dials, PostSeconds: 0},
			{ID: "pro_sales", Name: "Sales", Queues: []core.QueueID{"que_sales"}, Rights: serve, Dials: dials},
			{ID: "pro_support", Name: "Support", Queues: []core.QueueID{"que_support"}, Rights: serve, Dials: dials},
			{ID: "pro_auto", Name: "Auto", Queues: []core.QueueID{"que_help"}, Rights: serve, Dials: dials, AutoAnswer: true, NoDecline: true},
			{ID: "pro_super", Name: "Supervisor", Supervises: []core.QueueID{"que_sales", "que_support"}, Rights: []plan.Right{plan.SeePool, plan.Supervise}},
			{ID: "pro_three", Name: "Three", Queues: []core.QueueID{"que_sales", "que_ten", "que_zero"}, Rights: serve, Dials: dials},
			{ID: "pro_form", Name: "Form", Queues: []core.QueueID{"que_form", "que_closed"}, Rights: serve, Dials: dials, CallWaiting: true, PostSeconds: 20},
			{ID: "pro_whisper", Name: "Whisper", Queues: []core.QueueID{"que_whisper"}, Rights: serve, Dials: dials},
			{ID: "pro_whisper_auto", Name: "Whisper, auto", Queues: []core.QueueID{"que_whisper"}, Rights: serve, AutoAnswer: true},
			{ID: "pro_none", Name: "None", Rights: serve, Dials: dials},
			{ID: "pro_wait", Name: "Wait", Queues: []core.QueueID{"que_wait", "que_calm"}, Supervises: []core.QueueID{"que_wait"}, Rights: append(slices.Clone(serve), plan.SeePool), Dials: dials},
			{ID: "pro_phone", Name: "Phones", Queues: []core.QueueID{"que_bench"}, Rights: serve, Dials: dials},
		},
		Activities: []plan.Activity{
			{ID: "act_available", Name: "Available", Category: plan.Processing},
			{ID: "act_coffee", Name: "Coffee", Category: plan.NonProductive, MaxMinutes: 5, Paid: true},
			{ID: "act_lunch", Name: "Lunch", Category: plan.NonProductive},
		},
		Queues: []plan.Queue{
			{ID: "que_sales", Name: "sales", Ring: 20, PostMode: "timed", PostSeconds: 30, Music: "snd_music_sales", Recording: "manual"},
			{ID: "que_support", Name: "support", Ring: 10, PostMode: "timed", PostSeconds: 15, Music: "snd_music_support"},
			{ID: "que_help", Name: "help", Ring: 10, PostMode: "none", Music: "snd_music_default"},
			{ID: "que_short", Name: "short", MaxWait: 5, Music: "snd_music_default"},
			{ID: "que_small", Name: "small", MaxSize: 1, Music: "snd_music_default"},
			{ID: "que_empty", Name: "empty", Empty: true, Music: "snd_music_default"},
			{ID: "que_ten", Name: "ten", PostMode: "timed", PostSeconds: 10, MaxDeclines: 2, Music: "snd_music_default"},
			{ID: "que_zero", Name: "zero", PostMode: "none", Music: "snd_music_default"},
			{ID: "que_form", Name: "form", PostMode: "timed", PostSeconds: 20, FormRequired: true, Music: "snd_music_default"},
			{ID: "que_closed", Name: "closed", PostMode: "until_closed", FormRequired: true, Music: "snd_music_default"},
			{ID: "que_whisper", Name: "whisper", PostMode: "none", Whisper: "snd_whisper", Music: "snd_music_default"},
			{ID: "que_wait", Name: "wait", Ring: 20, PostMode: "none", RejectDelay: -1, Waiting: plan.Waiting{
				Playlist: []core.SoundID{"snd_music_sales", "snd_music_support"}, Position: "on", AnnounceAfter: 30,
				Messages: []plan.Message{{Sound: "snd_again", First: 10, Every: 60}},
				Keys:     []plan.Key{{Key: "1", Do: "callback"}, {Key: "9", Do: "leave"}},
				Callback: plan.Callback{Attempts: 2, Every: 60, Prefixes: []string{"+331", "+336"}}, KeepRank: 60,
			}},
			{ID: "que_calm", Name: "calm", Ring: 20, MaxWait: 30, PostMode: "none", RejectDelay: -1, Music: "snd_music_default"},
			{ID: "que_never", Name: "never", Music: "snd_music_default", Waiting: plan.Waiting{Hours: "hrs_never"}},
			{ID: "que_bench", Name: "bench", Ring: 20, PostMode: "none", Music: "snd_music_default"},
		},
		Groups: []plan.Group{
			{ID: "grp_over", Name: "overflow", Shares: []plan.Share{{Queue: "que_sales", Percent: 50}, {Queue: "que_support", Percent: 50}}},
			{ID: "grp_able", Name: "able", SkipUnable: true, Shares: []plan.Share{{Queue: "que_never", Percent: 60}, {Queue: "que_wait", Percent: 40}}},
		},
		Trees: []plan.Tree{
			straight("tre_sales", "que_sales"), straight("tre_support", "que_support"), straight("tre_help", "que_help"), straight("tre_bench", "que_bench"),
			straight("tre_ten", "que_ten"), straight("tre_zero", "que_zero"), straight("tre_form", "que_form"), straight("tre_closed", "que_closed"), straight("tre_whisper", "que_whisper"),
			tree("tre_welcome",
				node("start", "start", "", to("hello")),
				node("hello", "play", `{"sounds":["snd_welcome"]}`, to("menu")),
				node("menu", "menu", `{"sounds":["snd_menu"],"timeout_seconds":5,"tries":2,"no_input_sounds":["snd_again"]}`, map[string]string{"1": "sales", "2": "support", "3": "message", "no_input": "support"}),
				node("sales", "queue", `{"queue":"que_sales"}`, nil), node("support", "queue", `{"queue":"que_support"}`, nil),
				node("message", "mailbox", `{"mailbox":"box_desk"}`, nil)),
			tree("tre_short", node("start", "start", "", to("queue")), node("queue", "queue", `{"queue":"que_short"}`, map[string]string{"max_wait": "message"}), node("message", "mailbox", `{"mailbox":"box_desk"}`, nil)),
			tree("tre_raised", node("start", "start", "", to("queue")), node("queue", "queue", `{"queue":"que_sales","raise":[{"after_seconds":10,"priority_seconds":60}]}`, nil)),
			tree("tre_small", node("start", "start", "", to("queue")), node("queue", "queue", `{"queue":"que_small"}`, map[string]string{"full": "message"}), node("message", "mailbox", `{"mailbox":"box_desk"}`, nil)),
			tree("tre_empty", node("start", "start", "", to("queue")), node("queue", "queue", `{"queue":"que_empty"}`, map[string]string{"no_agent_logged_in": "message", "no_agent_during_wait": "message"}), node("message", "mailbox", `{"mailbox":"box_desk"}`, nil)),
			tree("tre_group", node("start", "start", "", to("group")), node("group", "group", `{"group":"grp_over"}`, nil)),
			tree("tre_user", node("start", "start", "", to("cho")), node("cho", "user", `{"user":"usr_cho"}`, map[string]string{"default": "support"}), node("support", "queue", `{"queue":"que_support"}`, nil)),
			tree("tre_box", node("start", "start", "", to("message")), node("message", "mailbox", `{"mailbox":"box_desk"}`, nil)),
			tree("tre_wait", node("start", "start", "", to("queue")), node("queue", "queue", `{"queue":"que_wait"}`, map[string]string{"key_pressed": "support"}), node("support", "queue", `{"queue":"que_support"}`, nil)),
			tree("tre_calm", node("start", "start", "", to("queue")), node("queue", "queue", `{"queue":"que_calm"}`, map[string]string{"max_wait": "message", "ewt_too_long": "message"}), node("message", "mailbox", `{"mailbox":"box_desk"}`, nil)),
			tree("tre_never", node("start", "start", "", to("queue")), node("queue", "queue", `{"queue":"que_never"}`, map[string]string{"closed": "message"}), node("message", "mailbox", `{"mailbox":"box_desk"}`, nil)),
			tree("tre_able", node("start", "start", "", to("group")), node("group", "group", `{"group":"grp_able"}`, nil)),
			outward(tree("tre_out", node("start", "start", "", to("hello")), node("hello", "play", `{"sounds":["snd_welcome"]}`, to("dial")),
				node("dial", "dial", `{"number":"${dialled}"}`, map[string]string{"busy": "sorry"}), node("sorry", "play", `{"sounds":["snd_again"]}`, nil))),
			tree("tre_abroad", node("start", "start", "", to("dial")), node("dial", "dial", `{"number":"+442071234567"}`, map[string]string{"failed": "sorry"}), node("sorry", "play", `{"sounds":["snd_again"]}`, nil)),
			tree("tre_nowhere", node("start", "start", "", to("gone"))),
		},
		Numbers: []plan.Number{
			{Number: "+33100000000", Tree: "tre_welcome"},
			{Number: "+33100000001", Tree: "tre_sales"},
			{Number: "+33100000002", Tree: "tre_support"},
			{Number: "+33100000003", Tree: "tre_box"},
			{Number: "+33100000004", Tree: "tre_group"},
			{Number: "+33100000005", Tree: "tre_short"},
			{Number: "+33100000006", Tree: "tre_small"},
			{Number: "+33100000030", Tree: "tre_raised"},
			{Number: "+33100000007", Tree: "tre_empty"},
			{Number: "+33100000008", Tree: "tre_help"},
			{Number: "+33100000009", Tree: "tre_bench"},
			{Number: "+33100000010", Tree: "tre_user"},
			{Number: "+33100000020", Tree: "tre_wait"},
			{Number: "+33100000021", Tree: "tre_calm"},
			{Number: "+33100000022", Tree: "tre_never"},
			{Number: "+33100000023", Tree: "tre_able"},
			{Number: "+33100000024", Tree: "tre_abroad"},
			{Number: "+33100000011", Tree: "tre_nowhere"},
			{Number: "+33100000012", Tree: "tre_ten"},
			{Number: "+33100000013", Tree: "tre_zero"},
			{Number: "+33100000014", Tree: "tre_form"},
			{Number: "+33100000015", Tree: "tre_closed"},
			{Number: "+33100000016", Tree: "tre_whisper"},
		},
		Hours:     []plan.Hours{{ID: "hrs_never", Name: "never", Spans: []plan.Span{{Day: 0, From: "04:00", To: "04:01"}}}},
		Mailboxes: []plan.Mailbox{{ID: "box_desk", Name: "front desk", Greeting: "snd_greeting"}},
	}
	for _, s := range []core.SoundID{"snd_welcome", "snd_menu", "snd_again", "snd_unknown", "snd_comfort", "snd_greeting", "snd_goodbye", "snd_press_1", "snd_whisper", "snd_music_sales", "snd_music_support", "snd_music_default"} {
		d.Sounds = append(d.Sounds, plan.Sound{ID: s, Name: string(s), File: string(s) + ".wav"})
	}
	d.Users[2].Mailbox = "box_desk" // cho's direct calls may go there
	d.Users[1].Profiles = []core.ProfileID{"pro_support", "pro_super"}
	named := func(login string) *plan.User {
		return &d.Users[slices.IndexFunc(d.Users, func(u plan.User) bool { return u.Login == login })]
	}
	gus, hal, ivy := named("gus"), named("hal"), named("ivy")
	gus.RingSeconds = 10
	gus.Busy, gus.NoAnswer = &plan.Branch{Do: "forward", Tree: "tre_support"}, &plan.Branch{Do: "forward", User: "usr_ivy"}
	gus.Declined, gus.Away = &plan.Branch{Do: "refuse"}, &plan.Branch{Do: "forward", Number: "+33144001022"}
	gus.Mailbox = "box_desk"
	hal.Away, ivy.Away = &plan.Branch{Do: "forward", User: "usr_ivy"}, &plan.Branch{Do: "forward", User: "usr_hal"}
	ivy.NoAnswer = &plan.Branch{Do: "mailbox", Mailbox: "box_desk"}
	named("kim").Profiles = []core.ProfileID{"pro_whisper_auto"}
	d.Users[5].Phone, d.Users[6].Phone = "sip:pat@127.0.0.3:6000", "sip:pia@127.0.0.3:6000"
	return d
}

// doc is the company as it is kept.
func doc(t testing.TB, d *plan.Doc) []byte {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
