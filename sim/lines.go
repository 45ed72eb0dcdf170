package sim

import (
	"time"

	"belfry/core"
)

// leg is the drivers' side of one leg or line.
type leg struct {
	w      *World
	id     core.LegID
	kind   legKind
	caller *caller
	person *person

	answered bool // Answer was ordered
	early    bool // or Early
	up       bool // and has come about
	refused  bool // Reject was ordered
	drops    int  // Drop was ordered so often
	ups      int  // LegUp was told so often
	dead     bool // nothing more can be done with it
	told     bool // and the floor has been told

	room   core.RoomID
	play   core.PlayID
	loop   bool
	ended  core.Time
	sound  int // counts what is played: an end that belongs to something older is silent
	record core.RecordID
}

type legKind int

const (
	callerLeg legKind = iota
	numberLeg
	phoneLeg
	browserLine
)

// open puts a new leg into the world.
func (w *World) open(id core.LegID, kind legKind) *leg {
	if w.legs[id] != nil {
		w.fail("the name %s is used twice", id)
	}
	l := &leg{w: w, id: id, kind: kind}
	w.legs[id] = l
	return l
}

// hush ends what is heard on the leg.
func (l *leg) hush() {
	l.sound++
	l.room, l.play, l.loop = "", "", false
}

// news tells the floor something about the leg. It may come when the leg is
// gone already: that is normal.
func (l *leg) news(d time.Duration, ev core.Event) { l.w.news(d, ev) }

// die ends the leg, for the cause: the one last word is on its way. What was
// being recorded ends with it, before or after.
func (l *leg) die(d time.Duration, cause core.Cause) {
	if l.dead {
		return
	}
	l.dead = true
	l.hush()
	if l.record != "" {
		ended := core.RecordEnded{Leg: l.id, Record: l.record, Length: l.w.upTo(20 * time.Second), Why: "hangup", File: "voice/x.wav"}
		l.record = ""
		l.w.in(l.w.upTo(400*time.Millisecond), func() { l.w.tell(ended) })
	}
	var q *core.Quality
	if l.up && l.w.chance(50) {
		q = &core.Quality{MOSIn: 441, PacketsIn: 50}
	}
	gone := core.LegGone{Leg: l.id, Cause: cause, Quality: q}
	l.w.in(d, func() {
		if l.told { // a restart was faster
			return
		}
		l.told = true
		l.w.tell(gone)
	})
	if l.w.chance(5) { // some driver says it twice, or has something to add
		l.w.in(d+l.w.between(time.Millisecond, 2*time.Second), func() { l.w.tell(gone) })
		l.w.in(d+l.w.upTo(2*time.Second), func() { l.w.tell(core.LegRang{Leg: l.id}) })
		l.w.in(d+l.w.upTo(2*time.Second), func() { l.w.tell(core.DigitCame{Leg: l.id, Digit: '1'}) })
	}
}

// goesUp tells that the leg talks.
func (l *leg) goesUp(d time.Duration) {
	l.w.in(d, func() {
		if l.dead {
			return
		}
		l.up = true
		l.ups++
		l.w.tell(core.LegUp{Leg: l.id, Codec: "PCMU"})
		if l.w.chance(4) {
			l.news(l.w.upTo(time.Second), core.LegUp{Leg: l.id, Codec: "PCMU"})
		}
	})
}

// obey does what the floor orders, as the drivers would.
func (w *World) obey(e core.Effect) {
	switch e := e.(type) {
	case core.Dial:
		w.onlyOnce(e)
		w.dial(e)
	case core.Ring:
	case core.Early:
		if l := w.legs[e.Leg]; l != nil {
			l.early = true
		}
	case core.Answer:
		if l := w.signalled("Answer", e.Leg); l != nil {
			w.answer(l)
		}
	case core.Reject:
		if l := w.signalled("Reject", e.Leg); l != nil {
			if l.answered {
				w.fail("%s is refused after it was answered", e.Leg)
			}
			l.refused = true
			l.die(w.upTo(100*time.Millisecond), core.Cause{Why: core.Refused})
		}
	case core.Drop:
		if l := w.signalled("Drop", e.Leg); l != nil {
			l.drops++
			if l.drops > 1+l.ups {
				w.fail("%s is dropped %d times", e.Leg, l.drops)
			}
			l.die(w.upTo(300*time.Millisecond), e.Cause)
		}
	case core.Join:
		if l := w.heard("Join", e.Leg); l != nil {
			l.hush()
			l.room = e.Room
			w.joined(l)
		}
	case core.Part:
		if l := w.heard("Part", e.Leg); l != nil {
			l.hush()
		}
	case core.Play:
		if l := w.heard("Play", e.Leg); l != nil {
			w.play(l, e)
		}
	case core.Stop:
		if l := w.heard("Stop", e.Leg); l != nil {
			l.hush()
		}
	case core.Mute:
		w.heard("Mute", e.Leg)
	case core.SendDigits:
		w.heard("SendDigits", e.Leg)
	case core.Record:
		if l := w.heard("Record", e.Leg); l != nil {
			w.record(l, e)
		}
	case core.StopRecord:
		// It may be ordered as the leg goes: the engine ends the recording anyway.
		if l := w.legs[e.Leg]; l != nil && l.record != "" {
			w.recorded(l, l.record, w.upTo(time.Second), "stopped")
		}
	case core.Tape:
		w.tape(e)
	case core.Refresh:
		w.signalled("Refresh", e.Leg)
	case core.ReferDone:
		w.signalled("ReferDone", e.Leg)
	case core.Fetch:
		if w.chance(50) {
			w.news(w.upTo(time.Second), core.ContactCame{Call: e.Call, Contact: "con_1", Name: "Claire", VIP: w.chance(20), Earlier: w.rnd.IntN(5)})
		}
	case core.ReadNumber:
		if w.chance(95) { // or it comes too late, or never
			w.news(w.upTo(3*time.Second), core.NumberRead{Call: e.Call, Number: e.Number, Class: classOf(e.Number)})
		}
	case core.Request:
		w.requested(e)
	case core.Note:
		w.kept(e.Fact)
	case core.Show, core.Reply: // looked at when all orders are carried out
	}
}

// signalled finds the SIP leg of an order; nil when it is gone and the floor
// could not know.
func (w *World) signalled(order string, id core.LegID) *leg {
	l := w.legs[id]
	switch {
	case l == nil:
		w.fail("%s for %s, which never was", order, id)
	case l.kind == browserLine:
		w.fail("%s for the browser's line %s", order, id)
	case l.told && w.reborn:
	case l.told:
		w.fail("%s for %s, of which the floor knows that it is gone", order, id)
	case !l.dead:
		return l
	}
	return nil
}

// heard finds the leg or line of an order about its sound.
func (w *World) heard(order string, id core.LegID) *leg {
	l := w.legs[id]
	switch {
	case l == nil:
		w.fail("%s for %s, which never was", order, id)
	case l.told && w.reborn:
	case l.told:
		w.fail("%s for %s, of which the floor knows that it is gone", order, id)
	case l.dead:
	case l.kind == callerLeg && !l.answered && !l.early && order != "Play":
		w.fail("%s for %s, which was not answered", order, id)
	default:
		return l
	}
	return nil
}

func (w *World) answer(l *leg) {
	if l.kind != callerLeg || l.answered || l.refused {
		w.fail("%s is answered, and it was so before, or refused", l.id)
		return
	}
	l.answered = true
	if w.chance(2) { // the ACK never comes
		w.in(32*time.Second, func() { l.die(0, core.Cause{Why: core.NotAcked}) })
		return
	}
	l.goesUp(w.upTo(300 * time.Millisecond))
}

// play ends by itself after a while, unless it is a loop or something else
// comes before. One in two hundred never says that it has ended.
func (w *World) play(l *leg, e core.Play) {
	if e.Play == "" || len(e.Sounds) == 0 {
		w.fail("%s is played nothing", l.id)
	}
	l.hush()
	l.play, l.loop = e.Play, e.Loop
	if e.Loop || w.rnd.IntN(200) == 0 {
		return
	}
	n := l.sound
	ended := core.PlayEnded{Leg: l.id, Play: e.Play}
	length := w.between(50*time.Millisecond, 6*time.Second)
	if w.chance(5) {
		ended.Missing, length = e.Sounds[:1], 0
	}
	w.in(length, func() {
		if l.sound == n || w.chance(3) { // it has ended as it was replaced
			w.news(0, ended)
			if l.sound == n {
				l.play, l.ended = "", w.now
			}
		}
	})
}

func (w *World) record(l *leg, e core.Record) {
	if l.record != "" {
		w.fail("%s is recorded twice at a time", l.id)
	}
	l.hush()
	l.record = e.Record
	if w.rnd.IntN(100) == 0 { // the driver never says so
		return
	}
	w.recorded(l, e.Record, w.between(time.Second, e.Longest), "silence")
}

func (w *World) recorded(l *leg, id core.RecordID, d time.Duration, why string) {
	w.in(d, func() {
		if l.record != id {
			return
		}
		l.record = ""
		ended := core.RecordEnded{Leg: l.id, Record: id, Length: min(d, 180*time.Second), Why: why, File: "voice/x.wav"}
		if w.chance(5) {
			ended.File, ended.Why = "", "failed"
		}
		w.news(0, ended)
	})
}
