package plan

import (
	"slices"
	"time"

	"belfry/core"
)

// Plan is a compiled Doc. It never changes: a new revision is a new Plan.
type Plan struct {
	Revision uint64
	Doc      *Doc
	Zone     *time.Location

	users      map[core.UserID]*User
	logins     map[string]*User
	extensions map[string]*User
	profiles   map[core.ProfileID]*Profile
	activities map[core.ActivityID]*Activity
	queues     map[core.QueueID]*Queue
	groups     map[core.GroupID]*Group
	numbers    map[string]*Number
	trees      map[core.TreeID]*Tree
	sounds     map[core.SoundID]*Sound
	hours      map[string]*Hours
	mailboxes  map[core.MailboxID]*Mailbox
	trunks     map[core.TrunkID]*Trunk
	unwanted   map[string]bool // the do-not-call list

	zones    map[string]*time.Location
	warnings []Problem

	// Which queues a profile serves and sees, and who does by their first profile,
	// each sorted.
	serves      map[core.ProfileID][]core.QueueID
	servers     map[core.QueueID][]core.UserID
	supervises  map[core.ProfileID][]core.QueueID
	supervisors map[core.QueueID][]core.UserID
	first       core.ActivityID
	active      *Active
}

// User and its fellows find a thing by its id; nil when there is none.
func (p *Plan) User(id core.UserID) *User             { return p.users[id] }
func (p *Plan) Login(login string) *User              { return p.logins[login] }
func (p *Plan) Extension(ext string) *User            { return p.extensions[ext] }
func (p *Plan) Profile(id core.ProfileID) *Profile    { return p.profiles[id] }
func (p *Plan) Activity(id core.ActivityID) *Activity { return p.activities[id] }
func (p *Plan) Queue(id core.QueueID) *Queue          { return p.queues[id] }
func (p *Plan) Group(id core.GroupID) *Group          { return p.groups[id] }
func (p *Plan) Number(e164 string) *Number            { return p.numbers[e164] }
func (p *Plan) Tree(id core.TreeID) *Tree             { return p.trees[id] }
func (p *Plan) Sound(id core.SoundID) *Sound          { return p.sounds[id] }
func (p *Plan) Hours(id string) *Hours                { return p.hours[id] }
func (p *Plan) Mailbox(id core.MailboxID) *Mailbox    { return p.mailboxes[id] }

// Trunk finds a trunk by its id; nil when there is none.
func (p *Plan) Trunk(id core.TrunkID) *Trunk { return p.trunks[id] }

// Unwanted says whether the number is on the do-not-call list.
func (p *Plan) Unwanted(e164 string) bool { return p.unwanted[e164] }

// Dials says whether the user may call numbers of the class. Emergency numbers
// and colleagues anybody may.
func (p *Plan) Dials(u core.UserID, class core.NumberClass) bool {
	switch class {
	case core.ClassEmergency, core.ClassInternal:
		return true
	case core.ClassNational, core.ClassMobile, core.ClassInternational, core.ClassPremium:
		pro := p.ProfileOf(u)
		return pro != nil && slices.Contains(pro.Rights, CallOut) && slices.Contains(pro.Dials, class)
	}
	return false
}

// TransfersTo says whether the user may transfer to targets of the kind.
func (p *Plan) TransfersTo(u core.UserID, kind string) bool {
	pro := p.ProfileOf(u)
	return pro != nil && slices.Contains(pro.Rights, Transfer) &&
		(len(pro.TransfersTo) == 0 || slices.Contains(pro.TransfersTo, kind))
}

// CallerID is the number shown to who is called: the queue's, the profile's or
// the company's; empty when none is set.
func (p *Plan) CallerID(u core.UserID, q core.QueueID) string {
	if queue := p.queues[q]; queue != nil && queue.CallerID != "" {
		return queue.CallerID
	}
	if pro := p.ProfileOf(u); pro != nil && pro.CallerID != "" {
		return pro.CallerID
	}
	return p.Doc.Company.CallerID
}

// Warnings are what is allowed but unwise: a queue without any limit, a queue
// nobody serves, a tree with an output that leads nowhere.
func (p *Plan) Warnings() []Problem { return p.warnings }

// ProfileOf returns the user's profile; nil when there is no such user.
func (p *Plan) ProfileOf(u core.UserID) *Profile {
	user := p.users[u]
	if user == nil {
		return nil
	}
	if p.active != nil {
		if id, chosen := p.active.of[u]; chosen && user.Has(id) {
			return p.profiles[id]
		}
	}
	return p.profiles[user.Profile]
}

// Can says whether the user's profile has the right.
func (p *Plan) Can(id core.UserID, r Right) bool {
	pro := p.ProfileOf(id)
	return pro != nil && slices.Contains(pro.Rights, r)
}

// Serves are the queues that the user serves, sorted. The caller must not
// change what it and its three fellows return.
func (p *Plan) Serves(u core.UserID) []core.QueueID {
	pro := p.ProfileOf(u)
	if pro == nil {
		return nil
	}
	return p.serves[pro.ID]
}

// Servers are the users who serve the queue, sorted.
func (p *Plan) Servers(q core.QueueID) []core.UserID { return p.those(q, p.servers, p.Serves) }

// Supervises are the queues whose waiting calls the user sees, sorted.
func (p *Plan) Supervises(u core.UserID) []core.QueueID {
	pro := p.ProfileOf(u)
	if pro == nil {
		return nil
	}
	return p.supervises[pro.ID]
}

// Supervisors are the users who see the queue's waiting calls, sorted.
func (p *Plan) Supervisors(q core.QueueID) []core.UserID {
	return p.those(q, p.supervisors, p.Supervises)
}

// FirstActivity is the first one that takes calls; empty when none does.
func (p *Plan) FirstActivity() core.ActivityID { return p.first }

// derive computes what is looked up often.
func (p *Plan) derive() {
	p.serves, p.supervises = map[core.ProfileID][]core.QueueID{}, map[core.ProfileID][]core.QueueID{}
	p.servers, p.supervisors = map[core.QueueID][]core.UserID{}, map[core.QueueID][]core.UserID{}
	for i := range p.Doc.Profiles {
		pro := &p.Doc.Profiles[i]
		p.serves[pro.ID] = slices.Compact(slices.Sorted(slices.Values(pro.Queues)))
		p.supervises[pro.ID] = slices.Compact(slices.Sorted(slices.Values(pro.Supervises)))
	}
	users := make([]core.UserID, 0, len(p.Doc.Users))
	for i := range p.Doc.Users {
		users = append(users, p.Doc.Users[i].ID)
	}
	slices.Sort(users)
	for _, u := range users { // in order, so that each list of users is sorted
		for _, q := range p.Serves(u) {
			p.servers[q] = append(p.servers[q], u)
		}
		for _, q := range p.Supervises(u) {
			p.supervisors[q] = append(p.supervisors[q], u)
		}
	}
	for _, a := range p.Doc.Activities {
		if a.Category == Processing {
			p.first = a.ID
			break
		}
	}
}
