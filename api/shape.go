package api

import (
	"encoding/json"
	"math"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

// A view is the JSON of something. Fields are in snake case, absent things are
// null, lists are never null, and the name without "View" is its name in the
// OpenAPI text.

// stamp is an instant in JSON: RFC 3339, UTC, milliseconds.
type stamp core.Time

const stampLayout = "2006-01-02T15:04:05.000Z"

func (s stamp) MarshalJSON() ([]byte, error) {
	return json.Marshal(core.Time(s).Std().Format(stampLayout))
}

// Schema documents a stamp.
func (stamp) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Examples: []any{"2026-11-22T10:14:12.250Z"}}
}

// never gives null for the zero instant.
func never(t core.Time) *stamp {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}

// absent gives null for an empty text.
func absent[S ~string](s S) *string {
	if s == "" {
		return nil
	}
	t := string(s)
	return &t
}

// seconds is a length of time in seconds, exact to the millisecond.
func seconds(d time.Duration) float64 { return math.Round(float64(d)/1e6) / 1e3 }

// list is one page of a list, newest first where it has an order in time.
type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" doc:"Give it as after for the next page; null at the end"`
}

// views makes a list's views; the result is never nil.
func views[T, V any](items []T, view func(T) V) []V {
	out := make([]V, 0, len(items))
	for _, it := range items {
		out = append(out, view(it))
	}
	return out
}

// answer is a response with a body.
type answer[T any] struct{ Body T }

// nothing is a request without input, and a response without a body.
type nothing struct{}

// PageInput are the query parameters of every list. It is exported because huma
// looks into no other embedded struct.
type PageInput struct {
	After string `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// CallerView is who is at the other end, spread into the view that has it. It
// is exported because huma looks into no other embedded struct.
type CallerView struct {
	From        string `json:"from" doc:"E.164 or an extension; empty when withheld" example:"+33612345678"`
	FromDisplay string `json:"from_display" doc:"The number, spaced for people" example:"+33 6 12 34 56 78"`
	FromName    string `json:"from_name" doc:"The display name that signalling gave, may be empty"`
	Anonymous   bool   `json:"anonymous" doc:"The caller withholds the number"`
}

func viewCaller(p core.Party) CallerView {
	return CallerView{From: p.Number, FromDisplay: Display(p.Number), FromName: p.Name, Anonymous: p.Anonymous}
}
