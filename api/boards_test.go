package api_test

import (
	"encoding/json"
	"testing"

	"belfry/core"
)

// news is what a supervisor's stream says.
type news struct {
	board
	Gone  []string
	Total *int
	Calls []struct {
		Call string
		Late bool
	}
}

// hearsLive waits for what is as wanted.
func (l *listener) hearsLive(what string, ok func(n news) bool) news {
	l.t.Helper()
	for {
		e := l.next("live", false)
		var n news
		if err := json.Unmarshal([]byte(e.data), &n); err != nil {
			l.t.Fatalf("%v in %s", err, e.data)
		}
		if ok(n) {
			return n
		}
		l.t.Logf("not yet %s: %s", what, e.data)
	}
}

// What changes is sent when it changes, and nothing else with it; all who
// supervise the same read the same.
func TestBoardsArePushed(t *testing.T) {
	t.Parallel()
	h := open(t)
	sam, other := h.as("sam").hear("/api/v1/live/events"), h.as("sam").hear("/api/v1/live/events")
	for _, l := range []*listener{sam, other} {
		if n := l.hearsLive("the whole", func(news) bool { return true }); !n.Whole || len(n.Queues) != 1 || len(n.Agents) != 2 || n.Total == nil {
			t.Errorf("at first: %+v", n)
		}
	}
	h.floor.call("cal_01", "+33612345678")
	for _, l := range []*listener{sam, other} {
		n := l.hearsLive("a call waits", func(n news) bool { return len(n.Calls) == 1 })
		if n.Whole || len(n.Agents) != 0 || len(n.Queues) != 1 || n.Queues[0].Waiting != 1 || *n.Total != 1 {
			t.Errorf("a call waits: %+v", n)
		}
	}
	h.floor.news(core.LegGone{Leg: "leg_s01", Cause: core.Cause{Why: core.HungUp}})
	sam.hearsLive("it has gone", func(n news) bool { return n.Total != nil && *n.Total == 0 })
}

// A call becomes late although nothing happens.
func TestBoardsTellWhoIsLate(t *testing.T) {
	t.Parallel()
	h := open(t)
	if r := h.as("admin").do("PATCH", "/api/v1/queues/que_sales", `{"late_seconds":1}`, "If-Match", "*"); r.status != 200 {
		t.Fatalf("late: %d %s", r.status, r.body)
	}
	l := h.as("sam").hear("/api/v1/live/events")
	h.floor.call("cal_01", "+33612345678")
	l.hearsLive("it is late", func(n news) bool { return len(n.Calls) == 1 && n.Calls[0].Late })
}

// Who supervises less sees less at once, and who supervises no more is cut off.
func TestBoardsFollowTheRights(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, l := h.as("admin"), h.as("sam").hear("/api/v1/live/events")
	l.hearsLive("the whole", func(n news) bool { return n.Whole })
	if r := ada.do("PATCH", "/api/v1/profiles/pro_super", `{"supervises":[]}`, "If-Match", "*"); r.status != 200 {
		t.Fatalf("supervises: %d %s", r.status, r.body)
	}
	if n := l.hearsLive("nothing more", func(n news) bool { return len(n.Gone) > 0 }); len(n.Gone) != 3 {
		t.Errorf("gone: %v", n.Gone)
	}
	if r := ada.do("PATCH", "/api/v1/profiles/pro_super", `{"rights":["pool_see"]}`, "If-Match", "*"); r.status != 200 {
		t.Fatalf("rights: %d %s", r.status, r.body)
	}
	for range l.events { // until the stream ends
	}
}

// A supervisor is told of the agents whom they supervise, an administrator of all.
func TestNoticesOfOnesOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.deck.notices = []core.Notice{
		{Kind: "activity_over", Agent: "usr_ann", What: "Lunch"}, {Kind: "device_lost", Agent: "usr_ada"}, {Kind: "spend_limit"},
	}
	for login, want := range map[string]int{"sam": 2, "admin": 3} {
		var got struct{ Items []struct{ Kind string } }
		if h.as(login).get("/api/v1/notices").read(t, &got); len(got.Items) != want {
			t.Errorf("%s is told %+v", login, got.Items)
		}
	}
}
