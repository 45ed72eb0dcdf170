package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	_ "time/tzdata"

	"belfry/core"
)

// small is a company with one of everything.
func small() *Doc {
	return &Doc{
		Company: Company{ID: "com_x", Name: "X", Zone: "Europe/Paris", Language: "fr", Unknown: "snd_a"},
		Users: []User{
			{ID: "usr_bob", Login: "bob", Name: "Bob", Extension: "202", Profile: "pro_a"},
			{ID: "usr_ann", Login: "ann", Name: "Ann", Extension: "201", Profile: "pro_a", Phone: "sip:ann@192.0.2.1", Mailbox: "box_a"},
			{ID: "usr_sam", Login: "sam", Name: "Sam", Profile: "pro_b"},
		},
		Profiles: []Profile{
			{ID: "pro_a", Name: "A", Queues: []core.QueueID{"que_b", "que_a"}, Rights: []Right{TakeCalls}},
			{ID: "pro_b", Name: "B", Supervises: []core.QueueID{"que_a"}, Rights: []Right{SeePool, Supervise}},
		},
		Activities: []Activity{
			{ID: "act_break", Name: "Break", Category: NonProductive},
			{ID: "act_calls", Name: "Calls", Category: Processing},
		},
		Queues: []Queue{
			{ID: "que_a", Name: "a", MaxSize: 10, Music: "snd_a"},
			{ID: "que_b", Name: "b", MaxWait: 60},
		},
		Groups:  []Group{{ID: "grp_a", Name: "g", Shares: []Share{{"que_a", 30}, {"que_b", 70}}}},
		Numbers: []Number{{Number: "+33100000000", Tree: "tre_a"}},
		Trees: []Tree{{ID: "tre_a", Name: "t", Version: 1, Nodes: []Node{
			{ID: "s", Kind: "start", Outputs: map[string]string{"next": "e"}},
			{ID: "e", Kind: "hangup", Settings: json.RawMessage(`{"cause": "ended"}`)},
		}}},
		Sounds: []Sound{{ID: "snd_a", Name: "s"}},
		Hours: []Hours{{
			ID: "hrs_a", Name: "h", Zone: "America/New_York", Spans: []Span{{1, "08:00", "12:00"}},
			Exceptions: []Exception{{Date: "2026-12-25", Name: "Christmas"}},
		}},
		Mailboxes: []Mailbox{{ID: "box_a", Name: "m", Greeting: "snd_a"}},
	}
}

func TestCompileFindsEverything(t *testing.T) {
	t.Parallel()
	p, err := Compile(7, small())
	if err != nil {
		t.Fatal(err)
	}
	if p.Revision != 7 || p.Zone.String() != "Europe/Paris" || len(p.Warnings()) != 0 {
		t.Errorf("revision %d, zone %v, warnings %v", p.Revision, p.Zone, p.Warnings())
	}
	if !slices.Equal(p.Serves("usr_ann"), []core.QueueID{"que_a", "que_b"}) ||
		!slices.Equal(p.Servers("que_a"), []core.UserID{"usr_ann", "usr_bob"}) ||
		!slices.Equal(p.Supervisors("que_a"), []core.UserID{"usr_sam"}) ||
		!slices.Equal(p.Supervises("usr_sam"), []core.QueueID{"que_a"}) {
		t.Error("who serves and who sees which queue is wrong")
	}
	if p.FirstActivity() != "act_calls" {
		t.Errorf("the first activity that takes calls is %q", p.FirstActivity())
	}
	if !p.Can("usr_ann", TakeCalls) || p.Can("usr_sam", TakeCalls) || p.Can("usr_nobody", TakeCalls) {
		t.Error("rights are wrong")
	}
	if p.User("usr_ann") != p.Login("ann") || p.Extension("201") != p.Login("ann") || p.User("usr_x") != nil {
		t.Error("a user is not found by all names")
	}
}

// What is wrong, the field that is named, and its code.
func TestCompileNamesTheField(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		field, code string
		spoil       func(d *Doc)
	}{
		{"company.id", "id-malformed", func(d *Doc) { d.Company.ID = "" }},
		{"company.name", "name-empty", func(d *Doc) { d.Company.Name = " " }},
		{"company.zone", "no-such-zone", func(d *Doc) { d.Company.Zone = "Europe/Atlantis" }},
		{"company.zone", "no-such-zone", func(d *Doc) { d.Company.Zone = "Local" }},
		{"company.language", "not-a-choice", func(d *Doc) { d.Company.Language = "de" }},
		{"company.unknown", "no-such-sound", func(d *Doc) { d.Company.Unknown = "snd_x" }},
		{"company.goodbye", "no-such-sound", func(d *Doc) { d.Company.Goodbye = "snd_x" }},
		{"users[1].id", "id-taken", func(d *Doc) { d.Users[1].ID = "usr_bob" }},
		{"queues[0].id", "id-taken", func(d *Doc) { d.Queues[0].ID = "usr_bob" }},
		{"users[0].id", "id-malformed", func(d *Doc) { d.Users[0].ID = "a b" }},
		{"users[0].name", "name-control", func(d *Doc) { d.Users[0].Name = "a\nb" }},
		{"users[1].login", "login-taken", func(d *Doc) { d.Users[1].Login = "bob" }},
		{"users[0].login", "login-malformed", func(d *Doc) { d.Users[0].Login = "bob martin" }},
		{"users[0].login", "login-malformed", func(d *Doc) { d.Users[0].Login = "" }},
		{"users[1].extension", "extension-taken", func(d *Doc) { d.Users[1].Extension = "202" }},
		{"users[1].extension", "extension-malformed", func(d *Doc) { d.Users[1].Extension = "2" }},
		{"users[1].extension", "extension-malformed", func(d *Doc) { d.Users[1].Extension = "2a1" }},
		{"users[0].profile", "no-such-profile", func(d *Doc) { d.Users[0].Profile = "pro_x" }},
		{"users[0].srtp", "not-a-choice", func(d *Doc) { d.Users[0].SRTP = "maybe" }},
		{"users[0].phone", "phone-malformed", func(d *Doc) { d.Users[0].Phone = "ann@192.0.2.1" }},
		{"users[0].ring_seconds", "out-of-range", func(d *Doc) { d.Users[0].RingSeconds = 4 }},
		{"users[0].mailbox", "no-such-mailbox", func(d *Doc) { d.Users[0].Mailbox = "box_x" }},
		{"profiles[0].queues[1]", "no-such-queue", func(d *Doc) { d.Profiles[0].Queues[1] = "que_x" }},
		{"profiles[1].supervises[0]", "no-such-queue", func(d *Doc) { d.Profiles[1].Supervises[0] = "que_x" }},
		{"profiles[0].rights[0]", "not-a-choice", func(d *Doc) { d.Profiles[0].Rights[0] = "fly" }},
		{"activities[0].category", "not-a-choice", func(d *Doc) { d.Activities[0].Category = "idle" }},
		{"queues[1].ring_seconds", "out-of-range", func(d *Doc) { d.Queues[1].Ring = 121 }},
		{"queues[1].strategy", "not-a-choice", func(d *Doc) { d.Queues[1].Strategy = "by_star_sign" }},
		{"queues[1].class", "out-of-range", func(d *Doc) { d.Queues[1].Class = 10 }},
		{"queues[1].max_wait_seconds", "out-of-range", func(d *Doc) { d.Queues[1].MaxWait = -1 }},
		{"queues[1].post_mode", "not-a-choice", func(d *Doc) { d.Queues[1].PostMode = "forever" }},
		{"queues[1].reject_delay_seconds", "out-of-range", func(d *Doc) { d.Queues[1].RejectDelay = -2 }},
		{"queues[1].recording", "not-a-choice", func(d *Doc) { d.Queues[1].Recording = "always" }},
		{"groups[0].shares", "shares-sum", func(d *Doc) { d.Groups[0].Shares[0].Percent = 31 }},
		{"groups[0].shares[1].queue", "queue-twice", func(d *Doc) { d.Groups[0].Shares[1].Queue = "que_a" }},
		{"groups[0].shares", "group-size", func(d *Doc) { d.Groups[0].Shares = nil }},
		{"numbers[0].number", "number-malformed", func(d *Doc) { d.Numbers[0].Number = "0100000000" }},
		{"numbers[0].tree", "no-such-tree", func(d *Doc) { d.Numbers[0].Tree = "tre_x" }},
		{"numbers[1].number", "number-taken", func(d *Doc) { d.Numbers = append(d.Numbers, d.Numbers[0]) }},
		{"trees[0].nodes[1].id", "id-taken", func(d *Doc) { d.Trees[0].Nodes[1].ID = "s" }},
		{"sounds[0].file", "file-malformed", func(d *Doc) { d.Sounds[0].File = "../../etc/passwd" }},
		{"hours[0].zone", "no-such-zone", func(d *Doc) { d.Hours[0].Zone = "Mars" }},
		{"hours[0].spans[0].day", "out-of-range", func(d *Doc) { d.Hours[0].Spans[0].Day = 7 }},
		{"hours[0].spans[0].from", "clock-malformed", func(d *Doc) { d.Hours[0].Spans[0].From = "8:00" }},
		{"hours[0].spans[0].to", "span-empty", func(d *Doc) { d.Hours[0].Spans[0].To = "08:00" }},
		{"hours[0].exceptions[0].date", "date-malformed", func(d *Doc) { d.Hours[0].Exceptions[0].Date = "2026-02-30" }},
		{"mailboxes[0].greeting", "no-such-sound", func(d *Doc) { d.Mailboxes[0].Greeting = "snd_x" }},
		{"mailboxes[0].min_seconds", "out-of-range", func(d *Doc) { d.Mailboxes[0].Min, d.Mailboxes[0].Max = 30, 20 }},
	} {
		d := small()
		x.spoil(d)
		_, err := Compile(1, d)
		problems, ok := errors.AsType[Problems](err)
		if !ok || !slices.ContainsFunc(problems, func(p Problem) bool { return p.Field == x.field && p.Code == x.code }) {
			t.Errorf("want %s at %s, got %v", x.code, x.field, err)
			continue
		}
		e, ok := errors.AsType[*core.Error](err)
		if !ok || e.Kind != core.Invalid || e.Field != problems[0].Field || e.Text == "" {
			t.Errorf("%s: not an error for people: %+v", x.field, e)
		}
	}
}

func TestCompileCollectsAllProblems(t *testing.T) {
	t.Parallel()
	d := small()
	d.Users[0].RingSeconds, d.Queues[1].Ring, d.Company.Name = 1, 1, ""
	_, err := Compile(1, d)
	problems, _ := errors.AsType[Problems](err)
	if len(problems) != 3 || problems[0].Field != "company.name" {
		t.Errorf("want three problems in the order of the document, got %v", err)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	d := small()
	d.Queues = append(d.Queues, Queue{ID: "que_c", Name: "c"})
	d.Trees[0].Nodes[0].Outputs["default"] = "nowhere"
	d.Profiles[1].Queues = []core.QueueID{"que_a"}
	p, err := Compile(1, d)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, w := range p.Warnings() {
		codes = append(codes, w.Code)
	}
	want := []string{"serves-without-right", "queue-unlimited", "output-leads-nowhere", "queue-unserved"}
	if !slices.Equal(codes, want) {
		t.Errorf("warnings %v, want %v", codes, want)
	}
}

func TestCompileKeepsItsOwnCopy(t *testing.T) {
	t.Parallel()
	d := small()
	p, err := Compile(1, d)
	if err != nil {
		t.Fatal(err)
	}
	d.Queues[0].Name = "changed"
	if p.Queue("que_a").Name != "a" {
		t.Error("a change of the document reached the plan")
	}
}

func TestDocumentIsStable(t *testing.T) {
	t.Parallel()
	one, err := json.Marshal(small())
	if err != nil {
		t.Fatal(err)
	}
	var d Doc
	if err := json.Unmarshal(one, &d); err != nil {
		t.Fatal(err)
	}
	two, err := json.Marshal(&d)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("written, read and written again:\n%s\n%s\n%v", one, two, err)
	}
}

func TestParseRefusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[]", `{"users": 3}`, "{"} {
		if _, err := Parse(1, []byte(text)); core.KindOf(err) != core.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := json.Marshal(small())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"users":[{"id":"a"}],"groups":[{}],"hours":[{"spans":[{"day":9}]}]}`))
	f.Add([]byte(`{"trees":[{"id":"t","nodes":[{"settings":[1,2],"outputs":{"":""}}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(1, text)
		if (p == nil) == (err == nil) {
			t.Fatalf("plan %v, error %v", p, err)
		}
		if err != nil {
			if core.KindOf(err) != core.Invalid || err.Error() == "" {
				t.Fatal(err)
			}
			return
		}
		if _, err := Compile(1, p.Doc); err != nil {
			t.Fatalf("a plan that was read does not compile again: %v", err)
		}
	})
}
