package test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"belfry/test/browser"
)

// TestRingAll: a queue rings five agents' tabs and a registered phone at once, and
// one of the tabs takes the call. The popups of the others go, with the words who
// took it, nobody is charged with a miss, and the phone is cancelled with "Call
// completed elsewhere". Then it is the phone that takes a call.
func TestRingAll(t *testing.T) {
	t.Parallel()
	needSipp(t)
	const pages = 5
	p := Demo(t, "--pages="+strconv.Itoa(pages))
	p.Change("queues/que_bench", map[string]any{"strategy": "ring_all", "ring_at_once": pages + 1})
	p.Change("profiles/pro_sales", map[string]any{"queues": []string{"que_bench"}})
	logins := make([]string, pages)
	for i := range logins {
		logins[i] = fmt.Sprintf("b%04d", i+1)
	}
	all := p.Agents(t, logins...)
	at := p.registers(t, "202")
	bob := p.Login("bob")
	bob.Do("POST", "/api/v1/me/shift/start", map[string]string{}, nil)
	Wait(t, "bob is ready at his phone", func() bool { return bob.desk().Agent.State == "ready" })

	phone := Phones(t, at, "phone_loses.xml", "-m", "1")
	ph := p.Dial("+33100000009")
	p.ringsAt(bob, all)
	winner := all[2]
	winner.Click("button", "Accept")
	winner.Find("region", "Active call")
	winner.WaitTone(callerHz)
	phone.Well()
	for i, a := range all {
		if i != 2 {
			a.lost("Page 0003 took it")
		}
	}
	winner.Pass(time.Second)
	ph.HangUp()
	if s := ph.Heard().seconds(agentHz); s < 0.8 {
		t.Errorf("the caller heard the agent for %.1f s only", s)
	}
	p.onlyWinner(1, "usr_b0003", pages+1)

	phone = Phones(t, at, "phones.xml", "-m", "1", "-d", "1500", "-rtp_echo", "-mp", strconv.Itoa(at+2))
	ph = p.Dial("+33100000009", "--codecs", "PCMU")
	p.ringsAt(bob, all)
	Wait(t, "the phone has taken the call", func() bool { return len(bob.desk().Calls) == 1 })
	for _, a := range all {
		a.lost("Bob Diallo took it")
	}
	pass(t, "they have talked a while", 1500*time.Millisecond)
	ph.HangUp()
	phone.Well()
	if s := ph.Heard().seconds(callerHz); s < 0.8 { // the phone says again what it hears
		t.Errorf("the caller heard the phone for %.1f s only", s)
	}
	p.onlyWinner(2, "usr_bob", pages+1)
	for _, a := range all {
		a.CheckMisses(0)
		a.CheckErrors()
	}
	if m := bob.desk().Today.Missed; m != 0 {
		t.Errorf("bob is charged with %d misses", m)
	}
	p.Sound()
}

// registers has a phone at a port of its own register as the extension.
func (p *Program) registers(t testing.TB, extension string) (port int) {
	t.Helper()
	port = ports(t, 1)
	sipp(t, p.SIP, "-sf", "sipp/phone_logs_in.xml", "-i", "127.0.0.1", "-p", strconv.Itoa(port), "-m", "1",
		"-s", extension, "-au", extension, "-ap", "demo-"+extension).Well()
	return port
}

// ringsAt waits until a call rings at all of them.
func (p *Program) ringsAt(phone *Client, pages []*Agent) {
	p.t.Helper()
	Wait(p.t, "it rings at the phone", func() bool { o := phone.desk().Offer; return o != nil && o.Drawn != nil })
	for _, a := range pages {
		a.Wait(popup + ` !== null`)
	}
}

// lost waits until the popup is gone and the page says who took the call; the
// agent is free at once.
func (a *Agent) lost(words string) {
	a.t.Helper()
	a.Wait(`document.body.textContent.includes(` + browser.JSON(words) + `)`)
	a.NoPopup()
	a.Ready()
}

// onlyWinner says that the newest call of so many was offered to so many and taken
// by one, and that none of the others is charged. A busy machine may show a popup
// too late, which is the device's fault; then it was offered again.
func (p *Program) onlyWinner(calls int, agent string, offered int) {
	p.t.Helper()
	x := p.history(calls)[0]
	last := map[string]string{}
	for _, o := range x.Offers {
		if was := last[o.Agent]; was != "" && was != "device_fault" {
			p.t.Errorf("%s was offered the call again after it was %s", o.Agent, was)
		}
		last[o.Agent] = o.Outcome
	}
	if x.Agent != agent || x.Outcome != "answered" || len(last) != offered {
		p.t.Errorf("the history says %+v", x)
	}
	for who, outcome := range last {
		if want := map[bool]string{true: "answered", false: "lost_to_other"}[who == agent]; outcome != want {
			p.t.Errorf("the offer to %s ended %s, not %s", who, outcome, want)
		}
	}
}

// Change has the administrator set some fields of a thing of the plan.
func (p *Program) Change(thing string, fields map[string]any) {
	p.t.Helper()
	if status := p.Login("admin").Do(http.MethodPatch, "/api/v1/"+thing, fields, nil); status != http.StatusOK {
		p.t.Fatalf("%s cannot be changed to %v: %d", thing, fields, status)
	}
}
