package sim

import (
	"fmt"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// person is an agent at a desk: what the page shows, and what they make of it.
type person struct {
	w      *World
	id     core.UserID
	phone  bool // the station is a SIP phone
	page   bool
	line   *leg // the browser's, when it is up
	lines  int
	home   bool // gone for the day
	shown  core.Desk
	idle   core.Time // as we reckon it: see rules
	smart  bool      // the post-interaction is that of a queue call
	mixed  bool      // had two calls at once: idle is not reckoned until the next shift
	direct bool      // the call, or the last one, rang this person directly
	here   core.Time // on shift and working since, under the plan as it is; zero: not
	works  core.ProfileID
	stuck  core.Time // since when the page shows that the agent must return
	offer  core.OfferID
	call   core.CallID
	post   core.CallID
	tried  map[core.PopID]bool // by the page; looked up only
	clicks int
}

func newPerson(w *World, u *plan.User) *person {
	p := &person{w: w, id: u.ID, tried: map[core.PopID]bool{}, phone: u.Phone != ""}
	w.in(w.upTo(3*time.Minute), p.arrive)
	if w.chance(20) { // a pause, or two
		w.in(w.upTo(w.length), func() { p.ask(core.SetActivity{Activity: "act_lunch"}) })
		w.in(w.upTo(w.length), func() { p.ask(core.SetActivity{Activity: "act_calls"}) })
	}
	if w.chance(10) { // home, and back again
		w.in(w.upTo(w.length), func() { p.ask(core.EndShift{}) })
		w.in(w.upTo(w.length), func() { p.ask(core.StartShift{}) })
	}
	for range w.rnd.IntN(4) {
		w.in(w.upTo(w.length), p.changes)
	}
	for range w.rnd.IntN(6) {
		w.in(w.upTo(w.length), p.takes)
	}
	for range w.rnd.IntN(4) {
		w.in(w.upTo(w.length), p.places)
	}
	if w.chance(10) { // works at a number outside for a while
		w.in(w.upTo(w.length), func() {
			p.ask(core.UseStation{Kind: core.OutsideStation, Number: "+33144001099", Class: core.ClassNational})
		})
		w.in(w.upTo(w.length), func() { p.ask(core.UseStation{Kind: core.BrowserStation}) })
	}
	if !p.phone {
		for range w.rnd.IntN(4) {
			w.in(w.upTo(w.length), p.trouble)
		}
	}
	return p
}

// ask asks for something; the answer must come in the same step.
func (p *person) ask(want core.Want) {
	p.w.asks++
	p.w.tell(core.Asked{Ask: p.w.asks, Agent: p.id, Want: want})
	if p.w.chance(4) { // a double click
		p.w.asks++
		p.w.tell(core.Asked{Ask: p.w.asks, Agent: p.id, Want: want})
	}
}

// arrive opens the page and begins the shift.
func (p *person) arrive() {
	if p.home {
		return
	}
	if p.phone && p.w.chance(50) { // a phone needs no page
		p.ask(core.StartShift{})
		return
	}
	p.opens()
	p.ask(core.StartShift{Activity: "act_calls"})
}

// opens opens the page, with a line of its own where the station is a browser.
func (p *person) opens() {
	if p.home {
		return
	}
	p.page = true
	p.w.news(0, core.PageCame{Agent: p.id})
	if p.phone {
		return
	}
	p.w.in(p.w.upTo(time.Second), p.connects)
}

// connects brings up a new line. The newest replaces what was there, whose end
// is told afterwards, or never.
func (p *person) connects() {
	if p.home || !p.page {
		return
	}
	old := p.line
	p.lines++
	station := core.StationID(fmt.Sprintf("sta_%s_%d", p.id, p.lines))
	p.line = p.w.open(core.LegID(fmt.Sprintf("leg_b%s_%d", p.id, p.lines)), browserLine)
	p.line.person, p.line.up = p, true
	ev := core.StationUp{Agent: p.id, Station: station, Kind: core.BrowserStation, Leg: p.line.id, Codecs: []string{"PCMU"}}
	p.w.tell(ev)
	if p.w.chance(5) {
		p.w.tell(ev)
	}
	if old != nil && !old.dead {
		old.dead, old.told = true, true // from now on the floor may not use it
		old.hush()
		if p.w.chance(50) {
			gone := core.StationID(fmt.Sprintf("sta_%s_%d", p.id, p.lines-1))
			p.w.in(p.w.upTo(time.Second), func() { p.w.tell(core.StationGone{Agent: p.id, Station: gone, Why: "replaced"}) })
		}
	}
}

// loses closes the line.
func (p *person) loses() {
	l := p.line
	if l == nil || l.dead {
		return
	}
	l.dead = true
	l.hush()
	ev := core.StationGone{Agent: p.id, Station: core.StationID(fmt.Sprintf("sta_%s_%d", p.id, p.lines)), Why: "closed"}
	p.w.in(p.w.upTo(3*time.Second), func() {
		if l.told { // a restart or a new line was faster
			return
		}
		l.told = true
		p.w.tell(ev)
		if p.w.chance(4) {
			p.w.news(p.w.upTo(3*time.Second), ev)
		}
	})
}

// trouble befalls a browser.
func (p *person) trouble() {
	w := p.w
	switch w.rnd.IntN(6) {
	case 0: // reload
		p.page = false
		w.tell(core.PageGone{Agent: p.id})
		if w.chance(70) {
			p.loses()
		}
		w.in(w.upTo(5*time.Second), p.opens)
	case 1: // the page freezes, and thaws
		w.news(0, core.PageFroze{Agent: p.id})
		w.news(w.upTo(time.Minute), core.PageThawed{Agent: p.id})
	case 2: // the network goes, and comes back with a new line
		p.loses()
		w.in(w.upTo(time.Minute), p.connects)
	case 3: // no packets for a while
		if l := p.line; l != nil && !l.dead {
			w.news(0, core.AudioLost{Leg: l.id})
			w.news(w.upTo(5*time.Second), core.AudioBack{Leg: l.id})
		}
	case 4: // the microphone is unplugged, and found again, as its page says
		fault := []string{"no_mic", "mic_dead", "no_output"}[w.rnd.IntN(3)]
		w.news(0, core.SoundChecked{Agent: p.id, Fault: fault})
		w.news(w.upTo(2*time.Minute), core.SoundChecked{Agent: p.id})
	case 5: // the browser is closed; somebody comes back to it, perhaps
		p.page = false
		w.tell(core.PageGone{Agent: p.id})
		p.loses()
		if w.chance(60) {
			w.in(w.upTo(4*time.Minute), p.arrive)
		}
	}
}

// afterRestart: all pages connect anew.
func (p *person) afterRestart() {
	if p.home || !p.page {
		return
	}
	p.w.news(p.w.upTo(3*time.Second), core.PageCame{Agent: p.id})
	if p.line != nil && p.line.dead {
		p.w.in(p.w.upTo(5*time.Second), p.connects)
	}
}

// leave ends the day.
func (p *person) leave() {
	for range 4 { // whatever is still going on
		p.w.in(p.w.upTo(10*time.Minute), func() {
			for _, c := range p.shown.Calls {
				p.ask(core.Hangup{Call: c.ID})
				p.hangsPhone(c.ID)
			}
		})
	}
	p.ask(core.EndShift{})
	p.home, p.page = true, false
	p.w.tell(core.PageGone{Agent: p.id})
	p.loses()
}

// see is the page drawing a desk: the person reacts to what is new on it.
func (p *person) see(d *core.Desk) {
	p.shown = *d
	p.popped(d)
	if o := d.Offer; o != nil && o.ID != p.offer {
		p.offer = o.ID
		if !p.phone {
			p.rung(o.ID)
		}
	}
	if len(d.Calls) > 0 && d.Calls[0].ID != p.call {
		p.call = d.Calls[0].ID
		p.talks(p.call)
	} else if len(d.Calls) == 0 {
		p.call = ""
	}
	if d.Post != nil && d.Post.Call != p.post {
		p.post = d.Post.Call
		p.finishes()
	}
	stuck := d.Agent.State == core.NotResponding || d.Agent.State == core.DeviceLost
	if stuck && d.Agent.Since != p.stuck {
		p.stuck = d.Agent.Since
		p.w.in(p.w.between(time.Second, 2*time.Minute), func() {
			if s := p.shown.Agent.State; s == core.NotResponding || s == core.DeviceLost {
				p.ask(core.Return{})
			}
		})
	}
}

// rung: a popup has come. The page draws it, as a rule, and the person takes it.
func (p *person) rung(id core.OfferID) {
	w := p.w
	if w.chance(95) {
		w.news(w.upTo(600*time.Millisecond), core.RingDrawn{Agent: p.id, Offer: id})
	}
	after := w.upTo(8 * time.Second)
	switch n := w.rnd.IntN(100); {
	case n < 70:
		w.in(after, func() { p.ask(core.Accept{Offer: id}) })
	case n < 80:
		w.in(after, func() { p.ask(core.Decline{Offer: id}) })
	case n < 83:
		w.in(after, func() { p.ask(core.Accept{Offer: id}) })
		w.in(after, func() { p.ask(core.Decline{Offer: id}) })
	case n < 88:
		w.in(after, p.trouble)
	default: // lets it ring
	}
}

// talks plans what the agent does in a call.
func (p *person) talks(id core.CallID) {
	w := p.w
	for _, x := range []struct {
		percent int
		want    core.Want
	}{
		{20, core.Hold{Call: id}},
		{15, core.Resume{Call: id}},
		{10, core.MuteMic{Call: id}},
		{5, core.UnmuteMic{Call: id}},
		{5, core.Keys{Call: id, Digits: "12#"}},
		{40, core.Hangup{Call: id}},
		{3, core.SetActivity{Activity: "act_training"}},
		{2, core.EndShift{}},
		{30, core.SkipWhisper{Call: id}},
		{20, core.Qualify{Interaction: id.Interaction(), Value: "sold"}},
	} {
		if w.chance(x.percent) {
			w.in(w.upTo(2*time.Minute), func() { p.ask(x.want) })
		}
	}
	p.plays(id)
	if !p.phone && w.chance(8) {
		w.in(w.upTo(time.Minute), p.trouble)
	}
	if w.chance(20) && p.line != nil {
		w.news(w.upTo(2*time.Minute), core.QualityCame{Leg: p.line.id, Quality: core.Quality{MOSIn: 400}})
	}
	if p.phone { // the phone hangs up by itself
		if l := p.phoneLeg(); l != nil && w.chance(30) {
			w.in(w.upTo(2*time.Minute), func() {
				why := core.HungUp
				if w.chance(20) {
					why = core.NoMedia
				}
				l.die(w.upTo(50*time.Millisecond), core.Cause{Why: why})
			})
		}
	}
}

// hangsPhone puts the receiver down.
func (p *person) hangsPhone(id core.CallID) {
	r := p.w.floor.Interaction(id)
	if r == nil {
		return
	}
	for _, x := range r.Legs {
		if l := p.w.legs[x.Leg]; x.Agent == p.id && l != nil && l.kind != browserLine && l.up {
			l.die(0, core.Cause{Why: core.HungUp})
		}
	}
}

// phoneLeg is the phone's leg in the call that the person talks.
func (p *person) phoneLeg() *leg {
	r := p.w.floor.Interaction(p.call)
	if r == nil {
		return nil
	}
	for _, x := range r.Legs {
		if l := p.w.legs[x.Leg]; x.Agent == p.id && l != nil && !l.dead {
			return l
		}
	}
	return nil
}

// finishes ends the post-interaction early, or extends it, or lets it run out.
func (p *person) finishes() {
	if p.w.chance(20) {
		p.w.in(p.w.upTo(10*time.Second), func() { p.ask(core.ExtendPost{}) })
	}
	if id := p.post.Interaction(); p.w.chance(60) {
		p.w.in(p.w.upTo(20*time.Second), func() { p.ask(core.Qualify{Interaction: id, Note: "noted"}) })
		p.w.in(p.w.upTo(20*time.Second), func() { p.ask(core.EndPost{Interaction: id}) })
	}
	if p.w.chance(60) {
		p.w.in(p.w.upTo(20*time.Second), func() { p.ask(core.EndPost{}) })
	}
}

// changes is what an agent does beside calls.
func (p *person) changes() {
	switch w := p.w; w.rnd.IntN(4) {
	case 0, 1:
		p.ask(core.UseProfile{Profile: core.ProfileID(fmt.Sprintf("pro_%d", w.rnd.IntN(4)))})
	case 2:
		p.ask(core.SetStatus{Status: core.Status{Kind: "back_soon", Text: "back at 14:00"}})
	case 3: // what is still owed
		if n := len(p.shown.ToQualify); n > 0 {
			p.ask(core.Qualify{Interaction: p.shown.ToQualify[w.rnd.IntN(n)].Interaction, Value: "late"})
		}
	}
}

// takes claims a call from the pool; sometimes two people claim the same.
func (p *person) takes() {
	pool := p.w.floor.Pool(p.id)
	if pool == nil || len(pool.Calls) == 0 {
		return
	}
	id := pool.Calls[p.w.rnd.IntN(len(pool.Calls))].Call
	if p.w.chance(30) {
		p.ask(core.Assign{Call: id, Agent: p.w.people[p.w.rnd.IntN(len(p.w.people))].id})
	}
	p.ask(core.Take{Call: id})
	other := p.w.people[p.w.rnd.IntN(len(p.w.people))]
	if p.w.chance(30) {
		other.ask(core.Take{Call: id})
	}
	if p.w.chance(10) { // a supervisor's hand
		p.ask(core.ReturnOf{Agent: other.id})
		p.ask(core.SetActivityOf{Agent: other.id, Activity: "act_calls"})
	}
}
