package floor

import (
	"slices"
	"time"

	"belfry/core"
)

func (c *call) room() core.RoomID { return core.RoomID(c.ID) }

// accept gives the call to the agent, or says why a callback is not launched.
func (f *Floor) accept(c *call, a *agent) *core.Error {
	if c.preview() {
		return f.launch(c, a)
	}
	f.bind(c, a)
	f.whisper(c, 0)
	return nil
}

// zip gives the call to an agent with auto-answer, who hears a tone before the
// caller.
func (f *Floor) zip(c *call, a *agent) {
	tones := 1
	if p := f.profile(a.ID); p != nil {
		tones = p.Zips()
	}
	f.bind(c, a)
	f.whisper(c, tones)
}

// whisper lets the agent hear the tones of an automatic answer and what the
// queue says of its calls, while the caller hears the music still. A key, a click
// or the time ends it.
func (f *Floor) whisper(c *call, tones int) {
	sounds := slices.Repeat([]core.SoundID{"snd_zip"}, tones)
	patience := time.Duration(0)
	if tones > 0 {
		patience = max(zipPatience, time.Duration(tones)*zipLasts)
	}
	if q := f.queueSet(c.Talk.Queue); q != nil && q.Whisper != "" {
		sounds = append(sounds, q.Whisper)
		patience = time.Duration(tones)*zipLasts + whispers
	}
	if len(sounds) == 0 {
		f.talks(c)
		return
	}
	f.to(c, joining)
	c.Talk.Zip, c.Talk.Until = core.PlayID(f.id("ply_")), f.now.Add(patience)
	f.do(core.Play{Leg: c.Talk.Leg, Play: c.Talk.Zip, Sounds: sounds})
	f.touch(c)
}

const (
	zipLasts = 400 * time.Millisecond
	whispers = 3 * time.Second // at most
)

// asksSkip: the agent does not want to hear who it is.
func (f *Floor) asksSkip(a *agent, id core.CallID) *core.Error {
	c, t, err := f.mine(a, id)
	if err != nil {
		return err
	}
	if c.Stage == joining && t == c.Talk {
		f.talks(c)
	}
	return nil
}

// bind binds call and agent: the offer is answered, the passage through the
// queue is over, and the call is the agent's.
func (f *Floor) bind(c *call, a *agent) {
	o := c.offerTo(a.ID)
	line := o.Leg
	f.endOffer(c, o, "answered", core.Cause{})
	f.lostTo(c, a)
	f.holdOthers(a, c)
	a.Misses, a.Declines = 0, 0
	f.spoken(a, c.shownParty().Number)
	a.joins(c.ID)
	if line == "" {
		line = f.takeLine(c, a)
	}
	c.Talk = &talk{Agent: a.ID, Offer: o.ID, Queue: o.Queue, Rules: o.Queue, Leg: line, Began: f.now, Via: c.via(a.ID)}
	if c.Talk.Rules == "" && c.Record.Mode == "smart" {
		c.Talk.Rules = c.Record.Queue // sent on by a colleague: it is still that queue's call
	}
	if c.Wait != nil {
		f.tuneStops(c.Wait)
	}
	c.Record.Agent = a.ID
	if c.Record.Answered == 0 {
		c.Record.Answered = f.now
	}
	if o.Queue != "" {
		if q := f.queues[o.Queue]; q != nil && c.Wait.Entered < o.Made {
			q.past.Pace.answered(f.now)
		}
		c.Wait.Talked = true
		f.closeDistribution(c, "answered")
	}
	if n := len(c.Run.Path); n > 0 && c.InTree {
		c.Run.Path[n-1].Output = "answered"
	}
	f.today(a)
	if o.Queue != "" {
		f.remembers(c, a)
	}
	a.Today.Answered++
	f.answer(c)
	f.transferDone(c)
	f.touch(a)
	f.touch(c)
	f.poolRev++
	f.popAccepted(a, c, c.Talk)
	f.show(a, true)
}

// talks joins all who take part.
func (f *Floor) talks(c *call) {
	f.to(c, talking)
	if c.Talk != nil && c.Talk.Away != 0 {
		f.to(c, parted)
	}
	f.tapeAnswered(c) // first: not a word is missing
	f.seat(c)
	f.showCall(c, true)
}

// mine finds the call that an agent takes part in, or says that there is none.
func (f *Floor) mine(a *agent, id core.CallID) (*call, *talk, *core.Error) {
	c := f.calls[id]
	if c == nil || !a.has(id) || c.partOf(a.ID) == nil {
		return nil, nil, core.Errorf(core.Missing, "no-such-call", "you are not on this call")
	}
	f.touch(c)
	return c, c.partOf(a.ID), nil
}

func (f *Floor) asksHold(a *agent, id core.CallID) *core.Error {
	c, t, err := f.mine(a, id)
	switch {
	case err != nil:
		return err
	case t.HeldSince != 0:
		return nil
	case c.Stage != talking || t.Away != 0:
		return core.Errorf(core.Conflict, "not-talking", "the call cannot be put on hold now")
	}
	f.hold(c, t)
	return nil
}

// hold takes one out of the conversation; who is left alone hears music.
func (f *Floor) hold(c *call, t *talk) {
	t.HeldSince = f.now
	if c.Tape != nil {
		c.Tape.Saying = ""
	}
	t.Lost = false // a line that is still silent says so again when it is joined
	if t == c.Talk && c.Stage == talking {
		f.to(c, held)
	}
	f.seat(c)
	f.tapeFollows(c)
	f.touch(c)
	f.showCall(c, true)
}

// holdOthers puts the agent's other calls on hold: one is heard at a time.
func (f *Floor) holdOthers(a *agent, but *call) {
	for _, c := range f.callsOf(a) {
		if t := c.partOf(a.ID); c != but && t != nil && t.HeldSince == 0 && c.conversing() {
			f.hold(c, t)
		}
	}
}

func (f *Floor) asksResume(a *agent, id core.CallID) *core.Error {
	c, t, err := f.mine(a, id)
	switch {
	case err != nil:
		return err
	case t.HeldSince == 0 && c.conversing():
		return nil
	case t.HeldSince == 0 || t.Away != 0:
		return core.Errorf(core.Conflict, "not-held", "the call is not on hold")
	}
	for _, other := range f.callsOf(a) {
		if other != c && !other.conversing() {
			return core.Errorf(core.Conflict, "finish-first", "finish or cancel the other call first")
		}
	}
	f.resume(a, c, t)
	return nil
}

// resume brings the agent back into the conversation, and out of any other.
func (f *Floor) resume(a *agent, c *call, t *talk) {
	f.holdOthers(a, c)
	f.unhold(t)
	if a.Other == c.ID {
		a.Call, a.Other = a.Other, a.Call
	}
	if t == c.Talk && c.Stage == held {
		f.to(c, talking)
	}
	f.seat(c)
	f.tapeFollows(c)
	f.touch(c)
	f.touch(a)
	f.showCall(c, true)
}

// unhold counts the time on hold.
func (f *Floor) unhold(t *talk) {
	if t.HeldSince != 0 {
		t.Held += f.now.Sub(t.HeldSince)
		t.HeldSince = 0
	}
}

func (f *Floor) asksMute(a *agent, id core.CallID, on bool) *core.Error {
	c, t, err := f.mine(a, id)
	if err != nil {
		return err
	}
	switch {
	case t.Muted == on:
		return nil
	case !c.Answering && t.Leg == c.invite():
		return core.Errorf(core.Conflict, "not-talking", "nobody has answered yet")
	}
	for _, x := range f.callsOf(a) { // a microphone is muted, not a call
		if other := x.partOf(a.ID); other != nil && (x == c || other.Leg == t.Leg) {
			other.Muted = on
		}
	}
	if t.Away == 0 { // a new line is muted when it comes
		f.do(core.Mute{Leg: t.Leg, On: on})
	}
	f.show(a, true)
	return nil
}

func (f *Floor) asksKeys(a *agent, id core.CallID, digits string) *core.Error {
	c, t, err := f.mine(a, id)
	if err != nil {
		return err
	}
	if t == c.Own && c.Stage == routing { // an agent who called a Smart Routing of ours
		for i := range len(digits) {
			f.walk(c, keyed(digits[i]))
		}
		return nil
	}
	if c.Stage != talking || t.HeldSince != 0 {
		return core.Errorf(core.Conflict, "not-talking", "keys can be sent while you talk")
	}
	for _, l := range c.outsiders() {
		f.do(core.SendDigits{Leg: l, Digits: digits})
	}
	return nil
}

// outsiders are the legs of all who are not ours.
func (c *call) outsiders() []core.LegID {
	var ids []core.LegID
	if c.Own == nil && !c.Gone {
		ids = append(ids, c.Leg)
	}
	for _, t := range c.parts() {
		if t.Agent == "" {
			ids = append(ids, t.Leg)
		}
	}
	return ids
}

func (f *Floor) asksHangup(a *agent, id core.CallID) *core.Error {
	c, t, err := f.mine(a, id)
	if err != nil {
		return err
	}
	if f.hangupInTransfer(c, a.ID) {
		return nil
	}
	f.hangUp(c, t)
	return nil
}

// hangUp: the agent leaves the call. Where others can talk on, they do.
func (f *Floor) hangUp(c *call, t *talk) {
	cause := core.Cause{Why: core.Ended, Code: 200, Q850: 16}
	if c.conversing() {
		f.leaves(c, t, "agent", cause)
		return
	}
	if c.preview() && c.Stage == dialing {
		f.backFailed(c, trouble{Reason: "cancelled"})
		return
	}
	f.release(c, t, "agent", t == c.Talk && c.Record.Answered != 0)
	f.endOffers(c, "caller_left", cause)
	f.mailCallerGone(c)
	f.finish(c, cause, "agent")
}

// partGone: the leg of somebody who took part has ended. An agent's phone that
// hangs up ends their part; one that is lost does not end the caller's.
func (f *Floor) partGone(c *call, l *leg, cause core.Cause) {
	t := c.part(l.Leg)
	if t == nil {
		if c.Out != nil && c.Out.Leg == l.Leg {
			f.outGone(c, cause)
		}
		return
	}
	a := f.agents[t.Agent]
	if a == nil { // somebody outside
		f.leaves(c, t, outsider(l), cause)
		return
	}
	f.phoneEnded(a, l.Leg, cause)
}

// outsider is what one of those outside is called who ends a call: who called us,
// or whom we called.
func outsider(l *leg) string {
	if l.Kind == "number" {
		return "callee"
	}
	return "caller"
}

// phoneEnded: the phone on which an agent talked has gone. All calls on it are
// concerned: the one in hand was hung up, one on hold was not.
func (f *Floor) phoneEnded(a *agent, id core.LegID, cause core.Cause) {
	calls := f.callsOf(a)
	for _, c := range calls {
		if l := c.entry(id); l != nil { // the same phone, in the second call
			l.Ended, l.Cause = f.now, cause
		}
	}
	for _, c := range calls {
		t := c.part(id)
		if t == nil || c.Stage == ending || c.Stage == over {
			continue
		}
		switch {
		case cause.Why == core.HungUp && f.bounced(c, t):
		case cause.Why == core.HungUp && f.hangupInTransfer(c, a.ID):
		case cause.Why == core.HungUp && (t.HeldSince == 0 || t != c.Talk):
			f.hangUp(c, t)
		case t == c.Talk && c.conversing():
			f.agentLost(c, "the agent's phone was lost")
		default:
			f.hangUp(c, t)
		}
	}
}

// legHeld: the far end put us on hold, or took us off. A colleague's phone that
// does so holds the call; of an outsider the page says so.
func (f *Floor) legHeld(ev core.LegHeld) {
	l := f.legs[ev.Leg]
	if l == nil || l.Ended != 0 {
		return
	}
	c := f.calls[l.Call]
	if a := f.agents[l.Agent]; a != nil {
		f.phoneHeld(a, ev)
		return
	}
	for _, t := range c.parts() {
		if t.Agent != "" && t.FarHeld != ev.Held {
			t.FarHeld = ev.Held
			f.showCall(c, false)
		}
	}
}

// phoneHeld: an agent's phone holds, or resumes, the call that is talked on it.
func (f *Floor) phoneHeld(a *agent, ev core.LegHeld) {
	for _, c := range f.callsOf(a) {
		t := c.part(ev.Leg)
		switch {
		case t == nil || !c.conversing():
		case ev.Held && t.HeldSince == 0:
			f.hold(c, t)
			return
		case !ev.Held && t.HeldSince != 0 && c.ID == a.Call:
			f.resume(a, c, t)
			return
		}
	}
}
