package talk

import (
	"encoding/binary"
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
	Mode      string     `json:"mode"`
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
		Kind  string     `json:"kind"`
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
		return status == 200 && r.Ended != nil
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

// oneRecording waits until a call's only recording is ready and checks that it is
// one timeline of all the talk: the caller is on its left and the agent on its
// right, at the beginning and towards the end.
func (m *team) oneRecording(t testing.TB, r record, agent int) {
	t.Helper()
	until(t, func() string { return fmt.Sprintf("the only recording is ready: %+v", r.Recordings) }, func() bool {
		m.h.admin.ask(t, "GET", "/api/v1/interactions/"+r.ID, nil, &r)
		return len(r.Recordings) == 1 && r.Recordings[0].State == "ready"
	})
	wav := m.h.admin.read(t, "/api/v1/recordings/"+r.Recordings[0].ID+"/audio")
	rate := int(binary.LittleEndian.Uint32(wav[24:]))
	var left, right []int16
	for at := 44; at+3 < len(wav); at += 4 {
		left = append(left, int16(binary.LittleEndian.Uint16(wav[at:])))
		right = append(right, int16(binary.LittleEndian.Uint16(wav[at+2:])))
	}
	tenth := rate / 10
	var all, customer, us int
	last := 0 // tenth in which the agent was heard last
	for at := 0; at+tenth <= len(left); at += tenth {
		all++
		if level(left[at:at+tenth], hz(m.n, 4), rate) > loud {
			customer++
		}
		if level(right[at:at+tenth], agent, rate) > loud {
			us, last = us+1, all
		}
	}
	t.Logf("%d tenths of a second are recorded: %d with the caller, %d with the agent, the last of them %d", all, customer, us, last)
	if length := float64(all) / 10; math.Abs(length-r.Talk) > 1.5 {
		t.Errorf("%.1f s are recorded of %.1f s of talk", length, r.Talk)
	}
	if all == 0 || customer < us || us < all/5 || last < all/2 {
		t.Errorf("of %d tenths the caller is in %d, the agent in %d and last in %d", all, customer, us, last)
	}
}
