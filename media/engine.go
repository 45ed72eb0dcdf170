package media

import (
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"belfry/core"
	"belfry/media/sound"
	"belfry/media/tape"
)

// Options is what an engine needs. Zero values work where it says so.
type Options struct {
	PortLow, PortHigh int        // UDP ports of SIP legs, inclusive; RTP on the even, RTCP on the odd above it
	BindIP            netip.Addr // zero: 127.0.0.1
	PublicIP          netip.Addr // what sip writes into SDP; zero: BindIP
	Sounds            Sounds     // nil: every sound is missing
	DataDir           string     // voice messages go to DataDir/voice, recordings to DataDir/recordings; empty: nothing can be recorded
	LeastFree         int64      // bytes that calls leave free on the disk when they are recorded
	Disk              tape.Disk  // what recordings are written to; nil: the machine's
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
//
// Locks are taken in this order and never the other way: Engine.mu (who is
// where), then one Leg.mu (its audio), then what is inside a leaf: the clock,
// the pool, a socket, the news. No one holds two legs.
type Engine struct {
	opts   Options
	log    *slog.Logger
	start  time.Time
	wire   wire
	ports  *ports
	clock  *clock
	news   *news
	finish *finisher
	quiet  silences
	count  counters
	work   sync.WaitGroup // loaders and recorders
	// moving is how many legs have a port already, or still, and no name.
	moving atomic.Int64

	mu    sync.Mutex
	legs  map[core.LegID]*Leg
	rooms map[core.RoomID]*room
	reels map[core.RecordID]*reel // tapes that are not closed
	// closing are tapes that are, on their way to the disk.
	closing map[core.RecordID]*reel
	closed  bool

	scratch []*Leg // of the chores alone
}

// New starts an engine. It binds no port until a leg wants one, and mends the
// voice messages that a crash left open.
func New(o Options) (*Engine, error) {
	if o.PortHigh < o.PortLow || o.PortLow < 0 || o.PortHigh > 65535 {
		return nil, core.FieldErrorf("rtp", "rtp-range", "the port range %d-%d makes no sense", o.PortLow, o.PortHigh)
	}
	if !o.BindIP.IsValid() {
		o.BindIP = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if !o.PublicIP.IsValid() {
		o.PublicIP = o.BindIP
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Disk == nil {
		o.Disk = tape.OS{}
	}
	e := &Engine{
		opts: o, log: o.Log, start: time.Now(), ports: newPorts(o.PortLow, o.PortHigh), quiet: newSilences(),
		legs: map[core.LegID]*Leg{}, rooms: map[core.RoomID]*room{},
		reels: map[core.RecordID]*reel{}, closing: map[core.RecordID]*reel{},
	}
	if o.Portable {
		e.wire = newPlainWire(e.now)
	} else {
		w, err := newWire(e.now)
		if err != nil {
			return nil, err
		}
		e.wire = w
	}
	e.mendMessages()
	e.news = newNews(o.Tell, o.Log)
	e.finish = newFinisher(e)
	e.clock = newClock(e.now, e.chores)
	return e, nil
}

// now is the engine's clock: how long it has been running. It never jumps.
func (e *Engine) now() time.Duration { return time.Since(e.start) }

// at is an instant of the engine's clock as a time.
func (e *Engine) at(d time.Duration) time.Time { return e.start.Add(d) }

// PublicIP is the address to write into SDP.
func (e *Engine) PublicIP() netip.Addr { return e.opts.PublicIP }

// OpenRTP opens the leg of a SIP dialog and takes a pair of ports for it.
// Nothing is sent before SetRemote. The error is a core.Error of kind Busy when
// no pair is free, Conflict when the leg is open already.
func (e *Engine) OpenRTP(id core.LegID) (*Leg, error) {
	e.moving.Add(1)
	defer e.moving.Add(-1)
	l := newLeg(e, id)
	if err := e.bind(l); err != nil {
		return nil, err
	}
	if err := e.enter(l); err != nil {
		l.unbind()
		return nil, err
	}
	return l, nil
}

// bind takes a pair of ports that can be bound. One that another program has
// taken rests like one of ours and comes up again later.
func (e *Engine) bind(l *Leg) error {
	var last error
	for range e.ports.size {
		port, err := e.ports.take(e.now())
		if err != nil {
			break
		}
		at := netip.AddrPortFrom(e.opts.BindIP, uint16(port))
		if l.rtp, err = e.wire.open(at, (*rtpSink)(l)); err == nil {
			at = netip.AddrPortFrom(e.opts.BindIP, uint16(port+1))
			if l.rtcp, err = e.wire.open(at, (*rtcpSink)(l)); err == nil {
				l.port = port
				return nil
			}
			l.rtp.close()
		}
		l.rtp, l.rtcp, last = nil, nil, err
		e.ports.give(port, e.now())
	}
	if last != nil {
		e.log.Warn("media: ports cannot be bound", "leg", l.id, "error", last)
	}
	return errNoPorts
}

// OpenLine opens the leg of a browser's line: what is sent goes through w, what
// comes is given to Leg.Receive. The error is a Conflict when it is open already.
func (e *Engine) OpenLine(id core.LegID, w LineWriter) (*Leg, error) {
	l := newLeg(e, id)
	l.line, l.agreed = w, true
	l.format = Format{Codec: PCMU, Send: true, Recv: true}
	l.codecs = []Codec{PCMU, PCMA, G722}
	if err := e.enter(l); err != nil {
		return nil, err
	}
	return l, nil
}

// enter makes a leg known.
func (e *Engine) enter(l *Leg) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return core.Errorf(core.Busy, "media-closed", "the engine is closed")
	case e.legs[l.id] != nil:
		return core.Errorf(core.Conflict, "leg-open", "leg %s is open already", l.id)
	}
	e.legs[l.id] = l
	return nil
}

// Leg returns a leg that is open, nil when there is none of that name.
func (e *Engine) Leg(id core.LegID) *Leg {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.legs[id]
}

// Close ends all legs and waits for what it started. Closing twice is allowed.
func (e *Engine) Close() {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return
	}
	e.closed = true
	legs := make([]*Leg, 0, len(e.legs))
	for _, l := range e.legs {
		legs = append(legs, l)
	}
	e.mu.Unlock()
	for _, l := range legs {
		l.Close()
	}
	e.closeTapes()
	e.clock.close()
	e.wire.close()
	e.work.Wait()
	e.finish.close()
	e.news.close()
}

// Do carries out Join Part Play Stop Mute SendDigits Record StopRecord Tape and
// ignores all other effects. It never blocks; what it is told about one leg
// happens in that order. An order for a leg that is gone is ignored, and so is
// one of an older epoch than the leg has seen.
func (e *Engine) Do(o core.Order) {
	if x, ok := o.Effect.(core.Tape); ok {
		e.mu.Lock()
		defer e.mu.Unlock()
		if !e.closed {
			e.tape(x, o)
		}
		return
	}
	id, ok := legOf(o.Effect)
	if !ok {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.legs[id]
	if l == nil {
		return
	}
	if o.Epoch < l.epoch {
		e.veto(string(id), o.Effect, o.Epoch, l.epoch)
		return
	}
	l.epoch = o.Epoch
	switch x := o.Effect.(type) {
	case core.Join:
		e.join(l, x.Room, x.Side)
	case core.Part:
		e.leave(l)
		l.stopPlay()
	case core.Play:
		e.play(l, x)
	case core.Stop:
		l.stopPlay()
	case core.Mute:
		l.mute(x.On)
	case core.SendDigits:
		l.press(x.Digits)
	case core.Record:
		l.record(x)
	case core.StopRecord:
		l.stopRecord("stopped")
	default: // legOf let it by
	}
}

// veto refuses an order of an older epoch.
func (e *Engine) veto(what string, x core.Effect, epoch, seen uint64) {
	e.count.vetoes.Add(1)
	e.log.Warn("media: an order of an older epoch was refused", "for", what, "order", fmt.Sprintf("%T", x), "epoch", epoch, "seen", seen)
}

// legOf names the leg of an order that is for the engine.
func legOf(x core.Effect) (core.LegID, bool) {
	switch x := x.(type) {
	case core.Join:
		return x.Leg, true
	case core.Part:
		return x.Leg, true
	case core.Play:
		return x.Leg, true
	case core.Stop:
		return x.Leg, true
	case core.Mute:
		return x.Leg, true
	case core.SendDigits:
		return x.Leg, true
	case core.Record:
		return x.Leg, true
	case core.StopRecord:
		return x.Leg, true
	default:
		return "", false
	}
}
