package plan

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"belfry/core"
)

// Requirement is which skills an agent must have: one skill at a level or above,
// or other requirements put together. Exactly one of Skill, All, Any and Not is
// set; a nil Requirement is met by anyone.
type Requirement struct {
	Skill string        `json:"skill,omitempty"`
	Level int           `json:"level,omitempty"` // at least, with Skill: 1–5
	All   []Requirement `json:"all,omitempty"`
	Any   []Requirement `json:"any,omitempty"`
	Not   *Requirement  `json:"not,omitempty"`
}

// Step replaces a queue's requirement for calls that have waited in the queue
// for so long; no requirement: anyone who serves it.
type Step struct {
	After    int          `json:"after_seconds"`
	Requires *Requirement `json:"requires,omitempty"`
}

// Wait is the time from entering the queue at which the step begins.
func (s Step) Wait() time.Duration { return time.Duration(s.After) * time.Second }

// Steps are what the queue asks for, as time goes by; the first one begins at once.
func (q *Queue) Steps() []Step {
	return append([]Step{{Requires: q.Requires}}, q.Relax...)
}

// Met says whether somebody with these skills meets the requirement.
func (r *Requirement) Met(skills map[string]int) bool {
	switch {
	case r == nil:
		return true
	case r.Skill != "":
		return skills[r.Skill] >= r.Level
	case r.Not != nil:
		return !r.Not.Met(skills)
	case len(r.Any) > 0:
		for i := range r.Any {
			if r.Any[i].Met(skills) {
				return true
			}
		}
		return false
	}
	for i := range r.All {
		if !r.All[i].Met(skills) {
			return false
		}
	}
	return true
}

// Sum is the sum of the levels that somebody has in the skills asked for. What
// must not be there counts nothing.
func (r *Requirement) Sum(skills map[string]int) int {
	if r == nil || r.Not != nil {
		return 0
	}
	n := skills[r.Skill]
	for _, list := range [][]Requirement{r.All, r.Any} {
		for i := range list {
			n += list[i].Sum(skills)
		}
	}
	return n
}

// The sizes of what is asked for: enough for what people can follow.
const (
	deepest  = 5
	steps    = 10
	together = 20
)

// skilled checks what a queue asks of its agents.
func (c *check) skilled(i int, q *Queue) {
	f := func(name string) string { return at("queues", i, name) }
	c.oneOf(f("match"), q.Match, "", "longest_idle", "best")
	c.requirement(f("requires"), q.Requires, 1)
	if len(q.Relax) > steps {
		c.wrong(f("relax"), "too-many-steps", "a queue has at most %d steps", steps)
	}
	after := 0
	for j, s := range q.Relax {
		field := element(f("relax"), j)
		c.requirement(field+".requires", s.Requires, 1)
		if s.After <= after || s.After > day {
			c.wrong(field+".after_seconds", "step-not-later", "a step begins later than the one before it, within a day, not at %d seconds", s.After)
		}
		after = max(after, s.After)
	}
	if q.Requires == nil && len(q.Relax) > 0 {
		c.wrong(f("relax"), "nothing-to-relax", "a queue that asks for no skills has nothing to relax")
	}
}

func (c *check) requirement(field string, r *Requirement, depth int) {
	if r == nil {
		return
	}
	set := 0
	for _, is := range []bool{r.Skill != "", len(r.All) > 0, len(r.Any) > 0, r.Not != nil} {
		if is {
			set++
		}
	}
	switch {
	case set != 1:
		c.wrong(field, "requirement-unclear", "a requirement has one of skill, all, any and not, not %d of them", set)
	case depth > deepest:
		c.wrong(field, "requirement-deep", "a requirement is at most %d levels deep", deepest)
	case len(r.All) > together || len(r.Any) > together:
		c.wrong(field, "requirement-long", "at most %d requirements stand together", together)
	case r.Skill != "":
		c.name(field+".skill", r.Skill)
		if r.Level < 1 || r.Level > 5 {
			c.wrong(field+".level", "out-of-range", "%d is not a level between 1 and 5", r.Level)
		}
	}
	if depth > deepest {
		return
	}
	for j := range r.All {
		c.requirement(fmt.Sprintf("%s.all[%d]", field, j), &r.All[j], depth+1)
	}
	for j := range r.Any {
		c.requirement(fmt.Sprintf("%s.any[%d]", field, j), &r.Any[j], depth+1)
	}
	c.requirement(field+".not", r.Not, depth+1)
}

// skills checks what a user can do.
func (c *check) skills(field string, skills map[string]int) {
	for _, s := range slices.Sorted(maps.Keys(skills)) {
		c.name(field, s)
		if n := skills[s]; n < 1 || n > 5 {
			c.wrong(field, "level-wrong", "the level of %s is between 1 and 5, not %d", s, n)
		}
	}
}

// serving checks how a profile serves its queues.
func (c *check) serving(field string, p *Profile) {
	for _, id := range slices.Sorted(maps.Keys(p.Serving)) {
		s := p.Serving[id]
		if !slices.Contains(p.Queues, id) {
			c.warn(field, "not-served", "%s is not among the queues of the profile", string(id))
		}
		c.between(field+"."+string(id)+".delay_seconds", s.Delay, 0, 9999, " seconds")
		c.between(field+"."+string(id)+".weight_seconds", s.Weight, -day, day, " seconds")
	}
}

// ServesAs says how the user serves the queue.
func (p *Plan) ServesAs(u core.UserID, q core.QueueID) Serving {
	if pro := p.ProfileOf(u); pro != nil {
		return pro.Serving[q]
	}
	return Serving{}
}

// Same says whether two requirements ask for the same in the same words.
func (r *Requirement) Same(o *Requirement) bool {
	if r == nil || o == nil {
		return r == o
	}
	same := func(a, b Requirement) bool { return a.Same(&b) }
	return r.Skill == o.Skill && r.Level == o.Level && r.Not.Same(o.Not) &&
		slices.EqualFunc(r.All, o.All, same) && slices.EqualFunc(r.Any, o.Any, same)
}
