package test

import (
	"testing"

	"belfry/test/browser"
)

// TestLivePage: a supervisor sees a call that nobody can take, who is offered it,
// and who talks; they assign it, and the page follows by itself.
func TestLivePage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Tone(t, agentHz, 10), Raw: true})
	sam, bob := b.Context().Open(p.HTTP+"/login?next=/live"), p.seat(t, b, "bob")
	sam.Type("textbox", "Login", "sam")
	sam.Type("textbox", "Password", "demo")
	sam.Press("Enter")
	sam.Find("heading", "Queues")
	ph := p.Dial("+33100000001")
	sam.WaitText("1 call waits in sales, and nobody who serves it is on shift.")
	bob.Type("textbox", "Login", "bob")
	bob.Type("textbox", "Password", "demo")
	bob.Click("button", "Sign in")
	bob.Click("button", "I am available") // and it rings at once
	sam.WaitText("Ringing at Bob Diallo")
	sam.WaitNoText("nobody who serves it is on shift")
	bob.WaitPopup()
	bob.Click("button", "Decline")
	// Bob rests; a supervisor may give him the call all the same.
	sam.Wait(assign)
	sam.Eval(`(`+assign+`).click()`, nil)
	sam.Wait(`/^menuitem/.test(document.activeElement.role) && /Bob Diallo/.test(document.activeElement.innerText)`)
	sam.Press("Enter")
	bob.WaitText("Sam Rossi")
	bob.Answer()
	sam.WaitText("No call waiting.")
	sam.Wait(`[...document.querySelectorAll("li")].some((row) => /Bob Diallo/.test(row.innerText) && /On call/.test(row.innerText) && /sales/.test(row.innerText))`)
	bob.HangUp()
	ph.Well()
	sam.Wait(`[...document.querySelectorAll("li")].some((row) => /Bob Diallo/.test(row.innerText) && /Post-interaction/.test(row.innerText))`)
	sam.Size(320, 700)
	sam.Wait(`document.documentElement.scrollWidth <= 320`)
	bob.CheckErrors()
	for _, e := range sam.Errors() {
		t.Errorf("the page of sam complained: %s", short(e))
	}
}

// assign is the button of the waiting call.
const assign = `[...document.querySelectorAll("main button")].find((one) => /Assign/.test(one.innerText))`
