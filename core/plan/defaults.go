package plan

import (
	"time"

	"belfry/core"
)

// AgentCallsOut is how many calls out an agent may make within an hour; 0: any.
func (c *Company) AgentCallsOut() int { return Or(c.AgentCallsHour, 120) }

// CallsOut is the same of all agents together.
func (c *Company) CallsOut() int { return Or(c.CallsHour, 3_000) }

// AgentPaid is how long an agent may talk with paid numbers in a day; 0: any time.
func (c *Company) AgentPaid() time.Duration {
	return time.Duration(Or(c.AgentPaidMinutes, 240)) * time.Minute
}

// Paid is the same of all agents together.
func (c *Company) Paid() time.Duration { return time.Duration(Or(c.PaidMinutes, 3_000)) * time.Minute }

// RingTime is how long an offer of the queue rings, from when it is drawn.
func (q *Queue) RingTime() time.Duration { return Seconds(q.Ring, 20) }

// Most is how many agents are rung for one call, where several are.
func (q *Queue) Most() int { return Or(q.AtOnce, 5) }

// JoinEvery is after how long the next agent is rung beside the others.
func (q *Queue) JoinEvery() time.Duration { return Seconds(q.JoinAfter, 5) }

// StickyFor is how long a caller waits at most for the agent they know.
func (q *Queue) StickyFor() time.Duration { return Seconds(q.StickyWait, 30) }

// LongestWait is how long a call may wait; 0: for ever.
func (q *Queue) LongestWait() time.Duration { return Seconds(q.MaxWait, 0) }

// NoAnswerRest is how long an agent who let an offer ring out is left alone.
func (q *Queue) NoAnswerRest() time.Duration { return Seconds(q.NoAnswerDelay, 10) }

// RejectRest is how long an agent who declined is left alone.
func (q *Queue) RejectRest() time.Duration { return Seconds(q.RejectDelay, 10) }

// BusyRest is how long an agent whose phone was busy is left alone.
func (q *Queue) BusyRest() time.Duration { return Seconds(q.BusyDelay, 10) }

// Misses is how many offers in a row an agent may let ring out; 0: no limit.
func (q *Queue) Misses() int { return Or(q.MaxMisses, 2) }

// Declines is how many offers in a row an agent may decline; 0: no limit.
func (q *Queue) Declines() int { return max(q.MaxDeclines, 0) }

// Longest is how long the activity should last; 0: as long as it takes.
func (a *Activity) Longest() time.Duration { return time.Duration(a.MaxMinutes) * time.Minute }

// Zips is how many tones are heard before a call that answers itself.
func (p *Profile) Zips() int { return Or(p.ZipTones, 1) }

// UntilClosed says whether the agent ends the post-interaction, not a timer.
func (q *Queue) UntilClosed() bool { return q.PostMode == "until_closed" }

// RefusedRest is how long a refused call is kept from the same agent when
// nobody else is left.
func (q *Queue) RefusedRest() time.Duration { return Seconds(q.RefusedAgain, 60) }

// LateAfter is the wait after which the pool shows a call as late.
func (q *Queue) LateAfter() time.Duration { return Seconds(q.Late, 60) }

// ShortAbandon is the wait below which giving up is counted apart.
func (q *Queue) ShortAbandon() time.Duration { return Seconds(q.Short, 5) }

// InTime is the wait up to which an answer counts as in time.
func (q *Queue) InTime() time.Duration { return Seconds(q.ServiceLevel, 20) }

// Target is how many calls of a hundred shall be answered in time.
func (q *Queue) Target() int { return Or(q.Shall, 80) }

// Seniority is what the queue adds to the age of its calls.
func (q *Queue) Seniority() time.Duration { return time.Duration(q.Priority) * time.Second }

// PostTime is the length of the post-interaction; 0: none.
func (q *Queue) PostTime() time.Duration {
	switch {
	case q.PostMode == "none":
		return 0
	case q.PostMode == "until_closed":
		return time.Hour // the cap
	case q.PostMode == "" && q.PostSeconds == 0:
		return 0
	}
	return Seconds(q.PostSeconds, 30)
}

// PostExtension is what one extension adds.
func (q *Queue) PostExtension() time.Duration { return Seconds(q.PostStep, 30) }

// PostExtensions is how many extensions there may be.
func (q *Queue) PostExtensions() int {
	if q.UntilClosed() {
		return 0
	}
	return Or(q.PostSteps, 3)
}

// MusicSound is what waiting and held callers hear; empty: silence.
func (q *Queue) MusicSound() core.SoundID { return q.Music }

// OnHold is what held callers of the queue hear; empty: silence.
func (q *Queue) OnHold() core.SoundID {
	if q.HoldSound != "" {
		return q.HoldSound
	}
	return q.Music
}

// RemindsAfter is how long a hold may last before the agent is reminded; 0: never.
func (q *Queue) RemindsAfter() time.Duration { return Seconds(q.HoldReminder, 60) }

// RingTime of direct calls to the user.
func (u *User) RingTime() time.Duration { return Seconds(u.RingSeconds, 20) }

// PostTime after direct calls; 0: none.
func (p *Profile) PostTime() time.Duration { return Seconds(p.PostSeconds, 0) }

// Shortest is the least length of a message that is kept.
func (m *Mailbox) Shortest() time.Duration { return Seconds(m.Min, 3) }

// Longest is the most that is recorded.
func (m *Mailbox) Longest() time.Duration { return Seconds(m.Max, 180) }

// Quiet is the silence that ends a recording.
func (m *Mailbox) Quiet() time.Duration { return Seconds(m.Silence, 10) }

// Or returns n, or def when n is 0; a negative n means none and gives 0.
func Or(n, def int) int {
	switch {
	case n == 0:
		return def
	case n < 0:
		return 0
	}
	return n
}

// Seconds is Or as a duration.
func Seconds(n, def int) time.Duration { return time.Duration(Or(n, def)) * time.Second }
