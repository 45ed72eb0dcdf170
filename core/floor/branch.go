package floor

import (
	"slices"

	"belfry/core"
	"belfry/core/plan"
)

// A direct call that was not taken goes where its user has said: to a colleague,
// a number, a Smart Routing, a voice mailbox; or it is refused.

// mostForwards is how often one call is sent on from person to person.
const mostForwards = 5

// notTaken lets a direct call go on after its person did not take it.
func (f *Floor) notTaken(c *call, why trouble) {
	u := f.user(c.Ring.User)
	if u == nil || c.For != "" { // who consults is told, and nobody else
		f.refuseDirect(c, why)
		return
	}
	switch b := u.Branch(why.Reason); b.Do {
	case "forward":
		f.forward(c, u, b, why)
	case "mailbox":
		f.toMailbox(c, b.Mailbox, why)
	default:
		f.refuseDirect(c, why)
	}
}

// forward sends the call on. One that comes round again, or is sent on too often,
// goes to the first person's mailbox, or is refused.
func (f *Floor) forward(c *call, u *plan.User, b plan.Branch, why trouble) {
	if c.First == "" {
		c.First = u.ID
	}
	c.Asked = append(c.Asked, u.ID)
	next := f.user(b.User)
	switch {
	case len(c.Asked) > mostForwards, next != nil && slices.Contains(c.Asked, next.ID):
		f.notReached(c, why)
	case next != nil:
		f.ringUser(c, next, next.RingTime(), ringForCaller)
	case b.Tree != "":
		f.forwardToTree(c, b.Tree, why)
	case f.plan.Number(b.Number) != nil: // one of ours: not out and in again
		f.forwardToTree(c, f.plan.Number(b.Number).Tree, why)
	case b.Number == "" || f.plan.Unwanted(b.Number):
		f.notReached(c, why)
	default:
		f.forwardOut(c, u.ID, b.Number, why)
	}
}

// forwardOut sends the call to a number outside. It counts as a call of the
// person who has it sent there.
func (f *Floor) forwardOut(c *call, who core.UserID, number string, why trouble) {
	how, err := f.within(out{Forward: true}, who)
	if err != nil {
		f.notReached(c, why)
		return
	}
	if c.Up {
		f.ringback(c)
	}
	f.dialOut(c, who, core.Target{Number: number}, how)
}

// forwardToTree makes the direct call a smart one.
func (f *Floor) forwardToTree(c *call, tree core.TreeID, why trouble) {
	if f.plan.Tree(tree) == nil {
		f.notReached(c, why)
		return
	}
	c.Record.Mode = "smart"
	if c.Up {
		f.beginTree(c, tree)
		return
	}
	c.Ahead = tree
	f.to(c, arriving)
	f.answer(c) // the tree begins with the ACK
}

// notReached: nobody to whom the call was sent on took it.
func (f *Floor) notReached(c *call, why trouble) {
	if u := f.user(c.First); u != nil && u.Mailbox != "" {
		f.toMailbox(c, u.Mailbox, why)
		return
	}
	f.refuseDirect(c, why)
}

func (f *Floor) toMailbox(c *call, box core.MailboxID, why trouble) {
	if f.plan.Mailbox(box) == nil {
		f.refuseDirect(c, why)
		return
	}
	f.mailDirect(c, box)
}

// refuseDirect tells who called that the person is not to be had.
func (f *Floor) refuseDirect(c *call, why trouble) {
	if c.Up {
		f.cannot(c, why)
		return
	}
	c.Record.Outcome = "refused"
	switch why.Reason {
	case "busy", "declined":
		f.reject(c, core.Cause{Why: core.LineBusy, Code: 486, Q850: 17, Reason: why.Reason})
	default:
		f.reject(c, core.Cause{Why: core.NoAnswer, Code: 480, Q850: 19, Reason: why.Reason})
	}
}
