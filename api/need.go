package api

import (
	"context"

	"belfry/core"
	"belfry/core/plan"
)

// Floor is the company's live state behind its host.
type Floor interface {
	// Ask waits for the floor's reply to what an agent wants.
	Ask(ctx context.Context, agent core.UserID, w core.Want) error
	// Tell gives news and never blocks.
	Tell(ev core.Event) error
	// Desk is the agent's desk as of now; nil when there is none. Read only.
	Desk(agent core.UserID) *core.Desk
	// PoolOf is the agent's list of waiting calls as of now. Read only.
	PoolOf(agent core.UserID) *core.Pool
	// Presence is who could be called now; nil when the floor does not run.
	Presence() *core.Presence
	// Active says who works with another than their first profile. It never waits.
	Active() *plan.Active
	// LiveOf is what supervisors see who work with each of the profiles, in their
	// order; none when the floor does not run. The caller owns it.
	LiveOf(profiles ...core.ProfileID) []*core.Live
	// Live is the record so far of a call that is not over; nil when none.
	Live(call core.CallID) *core.Interaction
}

// Broken is an invariant that does not hold: floor.Broken in other words.
type Broken struct {
	Invariant int
	What      string
	IDs       []string
}

// Stations are the browsers' audio lines.
type Stations interface {
	// Offer takes an SDP offer and gives the answer. The newest line of an
	// agent replaces the one before.
	Offer(ctx context.Context, agent core.UserID, sdp string) (core.StationID, string, error)
	// Close ends the agent's line; kind Missing when it is not theirs.
	Close(ctx context.Context, agent core.UserID, station core.StationID) error
}

// Users know passwords and sessions.
type Users interface {
	// Login returns who it is. Whatever is wrong, it is one error of kind
	// Denied and takes the same time.
	Login(ctx context.Context, login, password string) (core.UserID, error)
	// OpenSession makes a session that ends at until and returns its token, to
	// be given back to the browser and kept nowhere. About says in words which
	// browser it is.
	OpenSession(ctx context.Context, user core.UserID, about string, until core.Time) (token string, err error)
	// Session finds a session that has not ended by its token; kind Missing
	// when there is none.
	Session(ctx context.Context, token string) (Session, error)
	CloseSession(ctx context.Context, token string) error
}

// Setup is the first run: a company in which nobody has a password yet.
type Setup interface {
	// Waiting says whether it is still to be done.
	Waiting() bool
	// Finish does it, once: it makes the administrator able to log in and
	// returns who that is. A token that is wrong or used is kind Denied.
	Finish(ctx context.Context, token string, first FirstRun) (core.UserID, error)
}

// FirstRun is what is said at the first run.
type FirstRun struct {
	Company  string
	Language string // en, fr; empty: as it is
	Zone     string // IANA; empty: as it is
	Name     string // the administrator's; may be empty
	Password string
}

// Session is one log-in.
type Session struct {
	User  core.UserID
	Since core.Time
	Until core.Time
}

// Records are the calls that are over, newest first.
type Records interface {
	// Interactions returns one page and the cursor of the next, empty at the end.
	Interactions(ctx context.Context, f Filter) ([]core.Interaction, string, error)
	// Interaction finds one, whole; kind Missing when there is none.
	Interaction(ctx context.Context, id core.InteractionID) (*core.Interaction, error)
	// Qualifications are what a call's agents said of it; ToQualify is what they
	// still owe, newest first.
	Qualifications(ctx context.Context, id core.InteractionID) ([]core.Qualification, error)
	ToQualify(ctx context.Context, limit int) ([]core.Qualification, error)
	// Pops are the buttons that were carried out for a call, in their order.
	Pops(ctx context.Context, id core.InteractionID) ([]core.Popped, error)
}

// Filter says which interactions are asked for. A zero field asks for all.
type Filter struct {
	Seen      Scope
	Agent     core.UserID
	Queue     core.QueueID
	Outcome   string
	Direction string
	Number    string    // part of the caller's or the dialled number
	Since     core.Time // came at or after
	Before    core.Time // came before
	After     string    // the cursor
	Limit     int       // 1–200
}

// Scope is what the asker may see: everything, or what one of the others holds
// for.
type Scope struct {
	All    bool
	Agent  core.UserID    // talked, or had an offer
	Queues []core.QueueID // went through one of these
	Trees  bool           // came through a tree and never reached a queue
}

// Voice are the voice messages, newest first.
type Voice interface {
	Messages(ctx context.Context, after string, limit int) ([]Message, string, error)
	Message(ctx context.Context, id core.RecordID) (*Message, error)
	// Heard and Done mark a message, once: the first keeps the honour.
	Heard(ctx context.Context, id core.RecordID, by core.UserID, at core.Time) error
	Done(ctx context.Context, id core.RecordID, by core.UserID, at core.Time) error
}

// Message is a voice message and what became of it.
type Message struct {
	core.VoiceMessage
	HeardAt core.Time // zero: nobody has
	HeardBy core.UserID
	DoneAt  core.Time
	DoneBy  core.UserID
}

// Contacts are the address book.
type Contacts interface {
	// Search finds contacts by a part of their name or number, by name.
	Search(ctx context.Context, text, after string, limit int) ([]Contact, string, error)
	// Contact finds one; kind Missing when there is none.
	Contact(ctx context.Context, id core.ContactID) (*Contact, error)
}

// Contact is a person or firm of the address book.
type Contact struct {
	ID      core.ContactID
	Name    string
	Numbers []string // E.164
	Source  string   // crm, directory

	Organisation, Email, Note string

	VIP bool
}
