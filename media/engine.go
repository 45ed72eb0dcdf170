package media

import (
	"errors"
	"log/slog"
	"net/netip"

	"belfry/core"
	"belfry/media/sound"
)

// Options is what an engine needs. Zero values work where it says so.
type Options struct {
	PortLow, PortHigh int        // UDP ports of SIP legs, inclusive; RTP on the even, RTCP on the odd above it
	BindIP            netip.Addr // zero: 127.0.0.1
	PublicIP          netip.Addr // what sip writes into SDP; zero: BindIP
	Sounds            Sounds     // nil: every sound is missing
	DataDir           string     // voice messages go to DataDir/voice
	Tell              func(core.Event)
	Log               *slog.Logger // nil: slog.Default
	// Portable takes the goroutine per socket where the epoll loop would do.
	Portable bool
}

// Sounds finds prompts and music by name; sound.Library does. Sound may read a
// file: the engine never asks on the path of a frame.
type Sounds interface {
	Sound(id core.SoundID) (*sound.Sound, error)
}

// Engine carries the audio of all legs of a node.
type Engine struct {
	opts Options
}

// New starts an engine. It binds no port until a leg wants one.
func New(o Options) (*Engine, error) { return &Engine{opts: o}, nil }

// PublicIP is the address to write into SDP.
func (e *Engine) PublicIP() netip.Addr { return e.opts.PublicIP }

// Do carries out Join Part Play Stop Mute SendDigits Record StopRecord and
// ignores all other effects. It never blocks; what it is told about one leg
// happens in that order. An order for a leg that is gone is ignored, and so is
// one of an older epoch than the leg has seen.
func (e *Engine) Do(o core.Order) {}

// OpenRTP opens the leg of a SIP dialog and takes a pair of ports for it.
// Nothing is sent before SetRemote. The error is a core.Error of kind Busy when
// no pair is free, Conflict when the leg is open already.
func (e *Engine) OpenRTP(id core.LegID) (*Leg, error) { return nil, errors.New("media: not built") }

// OpenLine opens the leg of a browser's line: what is sent goes through w, what
// comes is given to Leg.Receive. The error is a Conflict when it is open already.
func (e *Engine) OpenLine(id core.LegID, w LineWriter) (*Leg, error) {
	return nil, errors.New("media: not built")
}

// Leg returns a leg that is open, nil when there is none of that name.
func (e *Engine) Leg(id core.LegID) *Leg { return nil }

// Close ends all legs and waits for what it started.
func (e *Engine) Close() {}
