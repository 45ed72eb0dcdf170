package floor

import (
	"fmt"
	"strconv"

	"belfry/core"
)

// popEvents are the words about buttons: claim and press by an agent, and what
// another program has replied. "pops" says what stands on the agent's page.
func (s *teller) popEvents(verb string, args []string, ask func(core.Want) []core.Event) []core.Event {
	s.t.Helper()
	a := s.f.agents[usr(args[0])]
	last := func(button string) core.PopID {
		for _, p := range a.Pops {
			if p.Button.ID == button {
				return p.ID
			}
		}
		return "pop_none"
	}
	switch verb {
	case "claim": // claim ann crm
		return ask(core.ClaimPop{Pop: last(args[1])})
	case "press": // press ann c1 crm
		return ask(core.Press{Pop: core.PopID(fmt.Sprintf("pop_%d", s.seq)), Interaction: core.InteractionID("int_" + args[1]), Button: args[2]})
	case "replied": // replied ann crm 204, or replied ann crm timeout
		ev := core.RequestEnded{Agent: a.ID, Pop: last(args[1])}
		var err error
		if ev.Status, err = strconv.Atoi(args[2]); err != nil {
			ev.Status, ev.Why = 0, args[2]
		}
		return []core.Event{ev}
	}
	d := s.f.Desk(a.ID)
	for _, p := range d.Pops {
		fmt.Fprintf(&s.out, "  :: %s %s, %s%s %s\n", p.Button.ID, p.State, p.When, status(p.Status), p.Button.Address)
	}
	say := func(what string, buttons []core.DeskButton) {
		for _, b := range buttons {
			fmt.Fprintf(&s.out, "  :: %s has the button %s (%s) %s\n", what, b.Label, b.Kind, b.Address)
		}
	}
	if d.Offer != nil {
		say("the popup", d.Offer.Buttons)
	}
	for _, c := range d.Calls {
		say("the call", c.Buttons)
	}
	if d.Post != nil {
		say("the post-interaction", d.Post.Buttons)
	}
	return nil
}

func (s *teller) requested(e core.Request) string {
	where := ""
	if e.Private {
		where = ", in the house"
	}
	secrets := 0
	for _, v := range e.Vars {
		if v.Secret {
			secrets++
		}
	}
	return fmt.Sprintf("request %s (%s%s) for %s: %s, %d of its variables are secret", e.Address, e.When, where, e.Interaction, e.From.Number, secrets)
}

func status(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" %d", n)
}
