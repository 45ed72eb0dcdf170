package floor

import (
	"encoding/json"

	"belfry/core"
)

// set changes one queue, profile or user of the plan, named by its id, in the
// words of the plan.
func (s *teller) set(id, text string) []core.Event {
	s.t.Helper()
	var thing any
	for i := range s.doc.Queues {
		if string(s.doc.Queues[i].ID) == id {
			thing = &s.doc.Queues[i]
		}
	}
	for i := range s.doc.Profiles {
		if string(s.doc.Profiles[i].ID) == id {
			thing = &s.doc.Profiles[i]
		}
	}
	for i := range s.doc.Users {
		if string(s.doc.Users[i].ID) == id {
			thing = &s.doc.Users[i]
		}
	}
	if thing == nil {
		s.t.Fatalf("the story sets %q, which is not in its plan", id)
	}
	if err := json.Unmarshal([]byte(text), thing); err != nil {
		s.t.Fatalf("the story sets %s to %s: %v", id, text, err)
	}
	s.revision++
	return []core.Event{core.PlanChanged{Revision: s.revision, Doc: doc(s.t, s.doc)}}
}
