package host

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"belfry/core"
)

// loop is what only the loop's goroutine touches.
type loop struct {
	floor    machine
	clock    *clock
	enc      *encoder
	drivers  Drivers
	seq      uint64
	epoch    uint64
	revision uint64
	wake     core.Time // the floor's deadline

	urgent   []core.UserID            // desks to draw after this step
	dirty    map[core.UserID]struct{} // desks to draw soon
	showDue  core.Time                // when; zero: none
	poolSeen uint64
	poolDue  core.Time

	snapSeq   uint64 // the last snapshot's
	snapAt    core.Time
	snapping  chan struct{} // closed when the one under way is done; nil: none
	fileBytes int           // since the last new file
	fileAt    core.Time

	toFail   []core.News // panicked in the rebuilding
	failures map[core.CallID]int
	again    bool      // the event being stepped was skipped for another call's sake
	brake    core.Time // no Woke before, after one that panicked or changed nothing
}

const (
	showWithin = 50 * time.Millisecond
	poolEvery  = 450 * time.Millisecond // what happens stands in every list within half a second
	tendEvery  = time.Second

	snapshotEvery  = 10 * time.Second
	snapshotEvents = 10_000
	fileFor        = time.Hour
	fileBytes      = 64 << 20
)

func (h *Host) run(l Life) {
	defer close(h.done)
	h.begin(l)
	timer := time.NewTimer(0)
	defer timer.Stop()
	tend := time.NewTicker(tendEvery)
	defer tend.Stop()
	for {
		for _, i := range h.inbox.take() {
			h.due()
			h.handle(i)
		}
		if h.inbox.len() == 0 {
			h.oldest.Store(0)
			if h.inbox.len() > 0 { // put just now, before the zero
				continue
			}
		}
		timer.Reset(h.due())
		select {
		case <-h.inbox.ready:
		case <-timer.C:
		case <-tend.C:
			h.tend()
		case <-h.quit:
			for _, i := range h.inbox.take() {
				h.handle(i)
			}
			h.flush()
			return
		}
	}
}

// begin is the first breath of a life.
func (h *Host) begin(l Life) {
	now := h.clock.read()
	h.snapSeq, h.snapAt, h.fileAt = h.seq, now, now
	h.log.Info("a life of the floor begins", "epoch", h.epoch, "seq", h.seq, "alive", len(l.Alive))
	h.step(core.FloorStarted{Epoch: h.epoch, Alive: l.Alive})
	if l.Revision > h.revision {
		h.step(core.PlanChanged{Revision: l.Revision, Doc: l.Plan})
	}
	for _, n := range h.toFail {
		h.afterCrash(n)
	}
	h.toFail = nil
}

// due does what its time has come for and returns how long until the next.
func (h *Host) due() time.Duration {
	now := h.clock.read()
	for range 100 { // then the inbox has its turn
		if h.wake.IsZero() || max(h.wake, h.brake) > now {
			break
		}
		h.wakeUp()
		now = h.clock.read()
	}
	if !h.showDue.IsZero() && h.showDue <= now {
		h.flush()
	}
	poolDue := h.drawPools(now)
	if n := h.seq - h.snapSeq; n >= snapshotEvents || n > 0 && now.Sub(h.snapAt) >= snapshotEvery {
		h.snapshot(now)
	}
	next := now.Add(time.Minute)
	if !h.wake.IsZero() {
		next = min(next, max(h.wake, h.brake))
	}
	if !h.showDue.IsZero() {
		next = min(next, h.showDue)
	}
	if !poolDue.IsZero() {
		next = min(next, poolDue)
	}
	return max(next.Sub(now), 0)
}

// wakeUp tells the floor that a deadline has passed. A floor that asks for the
// same deadline again would spin: it is made to wait.
func (h *Host) wakeUp() {
	asked := h.wake
	h.step(core.Woke{})
	if !h.wake.IsZero() && h.wake <= asked && h.brake <= h.clock.at {
		h.log.Error("the floor asks again for a deadline that has passed", "deadline", asked.Std())
		h.brake = h.clock.at.Add(time.Second)
	}
}

// tend is done once a second.
func (h *Host) tend() {
	if leapt := h.clock.tend(h.floor.Calls() == 0); leapt != 0 {
		h.log.Warn("the clock was behind the wall and has leapt", "by", leapt)
	}
	if h.twin.Load().broke.Load() {
		h.newTwin()
	}
}

// handle does one item.
func (h *Host) handle(i item) {
	h.oldest.Store(i.put)
	switch {
	case i.do != nil:
		if caught := guard(i.do); caught != nil {
			h.log.Error("a question to the floor panics", "panic", caught.what, "stack", string(caught.stack))
		}
	case i.ev != nil:
		h.stepOf(i.ev, i.data)
	}
}

func (h *Host) step(ev core.Event) { h.stepOf(ev, nil) }

// stepOf stamps the event, writes it down, steps the floor and carries out what
// it orders. Ready is how the event is recorded, where that was made before.
func (h *Host) stepOf(ev core.Event, ready []byte) {
	if h.barred(ev) {
		return
	}
	began := time.Now()
	n := core.News{Seq: h.seq + 1, At: h.clock.read(), Event: ev}
	b, err := h.enc.event(n, ready)
	if err == nil && changed(b) {
		var l line
		l, err = parseLine(b[:len(b)-1])
		n = l.news
	}
	if err != nil {
		h.log.Error("an event cannot be recorded and is left out", "event", words(ev), "err", err)
		h.answer(ev, core.Errorf(core.Internal, "internal", "%v", err))
		return
	}
	h.seq = n.Seq
	h.count.seq.Store(n.Seq)
	h.rec.add(n.Seq, b)
	h.fileBytes += len(b)
	h.count.events.Add(1)
	h.trace(n)
	if p, ok := ev.(core.PlanChanged); ok {
		h.revision = p.Revision
	}

	var effects []core.Effect
	caught := guard(func() {
		effects = h.floor.Step(n)
		h.wake = h.floor.Deadline()
	})
	if caught != nil {
		h.crashed(n, caught)
		h.facts.stepped.Store(h.seq)
		return
	}
	h.active.Store(h.floor.Active())
	h.twin.Load().follow(b)
	for _, e := range effects {
		h.carryOut(n.Seq, e)
	}
	h.facts.stepped.Store(n.Seq)
	h.drawUrgent()
	if h.o.Stepped != nil {
		h.o.Stepped()
	}
	if p, ok := ev.(core.PlanChanged); ok {
		h.count.revision.Store(p.Revision)
		h.count.planTime.Store(int64(time.Since(began)))
	}
}

// trace writes the event into the log, when somebody wants to read it.
func (h *Host) trace(n core.News) {
	if c, ok := n.Event.(core.CallCame); ok {
		h.log.Info("a call came", "call", string(c.Call), "leg", string(c.Leg), "to", c.To, "sip", c.SIPCallID)
	}
	if h.log.Enabled(context.Background(), slog.LevelDebug) {
		h.log.Debug("event", "seq", n.Seq, "call", string(h.callOf(n.Event)), "what", words(n.Event))
	}
}

// callOf is the floor's CallOf; a panic in it names no call.
func (h *Host) callOf(ev core.Event) (call core.CallID) {
	_ = guard(func() { call = h.floor.CallOf(ev) })
	return call
}

// snapshot has the twin write down the floor as it is after this event, and
// begins a new file of lines when the last one is long or old.
func (h *Host) snapshot(now core.Time) {
	if h.snapping != nil {
		select {
		case <-h.snapping:
		default:
			return // the disk is slow; the next one is worth more than two
		}
	}
	done := make(chan struct{})
	h.snapping, h.snapSeq, h.snapAt = done, h.seq, now
	if h.fileBytes >= fileBytes || now.Sub(h.fileAt) >= fileFor {
		h.rec.turn(h.seq + 1)
		h.fileBytes, h.fileAt = 0, now
	}
	s := &snapshot{Seq: h.seq, At: now, Epoch: h.epoch, Revision: h.revision, Build: h.o.Build}
	t := h.twin.Load()
	t.do(func(m machine) {
		if m == nil {
			close(done)
			return
		}
		var err error
		if caught := guard(func() { s.floor, err = m.Snapshot(); s.Hash = m.Hash() }); caught != nil {
			err = fmt.Errorf("%w\n%s", caught, caught.stack)
		}
		h.aside.Go(func() {
			defer close(done)
			if err == nil {
				err = h.keepSnapshot(s)
			}
			if err != nil {
				h.log.Error("a snapshot cannot be written", "err", err)
			}
		})
	})
}
