package test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestSwitchProfile: an agent works with another of their profiles without logging
// out. Calls of its queues are offered to them, those of the queues of the one
// before are not, and come as soon as they are back to it.
func TestSwitchProfile(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ann.works("Sales and support", "Sales", "pro_sales")
	support := p.Dial("+33100000002", "--from", "+33144001022")
	Wait(t, "a call of support waits", func() bool { return p.waiting("que_support") == 1 })
	sales := p.Dial("+33100000001")
	ann.WaitPopup()
	ann.WaitText("Claire Fontaine")
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.works("Sales", "Support", "pro_sales") // as soon as she is free: her call is of sales
	sales.HangUp()
	ann.Click("button", "End the post-interaction")
	ann.WaitPopup()
	ann.WaitText("Hôtel du Parc")
	if got := ann.profile(); got != "pro_support" {
		t.Errorf("ann works with %s", got)
	}
	ann.Answer()
	ann.WaitTone(callerHz)
	support.HangUp()
	ann.EndPost()
	sales = p.Dial("+33100000001")
	Wait(t, "a call of sales waits", func() bool { return p.waiting("que_sales") == 1 })
	ann.Pass(500 * time.Millisecond)
	if ann.Rings() {
		t.Error("a call of sales is offered to ann, who works for support")
	}
	ann.works("Support", "Sales", "pro_sales")
	ann.WaitPopup() // at once: it waits
	sales.HangUp()
	for _, x := range p.history(3) {
		if x.Queue == "que_support" && x.Agent != "usr_ann" || len(x.Offers) != 1 {
			t.Errorf("the history says %+v", x)
		}
	}
	ann.CheckErrors()
	p.Sound()
}

// works has the agent choose another profile; now is the one that they have then.
func (a *Agent) works(before, profile, now string) {
	a.t.Helper()
	a.Click("button", "EN Language, theme and more")
	a.Click("menuitem", "Profile and status "+before)
	a.Find("dialog", "Profile and status")
	a.Click("radio", profile)
	Wait(a.t, a.login+" works with "+now, func() bool { return a.profile() == now })
	a.Press("Escape")
	a.Gone("dialog", "Profile and status")
}

// profile is the one in use.
func (a *Agent) profile() string {
	var d struct{ Agent struct{ Profile string } }
	a.Do("GET", "/api/v1/me/desk", nil, &d)
	return d.Agent.Profile
}

// waiting is how many calls wait in a queue.
func (p *Program) waiting(queue string) int {
	p.t.Helper()
	var b struct {
		Queues []struct {
			ID      string
			Waiting int
		}
	}
	p.Login("sam").Do("GET", "/api/v1/live", nil, &b)
	for _, q := range b.Queues {
		if q.ID == queue {
			return q.Waiting
		}
	}
	return 0
}

// TestQualificationIsRequired: a call of a queue that wants it cannot be closed
// before it is qualified, by button, key or program; its time can be extended by
// the queue's step, as often as the queue says. Who lets it run out owes it.
func TestQualificationIsRequired(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	p.Change("queues/que_sales", map[string]any{"form_required": true, "post_seconds": 20, "post_step_seconds": 10, "post_steps": 2})
	ann := p.Agent(t, "ann")
	ann.talksFor(p)
	ann.WaitText("This call must be qualified.")
	began := ann.post()
	ann.Click("button", "End the post-interaction") // says why not
	ann.Press("p", "Alt")
	if status := ann.Do("POST", "/api/v1/me/post/end", nil, nil); status != http.StatusConflict && status != http.StatusUnprocessableEntity {
		t.Errorf("a program that ends it is answered %d", status)
	}
	for i := 1; i <= 2; i++ {
		ann.Click("button", "Extend the post-interaction time")
		Wait(t, "it is extended", func() bool { return ann.post().Extended == i })
	}
	ann.Click("button", "Extend the post-interaction time")
	if status := ann.Do("POST", "/api/v1/me/post/extend", nil, nil); status != http.StatusConflict {
		t.Errorf("a third time is answered %d", status)
	}
	post := ann.post()
	if more := post.Ends.Sub(began.Ends); post.Extended != 2 || post.MayExtend != 0 || more != 20*time.Second {
		t.Errorf("extended %d times, by %v: %+v", post.Extended, more, post)
	}
	ann.Type("combobox", "Qualification", "Closed")
	ann.Press("Enter")
	ann.WaitText("Saved")
	ann.EndPost()
	if owed := ann.owed(); len(owed) != 0 {
		t.Errorf("ann still has to qualify %v", owed)
	}
	p.Change("queues/que_sales", map[string]any{"post_seconds": 1})
	ann.talksFor(p)
	ann.Ready() // a second later
	ann.WaitText("1 call to qualify")
	Wait(t, "the call is on the list of those to qualify", func() bool {
		owed := ann.owed()
		return len(owed) == 1 && owed[0] == p.history(2)[0].ID
	})
	ann.CheckErrors()
	p.Sound()
}

// talksFor has the agent take a call of sales, whose caller hangs up.
func (a *Agent) talksFor(p *Program) {
	a.t.Helper()
	ph := p.Dial("+33100000001")
	a.Answer()
	a.WaitTone(callerHz)
	ph.HangUp()
	a.Gone("region", "Active call")
}

// owed are the calls whose qualification the agent owes.
func (a *Agent) owed() (calls []string) {
	a.t.Helper()
	var list struct {
		Items []struct{ Interaction string }
	}
	a.Do("GET", "/api/v1/to-qualify", nil, &list)
	for _, one := range list.Items {
		calls = append(calls, one.Interaction)
	}
	return calls
}

// postView is a post-interaction, as far as tests look at it.
type postView struct {
	Ends      time.Time `json:"ends"`
	Extended  int       `json:"extended"`
	MayExtend int       `json:"may_extend"`
}

func (a *Agent) post() postView {
	a.t.Helper()
	var d struct{ Post *postView }
	Wait(a.t, "there is a post-interaction", func() bool {
		a.Do("GET", "/api/v1/me/desk", nil, &d)
		return d.Post != nil
	})
	return *d.Post
}

// whisperHz is what an agent is told before a call.
const whisperHz = 1700

// TestWhisper: what a queue says to its agents is heard by the agent before the
// caller is, and never by the caller, who hears the music on; then the two hear
// each other. A click goes to the caller at once.
func TestWhisper(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	dir := filepath.Join(p.Dir, "sounds")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(tone(t, whisperHz, 2500*time.Millisecond))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "snd_whisper.wav"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if status := p.Login("admin").Do("POST", "/api/v1/sounds", map[string]string{"id": "snd_whisper", "name": "Whisper"}, nil); status != http.StatusCreated {
		t.Fatalf("a new sound is answered %d", status)
	}
	p.Change("queues/que_sales", map[string]any{"whisper": "snd_whisper"})
	ann := p.Agent(t, "ann")
	ann.Record()
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.WaitText("The caller does not hear you yet.")
	ann.WaitTone(whisperHz)
	ann.WaitNoText("The caller does not hear you yet.")
	ann.WaitTone(callerHz)
	ann.Pass(1500 * time.Millisecond)
	ph.HangUp()
	heard := ann.Heard(whisperHz, callerHz)
	if heard[0] < 1.5 || heard[1] < 1 {
		t.Errorf("ann heard the whisper for %.2f s and the caller for %.2f s", heard[0], heard[1])
	}
	r := ph.Heard()
	if s := r.seconds(whisperHz); s > 0 {
		t.Errorf("the caller heard the whisper for %.1f s", s)
	}
	if spans := r.bursts(agentHz); len(spans) != 1 || spans[0][1]-spans[0][0] < 10 {
		t.Errorf("the caller heard ann in %v (tenths of a second)", spans)
	} else if from := spans[0][0]; from < 22 || r.loudness(from-20, from-2) < 0.005 {
		t.Errorf("until ann was there, at %d tenths of a second, the caller did not hear music", from)
	}
	ann.EndPost()
	ph = p.Dial("+33100000001")
	ann.Answer()
	began := time.Now()
	ann.Click("button", "To the caller at once")
	ann.WaitTone(callerHz)
	t.Logf("a click brought the caller after %v", time.Since(began))
	ph.HangUp()
	ann.CheckErrors()
	p.Sound()
}
