package test

import (
	"fmt"
	"testing"
	"time"

	"belfry/test/browser"
)

// Tones: the callers' voices and the agents'.
const (
	callerHz = 700
	agentHz  = 1200
)

// Agent is somebody at the Banner, in a real browser.
type Agent struct {
	*browser.Page
	*Client // the same person at the API
	t       testing.TB
	p       *Program
	login   string
	home    *browser.Context
}

// Agents has people log in, each in a browser of their own, start their shifts
// and wait until their lines are up, one after the other: the first has been free
// for the longest. Their voice is a tone of agentHz.
func (p *Program) Agents(t testing.TB, logins ...string) []*Agent {
	t.Helper()
	b := browser.Launch(t, browser.Options{Microphone: browser.Tone(t, agentHz, 10), Raw: true})
	all := make([]*Agent, len(logins))
	for i, login := range logins {
		all[i] = p.seat(t, b, login)
		all[i].logIn("Login", "Password", "Sign in")
	}
	for _, a := range all {
		a.Click("button", "I am available")
		a.Ready()
	}
	return all
}

// Agent is Agents for one.
func (p *Program) Agent(t testing.TB, login string) *Agent {
	t.Helper()
	return p.Agents(t, login)[0]
}

// seat opens the page for somebody.
func (p *Program) seat(t testing.TB, b *browser.Browser, login string) *Agent {
	t.Helper()
	home := b.Context()
	return &Agent{Page: home.Open(p.HTTP + "/"), Client: p.Login(login), t: t, p: p, login: login, home: home}
}

// begin logs in and starts the shift, in the words of a language.
func (a *Agent) begin(login, password, signIn, available string) {
	a.t.Helper()
	a.logIn(login, password, signIn)
	a.Click("button", available)
	a.Ready()
}

func (a *Agent) logIn(login, password, signIn string) {
	a.t.Helper()
	a.Type("textbox", login, a.login)
	a.Type("textbox", password, "demo")
	a.Click("button", signIn)
}

// Tab opens another tab of the same person in the same browser.
func (a *Agent) Tab() *Agent {
	a.t.Helper()
	second := *a
	second.Page = a.home.Open(a.p.HTTP + "/banner")
	second.Find("region", "Calls in pool")
	return &second
}

// Ready waits until distribution may give the agent calls.
func (a *Agent) Ready() {
	a.t.Helper()
	Wait(a.t, a.login+" is ready", func() bool { return a.desk().Agent.State == "ready" })
}

// Be changes the agent's activity.
func (a *Agent) Be(activity string) {
	a.t.Helper()
	if status := a.Do("PUT", "/api/v1/me/activity", map[string]string{"activity": activity}, nil); status >= 300 {
		a.t.Fatalf("%s cannot be %s: %d", a.login, activity, status)
	}
}

// Rings says whether a call is offered to the agent now.
func (a *Agent) Rings() bool { return a.desk().Offer != nil }

// popup is the call that rings.
const popup = `document.querySelector('[role="alertdialog"][aria-labelledby]')`

// WaitPopup waits until a call rings on the page.
func (a *Agent) WaitPopup() {
	a.t.Helper()
	a.Wait(popup + ` !== null`)
}

// NoPopup waits until none does.
func (a *Agent) NoPopup() {
	a.t.Helper()
	a.Wait(popup + ` === null`)
}

// PopupColour waits for the popup and gives its background, as the browser
// computed it, and that of a token of the pages.
func (a *Agent) PopupColour(token string) (is, wanted string) {
	a.t.Helper()
	a.WaitPopup()
	a.Eval(`getComputedStyle(`+popup+`).backgroundColor`, &is)
	a.Eval(fmt.Sprintf(`(() => {
		const probe = document.body.appendChild(document.createElement("i"));
		probe.style.backgroundColor = "var(--%s)";
		const colour = getComputedStyle(probe).backgroundColor;
		probe.remove();
		return colour;
	})()`, token), &wanted)
	return is, wanted
}

// Answer waits for the popup and takes the call.
func (a *Agent) Answer() {
	a.t.Helper()
	a.WaitPopup()
	a.Click("button", "Accept")
	a.Find("region", "Active call")
}

// HangUp ends the call from the page.
func (a *Agent) HangUp() {
	a.t.Helper()
	a.Pass(time.Second) // nothing destructive lies under a double click
	a.Click("button", "Hang up")
	a.Gone("region", "Active call")
}

// EndPost ends the post-interaction and waits until the agent is free.
func (a *Agent) EndPost() {
	a.t.Helper()
	a.Click("button", "End the post-interaction")
	a.Ready()
}

// Pass lets time pass at the page while nobody does anything.
func (a *Agent) Pass(d time.Duration) {
	a.t.Helper()
	a.Eval(fmt.Sprintf(`new Promise((done) => setTimeout(done, %d))`, d.Milliseconds()), nil)
}

// CheckMisses says that the agent has been charged with so many.
func (a *Agent) CheckMisses(n int) {
	a.t.Helper()
	if d := a.desk(); d.Today.Missed != n {
		a.t.Errorf("%s is charged with %d misses, not %d: %+v", a.login, d.Today.Missed, n, d.Missed)
	}
}

// CheckErrors says that the page has complained of nothing.
func (a *Agent) CheckErrors() {
	a.t.Helper()
	for _, e := range a.Errors() {
		a.t.Errorf("the page of %s complained: %s", a.login, short(e))
	}
}
