package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"belfry/core"
)

// Recordings are what is kept of conversations, newest first.
type Recordings interface {
	// List returns one page and the cursor of the next, empty at the end.
	List(ctx context.Context, f RecordingFilter) ([]Recording, string, error)
	// Find finds one that may be seen; kind Missing when there is none.
	Find(ctx context.Context, seen Scope, id core.RecordID) (*Recording, error)
	// Of finds those of some calls.
	Of(ctx context.Context, calls []core.InteractionID) (map[core.InteractionID][]Recording, error)
}

// Custody is what becomes of recordings.
type Custody interface {
	// Played writes down that somebody is about to listen.
	Played(ctx context.Context, p Play) error
	// Plays are those who listened, newest first.
	Plays(ctx context.Context, id core.RecordID, after string, limit int) ([]Play, string, error)
	// Hold puts a recording under legal hold or takes it from there.
	Hold(ctx context.Context, id core.RecordID, on bool, by core.UserID, at core.Time) error
	// Delete deletes one for good; a Conflict under legal hold.
	Delete(ctx context.Context, id core.RecordID, by core.UserID, at core.Time) error
	Comments
	Links
}

// Recording is one of them and what became of it.
type Recording struct {
	core.RecordingKept
	HeldAt     core.Time // under legal hold since then; zero: it is not
	HeldBy     core.UserID
	DeletedAt  core.Time   // zero: it is there
	DeletedBy  core.UserID // empty: the rule
	DeletedWhy string
	SHA256     string // of what was deleted
}

// RecordingFilter says which recordings are asked for. A zero field asks for all.
type RecordingFilter struct {
	Seen   Scope // an agent sees those that they talked in
	Queue  core.QueueID
	Agent  core.UserID // talked in it
	Held   bool
	Since  core.Time
	Before core.Time
	After  string // the cursor
	Limit  int    // 1–200
}

// Play is one time that somebody listened.
type Play struct {
	N         int64
	Recording core.RecordID
	At        core.Time
	User      core.UserID // or a link's name behind "link:"
	Address   string
	Part      string // Range as it was asked for; empty: all
}

type recordingsInput struct {
	PageInput
	Queue  string    `query:"queue" maxLength:"80"`
	Agent  string    `query:"agent" maxLength:"80" doc:"Who talked: a user's id, or me"`
	Held   bool      `query:"held" doc:"Only those under legal hold"`
	Since  time.Time `query:"since" doc:"Ready to be listened to at or after"`
	Before time.Time `query:"before" doc:"Ready before"`
}

// RecordingInput is a recording's address; exported for huma to find it embedded.
type RecordingInput struct {
	ID string `path:"id" maxLength:"80" example:"rec_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

type listenInput struct {
	RecordingInput
	Download bool   `query:"download" doc:"As a file to be kept"`
	Range    string `header:"Range"`
}

type holdInput struct {
	RecordingInput
	Body struct {
		Hold bool `json:"hold"`
	} `nameHint:"RecordingHold"`
}

type playsInput struct {
	RecordingInput
	PageInput
}

const recordingsPath = "/api/v1/recordings"

func (a *API) routesOfRecordings() {
	const tag, one = "Recordings", recordingsPath + "/{id}"
	route(a, huma.Operation{
		OperationID: "recordings", Method: http.MethodGet, Path: recordingsPath, Tags: []string{tag},
		Summary:     "Recordings of conversations, newest first",
		Description: "An agent sees those that they talked in; a supervisor those of the supervised queues; an administrator all. Those that were deleted stay in the list.",
	}, a.listRecordings)
	route(a, huma.Operation{
		OperationID: "recording", Method: http.MethodGet, Path: one, Tags: []string{tag},
		Summary: "One recording, with its segments and parties", Description: "The offsets are in seconds from its beginning.",
	}, func(ctx context.Context, s *seat, in *RecordingInput) (*answer[recordingWholeView], error) {
		return a.recording(ctx, s, in.ID)
	})
	a.routesOfListening(tag, one)
	a.routesOfComments(tag, one)
	a.routesOfLinks(tag, one)
	route(a, huma.Operation{
		OperationID: "recordingPlays", Method: http.MethodGet, Path: one + "/plays", Tags: []string{tag},
		Summary: "Who listened to a recording, newest first",
	}, func(ctx context.Context, s *seat, in *playsInput) (*answer[list[playView]], error) {
		if _, err := a.o.Recordings.Find(ctx, s.scope(), core.RecordID(in.ID)); err != nil {
			return nil, err
		}
		items, next, err := a.o.Custody.Plays(ctx, core.RecordID(in.ID), in.After, in.Limit)
		if err != nil {
			return nil, err
		}
		return &answer[list[playView]]{list[playView]{views(items, names{s.plan}.play), absent(next)}}, nil
	})
	route(a, huma.Operation{
		OperationID: "holdRecording", Method: http.MethodPut, Path: one + "/hold", Tags: []string{tag},
		Summary: "Put a recording under legal hold, or take it from there", Description: "Under legal hold nothing deletes it, neither a rule nor a person.",
	}, func(ctx context.Context, s *seat, in *holdInput) (*answer[recordingWholeView], error) {
		if err := a.o.Custody.Hold(ctx, core.RecordID(in.ID), in.Body.Hold, s.user.ID, a.at()); err != nil {
			return nil, err
		}
		a.log.InfoContext(ctx, "legal hold", "recording", in.ID, "on", in.Body.Hold, "by", s.user.ID)
		return a.recording(ctx, s, in.ID)
	})
	route(a, huma.Operation{
		OperationID: "deleteRecording", Method: http.MethodDelete, Path: one, Tags: []string{tag},
		Summary: "Delete a recording for good", Description: "That it was there, and who deleted it, stays known. Refused under legal hold.",
	}, func(ctx context.Context, s *seat, in *RecordingInput) (*nothing, error) {
		if err := a.o.Custody.Delete(ctx, core.RecordID(in.ID), s.user.ID, a.at()); err != nil {
			return nil, err
		}
		a.log.InfoContext(ctx, "recording deleted", "recording", in.ID, "by", s.user.ID)
		return nil, nil //nolint:nilnil // huma: no body
	})
}

func (a *API) listRecordings(ctx context.Context, s *seat, in *recordingsInput) (*answer[list[recordingRowView]], error) {
	f := RecordingFilter{
		Seen: s.scope(), Queue: core.QueueID(in.Queue), Agent: core.UserID(in.Agent), Held: in.Held, After: in.After, Limit: in.Limit,
	}
	if in.Agent == "me" {
		f.Agent = s.user.ID
	}
	if !in.Since.IsZero() {
		f.Since = core.At(in.Since)
	}
	if !in.Before.IsZero() {
		f.Before = core.At(in.Before)
	}
	items, next, err := a.o.Recordings.List(ctx, f)
	if err != nil {
		return nil, err
	}
	rows := make([]recordingRowView, len(items))
	for n := range items {
		i, err := a.callOf(ctx, &items[n])
		if err != nil {
			return nil, err
		}
		rows[n] = names{s.plan}.recording(&items[n], i)
	}
	return &answer[list[recordingRowView]]{list[recordingRowView]{rows, absent(next)}}, nil
}

// recording shows one whole.
func (a *API) recording(ctx context.Context, s *seat, id string) (*answer[recordingWholeView], error) {
	r, err := a.o.Recordings.Find(ctx, s.scope(), core.RecordID(id))
	if err != nil {
		return nil, err
	}
	i, err := a.callOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return &answer[recordingWholeView]{names{s.plan}.wholeRecording(r, i, a.aboutTape(r))}, nil
}

// callOf is the record of the recording's call; nil while it is not kept yet.
func (a *API) callOf(ctx context.Context, r *Recording) (*core.Interaction, error) {
	i, err := a.o.Records.Interaction(ctx, r.Interaction)
	if err != nil && core.KindOf(err) == core.Missing {
		return nil, nil //nolint:nilnil,nilerr // it comes when its last leg has gone
	}
	return i, err
}

// routesOfListening are the sound itself and its picture.
func (a *API) routesOfListening(tag, one string) {
	wav := map[string]*huma.MediaType{"audio/wav": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
	route(a, huma.Operation{
		OperationID: "recordingAudio", Method: http.MethodGet, Path: one + "/audio", Tags: []string{tag},
		Summary:     "Listen to a recording",
		Description: "Stereo: left the customer, right the agent. Range is honoured. Each request is written down before the first byte leaves: see plays.",
		Responses:   map[string]*huma.Response{"200": {Description: "The recording", Content: wav}, "206": {Description: "A part of it", Content: wav}},
	}, func(ctx context.Context, s *seat, in *listenInput) (*stream, error) {
		r, err := a.present(ctx, s, in.ID)
		if err != nil {
			return nil, err
		}
		return &stream{func(hc huma.Context) {
			req, w := humago.Unwrap(hc)
			a.play(w, req, r, s.user.ID, in.Download)
		}}, nil
	})
	route(a, huma.Operation{
		OperationID: "recordingPeaks", Method: http.MethodGet, Path: one + "/peaks", Tags: []string{tag},
		Summary: "What a player draws", Description: "For each point the lowest and the highest sample of its share of the length, from -128 to 127.",
	}, a.peaks)
}

// play sends the sound, or the part of it that is asked for, once it is written
// down who listens.
func (a *API) play(w http.ResponseWriter, req *http.Request, r *Recording, by core.UserID, download bool) {
	ctx := req.Context()
	i, err := a.callOf(ctx, r)
	if err != nil {
		a.refuse(w, a.problemOf(ctx, err))
		return
	}
	f, err := a.open(r.File)
	if err != nil {
		a.log.ErrorContext(ctx, "recording cannot be read", "recording", r.ID, "error", err)
		a.refuse(w, a.problemOf(ctx, core.Errorf(core.Missing, "no-audio", "The file of this recording cannot be read.")))
		return
	}
	err = a.o.Custody.Played(ctx, Play{Recording: r.ID, At: a.at(), User: by, Address: a.from(req).String(), Part: req.Header.Get("Range")})
	if err != nil { // who listens is known, or nobody does
		_ = f.File.Close()
		a.refuse(w, a.problemOf(ctx, err))
		return
	}
	sendAudio(w, req, f, names{a.o.Plan()}.fileName(r, i), download)
}

// present finds a recording that is there and that the seat may listen to.
func (a *API) present(ctx context.Context, s *seat, id string) (*Recording, error) {
	r, err := a.o.Recordings.Find(ctx, s.scope(), core.RecordID(id))
	if err == nil && !r.DeletedAt.IsZero() {
		err = core.Errorf(core.Missing, "recording-deleted", "This recording was deleted.")
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}
