package test

import (
	"testing"
	"time"

	"belfry/test/browser"
)

// TestKeyboard: a shift without a mouse, from the login to the hang-up.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Tone(t, agentHz, 10), Raw: true})
	ann := p.seat(t, b, "ann")
	ann.Find("textbox", "Login")
	ann.TabTo(`document.activeElement.name === "login"`)
	ann.Insert("ann")
	ann.TabTo(`document.activeElement.name === "password"`)
	ann.Insert("demo")
	ann.Press("Enter")
	ann.Find("button", "I am available")
	ann.TabTo(`document.activeElement.matches("button") && document.activeElement.innerText.includes("I am available")`)
	ann.Press("Enter")
	ann.Ready()
	ph := p.Dial("+33100000001")
	ann.WaitPopup()
	ann.Press("a", "Alt")
	ann.Find("region", "Active call")
	ann.WaitTone(callerHz)
	ann.Press("h", "Alt")
	ann.Find("button", "Exit the hold")
	ann.Press("h", "Alt")
	ann.Find("button", "Place on hold")
	ann.Press("m", "Alt")
	ann.Find("button", "Reactivate my mic")
	ann.Press("m", "Alt")
	ann.Find("button", "Mute my mic")
	ann.Pass(time.Second)
	ann.Press("X", "Alt", "Shift")
	ph.Well()
	ann.Find("button", "End the post-interaction")
	ann.Press("p", "Alt")
	ann.Ready()
	ph = p.Dial("+33100000001")
	ann.WaitPopup()
	ann.Press("x", "Alt")
	ann.NoPopup()
	ph.HangUp()
	x := p.history(2)
	if x[0].Outcome != "abandoned" || len(x[0].Offers) != 1 || x[0].Offers[0].Outcome != "declined" || x[1].EndedBy != "agent" {
		t.Errorf("the history says %+v", x)
	}
	ann.CheckErrors()
}

// TestFrench: who asks for French gets it, from the login to the call.
func TestFrench(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Tone(t, agentHz, 10), Raw: true, Language: "fr-FR"})
	cho := p.seat(t, b, "cho")
	cho.begin("Identifiant", "Mot de passe", "Se connecter", "Je suis disponible")
	cho.Wait(`document.documentElement.lang === "fr"`)
	ph := p.Dial("+33100000002")
	cho.WaitText("Claire Fontaine")
	cho.Click("button", "Accepter")
	cho.Find("region", "Appel en cours")
	cho.WaitTone(callerHz)
	cho.Pass(time.Second)
	cho.Click("button", "Raccrocher")
	ph.Well()
	cho.Click("button", "Terminer la post-interaction")
	cho.Ready()
	cho.CheckErrors()
}

// TestWrongLogin: what is wrong is not said, and nothing of it is kept.
func TestWrongLogin(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	b := browser.Launch(t, browser.Options{})
	page := b.Open(p.HTTP + "/")
	for _, who := range []string{"ann", "nobody", "p0001"} {
		page.Type("textbox", "Login", who)
		page.Type("textbox", "Password", "wrong")
		page.Click("button", "Sign in")
		page.WaitText("The login or the password is wrong.")
		page.Wait(`document.querySelector('[type="password"]').value === ""`)
	}
	page.Type("textbox", "Login", "ann")
	page.Type("textbox", "Password", "demo")
	page.Click("button", "Sign in")
	page.Find("button", "I am available")
}

// TestVoiceMailbox: a message is left, listed on the page and played there; what
// was kept is what was said.
func TestVoiceMailbox(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	p.Dial("+33100000003", "--for", "17s").Well() // greeting, beep, and some seconds
	var list struct {
		Items []struct {
			Length float64 `json:"length"`
			From   string  `json:"from"`
			Heard  *string `json:"heard"`
		} `json:"items"`
	}
	Wait(t, "the message is listed", func() bool {
		ann.Do("GET", "/api/v1/voice-messages", nil, &list)
		return len(list.Items) == 1
	})
	m := list.Items[0]
	if m.From != "+33612345678" || m.Length < 3 || m.Heard != nil {
		t.Errorf("the message is %+v", m)
	}
	ann.Eval(`document.querySelector('nav a[href="#voicemail"]').click()`, nil)
	ann.Find("article", "Message from Claire Fontaine")
	ann.Click("button", "Play the message from Claire Fontaine")
	ann.Wait(`document.querySelector("audio").currentTime > 1`)
	var length float64
	ann.Eval(`document.querySelector("audio").duration`, &length)
	if length < m.Length-0.5 || length > m.Length+0.5 {
		t.Errorf("the page plays %.1f s of a message of %.1f s", length, m.Length)
	}
	Wait(t, "the message is heard", func() bool {
		ann.Do("GET", "/api/v1/voice-messages", nil, &list)
		return list.Items[0].Heard != nil
	})
	if s := p.voice(t).seconds(callerHz); s < 3 {
		t.Errorf("the message holds %.1f s of the caller", s)
	}
	if x := p.history(1)[0]; x.Outcome != "voice_mailbox" {
		t.Errorf("the history says %+v", x)
	}
	ann.CheckErrors()
}

// TestHistoryOnThePage: the call that is over is listed; its story says who was
// asked and why.
func TestHistoryOnThePage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	bob := p.Agent(t, "bob")
	ph := p.Dial("+33100000001")
	bob.Answer()
	bob.WaitTone(callerHz)
	ph.HangUp()
	p.history(1)
	bob.Click("link", "History")
	bob.Find("heading", "History")
	bob.WaitText("Answered")
	bob.Click("button", "Claire Fontaine")
	bob.Find("dialog", "Claire Fontaine")
	bob.WaitText("Who was asked")
	bob.WaitText("Bob Diallo")
	bob.WaitText("Why this agent?")
	bob.CheckErrors()
}
