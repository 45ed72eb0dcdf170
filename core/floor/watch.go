package floor

import (
	"slices"
	"time"

	"belfry/core"
)

// A conversation has no deadline of its own: its legs end it. Should the news of
// a leg's end ever be lost to us, it would go on for ever; so each is looked at.

// lookEvery is how often a conversation is looked at; all that are due in the
// same second are looked at in one step.
const lookEvery = 5 * time.Second

func nextLook(now core.Time) core.Time {
	const second = core.Time(time.Second)
	return (now.Add(lookEvery) + second - 1) / second * second
}

// lookAt ends a part whose leg is gone without a word.
func (f *Floor) lookAt(c *call) {
	if !c.conversing() || nextLook(max(c.Since, c.Seen)) > f.now {
		return
	}
	c.Seen = f.now
	cause := core.Cause{Why: core.Lost, Reason: "the leg was gone without a word"}
	if c.Own == nil && !c.Gone && c.entry(c.Leg) == nil {
		f.barks(c, "", "a caller's leg")
		i := slices.IndexFunc(c.Legs, func(l *leg) bool { return l.Leg == c.Leg })
		f.callerGone(c, c.Legs[max(i, 0)], cause)
		return
	}
	for _, t := range c.parts() {
		if t.Away == 0 && !f.alive(c, t) {
			f.barks(c, t.Agent, "an agent's leg")
			f.leaves(c, t, "system", cause)
			return
		}
	}
}

// alive says whether the leg of a part is there.
func (f *Floor) alive(c *call, t *talk) bool {
	if t.Leg.Browser() {
		return f.lines[t.Leg] != nil && c.entry(t.Leg) != nil
	}
	return f.legs[t.Leg] != nil && c.entry(t.Leg) != nil
}

// barks tells that the watchdog had to end something: a bug of ours.
func (f *Floor) barks(c *call, a core.UserID, what string) {
	f.do(core.Note{Fact: core.Notice{Kind: "watchdog", Agent: a, Call: c.ID, What: what + " was gone without a word", At: f.now}})
}
