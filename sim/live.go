package sim

import (
	"fmt"
	"time"

	"belfry/core"
)

// dialNumber is somebody outside who is called: they answer, or not, and hang up
// after a while.
func (w *World) dialNumber(e core.Dial) {
	l := w.open(e.Leg, numberLeg)
	refuses := func(why core.Why, code int) {
		w.in(w.upTo(5*time.Second), func() { l.die(0, core.Cause{Why: why, Code: code}) })
	}
	rings := func() {
		early := w.chance(30)
		w.in(w.upTo(2*time.Second), func() {
			if !l.dead {
				w.news(0, core.LegRang{Leg: l.id, Early: early})
			}
		})
	}
	switch n := w.rnd.IntN(100); {
	case n < 3: // nothing is ever heard
	case n < 15:
		refuses(core.LineBusy, 486)
	case n < 20:
		refuses(core.Unreachable, 404)
	case n < 25:
		rings()
		refuses(core.Declined, 603)
	case n < 35: // lets it ring
		rings()
	default:
		rings()
		answers := w.upTo(10 * time.Second)
		l.goesUp(answers)
		if e.Agent != "" && w.chance(80) { // an agent's own number: a person presses 1, a mailbox does not
			w.in(answers+w.between(100*time.Millisecond, 5*time.Second), func() { w.tell(core.DigitCame{Leg: l.id, Digit: '1'}) })
		}
		w.in(w.between(10*time.Second, 4*time.Minute), func() {
			if l.up {
				l.die(w.upTo(50*time.Millisecond), core.Cause{Why: core.HungUp})
			}
		})
	}
}

// tape is the recorder: it writes, or the disk is full.
func (w *World) tape(e core.Tape) {
	switch {
	case e.State == core.TapeClosed:
		w.news(w.upTo(time.Minute), core.TapeKept{Tape: e.Tape, Interaction: e.Interaction, Length: time.Second, File: "recordings/x.wav"})
	case e.State == core.TapeRolling && w.chance(5):
		w.news(w.upTo(time.Second), core.TapeFailed{Call: e.Call, Tape: e.Tape, Why: "disk_full"})
	case e.State == core.TapeRolling:
		w.news(w.upTo(200*time.Millisecond), core.TapeRolled{Call: e.Call, Tape: e.Tape, On: true})
	}
}

// name makes up a call.
func (w *World) name() core.CallID {
	id := core.CallID(fmt.Sprintf("cal_x%d", w.names))
	w.names++
	return id
}

// began notes a call that an agent has made, if the floor let them.
func (w *World) began(id core.CallID) {
	if _, known := w.placed[id]; !known && w.floor.Interaction(id) != nil {
		w.placed[id] = 0
	}
}

// target is where somebody may want a call to go.
func (w *World) target() core.Target {
	switch n := w.rnd.IntN(10); {
	case n < 4:
		return core.Target{User: w.people[w.rnd.IntN(len(w.people))].id}
	case n < 6:
		return core.Target{Queue: core.QueueID(fmt.Sprintf("que_%d", w.rnd.IntN(queues)))}
	case n < 7:
		return core.Target{Group: "grp_0"}
	case n < 8:
		return core.Target{Tree: core.TreeID(fmt.Sprintf("tre_%d", w.rnd.IntN(10)))} // the one with a bonus is not reckoned with
	case n < 9:
		return core.Target{Number: "+33144001022", Class: core.ClassNational}
	}
	return core.Target{Number: "+33900001022", Class: core.ClassPremium}
}

// places makes a call, or a second one.
func (p *person) places() {
	id := p.w.name()
	place := core.PlaceCall{Call: id, To: p.w.target()}
	if p.w.chance(20) {
		place.To, place.Routing = core.Target{Number: "+33144001022", Class: core.ClassNational}, "tre_out"
	}
	p.ask2(place, id)
	if p.w.chance(60) { // and gives up
		p.w.in(p.w.upTo(time.Minute), func() { p.ask(core.Hangup{Call: id}) })
	}
}

// ask2 asks for something that may begin a call.
func (p *person) ask2(want core.Want, id core.CallID) {
	p.w.asks++
	ask := core.Asked{Ask: p.w.asks, Agent: p.id, Want: want}
	p.w.expect = id
	p.w.tell(ask)
	p.w.expect = ""
}

// plays does what can be done with a live call, in any order.
func (p *person) plays(id core.CallID) {
	w := p.w
	soon := func(f func()) { w.in(w.upTo(90*time.Second), f) }
	if w.chance(25) {
		soon(func() { p.transfers(id) })
	}
	if w.chance(10) {
		soon(p.places)
	}
	if w.chance(15) {
		for _, s := range []core.TapeState{core.TapeRolling, core.TapePaused, core.TapeRolling, core.TapeStopped} {
			soon(func() { p.ask(core.SetTape{Call: id, State: s}) })
		}
	}
	if w.chance(5) && p.line != nil {
		line := p.line.id
		soon(func() { w.tell(core.SoundMissed{Leg: line, On: true}) })
		soon(func() { p.ask(core.Repair{Call: id}) })
		soon(func() { w.tell(core.SoundMissed{Leg: line}) })
	}
	if l := p.phoneLeg(); p.phone && l != nil && w.chance(20) {
		ev := core.Referred{Leg: l.id, To: fmt.Sprintf("2%02d", w.rnd.IntN(8))}
		soon(func() { w.tell(ev) })
	}
	if l := p.phoneLeg(); p.phone && l != nil && w.chance(20) {
		soon(func() { w.news(0, core.LegHeld{Leg: l.id, Held: true}) })
		soon(func() { w.news(0, core.LegHeld{Leg: l.id}) })
	}
	if w.chance(8) {
		kinds := []core.StationKind{core.BrowserStation, core.PhoneStation, core.OutsideStation}
		soon(func() {
			p.ask(core.UseStation{Kind: kinds[w.rnd.IntN(3)], Number: "+33144001099", Class: core.ClassNational})
		})
	}
}

// transfers sends the call on, one way or the other, and changes its mind.
func (p *person) transfers(id core.CallID) {
	w := p.w
	x := core.Transfer{Call: id, Transfer: core.TransferID(fmt.Sprintf("tra_%d", w.names)), To: w.target(), Attended: w.chance(60), Consult: w.name()}
	if !x.Attended && w.chance(30) { // refused where it is not into a queue
		x.Fresh, x.Raise = w.chance(50), w.upTo(10*time.Minute)
	}
	p.ask2(x, x.Consult)
	if !x.Attended {
		return
	}
	after := func(percent int, want core.Want) {
		if w.chance(percent) {
			w.in(w.upTo(20*time.Second), func() { p.ask(want) })
		}
	}
	after(50, core.CompleteTransfer{Transfer: x.Transfer})
	after(20, core.CancelTransfer{Transfer: x.Transfer})
	after(20, core.Merge{Call: id, With: x.Consult})
	after(20, core.Resume{Call: id})
	after(20, core.Resume{Call: x.Consult})
	after(10, core.Hangup{Call: x.Consult})
	if w.chance(20) {
		w.in(w.upTo(40*time.Second), func() {
			if len(p.shown.Calls) > 0 && len(p.shown.Calls[0].Parties) > 1 {
				c := p.shown.Calls[0]
				other := c.Parties[w.rnd.IntN(len(c.Parties))].Leg
				p.ask(core.MuteParty{Call: c.ID, Leg: other, On: true})
				p.ask(core.RemoveParty{Call: c.ID, Leg: other})
			}
		})
	}
}
