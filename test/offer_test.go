package test

import (
	"os"
	"sync"
	"testing"
	"time"
)

// TestDeclineAndRingOut: a declined call goes to the next agent, and so does one
// that rings out, after its ten seconds and at once; only the second is a miss.
func TestDeclineAndRingOut(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	all := p.Agents(t, "ann", "bob", "cho")
	ann, bob, cho := all[0], all[1], all[2]
	sales := p.Dial("+33100000001")
	ann.WaitPopup() // she has been free for longer than bob
	ann.Click("button", "Decline")
	ann.NoPopup()
	bob.Answer()
	support := p.Dial("+33100000002")
	cho.WaitPopup() // ann rests
	Wait(t, "it rings at ann's after cho's ten seconds", ann.Rings)
	cho.NoPopup()
	cho.WaitText("Missed")
	if m := cho.desk().Missed; len(m) != 1 || m[0].Cause != "ignored" {
		t.Errorf("cho missed %+v", m)
	}
	ann.Answer()
	sales.HangUp()
	support.HangUp()
	x := p.history(2)
	for i, want := range [][2]Offer{
		{{Agent: "usr_cho", Outcome: "ignored"}, {Agent: "usr_ann", Outcome: "answered"}},
		{{Agent: "usr_ann", Outcome: "declined"}, {Agent: "usr_bob", Outcome: "answered"}},
	} {
		got := x[i].Offers
		if len(got) != 2 || got[0].Agent != want[0].Agent || got[0].Outcome != want[0].Outcome ||
			got[1].Agent != want[1].Agent || got[1].Outcome != want[1].Outcome {
			t.Fatalf("the call was offered so: %+v, not %+v", got, want)
		}
		if gap := got[1].Made.Sub(got[0].Ended); gap < 0 || gap > 200*time.Millisecond {
			t.Errorf("from %s to the next agent it took %v", want[0].Outcome, gap)
		}
	}
	if rang := x[0].Offers[0].Ended.Sub(x[0].Offers[0].Drawn); rang < 9500*time.Millisecond || rang > 10500*time.Millisecond {
		t.Errorf("it rang for %v, not 10 s", rang)
	}
	ann.CheckMisses(0) // a decline is none
	bob.CheckMisses(0)
	cho.CheckMisses(1)
	if m := cho.desk().Missed; len(m) != 0 { // ann has spoken to them: nobody need call back
		t.Errorf("cho is still to call back %+v", m)
	}
	p.Sound()
}

// TestCallerGivesUp: the popup goes away, and nobody is charged.
func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ph := p.Dial("+33100000001")
	ann.WaitPopup()
	ph.end(os.Interrupt)
	ann.WaitText("Caller left") // for two seconds
	ph.Well()
	ann.NoPopup()
	ann.Ready()
	ann.CheckMisses(0)
	x := p.history(1)[0]
	if x.Outcome != "abandoned" || x.EndedBy != "caller" || len(x.Offers) != 1 || x.Offers[0].Outcome != "caller_left" {
		t.Errorf("the history says %+v", x)
	}
	ann.CheckErrors()
}

// TestTwoTabs: both tabs show the popup, one answers, the other's closes and both
// show the call, which is heard once.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	second := ann.Tab()
	ph := p.Dial("+33100000001")
	ann.WaitPopup()
	second.WaitPopup()
	second.Click("button", "Accept")
	ann.NoPopup()
	second.NoPopup()
	second.Find("region", "Active call")
	ann.Wait(`document.querySelector('section[aria-label="Active call"]') !== null`) // a hidden tab draws nothing, and tells no screen reader
	ann.WaitTone(callerHz)
	ann.Pass(time.Second)
	ph.HangUp()
	if s := ph.Heard().seconds(agentHz); s < 0.8 {
		t.Errorf("the caller heard the agent for %.1f s only", s)
	}
	if x := p.history(1)[0]; len(x.Offers) != 1 || x.Offers[0].Outcome != "answered" {
		t.Errorf("two tabs made of one offer %+v", x.Offers)
	}
	p.Sound()
}

// TestFrozenPage: a page that does not answer while it rings loses the call to
// the next agent within 2.5 s, and its agent is not charged. So does one that is
// closed.
func TestFrozenPage(t *testing.T) {
	p := Demo(t)
	all := p.Agents(t, "ann", "bob")
	ann, bob := all[0], all[1]
	for i, way := range []string{"frozen", "closed"} {
		t.Run(way, func(t *testing.T) {
			bob.Be("act_break")
			ph := p.Dial("+33100000001")
			ann.WaitPopup() // after a fault she rests for a while
			bob.Be("act_available")
			if way == "frozen" {
				ann.Freeze(true)
			} else {
				ann.Close()
			}
			began := time.Now()
			bob.WaitPopup()
			d := time.Since(began)
			t.Logf("the call stood at the next agent after %v", d)
			if d > 4*time.Second { // 2.5 s on a machine that has nothing else to do
				t.Errorf("the call stood at the next agent after %v only", d)
			}
			bob.Answer()
			bob.WaitTone(callerHz)
			ph.HangUp()
			x := p.history(i + 1)[0]
			if len(x.Offers) < 2 || x.Offers[0].Agent != "usr_ann" || x.Offers[0].Outcome != "device_fault" {
				t.Errorf("the call was offered so: %+v", x.Offers)
			}
			ann.CheckMisses(0)
			if got := ann.desk().Agent.State; got != "device_lost" {
				t.Errorf("ann, whose page is %s, is %s", way, got)
			}
			if way == "frozen" {
				ann.Freeze(false)
				ann.Ready()
				bob.EndPost()
			}
		})
	}
	p.Sound()
}

// TestAsleepWhileIdle: a page that sleeps while nothing rings is found out before
// a call comes, which then rings at the next agent at once; it says so when it
// wakes.
func TestAsleepWhileIdle(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	all := p.Agents(t, "ann", "bob")
	ann, bob := all[0], all[1]
	ann.Freeze(true)
	WaitFor(t, 30*time.Second, "ann's page is missed", func() bool { return ann.desk().Agent.Reason == "page_frozen" })
	ph := p.Dial("+33100000001")
	bob.Answer()
	ph.HangUp()
	if x := p.history(1)[0]; len(x.Offers) != 1 || x.Offers[0].Agent != "usr_bob" {
		t.Errorf("the call was offered so: %+v", x.Offers)
	}
	ann.CheckMisses(0)
	ann.Freeze(false)
	ann.WaitText("You are in line for calls again.")
	ann.Ready()
	p.Sound()
}

// TestDeafServer: a page that hears of a call and can say nothing back, for its
// network lets nothing out, loses it to the next agent and is not charged.
func TestDeafServer(t *testing.T) {
	p := Demo(t)
	all := p.Agents(t, "ann", "bob")
	ann, bob := all[0], all[1]
	ann.Offline(true)
	ph := p.Dial("+33100000001")
	Wait(t, "the call is offered to ann", ann.Rings)
	began := time.Now()
	bob.WaitPopup()
	if d := time.Since(began); d > 4*time.Second { // 2.5 s on a machine that has nothing else to do
		t.Errorf("the call stood at the next agent after %v only", d)
	}
	bob.Answer()
	ph.HangUp()
	ann.CheckMisses(0)
	if d := ann.desk(); d.Agent.State != "device_lost" {
		t.Errorf("ann is %+v", d.Agent)
	}
	ann.Offline(false)
	ann.Ready()
	p.Sound()
}

// TestMicrophoneGone: an agent whose microphone is forbidden or pulled while
// nothing rings is out of the line, before a call comes: it goes to the next
// agent at once, and nobody is charged. With the microphone the agent is back.
func TestMicrophoneGone(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	all := p.Agents(t, "ann", "bob")
	ann, bob := all[0], all[1]
	for i, way := range []struct {
		name, says string
		gone, back func()
	}{
		{
			"forbidden", "The microphone is blocked.",
			func() { ann.Permit(p.HTTP, "denied") }, func() { ann.Permit(p.HTTP, "granted") },
		},
		{"pulled", "No microphone was found.", ann.Unplug, ann.Plug},
	} {
		t.Run(way.name, func(t *testing.T) {
			way.gone()
			Wait(t, "ann is out of the line", func() bool { return ann.desk().Agent.State == "device_lost" })
			ann.WaitText(way.says)
			ph := p.Dial("+33100000001")
			bob.Answer()
			bob.WaitTone(callerHz)
			ph.HangUp()
			bob.EndPost()
			x := p.history(i + 1)[0]
			if len(x.Offers) != 1 || x.Offers[0].Agent != "usr_bob" {
				t.Errorf("the call was offered so: %+v", x.Offers)
			} else if wait := x.Offers[0].Drawn.Sub(x.Offers[0].Made); wait > 2*time.Second {
				t.Errorf("it was drawn after %v", wait)
			}
			ann.CheckMisses(0)
			bob.Be("act_break")
			way.back()
			ann.Ready()
			ann.WaitNoText(way.says)
			bob.Be("act_available")
		})
	}
	p.Sound()
}

// TestAutoAnswer: for an agent whose profile says so the call is there after two
// short notes, without a hand.
func TestAutoAnswer(t *testing.T) {
	p := Demo(t)
	dan := p.Agent(t, "dan")
	dan.Record()
	ph := p.Dial("+33100000002")
	dan.Find("region", "Active call")
	dan.WaitTone(callerHz)
	dan.Pass(1500 * time.Millisecond)
	ph.HangUp()
	heard := dan.Heard(659, 988, callerHz)
	if heard[0] < 0.08 || heard[0] > 0.4 || heard[1] < 0.08 || heard[1] > 0.4 || heard[2] < 1 {
		t.Errorf("dan heard the two notes for %.2f and %.2f s, the caller for %.2f s", heard[0], heard[1], heard[2])
	}
	if s := ph.Heard().seconds(agentHz); s < 1 {
		t.Errorf("the caller heard dan for %.1f s only", s)
	}
	p.Sound()
}

// TestColours: a call through a queue is raspberry, one to an extension ocean
// blue; the popup on the screen has the very colour of the pages' tokens.
func TestColours(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	for _, ca := range []struct{ number, token, colour, text string }{
		{"201", "ocean", "rgb(6, 58, 107)", "Direct call · external"},
		{"+33100000001", "raspberry", "rgb(179, 18, 63)", "Smart Routing call"},
	} {
		ph := p.Dial(ca.number)
		is, wanted := ann.PopupColour(ca.token)
		if is != wanted || is != ca.colour {
			t.Errorf("the popup of a call to %s is %s, not %s (%s)", ca.number, is, wanted, ca.colour)
		}
		ann.WaitText(ca.text)
		if o := ann.desk().Offer; o == nil || o.Colour != ca.token {
			t.Errorf("the desk's offer is %+v", o)
		}
		if ca.number == "201" {
			ph.GiveUp() // an extension rings; a queue answers and plays music
		} else {
			ph.HangUp()
		}
		ann.NoPopup()
		ann.Ready()
	}
	ann.CheckMisses(0)
}

// TestDirectCall: a call to an extension is answered and heard like any other,
// and has a post-interaction of its own.
func TestDirectCall(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	bob := p.Agent(t, "bob")
	ph := p.Dial("202", "--from", "+33144001022")
	bob.WaitText("Hôtel du Parc")
	bob.Answer()
	bob.WaitTone(callerHz)
	bob.Pass(1200 * time.Millisecond)
	ph.HangUp()
	if s := ph.Heard().seconds(agentHz); s < 1 {
		t.Errorf("the caller heard bob for %.1f s only", s)
	}
	if x := p.history(1)[0]; x.Mode != "direct" || x.Queue != "" || x.Agent != "usr_bob" || x.Outcome != "answered" {
		t.Errorf("the history says %+v", x)
	}
	p.Sound()
}

// TestRace: two agents on a break take the same waiting call out of the pool at
// the same moment. One has it, the other is told; and so are ten clicks at once
// on one popup.
func TestRace(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	all := p.Agents(t, "ann", "bob")
	ann, bob := all[0], all[1]
	ann.Be("act_break")
	bob.Be("act_break")
	ph := p.Dial("+33100000001")
	for _, a := range all {
		a.Find("button", "Take this call")
	}
	var list struct {
		Waiting []struct {
			Call string `json:"call"`
		} `json:"waiting"`
	}
	ann.Do("GET", "/api/v1/me/pool", nil, &list)
	if len(list.Waiting) != 1 {
		t.Fatalf("the pool shows %+v", list)
	}
	took := atOnce(2, func(i int) int {
		return all[i].Do("POST", "/api/v1/pool/"+list.Waiting[0].Call+"/take", nil, nil)
	})
	if took[0]/100+took[1]/100 != 2+4 {
		t.Fatalf("two agents took a call and were answered %v", took)
	}
	winner, loser := ann, bob
	if took[1] < 300 {
		winner, loser = bob, ann
	}
	winner.Find("region", "Active call")
	winner.WaitTone(callerHz)
	if d := loser.desk(); len(d.Calls) != 0 || d.Offer != nil {
		t.Errorf("%s, who was slower, has %+v", loser.login, d)
	}
	ph.HangUp()
	loser.Be("act_available")
	loser.Ready()
	ph = p.Dial("+33100000001")
	loser.WaitPopup()
	offer := loser.desk().Offer.ID
	clicks := atOnce(10, func(int) int { return loser.Do("POST", "/api/v1/offers/"+offer+"/accept", nil, nil) })
	loser.Find("region", "Active call")
	loser.WaitTone(callerHz)
	for _, status := range clicks {
		if status >= 500 {
			t.Errorf("ten clicks were answered %v", clicks)
			break
		}
	}
	ph.HangUp()
	if x := p.history(2)[0]; len(x.Offers) != 1 || x.Outcome != "answered" {
		t.Errorf("ten clicks made %+v", x)
	}
	p.Sound()
}

// atOnce does n things at the same moment and gives what they gave.
func atOnce(n int, do func(i int) int) []int {
	results := make([]int, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			results[i] = do(i)
		})
	}
	close(start)
	all.Wait()
	return results
}
