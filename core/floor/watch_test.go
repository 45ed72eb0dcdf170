package floor

import (
	"strings"
	"testing"
	"time"

	"belfry/core"
)

// The news that a leg has ended is lost to us, through a bug of ours: within five
// seconds the conversation is ended, and it is told.
func TestAConversationWithoutItsLegIsEnded(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(f *Floor, c *call){
		"the caller's leg":  func(_ *Floor, c *call) { c.entry(c.Leg).Ended = c.Since },
		"the agent's leg":   func(_ *Floor, c *call) { c.entry(c.Talk.Leg).Ended = c.Since },
		"the agent's line":  func(f *Floor, c *call) { delete(f.lines, c.Talk.Leg) },
		"the call on hold":  func(f *Floor, c *call) { f.hold(c, c.Talk); c.entry(c.Leg).Ended = c.Since },
		"nothing is broken": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTeller(t)
			s.tell("09:00:00 ready ann")
			s.tell("09:00:01 in c1 +33100000001 from +33600000001")
			s.tell("09:00:02 drawn ann")
			s.tell("09:00:03 accept ann")
			c := s.f.calls["cal_c1"]
			if breaks != nil {
				breaks(s.f, c)
			}
			told := ""
			for range 8 {
				s.now = s.now.Add(time.Second)
				s.seq++
				for _, e := range s.f.Step(core.News{Seq: s.seq, At: s.now, Event: core.Woke{}}) {
					if n, ok := e.(core.Note); ok {
						if x, ok := n.Fact.(core.Notice); ok {
							told += x.Kind
						}
					}
				}
			}
			over := !c.conversing()
			if want := breaks != nil; over != want || strings.Contains(told, "watchdog") != want {
				t.Errorf("the call is %s, told: %q", c.Stage, told)
			}
		})
	}
}
