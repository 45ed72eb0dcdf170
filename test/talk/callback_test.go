package talk

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
	"belfry/media/sound"
)

// asksAt is the number of the queue whose callers may ask to be called back.
const asksAt = "+33149000000"

// chaos is a company whose callers ask to be called back, while its program is
// killed again and again.
type chaos struct {
	*house
	t         *testing.T
	chance    *rand.Rand
	customers []*customer
}

// customer is somebody who asks to be called back, once. Their phone counts how
// often it is rung.
type customer struct {
	number string
	phone  *extension
	caller *line
	rung   atomic.Int32
}

// TestCallbacksUnderKill: the program is killed at random moments of callbacks'
// lives: while a caller asks for one, while an agent looks at it, in the moment of
// the dial, while the customer rings, or talks. Whatever it was, no attempt rings
// the customer twice; and who was promised a call gets it, or as many attempts as
// the queue makes.
//
// Elsewhere two or three were dialled for one request:
// https://github.com/FreePBX/issue-tracker/issues/525.
func TestCallbacksUnderKill(t *testing.T) {
	t.Parallel()
	const kills, seed = 15, 4
	h := openWith(t, 0, nil, callsBack(3))
	c := &chaos{house: h, t: t, chance: rand.New(rand.NewPCG(seed, seed))}
	c.hushes("snd_cb_own", "snd_cb_accept", "snd_cb_stay", "snd_cb_thanks")
	for n := range 3 {
		p := h.page(fmt.Sprintf("k%02d", n), 0)
		p.post(t, "/me/shift/start")
		h.extension(p.name, hz(0, n), p.name).will("answer at once")
	}
	for n := range kills {
		two := []*customer{c.asks(), c.asks()}
		if n%2 == 0 { // else while they ask
			two[0].asked()
			two[1].asked()
		}
		<-time.After(time.Duration(50+c.chance.IntN(650)) * time.Millisecond)
		h.Kill()
		h.Start()
	}
	for _, x := range c.customers { // now they are there
		x.phone.next("answer")
	}
	c.settles()
	h.still(t)
}

// callsBack has phones serve a queue in which the key 1 asks for a call back. Who
// asks has a second for it before any of them is rung.
func callsBack(phones int) change {
	return func(d *plan.Doc) {
		far := d.Trunks[0]
		d.Queues = append(d.Queues, plan.Queue{
			ID: "que_back", Name: "back", Ring: 5, PostMode: "none", Music: "snd_music_default",
			NoAnswerDelay: -1, RejectDelay: -1, BusyDelay: -1, MaxMisses: -1,
			Waiting: plan.Waiting{
				Keys:     []plan.Key{{Key: "1", Do: "callback"}},
				Callback: plan.Callback{Attempts: 3, Every: 10, Ring: 5},
			},
		})
		d.Profiles = append(d.Profiles, plan.Profile{
			ID: "pro_k", Name: "k", Queues: []core.QueueID{"que_back"}, Rights: []plan.Right{plan.TakeCalls},
			Serving: map[core.QueueID]plan.Serving{"que_back": {Delay: 1}},
		})
		for n := range phones {
			login := fmt.Sprintf("k%02d", n)
			d.Users = append(d.Users, plan.User{
				ID: core.UserID("usr_" + login), Login: login, Name: login, Profile: "pro_k",
				Phone: fmt.Sprintf("sip:%s@%s:%d", login, far.Host, far.Port),
			})
		}
		d.Trees = append(d.Trees, plan.Tree{ID: "tre_back", Name: "back", Version: 1, Nodes: []plan.Node{
			{ID: "start", Kind: plan.Starts, Outputs: map[string]string{"next": "queue"}},
			{ID: "queue", Kind: "queue", Settings: json.RawMessage(`{"queue":"que_back"}`)},
		}})
		d.Numbers = append(d.Numbers, plan.Number{Number: asksAt, Tree: "tre_back"})
	}
}

// hushes has what is said to callers last no longer than a tenth of a second.
func (c *chaos) hushes(sounds ...string) {
	c.t.Helper()
	dir := filepath.Join(c.Dir, "sounds")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		c.t.Fatal(err)
	}
	for _, name := range sounds {
		w, err := sound.Create(filepath.Join(dir, name+".wav"), sound.Format{Rate: 8000, Channels: 1})
		if err != nil {
			c.t.Fatal(err)
		}
		if err := w.WritePCM(make([]int16, 800)); err != nil {
			c.t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			c.t.Fatal(err)
		}
	}
}

// asks has another customer call, press 1 to be called back and 1 for the number
// that they call from. What becomes of calls to them is chance.
func (c *chaos) asks() *customer {
	x := &customer{number: fmt.Sprintf("+336120000%02d", len(c.customers))}
	x.phone = c.extension("the customer "+x.number, hz(1, 0), x.number)
	c.customers = append(c.customers, x)
	fates := []string{"busy", "decline", "ring", "answer", "answer at once"}
	x.phone.next(fates[c.chance.IntN(len(fates))])
	c.work.Go(func() { x.counts(c.t.Context().Done()) })
	presses := time.Duration(100+c.chance.IntN(200)) * time.Millisecond
	x.caller = c.dialFrom("the caller "+x.number, hz(1, 1), asksAt, x.number)
	c.work.Go(func() {
		select {
		case <-x.caller.up:
		case <-x.caller.over: // the program was killed before
			return
		case <-c.t.Context().Done():
			return
		}
		time.AfterFunc(presses, func() {
			c.audio.Do(core.Order{Epoch: 1, Effect: core.SendDigits{Leg: x.caller.call.Leg, Digits: "11"}})
		})
	})
	return x
}

// next says what becomes of the next call, and forgets none of those before.
func (x *extension) next(do string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.does = do
}

// counts the calls to the customer, who talks for a moment when they have
// answered.
func (x *customer) counts(done <-chan struct{}) {
	for {
		select {
		case l := <-x.phone.calls:
			x.rung.Add(1)
			l.h.work.Go(func() {
				select {
				case <-l.up:
					time.AfterFunc(300*time.Millisecond, l.call.Hangup)
				case <-l.over:
				case <-done:
				}
			})
		case <-done:
			return
		}
	}
}

// wanted is what the history says of one customer.
type wanted struct {
	asked, called []record // calls of theirs, and to them
}

// history reads all there is of everybody, by number.
func (c *chaos) history() map[string]*wanted {
	c.t.Helper()
	all := map[string]*wanted{}
	for _, x := range c.customers {
		all[x.number] = &wanted{}
	}
	var list struct {
		Items []struct {
			record
			From, To string
		} `json:"items"`
		Next *string
	}
	c.admin.ask(c.t, "GET", "/api/v1/interactions?limit=100", nil, &list)
	if list.Next != nil {
		c.t.Fatal("there are more than a hundred calls")
	}
	for _, r := range list.Items {
		if w := all[r.From]; w != nil {
			w.asked = append(w.asked, r.record)
		}
		if w := all[r.To]; w != nil {
			w.called = append(w.called, r.record)
		}
	}
	return all
}

// settles waits until everybody who asked has been called back, and checks what
// became of them.
func (c *chaos) settles() {
	t := c.t
	t.Helper()
	var all map[string]*wanted
	open := ""
	until(t, func() string { return open + " is called back" }, func() bool {
		all = c.history()
		open = ""
		for _, x := range c.customers {
			w := all[x.number]
			if len(w.asked) == 1 && w.asked[0].Outcome == "callback" && (len(w.called) == 0 || w.called[0].Ended == nil) {
				open = x.number
			}
		}
		return open == ""
	})
	outcomes := map[string]int{}
	for _, x := range c.customers {
		w := all[x.number]
		if len(w.called) > 1 {
			t.Errorf("%s has two requests: %+v", x.number, w.called)
		}
		if len(w.called) == 0 {
			if x.caller.thanked() {
				t.Errorf("%s was thanked, and nobody calls them: %+v", x.number, w.asked)
			}
			continue
		}
		r := c.record(t, w.called[0].ID)
		attempts := 0
		for _, l := range r.Legs {
			if l.Kind == "number" {
				attempts++
			}
		}
		outcomes[fmt.Sprintf("%s after %d", r.Outcome, attempts)]++
		switch rung := int(x.rung.Load()); {
		case rung > attempts:
			t.Errorf("%s was rung %d times in %d attempts", x.number, rung, attempts)
		case r.Outcome == "answered" && rung == 0:
			t.Errorf("%s was reached without being rung: %+v", x.number, r)
		case r.Outcome == "not_reached" && attempts != 3, r.Outcome != "answered" && r.Outcome != "not_reached":
			t.Errorf("%s was given up after %d attempts: %+v", x.number, attempts, r)
		}
	}
	t.Logf("of %d customers: %v", len(c.customers), outcomes)
	if len(outcomes) == 0 {
		t.Error("nobody was called back: the run proves nothing")
	}
}

// asked waits until the program has thanked the customer and hung up; but not
// for ever: on a busy machine an agent may be quicker than their keys.
func (x *customer) asked() {
	select {
	case <-x.caller.over:
	case <-time.After(3 * time.Second):
	}
}

// thanked says whether the program has hung the caller up, as it does after its
// thanks.
func (l *line) thanked() bool {
	select {
	case <-l.over:
		return l.cause.Why == core.HungUp
	default:
		return false
	}
}
