package plan

import (
	"maps"
	"slices"

	"belfry/core"
)

// Active says who works with another than their first profile. It never
// changes: a switch makes a new one.
type Active struct {
	of map[core.UserID]core.ProfileID
}

// NewActive says it of all of them. It keeps the map.
func NewActive(of map[core.UserID]core.ProfileID) *Active { return &Active{of: of} }

// With is the same but for one user; an empty profile is the first one.
func (a *Active) With(u core.UserID, p core.ProfileID) *Active {
	n := &Active{of: map[core.UserID]core.ProfileID{}}
	if a != nil {
		maps.Copy(n.of, a.of)
	}
	if p == "" {
		delete(n.of, u)
	} else {
		n.of[u] = p
	}
	return n
}

// As is the plan with the profiles in use: who serves what and who may do what
// follow from them. A profile that is not the user's any more counts as the
// first.
func (p *Plan) As(a *Active) *Plan {
	if a == nil || len(a.of) == 0 && p.active == nil {
		return p
	}
	n := *p
	n.active = a
	return &n
}

// those are the users of a queue: by their first profiles, less those who work
// with another, and with those who came by one.
func (p *Plan) those(q core.QueueID, first map[core.QueueID][]core.UserID, queues func(core.UserID) []core.QueueID) []core.UserID {
	if p.active == nil {
		return first[q]
	}
	has := func(u core.UserID) bool { return slices.Contains(queues(u), q) }
	var all []core.UserID
	for _, u := range first[q] {
		if has(u) {
			all = append(all, u)
		}
	}
	for u := range p.active.of { // sorted below
		if has(u) && !slices.Contains(all, u) {
			all = append(all, u)
		}
	}
	slices.Sort(all)
	return all
}
