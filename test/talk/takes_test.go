package talk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"belfry/core"
	"belfry/core/plan"
)

// TestTwentyTakes: one call waits, and twenty agents press "Take this call" at the
// same moment. One talks with the caller; each of the others is told who does,
// and has nothing of it on their desk.
func TestTwentyTakes(t *testing.T) {
	t.Parallel()
	const teams, rounds = 10, 5
	h := open(t, teams, func(d *plan.Doc) {
		for i := range d.Profiles {
			if id := string(d.Profiles[i].ID); strings.HasPrefix(id, "pro_a0") || strings.HasPrefix(id, "pro_b0") {
				d.Profiles[i].Queues = []core.QueueID{"que_a00"}
				d.Profiles[i].Rights = append(d.Profiles[i].Rights, plan.TakeFromPool)
			}
		}
	})
	var all []*page
	for _, m := range h.teams {
		all = append(all, m.agent, m.colleague)
	}
	for _, p := range all {
		p.ask(t, "PUT", "/api/v1/me/activity", map[string]string{"activity": "act_break"}, nil)
	}
	last := ""
	for range rounds {
		caller := h.reach(t, "the caller", hz(0, 4), h.teams[0].number())
		winner, call := takeAtOnce(t, all, last)
		last = call
		said := ""
		until(t, func() string { return said }, func() bool {
			said = caller.hears([]*voice{&winner.voice}, &winner.voice) + winner.hears([]*voice{&caller.voice}, &caller.voice)
			return said == ""
		})
		for _, p := range all {
			if d := p.now(); p != winner && (len(d.Calls) > 0 || d.Offer != nil) {
				t.Errorf("%s, who was slower, has %s", p.name, d.short())
			}
		}
		caller.hangUp(t)
		winner.await(t, "has no call", func(d desk) bool { return len(d.Calls) == 0 })
	}
	h.still(t)
}

// takeAtOnce has all of them take the call that waits, as soon as all see it, and
// says who has it. Last is that of the round before.
func takeAtOnce(t *testing.T, all []*page, last string) (winner *page, call string) {
	t.Helper()
	for _, p := range all {
		until(t, func() string { return p.name + " sees the call" }, func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			if w := p.pool.Waiting; len(w) == 1 && w[0].State == "waiting" && w[0].Call != last {
				call = w[0].Call
				return true
			}
			return false
		})
	}
	answers := make([]answer, len(all))
	var work sync.WaitGroup
	start := make(chan struct{})
	for i, p := range all {
		work.Go(func() {
			<-start
			answers[i] = p.take(call)
		})
	}
	close(start)
	work.Wait()
	for i, a := range answers {
		if a.status == http.StatusOK {
			if winner != nil {
				t.Fatalf("%s and %s have taken the same call", winner.name, all[i].name)
			}
			winner = all[i]
		}
	}
	if winner == nil {
		t.Fatalf("nobody has the call: %+v", answers)
	}
	for i, a := range answers {
		if all[i] == winner {
			continue
		}
		if a.status != http.StatusConflict || a.kind != "application/problem+json" || a.Status != a.status || a.Code != "call-taken" ||
			!strings.Contains(strings.ToLower(a.Detail), winner.name) {
			t.Errorf("%s was answered %+v, while %s has the call", all[i].name, a, winner.name)
		}
	}
	return winner, call
}

// answer is how a request was answered, and the problem in it.
type answer struct {
	status int
	kind   string
	Status int
	Code   string
	Detail string
}

// take asks for a waiting call.
func (p *page) take(call string) (a answer) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, p.h.HTTP+"/api/v1/pool/"+call+"/take", http.NoBody)
	if err != nil {
		return answer{Detail: err.Error()}
	}
	req.AddCookie(&http.Cookie{Name: "belfry_session", Value: p.cookie})
	res, err := p.h.client.Do(req)
	if err != nil {
		return answer{Detail: err.Error()}
	}
	defer res.Body.Close()
	a.status, a.kind = res.StatusCode, res.Header.Get("Content-Type")
	b, err := io.ReadAll(res.Body)
	if err == nil && a.status >= 300 {
		err = json.Unmarshal(b, &a)
	}
	if err != nil {
		a.Detail = fmt.Sprintf("%v: %s", err, b)
	}
	return a
}
