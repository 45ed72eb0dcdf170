package api

import (
	"time"

	"belfry/core"
)

// liveView is what a supervisor sees, or what of it has changed.
type liveView struct {
	At     stamp           `json:"at"`
	Whole  bool            `json:"whole" doc:"Everything is here; else only what has changed"`
	Queues []liveQueueView `json:"queues" doc:"Each replaces what was known of it"`
	Agents []liveAgentView `json:"agents" doc:"Each replaces what was known of them"`
	Gone   []string        `json:"gone" doc:"Ids of queues and agents that I supervise no more"`
	Calls  *[]poolCallView `json:"calls" doc:"The first 50 waiting calls, oldest first; null: as they were"`
	Total  *int            `json:"total" doc:"How many wait; null: as many as did"`
}

func (v *liveView) empty() bool {
	return !v.Whole && len(v.Queues)+len(v.Agents)+len(v.Gone) == 0 && v.Calls == nil
}

type liveQueueView struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Waiting int    `json:"waiting"`
	Longest *stamp `json:"longest" doc:"Arrival of the first in line"`
	Rung    int    `json:"rung" doc:"Calls that are offered to somebody just now"`
	Free    int    `json:"free"`
	Ringing int    `json:"ringing"`
	Talking int    `json:"talking"`
	Post    int    `json:"post"`
	Away    int    `json:"away" doc:"They do something else, do not respond, or their device is lost"`
	Off     int    `json:"off"`

	Offered   int          `json:"offered" doc:"Passages through the queue that ended today, by whatever output"`
	Answered  int          `json:"answered"`
	Abandoned int          `json:"abandoned"`
	Short     int          `json:"short_abandoned" doc:"Of the abandoned: within the queue's short-abandon time"`
	InTime    int          `json:"in_time" doc:"Answered within the service level's time"`
	Within    float64      `json:"within" doc:"The service level's time, seconds"`
	Target    float64      `json:"service_level_target" doc:"The share of calls that shall be in time, 0–1"`
	SLA       *float64     `json:"service_level_a" doc:"in_time ÷ (answered + abandoned − short_abandoned), 0–1; null: nothing to divide by"`
	SLB       *float64     `json:"service_level_b" doc:"in_time ÷ offered"`
	Average   *float64     `json:"average_wait" doc:"Of the answered, seconds"`
	Expected  *float64     `json:"expected_wait" doc:"That the next caller may expect, seconds; null: not known"`
	Error     *float64     `json:"expected_wait_error" doc:"Its median error in the last hour, as a share of the real wait"`
	Outputs   []outputView `json:"outputs" doc:"By which calls left today; those that have been used"`
}

type outputView struct {
	Output string `json:"output" example:"max_wait"`
	Count  int    `json:"count"`
}

type liveAgentView struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	State    string    `json:"state" enum:"off,unavailable,ready,reserved,presented,dialing,talking,post_interaction,not_responding,device_lost"`
	Since    stamp     `json:"since"`
	Reason   *string   `json:"reason" doc:"Why not_responding or device_lost"`
	OnShift  bool      `json:"on_shift"`
	Activity *string   `json:"activity"`
	Next     *string   `json:"next_activity"`
	Over     bool      `json:"over" doc:"The activity has lasted longer than it should"`
	Queue    *string   `json:"queue" doc:"Of the call in hand, or of the post-interaction"`
	Queues   []string  `json:"queues" doc:"That they serve and I supervise"`
	Today    todayView `json:"today"`
	Misses   int       `json:"misses" doc:"In a row"`
	Free     bool      `json:"free" doc:"A waiting call may be assigned to them now"`
}

func viewLiveQueue(q *core.LiveQueue) liveQueueView {
	d := &q.Day
	answered, left, ended := d.Of(core.OutAnswered), d.Of(core.OutCallerLeft), d.Ended()
	v := liveQueueView{
		ID: string(q.ID), Name: q.Name, Waiting: q.Waiting, Longest: never(q.Longest), Rung: q.Rung,
		Free: q.Free, Ringing: q.Ringing, Talking: q.Talking, Post: q.Post, Away: q.Away, Off: q.Off,
		Offered: ended, Answered: answered, Abandoned: left, Short: d.Short, InTime: d.InTime, Within: seconds(q.Within), Target: float64(q.Target) / 100,
		SLA: share(d.InTime, answered+left-d.Short), SLB: share(d.InTime, ended), Outputs: []outputView{},
	}
	if answered > 0 {
		average := seconds(d.Waited / time.Duration(answered))
		v.Average = &average
	}
	if d.Expected > 0 {
		expected := seconds(d.Expected)
		v.Expected = &expected
	}
	if d.Judged > 0 {
		wrong := float64(d.Error) / 1000
		v.Error = &wrong
	}
	for _, o := range core.Outputs() {
		if n := d.Of(o); n > 0 {
			v.Outputs = append(v.Outputs, outputView{string(o), n})
		}
	}
	return v
}

// share is null where there is nothing to divide by.
func share(part, whole int) *float64 {
	if whole <= 0 {
		return nil
	}
	x := float64(part) / float64(whole)
	return &x
}

func viewLiveAgent(a *core.LiveAgent) liveAgentView {
	return liveAgentView{
		string(a.ID), a.Name, string(a.State), stamp(a.Since), absent(a.Reason), a.OnShift, absent(a.Activity), absent(a.Next), a.Over,
		absent(a.Queue), views(a.Queues, func(id core.QueueID) string { return string(id) }),
		todayView{a.Today.Answered, a.Today.Ended, seconds(a.Today.Talk), seconds(a.Today.Post), a.Today.Missed},
		a.Misses, a.Free,
	}
}
