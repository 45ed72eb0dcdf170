package floor

import (
	"belfry/core"
	"belfry/core/plan"
)

// asked carries out what an agent asks for and answers it.
func (f *Floor) asked(ev core.Asked) {
	a := f.agents[ev.Agent]
	if a == nil || f.user(ev.Agent) == nil {
		f.do(core.Reply{Ask: ev.Ask, Err: core.Errorf(core.Missing, "no-such-agent", "there is no such agent")})
		return
	}
	f.touch(a)
	f.do(core.Reply{Ask: ev.Ask, Err: f.grant(a, ev.Want)})
	f.unwish(a)
}

func (f *Floor) grant(a *agent, w core.Want) *core.Error {
	switch w := w.(type) {
	case core.StartShift:
		return f.startShift(a, w.Activity)
	case core.EndShift:
		return f.asksEndShift(a)
	case core.SetActivity:
		return f.setActivity(a, w.Activity)
	case core.Return:
		a.Fault = ""
		a.responds()
		f.show(a, true)
		return nil
	case core.Accept:
		return f.asksAccept(a, w)
	case core.Decline:
		return f.asksDecline(a, w.Offer)
	case core.Hold:
		return f.asksHold(a, w.Call)
	case core.Resume:
		return f.asksResume(a, w.Call)
	case core.MuteMic:
		return f.asksMute(a, w.Call, true)
	case core.UnmuteMic:
		return f.asksMute(a, w.Call, false)
	case core.Hangup:
		return f.asksHangup(a, w.Call)
	case core.Keys:
		return f.asksKeys(a, w.Call, w.Digits)
	case core.Take:
		return f.asksTake(a, w)
	case core.Assign:
		return f.asksAssign(a, w)
	case core.SetActivityOf:
		return f.asksActivityOf(a, w)
	case core.ReturnOf:
		return f.asksReturnOf(a, w.Agent)
	case core.PlaceCall:
		return f.asksPlace(a, w)
	case core.Transfer:
		return f.asksTransfer(a, w)
	case core.CompleteTransfer:
		return f.asksComplete(a, w.Transfer)
	case core.CancelTransfer:
		return f.asksCancel(a, w.Transfer)
	case core.Merge:
		return f.asksMerge(a, w.Call, w.With)
	case core.MuteParty:
		return f.asksMuteParty(a, w)
	case core.RemoveParty:
		return f.asksRemoveParty(a, w)
	case core.SetTape:
		return f.asksTape(a, w)
	case core.Repair:
		return f.asksRepair(a, w.Call)
	case core.UseStation:
		return f.asksStation(a, w)
	case core.ExtendPost:
		return f.asksExtendPost(a, w.Interaction)
	case core.EndPost:
		return f.asksEndPost(a, w.Interaction)
	case core.Qualify:
		return f.asksQualify(a, w)
	case core.UseProfile:
		return f.asksProfile(a, w.Profile)
	case core.SetStatus:
		return f.asksStatus(a, w.Status)
	case core.SkipWhisper:
		return f.asksSkip(a, w.Call)
	case core.ClaimPop:
		return f.asksClaim(a, w.Pop)
	case core.Press:
		return f.asksPress(a, w)
	}
	return core.Errorf(core.Invalid, "unknown-want", "that cannot be asked for")
}

// startShift opens the agent's day. A page that was reloaded asks again, and
// nothing changes.
func (f *Floor) startShift(a *agent, id core.ActivityID) *core.Error {
	if !f.plan.Can(a.ID, plan.TakeCalls) {
		return core.Errorf(core.Denied, "not-allowed-by-profile", "your profile does not take calls")
	}
	if id == "" {
		id = f.firstActivity()
	}
	if f.plan.Activity(id) == nil {
		return core.FieldErrorf("activity", "no-such-activity", "there is no such activity")
	}
	if a.OnShift {
		a.EndNext = false
		return nil
	}
	a.OnShift, a.Next, a.EndNext = true, "", false
	f.takesUp(a, id)
	a.IdleSince = f.now
	if !a.Page {
		a.PageLeft = f.now
	}
	f.touch(a)
	f.show(a, true)
	return nil
}

// firstActivity is the first that opens queue calls.
func (f *Floor) firstActivity() core.ActivityID {
	for _, act := range f.plan.Doc.Activities {
		if act.Category == plan.Processing {
			return act.ID
		}
	}
	return ""
}

// busy says whether a change must wait until the agent is free.
func (a *agent) busy() bool { return a.Offer != "" || a.Call != "" || a.Post != nil }

// setActivity changes what the agent does now, or when they are free.
func (f *Floor) setActivity(a *agent, id core.ActivityID) *core.Error {
	switch {
	case f.plan.Activity(id) == nil:
		return core.FieldErrorf("activity", "no-such-activity", "there is no such activity")
	case !a.OnShift:
		return core.Errorf(core.Conflict, "not-on-shift", "start your shift first")
	}
	a.EndNext = false
	if a.busy() {
		a.Next = id
		if id == a.Activity {
			a.Next = ""
		}
	} else {
		a.Next = ""
		f.takesUp(a, id)
	}
	f.show(a, true)
	return nil
}

func (f *Floor) asksEndShift(a *agent) *core.Error {
	if a.Offer != "" || a.Call != "" {
		a.EndNext = true
		f.show(a, true)
		return nil
	}
	f.endShift(a)
	return nil
}

// endShift closes the agent's day.
func (f *Floor) endShift(a *agent) {
	a.OnShift, a.EndNext, a.Next = false, false, ""
	for _, p := range a.posts() {
		f.endPost(a, p)
	}
	a.responds()
	a.Fault, a.RestUntil, a.Alarmed = "", 0, false
	f.touch(a)
	f.show(a, true)
}

// applyNext carries out the change that waited until the agent was free: before
// any new claim.
func (f *Floor) applyNext(a *agent) {
	if a.busy() {
		return
	}
	f.nextProfile(a)
	if a.EndNext {
		f.endShift(a)
		return
	}
	if a.Next != "" {
		id := a.Next
		a.Next = ""
		f.takesUp(a, id)
		f.touch(a)
		f.show(a, true)
	}
}

// stationUp: the agent has a line. The newest replaces what was there.
func (f *Floor) stationUp(ev core.StationUp) {
	a := f.agents[ev.Agent]
	if a == nil || f.stationNamed(a, ev.Station) != nil || ev.Kind == core.PhoneStation && a.Phone.Contact != "" {
		return
	}
	s := station{ID: ev.Station, Kind: ev.Kind, Leg: ev.Leg, Contact: ev.Contact, Up: true}
	if ev.Kind == core.BrowserStation {
		delete(f.lines, a.Browser.Leg)
		a.Browser = s
		f.lines[ev.Leg] = a
	} else {
		s.Leg = ""
		a.Phone = s
	}
	f.healthy(a)
	if ev.Kind == core.BrowserStation {
		f.lineBack(a)
	}
	f.show(a, true)
}

// stationGone: the line was closed.
func (f *Floor) stationGone(ev core.StationGone) {
	a := f.agents[ev.Agent]
	if a == nil {
		return
	}
	s := f.stationNamed(a, ev.Station)
	if s == nil {
		return
	}
	line := s.Leg
	delete(f.lines, line)
	inUse := s == a.station()
	s.Up, s.Leg = false, ""
	f.touch(a)
	if line != "" {
		f.lineGone(a, line)
	}
	if inUse && line != "" && f.onScreen(a) {
		f.deviceFault(a, "station_gone")
		a.Fault = "" // the line itself says when it is healthy
	}
	f.show(a, true)
}

// stationNamed finds a station of the agent that is up; nil when there is none.
func (f *Floor) stationNamed(a *agent, id core.StationID) *station {
	for _, s := range []*station{&a.Browser, &a.Phone} {
		if s.ID == id && s.Up {
			return s
		}
	}
	return nil
}

// healthy: the agent's device has given a sign of life.
func (f *Floor) healthy(a *agent) {
	if a.Fault == "" && !a.Frozen {
		f.touch(a)
		return
	}
	a.Fault, a.Frozen = "", false
	f.touch(a)
	f.show(a, true)
}

func (f *Floor) pageCame(ev core.PageCame) {
	a := f.agents[ev.Agent]
	if a == nil || a.Page {
		return
	}
	a.Page, a.PageLeft = true, 0
	a.Sound = "" // a page that comes says so anew
	f.healthy(a)
	f.show(a, true)
}

func (f *Floor) pageGone(ev core.PageGone) {
	a := f.agents[ev.Agent]
	if a == nil || !a.Page {
		return
	}
	a.Page, a.PageLeft = false, f.now
	f.touch(a)
}

func (f *Floor) pageFroze(ev core.PageFroze) {
	a := f.agents[ev.Agent]
	if a == nil || a.Frozen {
		return
	}
	a.Frozen = true
	f.touch(a)
	if f.onScreen(a) {
		f.deviceFault(a, "page_frozen")
	}
	f.show(a, true)
}

func (f *Floor) pageThawed(ev core.PageThawed) {
	a := f.agents[ev.Agent]
	if a == nil {
		return
	}
	f.healthy(a)
}

// soundChecked: the page cannot hear its agent, or be heard by them, or can
// again. A call that rings there goes on to somebody else; one that is talked
// stays, for half a call is better than none.
func (f *Floor) soundChecked(ev core.SoundChecked) {
	a := f.agents[ev.Agent]
	if a == nil || a.Sound == ev.Fault {
		return
	}
	a.Sound = ev.Fault
	f.touch(a)
	if a.Sound != "" && f.onScreen(a) {
		f.deviceFault(a, a.Sound)
		a.Fault = "" // the page itself says when it is well
	}
	f.show(a, true)
}
