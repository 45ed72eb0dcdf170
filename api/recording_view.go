package api

import (
	"slices"
	"strings"
	"time"

	"belfry/core"
)

// recordingView is a recording as its call's record lists it.
type recordingView struct {
	ID     string  `json:"id" example:"rec_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Length float64 `json:"length" doc:"Seconds; 0 until it is ready"`
	State  string  `json:"state" enum:"making,ready,failed,deleted" doc:"It is ready some seconds after the call"`
	Failed *string `json:"failed" doc:"Why a part is missing: disk_full, failed"`
}

type recordingRowView struct {
	ID          string  `json:"id" example:"rec_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Interaction string  `json:"interaction"`
	Queue       *string `json:"queue"`
	QueueName   *string `json:"queue_name"`
	Kept        stamp   `json:"kept" doc:"When it was ready"`
	Length      float64 `json:"length" doc:"Seconds"`
	State       string  `json:"state" enum:"ready,deleted"`
	Held        *stamp  `json:"held" doc:"Under legal hold since then"`
	Audio       string  `json:"audio" doc:"Where to listen"`

	// Of the call; absent until its record is kept, when its last leg has gone.
	Came      *stamp   `json:"came" doc:"When the call came"`
	Direction *string  `json:"direction" enum:"inbound,outbound,internal"`
	With      string   `json:"with" doc:"The number of who talked to us; empty when it is withheld or not known"`
	Display   string   `json:"with_display" doc:"Spaced for people"`
	Name      *string  `json:"name" doc:"Theirs, where they are known"`
	Agents    []string `json:"agents" doc:"Names of those who talked"`
}

// recordingWholeView has everything that is known.
type recordingWholeView struct {
	ID          string            `json:"id" example:"rec_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Interaction string            `json:"interaction"`
	Queue       *string           `json:"queue"`
	QueueName   *string           `json:"queue_name"`
	Began       *stamp            `json:"began" doc:"The beginning of its timeline"`
	Kept        stamp             `json:"kept" doc:"When it was ready"`
	Length      float64           `json:"length" doc:"Seconds"`
	State       string            `json:"state" enum:"ready,deleted"`
	Failed      *string           `json:"failed" doc:"Why a part is missing: disk_full, failed"`
	Rate        int               `json:"rate" doc:"Samples a second"`
	SHA256      *string           `json:"sha256" doc:"Of the WAV file"`
	Audio       string            `json:"audio" doc:"Where to listen"`
	FileName    string            `json:"file_name" doc:"Under which it is downloaded"`
	Segments    []segmentView     `json:"segments"`
	Parties     []partyOnTapeView `json:"parties"`
	Hold        *holdView         `json:"hold" doc:"Null: it is not under legal hold"`
	Deleted     *deletionView     `json:"deleted" doc:"Null: it is there"`
}

type segmentView struct {
	Kind   string  `json:"kind" doc:"talk, conference; and where nothing was kept: hold, paused, stopped, away (nobody in conversation), failed"`
	Rule   *string `json:"rule" doc:"automatic, manual"`
	By     *string `json:"by" doc:"Who asked for it"`
	ByName *string `json:"by_name"`
	From   float64 `json:"from" doc:"Seconds from the beginning"`
	Until  float64 `json:"until"`
}

type partyOnTapeView struct {
	Side   string  `json:"side" enum:"customer,agent" doc:"customer: left, agent: right"`
	Agent  *string `json:"agent"`
	Name   string  `json:"name" doc:"Of the agent or the contact, else the number; empty when it is withheld"`
	Number *string `json:"number"`
	From   float64 `json:"from" doc:"Seconds from the beginning"`
	Until  float64 `json:"until"`
}

type holdView struct {
	Since  stamp  `json:"since"`
	By     string `json:"by"`
	ByName string `json:"by_name"`
}

type deletionView struct {
	At     stamp   `json:"at"`
	By     *string `json:"by" doc:"Null: the queue's rule"`
	ByName *string `json:"by_name"`
	Why    string  `json:"why" doc:"asked, or how long the queue keeps recordings"`
	SHA256 string  `json:"sha256" doc:"Of the WAV file that was deleted"`
}

type playView struct {
	At       stamp   `json:"at"`
	User     *string `json:"user" doc:"Null: somebody who had a link"`
	UserName *string `json:"user_name"`
	Link     *string `json:"link" doc:"The link by which somebody listened"`
	Address  string  `json:"address" doc:"Where the request came from"`
	Part     *string `json:"part" doc:"Range as it was asked for; null: all"`
}

func (n names) play(p Play) playView {
	v := playView{At: stamp(p.At), Address: p.Address, Part: absent(p.Part)}
	if link, shared := strings.CutPrefix(string(p.User), sharedUser); shared {
		v.Link = &link
	} else {
		v.User, v.UserName = absent(p.User), absent(n.user(p.User))
	}
	return v
}

func audioOf(id core.RecordID) string { return recordingsPath + "/" + string(id) + "/audio" }

func stateOf(r *Recording) string {
	if r.DeletedAt.IsZero() {
		return "ready"
	}
	return "deleted"
}

// recording is one row; i is nil while the call's record is not kept yet.
func (n names) recording(r *Recording, i *core.Interaction) recordingRowView {
	v := recordingRowView{
		ID: string(r.ID), Interaction: string(r.Interaction), Queue: absent(r.Queue), QueueName: absent(n.queue(r.Queue)),
		Kept: stamp(r.At), Length: seconds(r.Length), State: stateOf(r), Held: never(r.HeldAt), Audio: audioOf(r.ID), Agents: []string{},
	}
	if i == nil {
		return v
	}
	v.Came, v.Direction, v.Name, v.With = never(i.Came), absent(i.Direction), absent(i.Name), i.From.Number
	if i.Direction == "outbound" {
		v.With = i.To
	}
	v.Display = Display(v.With)
	for _, t := range i.Talks {
		if name := n.user(t.Agent); name != "" && !slices.Contains(v.Agents, name) {
			v.Agents = append(v.Agents, name)
		}
	}
	return v
}

// wholeRecording shows all; i is nil while the call's record is not kept yet.
func (n names) wholeRecording(r *Recording, i *core.Interaction, about aboutTape) recordingWholeView {
	v := recordingWholeView{
		ID: string(r.ID), Interaction: string(r.Interaction), Queue: absent(r.Queue), QueueName: absent(n.queue(r.Queue)),
		Kept: stamp(r.At), Length: seconds(r.Length), State: stateOf(r), Rate: r.Rate, SHA256: absent(about.SHA256),
		Audio: audioOf(r.ID), FileName: n.fileName(r, i), Segments: []segmentView{}, Parties: []partyOnTapeView{},
	}
	if !r.HeldAt.IsZero() {
		v.Hold = &holdView{stamp(r.HeldAt), string(r.HeldBy), n.user(r.HeldBy)}
	}
	if !r.DeletedAt.IsZero() {
		v.Deleted = &deletionView{stamp(r.DeletedAt), absent(r.DeletedBy), absent(n.user(r.DeletedBy)), r.DeletedWhy, r.SHA256}
	}
	if i != nil && i.Recording != nil && i.Recording.ID == r.ID {
		t := i.Recording
		v.Began, v.Failed = never(t.Began), absent(t.Failed)
		v.Segments = views(t.Segments, func(g core.Segment) segmentView {
			return segmentView{g.Kind, absent(g.Rule), absent(g.By), absent(n.user(g.By)), on(t, r, g.From), on(t, r, g.Until)}
		})
		v.Parties = n.partiesOnTape(r, i, &about)
	}
	if len(v.Segments) == 0 {
		v.Segments = about.stretches()
	}
	return v
}

// on is an instant of the call on the recording's timeline. One that has not
// come is its end.
func on(t *core.Recording, r *Recording, at core.Time) float64 {
	if at.IsZero() {
		return seconds(r.Length)
	}
	return seconds(min(max(0, at.Sub(t.Began)), r.Length))
}

func (t *aboutTape) stretches() []segmentView {
	all := []segmentView{}
	for _, s := range t.Segments {
		kind := s.State
		if kind == string(core.TapeRolling) {
			kind = "talk"
		}
		all = append(all, segmentView{
			Kind: kind, From: seconds(time.Duration(s.From) * time.Millisecond), Until: seconds(time.Duration(s.Until) * time.Millisecond),
		})
	}
	return all
}

// partiesOnTape are the caller and all who talked.
func (n names) partiesOnTape(r *Recording, i *core.Interaction, about *aboutTape) []partyOnTapeView {
	caller := partyOnTapeView{Side: string(core.CustomerSide), Name: i.Name, Number: absent(i.From.Number), Until: seconds(r.Length)}
	if i.Direction == "outbound" {
		caller.Number = absent(i.To)
	}
	if caller.Name == "" && caller.Number != nil {
		caller.Name = Display(*caller.Number)
	}
	all := []partyOnTapeView{caller}
	for _, t := range i.Talks {
		p := partyOnTapeView{Agent: absent(t.Agent), Number: absent(t.Number), From: on(i.Recording, r, t.Began), Until: on(i.Recording, r, t.Ended)}
		if t.Agent != "" {
			p.Name, p.Side = n.user(t.Agent), string(about.side(t.Leg, core.AgentSide))
		} else {
			p.Name, p.Side = Display(t.Number), string(about.side(t.Leg, core.CustomerSide))
		}
		if t.Agent == "" && caller.Number != nil && t.Number == *caller.Number {
			continue // who was called, once
		}
		all = append(all, p)
	}
	return all
}

// fileName is under which a recording is downloaded: no name or number of a
// person stands in it.
func (n names) fileName(r *Recording, i *core.Interaction) string {
	at, call := r.At, string(r.ID)
	if i != nil {
		at, call = i.Came, string(i.Call)
		if i.Recording != nil && !i.Recording.Began.IsZero() {
			at = i.Recording.Began
		}
	}
	queue := "direct"
	if r.Queue != "" {
		queue = plainName(n.queue(r.Queue))
	}
	return at.Std().Format("2006-01-02T150405Z") + "_" + queue + "_" + plainName(call) + ".wav"
}

// plainName keeps of a name what every file system and header takes.
func plainName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '-'
	}, s)
	if s = strings.Trim(s, "-"); s == "" {
		return "queue"
	}
	return s
}

// making is how long a recording may take to be ready before it counts as lost;
// one that failed may have nothing to be made of.
const (
	making       = time.Hour
	makingFailed = time.Minute
)

// recordingsOf lists a call's recordings as its record shows them: those that
// are kept, and one that is not yet.
func recordingsOf(i *core.Interaction, kept []Recording, now core.Time) []recordingView {
	all := []recordingView{}
	awaited := i.Recording != nil
	for _, r := range kept {
		v := recordingView{ID: string(r.ID), Length: seconds(r.Length), State: stateOf(&r)}
		if i.Recording != nil && i.Recording.ID == r.ID {
			awaited, v.Failed = false, absent(i.Recording.Failed)
		}
		all = append(all, v)
	}
	if awaited {
		v := recordingView{ID: string(i.Recording.ID), State: "making", Failed: absent(i.Recording.Failed)}
		patience := making
		if v.Failed != nil {
			patience = makingFailed
		}
		if !i.Ended.IsZero() && now.Sub(i.Ended) > patience {
			v.State = "failed"
		}
		all = append(all, v)
	}
	return all
}
