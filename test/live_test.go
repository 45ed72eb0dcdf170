package test

import (
	"testing"
	"time"
)

// TestSendToANumber: a blind transfer to a number outside; the agent is free at
// once, the caller talks with who answers.
func TestSendToANumber(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.Click("button", "Transfer")
	ann.Click("tab", "Number")
	ann.Type("searchbox", "Number", "01 44 00 10 22")
	ann.Click("option", "+33 1 44 00 10 22")
	ann.Click("button", "Transfer and hang up")
	ann.Gone("region", "Active call")
	ann.EndPost()
	ann.Pass(4 * time.Second) // the far end rings, then speaks
	ph.HangUp()
	if x := p.history(1)[0]; x.Outcome != "answered" || len(x.Transfers) != 1 || x.Transfers[0].State != "done" || x.Transfers[0].Kind != "number" {
		t.Errorf("the history says %+v", x)
	}
	ann.CheckErrors()
	p.Sound()
}

// TestTransferComesBack: the number is busy, and the caller is back with the
// agent, who is told why.
func TestTransferComesBack(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.Click("button", "Transfer")
	ann.Click("tab", "Number")
	ann.Type("searchbox", "Number", "+33144000486")
	ann.Click("option", "+33 1 44 00 04 86")
	ann.Click("button", "Transfer and hang up")
	ann.WaitPopup()
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.HangUp()
	ph.Well()
	ann.CheckErrors()
	p.Sound()
}

// TestCallAColleague: their popup is sky blue, and both hear each other.
func TestCallAColleague(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	agents := p.Agents(t, "ann", "bob")
	ann, bob := agents[0], agents[1]
	ann.Click("button", "New call")
	ann.Click("radio", "Make a call to an extension")
	ann.Type("textbox", "Extension or name", "202")
	ann.Press("Enter")
	if is, wanted := bob.PopupColour("sky"); is != wanted {
		t.Errorf("the popup is %s, not %s", is, wanted)
	}
	bob.Answer()
	bob.WaitTone(agentHz)
	ann.WaitTone(agentHz)
	bob.HangUp()
	ann.Gone("region", "Active call")
	ann.CheckErrors()
	bob.CheckErrors()
	p.Sound()
}

// TestRecordByHand: the button blinks while bytes are written, and not before or
// after; the recording is there to be listened to.
func TestRecordByHand(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.Wait(`document.querySelector(".call details") !== null`)
	ann.Eval(`document.querySelector(".call details").open = true`, nil) // why me?
	ann.WaitText("It goes to who has been free the longest.")
	ann.Click("button", "Start the recording")
	ann.Find("button", "Stop the recording")
	Wait(t, "bytes are written", func() bool { c := ann.desk().Calls; return len(c) == 1 && c[0].Recording.Writing })
	ann.Pass(2 * time.Second)
	ann.Click("button", "Stop the recording")
	ann.Find("button", "Start the recording")
	ann.HangUp()
	ph.Well()
	ann.EndPost()
	Wait(t, "the recording is kept", func() bool { return len(p.history(1)[0].Recordings) == 1 })
	ann.CheckErrors()
	p.Sound()
}
