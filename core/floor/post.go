package floor

import (
	"slices"
	"time"
	"unicode/utf8"

	"belfry/core"
)

// post is an agent's post-interaction: time after a call without queue calls.
// Several may run side by side, of calls that ended one after the other.
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
	Waits       bool // another call is still there: it begins after that
	UntilClosed bool // the agent ends it; Ends is only the last resort
	Required    bool // must be qualified
	Qualified   bool
	// Buttons that may be pressed still, and for each the request that it makes.
	Buttons  []core.DeskButton `json:",omitempty"`
	Requests []core.Request    `json:",omitempty"`
}

// posts are all that the agent has, the oldest first.
func (a *agent) posts() []*post {
	if a.Post == nil {
		return nil
	}
	return append([]*post{a.Post}, a.Posts...)
}

// postOf finds the post-interaction of an interaction; empty: the oldest.
func (a *agent) postOf(id core.InteractionID) *post {
	for _, p := range a.posts() {
		if id == "" || p.Interaction == id {
			return p
		}
	}
	return nil
}

// beginPost starts the post-interaction that the call's queue, or for a direct
// call the agent's profile, asks for. It may ask for none.
func (f *Floor) beginPost(a *agent, c *call, t *talk, by string, spent time.Duration) {
	p := &post{
		Call: c.ID, Interaction: c.Record.ID, From: c.shownParty(), Name: c.Record.Name,
		Began: f.now, EndedBy: by, Talk: spent, Smart: t.Rules != "", Qualified: t.Qualified,
	}
	var length time.Duration
	if q := f.queueSet(t.Rules); q != nil {
		p.Queue, p.Required, p.UntilClosed = t.Rules, q.FormRequired, q.UntilClosed()
		length, p.Step, p.MayExtend = q.PostTime(), q.PostExtension(), q.PostExtensions()
	} else if pro := f.profile(a.ID); pro != nil {
		length, p.Step, p.MayExtend = pro.PostTime(), 30*time.Second, 3
	}
	if length <= 0 {
		return
	}
	if !a.OnShift { // there is no time for it any more
		f.owed(a, p)
		return
	}
	if was := a.postOf(c.Record.ID); was != nil { // the call had come back
		p.Qualified = p.Qualified || was.Qualified
		a.dropPost(was)
	}
	p.Ends, p.Length = f.now.Add(length), length
	f.keepButtons(a, c, p)
	p.Waits = a.Call != ""
	if a.Post == nil {
		a.Post = p
		return
	}
	a.Posts = append(a.Posts, p)
}

// dropPost takes a post-interaction off the agent.
func (a *agent) dropPost(p *post) {
	all := slices.DeleteFunc(a.posts(), func(x *post) bool { return x == p })
	a.Post, a.Posts = nil, nil
	if len(all) > 0 {
		a.Post = all[0]
	}
	if len(all) > 1 {
		a.Posts = all[1:]
	}
}

// endPost ends a post-interaction; after the last one the agent is free for the
// next call.
func (f *Floor) endPost(a *agent, p *post) {
	a.dropPost(p)
	f.owed(a, p)
	f.today(a)
	if from := max(p.Began, a.Counted); from < f.now {
		a.Today.Post += f.now.Sub(from)
		a.Counted = f.now
	}
	if p.Smart {
		a.IdleSince = f.now
	}
	f.applyNext(a)
	f.touch(a)
	f.show(a, true)
}

func (f *Floor) asksExtendPost(a *agent, id core.InteractionID) *core.Error {
	switch p := a.postOf(id); {
	case p == nil || p.Waits:
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

func (f *Floor) asksEndPost(a *agent, id core.InteractionID) *core.Error {
	p := a.postOf(id)
	switch {
	case p == nil:
		return nil
	case p.Required && !p.Qualified:
		return core.FieldErrorf("qualification", "qualification-missing", "qualify the call first")
	}
	f.endPost(a, p)
	return nil
}

// owed notes that a call was not qualified which must be. Its agent is not kept
// for that.
func (f *Floor) owed(a *agent, p *post) {
	if !p.Required || p.Qualified {
		return
	}
	d := core.DeskQualify{
		Interaction: p.Interaction, From: p.From, Name: p.Name, Queue: p.Queue, QueueName: f.queueName(p.Queue), At: f.now,
	}
	a.ToQualify = append([]core.DeskQualify{d}, a.ToQualify[:min(len(a.ToQualify), mostOwed-1)]...)
	f.do(core.Note{Fact: core.Qualification{Interaction: p.Interaction, Agent: a.ID, Queue: p.Queue, Due: true, At: f.now}})
}

const (
	mostOwed     = 50
	longestValue = 100  // characters
	longestNote  = 2000 // of a qualification
)

// asksQualify: the agent says how a call went: one that is going on, one whose
// post-interaction runs, or one that is still owed.
func (f *Floor) asksQualify(a *agent, w core.Qualify) *core.Error {
	switch {
	case w.Value == "" && w.Note == "":
		return core.FieldErrorf("value", "qualification-missing", "say how the call went, or write a note")
	case utf8.RuneCountInString(w.Value) > longestValue:
		return core.FieldErrorf("value", "too-long", "a qualification has at most %d characters", longestValue)
	case utf8.RuneCountInString(w.Note) > longestNote:
		return core.FieldErrorf("note", "too-long", "a note has at most %d characters", longestNote)
	}
	x := core.Qualification{Interaction: w.Interaction, Agent: a.ID, Value: w.Value, Note: w.Note, At: f.now}
	found := false
	for _, c := range f.callsOf(a) {
		if t := c.partOf(a.ID); t != nil && c.Record.ID == w.Interaction {
			t.Qualified, x.Queue, found = true, t.Rules, true
			f.touch(c)
		}
	}
	if p := a.postOf(w.Interaction); p != nil && w.Interaction != "" {
		p.Qualified, x.Queue, found = true, p.Queue, true
	}
	for i, d := range a.ToQualify {
		if d.Interaction == w.Interaction {
			a.ToQualify = append(a.ToQualify[:i:i], a.ToQualify[i+1:]...)
			x.Queue, found = d.Queue, true
			break
		}
	}
	if !found {
		return core.Errorf(core.Missing, "not-yours-to-qualify", "this call does not wait for your qualification")
	}
	f.do(core.Note{Fact: x})
	f.touch(a)
	f.show(a, true)
	return nil
}
