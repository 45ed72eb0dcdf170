package api

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"belfry/core"
	"belfry/core/plan"
)

type voiceView struct {
	ID          string `json:"id" example:"vm_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Interaction string `json:"interaction"`
	Mailbox     string `json:"mailbox"`
	MailboxName string `json:"mailbox_name"`
	CallerView
	Name    *string `json:"name" doc:"The contact's"`
	Left    stamp   `json:"left"`
	Length  float64 `json:"length" doc:"Seconds"`
	Heard   *stamp  `json:"heard" doc:"First listened to; null: new"`
	HeardBy *string `json:"heard_by" doc:"A name"`
	Done    *stamp  `json:"done"`
	DoneBy  *string `json:"done_by"`
	Audio   string  `json:"audio" doc:"Where to listen"`
}

type voiceInput struct {
	ID string `path:"id" maxLength:"80" example:"vm_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
}

// stream is an answer that the route writes itself.
type stream struct{ Body func(huma.Context) }

func (a *API) routesOfVoice() {
	const tag, all = "Voicemail", "/api/v1/voice-messages"
	wav := map[string]*huma.MediaType{"audio/wav": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
	route(a, huma.Operation{
		OperationID: "voiceMessages", Method: http.MethodGet, Path: all, Tags: []string{tag},
		Summary: "Messages that callers left, newest first",
	}, func(ctx context.Context, s *seat, in *PageInput) (*answer[list[voiceView]], error) {
		items, next, err := a.o.Voice.Messages(ctx, in.After, in.Limit)
		if err != nil {
			return nil, err
		}
		view := func(m Message) voiceView { return viewVoice(s.plan, &m) }
		return &answer[list[voiceView]]{list[voiceView]{views(items, view), absent(next)}}, nil
	})
	route(a, huma.Operation{
		OperationID: "voiceMessage", Method: http.MethodGet, Path: all + "/{id}", Tags: []string{tag}, Summary: "One message",
	}, func(ctx context.Context, s *seat, in *voiceInput) (*answer[voiceView], error) {
		return a.message(ctx, s, in.ID)
	})
	route(a, huma.Operation{
		OperationID: "voiceAudio", Method: http.MethodGet, Path: all + "/{id}/audio", Tags: []string{tag},
		Summary: "Listen to a message", Description: "Range is honoured.",
		Responses: map[string]*huma.Response{"200": {Description: "The message", Content: wav}, "206": {Description: "A part of it", Content: wav}},
	}, func(ctx context.Context, _ *seat, in *voiceInput) (*stream, error) {
		m, err := a.o.Voice.Message(ctx, core.RecordID(in.ID))
		if err != nil {
			return nil, err
		}
		f, err := a.open(m.File)
		if err != nil {
			a.log.ErrorContext(ctx, "message cannot be read", "message", in.ID, "error", err)
			return nil, core.Errorf(core.Missing, "no-audio", "The file of this message cannot be read.")
		}
		return &stream{func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			sendAudio(w, r, f, m.Left.Std().Format("2006-01-02T150405Z")+"_"+string(m.ID)+".wav", false)
		}}, nil
	})
	for _, c := range []struct {
		verb, summary string
		mark          func(Voice, context.Context, core.RecordID, core.UserID, core.Time) error
	}{
		{"heard", "Mark a message as listened to", Voice.Heard},
		{"done", "Mark a message as done", Voice.Done},
	} {
		route(a, huma.Operation{
			OperationID: "voice" + capital(c.verb), Method: http.MethodPost, Path: all + "/{id}/" + c.verb, Tags: []string{tag}, Summary: c.summary,
		}, func(ctx context.Context, s *seat, in *voiceInput) (*answer[voiceView], error) {
			if err := c.mark(a.o.Voice, ctx, core.RecordID(in.ID), s.user.ID, a.at()); err != nil {
				return nil, err
			}
			return a.message(ctx, s, in.ID)
		})
	}
}

func (a *API) message(ctx context.Context, s *seat, id string) (*answer[voiceView], error) {
	m, err := a.o.Voice.Message(ctx, core.RecordID(id))
	if err != nil {
		return nil, err
	}
	return &answer[voiceView]{viewVoice(s.plan, m)}, nil
}

func viewVoice(p *plan.Plan, m *Message) voiceView {
	n := names{p}
	v := voiceView{
		ID: string(m.ID), Interaction: string(m.Interaction), Mailbox: string(m.Mailbox), MailboxName: string(m.Mailbox),
		CallerView: viewCaller(m.From), Name: absent(m.Name), Left: stamp(m.Left), Length: seconds(m.Length),
		Heard: never(m.HeardAt), HeardBy: absent(n.user(m.HeardBy)), Done: never(m.DoneAt), DoneBy: absent(n.user(m.DoneBy)),
		Audio: "/api/v1/voice-messages/" + string(m.ID) + "/audio",
	}
	if box := p.Mailbox(m.Mailbox); box != nil {
		v.MailboxName = box.Name
	}
	return v
}

// audioFile is a file that http.ServeContent can serve.
type audioFile struct {
	fs.File
	io.ReadSeeker
	at time.Time
}

// open finds a file of the data folder; nothing outside of it has a valid name.
func (a *API) open(name string) (*audioFile, error) {
	if a.o.Data == nil {
		return nil, fs.ErrNotExist
	}
	f, err := a.o.Data.Open(path.Clean(strings.TrimPrefix(name, "/")))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	rs, seeks := f.(io.ReadSeeker)
	if err == nil && (info.IsDir() || !seeks) {
		err = fs.ErrInvalid
	}
	if err != nil {
		_ = f.Close() // it is the first error that counts
		return nil, err
	}
	return &audioFile{f, rs, info.ModTime()}, nil
}

// sendAudio sends a file, or the part of it that is asked for, and closes it.
func sendAudio(w http.ResponseWriter, r *http.Request, f *audioFile, name string, download bool) {
	defer f.File.Close() //nolint:errcheck // only read
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(5 * time.Minute))
	how := "inline"
	if download {
		how = "attachment"
	}
	w.Header().Set("Content-Type", "audio/wav")
	w.Header().Set("Content-Disposition", how+`; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "private, no-cache")
	http.ServeContent(w, r, name, f.at, f.ReadSeeker)
}
