package sim

import (
	"fmt"
	"time"

	"belfry/core"
)

// caller is somebody who calls once.
type caller struct {
	w       *World
	id      core.CallID
	leg     *leg
	to      string
	from    string
	came    core.Time
	talked  bool
	failed  bool // the floor was told to let the call go
	records int  // facts kept of the call
}

func newCaller(w *World, n int) *caller {
	c := &caller{w: w, id: core.CallID(fmt.Sprintf("cal_%d", n)), to: numbers[w.rnd.IntN(len(numbers))], from: w.number()}
	c.leg = w.open(core.LegID(fmt.Sprintf("leg_s%d", n)), callerLeg)
	c.leg.caller = c
	w.callers = append(w.callers, c)
	return c
}

// call dials, and plans when the patience ends.
func (c *caller) call() {
	w := c.w
	ev := core.CallCame{
		Call: c.id, Leg: c.leg.id, To: c.to, Trunk: "demo", Announce: w.chance(20), SIPCallID: string(c.id), Codec: "PCMU",
		From: core.Party{Number: c.from, Anonymous: w.chance(10)},
	}
	if w.chance(5) && len(w.people) > 0 { // a colleague's phone
		ev.User = w.people[w.rnd.IntN(len(w.people))].id
		if w.chance(50) {
			ev.To, ev.Class = "+33144001022", core.ClassNational
		}
	}
	c.came = w.now
	w.tell(ev)
	if w.chance(4) {
		w.tell(ev)
	}
	patience := w.between(time.Second, 4*time.Minute)
	if w.chance(15) {
		patience = w.upTo(2 * time.Second)
	}
	w.in(patience, func() {
		if !c.talked {
			c.hangUp()
			if w.chance(20) && len(w.callers) < 200 {
				w.in(w.upTo(time.Minute), c.again)
			}
		}
	})
	for range w.rnd.IntN(6) {
		w.in(w.upTo(30*time.Second), func() { c.press("123#*09A"[w.rnd.IntN(8)]) })
	}
	if w.chance(40) {
		c.fiddles()
	}
	if w.chance(5) {
		w.in(w.upTo(3*time.Minute), func() { c.holds(true) })
		w.in(w.upTo(4*time.Minute), func() { c.holds(false) })
	}
}

func (c *caller) press(d byte) {
	if c.leg.up {
		c.w.tell(core.DigitCame{Leg: c.leg.id, Digit: d})
	}
}

func (c *caller) holds(on bool) {
	if c.leg.up {
		c.w.news(0, core.LegHeld{Leg: c.leg.id, Held: on})
	}
}

// hangUp ends the call from the caller's side: BYE, or CANCEL before the answer.
func (c *caller) hangUp() {
	cause := core.Cause{Why: core.HungUp}
	switch {
	case !c.leg.up:
		cause.Why = core.Cancelled
	case c.w.chance(5):
		cause.Why = core.NoMedia
	}
	c.leg.die(c.w.upTo(50*time.Millisecond), cause)
}

// joined: the leg has come into a room. A caller who talks hangs up after a
// while, if the agent does not.
func (w *World) joined(l *leg) {
	c := l.caller
	if c == nil || c.talked {
		return
	}
	c.talked = true
	length := w.between(time.Second, 3*time.Minute)
	if w.chance(10) {
		length = w.upTo(time.Second)
	}
	w.in(length, c.hangUp)
}

// anyCaller is one whose call is not over.
func (w *World) anyCaller() *caller {
	var live []*caller
	for _, c := range w.callers {
		if c.records == 0 {
			live = append(live, c)
		}
	}
	if len(live) == 0 {
		return nil
	}
	return live[w.rnd.IntN(len(live))]
}

// dial rings an agent's phone.
func (w *World) dial(e core.Dial) {
	if e.Number != "" {
		w.dialNumber(e)
		return
	}
	l := w.open(e.Leg, phoneLeg)
	for _, p := range w.people {
		if p.id == e.Agent {
			l.person = p
		}
	}
	if l.person == nil || !l.person.phone {
		w.fail("%s is dialled for %s, who has no phone", e.Leg, e.Agent)
		return
	}
	refuses := func(why core.Why) {
		w.in(w.upTo(3*time.Second), func() { l.die(0, core.Cause{Why: why}) })
	}
	rings := func() {
		w.in(w.upTo(time.Second), func() {
			if !l.dead {
				w.news(0, core.LegRang{Leg: l.id})
			}
		})
	}
	switch n := w.rnd.IntN(100); {
	case n < 3: // dead: nothing is ever heard
	case n < 6:
		refuses(core.Unreachable)
	case n < 10:
		refuses(core.LineBusy)
	case n < 15:
		rings()
		refuses(core.Declined)
	case n < 18: // answers without ringing
		l.goesUp(w.upTo(2 * time.Second))
	case n < 30: // lets it ring
		rings()
	default:
		rings()
		l.goesUp(w.upTo(12 * time.Second))
	}
}
