package media

import (
	"slices"
	"sync/atomic"
	"time"

	"belfry/core"
	"belfry/media/mix"
)

// settled is how long two legs must have fitted before a mix gives way to a
// relay again: a far end that wavers between codecs shall not waver the room.
const settled = time.Second

// room is where legs hear each other. Two that speak the same codec are relayed;
// all else is mixed. Its fields are guarded by Engine.mu, but for what beat uses.
type room struct {
	e      *Engine
	id     core.RoomID
	legs   []*Leg
	mixing bool
	misfit time.Duration // when two legs last did not fit
	tempo  pulse

	table atomic.Pointer[table]
	mixer *mix.Mixer // of the beat alone
	sat   []seat     // who has a place in the mixer
}

// table is who sits in a mix. It never changes; another one replaces it.
type table struct{ legs []*Leg }

type seat struct {
	leg   *Leg
	party *mix.Party
	rate  int
}

// join puts a leg into a room, out of the one it was in. Engine.mu is held.
func (e *Engine) join(l *Leg, id core.RoomID, side core.Side) {
	l.mu.Lock()
	l.side = side
	l.mu.Unlock()
	if l.room != nil && l.room.id == id {
		return
	}
	e.leave(l)
	l.stopPlay()
	r := e.rooms[id]
	if r == nil {
		r = &room{e: e, id: id, mixer: mix.NewMixer()}
		e.rooms[id] = r
	}
	now := e.now()
	l.mu.Lock()
	l.src.reopen(now)
	l.watch.join(now)
	l.hearing.join(l.totals())
	l.mu.Unlock()
	e.tapRoom(l, id)
	r.legs = append(r.legs, l)
	l.room = r
	r.misfit = now - settled
	e.route(r)
}

// leave takes a leg out of its room. Engine.mu is held.
func (e *Engine) leave(l *Leg) {
	r := l.room
	if r == nil {
		return
	}
	l.room = nil
	l.untap(nil, e.now())
	r.legs = slices.DeleteFunc(r.legs, func(x *Leg) bool { return x == l })
	l.mu.Lock()
	l.peer, l.mixing = nil, false
	l.needEar()
	l.watch.leave()
	q := l.hearing.left(l)
	wants := l.rec != nil || l.pressing()
	l.mu.Unlock()
	if wants {
		e.clock.want(l)
	}
	if q != nil {
		e.news.say(core.QualityCame{Leg: l.id, Quality: *q})
	}
	e.route(r)
	if len(r.legs) == 0 {
		delete(e.rooms, r.id)
	}
}

// route arranges who hears whom. Engine.mu is held.
func (e *Engine) route(r *room) {
	r.alignLines()
	fits := len(r.legs) == 2 && fits(r.legs[0], r.legs[1]) && fits(r.legs[1], r.legs[0])
	if len(r.legs) == 2 && !fits {
		r.misfit = e.now()
	}
	relay := fits && e.now()-r.misfit >= settled
	r.mixing = len(r.legs) > 1 && !relay
	for i, l := range r.legs {
		l.mu.Lock()
		l.peer, l.mixing = nil, r.mixing
		if relay {
			l.peer, l.expect = r.legs[1-i], r.legs[1-i].sends()
		}
		l.needEar()
		wants := !l.mixing && (l.rec != nil || l.pressing())
		l.mu.Unlock()
		if wants {
			e.clock.want(l)
		}
	}
	if r.mixing {
		r.table.Store(&table{slices.Clone(r.legs)})
		e.clock.want(r)
	} else {
		r.table.Store(&table{})
	}
}

// alignLines has each browser's line sent what the other leg speaks, where two
// are alone: it has agreed on all codecs, and then nothing is decoded.
func (r *room) alignLines() {
	if len(r.legs) != 2 {
		return
	}
	for i, l := range r.legs {
		other := r.legs[1-i]
		if l.line == nil {
			continue
		}
		c := other.sends()
		l.mu.Lock()
		if slices.Contains(l.codecs, c) {
			l.format.Codec = c
		}
		l.mu.Unlock()
	}
}

// sends is the codec that the leg's far end is sent.
func (l *Leg) sends() Codec {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.format.Codec
}

// fits says whether what one leg says can be sent to the other as it is.
func fits(from, to *Leg) bool {
	from.mu.Lock()
	says := from.hearing.now(from)
	from.mu.Unlock()
	return says == to.sends()
}

// misfit rearranges the room of a leg that spoke another codec than expected.
func (e *Engine) misfit(l *Leg) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l.room != nil {
		e.route(l.room)
	}
}

// settle looks whether a mix of two can become a relay. Engine.mu is held.
func (e *Engine) settle(now time.Duration) {
	for _, r := range e.rooms {
		if r.mixing && len(r.legs) == 2 && (now-r.misfit >= settled || !fits(r.legs[0], r.legs[1]) || !fits(r.legs[1], r.legs[0])) {
			e.route(r)
		}
	}
}

// passKey presses a key that came on one leg on the others of its mix.
func (e *Engine) passKey(l *Leg, key byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l.room == nil || !l.room.mixing {
		return
	}
	for _, other := range l.room.legs {
		if other != l {
			other.press(string(key))
		}
	}
}

func (r *room) pulse() *pulse { return &r.tempo }

// beat mixes 20 ms: each leg hears all others and not itself. It never waits
// for a leg; what did not come is concealed, then silent.
func (r *room) beat(due time.Duration) {
	r.tempo.wanted.Store(false) // before the look: who sets a table wants after
	legs := r.table.Load().legs
	if len(legs) > 0 {
		r.tempo.wanted.Store(true)
	}
	r.place(legs)
	for i := range r.sat {
		r.sat[i].put(due)
	}
	r.mixer.Mix()
	for i := range r.sat {
		r.sat[i].take(due)
	}
}

// place gives the legs at the table their places in the mixer.
func (r *room) place(legs []*Leg) {
	r.sat = slices.DeleteFunc(r.sat, func(s seat) bool {
		if slices.Contains(legs, s.leg) {
			return false
		}
		r.mixer.Remove(s.party)
		return true
	})
	for _, l := range legs {
		if !slices.ContainsFunc(r.sat, func(s seat) bool { return s.leg == l }) {
			rate := l.sends().SampleRate()
			r.sat = append(r.sat, seat{l, r.mixer.Add(rate), rate})
		}
	}
}

// put says what the leg says, at the rate of what it hears.
func (s *seat) put(due time.Duration) {
	l := s.leg
	defer l.rescue()
	l.mu.Lock()
	defer l.mu.Unlock()
	if rate := l.format.Codec.SampleRate(); rate != s.rate {
		s.rate = rate
		s.party.SetRate(rate)
	}
	if l.ear == nil || !l.mixing {
		return
	}
	if pcm, have := l.listen(due); !l.muted {
		s.party.Put(l.rates.to(s.rate, pcm, have))
	}
}

// take sends what the leg hears.
func (s *seat) take(due time.Duration) {
	l := s.leg
	defer l.rescue()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.mixing || l.closed {
		return
	}
	l.pcm = s.party.Take(l.pcm[:0])
	if l.pressNext(due) || l.format.Codec.SampleRate() != s.rate {
		return
	}
	l.say(l.pcm, due)
}
