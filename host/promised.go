package host

import (
	"sync/atomic"

	"belfry/core"
)

// promised are orders that wait for the record: a dial, or a request to another
// program, that must never be made twice leaves only when the event it came from is on disk. After a crash the
// floor then knows that it was ordered, and orders the next attempt, if any, not this one.
// What is ordered for the same leg meanwhile waits behind it.
type promised struct {
	orders []core.Order
	some   atomic.Bool // read by the record's writer
}

// promise keeps an order that must wait; it says whether it did.
func (h *Host) promise(seq uint64, e core.Effect) bool {
	dial, _ := e.(core.Dial)
	_, asks := e.(core.Request)
	if leg := legOf(e); !asks && dial.Key == "" && (leg == "" || !h.behind(leg)) {
		return false
	}
	h.owed.orders = append(h.owed.orders, core.Order{Epoch: h.epoch, Seq: seq, Effect: e})
	h.owed.some.Store(true)
	h.keepPromises() // it may be on disk already
	return true
}

func (h *Host) behind(leg core.LegID) bool {
	for _, o := range h.owed.orders {
		if legOf(o.Effect) == leg {
			return true
		}
	}
	return false
}

// keepPromises sends what is on disk on its way.
func (h *Host) keepPromises() {
	committed := h.rec.committed.Load()
	for len(h.owed.orders) > 0 && h.owed.orders[0].Seq <= committed {
		o := h.owed.orders[0]
		h.owed.orders = h.owed.orders[1:]
		switch e := o.Effect.(type) {
		case core.Request:
			h.request(e)
		case core.Dial, core.Ring, core.Early, core.Answer, core.Reject, core.Refresh, core.ReferDone, core.Drop:
			h.order(h.drivers.Signal, o.Seq, o.Effect)
		default:
			h.order(h.drivers.Audio, o.Seq, o.Effect)
		}
	}
	if len(h.owed.orders) == 0 {
		h.owed.orders = nil
		h.owed.some.Store(false)
	}
}

// legOf is the leg that an order is for; empty when it is for none.
func legOf(e core.Effect) core.LegID {
	switch e := e.(type) {
	case core.Dial:
		return e.Leg
	case core.Ring:
		return e.Leg
	case core.Early:
		return e.Leg
	case core.Answer:
		return e.Leg
	case core.Reject:
		return e.Leg
	case core.Drop:
		return e.Leg
	case core.Refresh:
		return e.Leg
	case core.ReferDone:
		return e.Leg
	case core.Join:
		return e.Leg
	case core.Part:
		return e.Leg
	case core.Play:
		return e.Leg
	case core.Stop:
		return e.Leg
	case core.Mute:
		return e.Leg
	case core.SendDigits:
		return e.Leg
	case core.Record:
		return e.Leg
	case core.StopRecord:
		return e.Leg
	case core.Tape, core.Show, core.Fetch, core.ReadNumber, core.Request, core.Note, core.Reply:
	}
	return ""
}
