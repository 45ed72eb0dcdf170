package media

import (
	"net/netip"
	"time"

	"belfry/core"
)

// When a browser's line counts as silent in a room.
const (
	lostAfter  = 400 * time.Millisecond
	firstAfter = 3 * time.Second // nothing has come since it joined
	// missedAfter is without a packet of any leg in a room that should be heard.
	missedAfter = 3 * time.Second
)

// No finger presses faster than this for long; a flood of made-up keys must not
// become a flood of news.
const (
	keysAtOnce  = 40
	keysPerLook = 3 // ten looks a second
)

// watch looks after a leg from which packets are due.
type watch struct {
	wanted bool          // somebody was joined or played to the leg
	due    time.Duration // packets of a SIP leg are due from here on
	sign   time.Duration // the last other sign of life: RTCP
	joined time.Duration // negative: in no room
	lost   bool          // AudioLost was told
	missed bool          // SoundMissed was told
	hushed bool          // the far end suppresses silence: the last packet said so (RFC 3389)

	after  time.Duration
	silent func()
	told   bool

	pressed int // keys of late
}

// mayPress says whether another key is believed.
func (w *watch) mayPress() bool {
	if w.pressed >= keysAtOnce {
		return false
	}
	w.pressed++
	return true
}

func (w *watch) join(now time.Duration) {
	w.joined, w.lost, w.told = now, false, false
	w.want(now)
}

// want notes that the leg is in use: a caller whom we let ring says nothing yet.
func (w *watch) want(now time.Duration) { w.wanted, w.due = true, now }

func (w *watch) leave() { w.joined, w.lost = -1, false }

// chores looks after all legs and rooms, ten times a second.
func (e *Engine) chores(now time.Duration) {
	e.mu.Lock()
	e.settle(now)
	e.lookTapes(now)
	e.scratch = e.scratch[:0]
	for _, l := range e.legs {
		e.scratch = append(e.scratch, l)
	}
	e.mu.Unlock()
	for _, l := range e.scratch {
		l.look(now)
	}
	clear(e.scratch)
}

// look does what is due on one leg.
func (l *Leg) look(now time.Duration) {
	defer l.rescue()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.report(now)
	l.watch.pressed = max(0, l.watch.pressed-keysPerLook)
	l.lookMissed(now)
	if l.line != nil {
		l.lookLine(now)
		return
	}
	if l.fixed.IsValid() && now-l.src.lastSeen > forgetAfter {
		l.fix(netip.AddrPort{}) // it may come back from another port
	}
	w := &l.watch
	if w.silent == nil || w.told || !w.wanted || !l.agreed || !l.format.Recv {
		return
	}
	// Who has never sent a packet may be a phone that only listens; whether it
	// is there is for signalling to find out (RFC 4028).
	if !l.hearing.any {
		return
	}
	if now-max(l.hearing.last, w.sign, w.due) >= w.after {
		w.told = true
		l.e.news.call(w.silent)
	}
}

// lookMissed tells of a leg in a room that is not heard, whatever it is. One
// that only listens owes nothing, nor does one that suppresses its silence.
func (l *Leg) lookMissed(now time.Duration) {
	w := &l.watch
	due := max(w.joined, w.due, l.hearing.last)
	if w.joined < 0 || w.missed || w.hushed || !l.agreed || !l.format.Recv || now-due < missedAfter {
		return
	}
	w.missed = true
	l.e.news.say(core.SoundMissed{Leg: l.id, On: true})
}

// lookLine tells whether a browser's line in a room is heard.
func (l *Leg) lookLine(now time.Duration) {
	w := &l.watch
	if w.joined < 0 {
		return
	}
	// What came just before it joined counts: it was speaking already.
	patience, last := firstAfter, w.joined
	if l.hearing.any && l.hearing.last > w.joined-lostAfter {
		patience, last = lostAfter, l.hearing.last
	}
	if now-last >= patience && !w.lost {
		w.lost = true
		l.e.news.say(core.AudioLost{Leg: l.id})
	}
	if w.silent != nil && !w.told && now-last >= w.after {
		w.told = true
		l.e.news.call(w.silent)
	}
}
