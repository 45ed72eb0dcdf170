package core

import "time"

// Side is the side of a recording on which a leg is heard.
type Side string

// The sides: left and right of what is listened to.
const (
	CustomerSide Side = "customer"
	AgentSide    Side = "agent"
)

// TapeState is what the recording of a conversation does.
type TapeState string

// The states. A paused tape is silent for a promise (card data); a stopped one
// because nobody asked for more. Closed is the last one: the tape is made ready
// to be listened to, and TapeKept follows.
const (
	TapeRolling TapeState = "rolling"
	TapePaused  TapeState = "paused"
	TapeStopped TapeState = "stopped"
	TapeClosed  TapeState = "closed"
)

// Recording is what is kept of what was said in a call: one timeline.
type Recording struct {
	ID       RecordID
	Began    Time // of the timeline
	Ended    Time
	Failed   string // why a part is missing, empty when none is
	Segments []Segment
}

// Segment is one stretch of a recording's timeline and why it was kept, or not.
type Segment struct {
	Kind  string // talk, conference, hold, paused, stopped
	Rule  string // automatic, manual
	By    UserID // who asked; empty: the rule
	From  Time
	Until Time
}

// RecordingKept is a fact: a recording is ready to be listened to.
type RecordingKept struct {
	ID          RecordID
	Interaction InteractionID
	Queue       QueueID
	At          Time
	Length      time.Duration
	File        string // WAV, relative to the data folder
	Rate        int
	Tracks      int
}

func (RecordingKept) fact() {}
