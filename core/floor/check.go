package floor

import (
	"fmt"
	"slices"
	"time"

	"belfry/core"
)

// Broken is an invariant that does not hold.
type Broken struct {
	Invariant int // its number in ARCHITECTURE.md
	What      string
	IDs       []string
}

// Check returns the invariants that do not hold. It looks at everything and is
// for tests and for who asks, not for every step of a busy floor.
func (f *Floor) Check() []Broken {
	var bs []Broken
	say := func(n int, ids []string, format string, args ...any) {
		bs = append(bs, Broken{Invariant: n, What: fmt.Sprintf(format, args...), IDs: ids})
	}
	for _, c := range f.sortedCalls() {
		f.checkCall(c, say)
	}
	for _, a := range f.sortedAgents() {
		f.checkAgent(a, say)
	}
	if f.plan != nil {
		f.checkLines(say)
	}
	return bs
}

type sayer func(n int, ids []string, format string, args ...any)

func (f *Floor) checkCall(c *call, say sayer) {
	ids := []string{string(c.ID)}
	for i, o := range c.Offers {
		a := f.agents[o.Agent]
		if a == nil || a.Offer != c.ID || c.offerTo(o.Agent) != o {
			say(1, append(ids, string(o.Agent)), "the call is offered to an agent who does not know it")
		}
		if c.Stage != offered && c.Stage != ringing {
			say(1, ids, "a call that is %s has a live offer", c.Stage)
		}
		if i > 0 && c.Stage != offered {
			say(1, ids, "a call that rings one person rings %d", len(c.Offers))
		}
	}
	if len(c.Offers) == 0 && (c.Stage == offered || c.Stage == ringing) {
		say(1, ids, "a call that is %s has no offer", c.Stage)
	}
	for _, t := range c.parts() {
		if a := f.agents[t.Agent]; t.Agent != "" && (a == nil || !a.has(c.ID)) {
			say(1, append(ids, string(t.Agent)), "the call is talked by an agent who does not know it")
		}
	}
	if c.conversing() && f.size(c) < 2 {
		say(2, ids, "a call that is %s has one party", c.Stage)
	}
	if b := f.calls[c.For]; c.For != "" && (b == nil || b.Transfer == nil || b.Transfer.Consult != c.ID) {
		say(1, append(ids, string(c.For)), "the call consults for one that does not know it")
	}
	if (c.Stage == waiting) != (c.Wait != nil && c.Wait.in != nil) {
		say(2, ids, "a call that is %s is, or is not, in line", c.Stage)
	}
	if c.preview() && c.Stage != ending && f.backs[backKey{c.Wait.Queue, c.Back.Number}] != c.ID {
		say(2, ids, "somebody is to be called back twice, or is forgotten")
	}
	open := 0
	for _, d := range c.Record.Distributions {
		if d.Outcome == "" {
			open++
		}
	}
	want := 0
	if c.Stage == waiting || c.Stage == offered || c.Stage == dialing && c.preview() {
		want = 1
	}
	if open != want {
		say(2, ids, "a call that is %s has %d open distributions, not %d", c.Stage, open, want)
	}
	if c.Wait != nil && len(c.Record.Distributions) > c.Wait.From && c.Wait.Arrived > c.Record.Distributions[c.Wait.From].Entered {
		say(3, ids, "the arrival time has moved")
	}
	if late := f.now.Sub(c.Since) - returnWait; c.Stage == returning && late > time.Second {
		say(6, ids, "the caller has waited %v too long for who sent them", late)
	}
	if c.due.at == 0 || c.due.pos == 0 {
		say(6, ids, "a call that is %s has no deadline", c.Stage)
	}
	if c.Gone && c.Stage != ending {
		say(4, ids, "the caller has left a call that is %s", c.Stage)
	}
	if c.Stage == over {
		say(4, ids, "a call that is over is still there")
	}
}

func (f *Floor) checkAgent(a *agent, say sayer) {
	ids := []string{string(a.ID)}
	if a.Offer != "" {
		if c := f.calls[a.Offer]; c == nil || c.offerTo(a.ID) == nil {
			say(1, append(ids, string(a.Offer)), "the agent is offered a call that does not know it")
		}
	}
	heard := 0
	for _, id := range []core.CallID{a.Call, a.Other} {
		if id == "" {
			continue
		}
		c := f.calls[id]
		if c == nil || c.partOf(a.ID) == nil {
			say(1, append(ids, string(id)), "the agent talks a call that does not know it")
			continue
		}
		if c.partOf(a.ID).HeldSince == 0 {
			heard++
		}
	}
	if heard > 1 {
		say(1, ids, "the agent is in two conversations at once")
	}
	if pro := f.profile(a.ID); a.Offer != "" && a.Call != "" && (pro == nil || !pro.CallWaiting) {
		say(1, ids, "the agent has a reservation and a conversation")
	}
	if s := a.routingState(f); s != a.State {
		say(6, ids, "the agent is %s and should be %s", a.State, s)
	}
	switch a.State {
	case core.Reserved, core.Presented, core.PostInteraction:
		if a.Call != "" {
			break
		}
		if a.due.pos == 0 {
			say(6, ids, "an agent who is %s has no deadline", a.State)
		}
	case core.Ready:
		if a.RestUntil > f.now && a.due.pos == 0 {
			say(6, ids, "an agent who rests has no deadline")
		}
	case core.DeviceLost:
		if !a.LostTold && a.due.pos == 0 {
			say(6, ids, "nobody would learn that the agent's device stays lost")
		}
	case core.Off, core.Unavailable, core.Dialing, core.Talking, core.NotResponding:
		// Talking has the call's deadline; the others wait for the agent.
	}
	if t := f.alarmAt(a); t != 0 && !a.Alarmed && a.Offer == "" && a.due.pos == 0 {
		say(6, ids, "the agent's activity has a limit and no deadline")
	}
	if f.onScreen(a) && a.station().Kind == core.BrowserStation && (a.Frozen || a.Sound != "") {
		say(1, ids, "a call rings on a page that sleeps, or cannot be heard")
	}
	if a.Post == nil && len(a.Posts) > 0 {
		say(6, ids, "a post-interaction runs beside none")
	}
	f.checkProfile(a, say)
	if a.desk.Ready() != (a.State == core.Ready && a.RestUntil <= f.now) {
		say(1, ids, "the agent is, or is not, in line for calls")
	}
}

// checkLines: nobody waits whom a free agent could take, and no deadline is late.
func (f *Floor) checkLines(say sayer) {
	for i := range f.plan.Doc.Queues {
		line := f.board.Queue(f.plan.Doc.Queues[i].ID)
		if line.Free() == 0 {
			continue
		}
		for _, w := range line.First(8) {
			if a := f.board.AgentFor(w, f.now); a != nil {
				say(2, []string{string(w.Call), string(a.ID)}, "the call waits and the agent is free")
			}
		}
	}
	if at := f.due.next(); at != 0 && f.now.Sub(at) > time.Second {
		say(6, nil, "a deadline is %v late", f.now.Sub(at))
	}
}

// checkProfile: who serves a queue follows from the profile in use.
func (f *Floor) checkProfile(a *agent, say sayer) {
	pro := f.profile(a.ID)
	if pro == nil {
		return
	}
	if a.Profile != "" && f.user(a.ID).Has(a.Profile) && pro.ID != a.Profile {
		say(6, []string{string(a.ID)}, "the agent works with %s and not with %s", pro.ID, a.Profile)
	}
	for _, q := range f.plan.Serves(a.ID) {
		if f.queues[q] != nil && !known(f.queues[q].members, a.ID) {
			say(6, []string{string(a.ID), string(q)}, "the agent serves a queue that does not know it")
		}
	}
}

// known says whether the user is in a sorted list.
func known(users []core.UserID, u core.UserID) bool {
	_, found := slices.BinarySearch(users, u)
	return found
}
