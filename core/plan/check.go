package plan

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"belfry/core"
)

// check goes through a Doc and collects what is wrong with it.
type check struct {
	doc      *Doc
	plan     *Plan
	problems Problems
	warnings []Problem
	ids      map[string]string // id → the field that has it
}

func (c *check) wrong(field, code, format string, args ...any) {
	c.problems = append(c.problems, Problem{field, code, fmt.Sprintf(format, args...)})
}

func (c *check) warn(field, code, format string, args ...any) {
	c.warnings = append(c.warnings, Problem{field, code, fmt.Sprintf(format, args...)})
}

// index puts every thing of the document where it is found by its id. An id
// stands for one thing in the whole document.
func (c *check) index() {
	c.ids = map[string]string{}
	d, p := c.doc, c.plan
	p.users = enter(c, "users", d.Users, func(u *User) core.UserID { return u.ID })
	p.profiles = enter(c, "profiles", d.Profiles, func(x *Profile) core.ProfileID { return x.ID })
	p.activities = enter(c, "activities", d.Activities, func(x *Activity) core.ActivityID { return x.ID })
	p.queues = enter(c, "queues", d.Queues, func(x *Queue) core.QueueID { return x.ID })
	p.groups = enter(c, "groups", d.Groups, func(x *Group) core.GroupID { return x.ID })
	p.trees = enter(c, "trees", d.Trees, func(x *Tree) core.TreeID { return x.ID })
	p.sounds = enter(c, "sounds", d.Sounds, func(x *Sound) core.SoundID { return x.ID })
	p.hours = enter(c, "hours", d.Hours, func(x *Hours) string { return x.ID })
	p.trunks = enter(c, "trunks", d.Trunks, func(x *Trunk) core.TrunkID { return x.ID })
	p.mailboxes = enter(c, "mailboxes", d.Mailboxes, func(x *Mailbox) core.MailboxID { return x.ID })
}

func enter[K ~string, T any](c *check, list string, items []T, id func(*T) K) map[K]*T {
	m := make(map[K]*T, len(items))
	for i := range items {
		k := id(&items[i])
		field := at(list, i, "id")
		if !wellFormed(string(k)) {
			c.wrong(field, "id-malformed", "an id is 1 to 64 letters, digits, '_', '-' or '.', not %q", string(k))
			continue
		}
		if other, taken := c.ids[string(k)]; taken {
			c.wrong(field, "id-taken", "%s is the id of %s already", string(k), other)
			continue
		}
		c.ids[string(k)] = field
		m[k] = &items[i]
	}
	return m
}

// at is the path of one field of one item.
func at(list string, i int, field string) string { return fmt.Sprintf("%s[%d].%s", list, i, field) }

// element is the path of one element of a plain list.
func element(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// wellFormed says whether s may be an id or a node's name in a path.
func wellFormed(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-.", r)) {
			return false
		}
	}
	return true
}

// name wants a name for people: 1 to 100 characters, none of them a control.
func (c *check) name(field, s string) {
	switch {
	case strings.TrimSpace(s) == "":
		c.wrong(field, "name-empty", "a name is missing")
	case utf8.RuneCountInString(s) > 100:
		c.wrong(field, "name-long", "a name has at most 100 characters")
	case strings.ContainsFunc(s, unicode.IsControl):
		c.wrong(field, "name-control", "a name has no control characters")
	}
}

// between wants n in a range; 0 always stands for the default.
func (c *check) between(field string, n, low, high int, unit string) {
	if n != 0 && (n < low || n > high) {
		c.wrong(field, "out-of-range", "%d is not between %d and %d%s", n, low, high, unit)
	}
}

// optional is between where -1 means none.
func (c *check) optional(field string, n, high int, unit string) {
	if n < -1 || n > high {
		c.wrong(field, "out-of-range", "%d is not between 0 and %d%s, nor -1 for none", n, high, unit)
	}
}

func (c *check) oneOf(field, s string, allowed ...string) {
	for _, a := range allowed {
		if s == a {
			return
		}
	}
	c.wrong(field, "not-a-choice", "%q is not one of %s", s, strings.Join(allowed, ", "))
}

// sound, queue and the like want a reference to lead somewhere.
func (c *check) sound(field string, id core.SoundID) {
	if id != "" && c.plan.sounds[id] == nil {
		c.wrong(field, "no-such-sound", "there is no sound %s", id)
	}
}

func (c *check) queue(field string, id core.QueueID) {
	if c.plan.queues[id] == nil {
		c.wrong(field, "no-such-queue", "there is no queue %q", string(id))
	}
}

func (c *check) mailbox(field string, id core.MailboxID) {
	if id != "" && c.plan.mailboxes[id] == nil {
		c.wrong(field, "no-such-mailbox", "there is no mailbox %s", id)
	}
}

func (c *check) language(field, s string) {
	if s != "" {
		c.oneOf(field, s, "en", "fr")
	}
}
