package talk

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// Where a call can be transferred to, and what can become of it.
var (
	destinations = []string{"user", "queue", "group", "routing", "directory", "number"}
	fates        = []string{
		"answered", "busy", "no answer", "declined", "the target drops", "the agent drops", "the caller drops",
	}
)

// TestTransfers: to every kind of destination, with and without a word before,
// with every ending there is. No caller is lost: they talk with the target, or
// with the agent again, or wait at the head of the queue, or have hung up
// themselves. Every second of talk is owned by who talked.
func TestTransfers(t *testing.T) {
	t.Parallel()
	const teams = 8
	h := open(t, teams)
	type one struct{ to, mode, fate string }
	todo := make(chan one, 2*len(destinations)*len(fates))
	for _, fate := range []string{"no answer", "answered", "busy", "declined", "the target drops", "the agent drops", "the caller drops"} { // the longest first
		for _, mode := range []string{"blind", "attended"} {
			for _, to := range destinations {
				todo <- one{to, mode, fate}
			}
		}
	}
	close(todo)
	var all sync.WaitGroup
	for _, m := range h.teams {
		all.Go(func() {
			for x := range todo {
				t.Run(fmt.Sprintf("%s/%s/%s", x.to, x.mode, x.fate), func(t *testing.T) {
					c := &handover{team: m, t: t, to: x.to, attended: x.mode == "attended", fate: x.fate}
					c.run()
				})
			}
		})
	}
	all.Wait()
	h.still(t)
	for _, m := range h.teams { // each call has its one recording
		for _, call := range m.calls {
			if p := h.tape(t, call); len(p.Segments) == 0 || p.Segments[0].Kind != "talk" {
				t.Errorf("the recording of %s has the segments %+v", call, p.Segments)
			}
		}
	}
}

// handover is one transfer of the table.
type handover struct {
	*team
	t        *testing.T
	to, fate string
	attended bool

	caller *line
	call   deskCall    // the agent's, with the caller
	order  transferred // the transfer
	taken  *line       // the call at the phone or the number outside
	ended  bool        // somebody has hung up already
}

// kind says who stands at the destination: a person, a queue in which the
// colleague is, or somebody outside.
func (c *handover) kind() string {
	switch c.to {
	case "user":
		return "person"
	case "directory", "number":
		return "outside"
	}
	return "queue"
}

// byPhone says whether the target is a SIP phone.
func (c *handover) byPhone() bool {
	return c.kind() == "outside" || c.kind() == "person" && c.attended
}

// target is the destination as the API takes it.
func (c *handover) target() map[string]string {
	switch c.to {
	case "user":
		if c.byPhone() {
			return map[string]string{"user": fmt.Sprintf("usr_p%02d", c.n)}
		}
		return map[string]string{"user": c.colleague.user}
	case "queue":
		return map[string]string{"queue": c.otherQueue()}
	case "group":
		return map[string]string{"group": fmt.Sprintf("grp_%02d", c.n)}
	case "routing":
		return map[string]string{"routing": fmt.Sprintf("tre_b%02d", c.n)}
	case "directory":
		return map[string]string{"contact": fmt.Sprintf("con_%02d", c.n)}
	}
	return map[string]string{"number": c.far()}
}

// extension is the phone that is the target.
func (c *handover) extension() *extension {
	if c.kind() == "outside" {
		return c.outside
	}
	return c.phone
}

// taker is the name by which the record knows the target.
func (c *handover) taker() string {
	switch {
	case c.kind() == "outside":
		return c.far()
	case c.byPhone():
		return fmt.Sprintf("usr_p%02d", c.n)
	}
	return c.colleague.user
}

// voice is the target's.
func (c *handover) voice() *voice {
	if c.byPhone() {
		return &c.taken.voice
	}
	return &c.colleague.voice
}

// run goes through one case from the call's arrival to its record.
func (c *handover) run() {
	t := c.t
	c.agent.will("answer")
	c.colleague.will("answer")
	c.phone.will("answer")
	c.outside.will("answer")
	t.Cleanup(c.clear)
	c.caller, c.call = c.begin(t)
	c.calls = append(c.calls, c.call.Interaction)
	var free func()
	switch does := map[string]string{"busy": "busy", "no answer": "no answer", "declined": "decline"}[c.fate]; {
	case c.byPhone():
		c.extension().will(does)
	case c.fate == "busy":
		free = c.occupy()
	case does != "":
		c.colleague.will(map[string]string{"no answer": "ring", "decline": "decline"}[does])
	}
	if waits := c.fate == "the agent drops" || c.fate == "the caller drops"; waits {
		c.letRing()
	}
	if c.attended {
		c.consult(free)
	} else {
		c.send(free)
	}
	if !c.ended {
		c.caller.hangUp(t)
	}
	if free != nil {
		free()
	}
	c.agent.idle(t)
	c.colleague.idle(t)
	c.check()
}

// clear ends what a case that failed has left.
func (c *handover) clear() {
	if !c.t.Failed() {
		return
	}
	if c.caller != nil {
		c.caller.call.Hangup()
	}
	for _, p := range []*page{c.agent, c.colleague} {
		p.will("ring")
		for _, x := range p.now().Calls {
			p.try(c.t, "POST", "/api/v1/calls/"+x.ID+"/hangup", nil, nil)
		}
	}
	if c.taken != nil {
		c.taken.call.Hangup()
	}
	for _, p := range []*page{c.agent, c.colleague} {
		p.reload(c.t)
		p.idle(c.t)
	}
}

// letRing has the target not take the call before it is told to.
func (c *handover) letRing() {
	c.colleague.will("ring")
	c.phone.will("ring")
	c.outside.will("ring")
}

// rung waits until it rings at the target's.
func (c *handover) rung() {
	if c.byPhone() {
		c.taken = c.extension().rung(c.t)
		return
	}
	c.colleague.rung(c.t)
}

// takes has the target take the call that rings.
func (c *handover) takes() {
	if c.byPhone() {
		c.taken.call.Answer()
		c.taken.answered(c.t)
		return
	}
	c.colleague.post(c.t, "/offers/"+c.colleague.rung(c.t)+"/accept")
}

// refuses has the target refuse it.
func (c *handover) refuses() {
	if c.byPhone() {
		c.taken.call.Reject(603)
		return
	}
	c.colleague.post(c.t, "/offers/"+c.colleague.rung(c.t)+"/decline")
}

// answers waits until the target, who takes calls, has this one.
func (c *handover) answers() {
	if c.byPhone() {
		c.taken = c.extension().rung(c.t)
		c.taken.answered(c.t)
		return
	}
	c.colleague.await(c.t, "has the call", func(d desk) bool { return len(d.Calls) == 1 && d.Calls[0].State == "talking" })
}

// leaves has the target hang up.
func (c *handover) leaves() {
	if c.byPhone() {
		c.taken.hangUp(c.t)
		return
	}
	c.colleague.hangUp(c.t, c.colleague.call(c.t, "talking").ID)
}

// occupy has the colleague talk with somebody outside.
func (c *handover) occupy() (free func()) {
	var begun struct{ ID string }
	c.colleague.ask(c.t, "POST", "/api/v1/calls", map[string]string{"to": c.far()}, &begun)
	c.outside.rung(c.t).answered(c.t)
	c.colleague.call(c.t, "talking")
	return sync.OnceFunc(func() { c.colleague.hangUp(c.t, begun.ID) })
}

// withTarget: the caller talks with the target.
func (c *handover) withTarget() {
	c.t.Helper()
	c.team.talk(c.t, &c.caller.voice, c.voice())
}

// withAgent: the caller talks with the agent.
func (c *handover) withAgent() {
	c.t.Helper()
	c.agent.await(c.t, "has the caller again", func(d desk) bool {
		return len(d.Calls) == 1 && d.Calls[0].ID == c.call.ID && d.Calls[0].State == "talking"
	})
	c.team.talk(c.t, &c.caller.voice, &c.agent.voice)
}

// waits: the caller stands in the colleague's queue, and hears its music.
func (c *handover) waits() {
	c.t.Helper()
	until(c.t, func() string { return "the caller waits in the queue" }, func() bool {
		c.colleague.mu.Lock()
		defer c.colleague.mu.Unlock()
		return c.colleague.pool.waits(c.call.ID, c.otherQueue())
	})
	c.music(c.t, &c.caller.voice)
}

// check looks at the record of the call, and of the consultation.
func (c *handover) check() {
	t := c.t
	r := c.h.record(t, c.call.Interaction)
	r.sound(t)
	want := c.expected()
	r.owns(t, want.owners...)
	if len(r.Transfers) != 1 {
		t.Fatalf("the transfers are %+v", r.Transfers)
	}
	x := r.Transfers[0]
	if x.State != want.state || x.Reason != want.reason || x.By != c.agent.user || x.Kind != c.to || x.Attended != c.attended {
		t.Errorf("the transfer is %+v, not %+v", x, want)
	}
	if want.code != 0 && x.Code != want.code {
		t.Errorf("the transfer failed by %d, not by %d", x.Code, want.code)
	}
	if r.EndedBy != want.endedBy || r.Outcome != "answered" {
		t.Errorf("the call was ended by %s (%s)", r.EndedBy, r.Outcome)
	}
	if c.attended {
		b := c.h.record(t, x.Consult)
		b.sound(t)
		if b.Parent != r.ID || b.Direction == "inbound" {
			t.Errorf("the consultation's record is %+v", b)
		}
		for _, p := range b.Talks { // nobody is paid twice for a second
			for _, o := range r.Talks {
				if o.Role == "owner" && o.Agent == p.Agent && o.Agent != c.agent.user && o.Began.Before(p.Ended) && p.Began.Before(o.Ended) {
					t.Errorf("%s talked in both calls at a time: %+v, %+v", o.Agent, o, p)
				}
			}
		}
	}
}

// outcome is what the record must say.
type outcome struct {
	owners                 []string
	state, reason, endedBy string
	code                   int
}

func (c *handover) expected() outcome {
	agent, both := []string{c.agent.user}, []string{c.agent.user, c.taker()}
	queued := c.kind() == "queue"
	failed := func(reason string, code int) outcome {
		if !c.byPhone() {
			code = 0
		}
		return outcome{agent, "failed", reason, "caller", code}
	}
	done := outcome{both, "done", "", "caller", 0}
	switch c.fate {
	case "answered":
		return done
	case "the caller drops":
		if queued && !c.attended {
			return outcome{agent, "done", "", "caller", 0}
		}
		return failed("caller_left", 0)
	case "the agent drops":
		if c.attended && slices.Contains([]string{"queue", "directory"}, c.to) {
			return outcome{agent, "cancelled", "", "caller", 0}
		}
		if !c.attended && slices.Contains([]string{"user", "number"}, c.to) {
			return failed("declined", 603)
		}
		return done
	case "the target drops":
		switch {
		case c.attended && queued && c.to != "routing":
			return outcome{agent, "cancelled", "", "caller", 0}
		case c.attended:
			return failed("hung_up", 0)
		case queued:
			return done
		}
		return outcome{[]string{c.agent.user, c.taker(), c.agent.user}, "failed", "hung_up", "caller", 0}
	}
	if queued { // the call is in the queue: that is where it was to go
		switch {
		case c.attended:
			return outcome{agent, "cancelled", "", "caller", 0}
		case c.fate == "busy":
			return done
		}
		return outcome{agent, "done", "", "caller", 0}
	}
	switch c.fate {
	case "busy":
		return failed("busy", 486)
	case "declined":
		return failed("declined", 603)
	}
	return failed("no_answer", 480)
}
