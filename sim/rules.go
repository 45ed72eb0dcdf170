package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"belfry/core"
)

// rules are looked at after the floor has taken a step and before anybody has
// obeyed: what it believes must hold together.
func (w *World) rules(ev core.Event, effects []core.Effect) {
	for _, b := range w.floor.Check() {
		w.fail("invariant %d: %s %v", b.Invariant, b.What, b.IDs)
	}
	w.oneReply(ev, effects)
	w.oneWinner(ev, effects)
	w.desks(effects)
}

// oneReply: who asks is answered, once and at once.
func (w *World) oneReply(ev core.Event, effects []core.Effect) {
	replies := 0
	for _, e := range effects {
		if r, ok := e.(core.Reply); ok {
			replies++
			if asked, ok := ev.(core.Asked); !ok || asked.Ask != r.Ask {
				w.fail("an answer to %d, which nobody asked", r.Ask)
			}
		}
	}
	if _, ok := ev.(core.Asked); ok && replies != 1 {
		w.fail("%d answers", replies)
	}
}

// desks: nobody is offered two calls, or one that another is offered, and no
// page shows what is not so any more.
func (w *World) desks(effects []core.Effect) {
	offered := make(map[core.CallID][]core.UserID, len(w.people))
	talked := make(map[core.CallID]core.UserID, len(w.people))
	for _, p := range w.people {
		d := w.floor.Desk(p.id)
		if d == nil {
			continue
		}
		if d.Offer != nil {
			if len(d.Calls) > 0 {
				w.fail("%s is offered %s while talking %s", p.id, d.Offer.Call, d.Calls[0].ID)
			}
			offered[d.Offer.Call] = append(offered[d.Offer.Call], p.id)
		}
		w.present(p, d)
		w.late(p, d)
		for _, c := range d.Calls {
			if other := talked[c.ID]; other != "" && !slices.ContainsFunc(c.Parties, func(x core.DeskParty) bool { return x.Agent == other }) {
				w.fail("%s is talked by %s and %s, who do not see each other", c.ID, other, p.id)
			}
			talked[c.ID] = p.id
		}
		if shows(effects, p.id) {
			w.reckon(p, d)
			p.shown = *d
		} else if what := stale(&p.shown, d); what != "" {
			w.fail("the page of %s was not shown a change of its %s", p.id, what)
		}
	}
	for _, p := range w.people {
		w.decided(p, &p.shown)
		if d := &p.shown; d.Offer != nil && len(offered[d.Offer.Call]) > 1 {
			w.together(d.Offer.Call, offered[d.Offer.Call])
		}
	}
}

// late: nothing outlives its time. An offer that is not drawn goes on within 2 s
// from a page and 4 s from a phone, one that is drawn when it has rung, and the
// post-interaction of who does nothing else ends.
func (w *World) late(p *person, d *core.Desk) {
	if o := d.Offer; o != nil {
		patience := 2 * time.Second
		switch d.Agent.Station {
		case core.PhoneStation:
			patience = 4 * time.Second
		case core.OutsideStation:
			patience = 15 * time.Second
		case core.BrowserStation:
		}
		if o.Drawn == 0 && w.now.Sub(o.Made) > patience+slack {
			w.fail("%s is offered %s for %v and it is not drawn", p.id, o.Call, w.now.Sub(o.Made))
		}
		if o.Drawn != 0 && w.now.Sub(o.Drawn) > o.Ring+slack {
			w.fail("%s rings for %v at %s", o.Call, w.now.Sub(o.Drawn), p.id)
		}
	}
	idle := d.Offer == nil && len(d.Calls) == 0
	for _, post := range d.Posts {
		if idle && w.now.Sub(post.Ends) > slack {
			w.fail("the post-interaction of %s is over for %v", p.id, w.now.Sub(post.Ends))
		}
	}
	if idle && len(d.Posts) == 0 && (d.Agent.Next != "" || d.Agent.NextProfile != "") {
		w.fail("%s is free and waits for %s%s still", p.id, d.Agent.Next, d.Agent.NextProfile)
	}
}

// slack is what the host may be late, here.
const slack = 50 * time.Millisecond

func shows(effects []core.Effect, id core.UserID) bool {
	return slices.ContainsFunc(effects, func(e core.Effect) bool {
		s, ok := e.(core.Show)
		return ok && s.Agent == id
	})
}

// stale says in what a page differs from the desk.
func stale(page, desk *core.Desk) string {
	switch {
	case page.Agent.ID == "": // never drawn yet
	case page.Agent.State != desk.Agent.State:
		return "state"
	case page.Agent.Activity != desk.Agent.Activity || page.Agent.Next != desk.Agent.Next || page.Agent.OnShift != desk.Agent.OnShift:
		return "activity"
	case page.Agent.StationUp != desk.Agent.StationUp:
		return "station"
	case (page.Offer == nil) != (desk.Offer == nil):
		return "offer"
	case page.Offer != nil && (page.Offer.ID != desk.Offer.ID || page.Offer.Expires != desk.Offer.Expires):
		return "countdown"
	case len(page.Calls) != len(desk.Calls):
		return "calls"
	case !slices.EqualFunc(page.Calls, desk.Calls, alike):
		return fmt.Sprintf("call:\n%+v\n%+v\n", page.Calls, desk.Calls)
	case !slices.EqualFunc(page.Pops, desk.Pops, func(a, b core.DeskPop) bool { return a.ID == b.ID && a.State == b.State }):
		return "pops"
	case (page.Failure == nil) != (desk.Failure == nil) && desk.Failure != nil:
		return "failure"
	case (page.Post == nil) != (desk.Post == nil) || page.Post != nil && page.Post.Ends != desk.Post.Ends:
		return "post-interaction"
	}
	return ""
}

// alike says whether two drawings of a call show the same.
func alike(a, b core.DeskCall) bool {
	x, y := a.Transferring, b.Transferring
	return a.ID == b.ID && a.State == b.State && a.Muted == b.Muted && a.Name == b.Name && a.ConsultFor == b.ConsultFor && a.Silent == b.Silent &&
		slices.Equal(a.Parties, b.Parties) && a.Recording.State == b.Recording.State && a.Recording.Writing == b.Recording.Writing &&
		(x == nil) == (y == nil) && (x == nil || x.State == y.State)
}

// reckon keeps our own idea of how long the agent has been idle: since the end
// of the last call that a queue gave them, with its post-interaction, or since
// the shift began. Direct calls and rings of a tree do not count.
func (w *World) reckon(p *person, d *core.Desk) {
	was := &p.shown
	if d.Agent.OnShift && !was.Agent.OnShift {
		p.idle, p.mixed = w.now, false
	}
	if was.Offer != nil && was.Offer.Preview != nil {
		p.mixed = true
	}
	if len(d.Calls) > 1 || len(d.Calls) > 0 && len(was.Calls) > 0 && d.Calls[0].ID != was.Calls[0].ID {
		p.mixed = true // whose end counts is told by stories, not here
	}
	if len(d.Posts) > 1 || len(d.Posts) > 0 && len(d.Calls) > 0 { // side by side, or put off by a direct call
		p.mixed = true
	}
	switch {
	case was.Post != nil && (d.Post == nil || d.Post.Call != was.Post.Call) && p.smart:
		p.idle = w.now
	case len(was.Calls) > 0 && len(d.Calls) == 0 && d.Post == nil && !p.direct:
		p.idle = w.now
	}
	if d.Post != nil && (was.Post == nil || was.Post.Call != d.Post.Call) {
		p.smart = !p.direct
	}
	if len(d.Calls) > 0 && len(was.Calls) == 0 { // taken from the pool there was no offer
		p.direct = d.Calls[0].Direction != "inbound"
		p.mixed = p.mixed || p.direct && was.Offer == nil // perhaps a colleague's call, taken from the pool
		if was.Offer != nil && was.Offer.Call == d.Calls[0].ID {
			p.direct = (was.Offer.Queue == "" || was.Offer.Queue != d.Calls[0].Queue) && (d.Calls[0].Mode != "smart" || d.Calls[0].Queue == "")
		}
	}
}

// waits: in a queue, and nobody is rung for it.
func waits(r *core.Interaction) bool {
	n := len(r.Distributions)
	return n > 0 && r.Distributions[n-1].Outcome == "" && !slices.ContainsFunc(r.Offers, func(o core.OfferRecord) bool { return o.Ended == 0 })
}

// refused: the agent let the call go once, and is spared for a while.
func refused(r *core.Interaction, a core.UserID) bool {
	if slices.ContainsFunc(r.Transfers, func(t core.TransferRecord) bool { return t.By == a }) {
		return true
	}
	return slices.ContainsFunc(r.Offers, func(o core.OfferRecord) bool {
		return o.Agent == a && (o.Outcome == "ignored" || o.Outcome == "declined" || o.Outcome == "busy")
	})
}

// look is after the drivers have obeyed: what people hear must be what the
// desks say.
func (w *World) look() {
	for _, c := range w.callers {
		if c.records > 0 || c.leg.dead {
			continue
		}
		if r := w.floor.Interaction(c.id); r != nil {
			n := len(r.Distributions)
			if n > 0 && r.Distributions[n-1].Outcome == "" && !c.leg.loop && c.leg.play == "" && c.leg.ended != w.now && r.Legs[0].Ended == 0 {
				w.fail("%s waits in silence", c.id)
			}
			if n > 0 && waits(r) {
				last := r.Distributions[n-1]
				if q := w.known.Queue(last.Queue); q != nil && q.MaxWait > 0 && w.now.Sub(last.Entered) > q.LongestWait()+slack {
					w.fail("%s waits in %s for %v", c.id, q.ID, w.now.Sub(last.Entered))
				}
			}
		}
	}
	for _, p := range w.people {
		for i := range p.shown.Calls {
			w.listen(p, &p.shown.Calls[i])
		}
	}
}

// shows draws the pages that have changed, when nobody looks at more.
func (w *World) shows(effects []core.Effect) {
	for _, p := range w.people {
		if !shows(effects, p.id) {
			continue
		}
		if d := w.floor.Desk(p.id); d != nil {
			p.shown = *d
		}
	}
}

// see lets everybody do what they do about their page.
func (w *World) see(effects []core.Effect) {
	for _, e := range effects {
		if s, ok := e.(core.Show); ok {
			if p := w.person(s.Agent); p != nil {
				p.see(w.floor.Desk(p.id))
			}
		}
	}
}

// listen: who talks hears the others who talk; one who is left alone hears music.
func (w *World) listen(p *person, d *core.DeskCall) {
	r := w.floor.Interaction(d.ID)
	if r == nil {
		w.fail("%s talks %s, which is over", p.id, d.ID)
		return
	}
	var mine *leg
	for _, l := range r.Legs {
		if known := w.legs[l.Leg]; l.Agent == p.id && l.Ended == 0 && known.dead {
			return // the news is on its way
		} else if l.Agent == p.id && l.Ended == 0 && (mine == nil || known.room != "") {
			mine = known
		}
	}
	var there []*leg
	for _, x := range d.Parties {
		if l := w.legs[x.Leg]; x.State == "talking" && l != nil {
			if l.dead {
				return // the news is on its way
			}
			there = append(there, l)
		}
	}
	switch d.State {
	case "talking":
		for _, other := range there {
			if mine != nil && !mine.dead && (mine.room == "" || mine.room != other.room) {
				w.fail("%s (%s in %q) and %s (%s in %q) do not hear each other", p.id, mine.id, mine.room, d.ID, other.id, other.room)
			}
		}
	case "held", "reconnecting":
		if len(there) == 1 && len(d.Parties) == 1 && !there[0].loop {
			w.fail("%s is %s in silence", d.ID, d.State)
		}
	}
}

func (w *World) person(id core.UserID) *person {
	for _, p := range w.people {
		if p.id == id {
			return p
		}
	}
	return nil
}

// kept looks at a fact: the one record of a call, closed in all its parts.
func (w *World) kept(x core.Fact) {
	if pop, ok := x.(core.Popped); ok {
		w.popKept(pop)
		return
	}
	r, ok := x.(core.Interaction)
	if !ok {
		return
	}
	if strings.HasPrefix(string(r.Call), "cal_x") { // it may end in the step in which it began
		w.placed[r.Call]++
		w.legsClosed(&r)
		return
	}
	if virtual(r.Call) {
		w.calledBack(&r)
		return
	}
	i := slices.IndexFunc(w.callers, func(c *caller) bool { return c.id == r.Call })
	if i < 0 {
		w.fail("a record of %s, which never was", r.Call)
		return
	}
	c := w.callers[i]
	c.records++
	var wrong []string
	say := func(bad bool, what string) {
		if bad {
			wrong = append(wrong, what)
		}
	}
	say(c.records > 1, "a second record")
	say(r.Came != c.came || r.Ended < r.Came, "came or ended at a wrong time")
	say(r.Outcome == "" || r.Outcome == "live" || r.EndedBy == "", "no outcome, or nobody who ended it")
	outside := slices.ContainsFunc(r.Talks, func(t core.TalkRecord) bool { return t.Number != "" })
	say(r.Outcome == "answered" && (r.Agent == "" && !outside || r.Answered == 0), "answered by nobody")
	say(r.Talk < 0 || r.Held < 0 || r.Held > r.Talk || r.Talk > r.Ended.Sub(r.Came), "talk or hold of a wrong length")
	for _, d := range r.Distributions {
		say(d.Outcome == "" || d.Left < d.Entered || d.Wait != d.Left.Sub(d.Entered), "a distribution that is not closed")
		say(d.Outcome == "answered" && d.Agent == "", "a distribution that nobody answered")
	}
	for _, o := range r.Offers {
		say(o.Outcome == "" || o.Ended < o.Made || o.Drawn != 0 && o.Drawn < o.Made, "an offer that is not closed")
	}
	for _, l := range r.Legs {
		say(l.Ended == 0 || l.Cause.Why == "" || l.Ended < l.Began, "a leg that has not ended")
		if known := w.legs[l.Leg]; l.Kind != "browser" && !strings.HasPrefix(l.Cause.Reason, "went on in") {
			say(known == nil || !known.told && !c.failed, "a leg that still lives")
		}
	}
	for _, t := range r.Talks {
		say(t.Ended < t.Began || t.Held > t.Ended.Sub(t.Began), "talk of a wrong length")
	}
	for _, t := range r.Transfers {
		say(t.Ended == 0 || t.State != core.TransferDone && t.State != core.TransferFailed && t.State != core.TransferCancelled, "a transfer that is not over")
	}
	n := len(r.Distributions)
	say(n > 0 && r.Distributions[n-1].Outcome == "answered" && r.Cause.Why == core.Lost && c.leg.drops > 0 && r.Legs[0].Cause.Why != core.HungUp && r.Ended.Sub(r.Legs[0].Ended) < time.Second && !c.failed && w.epoch == 1 &&
		w.known.Queue(r.Queue) != nil && r.Direction == "inbound", "a caller who had waited and was let go by us")
	if len(wrong) > 0 {
		w.fail("the record of %s: %s\n%+v", r.Call, strings.Join(wrong, ", "), r)
	}
}

// legsClosed looks at the record of a call that an agent made.
func (w *World) legsClosed(r *core.Interaction) {
	for _, l := range r.Legs {
		if l.Ended == 0 || l.Cause.Why == "" || l.Ended < l.Began {
			w.fail("the record of %s: a leg that has not ended: %+v", r.Call, l)
		}
	}
	if r.Outcome == "" || r.Outcome == "live" || r.EndedBy == "" {
		w.fail("the record of %s: no outcome, or nobody who ended it", r.Call)
	}
}
