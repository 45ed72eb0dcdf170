package plan

import (
	"maps"
	"slices"
	"strings"

	"belfry/core"
)

// day is the longest time that a setting of a queue may name, in seconds.
const day = 24 * 3600

func (c *check) queues() {
	for i := range c.doc.Queues {
		q := &c.doc.Queues[i]
		f := func(name string) string { return at("queues", i, name) }
		c.name(f("name"), q.Name)
		c.oneOf(f("strategy"), string(q.Strategy), "", string(LongestIdle), string(LeastOccupied), string(FewestCalls),
			string(RoundRobin), string(FixedOrder), string(Random), string(Weighted), string(RingAll), string(RingProgressively))
		c.skilled(i, q)
		c.between(f("ring_at_once"), q.AtOnce, 1, 20, " agents")
		c.between(f("ring_join_seconds"), q.JoinAfter, 1, 60, " seconds")
		c.oneOf(f("sticky"), q.Sticky, "", "off", "members", "anyone")
		c.between(f("sticky_wait_seconds"), q.StickyWait, 1, 600, " seconds")
		for j, id := range q.Order {
			if c.plan.users[id] == nil {
				c.wrong(element(f("order"), j), "no-such-user", "there is no user %q", string(id))
			}
		}
		for _, id := range slices.Sorted(maps.Keys(q.Weights)) {
			if n := q.Weights[id]; n < 1 || n > 100 || c.plan.users[id] == nil {
				c.wrong(f("weights"), "weight-wrong", "%s must be a user with a weight between 1 and 100, not %d", id, n)
			}
		}
		c.between(f("ring_seconds"), q.Ring, 5, 120, " seconds")
		c.between(f("max_wait_seconds"), q.MaxWait, 1, day, " seconds")
		c.between(f("max_size"), q.MaxSize, 1, 100_000, " calls")
		c.between(f("priority_seconds"), q.Priority, -day, day, " seconds")
		c.between(f("class"), q.Class, 0, 9, "")
		c.between(f("late_seconds"), q.Late, 1, day, " seconds")
		c.between(f("short_abandon_seconds"), q.Short, 1, 300, " seconds")
		c.between(f("service_level_seconds"), q.ServiceLevel, 1, 3600, " seconds")
		c.between(f("service_level_percent"), q.Shall, 1, 100, " percent")
		c.sound(f("music"), q.Music)
		c.waiting(q, f)
		c.buttons(f("buttons"), q.Buttons)
		c.oneOf(f("post_mode"), q.PostMode, "", "timed", "none", "until_closed")
		c.between(f("post_seconds"), q.PostSeconds, 1, 3600, " seconds")
		c.between(f("post_step_seconds"), q.PostStep, 1, 3600, " seconds")
		c.optional(f("post_steps"), q.PostSteps, 100, " times")
		c.optional(f("no_answer_delay_seconds"), q.NoAnswerDelay, day, " seconds")
		c.optional(f("reject_delay_seconds"), q.RejectDelay, day, " seconds")
		c.optional(f("busy_delay_seconds"), q.BusyDelay, day, " seconds")
		c.optional(f("max_consecutive_misses"), q.MaxMisses, 100, " misses")
		c.optional(f("max_consecutive_declines"), q.MaxDeclines, 100, " declines")
		c.sound(f("whisper"), q.Whisper)
		if q.FormRequired && q.PostTime() == 0 {
			c.wrong(f("form_required"), "form-without-post", "%s has no post-interaction in which a form could be filled in: set post_mode", q.Name)
		}
		c.optional(f("refused_again_seconds"), q.RefusedAgain, day, " seconds")
		c.oneOf(f("recording"), q.Recording, "", "off", "manual", "automatic")
		if q.MaxWait == 0 && q.MaxSize == 0 {
			c.warn(f("max_wait_seconds"), "queue-unlimited", "%s has neither a maximum wait nor a maximum size", q.Name)
		}
	}
}

// unserved warns of queues in which a call can only wait.
func (c *check) unserved() {
	for i := range c.doc.Queues {
		if q := &c.doc.Queues[i]; len(c.plan.servers[q.ID]) == 0 {
			c.warn(at("queues", i, "id"), "queue-unserved", "nobody serves %s", q.Name)
		}
	}
}

func (c *check) groups() {
	for i := range c.doc.Groups {
		g := &c.doc.Groups[i]
		c.name(at("groups", i, "name"), g.Name)
		shares := at("groups", i, "shares")
		if n := len(g.Shares); n == 0 || n > 50 {
			c.wrong(shares, "group-size", "a group has 1 to 50 queues, not %d", n)
		}
		sum, seen := 0, map[core.QueueID]bool{}
		for j, s := range g.Shares {
			c.queue(element(shares, j)+".queue", s.Queue)
			if seen[s.Queue] {
				c.wrong(element(shares, j)+".queue", "queue-twice", "%s stands twice in the group", s.Queue)
			}
			seen[s.Queue] = true
			if s.Percent < 0 || s.Percent > 100 {
				c.wrong(element(shares, j)+".percent", "out-of-range", "%d is not between 0 and 100 percent", s.Percent)
			}
			sum += s.Percent
		}
		if sum != 100 {
			c.wrong(shares, "shares-sum", "the shares make %d percent, not 100", sum)
		}
	}
}

func (c *check) numbers() {
	c.plan.numbers = map[string]*Number{}
	for i := range c.doc.Numbers {
		n := &c.doc.Numbers[i]
		field := at("numbers", i, "number")
		switch {
		case !e164(n.Number):
			c.wrong(field, "number-malformed", "a number is written as +33123456789, not %q", n.Number)
		case c.plan.numbers[n.Number] != nil:
			c.wrong(field, "number-taken", "%s leads to %s already", n.Number, c.plan.numbers[n.Number].Tree)
		default:
			c.plan.numbers[n.Number] = n
		}
		if c.plan.trees[n.Tree] == nil {
			c.wrong(at("numbers", i, "tree"), "no-such-tree", "there is no tree %q", string(n.Tree))
		}
	}
}

func (c *check) sounds() {
	for i := range c.doc.Sounds {
		s := &c.doc.Sounds[i]
		c.name(at("sounds", i, "name"), s.Name)
		// The file stays inside the folder of sounds.
		if strings.HasPrefix(s.File, "/") || strings.Contains(s.File, "..") || strings.ContainsAny(s.File, "\\\x00") {
			c.wrong(at("sounds", i, "file"), "file-malformed", "%q is not a file in the folder of sounds", s.File)
		}
	}
}

func (c *check) mailboxes() {
	for i := range c.doc.Mailboxes {
		m := &c.doc.Mailboxes[i]
		f := func(name string) string { return at("mailboxes", i, name) }
		c.name(f("name"), m.Name)
		c.sound(f("greeting"), m.Greeting)
		c.between(f("min_seconds"), m.Min, 1, 60, " seconds")
		c.between(f("max_seconds"), m.Max, 3, 3600, " seconds")
		c.between(f("silence_seconds"), m.Silence, 1, 120, " seconds")
		if m.Shortest() >= m.Longest() {
			c.wrong(f("min_seconds"), "out-of-range", "the shortest message is longer than the longest")
		}
	}
}
