package test

import (
	"testing"
	"time"

	"belfry/test/browser"
)

// otherHz is the voice of the agent to whom calls are transferred.
const otherHz = 1900

// TestRecordingOverTransfers: whoever has the call, what they and the caller say
// is in one recording, and what is said between colleagues is not.
func TestRecordingOverTransfers(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	cho := p.Agent(t, "cho")
	ann := p.seat(t, browser.Launch(t, browser.Options{Microphone: browser.Tone(t, otherHz, 10), Raw: true}), "ann")
	ann.begin("Login", "Password", "Sign in", "I am available")
	for i, row := range []struct {
		name string
		move func(call string)
		has  []string // segments in which somebody must be heard, in order: by cho, by ann, by both
	}{
		{"blind", func(call string) {
			cho.transfer(call, "blind", nil)
			ann.accept()
			ann.talks()
		}, []string{"cho", "ann"}},
		{"attended", func(call string) {
			var got struct{ ID, Consult string }
			cho.transfer(call, "attended", &got)
			ann.accept()
			ann.talks()
			cho.order("/api/v1/transfers/" + got.ID + "/complete")
			ann.talks()
		}, []string{"cho", "ann"}},
		{"attended, cancelled", func(call string) {
			var got struct{ ID, Consult string }
			cho.transfer(call, "attended", &got)
			ann.accept()
			ann.talks()
			cho.order("/api/v1/transfers/" + got.ID + "/cancel")
			cho.talks()
		}, []string{"cho", "cho"}},
		{"merged", func(call string) {
			var got struct{ ID, Consult string }
			cho.transfer(call, "attended", &got)
			ann.accept()
			ann.talks()
			cho.order("/api/v1/calls/" + call + "/merge")
			cho.talks()
		}, []string{"cho", "both"}},
	} {
		ph := p.Dial("+33100000002")
		cho.accept()
		cho.WaitTone(callerHz)
		cho.talks()
		row.move(cho.desk().Calls[0].ID)
		ph.HangUp()
		cho.free()
		ann.free()
		var x Interaction
		Wait(t, "the call stands in the history", func() bool {
			smart := 0
			for _, one := range p.Login("admin").interactions() {
				if one.Mode == "smart" && one.Ended != "" {
					if smart++; smart == 1 {
						x = one
					}
				}
			}
			return smart == i+1
		})
		r := p.recordingOf(x.ID)
		left, right := p.Login("admin").listen(r.ID)
		kept, heard := 0.0, []string(nil)
		for _, s := range r.Segments {
			from, until := time.Duration(s.From*1e9)+200*time.Millisecond, time.Duration(s.Until*1e9)-200*time.Millisecond
			l, a := left.part(from, until), right.part(from, until)
			if s.Kind != "talk" && s.Kind != "conference" {
				if n := l.loudness(0, len(l.pcm)) + a.loudness(0, len(a.pcm)); n != 0 {
					t.Errorf("%s: there is sound while it is %s", row.name, s.Kind)
				}
				continue
			}
			kept += s.Until - s.From
			if until-from < 500*time.Millisecond {
				continue
			}
			if n := l.most(callerHz); n < 0.7 {
				t.Errorf("%s: the caller is heard for %.2f of %.1f to %.1f s only", row.name, n, s.From, s.Until)
			}
			who := "nobody"
			first, second := a.share(agentHz, 0, a.length()) > 0.1, a.share(otherHz, 0, a.length()) > 0.1
			switch {
			case first && second:
				who = "both"
			case a.most(agentHz) > 0.5:
				who = "cho"
			case a.most(otherHz) > 0.5:
				who = "ann"
			}
			heard = append(heard, who)
			t.Logf("%s: %-10s %5.1f – %5.1f s by %s", row.name, s.Kind, s.From, s.Until, who)
		}
		if len(heard) != len(row.has) {
			t.Errorf("%s: heard by %v, not by %v: %+v", row.name, heard, row.has, r.Segments)
		} else {
			for i, who := range row.has {
				if heard[i] != who {
					t.Errorf("%s: heard by %v, not by %v", row.name, heard, row.has)
				}
			}
		}
		if d := x.Talk - x.Held - kept; d > 1 || d < -1 {
			t.Errorf("%s: %.1f s are kept of %.1f s of talk, %.1f of it on hold", row.name, kept, x.Talk, x.Held)
		}
	}
	p.Sound()
}

// transfer sends the call to Ann.
func (a *Agent) transfer(call, mode string, got any) {
	a.t.Helper()
	body := map[string]any{"mode": mode, "to": map[string]string{"user": "usr_ann"}}
	if s := a.Do("POST", "/api/v1/calls/"+call+"/transfer", body, got); s >= 300 {
		a.t.Fatalf("%s transfer: %d", mode, s)
	}
}

// order says something at the API that must succeed.
func (a *Agent) order(path string) {
	a.t.Helper()
	if s := a.Do("POST", path, nil, nil); s >= 300 {
		a.t.Fatalf("%s: %d", path, s)
	}
}

// accept waits for a call and takes it.
func (a *Agent) accept() {
	a.t.Helper()
	a.WaitPopup()
	a.Click("button", "Accept")
	Wait(a.t, a.login+" talks", func() bool { return a.desk().Agent.State == "talking" })
}

// talks lets the agent talk for a while.
func (a *Agent) talks() { a.Pass(1700 * time.Millisecond) }

// free ends the call that is left to the agent and what comes after it.
func (a *Agent) free() {
	a.t.Helper()
	Wait(a.t, a.login+" is free", func() bool {
		d := a.desk()
		for _, c := range d.Calls {
			a.Do("POST", "/api/v1/calls/"+c.ID+"/hangup", nil, nil)
		}
		if d.Agent.State == "post_interaction" {
			a.Do("POST", "/api/v1/me/post/end", nil, nil)
		}
		return d.Agent.State == "ready" && len(d.Calls) == 0
	})
}
