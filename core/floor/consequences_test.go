package floor

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belfry/core"
)

// TestConsequences: what each end of a ring at an agent's phone means for the
// agent. How a SIP final code becomes such a cause is a table of the SIP driver
// (408 and 480 no answer, 486 busy, 487 cancelled, 603 declined, others and no
// reply at all: unreachable).
func TestConsequences(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		code    int // of the final answer; 0: none comes
		why     core.Why
		rang    bool
		outcome string
		rests   time.Duration
		misses  int
		declines,
		listed int // calls on the list of missed ones
	}{
		{code: 408, why: core.NoAnswer, rang: true, outcome: "ignored", rests: 10 * time.Second, misses: 1, listed: 1},
		{code: 480, why: core.NoAnswer, rang: true, outcome: "ignored", rests: 10 * time.Second, misses: 1, listed: 1},
		{code: 487, why: core.Cancelled, rang: true, outcome: "ignored", rests: 10 * time.Second, misses: 1, listed: 1},
		{code: 486, why: core.LineBusy, rang: true, outcome: "busy", rests: 10 * time.Second},
		{code: 603, why: core.Declined, rang: true, outcome: "declined", rests: 10 * time.Second, declines: 1, listed: 1},
		{code: 500, why: core.Unreachable, rang: true, outcome: "device_fault", rests: faultRest},
		{rang: true, outcome: "ignored", rests: 10 * time.Second, misses: 1, listed: 1},
		// A phone that never rang rang nobody: that is its own fault, unless it says
		// that somebody is there.
		{code: 408, why: core.NoAnswer, outcome: "device_fault", rests: faultRest},
		{code: 480, why: core.NoAnswer, outcome: "device_fault", rests: faultRest},
		{code: 487, why: core.Cancelled, outcome: "device_fault", rests: faultRest},
		{code: 486, why: core.LineBusy, outcome: "busy", rests: 10 * time.Second},
		{code: 603, why: core.Declined, outcome: "declined", rests: 10 * time.Second, declines: 1, listed: 1},
		{code: 404, why: core.Unreachable, outcome: "device_fault", rests: faultRest},
		{outcome: "device_fault", rests: faultRest},
	} {
		t.Run(fmt.Sprintf("%d %s rang=%v", x.code, x.why, x.rang), func(t *testing.T) {
			t.Parallel()
			s := newTeller(t)
			s.tell("09:00:00 shift pat")
			s.tell("09:00:01 in c1 +33100000009 from +33600000001")
			if x.rang {
				s.tell("09:00:02 rang pat")
			}
			at := s.now
			if x.code != 0 {
				s.step(core.LegGone{Leg: s.leg["pat"], Cause: core.Cause{Why: x.why, Code: x.code}})
			} else {
				at = s.f.agents["usr_pat"].due.at
				s.now = at
				s.step(core.Woke{})
			}
			a, c := s.f.agents["usr_pat"], s.f.calls["cal_c1"]
			o := c.Record.Offers[0]
			if o.Outcome != x.outcome || a.RestUntil != at.Add(x.rests) {
				t.Errorf("outcome %s, rests %v; want %s, %v", o.Outcome, a.RestUntil.Sub(at), x.outcome, x.rests)
			}
			if a.Misses != x.misses || a.Today.Missed != x.misses || a.Declines != x.declines || len(a.Missed) != x.listed || a.NotResponding {
				t.Errorf("%d misses, %d today, %d declines, %d on the list, not responding %v", a.Misses, a.Today.Missed, a.Declines, len(a.Missed), a.NotResponding)
			}
			if c.Stage != waiting || c.Wait.Arrived != c.Record.Distributions[0].Entered {
				t.Errorf("the call is %s, and arrived at %v", c.Stage, c.Wait.Arrived.Std())
			}
		})
	}
}

// TestCallerOrColleagueEndsTheRing: who was rung is spared nothing and charged
// nothing when the caller leaves, or another wins.
func TestCallerOrColleagueEndsTheRing(t *testing.T) {
	t.Parallel()
	s := newTeller(t)
	s.tell(`08:59:50 set que_sales {"strategy":"ring_all"}`)
	for _, ln := range []string{
		"09:00:00 ready ann", "09:00:00 ready bob", "09:00:01 in c1 +33100000001 from +33600000001", "09:00:02 drawn ann", "09:00:02 drawn bob",
		"09:00:03 gone c1 cancelled", "09:00:04 in c2 +33100000001 from +33600000002", "09:00:05 drawn ann", "09:00:05 drawn bob", "09:00:06 accept bob",
	} {
		s.tell(ln)
	}
	a := s.f.agents["usr_ann"]
	if a.RestUntil > s.now || a.Misses != 0 || a.Declines != 0 || a.Today.Missed != 0 || a.State != core.Ready {
		t.Errorf("%d misses, %d declines, rests until %v, %s", a.Misses, a.Declines, a.RestUntil.Std(), a.State)
	}
}

// TestDeadTab: a page that never draws an offer, 200 calls long, whatever it says
// in between. Each call goes on to a colleague; nobody is charged with a miss.
func TestDeadTab(t *testing.T) {
	t.Parallel()
	s := newTeller(t)
	s.tell("08:00:00 ready ann")
	s.tell("08:00:01 ready bob")
	faults := 0
	for i := range 200 {
		at := s.day.Add(8*time.Hour + time.Minute + time.Duration(i)*2*time.Minute)
		clock := func(d time.Duration) string { return at.Add(d).Format("15:04:05") }
		call := fmt.Sprintf("c%d", i)
		switch i % 4 { // it looks alive again, in every way there is
		case 0:
			s.tell(clock(0) + " return ann")
		case 1:
			s.tell(clock(0) + " page ann")
			s.tell(clock(0) + " return ann")
		case 2:
			s.tell(clock(0) + " line ann")
			s.tell(clock(0) + " return ann")
		case 3:
			s.tell(clock(0) + " frozen ann")
			s.tell(clock(0) + " thawed ann")
			s.tell(clock(0) + " return ann")
		}
		s.tell(fmt.Sprintf("%s in %s +33100000001 from +3360000%04d", clock(time.Second), call, i))
		for _, o := range s.f.calls[core.CallID("cal_"+call)].Record.Offers {
			if o.Agent == "usr_ann" {
				s.tell(clock(4*time.Second) + " tick")
			}
		}
		c := s.f.calls[core.CallID("cal_"+call)]
		if o := c.offerTo("usr_bob"); o == nil {
			t.Fatalf("call %d does not ring at Bob: %s", i, c.Stage)
		}
		for _, o := range c.Record.Offers {
			if o.Outcome == "device_fault" {
				faults++
			}
		}
		s.tell(clock(4*time.Second) + " drawn bob")
		s.tell(clock(6*time.Second) + " accept bob")
		s.tell(clock(20*time.Second) + " gone " + call + " hung_up")
		s.tell(clock(21*time.Second) + " end-post bob")
	}
	a := s.f.agents["usr_ann"]
	if faults < 100 {
		t.Errorf("only %d calls were offered to the dead tab", faults)
	}
	if a.Misses != 0 || a.Today.Missed != 0 || a.NotResponding || strings.Contains(fmt.Sprint(a.Missed), "ignored") {
		t.Errorf("%d misses, %d today, not responding %v, list %v", a.Misses, a.Today.Missed, a.NotResponding, a.Missed)
	}
}
