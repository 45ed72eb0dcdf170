package api_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"belfry/api"
)

// entry says who is let in by a route, in the order nobody, agent, supervisor,
// administrator: y, n (401, 403), or l (sent to /login).
var entry = map[string]string{
	"GET /healthz": "yyyy", "GET /readyz": "yyyy", "GET /metrics": "yyyy", // from the loopback
	"GET /openapi.json": "yyyy", "GET /docs": "yyyy", "GET /docs/{file}": "yyyy", "GET /problems/{code}": "yyyy",
	"/{$}": "lyyy", "/": "lyyy", "/login": "yyyy", "/setup": "llll", // nothing is to be set up
	"/assets/": "yyyy", "/api/": "yyyy",

	"POST /api/v1/session": "yyyy", "GET /api/v1/session": "nyyy", "DELETE /api/v1/session": "nyyy", "GET /api/v1/me": "nyyy",
	"POST /api/v1/setup":  "yyyy",
	"GET /api/v1/me/desk": "nyyy", "GET /api/v1/me/pool": "nyyy", "GET /api/v1/me/events": "nyyy", "POST /api/v1/me/pong": "nyyy",

	"POST /api/v1/me/station": "nynn", "DELETE /api/v1/me/station/{id}": "nynn", "PUT /api/v1/me/activity": "nynn",
	"POST /api/v1/me/shift/start": "nynn", "POST /api/v1/me/shift/end": "nynn", "POST /api/v1/me/return": "nynn", "POST /api/v1/me/sound": "nynn",
	"PUT /api/v1/me/status": "nyyy", "PUT /api/v1/me/profile": "nyyy", "POST /api/v1/calls/{id}/skip": "nynn",
	"PUT /api/v1/interactions/{id}/qualification": "nynn", "GET /api/v1/to-qualify": "nyyy",
	"POST /api/v1/me/pops/{id}/claim": "nynn", "POST /api/v1/interactions/{id}/buttons/{button}": "nynn",
	"POST /api/v1/me/post/extend": "nynn", "POST /api/v1/me/post/end": "nynn",
	"POST /api/v1/offers/{id}/ack": "nynn", "POST /api/v1/offers/{id}/accept": "nynn", "POST /api/v1/offers/{id}/decline": "nynn",
	"GET /api/v1/calls/{id}/quality": "nynn",
	"POST /api/v1/calls/{id}/hold":   "nynn", "POST /api/v1/calls/{id}/resume": "nynn", "POST /api/v1/calls/{id}/mute": "nynn",
	"POST /api/v1/calls/{id}/unmute": "nynn", "POST /api/v1/calls/{id}/dtmf": "nynn", "POST /api/v1/calls/{id}/hangup": "nynn",
	"POST /api/v1/pool/{call}/take": "nynn",
	"POST /api/v1/calls":            "nynn", "POST /api/v1/calls/{id}/transfer": "nynn", "POST /api/v1/calls/{id}/merge": "nynn",
	"POST /api/v1/calls/{id}/parties/{leg}/mute": "nynn", "POST /api/v1/calls/{id}/parties/{leg}/unmute": "nynn", "POST /api/v1/calls/{id}/parties/{leg}/remove": "nynn",
	"POST /api/v1/calls/{id}/recording/start": "nynn", "POST /api/v1/calls/{id}/recording/pause": "nynn",
	"POST /api/v1/calls/{id}/recording/resume": "nynn", "POST /api/v1/calls/{id}/recording/stop": "nynn", "POST /api/v1/calls/{id}/repair": "nynn",
	"POST /api/v1/transfers/{id}/complete": "nynn", "POST /api/v1/transfers/{id}/cancel": "nynn", "GET /api/v1/destinations": "nyyy",
	"PUT /api/v1/me/station": "nynn", "GET /api/v1/contacts/{id}": "nyyy",

	"GET /api/v1/live": "nnyn", "GET /api/v1/live/events": "nnyn", "POST /api/v1/calls/{id}/assign": "nnyn",
	"PUT /api/v1/agents/{id}/activity": "nnyn", "POST /api/v1/agents/{id}/return": "nnyn",

	"GET /api/v1/interactions": "nyyy", "GET /api/v1/interactions/{id}": "nyyy", "GET /api/v1/interactions/{id}/decisions": "nyyy",
	"GET /api/v1/recordings": "nyyy", "GET /api/v1/recordings/{id}": "nyyy", "GET /api/v1/recordings/{id}/audio": "nyyy", "GET /api/v1/recordings/{id}/peaks": "nyyy",
	"GET /api/v1/recordings/{id}/plays": "nnyy", "PUT /api/v1/recordings/{id}/hold": "nnny", "DELETE /api/v1/recordings/{id}": "nnny",
	"GET /api/v1/recordings/{id}/comments": "nyyy", "POST /api/v1/recordings/{id}/comments": "nyyy", "DELETE /api/v1/recordings/{id}/comments/{comment}": "nyyy",
	"GET /api/v1/recordings/{id}/links": "nnyy", "POST /api/v1/recordings/{id}/links": "nnyy", "DELETE /api/v1/recordings/{id}/links/{link}": "nnyy", "GET /shared/{token}": "yyyy",
	"GET /api/v1/voice-messages": "nyyy", "GET /api/v1/voice-messages/{id}": "nyyy", "GET /api/v1/voice-messages/{id}/audio": "nyyy",
	"POST /api/v1/voice-messages/{id}/heard": "nyyy", "POST /api/v1/voice-messages/{id}/done": "nyyy",
	"GET /api/v1/activities": "nyyy", "GET /api/v1/queues": "nyyy", "GET /api/v1/trunks": "nnyy", "GET /api/v1/notices": "nnyy", "GET /api/v1/contacts": "nyyy", "GET /api/v1/invariants": "nyyy",

	"PUT /api/v1/users/{id}/password": "nnny", "POST /api/v1/users/{id}/phone-password": "nnny", "PUT /api/v1/trunks/{id}/password": "nnny",
	"GET /api/v1/company": "nnny", "PATCH /api/v1/company": "nnny", "GET /api/v1/trees": "nnny", "GET /api/v1/audit": "nnny",
	"GET /api/v1/erasures": "nnny", "POST /api/v1/erasures": "nnny",
}

// settings are the routes over the things of the plan.
var settings = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) /api/v1/(users|profiles|activities|queues|groups|numbers|hours|sounds|mailboxes|trunks)(/\{id\})?$`)

// Every route times every role. A new route without a row fails here, and
// panics in New before that.
func TestRights(t *testing.T) {
	t.Parallel()
	h := open(t)
	patterns, rows := h.api.Patterns(), api.Rows()
	slices.Sort(patterns)
	slices.Sort(rows)
	if !slices.Equal(patterns, rows) {
		t.Errorf("routes and rows of the table differ:\n%s\n%s", patterns, rows)
	}
	for _, pattern := range patterns {
		row, ok := entry[pattern]
		if !ok && settings.MatchString(pattern) {
			row, ok = "nnny", true
		}
		if !ok {
			t.Errorf("%s: nobody has said who may use it", pattern)
			continue
		}
		for i, who := range []string{"", "ann", "sam", "admin"} {
			c := h.browser()
			if who != "" {
				c = h.as(who)
			}
			method, path, found := strings.Cut(pattern, " ")
			if !found {
				method, path = "GET", pattern
			}
			path = strings.NewReplacer("{$}", "", "{id}", "x_1", "{call}", "cal_1", "{leg}", "leg_1", "{file}", "docs.css", "{code}", "internal").Replace(path)
			if strings.HasSuffix(path, "/events") {
				continue // the stream never ends
			}
			r := c.do(method, path, "")
			got := "y"
			switch {
			case r.status == 401 && r.code() == "not-signed-in" && who == "", r.status == 403 && r.code() == "not-allowed" && who != "":
				got = "n"
			case r.status == 303 && strings.HasPrefix(r.header.Get("Location"), "/login"):
				got = "l"
			case r.status == 401 || r.status == 403 || r.status >= 500:
				got = "?"
			}
			if got != row[i:i+1] {
				t.Errorf("%s as %q: %s, want %s: %d %s", pattern, who, got, row[i:i+1], r.status, r.body)
			}
		}
	}
}

func TestMetricsAreForThisMachineOrAdministrators(t *testing.T) {
	t.Parallel()
	h := open(t)
	far := []string{"X-Forwarded-For", "198.51.100.7"}
	for who, want := range map[string]int{"": 401, "ann": 403, "admin": 200} {
		c := h.browser()
		if who != "" {
			c = h.as(who)
		}
		if r := c.get("/metrics", far...); r.status != want {
			t.Errorf("as %q from afar: %d", who, r.status)
		}
	}
}
