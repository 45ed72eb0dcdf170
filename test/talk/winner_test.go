package talk

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// TestOnePhoneWins: an agent's two registered phones both answer a call by
// themselves, at once. One has it, the other is hung up, every time.
//
// Two that answer and are both acknowledged: https://github.com/asterisk/asterisk/issues/176.
func TestOnePhoneWins(t *testing.T) {
	t.Parallel()
	h := open(t, 1)
	m := h.teams[0]
	h.register(t, m.extension())
	h.register(t, m.extension())
	m.own.will("answer at once")
	m.agent.await(t, "has a phone", func(d desk) bool { return d.Agent.PhoneUp })
	m.agent.ask(t, "PUT", "/api/v1/me/station", map[string]string{"kind": "phone"}, nil)
	for range 20 {
		caller := h.reach(t, "the caller", hz(0, 4), m.number())
		call := m.agent.call(t, "talking")
		one, other := m.own.rung(t), m.own.rung(t)
		only(t, one, other)
		winner := one
		if !one.lives() {
			winner = other
		}
		m.talk(t, &caller.voice, &winner.voice)
		caller.hangUp(t)
		winner.ended(t)
		m.agent.idle(t)
		r := h.record(t, call.Interaction)
		r.sound(t)
		r.owns(t, m.agent.user)
	}
	h.still(t)
}

// only waits until just one of two calls is left.
func only(t *testing.T, one, other *line) {
	t.Helper()
	until(t, func() string {
		return fmt.Sprintf("one of two has the call: %v, %v", one.lives(), other.lives())
	}, func() bool { return one.lives() != other.lives() })
}

// lives says whether the call is not over.
func (l *line) lives() bool {
	select {
	case <-l.over:
		return false
	default:
		return true
	}
}

// TestOneAgentWins: an agent's phone answers in the very moment in which its
// time is over and the next one's, which answers by itself, is rung. The caller
// talks with one of the two, whichever it is, and the other is hung up.
//
// https://github.com/asterisk/asterisk/issues/176, https://github.com/FreePBX/issue-tracker/issues/40.
func TestOneAgentWins(t *testing.T) {
	t.Parallel()
	const pairs = 5
	h := open(t, 2*pairs, func(d *plan.Doc) {
		for n := range pairs {
			addPair(d, n)
		}
	})
	for n := range 2 * pairs { // the first of each pair has been free for longer
		p := h.page(fmt.Sprintf("p%02d", n), 0)
		p.post(t, "/me/shift/start")
	}
	var all sync.WaitGroup
	for n := range pairs {
		all.Go(func() {
			early := time.Duration(n-2) * 10 * time.Millisecond
			t.Run(early.String(), func(t *testing.T) { h.race(t, n, 5*time.Second+early) })
		})
	}
	all.Wait()
	h.still(t)
}

// addPair has the phones of two teams serve a queue of their own.
func addPair(d *plan.Doc, n int) {
	queue := core.QueueID(fmt.Sprintf("que_p%02d", n))
	d.Queues = append(d.Queues, plan.Queue{ID: queue, Name: string(queue), Ring: 5, PostMode: "none", Music: "snd_music_default"})
	for i := range d.Profiles {
		if id := d.Profiles[i].ID; id == core.ProfileID(fmt.Sprintf("pro_p%02d", 2*n)) || id == core.ProfileID(fmt.Sprintf("pro_p%02d", 2*n+1)) {
			d.Profiles[i].Queues = []core.QueueID{queue}
		}
	}
	tree := core.TreeID(fmt.Sprintf("tre_p%02d", n))
	d.Trees = append(d.Trees, plan.Tree{ID: tree, Name: string(tree), Version: 1, Nodes: []plan.Node{
		{ID: "start", Kind: plan.Starts, Outputs: map[string]string{"next": "queue"}},
		{ID: "queue", Kind: "queue", Settings: json.RawMessage(`{"queue":"` + string(queue) + `"}`)},
	}})
	d.Numbers = append(d.Numbers, plan.Number{Number: fmt.Sprintf("+3314800%04d", n), Tree: tree})
}

// race has the first phone answer after a time and the second by itself.
func (h *house) race(t *testing.T, n int, after time.Duration) {
	t.Helper()
	slow, quick := h.teams[2*n].phone, h.teams[2*n+1].phone
	slow.answerIn(after)
	quick.will("answer at once")
	caller := h.reach(t, "the caller", hz(2*n, 4), fmt.Sprintf("+3314800%04d", n))
	first := slow.rung(t)
	var second *line
	select {
	case second = <-quick.calls: // the first was too late
		only(t, first, second)
	case <-time.After(after + time.Second): // it was not
	}
	winner, loser := first, second
	if !first.lives() {
		winner, loser = second, first
	}
	if winner == nil {
		t.Fatalf("nobody has the call: %+v", first.cause)
	}
	winner.answered(t)
	said := ""
	until(t, func() string { return said }, func() bool {
		all := []*voice{{name: "the first", hz: slow.hz}, {name: "the second", hz: quick.hz}}
		of := all[0]
		if winner != first {
			of = all[1]
		}
		said = caller.hears(all, of)
		return said == ""
	})
	t.Logf("the first won: %v", winner == first)
	caller.hangUp(t)
	winner.ended(t)
	if loser != nil {
		loser.ended(t)
	}
}
