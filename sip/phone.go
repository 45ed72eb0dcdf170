package sip

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"belfry/core"
	"belfry/media"
)

// PhoneOptions is what a phone needs.
type PhoneOptions struct {
	Listen string // host:port; empty: a free port of 127.0.0.1
	Media  *media.Engine
	Log    *slog.Logger // nil: slog.Default
	Timers Timers
	// Incoming is told of each call that comes in; it must not block. Nil: they
	// are refused with 480.
	Incoming func(*PhoneCall)
}

// Phone is a caller or a far end without a floor: it dials, answers and hangs
// up as it is told. Audio is done through the media engine by the call's Leg:
// media.Engine.Do(core.Order{Effect: core.Play{Leg: call.Leg, …}}); keys that
// the far end presses are told by the media engine too.
type Phone struct {
	e        *Endpoint
	incoming func(*PhoneCall)
	mu       sync.Mutex
	calls    map[core.LegID]*PhoneCall
}

// NewPhone starts a phone. It ends with ctx or Close.
func NewPhone(ctx context.Context, o PhoneOptions) (*Phone, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	e, err := listen(ctx, Options{
		Listen: o.Listen, Media: o.Media, Log: o.Log, Timers: o.Timers,
		Limits: Limits{CallsPerSecond: -1, Calls: -1, Lateness: -1},
	})
	if err != nil {
		return nil, err
	}
	p := &Phone{e: e, incoming: o.Incoming, calls: map[core.LegID]*PhoneCall{}}
	e.keepSDP = true
	e.tell = p.heard
	e.trunk = func(netip.AddrPort) (Trunk, bool) { return Trunk{Name: "line"}, true }
	e.run()
	return p, nil
}

// Addr is host:port where it listens.
func (p *Phone) Addr() string { return p.e.addr.String() }

// Stats counts.
func (p *Phone) Stats() Stats { return p.e.Stats() }

// Close ends its calls and frees the port.
func (p *Phone) Close() { p.e.Close() }

// DialOptions is how a phone calls.
type DialOptions struct {
	From    core.Party
	Codecs  []media.Codec // offered in this order, and no others; none: all we speak
	NoOffer bool          // an INVITE without SDP; the answer goes with the ACK
	Headers []Header      // added to the INVITE
}

// Header is one line of a message.
type Header struct{ Name, Value string }

// Dial calls a SIP URI. What becomes of it comes through Events; a URI that
// cannot be called ends there too.
func (p *Phone) Dial(to string, o DialOptions) *PhoneCall {
	c := p.newCall(core.LegID("leg_s" + rand.Text()))
	c.To, c.From = to, o.From
	l := p.e.laneOf(c.Leg)
	l.put(parcel{do: func() {
		g := &leg{codecs: o.Codecs, only: len(o.Codecs), from: o.From, noOffer: o.NoOffer, headers: o.Headers}
		g.d.Leg = c.Leg
		l.dial(g, to)
	}})
	return c
}

func (p *Phone) newCall(id core.LegID) *PhoneCall {
	c := &PhoneCall{p: p, Leg: id, events: make(chan PhoneEvent, phoneEvents)}
	p.mu.Lock()
	p.calls[id] = c
	p.mu.Unlock()
	return c
}

// heard is the phone's floor: it passes news on to the call they are about.
func (p *Phone) heard(ev core.Event, g *leg) error {
	if came, ok := ev.(core.CallCame); ok {
		c := p.newCall(came.Leg)
		c.From, c.To = came.From, came.To
		if p.incoming == nil {
			c.Reject(480)
			return nil
		}
		p.incoming(c)
		return nil
	}
	p.mu.Lock()
	c := p.calls[g.d.Leg]
	_, gone := ev.(core.LegGone)
	if gone {
		delete(p.calls, g.d.Leg)
	}
	p.mu.Unlock()
	if c == nil {
		return nil
	}
	news := PhoneEvent{At: time.Now(), Event: ev, SDP: g.theirs}
	if gone {
		c.events <- news // its place is kept free
		close(c.events)
	} else if len(c.events) < phoneEvents-1 {
		c.events <- news
	}
	return nil
}

// phoneEvents is how many events of a call may wait to be read; more are
// dropped, save the last one.
const phoneEvents = 64

// PhoneCall is one call of a phone.
type PhoneCall struct {
	Leg    core.LegID // of its audio in the media engine
	From   core.Party // who calls
	To     string     // what was dialled
	p      *Phone
	events chan PhoneEvent
}

// PhoneEvent is something that happened to a PhoneCall.
type PhoneEvent struct {
	At    time.Time
	Event core.Event // LegRang, LegUp, LegHeld, LegGone
	SDP   string     // what the far end said about audio last
}

// Events gives what happens; it is closed after LegGone.
func (c *PhoneCall) Events() <-chan PhoneEvent { return c.events }

// Speak takes a codec for the answer to a call that came in, if that offers it.
// Without it the far end's first is taken.
func (c *PhoneCall) Speak(codec media.Codec) {
	c.do(func(g *leg) {
		if g.state == came && g.offer != nil && g.sdp == "" {
			g.settle(g.offer, codec)
		}
	})
}

// Answer sends 200 for a call that came in; LegUp follows with the ACK.
func (c *PhoneCall) Answer() { c.do(func(g *leg) { g.answer() }) }

// Ring sends 180 for a call that came in.
func (c *PhoneCall) Ring() { c.do(func(g *leg) { g.ring() }) }

// Early sends 183 with SDP for a call that came in: what is played is heard.
func (c *PhoneCall) Early() { c.do(func(g *leg) { g.hearEarly() }) }

// Reject refuses a call that came in with a status of 400 to 699.
func (c *PhoneCall) Reject(status int) {
	c.do(func(g *leg) { g.reject(core.Cause{Why: core.Refused, Code: status}) })
}

// Hangup ends the call in any state: CANCEL, BYE or a refusal.
func (c *PhoneCall) Hangup() { c.do(func(g *leg) { g.drop(core.Cause{Why: core.Ended}) }) }

// Info presses a key by SIP INFO (application/dtmf-relay).
func (c *PhoneCall) Info(digit byte) {
	c.do(func(g *leg) {
		if g.state == up {
			g.request("INFO", forInfo, "application/dtmf-relay", "Signal="+string(rune(digit))+"\r\nDuration=160\r\n", nil)
		}
	})
}

// Hold puts the far end on hold by re-INVITE, or takes it off.
func (c *PhoneCall) Hold(on bool) { c.do(func(g *leg) { g.hold(on) }) }

func (c *PhoneCall) do(f func(*leg)) { c.p.e.on(c.Leg, func(_ *lane, g *leg) { f(g) }) }
