package test

import (
	"fmt"
	"testing"
	"time"
)

// TestTransferOnThePage: Ann starts the recording, speaks to Bob while the caller
// hears music, swaps to and fro, and hands over. Bob has read what it is about.
func TestTransferOnThePage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	both := p.Agents(t, "ann", "bob")
	ann, bob := both[0], both[1]
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.Click("button", "Start the recording")
	ann.Find("button", "Stop the recording")
	ann.Click("button", "Transfer")
	ann.Find("dialog", "Transfer Claire Fontaine")
	ann.Type("searchbox", "Search", "bob")
	ann.Click("option", "Bob Diallo")
	ann.Type("textbox", "Note to the colleague", "Contract 88213")
	ann.Click("button", "Start the attended transfer")
	bob.WaitText("Contract 88213")
	bob.WaitText("Ann Martin · attended transfer")
	bob.Answer()
	bob.WaitTone(agentHz) // Ann
	ann.Click("button", "Swap")
	ann.WaitTone(callerHz)
	bob.WaitQuiet() // music is for callers
	ann.Press("2", "Alt")
	bob.WaitTone(agentHz)
	ann.Click("button", "Complete the transfer")
	ann.Find("button", "End the post-interaction")
	bob.WaitTone(callerHz)
	bob.Pass(time.Second)
	bob.HangUp()
	ph.Well()
	bob.EndPost()
	ann.CheckErrors()
	bob.CheckErrors()
	p.Sound()
}

// TestTransferThatFails: the number is busy; the page says so in words and leads
// back to the caller, who goes to a queue then.
func TestTransferThatFails(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.Press("t", "Alt")
	ann.Click("tab", "Number")
	ann.Type("searchbox", "Number", "01 45 00 04 86")
	ann.Find("option", "+33 1 45 00 04 86")
	ann.Press("Enter")
	ann.WaitText("+33 1 45 00 04 86 is busy (486)")
	ann.Click("button", "Back to Claire Fontaine")
	ann.Find("button", "Place on hold")
	ann.WaitTone(callerHz)
	ann.Click("button", "Transfer")
	ann.Click("tab", "Queue")
	ann.Click("option", "parked")
	ann.Click("button", "Transfer and hang up")
	ann.Find("button", "End the post-interaction")
	Wait(t, "the caller waits", func() bool { return len(ann.desk().Calls) == 0 })
	ph.HangUp()
	ann.EndPost()
	ann.CheckErrors()
}

// TestMergeOnThePage: a caller, Ann and Bob hear each other; when Ann leaves, the
// other two talk on.
func TestMergeOnThePage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	both := p.Agents(t, "ann", "bob")
	ann, bob := both[0], both[1]
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.Press("n", "Alt")
	ann.Find("dialog", "New call")
	ann.Click("radio", "Make a call to an extension")
	ann.Type("textbox", "Extension or name", "202")
	ann.Press("Enter")
	bob.WaitText("Ann Martin")
	bob.Answer()
	bob.WaitTone(agentHz)
	ann.Click("button", "Merge")
	ann.Find("button", "Mute Bob Diallo")
	// Each hears the two others.
	three := fmt.Sprintf(`__ear.hears(%d).share > 0.2 && __ear.hears(%d).share > 0.2`, callerHz, agentHz)
	bob.Wait(three)
	ann.Wait(three)
	ann.HangUp()
	bob.WaitTone(callerHz)
	bob.HangUp()
	ph.Well()
	ann.CheckErrors()
	bob.CheckErrors()
	p.Sound()
}

// TestNewCallOnThePage: a call that fails says why; one that is answered stands
// in the history, and is called back from there.
func TestNewCallOnThePage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ann.Click("button", "New call")
	ann.Type("textbox", "Number or name", "12")
	ann.Press("Enter")
	ann.WaitText("This is not a telephone number.")
	ann.Type("textbox", "Number or name", "0145000486")
	ann.Press("Enter")
	ann.WaitText("+33 1 45 00 04 86 is busy (486)")
	ann.Find("button", "Call again")
	ann.Press("k", "Control")
	ann.Type("textbox", "Number or name", "01 44 00 10 22")
	ann.Press("Enter")
	ann.Find("region", "Active call")
	Wait(t, "it is answered", func() bool { c := ann.desk().Calls; return len(c) == 1 && c[0].State == "talking" })
	ann.WaitText("Hôtel du Parc")
	ann.HangUp()
	p.history(2)
	ann.Eval(`document.querySelector('nav a[href="#history"]').click()`, nil)
	ann.WaitText("Outgoing")
	ann.Click("button", "Call back")
	ann.Find("region", "Active call")
	ann.WaitText("Hôtel du Parc")
	ann.HangUp()
	x := p.history(3)
	if x[0].To != "+33144001022" || x[1].To != "+33144001022" || x[1].Outcome != "answered" || x[2].To != "+33145000486" {
		t.Errorf("the history says %+v", x)
	}
}
