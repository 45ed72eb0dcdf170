package flow

import (
	"belfry/core"
	"belfry/core/plan"
)

// Run is a call's way through its trees: a plain value that can be written and
// read back. The zero Run waits for Begin.
type Run struct {
	Call    core.CallID // names the plays
	Tree    core.TreeID
	Version int    // of the tree, for the record
	Stamp   uint64 // which text of that version: a live call keeps the one it began with
	Node    string // where it stands; empty before Begin and at the end
	Vars    []core.Var
	Path    []core.Visit
	// Deadline is when Woke is due; zero: never. It is zero only while a queue,
	// a user or a mailbox has the call, and at the end.
	Deadline core.Time
	// Over: no more orders come; the last one was HangUp, or the caller left.
	Over bool

	Waits  Wait
	Play   core.PlayID // the prompt that is heard, while Waits is ForPlay
	Plays  int         // how many prompts there were; names the next
	Tries  int         // of the node
	Digits string      // taken by the node so far
	Ahead  string      // typed before a node asked for them
	Hops   int         // from tree to tree
	// Stray is a terminator that may still come after the digits were complete
	// without it; until StrayUntil it is not taken for an answer to what follows.
	Stray      byte
	StrayUntil core.Time

	Steps  int       // since Began; a tree that turns without end is stopped
	Began  core.Time // of the count
	Looped bool      // was stopped once already
	Ending bool      // the goodbye is being said, then comes End
	End    core.Cause
}

// Wait is what a run waits for.
type Wait uint8

// What a run waits for.
const (
	ForNothing Wait = iota // before Begin, and at the end
	ForPlay                // PlayEnded, and Digit where the node listens
	ForDigit               // Digit, or the deadline
	ForLeft                // a queue, a user or a mailbox has the call: Left
)

// Env is what a step may look at.
type Env struct {
	Now    core.Time
	Plan   *plan.Plan
	Book   *Book
	Groups *Balance // the floor's counters; group nodes change them
	// Able says whether a queue is open, not full and has agents; nil: all are.
	Able func(core.QueueID) bool
}

// Balance keeps the counters of the groups, in the order of first use.
type Balance struct{ Groups []Counters }

// Counters are one group's smooth weighted round robin. Other shares than
// these in the plan start it anew.
type Counters struct {
	Group   core.GroupID
	Shares  []plan.Share
	Current []int64
	// Callers are those who shall have their last queue again, by number.
	Callers []Caller `json:",omitempty"`
	Turn    uint64   `json:",omitempty"`
}

// Caller is who called a group, the queue that they had, and when, in calls.
type Caller struct {
	Number string
	Queue  core.QueueID
	Turn   uint64
}

// Input is what happened to the call. The set is closed.
//
//sumtype:decl
type Input interface{ input() }

type (
	// Begin starts the run at a tree. Vars are what is known already: caller,
	// dialled and name are the usual ones.
	Begin struct {
		Call core.CallID
		Tree core.TreeID
		Vars []core.Var
	}
	// PlayEnded and Digit are the media engine's news.
	PlayEnded struct {
		Play    core.PlayID
		Missing []core.SoundID
	}
	Digit struct{ Digit byte }
	// Woke: Deadline has passed. One that comes early changes nothing.
	Woke struct{}
	// Left: the queue, user or mailbox is done with the call. Output is one of
	// the node's outputs; What is a word for the Datas tab. Say "answered" when
	// the conversation is over and the caller is still there: the tree goes on if
	// that output is wired, else the run is over without an order, and the floor
	// ends the call. After "caller_left" and "hung_up" it is over in any case.
	Left struct{ Output, What string }
)

func (Begin) input()     {}
func (PlayEnded) input() {}
func (Digit) input()     {}
func (Woke) input()      {}
func (Left) input()      {}

// Order is what the floor shall do with the call. The set is closed.
//
//sumtype:decl
type Order interface{ order() }

type (
	// Play plays the sounds to the caller, in place of what was played.
	Play struct {
		Play   core.PlayID
		Sounds []core.SoundID
		Loop   bool
	}
	// StopPlay ends what is played.
	StopPlay struct{}
	// Enter puts the call into a queue. Left says how it came out: answered,
	// full, closed, no_agent_logged_in, no_agent_for_skills,
	// no_agent_during_wait, max_wait, ewt_too_long, key_pressed,
	// callback_accepted, withdrawn, caller_left, error.
	Enter struct {
		Queue    core.QueueID
		Group    core.GroupID // that chose the queue, if one did
		Priority int          // seconds of seniority, may be negative
		Raise    []Raise
	}
	// Raise adds to a call's seniority when it has waited in the queue for so long.
	Raise struct {
		After int `json:"after_seconds"`
		By    int `json:"priority_seconds"`
	}
	// RingUser rings one person. Left: answered, busy, no_answer, declined,
	// away, failed.
	RingUser struct {
		User core.UserID
		Ring int // seconds; 0: as the user is set
	}
	// CallNumber calls a number outside. Left: answered, busy, no_answer, declined,
	// failed.
	CallNumber struct {
		Number string // E.164
		Ring   int    // seconds; 0: 60
	}
	// LeaveMessage plays the mailbox's greeting and records. Left: recorded,
	// too_short, hung_up.
	LeaveMessage struct{ Mailbox core.MailboxID }
	// HangUp ends the call. It is the last order of a run.
	HangUp struct{ Cause core.Cause }
)

func (Play) order()         {}
func (StopPlay) order()     {}
func (Enter) order()        {}
func (RingUser) order()     {}
func (CallNumber) order()   {}
func (LeaveMessage) order() {}
func (HangUp) order()       {}
