package core

import "time"

// Fact is what is kept of the day in SQL. The set is closed.
//
//sumtype:decl
type Fact interface{ fact() }

// Interaction is the record of one call, written once, when it is over. Every
// admitted INVITE leaves exactly one.
type Interaction struct {
	ID        InteractionID
	Call      CallID
	Direction string // inbound, outbound, internal
	Mode      string // smart, direct
	From      Party
	To        string // what was dialled
	Contact   ContactID
	Name      string  // the contact's name
	VIP       bool    // the contact is one
	Earlier   int     // calls with the number before this one
	Queue     QueueID // the last one
	Agent     UserID  // the last who talked
	// Outcome: answered, abandoned (gave up while waiting or ringing),
	// voice_mailbox, hung_up (ended in the tree), callback (asked to be called
	// back), refused, failed. Of a callback that reached nobody: not_reached,
	// redialled (the customer called again first), expired, do_not_call, withdrawn.
	Outcome string
	// EndedBy: caller, callee (who was called: the far end of a call out, or a
	// number that the caller was sent on to), agent, system.
	EndedBy       string
	Cause         Cause
	Came          Time
	Answered      Time // an agent talked; zero when none did
	Ended         Time
	Talk          time.Duration
	Held          time.Duration
	Path          []Visit
	Vars          []Var
	Distributions []Distribution
	Offers        []OfferRecord
	Legs          []LegRecord
	SIPCallID     string
	// Parent is the interaction that this one served: the call whose agent
	// consulted on it, or that it calls back.
	Parent    InteractionID
	Talks     []TalkRecord
	Transfers []TransferRecord
	Recording *Recording
	CallerID  string // that was shown to who was called
	Forwarded string
}

// TalkRecord is one agent's, or one outside party's, time with the call. Every
// second of talk has its owner here.
type TalkRecord struct {
	Agent  UserID // empty: somebody outside
	Number string // of them
	Leg    LegID
	Queue  QueueID // that gave the call; empty: none did
	Role   string  // owner, guest, caller
	Began  Time
	Ended  Time
	Held   time.Duration
}

// TransferRecord is one transfer, as it was asked for and how it ended.
type TransferRecord struct {
	ID       TransferID
	By       UserID
	To       Target
	Attended bool
	Note     string
	Asked    Time
	Ended    Time
	State    TransferState
	Reason   string // why it failed: busy, no_answer, declined, away, no_such_number, unreachable, not_allowed, …
	Code     int    // SIP status, 0 when there was none
	Consult  InteractionID
}

// Qualification says how a call went, by the agent who had it. Due: it was not
// said in time and is still owed.
type Qualification struct {
	Interaction InteractionID
	Agent       UserID
	Queue       QueueID
	Value, Note string
	Due         bool
	At          Time
}

// Notice is news for who runs the company: an emergency call, a recording that
// failed, an activity that lasts too long, a device that stays lost, a trunk that
// went down or came up again, something that our own watchdog had to end.
type Notice struct {
	// Kind is emergency_call, recording_failed, spend_limit, activity_over, device_lost, watchdog,
	// trunk_down, trunk_up;
	// or what a supervisor did: assigned, activity_set, returned.
	Kind  string
	Agent UserID
	Call  CallID
	What  string
	At    Time
}

// Popped is a button that was carried out for a call, by itself or by hand, and
// how it went. It is told once, when it is over.
type Popped struct {
	ID          PopID
	Interaction InteractionID
	Agent       UserID
	Queue       QueueID
	Button      string
	Label       string
	Kind        string // url, http
	When        string // presented, accepted, ended, by_hand
	Address     string // of a url
	At, Ended   Time
	// Outcome: opened; done and refused, by what the other program said; failed;
	// missed: no page was there to open it.
	Outcome string
	Status  int
	Why     string
}

// Visit is one step of a call through a tree.
type Visit struct {
	Node   string
	Name   string
	Kind   string
	At     Time
	Output string // by which it was left
	What   string // in short, for the Datas tab: "key 2", "open", "sound snd_x is missing"
}

// Var is one thing learned about a call, with where it came from.
type Var struct {
	Name, Value, Source string
	Secret              bool
}

// Distribution is one passage of a call through one queue: the unit of
// reporting. It ends in exactly one outcome, a named output of the queue.
type Distribution struct {
	Queue   QueueID
	Group   GroupID
	Entered Time
	Left    Time
	// Arrived is where its age runs from; before Entered when it came from another
	// queue, is called back, or has called again and kept its place.
	Arrived  Time
	Priority time.Duration // seniority given by a tree
	Back     bool          // first of its class again, after a failure of ours
	Outcome  string        // one of Outputs; of a callback also not_reached, later, redialled, expired
	Agent    UserID
	Wait     time.Duration
	Told     []Told // the expected waits that were spoken
}

// Told is one expected wait that was spoken, and what came: Real is the wait from
// then until the call left the queue.
type Told struct {
	At   Time
	Wait time.Duration
	Real time.Duration
}

// OfferRecord is one proposal of the call to one agent and why it was made.
type OfferRecord struct {
	ID       OfferID
	Agent    UserID
	Queue    QueueID // empty for a direct call
	Made     Time
	Drawn    Time // zero when it was never drawn
	Ended    Time
	Outcome  string // answered, ignored, declined, busy, caller_left, lost_to_other, withdrawn, device_fault
	Cause    Cause
	Decision Decision
}

// Decision says why an agent was chosen: those looked at, best first, and how
// many more were passed over for the same reason.
type Decision struct {
	At         Time
	Strategy   string
	By         UserID // the supervisor who chose, when one did
	Candidates []Candidate
	Others     []Others
	// Waiting: how many calls the agents of the queue had to choose from, and
	// the score of this one with its terms, in seconds.
	CallScore []Term
}

// Candidate is one agent of the queue at the instant of a decision.
type Candidate struct {
	Agent    UserID
	Eligible bool
	Reason   string // chosen, longer_idle_first, busy, resting, refused_before, not_responding, …
	Score    int64  // the larger the better; milliseconds for longest idle
	Terms    []Term
}

// Others counts the candidates of a large queue that are not listed.
type Others struct {
	Reason string
	Count  int
}

// Term is one summand of a score.
type Term struct {
	Name  string
	Value int64
}

// LegRecord is one endpoint's part in a call.
type LegRecord struct {
	Leg     LegID
	Agent   UserID // empty for the caller
	Kind    string // caller, browser, phone, outside (an agent's), number (somebody called)
	Codec   string
	Began   Time
	Up      Time
	Ended   Time
	Cause   Cause
	Quality *Quality
}

// VoiceMessage is a message that a caller left.
type VoiceMessage struct {
	ID          RecordID
	Interaction InteractionID
	Mailbox     MailboxID
	From        Party
	Name        string
	Left        Time
	Length      time.Duration
	File        string
}

// AgentMoved is one span of an agent's day in one routing state.
type AgentMoved struct {
	Agent    UserID
	State    RoutingState
	Activity ActivityID
	From     Time
	To       Time
	Reason   string
}

func (Interaction) fact()   {}
func (VoiceMessage) fact()  {}
func (AgentMoved) fact()    {}
func (Qualification) fact() {}
func (Notice) fact()        {}
func (Popped) fact()        {}
