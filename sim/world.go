package sim

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// World is one afternoon.
type World struct {
	Seed uint64
	// Marks are hashes of the floor, taken now and then, and Words a hash of all
	// that it ordered. Two runs of a seed have the same.
	Marks []uint64
	Words uint64
	Steps int

	// Quiet: what the floor does is looked at as little as the persons do. The marks
	// and the words are the same.
	Quiet bool

	rnd    *rand.Rand
	now    core.Time
	seq    uint64
	asks   core.AskID
	future future

	floor  *floor.Floor
	twin   *floor.Floor // read back from a snapshot in the middle; does the same
	forks  int          // the step at which the twin is made
	doc    *plan.Doc
	rev    uint64
	epoch  uint64
	reborn bool       // in a restart it may order something for a leg that did not outlive it
	known  *plan.Plan // what the floor goes by

	callers []*caller
	people  []*person
	legs    map[core.LegID]*leg // looked up, never ranged over
	offers  map[core.OfferID]bool
	keys    map[string]bool // of dials that are never repeated; looked up only
	backs   map[core.CallID]int
	placed  map[core.CallID]int // records of calls that agents make; looked up only
	names   int
	pops    map[core.PopID]int // facts of each; looked up only
	asked   map[core.PopID]int // requests of each; looked up only
	claims  map[core.PopID]int // that were granted; looked up only
	expect  core.CallID        // a call that the step may begin
	length  time.Duration      // of the afternoon: afterwards nobody calls any more
	gone    core.Time          // everybody goes home

	trace []step
	wrong error
}

// How long an afternoon lasts, and how long the last calls may take. In every
// third one all callers come in a quarter of the time, and queues grow.
const (
	afternoon = 40 * time.Minute
	rush      = 10 * time.Minute
	evening   = 25 * time.Minute
	night     = 3 * time.Hour
)

// New makes the world of a seed: agents with their habits, callers on their way.
func New(seed uint64, agents, callers int) *World {
	w := &World{
		Seed: seed, rnd: rand.New(rand.NewPCG(seed, 0xbe1f)), floor: floor.New(),
		now:  core.At(time.Date(2026, 3, 2, 13, 0, 0, 0, time.UTC)),
		legs: map[core.LegID]*leg{}, offers: map[core.OfferID]bool{}, placed: map[core.CallID]int{}, keys: map[string]bool{}, pops: map[core.PopID]int{}, asked: map[core.PopID]int{}, claims: map[core.PopID]int{}, backs: map[core.CallID]int{}, epoch: 1, Words: 14695981039346656037,
	}
	if w.length = afternoon; seed%3 == 0 {
		w.length = rush
	}
	w.gone = w.now.Add(w.length + evening)
	w.forks = 50 + w.rnd.IntN(600)
	w.doc = company(w.rnd, agents)
	w.tell(core.FloorStarted{Epoch: 1})
	w.plan(w.doc)
	for i := range w.doc.Users {
		w.people = append(w.people, newPerson(w, &w.doc.Users[i]))
	}
	for i := range callers {
		w.in(w.upTo(w.length), func() { newCaller(w, i).call() })
	}
	w.mishaps()
	return w
}

// mishaps are what befalls the whole company in some afternoons.
func (w *World) mishaps() {
	if w.chance(40) { // an administrator at work
		for range 1 + w.rnd.IntN(4) {
			w.in(w.upTo(w.length), w.replan)
		}
	}
	if w.chance(10) {
		w.in(w.upTo(w.length), w.restart)
	}
	if w.chance(10) {
		w.in(w.upTo(w.length), func() {
			if c := w.anyCaller(); c != nil {
				c.failed = true
				w.tell(core.CallFailed{Call: c.id, What: "made up"})
			}
		})
	}
}

// Run plays the afternoon to its end. An error says what did not hold, and
// holds the last steps.
func (w *World) Run() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("seed %d, step %d: panic: %v\n%s\n%s", w.Seed, w.Steps, r, debug.Stack(), w.story(30))
		}
	}()
	w.in(time.Duration(w.gone-w.now), w.goHome)
	for w.wrong == nil {
		due, next := w.floor.Deadline(), w.future.next()
		switch {
		case due != 0 && (next == 0 || due <= next):
			w.now = max(w.now, due)
			if w.chance(5) { // the host wakes it late
				w.now = w.now.Add(w.upTo(30 * time.Millisecond))
			}
			w.tell(core.Woke{})
			if again := w.floor.Deadline(); w.wrong == nil && again != 0 && again <= due && again <= w.now {
				w.fail("the deadline %v stands still", again.Std())
			}
		case next != 0:
			w.now = max(w.now, next) // sometimes the clock stands still
			w.future.pop()()
		default:
			w.atRest()
			if w.wrong == nil {
				return nil
			}
		}
		if w.now.Sub(w.gone) > night {
			w.fail("it does not come to rest; the next deadline is %v; %s", w.floor.Deadline().Std(), w.left())
		}
	}
	return fmt.Errorf("seed %d, step %d: %w\n%s", w.Seed, w.Steps, w.wrong, w.story(30))
}

// fail notes the first thing that did not hold.
func (w *World) fail(format string, args ...any) {
	if w.wrong == nil {
		w.wrong = fmt.Errorf(format, args...)
	}
}

// tell gives the floor one piece of news and carries out what it orders.
func (w *World) tell(ev core.Event) {
	if w.wrong != nil {
		return
	}
	w.seq++
	w.Steps++
	news := core.News{Seq: w.seq, At: w.now, Event: ev}
	w.trace = append(w.trace, step{at: w.now, event: ev})
	effects := slices.Clone(w.floor.Step(news))
	if w.known != nil {
		w.known = w.known.As(w.floor.Active())
	}
	w.trace[len(w.trace)-1].effects = effects
	w.began(w.expect)
	w.digest(effects)
	w.fork(news, effects)
	if w.Quiet {
		w.shows(effects)
	} else {
		w.rules(ev, effects)
	}
	for _, e := range effects {
		w.obey(e)
	}
	if !w.Quiet {
		w.look()
	}
	w.see(effects)
}

// digest mixes what was ordered into Words.
func (w *World) digest(effects []core.Effect) { w.Words = mix(w.Words, effects, false) }

func mix(sum uint64, effects []core.Effect, twin bool) uint64 {
	h := fnv.New64a()
	for _, e := range effects {
		if _, reply := e.(core.Reply); reply && twin {
			continue // how an offer that is over ended is not in a snapshot, and only words a refusal
		}
		text, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(h, "%T", e)
		_, _ = h.Write(text)
	}
	return (sum ^ h.Sum64()) * 1099511628211
}

// fork makes the twin, and proves that it does what the floor does.
func (w *World) fork(news core.News, effects []core.Effect) {
	switch {
	case w.Quiet:
	case w.twin != nil:
		if a, b := mix(0, effects, true), mix(0, slices.Clone(w.twin.Step(news)), true); a != b {
			w.fail("the floor that was read back at step %d does something else", w.forks)
		}
	case w.Steps == w.forks:
		text, err := w.floor.Snapshot()
		if err != nil {
			w.fail("snapshot: %v", err)
			return
		}
		if w.twin, err = floor.Restore(text); err != nil {
			w.fail("restore: %v", err)
		}
	}
	if w.Steps%64 != 0 {
		return
	}
	mark := w.floor.Hash()
	w.Marks = append(w.Marks, mark)
	if w.twin != nil && w.twin.Hash() != mark {
		w.fail("the floor that was read back at step %d has become another", w.forks)
	}
}

// plan has an administrator save the document.
func (w *World) plan(d *plan.Doc) {
	w.rev++
	text, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	p, err := plan.Parse(w.rev, text)
	if err != nil {
		panic(fmt.Sprintf("the made-up company is wrong: %v", err))
	}
	w.doc, w.known = d, p
	for _, x := range w.people {
		x.here = 0 // reckoned anew: see present
	}
	w.tell(core.PlanChanged{Revision: w.rev, Doc: text})
}

// restart: the host has read the floor back after a crash. The legs that are
// named are alive; of the others nothing more is heard.
func (w *World) restart() {
	w.epoch++
	var alive []core.LegID
	for _, id := range w.floor.Legs() {
		l := w.legs[id]
		switch {
		case l.dead && !l.told, l.dead && l.kind == browserLine:
			l.told = true
		case l.dead:
		case w.chance(80):
			alive = append(alive, id)
		default:
			l.dead, l.told = true, true
			l.hush()
		}
	}
	w.reborn = true
	w.tell(core.FloorStarted{Epoch: w.epoch, Alive: alive})
	w.reborn = false
	for _, p := range w.people {
		p.afterRestart()
	}
}

// goHome ends the evening: callers hang up, shifts end, pages close.
func (w *World) goHome() {
	for _, c := range w.callers {
		c.hangUp()
	}
	for _, p := range w.people {
		w.in(w.upTo(5*time.Minute), p.leave)
	}
}

// atRest looks whether anything is left.
func (w *World) atRest() {
	if n := w.floor.Calls(); n != 0 {
		w.fail("%d calls are left", n)
	}
	if legs := w.floor.Legs(); len(legs) != 0 {
		w.fail("legs are left: %v", legs)
	}
	for _, p := range w.people {
		if d := w.floor.Desk(p.id); d != nil && (d.Agent.State != core.Off || d.Offer != nil || len(d.Calls) > 0) {
			w.fail("%s is %s at rest", p.id, d.Agent.State)
		}
	}
	for _, p := range w.people {
		for _, x := range p.shown.Pops {
			if w.pops[x.ID] != 1 {
				w.fail("how %s went was kept %d times", x.ID, w.pops[x.ID])
			}
		}
	}
	for _, c := range w.callers {
		if c.records != 1 {
			w.fail("%s has %d records", c.id, c.records)
		}
	}
	for i := range w.names {
		id := core.CallID(fmt.Sprintf("cal_x%d", i))
		if n, placed := w.placed[id]; placed && n != 1 {
			w.fail("%s, which an agent made, has %d records", id, n)
		}
	}
	w.Marks = append(w.Marks, w.floor.Hash())
}

// left says which calls are still there, for a failure.
func (w *World) left() string {
	var ids []string
	for _, p := range w.people {
		for _, c := range p.shown.Calls {
			ids = append(ids, fmt.Sprintf("%s of %s is %s", c.ID, p.id, c.State))
		}
	}
	return fmt.Sprint(ids)
}
