package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// engines open an empty database of each kind, whose clock is now. What holds
// for one must hold for all.
var engines = map[string]func(t *testing.T, now func() time.Time) *Store{
	"sqlite": func(t *testing.T, now func() time.Time) *Store {
		t.Helper()
		s, err := open(t.Context(), filepath.Join(t.TempDir(), "belfry.db"), now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	},
}

// bench is a store with a company, and a clock that is set by hand.
type bench struct {
	*Store
	t   *testing.T
	ctx context.Context
	mu  sync.Mutex
	at  time.Time
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) later(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) is(err error, k core.Kind, code string) {
	b.t.Helper()
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Kind != k || e.Code != code {
		b.t.Errorf("got %v, want kind %d code %s", err, k, code)
	}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func doc(users ...plan.User) []byte {
	b, err := json.Marshal(plan.Doc{Company: plan.Company{ID: "com_a", Name: "A"}, Users: users})
	if err != nil {
		panic(err)
	}
	return b
}

var ann, bob = plan.User{ID: "usr_ann", Login: "ann", Name: "Ann"}, plan.User{ID: "usr_bob", Login: "bob", Name: "Bob"}

// each runs the test on every engine.
func each(t *testing.T, test func(b *bench)) {
	t.Helper()
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bench{t: t, ctx: t.Context(), at: noon}
			b.Store = open(t, b.clock)
			_, err := b.SavePlan(b.ctx, "com_a", 0, doc(ann, bob))
			b.must(err)
			test(b)
		})
	}
}

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

func TestContacts(t *testing.T) {
	each(t, func(b *bench) {
		claire := Contact{ID: "con_claire", Name: "Hélène Fontaine", Numbers: []string{"+33612345678", "+33144001022"}, Source: "crm", Organisation: "Hôtel du Parc", Note: "100 % _vip_"}
		b.must(b.SaveContact(b.ctx, claire))
		b.later(time.Hour)
		b.must(b.SaveContact(b.ctx, Contact{ID: "con_hotel", Name: "Hôtel du Parc", Numbers: []string{"+33144001022"}, Source: "directory"}))
		claire.Note = "vip"
		b.must(b.SaveContact(b.ctx, claire))
		got, err := b.Contact(b.ctx, "con_claire")
		b.must(err)
		claire.Created, claire.Changed = core.At(noon), core.At(noon.Add(time.Hour))
		if !reflect.DeepEqual(*got, claire) {
			b.t.Errorf("got %+v\nwant %+v", *got, claire)
		}
		who, err := b.ContactByNumber(b.ctx, "+33144001022")
		b.must(err)
		if who.ID != "con_claire" || who.Name != "Hélène Fontaine" {
			b.t.Errorf("who has the number: %+v", who)
		}
		_, err = b.ContactByNumber(b.ctx, "")
		b.is(err, core.Missing, "no-such-contact")
		for text, want := range map[string]int{"": 2, "helene": 1, "HÔTEL": 2, "hotel du  parc": 2, "44001022": 2, "612345678": 1, "%": 0, "_": 0, `\`: 0, "'": 0} {
			all, _, err := b.Contacts(b.ctx, text, "", 0)
			b.must(err)
			if len(all) != want {
				b.t.Errorf("%q finds %d, want %d", text, len(all), want)
			}
		}
		page, next, err := b.Contacts(b.ctx, "", "", 1)
		b.must(err)
		rest, end, err := b.Contacts(b.ctx, "", next, 1)
		b.must(err)
		if len(page) != 1 || len(rest) != 1 || page[0].ID == rest[0].ID || end != "" {
			b.t.Errorf("%v %q then %v %q", page, next, rest, end)
		}
		_, _, err = b.Contacts(b.ctx, "", "?", 1)
		b.is(err, core.Invalid, "bad-cursor")
		b.is(b.SaveContact(b.ctx, Contact{ID: "con_x"}), core.Invalid, "required")
		b.is(b.SaveContact(b.ctx, Contact{ID: "con_x", Name: "X", Numbers: []string{"+33 6"}}), core.Invalid, "bad-number")
		b.must(b.DeleteContact(b.ctx, "con_claire"))
		b.is(b.DeleteContact(b.ctx, "con_claire"), core.Missing, "no-such-contact")
		_, err = b.Contact(b.ctx, "con_claire")
		b.is(err, core.Missing, "no-such-contact")
		who, err = b.ContactByNumber(b.ctx, "+33144001022")
		b.must(err)
		if who.ID != "con_hotel" {
			b.t.Errorf("then it is %+v", who)
		}
	})
}

// call is an interaction with everything in it.
func call(n int) core.Interaction {
	came := core.At(noon.Add(time.Duration(n) * time.Minute))
	i := core.Interaction{
		ID: core.InteractionID(fmt.Sprintf("int_%03d", n)), Call: core.CallID(fmt.Sprintf("cal_%03d", n)), Direction: "inbound", Mode: "smart",
		From: core.Party{Number: fmt.Sprintf("+336%08d", n), Name: "Zoë"}, To: "+33100000001", Name: "Hélène", Queue: "que_sales", Agent: "usr_ann",
		Outcome: "answered", EndedBy: "caller", Cause: core.Cause{Why: core.HungUp}, Came: came, Answered: came.Add(5 * time.Second), Ended: came.Add(time.Minute),
		Talk:          55 * time.Second,
		Path:          []core.Visit{{Node: "n1", At: came, Output: "next"}},
		Vars:          []core.Var{{Name: "digits", Value: "2", Source: "menu"}},
		Distributions: []core.Distribution{{Queue: "que_sales", Entered: came, Left: came.Add(5 * time.Second), Outcome: "answered", Agent: "usr_ann", Wait: 5 * time.Second}},
		Offers: []core.OfferRecord{
			{ID: "off_1", Agent: "usr_bob", Queue: "que_sales", Made: came, Outcome: "ignored"},
			{ID: "off_2", Agent: "usr_ann", Queue: "que_sales", Made: came, Outcome: "answered", Decision: core.Decision{Candidates: []core.Candidate{{Agent: "usr_ann", Score: 3}}}},
		},
		Legs:      []core.LegRecord{{Leg: "leg_s1", Kind: "caller", Quality: &core.Quality{MOSIn: 441}}},
		SIPCallID: "x@y",
	}
	if n%2 == 1 {
		i.Agent, i.Answered, i.Outcome, i.Talk, i.Queue, i.Offers = "", 0, "abandoned", 0, "que_support", nil
		i.Distributions[0] = core.Distribution{Queue: "que_support", Entered: came, Left: i.Ended, Outcome: "caller_left", Wait: time.Minute}
	}
	if n%5 == 4 {
		i.Queue, i.Distributions, i.Offers, i.Agent, i.Answered, i.Outcome, i.Talk = "", nil, nil, "", 0, "hung_up", 0
	}
	return i
}

func keepCalls(b *bench, n int) {
	b.t.Helper()
	var facts []core.Fact
	for i := range n {
		facts = append(facts, call(i))
	}
	b.must(b.Keep(b.ctx, facts))
}

func TestInteractions(t *testing.T) {
	each(t, func(b *bench) {
		keepCalls(b, 20)
		keepCalls(b, 20) // twice changes nothing
		got, err := b.Interaction(b.ctx, "int_004")
		b.must(err)
		want := call(4)
		if !reflect.DeepEqual(*got, want) {
			b.t.Errorf("got  %+v\nwant %+v", *got, want)
		}
		_, err = b.Interaction(b.ctx, "int_999")
		b.is(err, core.Missing, "no-such-interaction")
		at := func(n int) core.Time { return core.At(noon.Add(time.Duration(n) * time.Minute)) }
		everything := Scope{All: true}
		for _, c := range []struct {
			name string
			f    Filter
			want []int // newest first
		}{
			{"a zero scope sees nothing", Filter{}, nil},
			{"all, the newest first", Filter{Seen: everything, Limit: 3}, []int{19, 18, 17}},
			{"who talked", Filter{Seen: everything, Agent: "usr_ann", Limit: 3}, []int{18, 16, 12}},
			{"who only was offered calls did not talk", Filter{Seen: everything, Agent: "usr_bob"}, nil},
			{"a queue", Filter{Seen: everything, Queue: "que_support", Limit: 2}, []int{17, 15}},
			{"an outcome", Filter{Seen: everything, Outcome: "hung_up"}, []int{19, 14, 9, 4}},
			{"a direction", Filter{Seen: everything, Direction: "outbound"}, nil},
			{"a number", Filter{Seen: everything, Number: "60000001", Limit: 5}, []int{19, 18, 17, 16, 15}},
			{"the end of a number", Filter{Seen: everything, Number: "0000007"}, []int{7}},
			{"no pattern in a number", Filter{Seen: everything, Number: "%"}, nil},
			{"words", Filter{Seen: everything, Text: "helene ZOE 00000003"}, []int{3}},
			{"some time", Filter{Seen: everything, Since: at(3), Before: at(6)}, []int{5, 4, 3}},
			{"all together", Filter{Seen: everything, Agent: "usr_ann", Queue: "que_sales", Outcome: "answered", Direction: "inbound", Text: "zoe", Number: "+33", Since: at(1), Before: at(7)}, []int{6, 2}},
			{"an agent sees what was offered too", Filter{Seen: Scope{Agent: "usr_bob"}, Limit: 2}, []int{18, 16}},
			{"a supervisor's queues", Filter{Seen: Scope{Queues: []core.QueueID{"que_x", "que_support"}}, Limit: 3}, []int{17, 15, 13}},
			{"what never reached a queue", Filter{Seen: Scope{Trees: true}}, []int{19, 14, 9, 4}},
			{"a supervisor who also takes calls", Filter{Seen: Scope{Agent: "usr_ann", Queues: []core.QueueID{"que_support"}, Trees: true}, Limit: 3}, []int{19, 18, 17}},
			{"others' calls are not seen by asking for them", Filter{Seen: Scope{Agent: "usr_zoe"}, Agent: "usr_ann"}, nil},
		} {
			all, next, err := b.Interactions(b.ctx, c.f)
			if err != nil {
				b.t.Errorf("%s: %v", c.name, err)
				continue
			}
			var ids, want []string
			for _, i := range all {
				ids = append(ids, string(i.ID))
			}
			for _, n := range c.want {
				want = append(want, fmt.Sprintf("int_%03d", n))
			}
			if !slices.Equal(ids, want) || (next != "") != (c.f.Limit == len(ids) && len(ids) > 0) {
				b.t.Errorf("%s: got %v %q, want %v", c.name, ids, next, want)
			}
		}
	})
}

func TestPagesOfInteractions(t *testing.T) {
	each(t, func(b *bench) {
		var facts []core.Fact
		for i := range 50 { // many in the same instant
			c := call(i)
			c.Came = core.At(noon.Add(time.Duration(i/10) * time.Second))
			facts = append(facts, c)
		}
		b.must(b.Keep(b.ctx, facts))
		for _, f := range []Filter{{Seen: Scope{All: true}, Limit: 7}, {Seen: Scope{Agent: "usr_ann"}, Agent: "usr_ann", Limit: 3}} {
			seen := map[core.InteractionID]bool{}
			for pages := 0; ; pages++ {
				all, next, err := b.Interactions(b.ctx, f)
				b.must(err)
				for _, i := range all {
					if seen[i.ID] {
						b.t.Errorf("%s comes twice", i.ID)
					}
					seen[i.ID] = true
				}
				if next == "" || pages > 50 {
					break
				}
				f.After = next
			}
			if want := 50; f.Agent == "" && len(seen) != want || f.Agent != "" && len(seen) != 20 {
				b.t.Errorf("%d were seen", len(seen))
			}
		}
		_, _, err := b.Interactions(b.ctx, Filter{Seen: Scope{All: true}, After: "x"})
		b.is(err, core.Invalid, "bad-cursor")
	})
}

func TestVoiceMessages(t *testing.T) {
	each(t, func(b *bench) {
		var facts []core.Fact
		for i := range 5 {
			facts = append(facts, call(i), core.VoiceMessage{
				ID: core.RecordID(fmt.Sprintf("vm_%d", i)), Interaction: call(i).ID, Mailbox: "box_front", From: core.Party{Number: "+33", Name: "Zoë"},
				Left: call(i).Ended, Length: 7 * time.Second, File: "voice/1.wav",
			})
		}
		b.must(b.Keep(b.ctx, facts))
		at := core.At(noon.Add(time.Hour))
		b.must(b.Heard(b.ctx, "vm_3", "usr_ann", at))
		b.must(b.Heard(b.ctx, "vm_3", "usr_bob", at.Add(time.Hour)))
		b.must(b.Done(b.ctx, "vm_3", "usr_bob", at))
		b.is(b.Done(b.ctx, "vm_9", "usr_bob", at), core.Missing, "no-such-message")
		b.must(b.Keep(b.ctx, facts)) // told again after a crash
		page, next, err := b.VoiceMessages(b.ctx, "", 2)
		b.must(err)
		if len(page) != 2 || page[0].ID != "vm_4" || page[0].HeardAt != 0 || next == "" {
			b.t.Errorf("%+v %q", page, next)
		}
		want := Message{VoiceMessage: facts[7].(core.VoiceMessage), HeardAt: at, HeardBy: "usr_ann", DoneAt: at, DoneBy: "usr_bob"}
		if !reflect.DeepEqual(page[1], want) {
			b.t.Errorf("got %+v want %+v", page[1], want)
		}
		page, next, err = b.VoiceMessages(b.ctx, next, 3)
		b.must(err)
		if len(page) != 3 || page[2].ID != "vm_0" || next != "" {
			b.t.Errorf("%+v %q", page, next)
		}
		m, err := b.VoiceMessage(b.ctx, "vm_3")
		b.must(err)
		if !reflect.DeepEqual(*m, want) {
			b.t.Errorf("%+v", m)
		}
	})
}

func TestSpans(t *testing.T) {
	each(t, func(b *bench) {
		at := func(n int) core.Time { return core.At(noon.Add(time.Duration(n) * time.Minute)) }
		day := []core.Fact{
			core.AgentMoved{Agent: "usr_ann", State: core.Ready, Activity: "act_calls", From: at(0), To: at(5)},
			core.AgentMoved{Agent: "usr_ann", State: core.Reserved, From: at(5), To: at(5)},
			core.AgentMoved{Agent: "usr_ann", State: core.Talking, From: at(5), To: at(9), Reason: "call"},
			core.AgentMoved{Agent: "usr_bob", State: core.Ready, From: at(0), To: at(9)},
		}
		b.must(b.Keep(b.ctx, day))
		b.must(b.Keep(b.ctx, day))
		got, err := b.Spans(b.ctx, "usr_ann", at(1), at(20))
		b.must(err)
		want := []Span{day[0].(core.AgentMoved), day[1].(core.AgentMoved), day[2].(core.AgentMoved)}
		if !reflect.DeepEqual(got, want) {
			b.t.Errorf("got %+v", got)
		}
		if got, err = b.Spans(b.ctx, "usr_ann", at(5), at(6)); err != nil || len(got) != 1 {
			b.t.Errorf("got %+v %v", got, err)
		}
	})
}

func TestRequests(t *testing.T) {
	each(t, func(b *bench) {
		begin := func(key, body string) (*Answer, error) { return b.BeginRequest(b.ctx, "usr_ann", key, body) }
		a, err := begin("k", "body")
		b.must(err)
		if a != nil {
			b.t.Errorf("new, yet %+v", a)
		}
		if a, err = begin("k", "body"); err != nil || a == nil || a.Status != 0 {
			b.t.Errorf("under way: %+v %v", a, err)
		}
		_, err = begin("k", "other")
		b.is(err, core.Invalid, "idempotency-key-reused")
		b.must(b.EndRequest(b.ctx, "usr_ann", "k", Answer{Status: 201, Body: "{}"}))
		b.later(23 * time.Hour)
		if a, err = begin("k", "body"); err != nil || a == nil || *a != (Answer{201, "{}"}) {
			b.t.Errorf("done: %+v %v", a, err)
		}
		b.later(2 * time.Hour)
		if a, err = begin("k", "other"); err != nil || a != nil {
			b.t.Errorf("a day later: %+v %v", a, err)
		}
		b.must(b.EndRequest(b.ctx, "usr_ann", "k", Answer{}))
		if a, err = begin("k", "third"); err != nil || a != nil {
			b.t.Errorf("after a failure: %+v %v", a, err)
		}
		b.later(3 * time.Minute)
		if a, err = begin("k", "third"); err != nil || a != nil {
			b.t.Errorf("after a crash: %+v %v", a, err)
		}
	})
}

func TestCheck(t *testing.T) {
	each(t, func(b *bench) {
		keepCalls(b, 20)
		broken, err := b.Check(b.ctx)
		b.must(err)
		if len(broken) != 0 {
			b.t.Fatal(broken)
		}
		twice, open := call(3), call(4)
		twice.ID = "int_again"
		open.Ended, open.Outcome = 0, ""
		at := func(n int) core.Time { return core.At(noon.Add(time.Duration(n) * time.Minute)) }
		b.must(b.Keep(b.ctx, []core.Fact{
			twice, open,
			core.AgentMoved{Agent: "usr_ann", State: core.Ready, From: at(0), To: at(5)},
			core.AgentMoved{Agent: "usr_ann", State: core.Talking, From: at(4), To: at(9)},
			core.VoiceMessage{ID: "vm_1", Interaction: "int_none", Left: at(-10)},
			core.VoiceMessage{ID: "vm_2", Interaction: "int_soon", Left: at(0)},
		}))
		broken, err = b.Check(b.ctx)
		b.must(err)
		found := map[string]string{}
		for _, r := range broken {
			found[r.What] = fmt.Sprint(r.Invariant, r.IDs)
		}
		want := map[string]string{
			"a call has more than one interaction": "4 [cal_003]",
			"an interaction is not closed":         "4 [int_004]",
			"an interaction ends before it begins": "3 [int_004]",
			"an agent was in two states at once":   "1 [usr_ann]",
			"a voice message has no interaction":   "4 [vm_1]",
		}
		if !reflect.DeepEqual(found, want) {
			b.t.Errorf("found %v", found)
		}
	})
}

func TestWritersShareACommitButNotTheirErrors(t *testing.T) {
	each(t, func(b *bench) {
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				err := b.SaveContact(b.ctx, Contact{ID: core.ContactID(fmt.Sprintf("con_%03d", i%100)), Name: fmt.Sprint("N", i)})
				if i >= 100 {
					err = b.DeleteContact(b.ctx, core.ContactID(fmt.Sprintf("con_x%d", i)))
					if core.KindOf(err) == core.Missing {
						err = nil
					}
				}
				if err != nil {
					b.t.Error(err)
				}
			})
		}
		all.Wait()
		n := 0
		for after := ""; ; {
			page, next, err := b.Contacts(b.ctx, "", after, 30)
			b.must(err)
			n += len(page)
			if after = next; after == "" {
				break
			}
		}
		if n != 100 {
			b.t.Errorf("%d were kept", n)
		}
		left, cancel := context.WithCancel(b.ctx)
		cancel()
		if err := b.SaveContact(left, Contact{ID: "con_late", Name: "Late"}); !errors.Is(err, context.Canceled) {
			b.t.Errorf("got %v", err)
		}
	})
}

func TestFactsAreKeptAllOrNone(t *testing.T) {
	each(t, func(b *bench) {
		err := b.Keep(b.ctx, []core.Fact{call(1), nil})
		if err == nil {
			b.t.Error("nothing was kept as something")
		}
		_, err = b.Interaction(b.ctx, "int_001")
		b.is(err, core.Missing, "no-such-interaction")
	})
}

func TestOddText(t *testing.T) {
	each(t, func(b *bench) {
		i := call(0)
		i.From = core.Party{Number: "'; drop table users; --", Name: "a\x00b\xffc 🐝"}
		b.must(b.Keep(b.ctx, []core.Fact{i}))
		all, _, err := b.Interactions(b.ctx, Filter{Seen: Scope{All: true}, Text: "'; DROP 🐝"})
		b.must(err)
		if len(all) != 1 {
			b.t.Errorf("%d were found", len(all))
		}
	})
}
