// Package floor is one company's live state: calls, agents, queues and trees in
// progress. One event goes in; new state and effects come out. The same events
// give the same result, to the bit.
//
// It reads no clock, does nothing itself, and knows no SIP header, codec, page
// or table: legs, rooms, desks and facts are its words for them.
package floor

import (
	"fmt"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/flow"
	"belfry/core/plan"
)

// Floor is one company's live state. One goroutine owns it.
type Floor struct {
	epoch   uint64
	seq     uint64
	now     core.Time
	ids     uint64 // names given in this epoch
	plan    *plan.Plan
	doc     []byte // the plan as it came, for the snapshot
	active  *plan.Active
	book    *flow.Book
	memory  memory
	sticky  bool // some queue cares who talked to a caller
	balance flow.Balance
	spent   spent  // of the whole company
	dear    []*leg // numbers that cost more and are called, or were until lately

	calls  map[core.CallID]*call
	agents map[core.UserID]*agent
	staff  []*agent // the same, sorted: see sortedAgents
	legs   map[core.LegID]*leg
	lines  map[core.LegID]*agent // browsers' lines
	queues map[core.QueueID]*queue
	bygone []core.QueueCounts      // of queues that have left the plan today
	backs  map[backKey]core.CallID // who is to be called back
	board  *acd.Board
	due    due
	misses map[string][]core.UserID // who has a number on their list of missed calls

	out     []core.Effect
	touched []toucher // since the last settle
	free    []*agent  // came free in this step
	arrived []*call   // came into a queue in this step
	joining []*call   // may be rung at others beside those who are rung
	shown   []*agent  // whose desk has changed in this step
	poolRev uint64
	working core.CallID // see Working
}

// queue is what the floor counts of one queue.
type queue struct {
	set     *plan.Queue
	members []core.UserID // who serve it, sorted
	present int           // of them on shift in a processing activity
	states  map[core.RoutingState]int
	lonely  core.Time       // since nobody has been present; zero when somebody is
	rung    []core.CallID   // calls of it that are offered just now, oldest offer first
	steps   []plan.Step     // what it asks of its agents, as a call waits
	able    []int           // of those present, for each step: who have what it asks for
	alone   []core.Time     // for each step: since when nobody has
	delays  []time.Duration // with which its members serve it, the shortest first; without any: none
	past    past
}

// New returns an empty floor. FloorStarted and PlanChanged bring it to life.
func New() *Floor {
	return &Floor{
		calls:  map[core.CallID]*call{},
		agents: map[core.UserID]*agent{},
		legs:   map[core.LegID]*leg{},
		lines:  map[core.LegID]*agent{},
		queues: map[core.QueueID]*queue{},
		backs:  map[backKey]core.CallID{},
		misses: map[string][]core.UserID{},
		board:  acd.NewBoard(),
	}
}

// Step takes one event and returns what is to be done, in order. The slice is
// good until the next Step. Deadlines that have passed are met first: they
// happened before the event.
func (f *Floor) Step(n core.News) []core.Effect {
	f.out = f.out[:0]
	f.seq, f.working = n.Seq, ""
	f.now = max(f.now, n.At)
	if started, ok := n.Event.(core.FloorStarted); ok {
		f.started(started)
	} else {
		f.wake()
		f.take(n.Event)
	}
	f.match()
	f.settle()
	for f.due.next() != 0 && f.due.next() <= f.now { // due already: a rest or a wait that ran out meanwhile
		f.wake()
		f.match()
		f.settle()
	}
	f.showAll()
	return f.out
}

// take hands the event to the part of the floor that it is about.
func (f *Floor) take(ev core.Event) {
	switch ev := ev.(type) {
	case core.CallCame:
		f.callCame(ev)
	case core.LegRang:
		f.legRang(ev)
	case core.LegUp:
		f.legUp(ev)
	case core.LegGone:
		f.legGone(ev)
	case core.LegHeld:
		f.legHeld(ev)
	case core.DigitCame:
		f.digitCame(ev)
	case core.PlayEnded:
		f.playEnded(ev)
	case core.RecordEnded:
		f.recordEnded(ev)
	case core.SoundMissed:
		f.soundMissed(ev)
	case core.Referred:
		f.referred(ev)
	case core.TapeRolled:
		f.tapeRolled(ev)
	case core.TapeFailed:
		f.tapeFailed(ev)
	case core.TapeKept:
		f.tapeKept(ev)
	case core.AudioLost:
		f.audioLost(ev)
	case core.AudioBack:
		f.audioBack(ev)
	case core.QualityCame:
		f.qualityCame(ev)
	case core.StationUp:
		f.stationUp(ev)
	case core.StationGone:
		f.stationGone(ev)
	case core.PageCame:
		f.pageCame(ev)
	case core.PageGone:
		f.pageGone(ev)
	case core.PageFroze:
		f.pageFroze(ev)
	case core.PageThawed:
		f.pageThawed(ev)
	case core.SoundChecked:
		f.soundChecked(ev)
	case core.RingDrawn:
		f.ringDrawn(ev)
	case core.Asked:
		f.asked(ev)
	case core.ContactCame:
		f.contactCame(ev)
	case core.NumberRead:
		f.numberRead(ev)
	case core.NumbersErased:
		f.erased(ev)
	case core.RequestEnded:
		f.requestEnded(ev)
	case core.PlanChanged:
		f.planChanged(ev)
	case core.CallFailed:
		f.callFailed(ev)
	case core.Woke, core.FloorStarted:
		// Deadlines are met in every step, and a start is a step of its own.
	}
}

// do gives an order.
func (f *Floor) do(e core.Effect) {
	if p, ok := e.(core.Play); ok && p.Leg.Browser() && f.lines[p.Leg] == nil {
		return // a line that is gone: who had it hears it again when they are back
	}
	f.out = append(f.out, e)
}

// id returns a new name with the prefix, unique over all lives of the floor.
func (f *Floor) id(prefix string) string {
	f.ids++
	return fmt.Sprintf("%s%x_%x", prefix, f.epoch, f.ids)
}

// Calls is how many calls are live.
func (f *Floor) Calls() int { return len(f.calls) }

// Deadline is when the host must wake the floor (core.Woke); zero: never.
func (f *Floor) Deadline() core.Time { return f.due.next() }

// PoolRevision grows with every change of any pool.
func (f *Floor) PoolRevision() uint64 { return f.poolRev }

// Agents are those who are on shift or have a page open, sorted.
func (f *Floor) Agents() []core.UserID {
	var ids []core.UserID
	for id, a := range f.agents { // sorted below
		if a.OnShift || a.Page {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Legs are the legs and stations' lines that the floor believes alive, sorted.
func (f *Floor) Legs() []core.LegID {
	ids := make([]core.LegID, 0, len(f.legs))
	for id := range f.legs { // sorted below
		ids = append(ids, id)
	}
	for id := range f.lines { // sorted below
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// CallOf names the call that the event is about, empty when it is about none.
// The host asks after a panic, to tell the floor CallFailed.
func (f *Floor) CallOf(ev core.Event) core.CallID {
	switch ev := ev.(type) {
	case core.CallCame:
		return ev.Call
	case core.ContactCame:
		return ev.Call
	case core.NumberRead:
		return ev.Call
	case core.CallFailed:
		return ev.Call
	case core.RingDrawn:
		return f.callOfAgent(ev.Agent)
	case core.Asked:
		return f.callOfAgent(ev.Agent)
	case core.LegRang:
		return f.callOfLeg(ev.Leg)
	case core.LegUp:
		return f.callOfLeg(ev.Leg)
	case core.LegGone:
		return f.callOfLeg(ev.Leg)
	case core.LegHeld:
		return f.callOfLeg(ev.Leg)
	case core.DigitCame:
		return f.callOfLeg(ev.Leg)
	case core.PlayEnded:
		return f.callOfLeg(ev.Leg)
	case core.RecordEnded:
		return f.callOfLeg(ev.Leg)
	case core.SoundMissed:
		return f.callOfLeg(ev.Leg)
	case core.Referred:
		return f.callOfLeg(ev.Leg)
	case core.TapeRolled:
		return ev.Call
	case core.TapeFailed:
		return ev.Call
	case core.AudioLost:
		return f.callOfLeg(ev.Leg)
	case core.AudioBack:
		return f.callOfLeg(ev.Leg)
	case core.QualityCame:
		return f.callOfLeg(ev.Leg)
	case core.StationUp:
		return f.callOfAgent(ev.Agent)
	case core.StationGone:
		return f.callOfAgent(ev.Agent)
	case core.PageCame, core.PageGone, core.PageFroze, core.PageThawed, core.SoundChecked, core.RequestEnded,
		core.NumbersErased, core.PlanChanged, core.Woke, core.FloorStarted, core.TapeKept:
	}
	return ""
}

func (f *Floor) callOfAgent(id core.UserID) core.CallID {
	if a := f.agents[id]; a != nil {
		if a.Call != "" {
			return a.Call
		}
		return a.Offer
	}
	return ""
}

func (f *Floor) callOfLeg(id core.LegID) core.CallID {
	if l := f.legs[id]; l != nil {
		return l.Call
	}
	if a := f.agentOfLine(id); a != nil {
		return f.callOfAgent(a.ID)
	}
	return ""
}
