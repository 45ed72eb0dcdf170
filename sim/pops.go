package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// buttons gives two queues and a profile some, in every other company.
func buttons(rnd *rand.Rand, d *plan.Doc) {
	d.Company.ButtonHosts, d.Company.PrivateButtonHosts = []string{"crm.example.com"}, []string{"127.0.0.1:9000"}
	if rnd.IntN(2) == 0 {
		return
	}
	when := func() string {
		return []string{plan.WhenPresented, plan.WhenAccepted, plan.WhenEnded, plan.ByHand}[rnd.IntN(4)]
	}
	some := func(n int) []plan.Button {
		var all []plan.Button
		for i := range n {
			b := plan.Button{ID: fmt.Sprintf("b%d", i), Label: "b", Kind: plan.URLButton, Address: "https://crm.example.com/?{{caller.number}}&{{var.name}}", When: when()}
			if rnd.IntN(2) == 0 {
				b.Kind, b.Address = plan.HTTPButton, "http://127.0.0.1:9000/{{call.id}}"
			}
			all = append(all, b)
		}
		return all
	}
	d.Queues[0].Buttons, d.Queues[1].Buttons, d.Profiles[0].Buttons = some(3), some(1), some(2)
}

// popped: the agent's two tabs see what is to be opened, and each claims it; or
// both are asleep. Some like to press buttons.
func (p *person) popped(d *core.Desk) {
	w := p.w
	for _, x := range d.Pops {
		if x.State != "open" || p.tried[x.ID] {
			continue
		}
		p.tried[x.ID] = true
		if w.chance(85) {
			w.in(w.upTo(2*time.Second), func() { p.ask(core.ClaimPop{Pop: x.ID}) })
			w.in(w.upTo(2*time.Second), func() { p.ask(core.ClaimPop{Pop: x.ID}) })
		}
	}
	if !w.chance(5) {
		return
	}
	press := func(id core.InteractionID, all []core.DeskButton) {
		if len(all) == 0 {
			return
		}
		p.clicks++
		want := core.Press{Pop: core.PopID(fmt.Sprintf("pop_%s_%d", p.id, p.clicks)), Interaction: id, Button: all[w.rnd.IntN(len(all))].ID}
		w.in(w.upTo(5*time.Second), func() { p.ask(want) })
	}
	if d.Offer != nil {
		press(d.Offer.Interaction, d.Offer.Buttons)
	}
	for _, c := range d.Calls {
		press(c.Interaction, c.Buttons)
	}
	if d.Post != nil {
		press(d.Post.Interaction, d.Post.Buttons)
	}
}

// requested: the other program answers, or refuses, or says nothing at all;
// sometimes news of it comes twice.
func (w *World) requested(e core.Request) {
	if w.asked[e.Pop]++; w.asked[e.Pop] > 1 {
		w.fail("%s is asked for %d times", e.Pop, w.asked[e.Pop])
	}
	if w.known.Private(e.Address) != e.Private {
		w.fail("%s: an address in the house is taken for another", e.Pop)
	}
	ended := core.RequestEnded{Agent: e.Agent, Pop: e.Pop, Status: 204}
	switch n := w.rnd.IntN(100); {
	case n < 10:
		return
	case n < 20:
		ended.Status = 500
	case n < 30:
		ended.Status, ended.Why = 0, "timeout"
	}
	w.news(w.upTo(5*time.Second), ended)
}

// oneWinner: however many pages ask, one opens it.
func (w *World) oneWinner(ev core.Event, effects []core.Effect) {
	asked, _ := ev.(core.Asked)
	claim, ok := asked.Want.(core.ClaimPop)
	if !ok {
		return
	}
	for _, e := range effects {
		if r, is := e.(core.Reply); is && r.Err == nil {
			w.claims[claim.Pop]++
		}
	}
	if n := w.claims[claim.Pop]; n > 1 {
		w.fail("%s is opened by %d pages", claim.Pop, n)
	}
}

// popKept: how a button went is told once.
func (w *World) popKept(x core.Popped) {
	if w.pops[x.ID]++; w.pops[x.ID] > 1 {
		w.fail("how %s went is told %d times", x.ID, w.pops[x.ID])
	}
	if x.Kind == plan.HTTPButton && x.Why != "address" && w.asked[x.ID] != 1 {
		w.fail("%s is over and was asked for %d times", x.ID, w.asked[x.ID])
	}
}
