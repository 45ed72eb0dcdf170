package plan

import (
	"testing"
	"time"

	"belfry/core"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	h := &Hours{
		Spans: []Span{
			{time.Monday, "08:30", "12:00"},
			{time.Monday, "14:00", "18:00"},
			{time.Saturday, "20:00", "24:00"},
			{time.Sunday, "00:00", "04:00"},
		},
		Exceptions: []Exception{
			{Date: "2026-04-06", Name: "Easter Monday"},
			{Date: "2026-04-13", Name: "Stocktaking", From: "10:00", To: "11:00"},
			{Date: "2026-04-13", Name: "Stocktaking", From: "15:00", To: "16:00"},
			{Date: "2026-04-20"},
		},
	}
	for _, x := range []struct {
		at    string // UTC
		open  bool
		label string
		why   string
	}{
		{"2026-03-23T07:29:59Z", false, "", "a second before the doors open, winter time"},
		{"2026-03-23T07:30:00Z", true, "", "the doors open"},
		{"2026-03-23T10:59:59Z", true, "", "the last second of the morning"},
		{"2026-03-23T11:00:00Z", false, "", "noon"},
		{"2026-03-30T06:30:00Z", true, "", "half past eight in summer time, an hour earlier in UTC"},
		{"2026-03-24T09:00:00Z", false, "", "a Tuesday"},
		{"2026-03-21T22:59:59Z", true, "", "Saturday's last second"},
		{"2026-03-21T23:00:00Z", true, "", "midnight belongs to Sunday's span"},
		{"2026-03-29T00:59:59Z", true, "", "01:59:59 before the clocks go forward"},
		{"2026-03-29T01:00:00Z", true, "", "03:00, an hour that is there: 02:00 is left out"},
		{"2026-03-29T02:00:00Z", false, "", "04:00 comes an hour early that night"},
		{"2026-10-25T00:30:00Z", true, "", "02:30 for the first time"},
		{"2026-10-25T01:30:00Z", true, "", "02:30 for the second time"},
		{"2026-10-25T03:00:00Z", false, "", "04:00 comes an hour late that night"},
		{"2026-04-06T08:00:00Z", false, "Easter Monday", "a holiday replaces the spans"},
		{"2026-04-13T08:00:00Z", true, "Stocktaking", "an exception opens"},
		{"2026-04-13T13:30:00Z", true, "Stocktaking", "its second span too"},
		{"2026-04-13T09:00:00Z", false, "Stocktaking", "and closes outside of them"},
		{"2026-04-20T08:00:00Z", false, "2026-04-20", "an exception without a name is called by its date"},
	} {
		at, err := time.Parse(time.RFC3339, x.at)
		if err != nil {
			t.Fatal(err)
		}
		if open, label := h.Open(core.At(at), paris); open != x.open || label != x.label {
			t.Errorf("%s (%s): open %v, %q", x.at, x.why, open, label)
		}
	}
}

func TestOpenInTheirOwnZone(t *testing.T) {
	t.Parallel()
	p, err := Compile(1, small()) // Paris, with hours in New York
	if err != nil {
		t.Fatal(err)
	}
	at := core.At(time.Date(2026, 3, 23, 13, 0, 0, 0, time.UTC)) // 09:00 there
	if open, _, known := p.Open("hrs_a", at); !open || !known {
		t.Error("nine in New York is not open")
	}
	if _, _, known := p.Open("hrs_x", at); known {
		t.Error("hours that are not there are known")
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"00:00": 0, "08:30": 510, "23:59": 1439, "24:00": 1440} {
		if got, ok := clock(s); !ok || got != want {
			t.Errorf("%s is %d, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "8:30", "08-30", "24:01", "25:00", "12:60", "1a:00", "08:300", "-1:00"} {
		if _, ok := clock(s); ok {
			t.Errorf("%q is a time", s)
		}
	}
}
