package floor

import (
	"slices"
	"strings"

	"belfry/core"
)

// missed puts a call that the agent did not take on their list; without an offer
// it never rang. Only one that rang out counts as a miss.
func (f *Floor) missed(a *agent, c *call, o *offer, cause string) {
	f.today(a)
	if cause == "ignored" {
		a.Today.Missed++
	}
	if cause == "declined" && f.plan.Doc.Company.QuietDeclines {
		return
	}
	m := core.DeskMissed{
		Interaction: c.Record.ID, From: c.shownParty(), Name: c.Record.Name, At: f.now, Cause: cause,
	}
	if o != nil {
		m.Offer, m.Queue, m.QueueName = o.ID, o.Queue, f.queueName(o.Queue)
	}
	a.Missed = slices.Insert(a.Missed, 0, m)
	if len(a.Missed) > 20 {
		a.Missed = a.Missed[:20]
	}
	f.missedBy(a, m.From.Number)
	f.show(a, false)
}

// missedBy notes who has a number on their list, so that an answer need not look
// through everybody's.
func (f *Floor) missedBy(a *agent, number string) {
	if number != "" && !slices.Contains(f.misses[number], a.ID) {
		f.misses[number] = append(f.misses[number], a.ID)
	}
}

// spoken: somebody of us has talked with the party, so that nobody has to call
// them back. With a colleague only the two are concerned.
func (f *Floor) spoken(a *agent, number string) {
	if number == "" {
		return
	}
	if !strings.HasPrefix(number, "+") {
		f.forgive(a, number)
		return
	}
	slices.Sort(f.misses[number])
	for _, id := range f.misses[number] {
		f.forgive(f.agents[id], number)
	}
	delete(f.misses, number)
}

// forgive takes a number off the agent's list.
func (f *Floor) forgive(a *agent, number string) {
	if a == nil {
		return
	}
	n := len(a.Missed)
	a.Missed = slices.DeleteFunc(a.Missed, func(m core.DeskMissed) bool { return m.From.Number == number })
	if len(a.Missed) != n {
		f.show(a, false)
	}
}
