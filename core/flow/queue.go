package flow

import "belfry/core"

// queue puts the call into a distribution queue. Priority is seniority in
// seconds that the call is given for it, on top of the queue's own.
type queue struct {
	Queue    core.QueueID `json:"queue"`
	Priority int          `json:"priority_seconds,omitempty"` // ±86,400
	// Raise gives it more, or takes some away, as it waits in the queue.
	Raise []Raise `json:"raise,omitempty"`
}

var queueOutputs = []string{
	"answered", "full", "closed", "no_agent_logged_in", "no_agent_for_skills", "no_agent_during_wait", "max_wait",
	"ewt_too_long", "key_pressed", "callback_accepted", "withdrawn", "caller_left", "error",
}

func (q *queue) check(c *check) {
	if c.plan.Queue(q.Queue) == nil {
		c.setting("queue", "no-such-queue", "there is no queue %q", string(q.Queue))
	}
	c.between("priority_seconds", q.Priority, -86_400, 86_400)
	after := 0
	for i, r := range q.Raise {
		if r.After <= after || r.After > 86_400 || i >= 10 {
			c.setting("raise", "raise-not-later", "there are at most 10 changes of the priority, each later than the one before it")
		}
		after = max(after, r.After)
		c.between("raise", r.By, -86_400, 86_400)
	}
}

func (q *queue) enter(w *walk) string {
	return w.enqueue(Enter{Queue: q.Queue, Priority: q.Priority, Raise: q.Raise})
}

func (q *queue) input(w *walk, in Input) string { return w.left(in) }

func (w *walk) enqueue(o Enter) string {
	q := w.env.Plan.Queue(o.Queue)
	if q == nil {
		w.note("there is no queue %s", short(string(o.Queue)))
		return "error"
	}
	w.note("queue %s", short(q.Name))
	w.away(o)
	return ""
}

// left takes the news that a queue, a user or a mailbox is done with the call.
func (w *walk) left(in Input) string {
	news, ok := in.(Left)
	if !ok {
		return ""
	}
	if news.What != "" {
		w.note("%s", short(news.What))
	}
	switch news.Output {
	case "":
		return "default"
	case "answered":
		// The conversation is over. Only a tree that says what comes after it
		// keeps the caller.
		if w.at.outputs["answered"] != nil {
			return "answered"
		}
	case "caller_left", "hung_up":
	default:
		return news.Output
	}
	w.run.Path[len(w.run.Path)-1].Output = news.Output
	w.over()
	return ""
}
