package floor

import (
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"belfry/core"
	"belfry/core/plan"
)

// What an agent does beside calls: an activity and how long it may last, a
// profile, a status for colleagues.

// takesUp begins an activity. It is the agent's own act, so what was counted
// against them is forgotten.
func (f *Floor) takesUp(a *agent, id core.ActivityID) {
	if id != a.Activity || a.Began == 0 {
		a.Activity, a.Began, a.Alarmed = id, f.now, false
	}
	a.responds()
}

// responds forgets misses and refusals.
func (a *agent) responds() { a.NotResponding, a.Why, a.Misses, a.Declines = false, "", 0, 0 }

// lostTold is how long a device may be lost before supervisors are told.
const lostTold = time.Minute

// alarmAt is when the activity has lasted too long; zero: never.
func (f *Floor) alarmAt(a *agent) core.Time {
	act := f.plan.Activity(a.Activity)
	if !a.OnShift || act == nil || act.MaxMinutes == 0 || a.Began == 0 {
		return 0
	}
	return a.Began.Add(act.Longest())
}

// alarms tells what has lasted too long. Nothing is forced.
func (f *Floor) alarms(a *agent) {
	if t := f.alarmAt(a); t != 0 && t <= f.now && !a.Alarmed {
		a.Alarmed = true
		f.do(core.Note{Fact: core.Notice{Kind: "activity_over", Agent: a.ID, What: f.plan.Activity(a.Activity).Name, At: f.now}})
		f.show(a, true)
	}
	if a.State == core.DeviceLost && !a.LostTold && a.Since.Add(lostTold) <= f.now {
		a.LostTold = true
		f.do(core.Note{Fact: core.Notice{Kind: "device_lost", Agent: a.ID, What: f.lostWhy(a), At: f.now}})
	}
}

// lostWhy says why the device counts as lost, in a code that pages word.
func (f *Floor) lostWhy(a *agent) string {
	switch {
	case a.Fault != "":
		return a.Fault
	case a.Sound != "" && a.station().Kind == core.BrowserStation:
		return a.Sound
	case !a.station().Up:
		return "no_station"
	case a.Frozen:
		return "page_frozen"
	}
	return "page_gone"
}

const longestStatus = 60 // characters

// asksStatus: colleagues shall read something about the user. Who gets a call
// has nothing to do with it.
func (f *Floor) asksStatus(a *agent, s core.Status) *core.Error {
	switch {
	case !slices.Contains([]string{"", "connected", "busy", "absent", "back_soon", "remote"}, s.Kind):
		return core.FieldErrorf("kind", "no-such-status", "a status is connected, busy, absent, back_soon, remote or nothing")
	case utf8.RuneCountInString(s.Text) > longestStatus:
		return core.FieldErrorf("text", "too-long", "a status has at most %d characters", longestStatus)
	}
	for _, r := range s.Text {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return core.FieldErrorf("text", "control-character", "a status is one line of text")
		}
	}
	a.Status = s
	f.show(a, true)
	return nil
}

// asksProfile: the user works with another of their profiles, now or as soon as
// they are free. A call that lives is not disturbed.
func (f *Floor) asksProfile(a *agent, id core.ProfileID) *core.Error {
	u := f.user(a.ID)
	if !u.Has(id) {
		return core.FieldErrorf("profile", "no-such-profile", "this is not one of your profiles")
	}
	a.NextProfile = id
	if pro := f.profile(a.ID); pro != nil && pro.ID == id {
		a.NextProfile = ""
	}
	if !a.busy() {
		f.nextProfile(a)
	}
	f.show(a, true)
	return nil
}

// nextProfile carries out the switch: rights and queues follow at once.
func (f *Floor) nextProfile(a *agent) {
	id := a.NextProfile
	u := f.user(a.ID)
	if id == "" || u == nil || !u.Has(id) {
		a.NextProfile = ""
		return
	}
	a.NextProfile, a.Profile = "", id
	if id == u.Profile {
		a.Profile = ""
	}
	f.active = f.active.With(a.ID, a.Profile)
	f.plan = f.plan.As(f.active)
	served := a.queues
	f.delist(a)
	f.delays(slices.Clone(served))
	f.enlist(a, map[core.ProfileID]*serving{"": {}})
	f.delays(a.queues)
	for _, q := range a.queues {
		slices.Sort(f.queues[q].members)
	}
	if a.OnShift && !f.plan.Can(a.ID, plan.TakeCalls) {
		f.endShift(a)
	}
	f.poolRev++
	f.touch(a)
	f.show(a, true)
}

// delays are those of who serves each of the queues now. With others a waiting call
// is to be looked at at other times.
func (f *Floor) delays(ids []core.QueueID) {
	for _, id := range ids {
		q := f.queues[id]
		if q == nil {
			continue
		}
		was := q.delays
		q.delays = nil
		for _, u := range q.members {
			q.delayed(plan.Seconds(f.plan.ServesAs(u, id).Delay, 0))
		}
		slices.Sort(q.delays)
		if slices.Equal(was, q.delays) {
			continue
		}
		line := f.board.Queue(id)
		for _, w := range line.First(line.Waiting()) {
			c := f.calls[w.Call]
			c.Wait.look(f.now, q)
			f.touch(c)
		}
		for _, c := range q.rung {
			f.joinSoon(f.calls[c])
		}
	}
}

// delist takes the agent out of the queues that they served.
func (f *Floor) delist(a *agent) {
	if a.present {
		f.countPresent(a, false)
		a.present = false
	}
	for _, id := range a.queues {
		if q := f.queues[id]; q != nil {
			q.members = slices.DeleteFunc(q.members, func(u core.UserID) bool { return u == a.ID })
			q.states[a.State]--
		}
	}
}

// Active says who works with another than their first profile.
func (f *Floor) Active() *plan.Active { return f.active }
