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
	b := browser.Launch(t, browser.Options{})
	ada := b.Open(p.HTTP + "/login?next=/maker/queues")
	ada.Type("textbox", "Login", "admin")
	ada.Type("textbox", "Password", "demo")
	ada.Press("Enter")
	ada.WaitText("parked")
	ada.TabTo(`document.activeElement.id === "row-que_parked"`)
	ada.Press("Enter")
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
