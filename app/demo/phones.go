package demo

import (
	"fmt"

	"belfry/core"
	"belfry/core/plan"
)

// WithPhones adds n agents p0001, p0002, … to the document. The station of each
// is a SIP phone at the address (HOST:PORT), a fixed contact; all of them serve
// the queue bench. It returns who they are.
func WithPhones(doc *plan.Doc, n int, at string) []core.UserID {
	if n <= 0 {
		return nil
	}
	doc.Profiles = append(doc.Profiles, plan.Profile{
		ID: "pro_phones", Name: "Phones", Queues: []core.QueueID{"que_bench"}, Rights: []plan.Right{plan.TakeCalls},
	})
	ids := make([]core.UserID, n)
	for i := range n {
		login := fmt.Sprintf("p%04d", i+1)
		ids[i] = core.UserID("usr_" + login)
		doc.Users = append(doc.Users, plan.User{
			ID: ids[i], Login: login, Name: fmt.Sprintf("Phone %04d", i+1), Profile: "pro_phones",
			Phone: "sip:" + login + "@" + at,
		})
	}
	return ids
}

// WithPages adds n agents b0001, b0002, … who log in and serve the queue bench
// from a page. It returns who they are.
func WithPages(doc *plan.Doc, n int) []core.UserID {
	if n <= 0 {
		return nil
	}
	doc.Profiles = append(doc.Profiles, plan.Profile{
		ID: "pro_pages", Name: "Pages", Queues: []core.QueueID{"que_bench"}, Rights: []plan.Right{plan.TakeCalls},
	})
	ids := make([]core.UserID, n)
	for i := range n {
		login := fmt.Sprintf("b%04d", i+1)
		ids[i] = core.UserID("usr_" + login)
		doc.Users = append(doc.Users, plan.User{ID: ids[i], Login: login, Name: fmt.Sprintf("Page %04d", i+1), Profile: "pro_pages"})
	}
	return ids
}
