package talk

import (
	"math"
	"sync"
	"testing"
	"time"
)

// A scene is what happens to a call whose recording is looked at. Each mark in it
// is a moment at which the two who talk are silent together.
type scene struct {
	*team
	t      *testing.T
	caller *line
	call   deskCall
	marks  []mark
}

type mark struct {
	at    time.Time
	agent *voice
}

// mark has the caller and who talks with them be silent for a moment.
func (s *scene) mark(agent *voice) {
	s.t.Helper()
	s.talk(s.t, &s.caller.voice, agent)
	<-time.After(300 * time.Millisecond) // the silence before they were heard is not this one
	const long = 240 * time.Millisecond
	who := []*voice{&s.caller.voice, agent}
	s.marks = append(s.marks, mark{time.Now(), agent})
	s.h.beat.quiet(true, who...)
	<-time.After(long)
	s.h.beat.quiet(false, who...)
	s.talk(s.t, who...)
}

// The scenes, each from the first word to the last.
var scenes = map[string]func(*scene){
	"a pause": func(s *scene) {
		s.agent.post(s.t, "/calls/"+s.call.ID+"/recording/pause")
		s.agent.await(s.t, "sees the pause", func(d desk) bool { return len(d.Calls) == 1 && d.Calls[0].Recording.State == "paused" })
		s.talk(s.t, &s.caller.voice, &s.agent.voice)
		<-time.After(700 * time.Millisecond)
		s.agent.post(s.t, "/calls/"+s.call.ID+"/recording/resume")
		s.agent.await(s.t, "sees it go on", func(d desk) bool { return len(d.Calls) == 1 && d.Calls[0].Recording.State == "rolling" })
		s.mark(&s.agent.voice)
	},
	"holds": func(s *scene) {
		for range 3 {
			s.agent.post(s.t, "/calls/"+s.call.ID+"/hold")
			s.music(s.t, &s.caller.voice)
			s.agent.post(s.t, "/calls/"+s.call.ID+"/resume")
			s.mark(&s.agent.voice)
		}
	},
	"a reload": func(s *scene) {
		s.agent.reload(s.t)
		s.caller.ear.forget()
		s.agent.await(s.t, "has the line again", func(d desk) bool { return d.Agent.StationUp && len(d.Calls) == 1 && d.Calls[0].State == "talking" })
		s.mark(&s.agent.voice)
	},
	"a blind transfer": func(s *scene) {
		s.agent.transfer(s.t, s.call.ID, "blind", map[string]string{"user": s.colleague.user})
		s.mark(&s.colleague.voice)
	},
	"a transfer into a queue": func(s *scene) {
		s.agent.transfer(s.t, s.call.ID, "blind", map[string]string{"queue": s.otherQueue()})
		s.mark(&s.colleague.voice)
	},
	// The recording is not resumed after an attended transfer that failed, or
	// stops at the transfer: https://github.com/mikopbx/Core/issues/1125,
	// https://github.com/IssabelFoundation/issabel/issues/47.
	"an attended transfer that fails": func(s *scene) {
		s.phone.will("busy")
		s.agent.transfer(s.t, s.call.ID, "attended", map[string]string{"user": "usr_p" + s.otherQueue()[5:]})
		s.phone.rung(s.t)
		s.agent.await(s.t, "sees the transfer fail", func(d desk) bool {
			return len(d.Calls) == 1 && d.Calls[0].Transferring != nil && d.Calls[0].Transferring.State == "failed"
		})
		s.agent.post(s.t, "/calls/"+s.call.ID+"/resume")
		s.mark(&s.agent.voice)
	},
	"a blind transfer that comes back": func(s *scene) {
		s.colleague.will("decline")
		s.agent.transfer(s.t, s.call.ID, "blind", map[string]string{"user": s.colleague.user})
		s.agent.await(s.t, "has the caller back", func(d desk) bool {
			return len(d.Calls) == 1 && d.Calls[0].Transfer != nil && d.Calls[0].Transfer.Returned && d.Calls[0].State == "talking"
		})
		s.mark(&s.agent.voice)
	},
	"an attended transfer": func(s *scene) {
		x := s.agent.transfer(s.t, s.call.ID, "attended", map[string]string{"user": s.colleague.user})
		s.talk(s.t, &s.agent.voice, &s.colleague.voice)
		s.agent.post(s.t, "/transfers/"+x.ID+"/complete")
		s.mark(&s.colleague.voice)
	},
	"a conference": func(s *scene) {
		x := s.agent.transfer(s.t, s.call.ID, "attended", map[string]string{"user": s.colleague.user})
		s.talk(s.t, &s.agent.voice, &s.colleague.voice)
		s.agent.post(s.t, "/calls/"+x.Consult+"/merge")
		s.talk(s.t, &s.caller.voice, &s.agent.voice, &s.colleague.voice)
		s.agent.hangUp(s.t, s.call.ID)
		s.mark(&s.colleague.voice)
	},
}

// TestRecordings: whatever happens to a call of a queue that records, every
// second that the caller and an agent talk is in its one recording, the caller on
// the left and the agent on the right, both within 20 ms of each other; what is
// paused, on hold or said between colleagues is exact silence.
//
// Recordings that are split, stop at a transfer or belong to no call:
// https://github.com/mikopbx/Core/issues/1100, https://github.com/mikopbx/Core/issues/741,
// https://github.com/mikopbx/Core/issues/307, https://github.com/asterisk/asterisk/issues/507,
// https://github.com/signalwire/freeswitch/issues/1319.
func TestRecordings(t *testing.T) {
	t.Parallel()
	h := open(t, len(scenes))
	var all sync.WaitGroup
	n := 0
	for name, play := range scenes {
		m := h.teams[n]
		n++
		all.Go(func() {
			t.Run(name, func(t *testing.T) {
				s := &scene{team: m, t: t}
				s.colleague.will("answer")
				s.caller, s.call = s.begin(t)
				s.mark(&s.agent.voice)
				play(s)
				s.caller.hangUp(t)
				m.agent.idle(t)
				m.colleague.idle(t)
				s.check(h.record(t, s.call.Interaction), h.tape(t, s.call.Interaction))
			})
		})
	}
	all.Wait()
	h.still(t)
}

// check compares the recording with what happened.
func (s *scene) check(r record, p tape) {
	t := s.t
	r.sound(t)
	for _, x := range p.Segments {
		if x.Kind == "talk" || x.Kind == "conference" {
			continue
		}
		const edge = 0.003 // the offsets are told in milliseconds
		if n := p.sounding(x.From+edge, x.Until-edge); n > 0 {
			t.Errorf("%d samples are not zero in what is %s, from %.3f to %.3f s", n, x.Kind, x.From, x.Until)
		}
	}
	for _, x := range s.marks {
		near := p.at(x.at)
		lOff, lOn := p.edges(p.left, near)
		rOff, rOn := p.edges(p.right, near)
		if off, on := math.Abs(lOff-rOff), math.Abs(lOn-rOn); !(off <= 0.02 && on <= 0.02) {
			t.Errorf("both were silent at %.3f s; in the recording the caller was from %.3f to %.3f s and %s from %.3f to %.3f s",
				near, lOff, lOn, x.agent.name, rOff, rOn)
		}
		if !(math.Abs(lOff-near) < 0.15) {
			t.Errorf("what was at %.3f s stands at %.3f s", near, lOff)
		}
	}
	all := s.voices()
	caller := all[4]
	for _, x := range r.Talks {
		if x.Role != "owner" || x.Agent == "" {
			continue
		}
		agent := all[0]
		if x.Agent == s.colleague.user {
			agent = all[1]
		}
		s.talked(p, caller, agent, x)
	}
}

// talked checks what is recorded of one agent's time with the caller.
func (s *scene) talked(p tape, caller, agent *voice, x part) {
	t := s.t
	const margin = 0.25 // sound begins after the record does
	from, till := p.at(x.Began)+margin, p.at(x.Ended)-margin
	quiet := x.Held
	for _, g := range p.Segments {
		if g.Kind == "paused" {
			quiet += g.Until - g.From
		}
		lo, hi := max(from, g.From+margin), min(till, g.Until-margin)
		if g.Kind != "talk" || hi-lo < 0.3 {
			continue
		}
		l, r := p.hears(p.left, caller, lo, hi), p.hears(p.right, agent, lo, hi)
		missing := 0.0
		for _, k := range s.marks {
			if at := p.at(k.at); at > lo-0.3 && at < hi {
				missing += 0.5 // tenths that are partly silent
			}
		}
		if least := 1 - missing/(hi-lo); l < least-0.1 || r < least-0.1 {
			t.Errorf("from %.2f to %.2f s the caller is heard for %.2f of the time, %s for %.2f, of %.2f", lo, hi, l, agent.name, r, least)
		}
	}
	if talk, kept := x.Ended.Sub(x.Began).Seconds(), s.kept(p, x); kept < talk-quiet-0.5 {
		t.Errorf("%s talked for %.2f s, %.2f s of it on hold or paused, and %.2f s are recorded: %+v", x.Agent, talk, quiet, kept, p.Segments)
	}
}

// kept is how much of somebody's time is recorded, by the segments.
func (s *scene) kept(p tape, x part) (sum float64) {
	for _, g := range p.Segments {
		if g.Kind == "talk" || g.Kind == "conference" {
			sum += max(0, min(g.Until, p.at(x.Ended))-max(g.From, p.at(x.Began)))
		}
	}
	return sum
}
