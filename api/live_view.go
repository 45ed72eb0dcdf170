package api

import "belfry/core"

// The views of what can go on in a call: its parties, its transfer and its
// recording, and why a call out came to nothing.

type transferView struct {
	By       string  `json:"by"`
	ByName   string  `json:"by_name"`
	Attended bool    `json:"attended"`
	Note     string  `json:"note" doc:"From who transferred, may be empty"`
	Returned bool    `json:"returned" doc:"The transfer came to nothing and the call is back"`
	Reason   *string `json:"reason" doc:"Why it is back: see transferring.reason"`
	Code     int     `json:"code" doc:"SIP status, 0 when there was none"`
	Target   *string `json:"target" doc:"Where it was to go"`
}

type transferringView struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind" enum:"user,queue,group,routing,directory,number"`
	Target   string  `json:"target" doc:"As it was shown"`
	Attended bool    `json:"attended"`
	State    string  `json:"state" enum:"requested,dialing,ringing,consulting,completing,done,failed,cancelled"`
	Reason   *string `json:"reason" doc:"Why it failed: busy, no_answer, declined, away, no_such_number, unreachable, not_allowed, … ; pages word it"`
	Code     int     `json:"code" doc:"SIP status, 0 when there was none"`
	Consult  *string `json:"consult" doc:"The call on which the target is talked to"`
	Since    stamp   `json:"since" doc:"Of state"`
}

type partyView struct {
	Leg      string  `json:"leg"`
	Agent    *string `json:"agent" doc:"A colleague; null: somebody outside"`
	Name     *string `json:"name"`
	Number   *string `json:"number"`
	Display  *string `json:"display"`
	State    string  `json:"state" enum:"talking,held,ringing,lost"`
	Muted    bool    `json:"muted"`
	Customer bool    `json:"customer" doc:"The one whom the call is about"`
}

type recordingStateView struct {
	ID       *string `json:"id"`
	State    string  `json:"state" enum:"none,rolling,paused,stopped,failed"`
	Writing  bool    `json:"writing" doc:"Bytes are on disk: the button blinks"`
	Rule     *string `json:"rule" enum:"automatic,manual"`
	Since    *stamp  `json:"since"`
	Resumes  *stamp  `json:"resumes" doc:"When a pause ends by itself"`
	Why      *string `json:"why" enum:"disk_full,failed"`
	MayStart bool    `json:"may_start"`
	MayStop  bool    `json:"may_stop"`
	MayPause bool    `json:"may_pause"`
	WhyNot   *string `json:"why_not" enum:"not-on-this-queue,not-by-profile,automatic,not-now"`
}

type failureView struct {
	Call      string  `json:"call"`
	To        string  `json:"to"`
	ToDisplay string  `json:"to_display"`
	Name      *string `json:"name"`
	Reason    string  `json:"reason" doc:"As a transfer's; routing: a Smart Routing ended the call"`
	Code      int     `json:"code"`
	At        stamp   `json:"at"`
	Node      *string `json:"node" doc:"Of the Smart Routing, that decided so"`
}

func viewTransfer(t *core.DeskTransfer) *transferView {
	if t == nil {
		return nil
	}
	return &transferView{
		string(t.By), t.ByName, t.Attended, t.Note, t.Returned, absent(t.Reason), t.Code, absent(t.Target),
	}
}

func viewTransferring(t *core.DeskTransferring) *transferringView {
	if t == nil {
		return nil
	}
	return &transferringView{
		string(t.ID), t.Kind, t.Target, t.Attended, string(t.State), absent(t.Reason), t.Code, absent(t.Consult), stamp(t.Since),
	}
}

func viewParty(p core.DeskParty) partyView {
	return partyView{
		string(p.Leg), absent(p.Agent), absent(p.Name), absent(p.Number), absent(Display(p.Number)),
		p.State, p.Muted, p.Customer,
	}
}

func viewTape(r core.DeskRecording) recordingStateView {
	if r.State == "" {
		r.State = "none"
	}
	return recordingStateView{
		absent(r.ID), r.State, r.Writing, absent(r.Rule), never(r.Since), never(r.Resumes), absent(r.Why),
		r.MayStart, r.MayStop, r.MayPause, absent(r.WhyNot),
	}
}

func viewFailure(f *core.DeskFailure) *failureView {
	if f == nil {
		return nil
	}
	return &failureView{string(f.Call), f.To, Display(f.To), absent(f.Name), f.Reason, f.Code, stamp(f.At), absent(f.Node)}
}
