package floor

import (
	"slices"
	"time"

	"belfry/core"
)

// What who waits hears: the queue's pieces in turn, and now and then a message or
// their place in line. It goes on while somebody is rung; an answer cuts it.

// sayPatience is how long a message may take before the music comes back by
// itself.
const sayPatience = 2 * time.Minute

// hears begins, or goes on with, the queue's pieces where they were.
func (f *Floor) hears(c *call) {
	w, q := c.Wait, f.queueSet(c.Wait.Queue)
	f.tuneStops(w)
	w.Saying, w.SaidUntil = "", 0
	w.Tune = f.now
	if c.Leg == "" || q == nil {
		return
	}
	tunes := q.Tunes()
	if len(tunes) == 0 {
		f.music(c, "")
		return
	}
	f.do(core.Play{Leg: c.Leg, Play: core.PlayID(f.id("ply_")), Sounds: tunes, Loop: true, From: w.Heard})
}

// tuneStops counts what was heard of the pieces.
func (f *Floor) tuneStops(w *wait) {
	if w.Tune != 0 {
		w.Heard += f.now.Sub(w.Tune)
		w.Tune = 0
	}
}

// tell says something to who waits, in place of the music.
func (f *Floor) tell(c *call, sounds []core.SoundID) {
	w := c.Wait
	f.tuneStops(w)
	w.Saying, w.SaidUntil = core.PlayID(f.id("ply_")), f.now.Add(sayPatience)
	f.do(core.Play{Leg: c.Leg, Play: w.Saying, Sounds: sounds})
	f.touch(c)
}

// told: what was said to who waits has ended.
func (f *Floor) waitTold(c *call, play core.PlayID) {
	if c.Wait == nil || c.Wait.Saying != play || play == "" {
		return
	}
	c.Wait.Saying, c.Wait.SaidUntil = "", 0
	f.touch(c)
	switch {
	case c.Wait.Asking != nil:
		f.askHeard(c)
	case !f.saysNext(c):
		f.hears(c)
	}
}

// sayAt is when something is to be done about what who waits hears; zero: never.
func (c *call) sayAt(f *Floor) core.Time {
	w := c.Wait
	switch {
	case w == nil || c.Leg == "":
		return 0
	case w.Asking != nil && w.Asking.Reads:
		return w.Asking.Until
	case w.Saying != "":
		return w.SaidUntil
	case w.Asking != nil:
		return w.Asking.Until
	case c.Stage != waiting:
		return 0
	}
	q := f.queueSet(w.Queue)
	if q == nil {
		return 0
	}
	var at core.Time
	earlier := func(t core.Time) {
		if at == 0 || t < at {
			at = t
		}
	}
	for i := range q.Messages {
		if t := w.messageAt(i, q.Messages[i].First, q.Messages[i].Every); t != 0 {
			earlier(t)
		}
	}
	if q.Announces() {
		earlier(w.announceAt(q.AnnouncesFirst(), q.AnnouncesEvery()))
	}
	return at
}

// messageAt is when a message is due; zero: not any more.
func (w *wait) messageAt(i, first, every int) core.Time {
	if i >= len(w.Told) || w.Told[i] == 0 {
		return w.Entered.Add(time.Duration(first) * time.Second)
	}
	if every <= 0 {
		return 0
	}
	return w.Told[i].Add(time.Duration(every) * time.Second)
}

func (w *wait) announceAt(first, every time.Duration) core.Time {
	if w.Announced == 0 {
		return w.Entered.Add(first)
	}
	return w.Announced.Add(every)
}

// sayMet: the time has come to say something, or what was said has not ended.
func (f *Floor) sayMet(c *call) {
	w := c.Wait
	if at := c.sayAt(f); at == 0 || at > f.now {
		return
	}
	switch {
	case w.Asking != nil && w.Asking.Reads:
		f.askMet(c)
	case w.Saying != "":
		f.waitTold(c, w.Saying)
	case w.Asking != nil:
		f.askMet(c)
	default:
		f.saysNext(c)
	}
}

// saysNext says what is due; it says whether there was anything.
func (f *Floor) saysNext(c *call) bool {
	w, q := c.Wait, f.queues[c.Wait.Queue]
	if q == nil || c.Stage != waiting || w.in == nil || c.Leg == "" {
		return false
	}
	for i, m := range q.set.Messages {
		if t := w.messageAt(i, m.First, m.Every); t == 0 || t > f.now {
			continue
		}
		w.Told = append(w.Told, make([]core.Time, max(0, i+1-len(w.Told)))...)
		w.Told[i] = f.now
		f.tell(c, []core.SoundID{m.Sound})
		return true
	}
	if !q.set.Announces() || w.announceAt(q.set.AnnouncesFirst(), q.set.AnnouncesEvery()) > f.now {
		return false
	}
	w.Announced = f.now
	f.touch(c)
	words := slices.Concat(f.saysPlace(c, q), f.saysWait(c, q))
	if len(words) == 0 {
		return false
	}
	f.tell(c, words)
	return true
}

// saysPlace are the words of the place in line, where they are to be said: never
// when it has become worse.
func (f *Floor) saysPlace(c *call, q *queue) []core.SoundID {
	w, set := c.Wait, q.set
	if set.Position == "" || set.Position == "off" {
		return nil
	}
	n := f.board.Place(w.in)
	if w.Place != 0 && (n > w.Place || set.PositionUp && n == w.Place) {
		return nil
	}
	limit := set.SaysUpTo()
	switch {
	case n <= limit:
		w.Place = n
		return f.placeWords(n)
	case set.Position == "more":
		w.Place = n
		return f.beyondWords(limit)
	}
	return nil
}

// saysWait are the words of the expected wait, where it is honest.
func (f *Floor) saysWait(c *call, q *queue) []core.SoundID {
	w := c.Wait
	switch q.set.Expected {
	case "", "off":
		return nil
	case "once":
		if w.Once {
			return nil
		}
	}
	d := f.foresee(c, q, true)
	if d == 0 {
		return nil
	}
	w.Once = true
	return f.waitWords(d)
}
