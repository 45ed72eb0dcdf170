package core

import "time"

// RoutingState is what distribution sees of an agent: computed, never chosen.
type RoutingState string

// The routing states.
const (
	Off             RoutingState = "off"
	Unavailable     RoutingState = "unavailable"
	Ready           RoutingState = "ready"
	Reserved        RoutingState = "reserved"
	Presented       RoutingState = "presented"
	Dialing         RoutingState = "dialing"
	Talking         RoutingState = "talking"
	PostInteraction RoutingState = "post_interaction"
	NotResponding   RoutingState = "not_responding"
	DeviceLost      RoutingState = "device_lost"
)

// StationKind is what an agent talks with.
type StationKind string

// The kinds of station.
const (
	BrowserStation StationKind = "browser"
	PhoneStation   StationKind = "phone"
	// OutsideStation is a number outside, at which a person must press 1 so that
	// a mailbox never answers.
	OutsideStation StationKind = "outside"
)

// TransferState is where a transfer stands.
type TransferState string

// The states: asked for, the target is called, it rings, it is talked to, the
// caller goes over; and the three ends.
const (
	TransferRequested  TransferState = "requested"
	TransferDialing    TransferState = "dialing"
	TransferRinging    TransferState = "ringing"
	TransferConsulting TransferState = "consulting"
	TransferCompleting TransferState = "completing"
	TransferDone       TransferState = "done"
	TransferFailed     TransferState = "failed"
	TransferCancelled  TransferState = "cancelled"
)

// Desk is all that one agent sees now. The floor draws it whole; a page shows
// it and guesses nothing.
type Desk struct {
	At    Time
	Epoch uint64
	Seq   uint64 // of the last event; a desk with a smaller one is late news
	Agent DeskAgent
	Offer *DeskOffer
	// Last is the offer before, for as long as its end is news: 5 s.
	Last  *DeskLast
	Calls []DeskCall
	Post  *DeskPost
	// Posts are all that run, the oldest first; Post is the first of them.
	Posts []DeskPost
	// ToQualify are calls whose qualification is still owed, newest first, at most
	// 50.
	ToQualify []DeskQualify
	// Failure is the last call out that came to nothing, for as long as that is
	// news: 10 s.
	Failure *DeskFailure
	// Back is set while it is news that the agent's device was lost and they are in
	// line again: 10 s.
	Back *DeskBack
	// Missed are the offers this agent let ring out, newest first, at most 20.
	Missed []DeskMissed
	// Pops are buttons that were carried out, newest first, at most 20.
	Pops   []DeskPop
	Today  DeskToday
	Queues []DeskQueue
}

// DeskAgent is the agent's own line at the top of the page.
type DeskAgent struct {
	ID       UserID
	Name     string
	OnShift  bool
	State    RoutingState
	Since    Time
	Reason   string // why not_responding or device_lost, a code the page words
	Activity ActivityID
	Next     ActivityID // waits until the agent is free; empty when none
	// Began is when the activity was taken up; Alarm, when it has lasted too long;
	// zero: it may last.
	Began, Alarm Time
	Status       Status
	Profile      ProfileID // in use
	NextProfile  ProfileID // waits until the agent is free; empty when none
	Station      StationKind
	StationUp    bool
	// PhoneUp: a phone is registered, or fixed, for this agent.
	PhoneUp    bool
	Outside    string // the number of an outside station, when one is chosen
	AutoAnswer bool
	Misses     int // in a row
	Declines   int // in a row
}

// Status is what a user tells colleagues of themselves: one word of a small set,
// and words of their own. Only the user changes it.
type Status struct {
	Kind string // empty, connected, busy, absent, back_soon, remote
	Text string // at most 60 characters
}

// DeskQualify is a call whose qualification is still owed.
type DeskQualify struct {
	Interaction InteractionID
	From        Party
	Name        string
	Queue       QueueID
	QueueName   string
	At          Time // the post-interaction ended
}

// Colour names the popup's family.
type Colour string

// The four families.
const (
	Raspberry Colour = "raspberry" // through a Smart Routing or a campaign
	Ocean     Colour = "ocean"     // direct, from outside
	Sky       Colour = "sky"       // direct, from a colleague
	Lilac     Colour = "lilac"     // preview
)

// DeskOffer is the popup.
type DeskOffer struct {
	ID        OfferID
	Call      CallID
	Colour    Colour
	From      Party
	Name      string // the contact's
	VIP       bool
	Earlier   int // calls with the number before this one
	Queue     QueueID
	QueueName string
	Waited    time.Duration // until it was assigned; stands still
	Transfer  *DeskTransfer
	Made      Time
	Drawn     Time // zero until the page has said so
	Expires   Time // zero until drawn: ring time counts from there
	Ring      time.Duration
	Auto      bool   // will be answered by itself after the zip tone
	Codec     string // the codec to send, should it be accepted
	Small     bool   // may be accepted in the small Banner
	// AssignedBy is the name of the supervisor who chose this agent; empty: nobody.
	AssignedBy string
	Relaxed    *Relaxed
	// Preview is what there is to look at before a callback is launched: Accept
	// launches it.
	Preview *DeskPreview
	// Interaction that the buttons are about, which may be that of the call for
	// which somebody consults.
	Interaction InteractionID
	Buttons     []DeskButton
}

// DeskButton is something that the agent may have opened, or called, for a call.
type DeskButton struct {
	ID      string
	Label   string // in the agent's language
	Kind    string // url, http
	Where   string // of a url: tab, window, hidden
	Address string // of a url
}

// DeskPop is a button that is carried out, or was.
type DeskPop struct {
	ID          PopID
	Interaction InteractionID
	When        string // presented, accepted, ended, by_hand
	// State: open, a page may claim it; calling; opened, done, refused, failed,
	// missed as in Popped.
	State  string
	Status int
	Why    string
	At     Time
	Button DeskButton
}

// DeskPreview is a callback before it is launched.
type DeskPreview struct {
	Asked    Time   // for
	Attempt  int    // that a launch would be, from 1
	Attempts int    // that there may be
	Last     string // how the last attempt ended: busy, no_answer, …
}

// DeskLast says how an offer ended that this agent did not take.
type DeskLast struct {
	Offer   OfferID
	Call    CallID
	Outcome string // ignored, declined, caller_left, lost_to_other, withdrawn, device_fault
	By      string // the colleague's name when lost_to_other
	At      Time
}

// DeskTransfer says who sent a call and how.
type DeskTransfer struct {
	By       UserID
	ByName   string
	Attended bool
	Note     string
	// Returned: the transfer came to nothing, and the call is back. Reason and
	// Code say why, Target where it was to go.
	Returned bool
	Reason   string
	Code     int
	Target   string
}

// DeskTransferring is the strip under a call that this agent transfers.
type DeskTransferring struct {
	ID       TransferID
	Kind     string // user, queue, group, routing, directory, number
	Target   string
	Attended bool
	State    TransferState
	Reason   string // when failed
	Code     int
	Consult  CallID // the call on which the target is talked to
	Since    Time
}

// DeskParty is one who takes part in a call beside the agent.
type DeskParty struct {
	Leg    LegID
	Agent  UserID // a colleague; empty: somebody outside
	Name   string
	Number string
	State  string // talking, held, ringing, lost
	Muted  bool
	// Customer: the one whom the call is about.
	Customer bool
}

// DeskRecording is what the recording button shows.
type DeskRecording struct {
	ID      RecordID
	State   string // none, rolling, paused, stopped, failed
	Writing bool   // bytes are on disk: the button blinks
	Rule    string // automatic, manual
	Since   Time
	Resumes Time   // a pause ends by itself
	Why     string // failed: disk_full, failed
	// What the agent may do; WhyNot is a code when the button does nothing:
	// not-on-this-queue, not-by-profile, automatic, not-now.
	MayStart, MayStop, MayPause bool
	WhyNot                      string
}

// DeskFailure says why a call out came to nothing.
type DeskFailure struct {
	Call   CallID
	To     string
	Name   string
	Reason string // as a transfer's; routing: a Smart Routing let the call end
	Code   int
	At     Time
	Node   string // of the Smart Routing, that decided so
}

// DeskBack says that a device was lost, and why, and since when it is back.
type DeskBack struct {
	Reason string
	At     Time
}

// DeskCall is one call the agent is in.
type DeskCall struct {
	ID          CallID
	Interaction InteractionID
	Direction   string
	Mode        string
	Colour      Colour
	State       string // connecting, dialing, ringing, waiting, talking, held, reconnecting
	From        Party
	To          string
	Name        string
	Contact     ContactID
	Queue       QueueID
	QueueName   string
	Came        Time
	Began       Time // this agent's talk
	HeldSince   Time // zero when not held
	Held        time.Duration
	Muted       bool
	FarHeld     bool // the far end put us on hold
	Codec       string
	Waited      time.Duration
	Path        []Visit
	Vars        []Var
	Quality     *Quality
	MayRecord   bool
	Transfer    *DeskTransfer // how the call came to this agent
	Line        LegID         // the agent's own leg in it
	Hushed      bool          // who leads the conference has muted this agent
	// Parties are the others in the call.
	Parties      []DeskParty
	Transferring *DeskTransferring
	ConsultFor   CallID // the call that waits while this one consults
	Recording    DeskRecording
	MayTransfer  bool
	CallerID     string // shown to who was called
	Relaxed      *Relaxed
	Whisper      bool // the agent is told of the call first; the caller is not heard yet
	// Silent names the side that was not heard for 3 s: them, you; else empty.
	Silent  string
	Buttons []DeskButton
}

// DeskPost is the post-interaction: what is left of it and of how much.
type DeskPost struct {
	Call        CallID
	Interaction InteractionID
	From        Party
	Name        string
	Queue       QueueID
	QueueName   string
	Began       Time
	Ends        Time
	Extended    int // times
	MayExtend   int // times left
	Step        time.Duration
	EndedBy     string
	Talk        time.Duration
	UntilClosed bool // no countdown: the agent ends it, at the latest at Ends
	Required    bool // must be qualified
	Qualified   bool
	Waits       bool // another call is there still: it begins after that
	Buttons     []DeskButton
}

// DeskMissed is one call that rang out.
type DeskMissed struct {
	Interaction InteractionID
	Offer       OfferID
	From        Party
	Name        string
	Queue       QueueID
	QueueName   string
	At          Time
	Cause       string // ignored, declined, caller_left, device_fault, busy, away
}

// DeskToday are the agent's own figures since the company's midnight.
type DeskToday struct {
	Answered int
	// Ended are the conversations that have ended; Talk is the sum of them.
	Ended  int
	Talk   time.Duration
	Post   time.Duration
	Missed int
}

// DeskQueue is a queue that the agent serves.
type DeskQueue struct {
	ID      QueueID
	Name    string
	Waiting int
	Longest Time // arrival of the first in line; zero when none waits
	Ringing int  // calls of it that are offered to somebody; told in Presence only
}

// Pool is the list of calls that one agent may see, oldest first.
type Pool struct {
	At    Time
	Calls []PoolCall // the first 50
	Total int
	// Queues that the agent serves, as they are now.
	Queues []DeskQueue
}

// PoolCall is one row of it.
type PoolCall struct {
	Call      CallID
	From      Party
	Name      string
	Queue     QueueID
	QueueName string
	State     string // waiting, presented, mine; dialing, later: a callback, until Since
	Callback  bool   // somebody who is to be called back and keeps their place
	Since     Time   // arrival, or the start of the talk when mine
	Late      bool   // waits longer than the queue's threshold
	OfferedTo string // the names of those who are rung
	MayTake   bool
	Small     bool // may be taken in the small Banner
	// MayAssign: this supervisor may offer the call to an agent. Why then says why
	// it waits: nobody_logged_in, nobody_available, all_busy,
	// not_for_the_free (they rest, refused it or lack a skill), kept_for (WaitsFor).
	MayAssign bool
	Why       string
	Relaxed   *Relaxed
	WaitsFor  string // the name of the agent for whom it waits alone
	Transfer  *DeskTransfer
}

// Relaxed says that a queue asks for less than at first: in which step the call
// is, and how long it had been in the queue when it came to it. Nil: it is not.
type Relaxed struct {
	Step  int
	After time.Duration
}

// Presence is who of the company could be called now, and how its queues stand:
// what somebody looks at who wants to send a call elsewhere.
type Presence struct {
	At     Time
	Agents []AgentNow    // sorted by their ids
	Queues []DeskQueue   // all of the company's
	Counts []QueueCounts // of the same queues, today
}

// AgentNow is what colleagues may know of an agent.
type AgentNow struct {
	ID       UserID
	State    RoutingState
	Since    Time
	OnShift  bool
	Activity ActivityID
	Status   Status
	// Unreachable says why a direct call would not ring: busy, away; empty: it
	// would.
	Unreachable string
}
