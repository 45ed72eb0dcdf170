package host

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"belfry/core"
)

// carryOut hands an effect to whoever carries it out. This switch is complete:
// an effect that core adds and nobody is named for here is our bug, and a test
// finds it.
func (h *Host) carryOut(seq uint64, e core.Effect) {
	if h.log.Enabled(context.Background(), slog.LevelDebug) {
		h.log.Debug("effect", "seq", seq, "what", words(e))
	}
	if h.promise(seq, e) {
		return
	}
	switch e := e.(type) {
	case core.Dial, core.Ring, core.Early, core.Answer, core.Reject, core.Refresh, core.ReferDone:
		h.order(h.drivers.Signal, seq, e)
	case core.Drop:
		if e.Leg.Browser() {
			h.order(h.drivers.Station, seq, e)
		} else {
			h.order(h.drivers.Signal, seq, e)
		}
	case core.Join, core.Part, core.Play, core.Stop, core.Mute, core.SendDigits, core.Record, core.StopRecord, core.Tape:
		h.order(h.drivers.Audio, seq, e)
	case core.Show:
		h.markDesk(e)
	case core.Fetch:
		select {
		case h.fetch <- e:
		default:
			h.log.Warn("too many numbers to look up; a call has no name", "call", string(e.Call))
		}
	case core.ReadNumber:
		h.readNumber(e)
	case core.Request:
		h.request(e)
	case core.Note:
		if i, ok := e.Fact.(core.Interaction); ok {
			h.log.Info("a call is over", "call", string(i.Call), "interaction", string(i.ID), "outcome", i.Outcome,
				"ended_by", i.EndedBy, "cause", string(i.Cause.Why), "agent", string(i.Agent), "queue", string(i.Queue))
		}
		if x, ok := e.Fact.(core.Notice); ok {
			h.log.Warn("for who runs the company", "kind", x.Kind, "call", string(x.Call), "agent", string(x.Agent), "what", x.What)
		}
		h.facts.add(seq, e.Fact)
	case core.Reply:
		h.asks.reply(e.Ask, e.Err)
	default:
		panic(fmt.Sprintf("host: nobody carries out %T", e))
	}
}

// order gives the driver its order. Its panic harms nobody else.
func (h *Host) order(driver func(core.Order), seq uint64, e core.Effect) {
	if driver == nil {
		return
	}
	if caught := guard(func() { driver(core.Order{Epoch: h.epoch, Seq: seq, At: h.clock.at, Effect: e}) }); caught != nil {
		h.count.panics.Add(1)
		h.log.Error("a driver panics", "order", words(e), "panic", caught.what, "stack", string(caught.stack))
	}
}

// readNumber says what class a number is of. It is asked for seldom, and in
// microseconds: whoever waits for it is on the line.
func (h *Host) readNumber(e core.ReadNumber) {
	var class core.NumberClass
	if h.o.Class != nil {
		if caught := guard(func() { class = h.o.Class(e.Number) }); caught != nil {
			h.log.Error("a number cannot be read", "call", string(e.Call), "err", caught)
		}
	}
	_ = h.Tell(core.NumberRead{Call: e.Call, Number: e.Number, Class: class}) // closing: nobody waits any more
}

const (
	fetchers  = 4
	fetchTime = 2 * time.Second
)

// fetchAll looks numbers up until the host closes.
func (h *Host) fetchAll() {
	for f := range h.fetch {
		if h.o.Fetch == nil {
			continue
		}
		var (
			known core.ContactCame
			err   error
		)
		ctx, cancel := context.WithTimeout(context.Background(), fetchTime)
		if caught := guard(func() { known, err = h.o.Fetch(ctx, f.Number) }); caught != nil {
			err = caught
		}
		cancel()
		if err != nil {
			h.log.Warn("the address book does not answer; a call has no name", "call", string(f.Call), "err", err)
		}
		if known != (core.ContactCame{}) {
			known.Call = f.Call
			_ = h.Tell(known) // closing: nobody needs the name
		}
	}
}
