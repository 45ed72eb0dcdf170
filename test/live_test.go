package test

import (
	"testing"
	"time"
)

// TestConsultInThePage: an agent transfers a call as a person does, with the
// dialog: speaks to the colleague first, who sees who asks and why, and then has
// the caller.
func TestConsultInThePage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	agents := p.Agents(t, "ann", "bob")
	ann, bob := agents[0], agents[1]
	bob.Be("act_break") // the queue's call is for Ann
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.Pass(1500 * time.Millisecond)
	ann.Click("button", "Transfer")
	ann.Click("tab", "User")
	ann.Click("option", "Bob Diallo")
	ann.Type("textbox", "Note to the colleague", "wants fibre")
	ann.Click("button", "Start the attended transfer")
	bob.WaitPopup()
	bob.WaitText("Ann Martin")
	bob.WaitText("wants fibre")
	bob.Answer()
	bob.WaitTone(agentHz) // Ann
	ann.WaitTone(agentHz) // Bob
	ann.Pass(1500 * time.Millisecond)
	ann.Click("button", "Complete the transfer")
	ann.Gone("region", "Active call")
	bob.WaitTone(callerHz)
	bob.Pass(1500 * time.Millisecond)
	bob.HangUp()
	ph.Well()
	if n := len(ph.Heard().bursts(agentHz)); n != 2 {
		t.Errorf("the caller heard an agent %d times, not twice: Ann, then Bob: %v, %.1f s", n, ph.Heard().bursts(agentHz), ph.Heard().seconds(agentHz))
	}
	ann.CheckErrors()
	bob.CheckErrors()
	p.Sound()
}

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

// TestNewCall: a call out to a number, heard both ways; then one that is busy, in
// words; then one to a colleague, whose popup is sky blue.
func TestNewCall(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	agents := p.Agents(t, "ann", "bob")
	ann, bob := agents[0], agents[1]
	ann.call("Make a call to a number", "01 44 00 10 22")
	ann.Find("region", "Active call")
	WaitFor(t, 10*time.Second, "the number answers", func() bool {
		c := ann.desk().Calls
		return len(c) == 1 && c[0].State == "talking"
	})
	ann.HangUp()
	ann.Ready()

	ann.call("Make a call to a number", "+33144000486")
	ann.WaitText("busy")
	ann.Gone("region", "Active call")

	ann.call("Make a call to an extension", "202")
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

// call opens New call, chooses and calls.
func (a *Agent) call(choice, to string) {
	a.t.Helper()
	a.Click("button", "New call")
	a.Click("radio", choice)
	field := "Number or name"
	if choice == "Make a call to an extension" {
		field = "Extension or name"
	}
	a.Type("textbox", field, to)
	a.Press("Enter")
}

// TestMergeInThePage: a call out, merged with the caller's: all three hear each
// other, and the agent leaves nobody alone by hanging up.
func TestMergeInThePage(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	agents := p.Agents(t, "ann", "bob")
	ann, bob := agents[0], agents[1]
	bob.Be("act_break")
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.WaitTone(callerHz)
	ann.call("Make a call to an extension", "202")
	bob.Answer()
	bob.WaitTone(agentHz)
	ann.Click("button", "Merge")
	bob.WaitTone(callerHz)
	ann.WaitTone(callerHz)
	ann.WaitTone(agentHz)
	ann.HangUp()
	bob.WaitTone(callerHz)
	bob.HangUp()
	ph.Well()
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
