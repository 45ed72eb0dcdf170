package plan

import "belfry/core"

// branch wants one of the three things a branch can do, and all it needs.
func (c *check) branch(field string, u *User, b *Branch) {
	if b == nil {
		return
	}
	c.oneOf(field+".do", b.Do, "forward", "mailbox", "refuse")
	c.mailbox(field+".mailbox", b.Mailbox)
	switch b.Do {
	case "mailbox":
		if b.Mailbox == "" && u.Mailbox == "" {
			c.wrong(field+".mailbox", "no-mailbox", "%s has no voice mailbox: name one", u.Name)
		}
	case "forward":
		c.forward(field, u, b)
	}
}

func (c *check) forward(field string, u *User, b *Branch) {
	targets := 0
	if b.User != "" {
		targets++
		switch {
		case b.User == u.ID:
			c.wrong(field+".user", "forwards-to-self", "%s cannot be forwarded to themselves", u.Name)
		case c.plan.users[b.User] == nil:
			c.wrong(field+".user", "no-such-user", "there is no user %s", b.User)
		}
	}
	if b.Tree != "" {
		targets++
		if c.plan.trees[b.Tree] == nil {
			c.wrong(field+".tree", "no-such-tree", "there is no Smart Routing %s", b.Tree)
		}
	}
	if b.Number != "" {
		targets++
		if !e164(b.Number) {
			c.wrong(field+".number", "number-malformed", "a number is written +33144001022, not %q", b.Number)
		}
	}
	if targets != 1 {
		c.wrong(field, "forward-target", "a call is forwarded to one target: a user, a number or a tree")
	}
}

// Branch is what becomes of a direct call to the user that was not taken; reason
// is busy, no_answer, declined or away. It is never nil.
func (u *User) Branch(reason string) Branch {
	b := map[string]*Branch{"busy": u.Busy, "no_answer": u.NoAnswer, "declined": u.Declined, "away": u.Away}[reason]
	switch {
	case b != nil && b.Do == "mailbox" && b.Mailbox == "":
		return Branch{Do: "mailbox", Mailbox: u.Mailbox}
	case b != nil:
		return *b
	case u.Mailbox != "":
		return Branch{Do: "mailbox", Mailbox: u.Mailbox}
	}
	return Branch{Do: "refuse"}
}

// Has says whether the profile is one of the user's.
func (u *User) Has(p core.ProfileID) bool {
	for _, x := range u.AllProfiles() {
		if x == p {
			return true
		}
	}
	return false
}

// AllProfiles are those that the user may work with, the first of them first.
func (u *User) AllProfiles() []core.ProfileID {
	all := []core.ProfileID{u.Profile}
	for _, p := range u.Profiles {
		if p != u.Profile {
			all = append(all, p)
		}
	}
	return all
}
