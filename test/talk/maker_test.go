package talk

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patch changes a thing of the plan as an administrator's program does: it reads
// the ETag, and sends it back.
func (h *house) patch(t testing.TB, thing, change string) {
	t.Helper()
	var sheet struct{ Revision string }
	h.admin.ask(t, "GET", "/api/v1/"+thing, nil, &sheet)
	if status := h.patchAt(t, thing, change, sheet.Revision); status != http.StatusOK {
		t.Fatalf("%s: %d", thing, status)
	}
}

// patchAt is patch with the revision given, and says how it was answered.
func (h *house) patchAt(t testing.TB, thing, change, revision string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, h.HTTP+"/api/v1/"+thing, strings.NewReader(change))
	if err != nil {
		t.Error(err)
		return 0
	}
	req.Header.Set("Content-Type", "application/merge-patch+json")
	req.Header.Set("If-Match", `"`+revision+`"`)
	req.AddCookie(&http.Cookie{Name: "belfry_session", Value: h.admin.cookie})
	res, err := h.client.Do(req)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

// TestPlanChangesWhileCallsWait: all that can be set of a queue is set otherwise
// while three callers wait in it, and who serves it; they hear their music on,
// and are answered in the order in which they came. The agent is removed in a
// call, and talks on.
func TestPlanChangesWhileCallsWait(t *testing.T) {
	t.Parallel()
	h := open(t, 1)
	m := h.teams[0]
	h.patch(t, "profiles/pro_a00", `{"queues":null}`)
	var callers []*line
	for i, voice := range []int{4, 3, 2} {
		c := h.reach(t, "a caller", hz(0, voice), m.number())
		callers = append(callers, c)
		m.music(t, &c.voice)
		until(t, func() string { return "the caller waits" }, func() bool {
			var pool struct{ Total int }
			m.agent.ask(t, "GET", "/api/v1/me/pool", nil, &pool)
			return pool.Total == i+1
		})
	}
	queue := "queues/" + m.queue()
	for _, change := range []string{
		`{"strategy":"fewest_calls"}`, `{"ring_seconds":7}`, `{"music":null}`, `{"name":"another name"}`, `{"max_size":1}`,
		`{"max_wait_seconds":600}`, `{"priority_seconds":60}`, `{"post_seconds":5,"post_mode":"timed"}`, `{"max_wait_seconds":null}`,
	} {
		h.patch(t, queue, change)
	}
	h.oneOfTwenty(t, queue)
	for _, c := range callers {
		m.music(t, &c.voice)
	}
	status, text := h.admin.try(t, "DELETE", "/api/v1/"+queue, nil, nil)
	if status != http.StatusConflict || !strings.Contains(text, `"in-use"`) {
		t.Errorf("a queue that is served is removed: %d %s", status, text)
	}
	m.agent.will("answer")
	began := time.Now()
	h.patch(t, "profiles/pro_a00", `{"queues":["`+m.queue()+`"]}`)
	m.agent.await(t, "has the call", func(d desk) bool { return len(d.Calls) > 0 || d.Offer != nil })
	if took := time.Since(began); took > time.Second {
		t.Errorf("the change took %v to reach the agent", took)
	}
	m.talk(t, &callers[0].voice, &m.agent.voice)
	callers[0].hangUp(t)
	m.talk(t, &callers[1].voice, &m.agent.voice)
	h.admin.ask(t, "DELETE", "/api/v1/users/"+m.agent.user, nil, nil)
	m.talk(t, &callers[1].voice, &m.agent.voice)
	callers[1].hangUp(t)
	m.music(t, &callers[2].voice)
	callers[2].hangUp(t)
	h.still(t)
}

// oneOfTwenty change the same thing at once: exactly one wins.
func (h *house) oneOfTwenty(t *testing.T, thing string) {
	t.Helper()
	var sheet struct{ Revision string }
	h.admin.ask(t, "GET", "/api/v1/"+thing, nil, &sheet)
	var won, lost atomic.Int32
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			switch h.patchAt(t, thing, fmt.Sprintf(`{"late_seconds":%d}`, 100+n), sheet.Revision) {
			case http.StatusOK:
				won.Add(1)
			case http.StatusPreconditionFailed:
				lost.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 19 {
		t.Errorf("of 20 changes at once %d won and %d were too late", won.Load(), lost.Load())
	}
}
