package floor

import (
	"slices"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// A caller may wait a while for the agent they know: who talked to them last, or
// whom their tree names. Others get the call when that agent is not there, is
// not free soon enough, or lets it go.

// The floor remembers who talked to a caller for a week, of so many callers.
const (
	lookBack     = 7 * 24 * time.Hour
	acquainted   = 10_000
	typicalTalk  = 3 * time.Minute // of an agent who has had no call today
	preferredVar = "preferred_agent"
)

// talkedTo is who talked to the caller last.
type talkedTo struct {
	Number string
	Agent  core.UserID
	At     core.Time
}

// memory is who talked to whom, in the order of time: the last entry of a number
// is the one that counts. What is in it never changes, so that a snapshot may
// share it.
type memory struct {
	list []talkedTo
	last map[string]int // by number, the place in the list; looked up only
}

// remember notes who talked to a caller.
func (m *memory) remember(t talkedTo) {
	if len(m.list) >= 2*acquainted {
		m.forget(t.At)
	}
	if m.last == nil {
		m.last = map[string]int{}
	}
	m.list = append(m.list, t)
	m.last[t.Number] = len(m.list) - 1
}

// forget keeps the last entry of each number, and the newest half of those.
func (m *memory) forget(now core.Time) {
	var kept []talkedTo
	for i, t := range m.list {
		if m.last[t.Number] == i && now.Sub(t.At) < lookBack {
			kept = append(kept, t)
		}
	}
	m.learn(append([]talkedTo(nil), kept[max(0, len(kept)-acquainted):]...))
}

// learn is a memory read back.
func (m *memory) learn(list []talkedTo) {
	m.list, m.last = list, make(map[string]int, len(list))
	for i, t := range list {
		m.last[t.Number] = i
	}
}

// who talked to the caller last, not too long ago; empty: nobody.
func (m *memory) who(number string, now core.Time) core.UserID {
	i, known := m.last[number]
	if !known || now.Sub(m.list[i].At) > lookBack {
		return ""
	}
	return m.list[i].Agent
}

// remembers notes who has just taken a queue's call, where any queue cares.
func (f *Floor) remembers(c *call, a *agent) {
	if f.sticky && c.Record.Direction == "inbound" && c.Record.From.Number != "" && !c.Record.From.Anonymous {
		f.memory.remember(talkedTo{c.Record.From.Number, a.ID, f.now})
	}
}

// wish has a call that enters a queue wait for the agent whom its caller knows.
func (f *Floor) wish(c *call) {
	w, q := c.Wait, f.queues[c.Wait.Queue]
	w.Known, w.Named = f.named(c)
	if w.Known == "" && (q.set.Sticky == "members" || q.set.Sticky == "anyone") {
		w.Known = f.memory.who(c.Record.From.Number, f.now)
	}
	if w.Known == "" {
		return
	}
	w.Prefer = f.now.Add(q.set.StickyFor())
	if !f.wished(w, q) {
		w.Prefer = 0
	}
}

// named is the agent whom the call's tree asks for, by a variable with an id, a
// login or an extension.
func (f *Floor) named(c *call) (core.UserID, bool) {
	for _, v := range c.Run.Vars {
		if v.Name != preferredVar || v.Value == "" {
			continue
		}
		for _, u := range []*plan.User{f.user(core.UserID(v.Value)), f.plan.Login(v.Value), f.plan.Extension(v.Value)} {
			if u != nil {
				return u.ID, true
			}
		}
	}
	return "", false
}

// wished says whether it is worth waiting for the agent: they are there, may take
// the call, and are likely to be free before the wait is over.
func (f *Floor) wished(w *wait, q *queue) bool {
	a := f.agents[w.Known]
	switch {
	case a == nil || !a.present || a.NotResponding || a.EndNext || a.Next != "" || !a.able() || w.refusedBy(w.Known):
		return false
	case q.set.Sticky == "members" && !(slices.Contains(a.queues, w.Queue) && q.steps[min(w.Step, len(q.steps)-1)].Requires.Met(a.skills)):
		return false
	case q.set.Sticky != "members" && q.set.Sticky != "anyone" && !w.Named:
		return false
	}
	return f.now.Add(f.freeIn(a)) <= w.Prefer
}

// freeIn is how long the agent is likely to be busy still: the usual length of
// their talks today less what has passed, and what follows a call.
func (f *Floor) freeIn(a *agent) time.Duration {
	switch {
	case a.Post != nil:
		return a.Post.Ends.Sub(f.now)
	case a.Call == "":
		return max(0, a.RestUntil.Sub(f.now))
	}
	usual, left := typicalTalk, time.Duration(0)
	if n := a.Today.Ended; n > 0 && a.Day == f.date() {
		usual = a.Today.Talk / time.Duration(n)
	}
	for _, c := range f.callsOf(a) {
		if t := c.partOf(a.ID); t != nil {
			left = max(left, usual-f.now.Sub(t.Began))
			if q := f.queueSet(t.Rules); q != nil {
				left += q.PostTime()
			}
		}
	}
	return left
}

// stillWished lets others have the call when its wait for one agent is over.
func (f *Floor) stillWished(c *call) {
	w := c.Wait
	if w.Prefer == 0 || w.Prefer > f.now && f.wished(w, f.queues[w.Queue]) {
		return
	}
	w.Prefer = 0
	if w.in != nil {
		f.board.Release(w.in)
	}
}

// unwish looks anew at the calls that wait for an agent whose state has changed.
func (f *Floor) unwish(a *agent) {
	for _, w := range a.desk.Wanted() {
		c := f.calls[w.Call]
		c.Wait.Retry = f.now // at the end of this step
		f.touch(c)
	}
}
