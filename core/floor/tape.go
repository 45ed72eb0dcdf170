package floor

import (
	"slices"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// tape is the recording of a call: one timeline, however often it changes hands.
type tape struct {
	core.Recording
	State   core.TapeState
	Rule    string // automatic, manual
	Wanted  bool   // rolls whenever somebody talks
	Paused  bool   // by the agent, for what must not be kept
	Resumes core.Time
	Writing bool
	Saying  core.PlayID // the announcement that comes before the first word
	Kind    string      // of the segment that is open
	By      core.UserID
}

// pauseTime is how long a pause lasts before the recording goes on by itself.
const pauseTime = 120 * time.Second

// record is what is kept of it.
func (t *tape) record(now core.Time) *core.Recording {
	if t == nil {
		return nil
	}
	r := t.Recording
	r.Segments = slices.Clone(r.Segments)
	if n := len(r.Segments); n > 0 && r.Segments[n-1].Until == 0 {
		r.Segments[n-1].Until = now
	}
	return &r
}

// mayTape says whether, and else why not, the agent may work the recording: the
// right is the profile's and the queue's; of a direct call the profile's alone.
func (f *Floor) mayTape(c *call, a *agent) string {
	if !f.plan.Can(a.ID, plan.RecordCall) {
		return "not-by-profile"
	}
	if q := f.queueSet(c.Record.Queue); q != nil && c.Record.Mode == "smart" {
		switch q.Recording {
		case "manual":
		case "automatic":
			return "automatic"
		default:
			return "not-on-this-queue"
		}
	}
	return ""
}

// tapeAnswered follows the rule of the queue whose call an agent has just got.
func (f *Floor) tapeAnswered(c *call) {
	t := c.Talk
	if t == nil || t.Agent == "" || c.For != "" || c.refusesTape() {
		f.tapeFollows(c)
		return
	}
	if q := f.queueSet(t.Rules); q != nil {
		switch {
		case q.Recording == "automatic":
			f.wantTape(c, "automatic", "")
		case q.Recording != "manual" && c.Tape != nil && t.Queue != "":
			c.Tape.Wanted = false // the new queue keeps no recordings
		}
	}
	f.tapeFollows(c)
}

func (f *Floor) wantTape(c *call, rule string, by core.UserID) {
	if c.Tape == nil {
		c.Tape = &tape{}
		c.Tape.ID = core.RecordID("rec_" + string(c.Record.ID[4:]))
	}
	c.Tape.Wanted, c.Tape.Rule, c.Tape.By = true, rule, by
}

// tapeFollows has the recording roll while people talk, and only then.
func (f *Floor) tapeFollows(c *call) {
	t := c.Tape
	if t == nil {
		return
	}
	switch {
	case t.Failed != "" || !c.conversing():
		f.rollTape(c, core.TapeStopped)
	case t.Paused:
		f.rollTape(c, core.TapePaused)
	case !t.Wanted || f.voices(c) < 2:
		f.rollTape(c, core.TapeStopped)
	case !f.announced(c):
		return
	default:
		f.rollTape(c, core.TapeRolling)
	}
	f.tapeSegment(c)
}

// refusesTape: the caller has said in their Smart Routing that they do not want
// to be recorded: it has set the variable "record" to "no".
func (c *call) refusesTape() bool {
	return slices.ContainsFunc(c.Run.Vars, func(v core.Var) bool { return v.Name == "record" && v.Value == "no" })
}

// announced makes sure that who called has been told before anything is kept.
// The announcement takes them out of the room for as long as it lasts.
func (f *Floor) announced(c *call) bool {
	consent := f.plan.Doc.Company.Consent
	l := c.entry(c.Leg)
	if consent == "" || c.Told || c.Own != nil || c.Gone || l == nil {
		return true
	}
	if c.Tape.Saying == "" && c.Stage == talking {
		c.Tape.Saying = core.PlayID(f.id("ply_"))
		f.do(core.Play{Leg: c.Leg, Play: c.Tape.Saying, Sounds: []core.SoundID{consent}})
		l.At = "told"
	}
	return false
}

// told: the announcement has ended; now the recording may begin.
func (f *Floor) told(c *call) {
	c.Told, c.Tape.Saying = true, ""
	f.seat(c)
	f.tapeFollows(c)
	f.showCall(c, true)
}

// voices is how many are in the conversation now.
func (f *Floor) voices(c *call) int {
	n := 0
	for _, t := range c.parts() {
		if t.here() {
			n++
		}
	}
	if c.Own == nil && !c.Gone {
		n++
	}
	return n
}

// rollTape orders another state.
func (f *Floor) rollTape(c *call, s core.TapeState) {
	t := c.Tape
	if t == nil || t.State == s || t.State == core.TapeClosed || t.State == "" && s != core.TapeRolling {
		return
	}
	if t.Began == 0 {
		t.Began = f.now
	}
	t.State = s
	if s != core.TapeRolling {
		t.Writing = false
	}
	f.do(core.Tape{Tape: t.ID, Call: c.ID, Interaction: c.Record.ID, Queue: c.Record.Queue, Room: c.room(), State: s})
	f.tapeSegment(c)
}

// tapeSegment opens a segment when another kind of stretch begins.
func (f *Floor) tapeSegment(c *call) {
	t := c.Tape
	if t.Began == 0 || t.State == core.TapeClosed {
		return
	}
	kind := "stopped"
	switch {
	case t.Failed != "":
		kind = "failed"
	case t.State == core.TapePaused:
		kind = "paused"
	case t.State == core.TapeRolling && f.voices(c) > 2:
		kind = "conference"
	case t.State == core.TapeRolling:
		kind = "talk"
	case t.Wanted && c.conversing():
		kind = "hold"
	case t.Wanted:
		kind = "away"
	}
	if kind == t.Kind {
		return
	}
	f.endSegment(t)
	t.Kind = kind
	t.Segments = append(t.Segments, core.Segment{Kind: kind, Rule: t.Rule, By: t.By, From: f.now})
}

func (f *Floor) endSegment(t *tape) {
	if n := len(t.Segments); n > 0 && t.Segments[n-1].Until == 0 {
		t.Segments[n-1].Until = f.now
	}
}

// closeTape ends the timeline with the call.
func (f *Floor) closeTape(c *call) {
	t := c.Tape
	if t == nil || t.State == core.TapeClosed || t.State == "" {
		return
	}
	f.rollTape(c, core.TapeClosed)
	f.endSegment(t)
	t.Ended, t.Resumes = f.now, 0
}

// asksTape starts, pauses or stops the recording.
func (f *Floor) asksTape(a *agent, w core.SetTape) *core.Error {
	c, p, err := f.mine(a, w.Call)
	if err != nil {
		return err
	}
	why := f.mayTape(c, a)
	pausing := w.State == core.TapePaused || w.State == core.TapeRolling && c.Tape != nil && c.Tape.Paused
	switch {
	case w.State == core.TapeRolling && c.refusesTape():
		return core.Errorf(core.Denied, "recording-refused", "the caller does not want to be recorded")
	case why == "not-by-profile":
		return core.Errorf(core.Denied, "recording-not-allowed", "your profile does not let you record calls")
	case why == "automatic" && pausing:
		// The card number of the caller of an automatic queue is nobody's business.
	case why != "":
		return core.Errorf(core.Denied, "recording-not-allowed", "this queue's calls are not recorded by hand")
	case !c.conversing() || p != c.Talk && p != c.Own:
		return core.Errorf(core.Conflict, "not-talking", "the call cannot be recorded now")
	}
	t := c.Tape
	switch w.State {
	case core.TapeRolling:
		if t != nil && t.Failed != "" {
			return core.Errorf(core.Conflict, "recording-failed", "the disk does not take the recording")
		}
		if !pausing {
			f.wantTape(c, "manual", a.ID)
		}
		c.Tape.Paused, c.Tape.Resumes = false, 0
	case core.TapePaused:
		if t == nil || !t.Wanted {
			return core.Errorf(core.Conflict, "not-recording", "the call is not recorded")
		}
		t.Paused, t.Resumes = true, f.now.Add(pauseTime)
	case core.TapeStopped:
		if t != nil {
			t.Wanted, t.Paused, t.Resumes = false, false, 0
		}
	case core.TapeClosed:
		return core.FieldErrorf("state", "not-a-choice", "a recording is started, paused or stopped")
	}
	f.tapeFollows(c)
	f.touch(c)
	f.showCall(c, true)
	return nil
}

// tapeMet: a pause has lasted long enough.
func (f *Floor) tapeMet(c *call) {
	if t := c.Tape; t != nil && t.Resumes != 0 && t.Resumes <= f.now {
		t.Paused, t.Resumes = false, 0
		f.tapeFollows(c)
		f.showCall(c, true)
	}
}

// tapeRolled: bytes are written, or not any more: the button blinks only then.
func (f *Floor) tapeRolled(ev core.TapeRolled) {
	if c := f.calls[ev.Call]; c != nil && c.Tape != nil && c.Tape.ID == ev.Tape {
		c.Tape.Writing = ev.On && c.Tape.State == core.TapeRolling
		f.showCall(c, true)
	}
}

// tapeFailed: the disk does not take the recording. The call goes on, and the
// agent is told.
func (f *Floor) tapeFailed(ev core.TapeFailed) {
	c := f.calls[ev.Call]
	if c == nil || c.Tape == nil || c.Tape.ID != ev.Tape || c.Tape.Failed != "" {
		return
	}
	c.Tape.Failed, c.Tape.Writing = ev.Why, false
	f.do(core.Note{Fact: core.Notice{Kind: "recording_failed", Agent: c.agentOf(), Call: c.ID, What: ev.Why, At: f.now}})
	f.tapeFollows(c)
	f.touch(c)
	f.showCall(c, true)
}

// tapeKept: a recording is ready to be listened to, perhaps long after the call.
func (f *Floor) tapeKept(ev core.TapeKept) {
	f.do(core.Note{Fact: core.RecordingKept{
		ID: ev.Tape, Interaction: ev.Interaction, Queue: ev.Queue, At: f.now, Length: ev.Length, File: ev.File, Rate: ev.Rate, Tracks: ev.Tracks,
	}})
}

// deskTape is what the recording button shows.
func (f *Floor) deskTape(c *call, a *agent, p *talk) core.DeskRecording {
	d := core.DeskRecording{State: "none", WhyNot: f.mayTape(c, a)}
	if t := c.Tape; t != nil && t.State != "" {
		d.ID, d.State, d.Rule, d.Since, d.Resumes, d.Writing = t.ID, string(t.State), t.Rule, t.Began, t.Resumes, t.Writing
		if t.Failed != "" {
			d.State, d.Why = "failed", t.Failed
		}
	}
	if !c.conversing() || p != c.Talk && p != c.Own {
		d.WhyNot = "not-now"
		return d
	}
	rolls := c.Tape != nil && c.Tape.Wanted && c.Tape.Failed == ""
	d.MayPause = rolls && (d.WhyNot == "" || d.WhyNot == "automatic")
	d.MayStart = d.WhyNot == "" && !rolls && (c.Tape == nil || c.Tape.Failed == "")
	d.MayStop = d.WhyNot == "" && rolls
	return d
}
