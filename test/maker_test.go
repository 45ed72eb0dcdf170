package test

import (
	"strings"
	"testing"

	"belfry/test/browser"
)

// TestMaker: an administrator changes a queue in the page, with keys alone; what
// is wrong stands at its field, and what is right is in force at once.
func TestMaker(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	open, ada := false, p.makes(t, "/maker/queues")
	ada.WaitText("parked")
	ada.TabTo(`document.activeElement.id === "row-que_parked"`)
	ada.Press("Enter")
	ada.TabTo(`document.activeElement.tagName === "SUMMARY" && document.activeElement.innerText === "Ringing"`)
	if ada.Eval(`document.activeElement.parentElement.open`, &open); !open {
		ada.Press("Enter")
	}
	ada.Find("spinbutton", "Ring time, seconds")
	ada.TabTo(`document.activeElement.labels?.[0]?.innerText === "Ring time, seconds"`)
	ada.Insert("3")
	ada.Press("Enter")
	ada.WaitText("3 is not between 5 and 120")
	ada.Insert("3")
	ada.Press("Enter")
	ada.WaitText("parked is saved, and in force.")
	if n := p.Metric("floor_plan_revision"); n < 2 {
		t.Errorf("the floor goes by revision %v", n)
	}
	ada.Go(p.HTTP + "/maker/queues/que_parked")
	ada.Find("spinbutton", "Ring time, seconds")
	ada.Wait(`[...document.querySelectorAll("input")].some((one) => one.value === "33")`)
	ada.Click("button", "Remove")
	ada.WaitText("It is used here.")
	ada.Size(320, 700)
	ada.Wait(`document.documentElement.scrollWidth <= 320`)
	for _, e := range ada.Errors() {
		if !strings.Contains(e, "422") && !strings.Contains(e, "409") { // what the server refused, as it should
			t.Errorf("the page says %s", e)
		}
	}
}

// makes opens the administrator's page.
func (p *Program) makes(t *testing.T, path string) *browser.Page {
	t.Helper()
	ada := browser.Launch(t, browser.Options{}).Open(p.HTTP + "/login?next=" + path)
	ada.Type("textbox", "Login", "admin")
	ada.Type("textbox", "Password", "demo")
	ada.Press("Enter")
	return ada
}

// TestMakerRows: rows are added to a thing and what is wrong stands in its row; a
// phone's password is made and told once; who was quicker is named, and nothing
// of theirs is lost.
func TestMakerRows(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ada := p.makes(t, "/maker/hours")
	ada.Click("button", "New opening hours")
	ada.Type("textbox", "Name", "Mornings")
	ada.Click("button", "Add (Open)")
	ada.Type("textbox", "To", "25:00")
	ada.Click("button", "Save")
	ada.WaitText("A time such as 08:30")
	ada.Type("textbox", "To", "12:00")
	ada.Click("button", "Save")
	ada.WaitText("Mornings is saved, and in force.")

	ada.Go(p.HTTP + "/maker/users/usr_bob")
	ada.Click("button", "Add (Skills)")
	ada.Type("textbox", "Skills, row 1", "english")
	p.Login("admin").Patch("/api/v1/users/usr_bob", `{"name":"Bob D."}`)
	ada.Click("button", "Save")
	ada.WaitText("Ada Klein has changed this meanwhile.")
	ada.Click("button", "Take theirs")
	ada.Wait(`[...document.querySelectorAll("input")].some((one) => one.value === "Bob D.")`)
	ada.Click("button", "Add (Skills)")
	ada.Type("textbox", "Skills, row 1", "english")
	ada.Click("button", "Save")
	ada.WaitText("Bob D. is saved, and in force.")
	ada.Go(p.HTTP + "/maker/users/usr_bob")
	ada.Wait(`[...document.querySelectorAll("input")].some((one) => one.value === "english")`)
	ada.Click("button", "Make a password")
	ada.WaitText("It is shown this once.")
	ada.Size(320, 700)
	ada.Wait(`document.documentElement.scrollWidth <= 320`)
	for _, e := range ada.Errors() {
		if !strings.Contains(e, "422") && !strings.Contains(e, "412") {
			t.Errorf("the page says %s", e)
		}
	}
}
