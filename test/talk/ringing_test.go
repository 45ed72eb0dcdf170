package talk

import (
	"sync"
	"testing"

	"belfry/core/plan"
)

// TestCompleteWhileRinging: an attended transfer is completed while the target
// still rings: it goes on ringing there, is not called a second time, and the
// caller is who is answered; or has the agent again when nobody answers.
func TestCompleteWhileRinging(t *testing.T) {
	t.Parallel()
	h := open(t, 4)
	var all sync.WaitGroup
	for i, row := range []struct {
		to       string
		answered bool
	}{{"user", true}, {"number", true}, {"queue", true}, {"user", false}} {
		name := row.to
		if !row.answered {
			name += " who does not answer"
		}
		all.Go(func() {
			t.Run(name, func(t *testing.T) {
				c := &handover{team: h.teams[i], t: t, to: row.to, attended: true}
				c.completeEarly(row.answered)
			})
		})
	}
	all.Wait()
	h.still(t)
}

func (c *handover) completeEarly(answered bool) {
	t := c.t
	c.letRing()
	c.caller, c.call = c.begin(t)
	c.order = c.agent.transfer(t, c.call.ID, "attended", c.target())
	c.rung()
	c.complete()
	c.agent.idle(t)
	c.music(t, &c.caller.voice)
	if answered {
		c.takes()
		c.withTarget()
	} else {
		c.taken.ended(t) // after its ring time
		c.back()
	}
	if n := len(c.extension().calls); n > 0 {
		t.Errorf("the target was called %d times more", n)
	}
	c.caller.hangUp(t)
	c.agent.idle(t)
	c.colleague.idle(t)
	r := c.h.record(t, c.call.Interaction)
	r.sound(t)
	want := []string{c.agent.user}
	if answered {
		want = append(want, c.taker())
	}
	r.owns(t, want...)
	if state := r.Transfers[0].State; (state == "done") != answered {
		t.Errorf("the transfer is %s", state)
	}
	c.h.record(t, r.Transfers[0].Consult).sound(t)
}

// TestQueueTurnsAway: a queue that is full does not take the caller: they are with
// the agent again, who is told why.
func TestQueueTurnsAway(t *testing.T) {
	t.Parallel()
	h := open(t, 1, func(d *plan.Doc) {
		for i := range d.Queues {
			if d.Queues[i].ID == "que_b00" {
				d.Queues[i].MaxSize = 1
			}
		}
	})
	m := h.teams[0]
	m.colleague.ask(t, "PUT", "/api/v1/me/activity", map[string]string{"activity": "act_break"}, nil)
	first, call := m.begin(t)
	m.agent.transfer(t, call.ID, "blind", map[string]string{"queue": "que_b00"})
	m.music(t, &first.voice)
	m.agent.idle(t)
	second, again := m.begin(t)
	m.agent.transfer(t, again.ID, "blind", map[string]string{"group": "grp_00"})
	d := m.agent.await(t, "has the caller back", func(d desk) bool {
		return len(d.Calls) == 1 && d.Calls[0].Transfer != nil && d.Calls[0].Transfer.Returned
	})
	if why := d.Calls[0].Transfer.Reason; why != "full" {
		t.Errorf("the call is back because of %q", why)
	}
	m.talk(t, &second.voice, &m.agent.voice)
	m.music(t, &first.voice)
	first.hangUp(t)
	second.hangUp(t)
	m.agent.idle(t)
	for _, id := range []string{call.Interaction, again.Interaction} {
		r := h.record(t, id)
		r.sound(t)
		r.owns(t, m.agent.user)
	}
	h.still(t)
}
