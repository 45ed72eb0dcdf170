package floor

import (
	"slices"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// pop is a button that is carried out, or was. All of an agent's pages see it;
// who opens it is decided here, so that three tabs open one window.
type pop struct {
	core.DeskPop
	Queue core.QueueID
	Of    string    // whose number
	Until core.Time // at which it is over, should nobody say so; zero: it is
}

// How long an address waits for a page, and a request for its answer: the driver
// gives up after 5 s. An agent's list holds mostPops; the oldest that is over
// goes first, and no more may be under way at once.
const (
	popOpens  = 10 * time.Second
	popCalls  = 15 * time.Second
	mostPops  = 20
	mostUnder = 10
)

// pops carries out the buttons of the call that go by themselves now.
func (f *Floor) pops(a *agent, c *call, when string) {
	if a == nil || f.plan == nil {
		return
	}
	about := f.about(c)
	for _, b := range f.plan.Buttons(a.ID, about.popQueue()) {
		if b.When == when {
			f.pop(a, about, b, core.PopID(f.id("pop_")), when)
		}
	}
}

// popAccepted: the agent has the call, or reached whom they called.
func (f *Floor) popAccepted(a *agent, c *call, t *talk) {
	if !t.Popped {
		t.Popped = true
		f.pops(a, c, plan.WhenAccepted)
	}
}

// about is the call that a page shows: who is consulted sees whom it is about.
func (f *Floor) about(c *call) *call {
	if main := f.calls[c.For]; main != nil {
		return main
	}
	return c
}

// popQueue is the queue whose buttons the call has; empty for a direct one.
func (c *call) popQueue() core.QueueID {
	if c.Record.Mode == "direct" && c.Wait == nil {
		return ""
	}
	return c.Record.Queue
}

// pop carries a button out for a live call.
func (f *Floor) pop(a *agent, c *call, b *plan.Button, id core.PopID, when string) {
	p := f.addPop(a, core.DeskPop{
		ID: id, Interaction: c.Record.ID, When: when, Button: f.deskButton(a, c, b),
	}, c.popQueue())
	p.Of = c.shownParty().Number
	address := b.Fill(f.popValues(a, c))
	switch {
	case address == "":
		f.popOver(a, p, "failed", 0, "address")
	case b.Kind == plan.HTTPButton:
		f.request(a, p, f.requestOf(a, c, b, address))
	case when == plan.ByHand: // the page has opened it: a browser wants the click itself
		f.popOver(a, p, "opened", 0, "")
	default:
		p.State, p.Until = "open", f.now.Add(popOpens)
	}
	f.touch(a)
	f.show(a, true)
}

// requestOf is what another program is told of the call.
func (f *Floor) requestOf(a *agent, c *call, b *plan.Button, address string) core.Request {
	return core.Request{
		Agent: a.ID, Address: address, Private: f.plan.Private(b.Address), Button: b.ID,
		Call: c.ID, Interaction: c.Record.ID, Queue: c.popQueue(), QueueName: f.queueName(c.popQueue()),
		From: c.shownParty(), Name: c.Record.Name, Vars: slices.DeleteFunc(slices.Clone(c.Run.Vars), func(v core.Var) bool { return v.Secret }),
	}
}

// request orders the request.
func (f *Floor) request(a *agent, p *pop, r core.Request) {
	p.State, p.Until = "calling", f.now.Add(popCalls)
	r.Pop, r.When, r.At = p.ID, p.When, f.now
	f.do(r)
}

// addPop puts a pop on the agent's list.
func (f *Floor) addPop(a *agent, d core.DeskPop, q core.QueueID) *pop {
	d.At = f.now
	p := &pop{DeskPop: d, Queue: q}
	a.Pops = slices.Insert(a.Pops, 0, p)
	for i := len(a.Pops) - 1; i > 0 && len(a.Pops) > mostPops; i-- {
		if a.Pops[i].Until == 0 {
			a.Pops = slices.Delete(a.Pops, i, i+1)
		}
	}
	return p
}

// popOver notes how it went. That is told once.
func (f *Floor) popOver(a *agent, p *pop, outcome string, status int, why string) {
	p.State, p.Status, p.Why, p.Until = outcome, status, why, 0
	f.do(core.Note{Fact: core.Popped{
		ID: p.ID, Interaction: p.Interaction, Agent: a.ID, Queue: p.Queue, Button: p.Button.ID, Label: p.Button.Label, Kind: p.Button.Kind,
		When: p.When, Address: p.Button.Address, At: p.At, Ended: f.now, Outcome: outcome, Status: status, Why: why,
	}})
	f.touch(a)
	f.show(a, true)
}

// popOf finds a pop on the agent's list; nil when there is none.
func (a *agent) popOf(id core.PopID) *pop {
	for _, p := range a.Pops {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// asksClaim: a page would open an address. The first has it.
func (f *Floor) asksClaim(a *agent, id core.PopID) *core.Error {
	switch p := a.popOf(id); {
	case p == nil:
		return core.Errorf(core.Missing, "no-such-pop", "there is nothing to open under this id")
	case p.State != "open":
		return core.Errorf(core.Conflict, "pop-taken", "another page has opened it")
	default:
		f.popOver(a, p, "opened", 0, "")
		return nil
	}
}

// asksPress carries a button out by hand.
func (f *Floor) asksPress(a *agent, w core.Press) *core.Error {
	if a.popOf(w.Pop) != nil {
		return nil // said twice
	}
	under := 0
	for _, p := range a.Pops {
		if p.Until != 0 {
			under++
		}
	}
	if under >= mostUnder {
		return core.Errorf(core.Busy, "too-many-pops", "others are still under way: wait for them")
	}
	c := f.popCall(a, w.Interaction)
	if c == nil {
		return f.pressAfter(a, w)
	}
	for _, b := range f.plan.Buttons(a.ID, c.popQueue()) {
		if b.ID == w.Button {
			f.pop(a, c, b, w.Pop, plan.ByHand)
			return nil
		}
	}
	return noSuchButton()
}

func noSuchButton() *core.Error {
	return core.Errorf(core.Missing, "no-such-button", "this call has no such button")
}

// popCall finds the call of an interaction among those that the agent has or is
// offered.
func (f *Floor) popCall(a *agent, id core.InteractionID) *call {
	cs := f.callsOf(a)
	if c, _ := f.offerOf(a); c != nil {
		cs = append(cs, c)
	}
	for _, c := range cs {
		if about := f.about(c); about.Record.ID == id || c.Record.ID == id {
			return about
		}
	}
	return nil
}

// pressAfter: the call is over, and its post-interaction runs.
func (f *Floor) pressAfter(a *agent, w core.Press) *core.Error {
	post := a.postOf(w.Interaction)
	if post == nil || w.Interaction == "" {
		return core.Errorf(core.Missing, "no-such-call", "you are not on this call")
	}
	for i, b := range post.Buttons {
		if b.ID != w.Button {
			continue
		}
		p := f.addPop(a, core.DeskPop{ID: w.Pop, Interaction: w.Interaction, When: plan.ByHand, Button: b}, post.Queue)
		p.Of = post.From.Number
		if b.Kind == plan.HTTPButton {
			f.request(a, p, post.Requests[i])
		} else {
			f.popOver(a, p, "opened", 0, "")
		}
		f.touch(a)
		f.show(a, true)
		return nil
	}
	return noSuchButton()
}

// requestEnded: the other program has answered, or not.
func (f *Floor) requestEnded(ev core.RequestEnded) {
	a := f.agents[ev.Agent]
	if a == nil {
		return
	}
	p := a.popOf(ev.Pop)
	switch {
	case p == nil || p.State != "calling":
	case ev.Status == 0:
		f.popOver(a, p, "failed", 0, ev.Why)
	case ev.Status < 200 || ev.Status > 299:
		f.popOver(a, p, "refused", ev.Status, "")
	default:
		f.popOver(a, p, "done", ev.Status, "")
	}
}

// popsDue is when the first of them is over; zero: none is under way.
func (a *agent) popsDue() core.Time {
	at := core.Time(0)
	for _, p := range a.Pops {
		if p.Until != 0 && (at == 0 || p.Until < at) {
			at = p.Until
		}
	}
	return at
}

// popsMet ends those for which nobody came. Of a request that a crash cut off
// nobody knows: it is not sent again.
func (f *Floor) popsMet(a *agent) {
	for _, p := range slices.Clone(a.Pops) {
		switch {
		case p.Until == 0 || p.Until > f.now:
		case p.State == "open":
			f.popOver(a, p, "missed", 0, "")
		default:
			f.popOver(a, p, "failed", 0, "unknown")
		}
	}
}

// popValues are what may stand in an address.
func (f *Floor) popValues(a *agent, c *call) func(string) string {
	return func(name string) string {
		switch name {
		case "caller.number":
			return c.shownParty().Number
		case "caller.name":
			if c.Record.Name != "" {
				return c.Record.Name
			}
			return c.shownParty().Name
		case "call.id":
			return string(c.ID)
		case "interaction.id":
			return string(c.Record.ID)
		case "queue.id":
			return string(c.popQueue())
		case "queue.name":
			return f.queueName(c.popQueue())
		case "agent.id":
			return string(a.ID)
		case "lang":
			return f.plan.Language(a.ID)
		}
		for _, v := range c.Run.Vars {
			if "var."+v.Name == name && !v.Secret {
				return v.Value
			}
		}
		return ""
	}
}

// deskButton is a button as the page has it. Where the server calls it, the
// address is nobody's business.
func (f *Floor) deskButton(a *agent, c *call, b *plan.Button) core.DeskButton {
	d := core.DeskButton{ID: b.ID, Label: b.Words(f.plan.Language(a.ID)), Kind: b.Kind}
	if b.Kind == plan.URLButton {
		d.Where, d.Address = b.Place(), b.Fill(f.popValues(a, c))
	}
	return d
}

// deskButtons are those of a call for the agent.
func (f *Floor) deskButtons(a *agent, c *call) []core.DeskButton {
	c = f.about(c)
	var all []core.DeskButton
	for _, b := range f.plan.Buttons(a.ID, c.popQueue()) {
		all = append(all, f.deskButton(a, c, b))
	}
	return all
}

// keepButtons keeps for the post-interaction what is not known any more when the
// call is gone.
func (f *Floor) keepButtons(a *agent, c *call, p *post) {
	for _, b := range f.plan.Buttons(a.ID, c.popQueue()) {
		d := f.deskButton(a, c, b)
		address := b.Fill(f.popValues(a, c))
		if address == "" {
			continue
		}
		p.Buttons = append(p.Buttons, d)
		r := core.Request{}
		if b.Kind == plan.HTTPButton {
			r = f.requestOf(a, c, b, address)
		}
		p.Requests = append(p.Requests, r)
	}
}
