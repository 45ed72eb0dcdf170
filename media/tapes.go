package media

import (
	"slices"
	"sync"
	"time"

	"belfry/core"
	"belfry/media/tape"
)

// A tape takes down what is said in a room, packet by packet as it comes:
// nothing is decoded, and a relay stays a relay. Its goroutine brings that to
// the disk every fifth of a second; audio never waits for it.
const (
	tapeEvery = 200 * time.Millisecond
	tapeMost  = 1 << 20 // bytes that may wait for the disk: most of a minute of a call
	tapeDry   = time.Second
	tapeLook  = 5 * time.Second // how often the free space is looked at
	mostTrack = 255
)

// reel is one tape while its call goes on.
type reel struct {
	order core.Tape // the newest; guarded by Engine.mu, as are epoch and tracks
	epoch uint64
	track map[trackKey]uint8
	began time.Duration
	birth core.Time
	state uint32 // tick of the newest state

	mu      sync.Mutex // a leaf: it is taken under a leg's
	part    []byte     // a block that grows
	since   time.Duration
	sounds  int // packets in part
	rolling bool
	heard   int // tracks that are open and not mute
	ended   bool
	told    bool          // TapeRolled{On: true} was said of this stretch
	lost    int           // packets that the disk was too slow for
	written time.Duration // when sound was last brought to the disk
	dead    bool          // the disk does not take it

	bell chan struct{} // holds one ring
	done chan struct{}
}

type trackKey struct {
	leg  core.LegID
	side core.Side
}

// tap brings what one leg says to a tape.
type tap struct {
	reel  *reel
	track uint8
}

// tape carries out an order for a recording. It counts from when it was given: on a
// busy machine what is said until it is carried out is no part of a pause that the
// record has begin before. Engine.mu is held.
func (e *Engine) tape(x core.Tape, o core.Order) {
	epoch := o.Epoch
	r := e.reels[x.Tape]
	if r == nil {
		if x.State != core.TapeRolling {
			return // a timeline begins with the first Rolling
		}
		began, birth := e.given(o)
		r = e.newReel(x, began, birth)
	}
	if epoch < r.epoch {
		e.veto(string(x.Tape), x, epoch, r.epoch)
		return
	}
	r.epoch = epoch
	was := r.order
	if was == x {
		return
	}
	r.order = x
	if was.State != x.State {
		if x.State == core.TapeClosed {
			delete(e.reels, x.Tape)
			e.closing[x.Tape] = r
		}
		now := e.now()
		if x.State == core.TapePaused || x.State == core.TapeStopped {
			now, _ = e.given(o)
		}
		r.turn(x.State, now)
	}
	e.unthread(r)
	if x.State == core.TapeRolling {
		e.thread(r)
	}
}

// longestWay is how late an order may come for the instant at which it was given to
// count: with more, somebody has set the clock.
const longestWay = 10 * time.Second

// given says when an order was given, on the engine's clock and as an instant.
func (e *Engine) given(o core.Order) (time.Duration, core.Time) {
	t := time.Now()
	now, wall := t.Sub(e.start), core.At(t)
	if ago := wall.Sub(o.At); !o.At.IsZero() && ago >= 0 && ago <= longestWay {
		return now - ago, o.At
	}
	return now, wall
}

// newReel begins a tape whose timeline begins then. Engine.mu is held.
func (e *Engine) newReel(x core.Tape, began time.Duration, birth core.Time) *reel {
	r := &reel{
		track: map[trackKey]uint8{}, began: began, birth: birth, part: tape.Block(nil),
		bell: make(chan struct{}, 1), done: make(chan struct{}),
	}
	r.order = core.Tape{Tape: x.Tape}
	r.mark(tape.Mark{Head: &tape.Head{Tape: x.Tape, Call: x.Call, Interaction: x.Interaction, Queue: x.Queue, Began: r.birth}})
	e.reels[x.Tape] = r
	e.work.Go(func() { e.wind(r, x) })
	return r
}

// tick is an instant on the tape's timeline.
func (r *reel) tick(now time.Duration) uint32 { return uint32(max(0, now-r.began) / tape.Tick) }

// turn brings the tape into another state. What comes from now on counts as it.
func (r *reel) turn(s core.TapeState, now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rolling = s == core.TapeRolling
	r.told, r.written = false, now
	r.state = max(r.state, r.tick(now))
	r.part = tape.AppendMark(r.part, tape.Mark{At: r.state, State: s})
	r.ended = r.ended || s == core.TapeClosed
	r.ring()
}

func (r *reel) mark(m tape.Mark) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.part = tape.AppendMark(r.part, m)
}

func (r *reel) ring() {
	select {
	case r.bell <- struct{}{}:
	default: // it has been rung
	}
}

// thread has the legs of the tape's room heard by it. Engine.mu is held.
func (e *Engine) thread(r *reel) {
	if room := e.rooms[r.order.Room]; room != nil {
		for _, l := range room.legs {
			e.tapLeg(r, l)
		}
	}
}

// unthread has no leg heard by the tape any more. Engine.mu is held.
func (e *Engine) unthread(r *reel) {
	for key := range r.track {
		if l := e.legs[key.leg]; l != nil {
			l.untap(r, e.now())
		}
	}
}

// tapRoom has a leg that joins a room heard by the tapes that roll there.
// Engine.mu is held.
func (e *Engine) tapRoom(l *Leg, id core.RoomID) {
	for _, r := range e.reels {
		if r.order.Room == id && r.order.State == core.TapeRolling {
			e.tapLeg(r, l)
		}
	}
}

// tapLeg has a leg heard by a tape, on the track of its side. Engine.mu is held.
func (e *Engine) tapLeg(r *reel, l *Leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || slices.ContainsFunc(l.taps, func(t tap) bool { return t.reel == r }) {
		return
	}
	key := trackKey{l.id, l.sideOf()}
	n, ok := r.track[key]
	if !ok {
		if len(r.track) >= mostTrack {
			e.log.Error("media: a tape has no track for another leg", "leg", l.id, "tape", r.order.Tape)
			return
		}
		n = uint8(len(r.track) + 1)
		r.track[key] = n
		r.mark(tape.Mark{Track: &tape.Track{Number: n, Leg: l.id, Side: key.side, Codec: l.hearing.now(l)}})
	}
	l.taps = append(l.taps, tap{r, n})
	if !l.muted {
		r.open(n, e.now())
	}
}

// sideOf is where the leg is heard. A leg that joined before sides were told of
// is a customer's, unless it is a browser's line.
func (l *Leg) sideOf() core.Side {
	switch {
	case l.side != "":
		return l.side
	case l.line != nil:
		return core.AgentSide
	}
	return core.CustomerSide
}

// untap has the leg heard no more by the tape, or by any when r is nil.
func (l *Leg) untap(r *reel, now time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taps = slices.DeleteFunc(l.taps, func(t tap) bool {
		if r != nil && t.reel != r {
			return false
		}
		if !l.muted {
			t.reel.shut(t.track, now, true)
		}
		return true
	})
}

// muteTaps tells the tapes that the leg is mute, or no more. The leg is locked.
func (l *Leg) muteTaps(on bool, now time.Duration) {
	for _, t := range l.taps {
		if on {
			t.reel.shut(t.track, now, false)
		} else {
			t.reel.open(t.track, now)
		}
	}
}

func (r *reel) open(track uint8, now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.heard++; r.heard == 1 {
		r.written = max(r.written, now) // nothing was due before
	}
	r.part = tape.AppendMark(r.part, tape.Mark{At: r.tick(now), Open: &track})
}

func (r *reel) shut(track uint8, now time.Duration, left bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard--
	r.part = tape.AppendMark(r.part, tape.Mark{At: r.tick(now), Shut: &track, Left: left})
}

// sound takes down one packet. The leg is locked, and not mute.
func (t *tap) sound(p *packet, c Codec, now time.Duration) {
	r := t.reel
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.rolling || r.dead:
		return
	case len(r.part) > tapeMost:
		r.lost++
		return
	}
	if r.sounds == 0 {
		r.since = now
	}
	r.sounds++
	r.part = tape.AppendSound(r.part, &tape.Sound{
		Track: t.track, Codec: c, At: r.tick(now), Seq: p.seq, TS: p.timestamp, SSRC: p.ssrc, Payload: p.payload,
	})
	if !r.told || now-r.since >= tapeEvery {
		r.ring()
	}
}

// end closes a tape that nobody closed: the engine ends. The next one finishes it.
func (r *reel) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	r.ring()
}

// lookTapes has what waits brought to the disk, and says when a tape that rolls
// has run dry. Engine.mu is held.
func (e *Engine) lookTapes(now time.Duration) {
	for _, r := range e.reels {
		r.mu.Lock()
		if r.sounds > 0 && now-r.since >= tapeEvery {
			r.ring()
		}
		if r.rolling && r.told && r.heard > 0 && now-r.written >= tapeDry {
			r.told = false
			e.news.say(core.TapeRolled{Call: r.order.Call, Tape: r.order.Tape})
		}
		r.mu.Unlock()
	}
}
