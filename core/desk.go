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
	// Missed are the offers this agent let ring out, newest first, at most 20.
	Missed []DeskMissed
	Today  DeskToday
	Queues []DeskQueue
}

// DeskAgent is the agent's own line at the top of the page.
type DeskAgent struct {
	ID         UserID
	Name       string
	OnShift    bool
	State      RoutingState
	Since      Time
	Reason     string // why not_responding or device_lost, a code the page words
	Activity   ActivityID
	Next       ActivityID // waits until the agent is free; empty when none
	Station    StationKind
	StationUp  bool
	AutoAnswer bool
	Misses     int // in a row
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
}

// DeskCall is one call the agent is in.
type DeskCall struct {
	ID          CallID
	Interaction InteractionID
	Direction   string
	Mode        string
	Colour      Colour
	State       string // connecting, talking, held, reconnecting
	From        Party
	To          string
	Name        string
	Contact     ContactID
	Queue       QueueID
	QueueName   string
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
	Transfer    *DeskTransfer
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
	Cause       string // ignored, declined, caller_left, device_fault
}

// DeskToday are the agent's own figures since the company's midnight.
type DeskToday struct {
	Answered int
	Talk     time.Duration
	Post     time.Duration
	Missed   int
}

// DeskQueue is a queue that the agent serves.
type DeskQueue struct {
	ID      QueueID
	Name    string
	Waiting int
	Longest Time // arrival of the first in line; zero when none waits
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
	State     string // waiting, presented, mine
	Since     Time   // arrival, or the start of the talk when mine
	Late      bool   // waits longer than the queue's threshold
	OfferedTo string
	MayTake   bool
	Transfer  *DeskTransfer
}
