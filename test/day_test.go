package test

import "testing"

// TestRefusedDirectCalls: the phone of whoever calls a person who does not answer,
// declines, talks, or is away, and who sends their calls nowhere, is told why: 480
// or 486. (Where they send them is looked at in test/talk.)
func TestRefusedDirectCalls(t *testing.T) {
	t.Parallel()
	needSipp(t)
	p := Demo(t)
	refuse := map[string]string{"do": "refuse"}
	p.Change("users/usr_bob", map[string]any{
		"ring_seconds": 5, "no_answer": refuse, "declined": refuse, "busy": refuse, "away": refuse,
	})
	p.refused(t, "480").Well() // nobody is there
	bob := p.Agent(t, "bob")
	noAnswer := p.refused(t, "480")
	bob.WaitPopup()
	noAnswer.Well()
	bob.NoPopup()
	declined := p.refused(t, "486")
	bob.WaitPopup()
	bob.Click("button", "Decline")
	declined.Well()
	talk := p.Dial("+33100000001", "--from", "+33144001022") // else they would have spoken to whom they missed
	bob.Answer()
	p.refused(t, "486").Well()
	talk.HangUp()
	missed := map[string]int{}
	for _, m := range bob.desk().Missed {
		missed[m.Cause]++
	}
	if missed["away"] != 1 || missed["ignored"] != 1 || missed["declined"] != 1 || missed["busy"] != 1 {
		t.Errorf("bob has missed %v", missed)
	}
	bob.CheckErrors()
	p.Sound()
}

// refused starts a caller of SIPp's who must be refused with a status.
func (p *Program) refused(t testing.TB, status string) *Sipp {
	t.Helper()
	file := scenario(t, "caller_refused.xml", "STATUS", status)
	return sipp(t, p.SIP, "-sf", file, "-i", "127.0.0.2", "-p", "0", "-s", "202", "-m", "1")
}
