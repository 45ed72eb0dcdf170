package plan

import (
	"errors"
	"slices"
	"testing"
)

func trunk() Trunk {
	return Trunk{
		ID: "trk_one", Name: "One", Host: "sip.carrier.example", Transport: "tls", SRTP: "required", Login: "belfry7", Secret: "carrier",
		Register: true, Challenge: true, From: []string{"192.0.2.0/24", "2001:db8::1"}, Codecs: []string{"PCMA", "G722"}, Format: "national",
	}
}

// What is wrong of a trunk, the field that is named, and its code.
func TestTrunksAreChecked(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		field, code string
		spoil       func(*Trunk)
	}{
		{"", "", func(*Trunk) {}},
		{"id", "id-malformed", func(t *Trunk) { t.ID = "../x" }},
		{"name", "name-empty", func(t *Trunk) { t.Name = "" }},
		{"host", "host-malformed", func(t *Trunk) { t.Host = "" }},
		{"host", "host-malformed", func(t *Trunk) { t.Host = "sip:carrier@example" }},
		{"port", "out-of-range", func(t *Trunk) { t.Port = 65536 }},
		{"transport", "not-a-choice", func(t *Trunk) { t.Transport = "sctp" }},
		{"srtp", "not-a-choice", func(t *Trunk) { t.SRTP = "maybe" }},
		{"format", "not-a-choice", func(t *Trunk) { t.Format = "roman" }},
		{"ping_seconds", "out-of-range", func(t *Trunk) { t.Ping = -2 }},
		{"login", "login-missing", func(t *Trunk) { t.Login, t.Challenge = "", false }},
		{"login", "login-missing", func(t *Trunk) { t.Login, t.Register = "", false }},
		{"login", "login-malformed", func(t *Trunk) { t.Login = "a\r\nb" }},
		{"from[0]", "address-malformed", func(t *Trunk) { t.From[0] = "carrier.example" }},
		{"codecs[1]", "not-a-choice", func(t *Trunk) { t.Codecs[1] = "G729" }},
	} {
		d := small()
		one := trunk()
		x.spoil(&one)
		d.Trunks = []Trunk{one}
		_, err := Compile(1, d)
		var all Problems
		switch {
		case x.code == "" && err != nil:
			t.Error(err)
		case x.code != "" && (!errors.As(err, &all) || all[0].Field != "trunks[0]."+x.field || all[0].Code != x.code):
			t.Errorf("%s %s: %v", x.field, x.code, err)
		}
	}
}

func TestKeysInTheOpenAreWarnedOf(t *testing.T) {
	t.Parallel()
	d := small()
	one := trunk()
	one.Transport = ""
	d.Trunks = []Trunk{one}
	p, err := Compile(1, d)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(p.Warnings(), func(w Problem) bool { return w.Code == "keys-in-the-open" && w.Field == "trunks[0].srtp" }) {
		t.Error(p.Warnings())
	}
}
