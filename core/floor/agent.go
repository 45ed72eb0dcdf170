package floor

import (
	"fmt"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/plan"
)

// agent is a person who may take calls. Its exported fields are its state and
// are written to the snapshot.
type agent struct {
	ID       core.UserID
	OnShift  bool
	Activity core.ActivityID
	Began    core.Time       // of the activity
	Alarmed  bool            // it has lasted too long, and that was told
	Next     core.ActivityID // to be applied when free
	Status   core.Status
	// Profile in use, when it is not the first; Profiled and NextProfile: another
	// is to be used when free.
	Profile     core.ProfileID
	NextProfile core.ProfileID
	EndNext     bool // the shift ends when free

	Page     bool // a page listens
	PageLeft core.Time
	Frozen   bool   // a page does not answer its pings
	Fault    string // the device could not ring; healthy news clears it
	Sound    string // what the page finds wrong with its microphone or loudspeaker
	Browser  station
	Phone    station          // a fixed contact, or registered
	Outside  station          // a number at which a person presses 1
	Use      core.StationKind // the chosen one; empty: whatever there is
	Moving   *moving          // to another station, in a call

	NotResponding bool
	Why           string // not responding: misses, declines
	Misses        int    // in a row
	Declines      int    // in a row
	RestUntil     core.Time
	LostTold      bool // that the device stays lost

	Span      span // what is told to the records
	State     core.RoutingState
	Since     core.Time
	IdleSince core.Time
	Turn      uint64 // the event of the last offer

	Offer core.CallID // the call that is proposed
	Call  core.CallID // the call in hand
	Other core.CallID // the second call, while the first is on hold
	Post  *post
	Posts []*post // that run beside it, the oldest first
	// Counted is up to when post-interactions are in Today.
	Counted core.Time

	Pops      []*pop // newest first
	Missed    []core.DeskMissed
	ToQualify []core.DeskQualify
	Today     core.DeskToday
	Day       int // of Today, in the company's zone
	Spent     spent

	last    *core.DeskLast
	failure *core.DeskFailure
	lostFor string // why the device was lost last
	back    *core.DeskBack
	desk    *acd.Agent
	queues  []core.QueueID
	skills  map[string]int // the plan's
	present bool           // counted among those on shift in a processing activity

	due           slot
	on            bool // touched
	shown, urgent bool // the desk has changed in this step
}

// span is a stretch of an agent's day in one state and activity, as the records
// know it: what happens inside of it is the calls'.
type span struct {
	State    core.RoutingState
	Activity core.ActivityID
	From     core.Time
}

func (a *agent) slot() *slot  { return &a.due }
func (a *agent) name() string { return string(a.ID) }
func (a *agent) untouch()     { a.on = false }

// pageGrace is how long a page may be away (a reload) before the shift ends by
// itself, and reloadGrace before an offer goes on to the next agent.
const (
	pageGrace   = 10 * time.Minute
	reloadGrace = 2 * time.Second
)

// deadline follows from the state. An agent who is ready, off, unavailable or
// lost has none but the end of a rest; talking has the call's.
func (a *agent) deadline(f *Floor) core.Time {
	at := core.Time(0)
	earlier := func(t core.Time) {
		if at == 0 || t < at {
			at = t
		}
	}
	if t := a.popsDue(); t != 0 {
		earlier(t)
	}
	if _, o := f.offerOf(a); o != nil {
		switch {
		case o.Drawn != 0:
			earlier(o.Expires)
		case o.Leg != "" && a.station().Kind == core.OutsideStation:
			earlier(o.Made.Add(farRings))
		case o.Leg != "":
			earlier(o.Made.Add(phoneRings))
		default:
			earlier(o.Made.Add(pageDraws))
		}
		if a.PageLeft != 0 && o.Leg == "" {
			earlier(max(a.PageLeft.Add(reloadGrace), o.Made))
		}
		return at
	}
	if a.Moving != nil {
		earlier(a.Moving.Until)
	}
	if t := f.alarmAt(a); t != 0 && !a.Alarmed {
		earlier(t)
	}
	if a.State == core.DeviceLost && !a.LostTold {
		earlier(a.Since.Add(lostTold))
	}
	if a.Call != "" {
		return at
	}
	for _, p := range a.posts() {
		earlier(p.Ends)
	}
	if a.RestUntil > f.now {
		earlier(a.RestUntil)
	}
	if a.OnShift && a.PageLeft != 0 && a.station().Kind == core.BrowserStation {
		earlier(a.PageLeft.Add(pageGrace))
	}
	return at
}

// met: the deadline has passed.
func (a *agent) met(f *Floor) {
	f.popsMet(a)
	if at := a.deadline(f); at == 0 || at > f.now {
		return
	}
	if _, o := f.offerOf(a); o != nil {
		if a.PageLeft != 0 && o.Leg == "" && a.PageLeft.Add(reloadGrace) <= f.now {
			f.deviceFault(a, "page_gone")
			return
		}
		f.offerMet(a)
		return
	}
	if a.Moving != nil && a.Moving.Until <= f.now {
		f.moveFailed(a, core.Cause{Why: core.NoAnswer})
	}
	f.alarms(a)
	if a.Call != "" {
		return
	}
	for _, p := range a.posts() {
		if p.Ends <= f.now {
			f.endPost(a, p)
		}
	}
	if a.OnShift && a.PageLeft != 0 && a.station().Kind == core.BrowserStation && a.PageLeft.Add(pageGrace) <= f.now {
		f.endShift(a)
	}
}

// able says whether the agent's device could ring and talk.
func (a *agent) able() bool {
	s := a.station()
	if !s.Up || a.Fault != "" {
		return false
	}
	return s.Kind != core.BrowserStation || a.Page && !a.Frozen && a.Sound == ""
}

// routingState is computed, never chosen.
func (a *agent) routingState(f *Floor) core.RoutingState {
	switch _, o := f.offerOf(a); {
	case o != nil && o.Drawn != 0:
		return core.Presented
	case o != nil:
		return core.Reserved
	case a.Call != "" && !f.dialing(a):
		return core.Talking
	case a.Call != "":
		return core.Dialing
	case !a.OnShift:
		return core.Off
	case a.Post != nil:
		return core.PostInteraction
	case !a.processing(f):
		return core.Unavailable
	case a.NotResponding:
		return core.NotResponding
	case !a.able():
		return core.DeviceLost
	}
	return core.Ready
}

// noteSpan keeps the stretch that has ended, when one has. Whatever belongs to
// calls counts as ready: the calls' own records tell it.
func (f *Floor) noteSpan(a *agent) {
	s := span{State: core.Ready, Activity: a.Activity, From: f.now}
	switch a.State {
	case core.Off, core.Unavailable, core.NotResponding, core.DeviceLost:
		s.State = a.State
	case core.Ready, core.Reserved, core.Presented, core.Dialing, core.Talking, core.PostInteraction:
	}
	if !a.OnShift {
		s.State, s.Activity = core.Off, ""
	}
	if s.State == a.Span.State && s.Activity == a.Span.Activity {
		return
	}
	if a.Span.State != core.Off && a.Span.State != "" {
		f.do(core.Note{Fact: core.AgentMoved{
			Agent: a.ID, State: a.Span.State, Activity: a.Span.Activity, From: a.Span.From, To: f.now,
		}})
	}
	a.Span = s
}

// processing says whether the agent's activity opens queue calls.
func (a *agent) processing(f *Floor) bool {
	act := f.plan.Activity(a.Activity)
	return act != nil && act.Category == plan.Processing
}

// touch notes that a call or an agent may have changed: its state, its place in
// line and its deadline are worked out anew when the step settles.
func (f *Floor) touch(t toucher) {
	switch t := t.(type) {
	case *call:
		if t.on {
			return
		}
		t.on = true
	case *agent:
		if t.on {
			return
		}
		t.on = true
	}
	f.touched = append(f.touched, t)
}

// settle works out what follows from the change: routing states, who is in line
// for calls, deadlines.
func (f *Floor) settle() {
	for i := 0; i < len(f.touched); i++ {
		t := f.touched[i]
		t.untouch()
		if a, ok := t.(*agent); ok {
			f.place(a)
		}
		if c, ok := t.(*call); ok && c.Stage == over {
			f.due.set(t, 0)
			continue
		}
		f.due.set(t, t.deadline(f))
	}
	clear(f.touched)
	f.touched = f.touched[:0]
}

// place gives the agent their routing state and their place in line.
func (f *Floor) place(a *agent) {
	if f.plan == nil {
		return
	}
	s := a.routingState(f)
	if s != a.State {
		if !slices.Contains(agentMoves[a.State], s) {
			panic(fmt.Sprintf("floor: agent %s cannot go from %s to %s", a.ID, a.State, s))
		}
		f.count(a, a.State, s)
		switch {
		case s == core.DeviceLost:
			a.lostFor = f.lostWhy(a)
		case a.State == core.DeviceLost && (s == core.Ready || s == core.Reserved):
			a.back = &core.DeskBack{Reason: a.lostFor, At: f.now}
		}
		a.State, a.Since, a.LostTold = s, f.now, false
		f.show(a, false)
		f.unwish(a)
	}
	f.noteSpan(a)
	present := a.OnShift && a.processing(f)
	if present != a.present {
		a.present = present
		f.countPresent(a, present)
	}
	ready := s == core.Ready && a.RestUntil <= f.now
	switch {
	case ready && !a.desk.Ready():
		f.today(a)
		now := a.stands()
		a.desk.Calls, a.desk.Turn, a.desk.Occupied = now.Calls, now.Turn, now.Occupied
		f.board.Free(a.desk, a.IdleSince)
		f.free = append(f.free, a)
	case !ready && a.desk.Ready():
		f.board.Busy(a.desk)
	}
}

// count keeps how many of a queue's members are in which state, so that a
// decision need not look at ten thousand agents to say so.
func (f *Floor) count(a *agent, from, to core.RoutingState) {
	for _, id := range a.queues {
		if q := f.queues[id]; q != nil {
			q.states[from]--
			q.states[to]++
		}
	}
}

// countPresent keeps how many members of a queue are on shift and working.
func (f *Floor) countPresent(a *agent, present bool) {
	for _, id := range a.queues {
		q := f.queues[id]
		if q == nil {
			continue
		}
		q.counts(a, present, f.now)
		if !present {
			f.deserts(q, a)
		}
	}
}

// counts keeps who of a queue's members is there, and who of them has what it
// asks for in each step.
func (q *queue) counts(a *agent, present bool, now core.Time) {
	n := -1
	if present {
		n = 1
		q.lonely = 0
	}
	if q.present += n; q.present == 0 {
		q.lonely = now
	}
	for i := range q.steps {
		if !q.steps[i].Requires.Met(a.skills) {
			continue
		}
		q.able[i] += n
		switch {
		case present:
			q.alone[i] = 0
		case q.able[i] == 0:
			q.alone[i] = now
		}
	}
}

// deserts looks anew at the calls for which nobody is there since the agent went.
func (f *Floor) deserts(q *queue, a *agent) {
	line := f.board.Queue(q.set.ID)
	for i := range q.steps {
		if q.able[i] > 0 || !q.steps[i].Requires.Met(a.skills) || !q.set.Empty && !q.asks() {
			continue
		}
		for _, w := range line.Asking(i) {
			c := f.calls[w.Call]
			c.Wait.Retry = f.now // at the end of this step
			f.touch(c)
		}
	}
}

// rest keeps the agent from offers for a while.
func (f *Floor) rest(a *agent, d time.Duration) {
	a.RestUntil = max(a.RestUntil, f.now.Add(d))
	f.touch(a)
}

// today makes sure that the agent's figures are of this day.
func (f *Floor) today(a *agent) {
	if day := f.date(); day != a.Day {
		a.Day, a.Today = day, core.DeskToday{}
	}
}

// date is the day in the company's zone: 20260302.
func (f *Floor) date() int {
	y, m, d := f.now.Std().In(f.plan.Zone).Date()
	return (y*100+int(m))*100 + d
}

// show marks the agent's desk as changed; the step ends with one Show for each.
func (f *Floor) show(a *agent, now bool) {
	if !a.shown {
		a.shown = true
		f.shown = append(f.shown, a)
	}
	a.urgent = a.urgent || now
}

// showAll orders the desks that have changed.
func (f *Floor) showAll() {
	for _, a := range f.shown {
		f.do(core.Show{Agent: a.ID, Now: a.urgent})
		a.shown, a.urgent = false, false
	}
	clear(f.shown)
	f.shown = f.shown[:0]
}

// showCall marks the desks on which the call is seen.
func (f *Floor) showCall(c *call, now bool) {
	for _, o := range c.Offers {
		f.show(f.agents[o.Agent], now)
	}
	f.showParts(c, now)
}

// showParts marks the desks of those who take part in the call.
func (f *Floor) showParts(c *call, now bool) {
	for _, t := range c.parts() {
		if a := f.agents[t.Agent]; a != nil {
			f.show(a, now)
		}
	}
	if b := f.calls[c.For]; b != nil {
		f.showCall(b, now)
	}
}

// agentOfLine finds the agent whose browser line a leg is.
func (f *Floor) agentOfLine(id core.LegID) *agent {
	if !id.Browser() {
		return nil
	}
	return f.lines[id]
}

func (f *Floor) queueName(id core.QueueID) string {
	if q := f.queueSet(id); q != nil {
		return q.Name
	}
	return ""
}
