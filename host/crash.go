package host

import (
	"time"

	"belfry/core"
)

// A step that panics leaves half a change behind. The floor is then replaced by
// its twin, which stands before that event; the event is taken back in the
// record; and the floor is told CallFailed for the call it was about, once. If
// that call panics again, it alone is dropped: its legs are ended from here and
// of its news only the last words of its legs go in.

// crashed follows a panic in the step of n, which is the record's last line.
func (h *Host) crashed(n core.News, caught *crash) {
	h.count.panics.Add(1)
	h.log.Error("a step of the floor panics; the event is skipped",
		"seq", n.Seq, "event", words(n.Event), "panic", caught.what, "stack", string(caught.stack))
	if b, err := h.enc.skip(n.Seq, n.At, caught.Error()); err == nil {
		h.rec.add(n.Seq, b)
	}
	culprit := h.workingOn()
	h.takeTwin()
	if culprit != "" && culprit != h.callOf(n.Event) && !h.again {
		// The step went wrong over another call, whose deadline or turn had
		// come: that call fails, and the news is told once more.
		h.failCall(culprit, n)
		if _, woke := n.Event.(core.Woke); !woke {
			h.again = true
			h.step(n.Event)
			h.again = false
		}
		return
	}
	h.answer(n.Event, core.Errorf(core.Internal, "internal", "The step failed: %v.", caught.what))
	h.afterCrash(n)
}

// workingOn asks a floor that can tell over which call its step went wrong.
func (h *Host) workingOn() (call core.CallID) {
	if f, ok := h.floor.(interface{ Working() core.CallID }); ok {
		_ = guard(func() { call = f.Working() })
	}
	return call
}

// afterCrash deals with the call that the skipped event was about.
func (h *Host) afterCrash(n core.News) {
	call := h.callOf(n.Event)
	if _, woke := n.Event.(core.Woke); woke && (call == "" || h.failures[call] > 0) {
		h.brake = h.clock.at.Add(time.Second) // the deadline still stands
	}
	switch ev := n.Event.(type) {
	case core.CallFailed:
		call = ev.Call
	case core.CallCame: // the floor has never heard of it
		call = ev.Call
		h.order(h.drivers.Signal, n.Seq, core.Drop{Leg: ev.Leg, Cause: core.Cause{Why: core.Lost}})
	default:
	}
	if call != "" {
		h.failCall(call, n)
	}
}

// failCall tells the floor that the call has failed; the second time the call is
// dropped from here.
func (h *Host) failCall(call core.CallID, n core.News) {
	h.failures[call]++
	switch h.failures[call] {
	case 1:
		h.step(core.CallFailed{Call: call, What: words(n.Event)})
	case 2:
		h.dropCall(call, n.Seq)
	}
}

// dropCall ends the call's legs without the floor.
func (h *Host) dropCall(call core.CallID, seq uint64) {
	h.log.Error("a call panics again and is dropped", "call", string(call))
	var legs []core.LegID
	_ = guard(func() { legs = h.floor.Legs() })
	for _, leg := range legs {
		switch {
		case h.callOf(core.LegRang{Leg: leg}) != call:
		case leg.Browser():
			h.order(h.drivers.Audio, seq, core.Part{Leg: leg})
		default:
			h.order(h.drivers.Signal, seq, core.Drop{Leg: leg, Cause: core.Cause{Why: core.Lost}})
		}
	}
}

// barred says whether the event is about a call that was dropped here.
func (h *Host) barred(ev core.Event) bool {
	if len(h.failures) == 0 {
		return false
	}
	switch ev.(type) {
	case core.LegGone, core.CallFailed, core.FloorStarted, core.PlanChanged, core.Woke:
		return false
	default:
	}
	if call := h.callOf(ev); call == "" || h.failures[call] < 2 {
		return false
	}
	h.answer(ev, core.Errorf(core.Conflict, "call-failed", "This call has failed."))
	return true
}

// answer replies to an Asked that never reached the floor.
func (h *Host) answer(ev core.Event, err *core.Error) {
	if a, ok := ev.(core.Asked); ok {
		h.asks.reply(a.Ask, err)
	}
}

// takeTwin makes the twin the floor, or rebuilds it from disk where the twin
// broke, and gives it a new twin.
func (h *Host) takeTwin() {
	began := time.Now()
	m := h.twin.Load().end()
	if m == nil {
		m = h.fromDisk()
	}
	if m != nil {
		h.floor = m
	}
	if caught := guard(func() { h.wake = h.floor.Deadline() }); caught != nil {
		h.wake = 0
	}
	h.newTwin()
	h.log.Info("the floor is rebuilt", "seq", h.seq, "took", time.Since(began))
}

// newTwin gives the floor a twin, where it has none or a broken one.
func (h *Host) newTwin() {
	second, _, err := h.o.floors.clone(h.floor)
	old := h.twin.Load()
	t := newTwin(second, h.seq, h.clock.at, h.log)
	if err != nil {
		h.log.Error("the floor cannot be copied; no snapshot until it can", "err", err)
		t.broke.Store(true)
	}
	h.twin.Store(t)
	select {
	case <-old.done:
	default:
		old.work.put(twinWork{end: true})
	}
}

// fromDisk rebuilds the floor from the record while the writer still has it.
func (h *Host) fromDisk() machine {
	wait := time.NewTimer(5 * time.Second)
	defer wait.Stop()
	select {
	case <-h.rec.lasting():
	case <-wait.C:
		h.log.Error("the floor cannot be rebuilt: the record is not on disk")
		return nil
	}
	r, err := rebuild(h.o.Dir, h.o.floors, h.seq, h.log, leaveAlone)
	if err != nil || r.seq != h.seq {
		h.log.Error("the floor cannot be rebuilt; it goes on as the panic left it", "err", err)
		return nil
	}
	return r.floor
}
