package flow

import (
	"belfry/core"
	"belfry/core/plan"
)

// user rings one person directly: a fixed one, or whose extension stands in
// Extension, in which ${name} stands for a variable.
type user struct {
	User      core.UserID `json:"user,omitempty"`
	Extension string      `json:"extension,omitempty"`
	Ring      int         `json:"ring_seconds,omitempty"` // as the user is set; 5–120
}

func (u *user) check(c *check) {
	switch {
	case u.User == "" && u.Extension == "":
		c.setting("user", "no-such-user", "neither a user nor an extension is named")
	case u.User != "" && c.plan.User(u.User) == nil:
		c.setting("user", "no-such-user", "there is no user %q", string(u.User))
	}
	if len(u.Extension) > longValue {
		c.setting("extension", "value-long", "an extension has at most %d bytes", longValue)
	}
	c.between("ring_seconds", u.Ring, 5, 120)
}

func (u *user) enter(w *walk) string {
	who := u.find(w)
	if who == nil {
		w.note("there is no such user")
		return "failed"
	}
	w.note("user %s", short(who.Name))
	w.away(RingUser{User: who.ID, Ring: u.Ring})
	return ""
}

func (u *user) find(w *walk) *plan.User {
	if u.User != "" {
		return w.env.Plan.User(u.User)
	}
	extension, _ := w.run.fill(u.Extension)
	return w.env.Plan.Extension(plan.Normal(extension))
}

func (u *user) input(w *walk, in Input) string { return w.left(in) }
