package floor

import (
	"time"

	"belfry/core"
	"belfry/core/flow"
)

// mail is a message being left in a voice mailbox.
type mail struct {
	Mailbox   core.MailboxID
	Play      core.PlayID
	Record    core.RecordID
	Recording bool
	Until     core.Time
	Tree      bool // a tree's step, which learns how it went
	Kept      bool
	Bye       bool // no message: only goodbye is said
}

// recordSlack is how long the driver may take to say that a recording ended.
const recordSlack = 10 * time.Second

// leaveMessage is a tree's order.
func (f *Floor) leaveMessage(c *call, box core.MailboxID) flow.Input {
	if f.plan.Mailbox(box) == nil {
		return flow.Left{Output: "too_short", What: "no such mailbox"}
	}
	c.Mail = &mail{Mailbox: box, Tree: true}
	f.greet(c)
	return nil
}

// mailDirect sends a direct call that was not taken to its person's mailbox.
func (f *Floor) mailDirect(c *call, box core.MailboxID) {
	c.Mail = &mail{Mailbox: box}
	if c.Up {
		f.greet(c)
		return
	}
	f.to(c, greeting)
	f.answer(c) // the greeting begins with the ACK
}

// greet plays the greeting and the beep.
func (f *Floor) greet(c *call) {
	if c.Stage != greeting {
		f.to(c, greeting)
	}
	c.Mail.Bye = false
	box := f.plan.Mailbox(c.Mail.Mailbox)
	if box == nil {
		f.finish(c, core.Cause{Why: core.Lost, Reason: "the mailbox has left the plan"}, "system")
		return
	}
	var sounds []core.SoundID
	if box.Greeting != "" {
		sounds = append(sounds, box.Greeting)
	}
	sounds = append(sounds, "snd_beep")
	c.Mail.Play = core.PlayID(f.id("ply_"))
	f.do(core.Play{Leg: c.Leg, Play: c.Mail.Play, Sounds: sounds})
}

// record keeps what the caller says.
func (f *Floor) record(c *call) {
	box := f.plan.Mailbox(c.Mail.Mailbox)
	if box == nil {
		f.finish(c, core.Cause{Why: core.Lost, Reason: "the mailbox has left the plan"}, "system")
		return
	}
	m := c.Mail
	m.Record, m.Recording = core.RecordID(f.id("vm_")), true
	m.Until = f.now.Add(box.Longest() + recordSlack)
	f.to(c, leaving)
	f.do(core.Record{Leg: c.Leg, Call: c.ID, Record: m.Record, Longest: box.Longest(), Silence: box.Quiet(), Keys: "#"})
}

// recorded finds the call of which a message was recorded. A colleague's line
// may be in another call by now.
func (f *Floor) recorded(ev core.RecordEnded) *call {
	if l := f.legs[ev.Leg]; l != nil {
		return f.calls[l.Call]
	}
	if !ev.Leg.Browser() {
		return nil
	}
	for _, c := range f.sortedCalls() {
		if c.Mail != nil && c.Mail.Record == ev.Record {
			return c
		}
	}
	return nil
}

// recordEnded: a recording is on disk.
func (f *Floor) recordEnded(ev core.RecordEnded) {
	c := f.recorded(ev)
	if c == nil || c.Mail == nil || c.Mail.Record != ev.Record || !c.Mail.Recording {
		return
	}
	f.touch(c)
	c.Mail.Recording = false
	box := f.plan.Mailbox(c.Mail.Mailbox)
	shortest := 3 * time.Second
	if box != nil {
		shortest = box.Shortest()
	}
	output := "too_short"
	if ev.File != "" && ev.Length >= shortest {
		output, c.Mail.Kept = "recorded", true
		f.do(core.Note{Fact: core.VoiceMessage{
			ID: ev.Record, Interaction: c.Record.ID, Mailbox: c.Mail.Mailbox, From: c.Record.From,
			Name: c.Record.Name, Left: f.now, Length: ev.Length, File: ev.File,
		}})
	}
	switch {
	case c.Stage == ending:
		f.close(c)
	case c.Stage != leaving:
	case c.Mail.Tree:
		f.back(c, output, ev.Why)
	default:
		f.finish(c, core.Cause{Why: core.Ended}, "system")
	}
}

// mailCallerGone: the caller hung up; the recording's end is still to come.
func (f *Floor) mailCallerGone(c *call) {
	if c.Stage == leaving && c.Mail.Recording {
		f.do(core.StopRecord{Leg: c.Leg})
	}
}

// mailMet: the greeting or the recording has not ended by itself.
func (f *Floor) mailMet(c *call) {
	if c.Stage == leaving && c.Mail.Recording && c.Mail.Until <= f.now {
		c.Mail.Recording = false
		f.do(core.StopRecord{Leg: c.Leg}) // a colleague's line goes on living
	}
	f.finish(c, core.Cause{Why: core.Lost, Reason: "the mailbox did not end by itself"}, "system")
}
