package api

import (
	"fmt"
	"net/http"
	"slices"

	"belfry/core/plan"
)

// need is what a route asks of who comes.
type need struct {
	who who
	any []plan.Right // for byRight: one of these is enough
}

type who uint8

const (
	byNobody  who = iota // the zero need lets nobody in
	byAnyone             // no session asked for
	byMachine            // a peer on the loopback, or an administrator
	byUser               // whoever is signed in
	byPage               // as byUser; others are sent to /login
	byRight              // one of the rights
)

// needs is the one table of who may do what. A route that is not in it cannot
// be registered.
var needs = withThings(map[string]need{
	"GET /healthz":         {who: byAnyone},
	"GET /readyz":          {who: byAnyone},
	"GET /metrics":         {who: byMachine},
	"GET /openapi.json":    {who: byAnyone},
	"GET /docs":            {who: byAnyone},
	"GET /docs/{file}":     {who: byAnyone},
	"GET /problems/{code}": {who: byAnyone},

	"/{$}":     {who: byPage},
	"/":        {who: byPage},
	"/login":   {who: byAnyone},
	"/setup":   {who: byAnyone}, // what it does needs the link's token
	"/assets/": {who: byAnyone},
	"/api/":    {who: byAnyone}, // says that there is nothing

	"POST /api/v1/session":   {who: byAnyone},
	"GET /api/v1/session":    {who: byUser},
	"DELETE /api/v1/session": {who: byUser},
	"GET /api/v1/me":         {who: byUser},
	"POST /api/v1/setup":     {who: byAnyone}, // who has the link's token

	"GET /api/v1/me/desk":            {who: byUser},
	"GET /api/v1/me/pool":            {who: byUser},
	"GET /api/v1/me/events":          {who: byUser},
	"POST /api/v1/me/pong":           {who: byUser},
	"POST /api/v1/me/station":        agents,
	"PUT /api/v1/me/station":         agents,
	"DELETE /api/v1/me/station/{id}": agents,
	"PUT /api/v1/me/activity":        agents,
	"PUT /api/v1/me/status":          {who: byUser},
	"PUT /api/v1/me/profile":         {who: byUser}, // one of the user's own: the floor knows
	"POST /api/v1/me/shift/start":    agents,
	"POST /api/v1/me/shift/end":      agents,
	"POST /api/v1/me/return":         agents,
	"POST /api/v1/me/sound":          agents,
	"POST /api/v1/me/post/extend":    agents,
	"POST /api/v1/me/post/end":       agents,

	"POST /api/v1/me/pops/{id}/claim": agents,
	// Of which calls: those on the desk, as the floor knows.
	"POST /api/v1/interactions/{id}/buttons/{button}": agents,

	"POST /api/v1/offers/{id}/ack":     agents,
	"POST /api/v1/offers/{id}/accept":  agents,
	"POST /api/v1/offers/{id}/decline": agents,

	"GET /api/v1/calls/{id}/quality": agents,
	"POST /api/v1/calls/{id}/hold":   agents,
	"POST /api/v1/calls/{id}/resume": agents,
	"POST /api/v1/calls/{id}/mute":   agents,
	"POST /api/v1/calls/{id}/unmute": agents,
	"POST /api/v1/calls/{id}/dtmf":   agents,
	"POST /api/v1/calls/{id}/hangup": agents,
	"POST /api/v1/calls/{id}/skip":   agents,

	// What of them a profile allows is the floor's to say: it depends on the call.
	"POST /api/v1/calls":                           agents,
	"POST /api/v1/calls/{id}/transfer":             agents,
	"POST /api/v1/calls/{id}/merge":                agents,
	"POST /api/v1/calls/{id}/parties/{leg}/mute":   agents,
	"POST /api/v1/calls/{id}/parties/{leg}/unmute": agents,
	"POST /api/v1/calls/{id}/parties/{leg}/remove": agents,
	"POST /api/v1/calls/{id}/recording/start":      agents,
	"POST /api/v1/calls/{id}/recording/pause":      agents,
	"POST /api/v1/calls/{id}/recording/resume":     agents,
	"POST /api/v1/calls/{id}/recording/stop":       agents,
	"POST /api/v1/calls/{id}/repair":               agents,
	"POST /api/v1/transfers/{id}/complete":         agents,
	"POST /api/v1/transfers/{id}/cancel":           agents,
	"GET /api/v1/destinations":                     everybodyAtWork,

	"POST /api/v1/pool/{call}/take": {byRight, []plan.Right{plan.TakeFromPool}},

	// Of which queues and agents: those of the profile, as the floor sees it.
	"GET /api/v1/live":                 supervisors,
	"GET /api/v1/live/events":          supervisors,
	"POST /api/v1/calls/{id}/assign":   supervisors,
	"PUT /api/v1/agents/{id}/activity": supervisors,
	"POST /api/v1/agents/{id}/return":  supervisors,

	// Which interactions are seen is a matter of scope: see interactions.go.
	"GET /api/v1/interactions":                {who: byUser},
	"GET /api/v1/interactions/{id}":           {who: byUser},
	"GET /api/v1/interactions/{id}/decisions": {who: byUser},
	// Whose qualification it is, the floor knows.
	"PUT /api/v1/interactions/{id}/qualification": agents,
	"GET /api/v1/to-qualify":                      {byRight, []plan.Right{plan.TakeCalls, plan.Supervise, plan.Administer}},

	// Which recordings: those that one talked in or supervises, as the store sees it.
	"GET /api/v1/recordings":                            everybodyAtWork,
	"GET /api/v1/recordings/{id}":                       everybodyAtWork,
	"GET /api/v1/recordings/{id}/audio":                 everybodyAtWork,
	"GET /api/v1/recordings/{id}/peaks":                 everybodyAtWork,
	"GET /api/v1/recordings/{id}/plays":                 {byRight, []plan.Right{plan.Supervise, plan.Administer}},
	"GET /api/v1/recordings/{id}/comments":              everybodyAtWork,
	"POST /api/v1/recordings/{id}/comments":             everybodyAtWork,
	"DELETE /api/v1/recordings/{id}/comments/{comment}": everybodyAtWork, // one's own
	"GET /api/v1/recordings/{id}/links":                 {byRight, []plan.Right{plan.Supervise, plan.Administer}},
	"POST /api/v1/recordings/{id}/links":                {byRight, []plan.Right{plan.Supervise, plan.Administer}},
	"DELETE /api/v1/recordings/{id}/links/{link}":       {byRight, []plan.Right{plan.Supervise, plan.Administer}},
	"GET /shared/{token}":                               {who: byAnyone}, // who has a link's token
	"PUT /api/v1/recordings/{id}/hold":                  {byRight, []plan.Right{plan.Administer}},
	"DELETE /api/v1/recordings/{id}":                    {byRight, []plan.Right{plan.Administer}},

	"GET /api/v1/voice-messages":             everybodyAtWork,
	"GET /api/v1/voice-messages/{id}":        everybodyAtWork,
	"GET /api/v1/voice-messages/{id}/audio":  everybodyAtWork,
	"POST /api/v1/voice-messages/{id}/heard": everybodyAtWork,
	"POST /api/v1/voice-messages/{id}/done":  everybodyAtWork,

	"GET /api/v1/activities":    {who: byUser},
	"GET /api/v1/queues":        {who: byUser},
	"GET /api/v1/trunks":        {byRight, []plan.Right{plan.Administer, plan.Supervise}},
	"GET /api/v1/notices":       {byRight, []plan.Right{plan.Administer, plan.Supervise}},
	"GET /api/v1/contacts":      everybodyAtWork,
	"GET /api/v1/contacts/{id}": everybodyAtWork,
	"GET /api/v1/invariants":    {who: byUser},

	"PUT /api/v1/users/{id}/password":        administrators,
	"POST /api/v1/users/{id}/phone-password": administrators,
	"PUT /api/v1/trunks/{id}/password":       administrators,
	"GET /api/v1/company":                    administrators,
	"PATCH /api/v1/company":                  administrators,
	"GET /api/v1/trees":                      administrators,
	"GET /api/v1/audit":                      administrators,
	"GET /api/v1/erasures":                   administrators,
	"POST /api/v1/erasures":                  administrators,
})

// withThings adds the routes over the lists of the plan: who administers reads
// and changes them.
func withThings(m map[string]need) map[string]need {
	for _, list := range []string{"users", "profiles", "activities", "queues", "groups", "numbers", "hours", "sounds", "mailboxes", "trunks"} {
		all := "/api/v1/" + list
		if _, listed := m["GET "+all]; !listed {
			m["GET "+all] = administrators
		}
		m["POST "+all] = administrators
		for _, method := range []string{"GET", "PATCH", "PUT", "DELETE"} {
			m[method+" "+all+"/{id}"] = administrators
		}
	}
	return m
}

var (
	administrators  = need{byRight, []plan.Right{plan.Administer}}
	agents          = need{byRight, []plan.Right{plan.TakeCalls}}
	supervisors     = need{byRight, []plan.Right{plan.Supervise}}
	everybodyAtWork = need{byRight, []plan.Right{plan.TakeCalls, plan.Supervise, plan.Administer}}
)

// routes is the mux; it takes no route that the table does not know.
type routes struct {
	*http.ServeMux
	patterns []string
}

// HandleFunc registers a route. A route without a row is a bug of ours.
func (m *routes) HandleFunc(pattern string, handle func(http.ResponseWriter, *http.Request)) {
	if _, ok := needs[pattern]; !ok {
		panic(fmt.Sprintf("api: %q has no row in the table of rights", pattern))
	}
	m.ServeMux.HandleFunc(pattern, handle)
	m.patterns = append(m.patterns, pattern)
}

// holds says whether the seat has one of the rights. A nil seat has none.
func (n need) holds(s *seat) bool {
	switch n.who {
	case byAnyone:
		return true
	case byUser, byPage:
		return s != nil
	case byMachine:
		return s != nil && s.can(plan.Administer)
	case byRight:
		return s != nil && slices.ContainsFunc(n.any, s.can)
	case byNobody:
	}
	return false
}
