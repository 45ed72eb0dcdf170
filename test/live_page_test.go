package test

import (
	"testing"

	"belfry/test/browser"
)

// TestLivePage: a supervisor sees a call that nobody can take, who is offered it,
// and who talks; they assign it, and the page follows by itself. Afterwards they
// listen to what was recorded, which is written down.
func TestLivePage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	p.Login("admin").Patch("/api/v1/queues/que_support", `{"ring_seconds":120,"reject_delay_seconds":600,"refused_again_seconds":600}`)
	b := browser.Launch(t, browser.Options{Microphone: browser.Tone(t, agentHz, 10), Raw: true})
	sam, cho := b.Context().Open(p.HTTP+"/login?next=/live"), p.seat(t, b, "cho")
	sam.Type("textbox", "Login", "sam")
	sam.Type("textbox", "Password", "demo")
	sam.Press("Enter")
	sam.Find("heading", "Queues")
	ph := p.Dial("+33100000002")
	sam.WaitText("1 call waits in support, and nobody who serves it is on shift.")
	cho.Type("textbox", "Login", "cho")
	cho.Type("textbox", "Password", "demo")
	cho.Click("button", "Sign in")
	cho.Click("button", "I am available") // and it rings at once
	sam.WaitText("Ringing at Cho Nguyen")
	sam.WaitNoText("nobody who serves it is on shift")
	cho.WaitPopup()
	cho.Click("button", "Decline")
	// Cho rests; a supervisor may give her the call all the same.
	sam.Wait(assign)
	sam.Eval(`(`+assign+`).click()`, nil)
	sam.Wait(`/^menuitem/.test(document.activeElement.role) && /Cho Nguyen/.test(document.activeElement.innerText)`)
	sam.Press("Enter")
	cho.WaitText("Sam Rossi")
	cho.Answer()
	sam.WaitText("No call waiting.")
	sam.Wait(`[...document.querySelectorAll("li")].some((row) => /Cho Nguyen/.test(row.innerText) && /On call/.test(row.innerText) && /support/.test(row.innerText))`)
	cho.HangUp()
	ph.Well()
	sam.Wait(`[...document.querySelectorAll("li")].some((row) => /Cho Nguyen/.test(row.innerText) && /Post-interaction/.test(row.innerText))`)
	sam.Size(320, 700)
	sam.Wait(`document.documentElement.scrollWidth <= 320`)

	var tapes struct{ Items []struct{ ID string } }
	Wait(t, "the call is recorded", func() bool {
		p.Login("sam").Do("GET", "/api/v1/recordings", nil, &tapes)
		return len(tapes.Items) == 1
	})
	sam.Click("link", "Recordings")
	sam.WaitText("Claire Fontaine")
	sam.Wait(`document.documentElement.scrollWidth <= 320`)
	sam.Eval(`[...document.querySelectorAll("button")].find((one) => /^Listen/.test(one.innerText)).click()`, nil)
	sam.Click("button", "Play the recording")
	Wait(t, "that it was heard is written down", func() bool {
		var plays struct{ Items []struct{ User string } }
		p.Login("sam").Do("GET", "/api/v1/recordings/"+tapes.Items[0].ID+"/plays", nil, &plays)
		return len(plays.Items) > 0 && plays.Items[0].User == "usr_sam"
	})
	cho.CheckErrors()
	for _, e := range sam.Errors() {
		t.Errorf("the page of sam complained: %s", short(e))
	}
}

// assign is the button of the waiting call.
const assign = `[...document.querySelectorAll("main button")].find((one) => /Assign/.test(one.innerText))`
