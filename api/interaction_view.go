package api

import (
	"cmp"

	"belfry/core"
	"belfry/core/plan"
)

// InteractionView is the record of one call, in short; exported as CallerView is.
type InteractionView struct {
	ID        string `json:"id" example:"int_01JD3V8K2M4N6P8Q0R2S4T6V8W"`
	Call      string `json:"call"`
	Direction string `json:"direction" enum:"inbound,outbound,internal"`
	Mode      string `json:"mode" enum:"smart,direct"`
	CallerView
	To         string          `json:"to" doc:"What was dialled"`
	ToDisplay  string          `json:"to_display"`
	Contact    *string         `json:"contact"`
	Name       *string         `json:"name" doc:"The contact's"`
	Queue      *string         `json:"queue" doc:"The last one"`
	QueueName  *string         `json:"queue_name"`
	Agent      *string         `json:"agent" doc:"The last who talked"`
	AgentName  *string         `json:"agent_name"`
	Outcome    *string         `json:"outcome" doc:"answered, abandoned, voice_mailbox, hung_up (ended in the tree), refused, failed, not_reached (a call out), consulted, merged, cancelled (a consultation), callback (asked to be called back), redialled, expired, do_not_call, not_allowed, withdrawn (of a callback); null while the call lives"`
	EndedBy    *string         `json:"ended_by" doc:"caller, callee (the far end of a call out, or a number that the caller was sent on to), agent, system"`
	Came       stamp           `json:"came"`
	Answered   *stamp          `json:"answered"`
	Ended      *stamp          `json:"ended" doc:"Null while the call lives"`
	Waited     float64         `json:"waited" doc:"Seconds in queues"`
	Talk       float64         `json:"talk" doc:"Seconds"`
	Held       float64         `json:"held" doc:"Seconds"`
	Missed     bool            `json:"missed" doc:"An offer to you was not answered and nobody else answered"`
	Parent     *string         `json:"parent" doc:"The call that this one served: whose agent consulted on it, or that it calls back"`
	Recordings []recordingView `json:"recordings" doc:"Those that you may listen to"`
}

// interactionWholeView has everything that was kept.
type interactionWholeView struct {
	InteractionView
	Cause         causeView            `json:"cause"`
	Path          []visitView          `json:"path"`
	Vars          []varView            `json:"vars"`
	Distributions []distributionView   `json:"distributions"`
	Offers        []offerRecordView    `json:"offers"`
	Legs          []legView            `json:"legs"`
	Talks         []talkView           `json:"talks" doc:"Who talked when; every second of talk has its owner here"`
	Transfers     []transferRecordView `json:"transfers"`
	CallerID      *string              `json:"caller_id" doc:"That was shown to who was called"`
	Forwarded     *string              `json:"forwarded" doc:"Who sent the call on to us"`
	SIPCallID     string               `json:"sip_call_id"`
	Qualified     []qualificationView  `json:"qualifications" doc:"How the call went, as its agents say"`
	Pops          []poppedView         `json:"pops" doc:"Buttons that were carried out, by themselves or by hand"`
}

type causeView struct {
	Why    string  `json:"why"`
	Code   *int    `json:"code" doc:"SIP status"`
	Q850   *int    `json:"q850" doc:"Q.850 cause"`
	Reason *string `json:"reason"`
}

type distributionView struct {
	Queue     string  `json:"queue"`
	QueueName string  `json:"queue_name"`
	Group     *string `json:"group"`
	Entered   stamp   `json:"entered"`
	Left      *stamp  `json:"left"`
	Outcome   string  `json:"outcome"`
	Agent     *string `json:"agent"`
	Wait      float64 `json:"wait"`
}

type offerRecordView struct {
	ID        string    `json:"id"`
	Agent     string    `json:"agent"`
	AgentName string    `json:"agent_name"`
	Queue     *string   `json:"queue"`
	Made      stamp     `json:"made"`
	Drawn     *stamp    `json:"drawn"`
	Ended     *stamp    `json:"ended"`
	Outcome   string    `json:"outcome" doc:"answered, ignored, declined, busy, caller_left, lost_to_other, withdrawn, device_fault; empty while it stands"`
	Cause     causeView `json:"cause"`
}

type legView struct {
	ID      string       `json:"id"`
	Agent   *string      `json:"agent" doc:"Null for the caller"`
	Kind    string       `json:"kind" doc:"caller, browser, phone"`
	Codec   string       `json:"codec"`
	Began   stamp        `json:"began"`
	Up      *stamp       `json:"up"`
	Ended   *stamp       `json:"ended"`
	Cause   causeView    `json:"cause"`
	Quality *qualityView `json:"quality"`
}

// talkView is one agent's, or one outside party's, time with the call.
type talkView struct {
	Agent     *string `json:"agent" doc:"Null: somebody outside"`
	AgentName *string `json:"agent_name"`
	Number    *string `json:"number" doc:"Of somebody outside"`
	Leg       string  `json:"leg"`
	Queue     *string `json:"queue" doc:"That gave the call"`
	Role      string  `json:"role" doc:"owner, guest, caller"`
	Began     stamp   `json:"began"`
	Ended     *stamp  `json:"ended"`
	Held      float64 `json:"held" doc:"Seconds"`
}

// transferRecordView is one transfer, as it was asked for and how it ended.
type transferRecordView struct {
	ID       string  `json:"id"`
	By       string  `json:"by"`
	ByName   string  `json:"by_name"`
	Kind     string  `json:"kind" doc:"user, queue, group, routing, directory, number"`
	To       string  `json:"to" doc:"An id, or a number"`
	ToName   string  `json:"to_name"`
	Attended bool    `json:"attended"`
	Note     *string `json:"note"`
	Asked    stamp   `json:"asked"`
	Ended    *stamp  `json:"ended"`
	State    string  `json:"state"`
	Reason   *string `json:"reason" doc:"Why it failed: busy, no_answer, declined, away, …"`
	Code     *int    `json:"code" doc:"SIP status"`
	Consult  *string `json:"consult" doc:"The interaction in which the target was spoken to"`
}

// decisionView says why an agent was chosen for an offer.
type decisionView struct {
	Offer      string          `json:"offer"`
	Agent      string          `json:"agent"`
	AgentName  string          `json:"agent_name"`
	Queue      *string         `json:"queue"`
	QueueName  *string         `json:"queue_name"`
	At         stamp           `json:"at"`
	Outcome    string          `json:"outcome"`
	Strategy   string          `json:"strategy"`
	ByName     *string         `json:"by_name" doc:"The supervisor who chose, when one did: strategy assigned"`
	Candidates []candidateView `json:"candidates" doc:"Best first"`
	Others     []othersView    `json:"others" doc:"Those passed over that are not listed, counted"`
	CallScore  []termView      `json:"call_score" doc:"Why this call and not another that waited"`
}

type candidateView struct {
	Agent     string     `json:"agent"`
	AgentName string     `json:"agent_name"`
	Eligible  bool       `json:"eligible"`
	Reason    string     `json:"reason"`
	Score     int64      `json:"score" doc:"The larger the better; milliseconds for longest idle"`
	Terms     []termView `json:"terms"`
}

type othersView struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

type termView struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// names words ids by the newest plan; what is gone keeps its id.
type names struct{ *plan.Plan }

func (n names) user(id core.UserID) string {
	if u := n.User(id); u != nil {
		return u.Name
	}
	return string(id)
}

func (n names) queue(id core.QueueID) string {
	if q := n.Queue(id); q != nil {
		return q.Name
	}
	return string(id)
}

func (n names) interaction(i *core.Interaction, me core.UserID) InteractionView {
	v := InteractionView{
		ID: string(i.ID), Call: string(i.Call), Direction: i.Direction, Mode: i.Mode,
		CallerView: viewCaller(i.From), To: i.To, ToDisplay: Display(i.To),
		Contact: absent(i.Contact), Name: absent(i.Name), Queue: absent(i.Queue), QueueName: absent(n.queue(i.Queue)),
		Agent: absent(i.Agent), AgentName: absent(n.user(i.Agent)), Outcome: absent(i.Outcome), EndedBy: absent(i.EndedBy),
		Came: stamp(i.Came), Answered: never(i.Answered), Ended: never(i.Ended),
		Talk: seconds(i.Talk), Held: seconds(i.Held), Parent: absent(i.Parent), Recordings: []recordingView{},
	}
	if i.Ended.IsZero() {
		v.Outcome = nil // the floor has a word for it that is no outcome
	}
	for _, d := range i.Distributions {
		v.Waited += seconds(d.Wait)
	}
	for _, o := range i.Offers {
		if o.Agent == me && i.Answered.IsZero() && (o.Outcome == "ignored" || o.Outcome == "caller_left" && o.Queue == "") {
			v.Missed = true
		}
	}
	return v
}

func (n names) whole(i *core.Interaction, me core.UserID) interactionWholeView {
	return interactionWholeView{
		InteractionView: n.interaction(i, me),
		Cause:           viewCause(i.Cause), Path: views(i.Path, viewVisit), Vars: views(i.Vars, viewVar),
		Distributions: views(i.Distributions, func(d core.Distribution) distributionView {
			return distributionView{
				string(d.Queue), n.queue(d.Queue), absent(d.Group), stamp(d.Entered), never(d.Left),
				d.Outcome, absent(d.Agent), seconds(d.Wait),
			}
		}),
		Offers: views(i.Offers, func(o core.OfferRecord) offerRecordView {
			return offerRecordView{
				string(o.ID), string(o.Agent), n.user(o.Agent), absent(o.Queue), stamp(o.Made), never(o.Drawn),
				never(o.Ended), o.Outcome, viewCause(o.Cause),
			}
		}),
		Legs: views(i.Legs, func(l core.LegRecord) legView {
			return legView{
				string(l.Leg), absent(l.Agent), l.Kind, l.Codec, stamp(l.Began), never(l.Up), never(l.Ended),
				viewCause(l.Cause), viewQuality(l.Quality),
			}
		}),
		Talks:     views(i.Talks, n.talk),
		Transfers: views(i.Transfers, n.transferRecord),
		CallerID:  absent(i.CallerID), Forwarded: absent(i.Forwarded),
		SIPCallID: i.SIPCallID, Qualified: []qualificationView{}, Pops: []poppedView{},
	}
}

func (n names) decision(o core.OfferRecord) decisionView {
	d := o.Decision
	at := d.At
	if at.IsZero() {
		at = o.Made
	}
	return decisionView{
		Offer: string(o.ID), Agent: string(o.Agent), AgentName: n.user(o.Agent),
		Queue: absent(o.Queue), QueueName: absent(n.queue(o.Queue)), At: stamp(at), Outcome: o.Outcome, Strategy: d.Strategy, ByName: absent(n.user(d.By)),
		Candidates: views(d.Candidates, func(c core.Candidate) candidateView {
			return candidateView{string(c.Agent), n.user(c.Agent), c.Eligible, c.Reason, c.Score, views(c.Terms, viewTerm)}
		}),
		Others:    views(d.Others, func(o core.Others) othersView { return othersView{o.Reason, o.Count} }),
		CallScore: views(d.CallScore, viewTerm),
	}
}

func (n names) talk(t core.TalkRecord) talkView {
	return talkView{
		absent(t.Agent), absent(n.user(t.Agent)), absent(t.Number), string(t.Leg), absent(t.Queue), t.Role,
		stamp(t.Began), never(t.Ended), seconds(t.Held),
	}
}

func (n names) transferRecord(t core.TransferRecord) transferRecordView {
	v := transferRecordView{
		ID: string(t.ID), By: string(t.By), ByName: n.user(t.By), Kind: t.To.Kind(),
		To:     cmp.Or(string(t.To.User), string(t.To.Queue), string(t.To.Group), string(t.To.Tree), t.To.Number),
		ToName: t.To.Name, Attended: t.Attended, Note: absent(t.Note), Asked: stamp(t.Asked), Ended: never(t.Ended),
		State: string(t.State), Reason: absent(t.Reason), Consult: absent(t.Consult),
	}
	if v.ToName == "" {
		v.ToName = cmp.Or(n.user(t.To.User), n.queue(t.To.Queue), Display(t.To.Number), v.To)
	}
	if t.Code != 0 {
		v.Code = &t.Code
	}
	return v
}

func viewTerm(t core.Term) termView { return termView{t.Name, t.Value} }

func viewCause(c core.Cause) causeView {
	v := causeView{Why: string(c.Why), Reason: absent(c.Reason)}
	if c.Code != 0 {
		v.Code = &c.Code
	}
	if c.Q850 != 0 {
		v.Q850 = &c.Q850
	}
	return v
}
