package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// Problem is an error as RFC 9457 has it, with a code that pages translate.
type Problem struct {
	Type    string         `json:"type" format:"uri-reference" doc:"/problems/ and the code: a page about it"`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail" doc:"A sentence for people, in English"`
	Code    string         `json:"code" doc:"A stable slug" example:"call-taken"`
	Errors  []problemField `json:"errors,omitempty" doc:"The inputs at fault"`
	UsedBy  []useView      `json:"used_by,omitempty" doc:"What would point nowhere"`
	TakenBy string         `json:"taken_by,omitempty" doc:"Who was first: call-taken"`
	// Of what was changed meanwhile.
	Current   any     `json:"current,omitempty" doc:"The newer version"`
	ChangedBy *string `json:"changed_by,omitempty" doc:"Who has changed it"`
	ChangedAt *stamp  `json:"changed_at,omitempty"`

	headers http.Header
}

type problemField struct {
	Location string `json:"location" example:"body.activity"`
	Message  string `json:"message"`
	Code     string `json:"code,omitempty" doc:"A stable slug, where there is one"`
}

// useView is a place that names a thing.
type useView struct {
	List  string `json:"list" example:"profiles"`
	ID    string `json:"id"`
	Name  string `json:"name"`
	Field string `json:"field" example:"queues[1]"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are sent with it.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(status int, code, detail string) *Problem {
	return &Problem{
		Type: "/problems/" + code, Title: titleOf(code, status), Status: status, Detail: detail, Code: code,
	}
}

func (p *Problem) with(header, value string) *Problem {
	p.headers = http.Header{header: {value}}
	return p
}

// titleOf is what the table of problems says, or the words of the status.
func titleOf(code string, status int) string {
	if about, ok := problems[code]; ok {
		return about.title
	}
	return http.StatusText(status)
}

// problemOf puts an error into HTTP's words. What is internal goes to the log
// whole and to the caller not at all.
func (a *API) problemOf(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if e, ok := errors.AsType[*core.Error](err); ok && e.Kind != core.Internal {
		p := problem(statusOf(e.Kind), e.Code, sentence(e.Text))
		if e.Kind == core.Busy {
			p = p.with("Retry-After", "1")
		}
		p.TakenBy = e.By
		if e.Field != "" {
			p.Errors = []problemField{{Location: e.Field, Message: e.Text, Code: e.Code}}
		}
		return p
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return problem(http.StatusServiceUnavailable, "too-slow", "It took too long; it may have been done. Look before you try again.").with("Retry-After", "1")
	}
	a.log.ErrorContext(ctx, "request failed", "error", err)
	return problem(http.StatusInternalServerError, "internal", "Something went wrong on our side; the log has it.")
}

func statusOf(k core.Kind) int {
	switch k {
	case core.Invalid:
		return http.StatusUnprocessableEntity
	case core.Missing:
		return http.StatusNotFound
	case core.Denied:
		return http.StatusForbidden
	case core.Conflict:
		return http.StatusConflict
	case core.Busy:
		return http.StatusServiceUnavailable
	case core.Internal:
	}
	return http.StatusInternalServerError
}

// asProblem turns huma's own errors (a body that is no JSON, a field that is
// too long) into Problems. The value that was sent is left out: it may be a
// password.
func asProblem(_ huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	codes := map[int]string{
		http.StatusBadRequest: "unreadable", http.StatusUnprocessableEntity: "invalid",
		http.StatusRequestEntityTooLarge: "too-large", http.StatusUnsupportedMediaType: "wrong-media-type",
		http.StatusNotAcceptable: "not-acceptable", http.StatusRequestTimeout: "too-slow",
	}
	code, ok := codes[e.Status]
	if !ok {
		return problem(e.Status, "internal", "Something went wrong on our side; the log has it."), nil
	}
	p := problem(e.Status, code, sentence(e.Detail))
	for _, d := range e.Errors {
		if d != nil {
			p.Errors = append(p.Errors, problemField{Location: d.Location, Message: d.Message})
		}
	}
	return p, nil
}

func sentence(s string) string {
	if s == "" {
		return "The request is not as it should be."
	}
	if strings.HasSuffix(s, "?") {
		return capital(s)
	}
	return capital(strings.TrimSuffix(s, ".")) + "."
}

// refuse writes a problem where huma is not in charge.
func (a *API) refuse(w http.ResponseWriter, p *Problem) {
	for k, v := range p.headers {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		a.log.Debug("problem not sent", "error", err)
	}
}
