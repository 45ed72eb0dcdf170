package test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	company "belfry/app/demo"
	"belfry/core"
	"belfry/core/plan"
	"belfry/store"
)

// crowd are so many callers in one queue that, once a few have been answered, who
// comes next would wait too long.
const crowd = 40

// exits is a company with a queue for each way out of one, each with a number of
// its own. The crowd's queue has three: it is full, some are answered, and the next
// would wait too long; one who is answered is sent on to a queue that is removed.
type exits struct {
	*Program
	t        testing.TB
	bob, cho *Client
	phone    int // of bob's ports the first
	numbers  map[string]string
}

// TestQueueOutputs: callers leave a queue by each of its outputs; the record of the
// call and the counters say by which. One of them is declined by the only agent
// when the maximum wait is just over: they leave by max_wait, and go where the tree
// sends them.
func TestQueueOutputs(t *testing.T) {
	t.Parallel()
	needSipp(t)
	p := openExits(t)
	began := time.Now()
	p.calls("crowd", "-m", strconv.Itoa(crowd), "-r", strconv.Itoa(crowd))
	p.calls("closed")
	p.calls("no_agent_logged_in")
	p.presses("key_pressed")
	p.presses("callback_accepted")
	p.Sipp(t, "caller.xml", "-s", p.numbers["caller_left"], "-d", "1000", "-m", "1")
	p.calls("no_agent_during_wait")
	p.calls("no_agent_for_skills")
	p.left("no_agent_for_skills", 1)
	p.waits("no_agent_during_wait", 1)
	p.is(p.cho, "act_break")
	p.declinedAtTheLimit()
	p.waits("crowd", crowd)
	p.calls("crowd")
	p.left("crowd", 1) // full
	Wait(t, "the crowd has waited a while", func() bool { return time.Since(began) > 5*time.Second })
	p.answers(5)
	p.checkRecords()
	p.checkCounters()
	p.Sound()
}

// openExits starts the company: the demo's, with these queues. Cho serves two of
// them, in one of which she has not what it asks for, and in the other gets nothing
// for hours. No tree leads to the queue that is removed: it is sent to.
func openExits(t testing.TB) *exits {
	t.Helper()
	p := &exits{t: t, numbers: map[string]string{}}
	doc, key := company.Doc(), func(does string) plan.Waiting {
		return plan.Waiting{Keys: []plan.Key{{Key: "1", Do: does}}}
	}
	doc.Hours = append(doc.Hours, plan.Hours{ID: "hrs_never", Name: "Never"})
	p.queue(doc, "closed", plan.Queue{Waiting: plan.Waiting{Hours: "hrs_never"}})
	p.queue(doc, "no_agent_logged_in", plan.Queue{Empty: true})
	p.queue(doc, "no_agent_for_skills", plan.Queue{Empty: true, Requires: &plan.Requirement{Skill: "greek", Level: 1}})
	p.queue(doc, "no_agent_during_wait", plan.Queue{Empty: true})
	p.queue(doc, "max_wait", plan.Queue{MaxWait: 3, RejectDelay: -1})
	p.queue(doc, "key_pressed", plan.Queue{Waiting: key("leave")})
	p.queue(doc, "callback_accepted", plan.Queue{Waiting: key("callback")})
	p.queue(doc, "caller_left", plan.Queue{})
	p.queue(doc, "crowd", plan.Queue{MaxSize: crowd, Waiting: plan.Waiting{MaxExpected: 30}})
	doc.Queues = append(doc.Queues, plan.Queue{ID: "que_removed", Name: "removed"})
	p.phone = ports(t, 1) // a block of them
	for i := range doc.Users {
		switch u := &doc.Users[i]; u.Login { // at fixed addresses: nobody asks whether they are there
		case "bob":
			u.Phone = at(p.phone)
		case "cho":
			u.Phone = at(p.phone + 20)
		}
	}
	dir := t.TempDir()
	fill(t, dir, doc)
	p.Program = Serve(t, dir)
	p.Change("profiles/pro_support", map[string]any{
		"queues":  []string{"que_no_agent_for_skills", "que_no_agent_during_wait"},
		"serving": map[string]any{"que_no_agent_during_wait": map[string]int{"delay_seconds": 9999}},
	})
	p.Change("profiles/pro_sales", map[string]any{"queues": []string{"que_max_wait"}})
	p.bob, p.cho = p.Login("bob"), p.Login("cho")
	for _, c := range []*Client{p.bob, p.cho} {
		c.Do("POST", "/api/v1/me/shift/start", map[string]string{}, nil)
		Wait(t, "the phones' agents are ready", func() bool { return c.desk().Agent.State == "ready" })
	}
	return p
}

// at is the contact of a phone.
func at(port int) string { return fmt.Sprintf("sip:phone@127.0.0.1:%d", port) }

// fill writes a company into a data folder, with the demo's passwords.
func fill(t testing.TB, dir string, doc *plan.Doc) {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(dir, "belfry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.SavePlan(t.Context(), doc.Company.ID, 0, text); err != nil {
		t.Fatal(err)
	}
	for _, u := range doc.Users {
		if err := st.SetPassword(t.Context(), u.ID, u.Login, company.Password); err != nil {
			t.Fatal(err)
		}
		if err := st.SetPhoneSecret(t.Context(), u.ID, u.Extension, company.Password+"-"+u.Extension); err != nil {
			t.Fatal(err)
		}
	}
}

// queue adds one, and a tree and a number that lead to it. Who is let go hears a
// few words; who is to be called back hears those of the queue.
func (p *exits) queue(doc *plan.Doc, name string, q plan.Queue) {
	number := fmt.Sprintf("+331000001%02d", len(p.numbers))
	p.numbers[name] = number
	q.ID, q.Name, q.PostMode, q.Music = core.QueueID("que_"+name), name, "none", "snd_music_default"
	outputs := map[string]string{}
	for _, o := range []string{
		"full", "closed", "no_agent_logged_in", "no_agent_for_skills", "no_agent_during_wait", "max_wait", "ewt_too_long",
		"key_pressed",
	} {
		outputs[o] = "bye"
	}
	tree := core.TreeID("tre_" + name)
	doc.Queues = append(doc.Queues, q)
	doc.Numbers = append(doc.Numbers, plan.Number{Number: number, Label: name, Tree: tree})
	doc.Trees = append(doc.Trees, plan.Tree{ID: tree, Name: name, Version: 1, Nodes: []plan.Node{
		{ID: "start", Kind: plan.Starts, Outputs: map[string]string{"next": "queue"}},
		{ID: "queue", Kind: "queue", Settings: json.RawMessage(`{"queue":"que_` + name + `"}`), Outputs: outputs},
		{ID: "bye", Kind: "hangup", Settings: json.RawMessage(`{"sounds":["snd_closed"]}`)},
	}})
}

// calls starts callers into a queue, who wait until they are hung up on; one,
// unless args say more.
func (p *exits) calls(queue string, args ...string) *Sipp {
	p.t.Helper()
	return p.caller(queue, time.Hour, args...)
}

// presses starts one who presses the key 1 again and again.
func (p *exits) presses(queue string) *Sipp {
	p.t.Helper()
	return p.caller(queue, time.Second)
}

func (p *exits) caller(queue string, every time.Duration, args ...string) *Sipp {
	p.t.Helper()
	file := scenario(p.t, "caller_waits.xml", "EVERY", strconv.FormatInt(every.Milliseconds(), 10))
	return sipp(p.t, append([]string{p.SIP, "-sf", file, "-i", "127.0.0.2", "-p", "0", "-s", p.numbers[queue], "-m", "1"}, args...)...)
}

// waits waits until so many calls stand in line.
func (p *exits) waits(queue string, n int) {
	p.t.Helper()
	Wait(p.t, fmt.Sprintf("%d calls wait in %s", n, queue), func() bool {
		var list struct {
			Items []struct {
				ID      string `json:"id"`
				Waiting int    `json:"waiting"`
			} `json:"items"`
		}
		p.bob.Do("GET", "/api/v1/destinations?kind=queue&q="+queue, nil, &list)
		for _, q := range list.Items {
			if q.ID == "que_"+queue {
				return q.Waiting == n
			}
		}
		return false
	})
}

func (p *exits) is(who *Client, activity string) {
	p.t.Helper()
	if s := who.Do("PUT", "/api/v1/me/activity", map[string]string{"activity": activity}, nil); s >= 300 {
		p.t.Fatalf("nobody can be %s: %d", activity, s)
	}
}

// declinedAtTheLimit has somebody ring at bob's phone for as long as the queue lets
// them wait; then he declines.
func (p *exits) declinedAtTheLimit() {
	p.t.Helper()
	Phones(p.t, p.phone, "phone_declines.xml", "-m", "1", "-d", "3000")
	p.calls("max_wait")
	x := p.left("max_wait", 1)[0]
	if len(x.Offers) != 1 || x.Offers[0].Agent != "usr_bob" || x.Offers[0].Outcome != "declined" {
		p.t.Fatalf("the call was offered so: %+v", x.Offers)
	}
	if d := x.Distributions[0]; d.Wait < 3 || !d.Left.Equal(x.Offers[0].Ended) {
		p.t.Errorf("they left %+v, and were declined at %v", d, x.Offers[0].Ended)
	}
	if d := p.bob.desk(); d.Today.Missed != 0 || d.Agent.State != "ready" {
		p.t.Errorf("after the decline bob's desk is %+v", d)
	}
}

// answers has bob serve the crowd and talk to so many of them, to the last one
// still when somebody comes who would wait too long.
func (p *exits) answers(n int) {
	p.t.Helper()
	phone := p.phone + 10
	Phones(p.t, phone, "phones.xml", "-m", strconv.Itoa(n), "-d", "100", "-mp", strconv.Itoa(phone+2))
	p.Change("users/usr_bob", map[string]any{"phone": at(phone)})
	serves := func(queues ...string) { p.Change("profiles/pro_sales", map[string]any{"queues": queues}) }
	serves("que_crowd")
	call := ""
	for i := range n {
		Wait(p.t, "bob talks to the next one", func() bool {
			calls := p.bob.desk().Calls
			if len(calls) != 1 || calls[0].State != "talking" || calls[0].ID == call {
				return false
			}
			call = calls[0].ID
			return true
		})
		if i == 0 {
			p.withdrawn(call)
			continue
		}
		if i == n-1 {
			p.calls("crowd")
			p.left("crowd", n+1) // ewt_too_long, beside one who was turned away and those who talked
			serves("que_max_wait")
		}
		if s := p.bob.Do("POST", "/api/v1/calls/"+call+"/hangup", nil, nil); s >= 300 {
			p.t.Fatalf("bob cannot hang up: %d", s)
		}
	}
}

// withdrawn has bob send a call to a queue, which is then removed.
func (p *exits) withdrawn(call string) {
	p.t.Helper()
	order := map[string]any{"mode": "blind", "to": map[string]string{"queue": "que_removed"}}
	if s := p.bob.Do("POST", "/api/v1/calls/"+call+"/transfer", order, nil); s >= 300 {
		p.t.Fatalf("bob cannot send the call on: %d", s)
	}
	p.waits("removed", 1)
	admin := p.Login("admin")
	if s := admin.Do("DELETE", "/api/v1/queues/que_removed", nil, nil); s != http.StatusConflict {
		p.t.Errorf("a queue in which somebody waits is removed by the way: %d", s)
	}
	if s := admin.Do("DELETE", "/api/v1/queues/que_removed?withdraw=true", nil, nil); s != http.StatusNoContent {
		p.t.Fatalf("the queue is not removed: %d", s)
	}
}

// left waits until all calls into a queue are over and gives their records.
func (p *exits) left(queue string, n int) (all []Interaction) {
	p.t.Helper()
	admin := p.Login("admin")
	Wait(p.t, fmt.Sprintf("%d calls into %s are over", n, queue), func() bool {
		all = nil
		for _, x := range admin.interactions() {
			if x.To == p.numbers[queue] && x.Ended != "" {
				all = append(all, x)
			}
		}
		return len(all) == n
	})
	for i := range all {
		admin.Do("GET", "/api/v1/interactions/"+all[i].ID, nil, &all[i])
		if d := all[i].Distributions; len(d) == 0 || d[0].Queue != "que_"+queue {
			p.t.Fatalf("a call into %s went through %+v", queue, d)
		}
	}
	return all
}

// checkRecords says that the calls left as they should, each through one queue.
func (p *exits) checkRecords() {
	p.t.Helper()
	for queue := range p.numbers {
		want := map[string]int{queue: 1}
		if queue == "crowd" {
			want = map[string]int{"full": 1, "answered": 5, "ewt_too_long": 1, "withdrawn": 1}
		}
		n, got := 1, map[string]int{}
		if queue == "crowd" {
			n = 7 // the others wait still
		}
		for _, x := range p.left(queue, n) {
			for _, d := range x.Distributions {
				got[d.Outcome]++
			}
		}
		if !maps.Equal(got, want) {
			p.t.Errorf("the records of %s say %v, not %v", queue, got, want)
		}
	}
}

// checkCounters says that /metrics counts the same, of the queue that was removed
// too.
func (p *exits) checkCounters() {
	p.t.Helper()
	want := map[string]int{}
	for queue := range p.numbers {
		want["que_"+queue+" "+queue] = 1
	}
	delete(want, "que_crowd crowd")
	want["que_removed withdrawn"] = 1
	want["que_crowd full"], want["que_crowd answered"], want["que_crowd ewt_too_long"] = 1, 5, 1
	got := map[string]int{}
	Wait(p.t, "the counters are as they should be", func() bool {
		got = p.counted()
		return maps.Equal(got, want)
	})
}

// counted reads belfry_queue_left_today, by queue and output, without zeros.
func (p *exits) counted() map[string]int {
	p.t.Helper()
	res, err := http.Get(p.HTTP + "/metrics") //nolint:noctx // a test's
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	all := map[string]int{}
	for ln := range strings.Lines(string(text)) {
		var queue, output string
		var n int
		ln = strings.NewReplacer("{", " ", "}", " ", ",", " ", "\"", " ", "=", " ").Replace(ln)
		if _, err := fmt.Sscanf(ln, "belfry_queue_left_today queue %s output %s %d", &queue, &output, &n); err == nil && n > 0 {
			all[queue+" "+output] = n
		}
	}
	return all
}
