package floor

import (
	"slices"
	"time"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/flow"
)

// trouble is why somebody who was called did not come.
type trouble struct {
	Reason string
	Code   int
}

// call is one voice conversation from its first to its last leg. Its exported
// fields are its state and are written to the snapshot.
type call struct {
	ID    core.CallID
	Stage stage
	Since core.Time
	Leg   core.LegID // the caller's
	// Up: the caller has been answered and has acknowledged.
	Up, Answering bool
	Gone          bool // the caller has left
	User          core.UserID
	Trunk         string
	Announce      bool
	Codec         string

	Record core.Interaction // what will be kept, as far as it is known
	Run    flow.Run
	InTree bool

	Refused []acd.Refusal // by whoever was offered the call, in a queue or directly

	Wait   *wait     // while it is in a queue, and kept while an agent of it talks
	Back   *callback `json:",omitempty"` // of a virtual caller
	Offers []*offer  // live: one, or several where a queue rings more than one agent
	One    *offer    `json:"Offer,omitempty"` // the live one as form 1 of the snapshot had it
	Join   core.Time // when another agent is rung beside those who are; zero: nobody is
	Ring   *ring     // a direct ring, live or the last
	Out    *out      // a number outside that is called, live or the last
	Own    *talk     // the part of who calls, when that is one of ours
	Talk   *talk     // the part of who has the call: an agent, or who it was sent to
	Guests []*talk   // who else takes part
	Mail   *mail     // a message being left
	Legs   []*leg

	Transfer *transfer   // live, or the last
	For      core.CallID // the call that is on hold while this one consults
	Tape     *tape
	Hops     int  // from Smart Routing to Smart Routing by transfer
	Bridged  bool // outsiders may talk without an agent
	Failed   trouble
	Told     bool          // that the call is recorded
	Seen     core.Time     // when the conversation was looked at: see lookAt
	Looked   core.Time     // whether who sent the caller on is free for them again
	Invite   core.LegID    // that is to be answered, when it is not the caller's leg
	First    core.UserID   // who was called directly, when the call was sent on from there
	Asked    []core.UserID // who was, in turn
	Ahead    core.TreeID   // that begins when the caller has acknowledged our answer
	Wanted   core.Target   // whom one of ours calls
	Routing  core.TreeID   // through which
	Earlier  []core.Visit  // of the trees before the last
	// RefuseWith is the answer after the announcement; Ends why it is ending.
	RefuseWith core.Cause
	EndsAt     core.Time

	due   slot
	on    bool // touched
	joins bool // to be looked at: see joinSoon
}

// wait is a call's passage through a queue.
type wait struct {
	Queue    core.QueueID
	Group    core.GroupID
	Arrived  core.Time // first entry into any queue of this call
	From     int       // the distribution with which that was: 0, unless a colleague let them wait anew
	Entered  core.Time
	Priority time.Duration
	Raises   []flow.Raise // still to come
	Since    core.Time    `json:",omitzero"` // from when they count; zero: Entered
	Class    int
	Head     bool
	Refused  []acd.Refusal
	Retry    core.Time   // when to look again whether somebody may have it; zero: never
	Talked   bool        // answered; the distribution is closed
	Step     int         // of what the queue asks of its agents
	Stepped  core.Time   // when it came to that step; zero for the first one
	Known    core.UserID // whom the caller talked to last, or the tree wants; kept for the record
	Named    bool        // by the tree
	Prefer   core.Time   // until when the call waits for them alone; zero: it does not

	Heard     time.Duration // of the queue's pieces
	Tune      core.Time     // since when they are heard; zero: something else is
	Saying    core.PlayID   // a message that is heard
	SaidUntil core.Time
	Told      []core.Time // when each message was last said
	Announced core.Time   // when the place was
	Place     int         // that was said
	Once      bool        // the expected wait was
	Forecasts []forecast
	Asking    *asking
	Again     int // how often an earlier place was given back

	in *acd.Waiter // in line
}

// leg is one endpoint's part in the call.
type leg struct {
	core.LegRecord
	Call    core.CallID
	Dropped bool
	At      string // what it hears of the conversation: see seat
	Muted   bool   // by somebody else in a conference
	Silent  bool   // nothing was heard for 3 s
	// Paid: it is a number that costs more, called for By.
	Paid bool        `json:",omitempty"`
	By   core.UserID `json:",omitempty"`
	// Second: the leg is talked on in two calls, and news of it goes to the other.
	Second bool
}

func (c *call) slot() *slot  { return &c.due }
func (c *call) name() string { return string(c.ID) }
func (c *call) untouch()     { c.on = false }

// How long a state may last without news before it is looked at again or given
// up. The driver has timers of its own and is faster; these are the last resort.
const (
	answerPatience = 40 * time.Second // 64·T1 and then some
	promptPatience = 15 * time.Minute
	secondLook     = time.Minute
	zipPatience    = 2 * time.Second
	grace          = 30 * time.Second // for a lost line to come back
	lonelyGrace    = 5 * time.Second
)

// deadline follows from the state. Every stage but over has one.
func (c *call) deadline(f *Floor) core.Time {
	at := c.stageDeadline(f)
	if c.ownAway() {
		at = min(at, c.Own.Away.Add(grace))
	}
	return at
}

// ownAway says whether one of ours who calls has lost their line before anybody
// talks with them.
func (c *call) ownAway() bool {
	return c.Own != nil && c.Own.Away != 0 && !c.conversing() && c.Stage != ending && c.Stage != over
}

func (c *call) stageDeadline(f *Floor) core.Time {
	switch c.Stage {
	case arriving, ending:
		return c.Since.Add(answerPatience)
	case refusing:
		return c.Since.Add(answerPatience)
	case routing:
		if c.Run.Deadline != 0 {
			return min(c.Run.Deadline, c.Since.Add(promptPatience))
		}
		return c.Since.Add(promptPatience)
	case waiting:
		return c.waitDeadline(f)
	case offered: // the agents' side ends the offers
		at := f.now.Add(secondLook)
		if t := c.sayAt(f); t != 0 {
			at = min(at, t)
		}
		if c.Join != 0 {
			at = min(at, c.Join)
		}
		return at
	case resting:
		return c.backDeadline(f)
	case ringing:
		return c.Ring.Until.Add(answerPatience)
	case dialing:
		return c.Out.Until
	case returning:
		return max(c.Since, c.Looked).Add(lookAgain)
	case joining:
		if c.Talk.Until != 0 {
			return c.Talk.Until
		}
		return c.Since.Add(zipPatience)
	case talking, held:
		return c.partsDeadline(f, nextLook(max(c.Since, c.Seen))) // the legs end it
	case parted:
		return c.partsDeadline(f, c.Since.Add(grace))
	case greeting:
		return c.Since.Add(promptPatience)
	case leaving:
		return c.Mail.Until
	case over:
	}
	return 0
}

func (c *call) waitDeadline(f *Floor) core.Time {
	if c.preview() {
		return c.backDeadline(f)
	}
	at := f.now.Add(secondLook)
	q := f.queues[c.Wait.Queue]
	if q == nil {
		return f.now
	}
	if t := c.sayAt(f); t != 0 {
		at = min(at, t)
	}
	if d := q.set.LongestWait(); d > 0 {
		at = min(at, c.Wait.Entered.Add(d))
	}
	if c.Wait.Retry != 0 {
		at = min(at, c.Wait.Retry)
	}
	if since, _ := q.nobody(c.Wait); q.set.Empty && since != 0 {
		at = min(at, since.Add(lonelyGrace))
	}
	return at
}

// met: the deadline has passed.
func (c *call) met(f *Floor) {
	if c.ownAway() && c.Own.Away.Add(grace) <= f.now {
		f.hangUp(c, c.Own)
		return
	}
	switch c.Stage {
	case arriving, refusing:
		if c.Own != nil && !c.Up && c.Invite == "" && c.Legs[0].Kind != "caller" {
			f.cannot(c, trouble{Reason: "own_phone"})
			return
		}
		f.finish(c, core.Cause{Why: core.NotAcked}, "system")
	case routing:
		if c.Run.Deadline != 0 && c.Run.Deadline <= f.now {
			f.walk(c, flow.Woke{})
			return
		}
		f.finish(c, core.Cause{Why: core.Lost, Reason: "a prompt did not end"}, "system")
	case waiting:
		f.waitMet(c)
	case resting:
		f.backMet(c)
	case ringing:
		f.ringOver(c, "no_answer")
	case dialing:
		f.outMet(c)
	case returning:
		f.comeBack(c)
	case joining:
		f.talks(c)
	case parted:
		f.tapeMet(c)
		if c.Since.Add(grace) <= f.now {
			f.graceOver(c)
		} else {
			f.partsMet(c)
		}
	case greeting, leaving:
		f.mailMet(c)
	case ending:
		f.giveUpLegs(c)
	case talking, held:
		f.tapeMet(c)
		f.partsMet(c)
		f.lookAt(c)
	case offered:
		f.joinMet(c)
		f.sayMet(c)
	case over:
	}
}

// finish ends the call for people: what is left of its legs is dropped. It is
// over when the last leg has gone.
func (f *Floor) finish(c *call, cause core.Cause, by string) {
	if c.Stage == ending || c.Stage == over {
		return
	}
	f.leaveQueue(c, "caller_left")
	if c.Record.EndedBy == "" {
		c.Record.EndedBy = by
		c.Record.Cause = cause
	}
	c.Record.Ended = f.now
	f.transferCut(c)
	if c.Back != nil {
		f.forgetBack(c)
	}
	for _, t := range c.parts() {
		f.release(c, t, by, false)
	}
	f.consultOver(c)
	f.closeTape(c)
	f.to(c, ending)
	for _, l := range c.Legs {
		f.drop(l, cause)
	}
	f.close(c)
}

// close writes the record when nothing of the call is left.
func (f *Floor) close(c *call) {
	if c.Stage != ending {
		return
	}
	for _, l := range c.Legs {
		if l.Ended == 0 {
			return
		}
	}
	if c.Mail != nil && c.Mail.Recording {
		return // the recording's end is still to come
	}
	f.to(c, over)
	f.do(core.Note{Fact: f.recordOf(c)})
	for _, l := range c.Legs {
		if f.legs[l.Leg] == l {
			delete(f.legs, l.Leg)
		}
	}
	delete(f.calls, c.ID)
	f.due.set(c, 0)
	f.poolRev++
}

// giveUpLegs closes a call whose legs never said goodbye.
func (f *Floor) giveUpLegs(c *call) {
	for _, l := range c.Legs {
		if l.Ended == 0 {
			l.Ended, l.Cause = f.now, core.Cause{Why: core.Lost, Reason: "the leg never said that it was gone"}
			f.hasCost(l)
		}
	}
	if c.Mail != nil {
		c.Mail.Recording = false
	}
	f.close(c)
}

// addLeg notes a new leg of the call.
func (f *Floor) addLeg(c *call, r core.LegRecord) *leg {
	l := &leg{LegRecord: r, Call: c.ID}
	l.Began = f.now
	c.Legs = append(c.Legs, l)
	if !r.Leg.Browser() {
		f.legs[r.Leg] = l
	}
	return l
}

// drop orders the end of a leg, once.
func (f *Floor) drop(l *leg, cause core.Cause) {
	if l.Ended != 0 || l.Dropped {
		return
	}
	if l.Leg.Browser() { // the line stays; only its part in the call ends
		l.Ended, l.Cause = f.now, cause
		return
	}
	if other := f.passOn(l); other != "" {
		l.Ended, l.Cause = f.now, core.Cause{Why: core.Ended, Reason: "went on in " + string(other)}
		return
	}
	l.Dropped = true
	f.do(core.Drop{Leg: l.Leg, Cause: cause})
}

// outcome names how the call as a whole went.
func (c *call) outcome() string {
	switch {
	case c.Record.Outcome != "":
		return c.Record.Outcome
	case c.Record.Answered != 0:
		return "answered"
	case c.Mail != nil && c.Mail.Kept:
		return "voice_mailbox"
	case c.InTree && c.Wait == nil && c.Ring == nil, c.Mail != nil:
		return "hung_up"
	case c.Record.Direction == "outbound":
		return "not_reached"
	case c.Record.EndedBy == "caller":
		return "abandoned"
	case c.InTree:
		return "hung_up"
	}
	return "failed"
}

// recordOf draws the interaction as it stands.
func (f *Floor) recordOf(c *call) core.Interaction {
	r := c.Record
	r.Outcome = c.outcome()
	r.Path = c.path()
	r.Recording = c.Tape.record(f.now)
	r.Vars = c.Run.Shown()
	r.Legs = make([]core.LegRecord, len(c.Legs))
	for i, l := range c.Legs {
		r.Legs[i] = l.LegRecord
	}
	return r
}

// path is the call's way through all its trees.
func (c *call) path() []core.Visit {
	if len(c.Earlier) == 0 {
		return c.Run.Path
	}
	return append(slices.Clone(c.Earlier), c.Run.Path...)
}

// Interaction returns the record so far of a live call; nil when it has ended.
func (f *Floor) Interaction(id core.CallID) *core.Interaction {
	c := f.calls[id]
	if c == nil {
		return nil
	}
	r := f.recordOf(c)
	r.Outcome, r.EndedBy, r.Ended = "", "", 0 // it may be about to end: its legs are still going
	return &r
}

// callFailed: a step about this call panicked. What is left of it is dropped.
func (f *Floor) callFailed(ev core.CallFailed) {
	c := f.calls[ev.Call]
	if c == nil {
		return
	}
	if c.Stage == ending {
		f.giveUpLegs(c)
		return
	}
	f.endOffers(c, "withdrawn", core.Cause{Why: core.Lost})
	for _, t := range c.parts() {
		f.release(c, t, "system", false)
	}
	f.leaveQueue(c, "error")
	c.Record.Outcome = "failed"
	f.finish(c, core.Cause{Why: core.Lost, Reason: ev.What}, "system")
}
