package floor

import (
	"time"

	"belfry/core"
)

// post is an agent's post-interaction: time after a call without queue calls.
type post struct {
	Call        core.CallID
	Interaction core.InteractionID
	From        core.Party
	Name        string
	Queue       core.QueueID
	Began, Ends core.Time
	Extended    int
	MayExtend   int
	Step        time.Duration
	EndedBy     string
	Talk        time.Duration
	Smart       bool
	Length      time.Duration
	Waits       bool
}

// beginPost starts the post-interaction that the call's queue, or for a direct
// call the agent's profile, asks for. It may ask for none.
func (f *Floor) beginPost(a *agent, c *call, t *talk, by string, spent time.Duration) {
	p := &post{
		Call: c.ID, Interaction: c.Record.ID, From: c.shownParty(), Name: c.Record.Name,
		Began: f.now, EndedBy: by, Talk: spent, Smart: t.Rules != "",
	}
	if !a.OnShift {
		return
	}
	var length time.Duration
	if q := f.queueSet(t.Rules); q != nil {
		p.Queue = t.Rules
		length, p.Step, p.MayExtend = q.PostTime(), q.PostExtension(), q.PostExtensions()
	} else if pro := f.profile(a.ID); pro != nil {
		length, p.Step, p.MayExtend = pro.PostTime(), 30*time.Second, 3
	}
	if length <= 0 {
		return
	}
	p.Ends, p.Length = f.now.Add(length), length
	p.Waits = a.Call != "" // another call is still there: it begins after that
	if a.Post != nil {     // what was left of the last one is over
		f.endPost(a)
	}
	a.Post = p
}

// endPost ends the post-interaction; the agent is free for the next call.
func (f *Floor) endPost(a *agent) {
	p := a.Post
	if p == nil {
		return
	}
	a.Post = nil
	f.today(a)
	a.Today.Post += f.now.Sub(p.Began)
	if p.Smart {
		a.IdleSince = f.now
	}
	f.applyNext(a)
	f.touch(a)
	f.show(a, true)
}

func (f *Floor) asksExtendPost(a *agent) *core.Error {
	switch p := a.Post; {
	case p == nil:
		return core.Errorf(core.Conflict, "no-post", "no post-interaction is running")
	case p.MayExtend <= 0:
		return core.Errorf(core.Conflict, "no-more-extensions", "the post-interaction has been extended as often as it may be")
	default:
		p.Ends = p.Ends.Add(p.Step)
		p.Extended++
		p.MayExtend--
		f.touch(a)
		f.show(a, true)
		return nil
	}
}

func (f *Floor) asksEndPost(a *agent) *core.Error {
	f.endPost(a)
	return nil
}
