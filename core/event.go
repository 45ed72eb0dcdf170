package core

import "time"

// News is one event with its place in the company's order. The host stamps it;
// At never goes backwards.
type News struct {
	Seq   uint64
	At    Time
	Event Event
}

// Event is news, in the past tense: something that has happened and cannot be
// refused. The set is closed. Late news about something that is gone is
// normal, and so is the same news twice: neither changes anything.
//
//sumtype:decl
type Event interface{ event() }

// Party is who is at the other end, as signalling says it.
type Party struct {
	Number    string // E.164 (+33…) or an extension; empty when withheld
	Name      string // display name, may be empty
	Anonymous bool   // RFC 3323 Privacy: id, or an anonymous From
}

// CallCame: an INVITE from outside was admitted, or a colleague dialled. The
// leg waits for Ring, Early, Answer or Reject.
type CallCame struct {
	Call  CallID
	Leg   LegID
	To    string // what was dialled: E.164 or an extension
	From  Party
	User  UserID // set when a colleague calls
	Trunk string // which trunk it came by
	// Announce: the trunk wants refusals spoken in early media.
	Announce  bool
	SIPCallID string // the Call-ID header, for the record and the log
	Codec     string // PCMU, PCMA or G722, as will be answered
	// Class of To, when a colleague dials a number outside.
	Class NumberClass
	// Forwarded is who sent the call on to us (Diversion, History-Info).
	Forwarded string
}

// LegRang: the far end of a dialled leg is ringing (180, or 183).
type LegRang struct {
	Leg   LegID
	Early bool // its own audio comes with it
}

// LegUp: the leg is talking. For a leg that came in, the ACK has arrived; for a
// dialled one, the 200.
type LegUp struct {
	Leg   LegID
	Codec string
	// Class of the number outside that was called.
	Class NumberClass `json:",omitempty"`
}

// LegGone is the last word about a leg; it comes exactly once.
type LegGone struct {
	Leg     LegID
	Cause   Cause
	Quality *Quality // nil when no audio flowed
}

// LegHeld: the far end put us on hold, or took us off (RFC 3264 §8.4).
type LegHeld struct {
	Leg  LegID
	Held bool
}

// DigitCame: the far end pressed a key: 0-9, *, #, A-D.
type DigitCame struct {
	Leg   LegID
	Digit byte
}

// PlayEnded: what Play ordered has ended by itself. A Play that was replaced,
// stopped or joined over ends silently.
type PlayEnded struct {
	Leg     LegID
	Play    PlayID
	Missing []SoundID // sounds that could not be played
}

// RecordEnded: a message was recorded and is kept on disk.
type RecordEnded struct {
	Leg    LegID
	Record RecordID
	Length time.Duration
	Why    string // silence, key, longest, hangup, stopped, failed
	File   string // relative to the data folder
}

// SoundMissed: no packet came for 3 s from a leg that should be heard. On is
// false when it is heard again.
type SoundMissed struct {
	Leg LegID
	On  bool
}

// Referred: a phone asked with REFER (RFC 3515) to transfer its call. Replaces
// is set when it has the target on another leg already (RFC 3891).
type Referred struct {
	Leg      LegID
	To       string // E.164 or an extension
	Class    NumberClass
	Replaces LegID
}

// TapeRolled: the first bytes of a tape are on disk, or none for a second where
// some were due.
type TapeRolled struct {
	Call CallID
	Tape RecordID
	On   bool
}

// TapeFailed: the disk does not take the recording; the call goes on.
type TapeFailed struct {
	Call CallID
	Tape RecordID
	Why  string // disk_full, failed
}

// TapeKept: a closed tape is ready to be listened to. It may come long after
// the call, and after a restart.
type TapeKept struct {
	Tape        RecordID
	Interaction InteractionID
	Queue       QueueID
	Length      time.Duration
	File        string // relative to the data folder
	Rate        int
	Tracks      int
}

// AudioLost: no packet came from a joined leg for 400 ms.
type AudioLost struct{ Leg LegID }

// AudioBack: packets come again.
type AudioBack struct{ Leg LegID }

// QualityCame: a browser's line left a room; this is how it sounded there.
type QualityCame struct {
	Leg     LegID
	Quality Quality
}

// StationUp: an agent has an audio line. The newest of its kind replaces what
// was there. A browser's line is a leg already (Leg set); a phone is dialled for
// each call: at its fixed Contact, or, without one, wherever its user has
// registered it.
type StationUp struct {
	Agent   UserID
	Station StationID
	Kind    StationKind
	Leg     LegID  // browser
	Contact string // phone: SIP URI
	Codecs  []string
}

// StationGone: the line was closed, or gave no packet for 3 s where some were due.
type StationGone struct {
	Agent   UserID
	Station StationID
	Why     string
}

// PageCame: an agent's page listens to events; it counts all tabs as one.
type PageCame struct{ Agent UserID }

// PageGone: the last page of an agent is gone.
type PageGone struct{ Agent UserID }

// PageFroze: a page left a ping unanswered, for 2 s while an offer was out, or
// for 5 s while none was.
type PageFroze struct{ Agent UserID }

// PageThawed: a page that froze answers again.
type PageThawed struct{ Agent UserID }

// SoundChecked: the agent's page has looked at its own sound. Fault is what it
// has found: no_mic, mic_dead, no_output; empty: all is well.
type SoundChecked struct {
	Agent UserID
	Fault string
}

// RingDrawn: the page says that the offer stands on the screen. (A SIP phone
// says so by LegRang or LegUp.)
type RingDrawn struct {
	Agent UserID
	Offer OfferID
}

// Asked: an agent asked for something. The floor answers each with one Reply.
type Asked struct {
	Ask   AskID
	Agent UserID
	Want  Want
}

// ContactCame answers a Fetch: who the caller is in the address book, empty when
// nobody is known by the number.
type ContactCame struct {
	Call    CallID
	Contact ContactID
	Name    string
	VIP     bool
	Earlier int // calls with that number that are over
}

// NumberRead answers a ReadNumber. Without a class, the number cannot be read.
type NumberRead struct {
	Call   CallID
	Number string
	Class  NumberClass
}

// RequestEnded answers a Request. Status is what the other program said, 0 when
// it said nothing; Why then says why not: timeout, unreachable, address, busy.
type RequestEnded struct {
	Agent  UserID
	Pop    PopID
	Status int
	Why    string
}

// PlanChanged: an administrator saved; Doc is the whole plan as JSON.
type PlanChanged struct {
	Revision uint64
	Doc      []byte
	// Compiled is the plan (*plan.Plan) of the same revision that Doc was compiled
	// to already, so that the floor need not stop for that; nil: it compiles Doc.
	// It is not recorded: a replay compiles Doc, and has the same.
	Compiled any `json:"-"`
}

// Woke: a deadline of the floor has passed.
type Woke struct{}

// CallFailed: a step about this call panicked; drop what is left of it.
type CallFailed struct {
	Call CallID
	What string
}

// FloorStarted opens every life of a floor. Legs and stations named in Alive are
// all that outlived the last one.
type FloorStarted struct {
	Epoch uint64
	Alive []LegID
}

// NumbersErased: people have asked to be forgotten. What is kept in SQL and on
// disk was erased already.
type NumbersErased struct{ Numbers []string }

func (CallCame) event()      {}
func (LegRang) event()       {}
func (LegUp) event()         {}
func (LegGone) event()       {}
func (LegHeld) event()       {}
func (DigitCame) event()     {}
func (PlayEnded) event()     {}
func (RecordEnded) event()   {}
func (SoundMissed) event()   {}
func (Referred) event()      {}
func (TapeRolled) event()    {}
func (TapeFailed) event()    {}
func (TapeKept) event()      {}
func (AudioLost) event()     {}
func (AudioBack) event()     {}
func (QualityCame) event()   {}
func (StationUp) event()     {}
func (StationGone) event()   {}
func (PageCame) event()      {}
func (PageGone) event()      {}
func (PageFroze) event()     {}
func (PageThawed) event()    {}
func (SoundChecked) event()  {}
func (RingDrawn) event()     {}
func (Asked) event()         {}
func (ContactCame) event()   {}
func (NumberRead) event()    {}
func (NumbersErased) event() {}
func (RequestEnded) event()  {}
func (PlanChanged) event()   {}
func (Woke) event()          {}
func (CallFailed) event()    {}
func (FloorStarted) event()  {}
