package floor

import (
	"slices"
	"strings"
	"time"

	"belfry/core"
	"belfry/core/flow"
)

// transfer is one transaction: whatever becomes of it, the caller is with the
// target, back with who asked for it, or at the head of the queue.
type transfer struct {
	ID       core.TransferID
	By       core.UserID
	To       core.Target
	Name     string // of the target, as it is shown
	Attended bool
	Note     string
	State    core.TransferState
	Why      trouble
	Consult  core.CallID
	Since    core.Time
	Queue    core.QueueID // the caller's, before
	Record   int          // its place in the interaction's transfers
	// Blind: the target takes the caller without a word with who sent them.
	Blind bool
	// Fresh and Raise are how the caller waits in the queue: see core.Transfer.
	Fresh bool          `json:",omitempty"`
	Raise time.Duration `json:",omitempty"`
}

// handed says how a call came to who has it.
type handed struct {
	By       core.UserID
	Attended bool
	Note     string
	Returned bool
	Why      trouble
	Target   string
}

const (
	returnWait = 5 * time.Second // for who asked for a transfer, when it comes to nothing
	hardly     = 3 * time.Second // who hangs up within it has not taken the caller
	mostHops   = 10
	excluded   = 60 * time.Second // who sent a call to a queue does not get it back
)

func (t *transfer) consult() core.CallID {
	if t == nil {
		return ""
	}
	return t.Consult
}

func (t *transfer) live() bool {
	return t != nil && t.State != core.TransferDone && t.State != core.TransferFailed && t.State != core.TransferCancelled
}

// asksTransfer begins a transfer.
func (f *Floor) asksTransfer(a *agent, w core.Transfer) *core.Error {
	c, t, err := f.mine(a, w.Call)
	switch {
	case err != nil:
		return err
	case c.Transfer != nil && c.Transfer.ID == w.Transfer:
		return nil // said twice
	case c.Transfer.live():
		return core.Errorf(core.Conflict, "transfer-in-progress", "a transfer is in progress already")
	case c.For != "":
		return core.Errorf(core.Conflict, "transfer-in-progress", "complete or cancel the transfer that this call is for first")
	case !c.conversing() || t.Away != 0:
		return core.Errorf(core.Conflict, "not-talking", "the call cannot be transferred now")
	case len(c.Guests) > 0:
		return core.Errorf(core.Conflict, "conference", "remove the others from the conference first, or leave it")
	}
	if err := f.mayTransfer(a, w.To); err != nil {
		return err
	}
	if err := waitsHow(w); err != nil {
		return err
	}
	if w.Attended {
		return f.beginConsult(a, c, t, w)
	}
	if o := c.other(t); o != nil && o.Agent == w.To.User && o.Agent != "" {
		return core.FieldErrorf("to", "yourself", "that is whom you are talking with")
	}
	if o := c.other(t); o != nil && (o.HeldSince != 0 || o.Away != 0) {
		return core.Errorf(core.Conflict, "not-there", "the other has put the call on hold: wait until they are back")
	}
	f.openTransfer(a, c, w)
	f.sendAway(a, c, t)
	return nil
}

// mostRaise is how much seniority a colleague may give.
const mostRaise = time.Hour

// waitsHow says what is wrong with how a caller shall wait.
func waitsHow(w core.Transfer) *core.Error {
	kind := w.To.Kind()
	switch {
	case !w.Fresh && w.Raise == 0:
		return nil
	case w.Attended || kind != "queue" && kind != "group":
		return core.FieldErrorf("wait", "not-into-a-queue", "only who is sent into a queue without a word waits anew or with seniority")
	case w.Raise < 0 || w.Raise > mostRaise:
		return core.FieldErrorf("raise_seconds", "out-of-range", "the seniority given is 0 to %v", mostRaise)
	}
	return nil
}

// mayTransfer says why the agent may not transfer to the target.
func (f *Floor) mayTransfer(a *agent, to core.Target) *core.Error {
	kind := to.Kind()
	if kind == "" {
		return core.FieldErrorf("to", "no-such-target", "say to whom the call shall go")
	}
	if !f.plan.TransfersTo(a.ID, kind) {
		return core.Errorf(core.Denied, "not-allowed-by-profile", "your profile does not transfer calls there")
	}
	return f.mayReach(a, to, "")
}

// openTransfer notes the transaction on the call.
func (f *Floor) openTransfer(a *agent, c *call, w core.Transfer) *transfer {
	x := &transfer{
		ID: w.Transfer, By: a.ID, To: w.To, Name: f.targetName(w.To), Attended: w.Attended, Note: strings.TrimSpace(w.Note),
		State: core.TransferRequested, Consult: w.Consult, Since: f.now, Queue: c.Record.Queue, Record: len(c.Record.Transfers),
		Fresh: w.Fresh, Raise: w.Raise,
	}
	if !w.Attended {
		x.Consult = ""
	}
	c.Transfer = x
	r := core.TransferRecord{ID: x.ID, By: a.ID, To: w.To, Attended: w.Attended, Note: x.Note, Asked: f.now, State: x.State}
	if x.Consult != "" {
		r.Consult = x.Consult.Interaction()
	}
	c.Record.Transfers = append(c.Record.Transfers, r)
	f.showCall(c, true)
	return x
}

func (f *Floor) targetName(to core.Target) string {
	switch u := f.user(to.User); {
	case to.Name != "":
		return to.Name
	case u != nil:
		return u.Name
	}
	return f.shownTarget(to)
}

// transferIs moves the transaction, and the record when it is over.
func (f *Floor) transferIs(c *call, s core.TransferState, why trouble) {
	x := c.Transfer
	if !x.live() || x.State == s {
		return
	}
	x.State, x.Since, x.Why = s, f.now, why
	r := &c.Record.Transfers[x.Record]
	r.State, r.Reason, r.Code = s, why.Reason, why.Code
	if !x.live() {
		r.Ended = f.now
	}
	if a := f.agents[x.By]; a != nil {
		f.show(a, true)
	}
	f.showCall(c, true)
}

// sendAway has the agent leave and the caller go to the target: a blind
// transfer. The agent is free at once.
func (f *Floor) sendAway(a *agent, c *call, t *talk) {
	x := c.Transfer
	x.Queue, x.Blind = c.Record.Queue, true
	f.letGo(c, t)
	f.rollTape(c, core.TapeStopped)
	c.Refused = refused(c.Refused, a.ID, f.now.Add(excluded))
	f.transferIs(c, core.TransferDialing, trouble{})
	switch to := x.To; to.Kind() {
	case "user":
		f.ringUser(c, f.user(to.User), f.user(to.User).RingTime(), ringForTransfer)
	case "queue":
		f.sendToQueue(c, flow.Enter{Queue: to.Queue})
	case "group":
		f.sendToQueue(c, f.ofGroup(to.Group, c.Record.From.Number))
	case "routing":
		f.sendToTree(c, to.Tree)
	default:
		if n := f.plan.Number(to.Number); n != nil {
			f.sendToTree(c, n.Tree)
			return
		}
		f.ringback(c)
		f.dialOut(c, a.ID, to, out{Transfer: true})
	}
}

// letGo takes the agent out of a call of two, which lives on with the other.
func (f *Floor) letGo(c *call, t *talk) {
	f.release(c, t, "agent", true)
	if c.Own == nil && c.Gone {
		f.reanchor(c)
	}
}

// sendToQueue puts the caller into a queue for a colleague, with their age.
func (f *Floor) sendToQueue(c *call, e flow.Enter) {
	if c.Record.Mode == "direct" && c.Own == nil {
		c.Record.Mode = "smart"
	}
	was := c.Wait
	if was != nil { // who was given seniority keeps it
		e.Priority = int(was.Priority / time.Second)
	}
	if x := c.Transfer; x.live() {
		e.Priority += int(x.Raise / time.Second)
		if x.Fresh {
			c.Wait = nil
		}
	}
	if left, refused := f.enter(c, e).(flow.Left); refused {
		if was != nil { // whoever turned them away, they have waited
			c.Wait.Arrived, c.Wait.Priority, c.Wait.From = was.Arrived, was.Priority, was.From
		}
		f.sentBack(c, left.Output)
		return
	}
	if c.For == "" {
		f.transferIs(c, core.TransferDone, trouble{})
	}
}

// sentBack: the queue turned the call away.
func (f *Floor) sentBack(c *call, output string) {
	switch {
	case c.Transfer.live():
		f.transferFailed(c, trouble{Reason: output})
	case c.Own != nil:
		f.cannot(c, trouble{Reason: output})
	default:
		f.lastResort(c)
	}
}

// ofGroup chooses the queue of a group as its node would.
func (f *Floor) ofGroup(id core.GroupID, caller string) flow.Enter {
	return flow.Enter{Queue: f.balance.Next(f.plan.Group(id), f.ableQueue, caller), Group: id}
}

// sendToTree begins a Smart Routing with all that is known of the call.
func (f *Floor) sendToTree(c *call, tree core.TreeID) {
	c.Hops++
	if c.Hops > mostHops {
		f.sentBack(c, "too_many_transfers")
		return
	}
	old := c.Run
	c.Earlier = append(slices.Clone(c.Earlier), old.Path...)
	c.Run = flow.Run{}
	if c.Own == nil {
		c.Record.Mode = "smart"
	}
	if c.For == "" {
		f.transferIs(c, core.TransferDone, trouble{})
	}
	f.walkTree(c, tree, old.Vars)
}

// transferRings: the target of a blind transfer rings.
func (f *Floor) transferRings(c *call) {
	if x := c.Transfer; x.live() && !x.Attended {
		f.transferIs(c, core.TransferRinging, trouble{})
	}
}

// transferDone: the target has the caller.
func (f *Floor) transferDone(c *call) {
	x := c.Transfer
	if b := f.calls[x.consult()]; x.live() && (b == nil || b.For != c.ID) {
		f.transferIs(c, core.TransferDone, trouble{})
	}
}

// transferCut: the call ends, and with it what was being done with it.
func (f *Floor) transferCut(c *call) {
	if c.Transfer.live() {
		f.transferIs(c, core.TransferFailed, trouble{Reason: "caller_left"})
	}
}

// via says how the call comes to who takes it now.
func (c *call) via(to core.UserID) *handed {
	x := c.Transfer
	if x == nil || x.State == core.TransferCancelled || x.State == core.TransferFailed && to != x.By {
		return nil
	}
	h := &handed{By: x.By, Attended: x.Attended, Note: x.Note}
	if x.State == core.TransferFailed {
		h.Returned, h.Why, h.Target = true, x.Why, x.Name
	}
	return h
}

// transferFailed: the target did not take the caller, who hears music until
// who asked for the transfer has them again.
func (f *Floor) transferFailed(c *call, why trouble) {
	f.transferIs(c, core.TransferFailed, why)
	f.to(c, returning)
	f.music(c, f.holdMusic(c))
	f.comeBack(c)
}

// hardlyTook says whether somebody to whom the caller was sent, and with whom
// nobody had talked about it, leaves them as soon as they have them: a person who
// pressed the wrong button, or a line that answers and hangs up. A call out of a
// queue is not meant: it is as any other there.
func (f *Floor) hardlyTook(c *call, t *talk) bool {
	x := c.Transfer
	if x == nil || x.State != core.TransferDone || !x.Blind || t != c.Talk || c.Gone || c.Own != nil && !c.Own.here() {
		return false
	}
	switch x.To.Kind() {
	case "user", "directory", "number":
		return t.Queue == "" && f.now.Sub(t.Began) <= hardly
	}
	return false
}

// handBack: the target has hung up at once, and the caller is still there.
func (f *Floor) handBack(c *call, cause core.Cause) {
	f.rollTape(c, core.TapeStopped)
	c.Bridged = false
	c.Transfer.State = core.TransferCompleting // it was not done, after all
	f.transferFailed(c, trouble{Reason: "hung_up", Code: cause.Code})
}

// comeBack gives the call to who asked for the transfer, if they are free within
// 5 s.
func (f *Floor) comeBack(c *call) {
	by := c.Transfer.By
	c.Looked = f.now
	if u := f.user(by); u != nil && f.cannotRing(f.agents[by]) == "" {
		f.ringUser(c, u, u.RingTime(), ringBack)
		return
	}
	if c.Since.Add(returnWait) <= f.now {
		f.lastResort(c)
	}
}

// lastResort: nobody is there for a caller who was sent on. They go to the head
// of their queue with their age, else on in their tree, else to a mailbox; only
// when there is nothing of all this are they told goodbye.
func (f *Floor) lastResort(c *call) {
	q := core.QueueID("")
	if c.Wait != nil {
		q = c.Wait.Queue
	}
	if x := c.Transfer; x != nil && x.Queue != "" {
		q = x.Queue
	}
	switch {
	case f.queues[q] != nil && c.Wait != nil:
		f.headOfLine(c, q)
	case c.InTree && !c.Run.Over:
		f.back(c, "transfer_failed", "")
	default:
		f.lastWords(c)
	}
}

// headOfLine brings a caller back to a queue as the first of their class.
func (f *Floor) headOfLine(c *call, id core.QueueID) {
	c.Wait.Queue = id
	c.Record.Queue = id
	c.Wait.Entered, c.Wait.Head, c.Wait.Talked = f.now, true, false
	c.Wait.Step, c.Wait.Stepped, c.Wait.Prefer = 0, 0, 0
	c.Wait.Asking = nil
	f.open(c, core.Distribution{Queue: c.Wait.Queue, Group: c.Wait.Group, Priority: c.Wait.Priority, Back: true})
	f.to(c, waiting)
	f.hears(c)
	f.lineUp(c)
}

// lastWords offers the mailbox of who had the call, else says goodbye.
func (f *Floor) lastWords(c *call) {
	for _, id := range []core.UserID{c.Record.Agent, c.by()} {
		if u := f.user(id); u != nil && u.Mailbox != "" && f.plan.Mailbox(u.Mailbox) != nil {
			f.mailDirect(c, u.Mailbox)
			return
		}
	}
	f.lastSaid(c, f.plan.Doc.Company.Goodbye)
}

// lastHeard ends a call after the last word.
func (f *Floor) lastHeard(c *call) {
	cause := core.Cause{Why: core.Lost, Reason: "nobody was there for the call"}
	if c.Record.Outcome == "callback" {
		cause = core.Cause{Why: core.Ended, Reason: "will be called back"}
	}
	f.finish(c, cause, "system")
}

// lastSaid says one thing more, and ends the call.
func (f *Floor) lastSaid(c *call, sound core.SoundID) {
	if sound == "" || c.Stage == greeting {
		f.lastHeard(c)
		return
	}
	f.to(c, greeting)
	c.Mail = &mail{Bye: true, Play: core.PlayID(f.id("ply_"))}
	f.do(core.Play{Leg: c.Leg, Play: c.Mail.Play, Sounds: []core.SoundID{sound}})
}

func (c *call) by() core.UserID {
	if c.Transfer == nil {
		return ""
	}
	return c.Transfer.By
}

// referred: a phone asks for a transfer with REFER.
func (f *Floor) referred(ev core.Referred) {
	l := f.legs[ev.Leg]
	if l == nil || l.Ended != 0 {
		return
	}
	c := f.calls[l.Call]
	a := f.agents[l.Agent]
	if c.Own != nil && c.Own.Leg == ev.Leg {
		a = f.agents[c.Own.Agent]
	}
	answer := func(code int) { f.do(core.ReferDone{Leg: ev.Leg, Code: code}) }
	if a == nil {
		answer(403)
		return
	}
	if ev.Replaces != "" {
		f.referReplaces(a, c, ev, answer)
		return
	}
	to := core.Target{Number: ev.To, Class: ev.Class}
	if u := f.plan.Extension(ev.To); u != nil {
		to = core.Target{User: u.ID}
	}
	w := core.Transfer{Call: c.ID, Transfer: core.TransferID(f.id("tra_")), To: to}
	t := c.part(ev.Leg)
	if o := c.other(t); t == nil || o != nil && (o.HeldSince != 0 || o.Away != 0) || len(c.Guests) > 0 || !c.conversing() || c.Transfer.live() || c.For != "" || f.mayTransfer(a, to) != nil {
		answer(603)
		return
	}
	f.openTransfer(a, c, w)
	answer(200) // it is ours now: should it fail, the agent is rung anew
	f.sendAway(a, c, c.part(ev.Leg))
}
