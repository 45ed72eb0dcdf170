package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
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
