package core

import "time"

// Order is one effect on its way to a driver. A driver that holds a leg or a
// station refuses an order whose Epoch is older than one it has seen there.
type Order struct {
	Epoch  uint64 // which life of the floor gave it; grows with every start
	Seq    uint64 // the event it came from
	At     Time   // when that was; zero: not known
	Effect Effect
}

// Effect is an order of the floor. The set is closed. Carrying one out never
// blocks the floor and never fails in its face: trouble comes back as news.
//
//sumtype:decl
type Effect interface{ effect() }

// Signalling. The SIP driver carries these out.
type (
	// Dial calls on a new leg: a fixed SIP contact (To), every registered contact
	// of a user (Phones; the first to answer has it, the rest are cancelled), or a
	// number outside (Number, by the trunks in their order; one that does not
	// answer at all is passed over). It answers with LegRang, LegUp, LegGone.
	Dial struct {
		Leg    LegID
		Call   CallID
		Agent  UserID  // set when an agent's phone is rung
		Offer  OfferID // set when it is an offer
		To     string  // SIP URI
		Phones UserID
		Number string // E.164, or an emergency number as it is dialled
		From   Party  // who is shown, in From and P-Asserted-Identity
		Codec  string // the other leg's codec, to be offered first
		// Key makes the dial one that is never repeated: it leaves after the event is
		// on disk, and there is one for each key, whatever happens. Empty: it leaves
		// at once.
		Key string
		// Classes are those of which Number must be one, or it is not called
		// (Cause.Refused, "class"). None: whoever wanted the call has been asked.
		Classes []NumberClass
	}
	// Ring sends 180.
	Ring struct{ Leg LegID }
	// Early sends 183 with SDP: Play is heard before the answer.
	Early struct{ Leg LegID }
	// Answer sends 200; LegUp follows with the ACK.
	Answer struct{ Leg LegID }
	// Reject refuses a leg that was not answered; LegGone follows.
	Reject struct {
		Leg   LegID
		Cause Cause
	}
	// Drop ends a leg in any state (CANCEL, BYE or refusal); LegGone follows.
	Drop struct {
		Leg   LegID
		Cause Cause
	}
	// Refresh offers the leg's audio anew to its far end, which has gone silent.
	Refresh struct{ Leg LegID }
	// ReferDone tells a phone how the transfer went that it asked for with REFER
	// (RFC 3515 §2.4.4): 200, or why not.
	ReferDone struct {
		Leg  LegID
		Code int
	}
)

// Audio. The media engine carries these out, whatever the leg is.
type (
	// Join puts the leg into a room, out of the one it was in, and ends what
	// was played to it. All in a room hear each other. Side says on which side of
	// a recording the leg is.
	Join struct {
		Room RoomID
		Leg  LegID
		Side Side
	}
	// Part takes the leg out of its room; it hears nothing.
	Part struct{ Leg LegID }
	// Play plays the sounds one after the other, in place of what was played.
	// A leg in a room leaves it. With Loop it goes on until replaced. From is how
	// much of it was heard before: music goes on where it was.
	Play struct {
		Leg    LegID
		Play   PlayID
		Sounds []SoundID
		Loop   bool
		From   time.Duration
	}
	// Stop ends what is played.
	Stop struct{ Leg LegID }
	// Mute makes the leg unheard by its room.
	Mute struct {
		Leg LegID
		On  bool
	}
	// SendDigits presses keys towards the far end (RFC 4733).
	SendDigits struct {
		Leg    LegID
		Digits string
	}
	// Record keeps what the leg says, on disk from the first packet.
	Record struct {
		Leg     LegID
		Call    CallID
		Record  RecordID
		Longest time.Duration
		Silence time.Duration // ends after so much silence; 0 never
		Keys    string        // ends on one of these keys
	}
	// StopRecord ends Record early; RecordEnded follows.
	StopRecord struct{ Leg LegID }
	// Tape brings the recording of a conversation into a state. What is said in
	// the room is kept on one timeline that begins with the first Rolling, with a
	// track for each leg; in any other state the timeline goes on in exact silence.
	Tape struct {
		Tape        RecordID
		Call        CallID
		Interaction InteractionID
		Queue       QueueID
		Room        RoomID
		State       TapeState
	}
)

// The desk, the records and the answers.
type (
	// Show marks an agent's desk as changed. Now: an offer, an answer or an end,
	// sent at once; the rest within 50 ms.
	Show struct {
		Agent UserID
		Now   bool
	}
	// Fetch asks the address book who a number is; ContactCame follows.
	Fetch struct {
		Call   CallID
		Number string
	}
	// ReadNumber asks what class a number is of, before somebody is promised a call
	// at it; NumberRead follows.
	ReadNumber struct {
		Call   CallID
		Number string
	}
	// Request calls an address of another program with what is known of a call,
	// once; RequestEnded follows. It leaves after the flight record is on disk.
	// Private: the address may be of this machine or this house. Vars holds no
	// secret ones.
	Request struct {
		Pop         PopID
		Agent       UserID
		Address     string
		Private     bool
		Button      string
		When        string
		Call        CallID
		Interaction InteractionID
		Queue       QueueID
		QueueName   string
		From        Party
		Name        string
		Vars        []Var
		At          Time
	}
	// Note is a fact to keep. It leaves after the flight record is on disk.
	Note struct{ Fact Fact }
	// Reply answers an Asked; Err is nil when it was done.
	Reply struct {
		Ask AskID
		Err *Error
	}
)

func (Dial) effect()       {}
func (Ring) effect()       {}
func (Early) effect()      {}
func (Answer) effect()     {}
func (Reject) effect()     {}
func (Drop) effect()       {}
func (Refresh) effect()    {}
func (ReferDone) effect()  {}
func (Join) effect()       {}
func (Part) effect()       {}
func (Play) effect()       {}
func (Stop) effect()       {}
func (Mute) effect()       {}
func (SendDigits) effect() {}
func (Record) effect()     {}
func (StopRecord) effect() {}
func (Tape) effect()       {}
func (Show) effect()       {}
func (Fetch) effect()      {}
func (ReadNumber) effect() {}
func (Request) effect()    {}
func (Note) effect()       {}
func (Reply) effect()      {}
