package plan

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// withButton is the small company with one button on its first queue.
func withButton(b Button) *Doc {
	d := small()
	d.Company.ButtonHosts, d.Company.PrivateButtonHosts = []string{"crm.example.com", "crm.example.com:8443"}, []string{"127.0.0.1:9000", "[::1]:9000", "crm.lan"}
	d.Queues[0].Buttons = []Button{b}
	return d
}

func TestButtonsThatLeadNowhereGood(t *testing.T) {
	t.Parallel()
	for address, code := range map[string]string{
		"https://crm.example.com/":                                    "",
		"https://crm.example.com:8443/a?b={{caller.number}}#{{lang}}": "",
		"http://127.0.0.1:9000/{{var.order_no}}":                      "",
		"http://[::1]:9000/":                                          "",
		"http://crm.lan/x":                                            "",
		"http://crm.example.com/":                                     "address-not-secure",
		"https://other.example.com/":                                  "host-not-named",
		"https://crm.example.com:9443/":                               "host-not-named",
		"https://crm.example.com.evil.org/":                           "host-not-named",
		"https://me@crm.example.com/":                                 "address-malformed",
		"https://{{var.host}}/":                                       "address-malformed",
		"https://crm.example.com{{var.tail}}/":                        "address-malformed",
		"//crm.example.com/":                                          "address-malformed",
		"javascript:alert(1)":                                         "address-malformed",
		"file://crm.example.com/etc/passwd":                           "address-malformed",
		"https://crm.example.com/a b":                                 "address-malformed",
		"https://crm.example.com/a/../b":                              "address-malformed",
		"https://crm.example.com/a/%2E%2e/b":                          "address-malformed",
		"https://CRM.example.com/":                                    "address-malformed",
		"https://crm.example.com/{{password}}":                        "no-such-value",
		"https://crm.example.com/{{caller.number":                     "no-such-value",
		"https://crm.example.com/{{var.}}":                            "no-such-value",
	} {
		_, err := Compile(1, withButton(Button{ID: "b", Label: "B", Kind: URLButton, Address: address, When: ByHand}))
		problems, _ := errors.AsType[Problems](err)
		switch {
		case code == "" && err != nil:
			t.Errorf("%s: %v", address, err)
		case code != "" && !slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == code && p.Field == "queues[0].buttons[0].address" }):
			t.Errorf("%s: want %s, got %v", address, code, err)
		}
	}
}

func TestButtonsOfHosts(t *testing.T) {
	t.Parallel()
	for host, code := range map[string]string{
		"crm.example.com": "", "192.0.2.7:8080": "", "localhost": "host-private", "127.0.0.1": "host-private", "10.1.2.3:80": "host-private",
		"192.168.1.1": "host-private", "[fd00::1]:80": "host-private", "169.254.169.254": "host-private", "[::ffff:127.0.0.1]:80": "host-private",
		"0.0.0.0": "host-private", "CRM": "host-malformed", "a/b": "host-malformed", "a:b": "host-malformed", "": "host-malformed", "a:0": "host-malformed",
	} {
		d := small()
		d.Company.ButtonHosts = []string{host}
		_, err := Compile(1, d)
		problems, _ := errors.AsType[Problems](err)
		if code == "" && err != nil || code != "" && !slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == code }) {
			t.Errorf("%q: want %q, got %v", host, code, err)
		}
		d.Company.ButtonHosts, d.Company.PrivateButtonHosts = nil, []string{host}
		if _, err := Compile(1, d); (err != nil) != (code == "host-malformed") {
			t.Errorf("%q, private: %v", host, err)
		}
	}
}

func TestButtonsFilled(t *testing.T) {
	t.Parallel()
	values := func(name string) string {
		return map[string]string{
			"caller.number": "+33600000001", "caller.name": "Zoé & \"Co\"/..?#\r\nX: y", "var.up": "..", "var.dot": ".", "var.long": strings.Repeat("é", 300), "var.bad": "\xff",
		}[name]
	}
	for address, want := range map[string]string{
		"https://h/find?tel={{caller.number}}": "https://h/find?tel=%2B33600000001",
		"https://h/{{caller.name}}":            "https://h/Zo%C3%A9%20%26%20%22Co%22%2F..%3F%23%0D%0AX%3A%20y",
		"https://h/a/{{var.up}}/b":             "",
		"https://h/a/{{var.dot}}{{var.dot}}":   "",
		"https://h/a/.{{var.dot}}?x":           "",
		"https://h/a?x={{var.up}}":             "https://h/a?x=..",
		"https://h/{{var.none}}":               "https://h/",
		"https://h?{{var.bad}}":                "https://h?%FF",
	} {
		b := Button{Address: address}
		if got := b.Fill(values); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if got := (&Button{Address: "https://h/{{var.long}}"}).Fill(values); len(got) > 10+200*3 || strings.Contains(got, "%C3?") || !strings.HasSuffix(got, "%C3%A9") {
		t.Errorf("a long value is not cut between two characters: %d %q", len(got), got[len(got)-9:])
	}
}

func TestButtonsOfAQueueComeBeforeTheProfiles(t *testing.T) {
	t.Parallel()
	d := withButton(Button{ID: "crm", Label: "queue", LabelFR: "file", Kind: URLButton, Address: "https://crm.example.com/q", When: ByHand, Where: Hidden})
	d.Profiles[0].Buttons = []Button{
		{ID: "crm", Label: "profile", Kind: URLButton, Address: "https://crm.example.com/p", When: ByHand},
		{ID: "more", Label: "more", Kind: HTTPButton, Address: "https://crm.example.com/m", When: ByHand},
	}
	d.Company.Language = "fr"
	p, err := Compile(1, d)
	if err != nil {
		t.Fatal(err)
	}
	user := p.Doc.Users[0].ID
	var got []string
	for _, b := range append(p.Buttons(user, p.Doc.Queues[0].ID), p.Buttons(user, "")...) {
		got = append(got, b.Words(p.Language(user)))
	}
	if want := []string{"file", "more", "profile", "more"}; !slices.Equal(got, want) {
		t.Errorf("buttons %v, want %v", got, want)
	}
	if got := p.HiddenOrigins(); !slices.Equal(got, []string{"https://crm.example.com"}) {
		t.Errorf("hidden origins %v", got)
	}
	d.Queues[0].Buttons = append(d.Queues[0].Buttons, d.Queues[0].Buttons[0])
	if _, err := Compile(1, d); err == nil {
		t.Error("two buttons of a queue have the same id")
	}
}
