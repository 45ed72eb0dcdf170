package talk

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// record is a call's, as far as tests look at it.
type record struct {
	ID        string     `json:"id"`
	Direction string     `json:"direction"`
	Outcome   string     `json:"outcome"`
	EndedBy   string     `json:"ended_by"`
	Ended     *time.Time `json:"ended"`
	Talk      float64    `json:"talk"`
	Held      float64    `json:"held"`
	Parent    string     `json:"parent"`
	Agent     string     `json:"agent"`
	Cause     struct {
		Why    string `json:"why"`
		Reason string `json:"reason"`
	} `json:"cause"`
	Talks     []part `json:"talks"`
	Transfers []struct {
		By       string     `json:"by"`
		Kind     string     `json:"kind"`
		Attended bool       `json:"attended"`
		State    string     `json:"state"`
		Reason   string     `json:"reason"`
		Code     int        `json:"code"`
		Ended    *time.Time `json:"ended"`
		Consult  string     `json:"consult"`
	} `json:"transfers"`
	Distributions []struct {
		Queue   string `json:"queue"`
		Outcome string `json:"outcome"`
	} `json:"distributions"`
	Legs []struct {
		Ended *time.Time `json:"ended"`
	} `json:"legs"`
	Recordings []struct {
		ID    string `json:"id"`
		State string `json:"state"`
	} `json:"recordings"`
}

// part is one's time with the call.
type part struct {
	Agent  string    `json:"agent"`
	Number string    `json:"number"`
	Role   string    `json:"role"`
	Began  time.Time `json:"began"`
	Ended  time.Time `json:"ended"`
	Held   float64   `json:"held"`
}

// record waits until a call's record is closed, and reads it.
func (h *house) record(t testing.TB, interaction string) (r record) {
	t.Helper()
	until(t, func() string { return fmt.Sprintf("the record of %s is closed: %+v", interaction, r) }, func() bool {
		status, _ := h.admin.try(t, "GET", "/api/v1/interactions/"+interaction, nil, &r)
		return status == 200 && r.Ended != nil && r.Outcome != "live"
	})
	return r
}

// owns checks who owned the call, one after the other, and that every second of
// talk is theirs: no two at a time, none that nobody has.
func (r record) owns(t testing.TB, who ...string) {
	t.Helper()
	var names []string
	var sum float64
	var last time.Time
	talks := slices.Clone(r.Talks)
	slices.SortStableFunc(talks, func(a, b part) int { return a.Began.Compare(b.Began) })
	for _, x := range talks {
		if x.Ended.Before(x.Began) {
			t.Errorf("a part ends before it begins: %+v", x)
		}
		if x.Role != "owner" {
			continue
		}
		if x.Began.Before(last) {
			t.Errorf("two own the call at %v: %+v", x.Began, talks)
		}
		last = x.Ended
		name := x.Agent + x.Number
		if n := len(names); n == 0 || names[n-1] != name {
			names = append(names, name)
		}
		sum += x.Ended.Sub(x.Began).Seconds()
	}
	if !slices.Equal(names, who) {
		t.Errorf("the call was owned by %v, not by %v: %+v", names, who, talks)
	}
	if math.Abs(sum-r.Talk) > 0.01 {
		t.Errorf("%.3f s of talk, and %.3f s have an owner: %+v", r.Talk, sum, talks)
	}
}

// sound checks what holds for every record that is closed.
func (r record) sound(t testing.TB) {
	t.Helper()
	if r.Outcome == "" || r.EndedBy == "" || r.Cause.Why == "" {
		t.Errorf("the record is not whole: %+v", r)
	}
	for _, x := range r.Transfers {
		if x.Ended == nil || x.State != "done" && x.State != "failed" && x.State != "cancelled" {
			t.Errorf("a transfer has no end: %+v", x)
		}
		if (x.State == "failed") != (x.Reason != "") && x.State != "cancelled" {
			t.Errorf("a transfer is %s because of %q", x.State, x.Reason)
		}
	}
	for _, l := range r.Legs {
		if l.Ended == nil {
			t.Errorf("a leg has no end: %+v", r.Legs)
		}
	}
	for _, d := range r.Distributions {
		if d.Outcome == "" {
			t.Errorf("a distribution has no end: %+v", r.Distributions)
		}
	}
}
