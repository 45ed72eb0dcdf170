package core

import "time"

// AskID joins a Reply to its Asked. The host gives it.
type AskID uint64

// Want is what an agent may ask for. The set is closed.
//
//sumtype:decl
type Want interface{ want() }

// Target is where a call shall go: one of its fields says to whom. Name is how
// the target was shown to who chose it.
type Target struct {
	User   UserID
	Queue  QueueID
	Group  GroupID
	Tree   TreeID
	Number string // E.164
	Class  NumberClass
	// Contact of the directory whose Number it is, empty for a bare number.
	Contact ContactID
	Name    string
}

// Kind names the kind of the target: user, queue, group, routing, directory or
// number; empty when it has none.
func (t Target) Kind() string {
	switch {
	case t.User != "":
		return "user"
	case t.Queue != "":
		return "queue"
	case t.Group != "":
		return "group"
	case t.Tree != "":
		return "routing"
	case t.Number != "" && t.Contact != "":
		return "directory"
	case t.Number != "":
		return "number"
	}
	return ""
}

// StartShift opens the agent's day in an activity (empty: the first one that
// takes calls). EndShift closes it; a call in progress is finished first.
type (
	StartShift  struct{ Activity ActivityID }
	EndShift    struct{}
	SetActivity struct{ Activity ActivityID }
	// Return ends not_responding and a finished device fault.
	Return struct{}
	// Accept takes an offer. Small: as in Take.
	Accept struct {
		Offer OfferID
		Small bool
	}
	Decline struct{ Offer OfferID }
	Hold    struct{ Call CallID }
	Resume  struct{ Call CallID }
	// MuteMic and UnmuteMic act on the agent's own line.
	MuteMic   struct{ Call CallID }
	UnmuteMic struct{ Call CallID }
	Hangup    struct{ Call CallID }
	// Keys sends digits to the far end of the call.
	Keys struct {
		Call   CallID
		Digits string
	}
	// PlaceCall begins a call out, or to a colleague, under a name that the edge
	// has made up.
	PlaceCall struct {
		Call    CallID
		To      Target
		Routing TreeID        // through this Smart Routing; empty: at once
		Link    InteractionID // that it calls back
	}
	// Transfer sends a call elsewhere. Attended: the agent speaks to the target
	// first, on a call named Consult.
	Transfer struct {
		Call     CallID
		Transfer TransferID
		To       Target
		Attended bool
		Consult  CallID
		Note     string
		// Into a queue or group: Fresh lets the caller wait anew, without their age;
		// Raise is seniority given, 0 to 1 h. A consultation has neither.
		Fresh bool
		Raise time.Duration
	}
	CompleteTransfer struct{ Transfer TransferID }
	CancelTransfer   struct{ Transfer TransferID }
	// Merge brings With into Call: all hear each other.
	Merge struct{ Call, With CallID }
	// MuteParty and RemoveParty act on another party of a conference.
	MuteParty struct {
		Call CallID
		Leg  LegID
		On   bool
	}
	RemoveParty struct {
		Call CallID
		Leg  LegID
	}
	// SetTape starts, pauses or stops the recording.
	SetTape struct {
		Call  CallID
		State TapeState
	}
	// Repair offers the audio of a leg that has gone silent anew.
	Repair struct{ Call CallID }
	// UseStation chooses what the agent talks with, now and from now on. In a
	// call the conversation moves there.
	UseStation struct {
		Kind   StationKind
		Number string // of an outside phone, E.164
		Class  NumberClass
	}
	// Take claims a waiting call from the pool. Small: it was asked for in the
	// small Banner, where not every queue's calls may be taken.
	Take struct {
		Call  CallID
		Small bool
	}
	// Assign has a supervisor offer a waiting call to an agent who is free.
	Assign struct {
		Call  CallID
		Agent UserID
	}
	// SetActivityOf and ReturnOf are a supervisor's SetActivity and Return for an
	// agent.
	SetActivityOf struct {
		Agent    UserID
		Activity ActivityID
	}
	ReturnOf struct{ Agent UserID }
	// ExtendPost and EndPost act on the post-interaction of the interaction; empty:
	// the oldest.
	ExtendPost struct{ Interaction InteractionID }
	EndPost    struct{ Interaction InteractionID }
	// Qualify says how a call went that the agent has or had.
	Qualify struct {
		Interaction InteractionID
		Value, Note string
	}
	// UseProfile works with another of the user's profiles: at once, or when free.
	UseProfile struct{ Profile ProfileID }
	// SetStatus tells colleagues something. It never decides who gets a call.
	SetStatus struct{ Status Status }
	// SkipWhisper goes to the caller at once.
	SkipWhisper struct{ Call CallID }
	// ClaimPop: a page would open the address; the first who asks has it.
	ClaimPop struct{ Pop PopID }
	// Press carries a button out by hand, under a name that the edge has made up:
	// of a call, or of one whose post-interaction runs. A url the page opens itself.
	Press struct {
		Pop         PopID
		Interaction InteractionID
		Button      string
	}
)

func (StartShift) want()       {}
func (EndShift) want()         {}
func (SetActivity) want()      {}
func (Return) want()           {}
func (Accept) want()           {}
func (Decline) want()          {}
func (Hold) want()             {}
func (Resume) want()           {}
func (MuteMic) want()          {}
func (UnmuteMic) want()        {}
func (Hangup) want()           {}
func (Keys) want()             {}
func (PlaceCall) want()        {}
func (Transfer) want()         {}
func (CompleteTransfer) want() {}
func (CancelTransfer) want()   {}
func (Merge) want()            {}
func (MuteParty) want()        {}
func (RemoveParty) want()      {}
func (SetTape) want()          {}
func (Repair) want()           {}
func (UseStation) want()       {}
func (Take) want()             {}
func (Assign) want()           {}
func (SetActivityOf) want()    {}
func (ReturnOf) want()         {}
func (ExtendPost) want()       {}
func (EndPost) want()          {}
func (Qualify) want()          {}
func (UseProfile) want()       {}
func (SetStatus) want()        {}
func (SkipWhisper) want()      {}
func (ClaimPop) want()         {}
func (Press) want()            {}
