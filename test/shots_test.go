package test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"belfry/test/browser"
)

// TestShots draws the pictures of the README and the docs from a live demo:
// BELFRY_SHOTS=../docs/images go test ./test -run TestShots.
func TestShots(t *testing.T) {
	dir := os.Getenv("BELFRY_SHOTS")
	if dir == "" {
		t.Skip("BELFRY_SHOTS names no folder")
	}
	p := Demo(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Tone(t, agentHz, 10), Raw: true})
	ann := p.seat(t, b, "ann")
	ann.Size(1280, 800)
	ann.begin("Login", "Password", "Sign in", "I am available")
	ann.Be("act_break")
	p.Dial("+33100000000", "--digits", "1@1s")
	ann.WaitText("Claire Fontaine")
	for _, caller := range []struct{ from, to string }{
		{"+33144001022", "+33100000002"}, {"+33142685300", "+33100000001"}, {"", "+33100000002"},
	} {
		p.Dial(caller.to, "--from", caller.from)
		ann.Pass(4 * time.Second)
	}
	ann.Be("act_available")
	ann.WaitPopup()
	ann.Pass(2 * time.Second)
	ann.Screenshot(filepath.Join(dir, "popup.png"))
	ann.Answer()
	ann.Pass(7 * time.Second)
	ann.Screenshot(filepath.Join(dir, "call.png"))
	ann.Click("button", "Transfer")
	ann.Click("tab", "Queue")
	ann.Click("option", "support")
	ann.Type("textbox", "Note to the colleague", "Contract FR-88213, wants fibre")
	ann.Pass(time.Second)
	ann.Screenshot(filepath.Join(dir, "transfer.png"))
	for _, name := range []string{"popup.png", "call.png", "transfer.png"} {
		if s, err := os.Stat(filepath.Join(dir, name)); err != nil || s.Size() > 200_000 {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}
