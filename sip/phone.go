package sip

import (
	"context"
	"log/slog"
	"time"

	"belfry/core"
	"belfry/media"
)

// PhoneOptions is what a phone needs.
type PhoneOptions struct {
	Listen string // host:port; "127.0.0.1:0" takes a free port
	Media  *media.Engine
	Log    *slog.Logger // nil: slog.Default
	Timers Timers
	// Incoming is told of each call that comes in; it must not block. Nil: they
	// are refused with 480.
	Incoming func(*PhoneCall)
}

// Phone is a caller or a far end without a floor: it dials, answers and hangs
// up as it is told. Audio is done through the media engine by the call's Leg:
// media.Engine.Do(core.Order{Effect: core.Play{Leg: call.Leg, …}}).
type Phone struct{}

// NewPhone starts a phone.
func NewPhone(ctx context.Context, o PhoneOptions) (*Phone, error) { return nil, nil }

// Addr is host:port where it listens.
func (p *Phone) Addr() string { return "" }

// Close ends its calls and frees the port.
func (p *Phone) Close() {}

// DialOptions is how a phone calls.
type DialOptions struct {
	From    core.Party
	Codecs  []media.Codec // offered in this order; none: PCMU, PCMA, G722
	NoOffer bool          // an INVITE without SDP; the answer goes with the ACK
	Headers []Header      // added to the INVITE
}

// Header is one line of a message.
type Header struct{ Name, Value string }

// Dial calls a SIP URI. What becomes of it comes through Events.
func (p *Phone) Dial(to string, o DialOptions) (*PhoneCall, error) { return nil, nil }

// PhoneCall is one call of a phone.
type PhoneCall struct {
	Leg  core.LegID // of its audio in the media engine
	From core.Party // of a call that came in
	To   string     // what was dialled
}

// PhoneEvent is something that happened to a PhoneCall.
type PhoneEvent struct {
	At    time.Time
	Event core.Event // LegRang, LegUp, LegHeld, DigitCame, LegGone
	SDP   string     // what the far end said about audio; with LegRang and LegUp
}

// Events gives what happens; it is closed after LegGone.
func (c *PhoneCall) Events() <-chan PhoneEvent { return nil }

// Answer, Ring, Early and Reject are for a call that came in.
func (c *PhoneCall) Answer()         {}
func (c *PhoneCall) Ring()           {}
func (c *PhoneCall) Early()          {}
func (c *PhoneCall) Reject(code int) {}

// Hangup ends the call in any state: CANCEL, BYE or a refusal.
func (c *PhoneCall) Hangup() {}

// Info presses a key by SIP INFO.
func (c *PhoneCall) Info(digit byte) {}

// Hold puts the far end on hold, or takes it off, by re-INVITE.
func (c *PhoneCall) Hold(on bool) {}
