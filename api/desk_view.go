package api

import "belfry/core"

// deskView is all that one agent sees now. It replaces the desk before.
type deskView struct {
	At      stamp         `json:"at" doc:"The server's clock as this was sent: count times against it"`
	Epoch   uint64        `json:"epoch" doc:"Changes when seq starts anew"`
	Seq     uint64        `json:"seq" doc:"A desk with a smaller one is late news"`
	Agent   agentView     `json:"agent"`
	Offer   *offerView    `json:"offer" doc:"The popup"`
	Last    *lastView     `json:"last" doc:"How the offer before ended, for 5 s"`
	Calls   []callView    `json:"calls"`
	Post    *postView     `json:"post" doc:"The post-interaction"`
	Posts   []postView    `json:"posts" doc:"All that run side by side, the oldest first; post is the first"`
	Owed    []owedView    `json:"to_qualify" doc:"Calls whose qualification is still owed, newest first, at most 50"`
	Failure *failureView  `json:"failure" doc:"The last call out that came to nothing, for 10 s"`
	Back    *backView     `json:"back" doc:"The device was lost and the agent is in line again, for 10 s"`
	Missed  []missedView  `json:"missed" doc:"Newest first, at most 20"`
	Pops    []popView     `json:"pops" doc:"Buttons that are carried out, or were: newest first, at most 20"`
	Today   todayView     `json:"today" doc:"Own figures since the company's midnight"`
	Queues  []servingView `json:"queues" doc:"The queues that the agent serves"`
}

type backView struct {
	Reason string `json:"reason" doc:"Why it was lost: as the agent's reason then; empty after a restart"`
	At     stamp  `json:"at"`
}

func viewBack(b *core.DeskBack) *backView {
	if b == nil {
		return nil
	}
	return &backView{b.Reason, stamp(b.At)}
}

type agentView struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	OnShift     bool       `json:"on_shift"`
	State       string     `json:"state" enum:"off,unavailable,ready,reserved,presented,dialing,talking,post_interaction,not_responding,device_lost" doc:"Computed, never chosen"`
	Since       stamp      `json:"since"`
	Reason      *string    `json:"reason" doc:"Why not_responding or device_lost: a code"`
	Activity    *string    `json:"activity"`
	Next        *string    `json:"next_activity" doc:"Waits until the agent is free"`
	Began       *stamp     `json:"activity_since"`
	Alarm       *stamp     `json:"activity_limit" doc:"When the activity has lasted long enough; nothing is forced"`
	Status      statusView `json:"status" doc:"What colleagues are told"`
	Profile     *string    `json:"profile" doc:"In use"`
	NextProfile *string    `json:"next_profile" doc:"Waits until the agent is free"`
	Station     string     `json:"station" enum:"browser,phone,outside"`
	StationUp   bool       `json:"station_up" doc:"The audio line stands"`
	PhoneUp     bool       `json:"phone_up" doc:"A SIP phone is registered, or fixed"`
	Outside     *string    `json:"outside" doc:"The number of the outside phone that was chosen"`
	AutoAnswer  bool       `json:"auto_answer"`
	Misses      int        `json:"misses" doc:"In a row"`
	Declines    int        `json:"declines" doc:"In a row"`
}

type offerView struct {
	ID     string `json:"id"`
	Call   string `json:"call"`
	Colour string `json:"colour" enum:"raspberry,ocean,sky,lilac" doc:"raspberry through a Smart Routing, ocean direct, sky from a colleague, lilac preview"`
	CallerView
	Name       *string       `json:"name" doc:"The contact's"`
	VIP        bool          `json:"vip" doc:"The contact is marked so"`
	Earlier    int           `json:"earlier" doc:"Calls with the number before this one"`
	Queue      *string       `json:"queue"`
	QueueName  *string       `json:"queue_name"`
	Waited     float64       `json:"waited" doc:"Seconds until it was assigned; stands still"`
	Transfer   *transferView `json:"transfer"`
	Made       stamp         `json:"made"`
	Drawn      *stamp        `json:"drawn" doc:"Null until the page has said that the popup stands"`
	Expires    *stamp        `json:"expires" doc:"Null until drawn: ring time counts from there"`
	Ring       float64       `json:"ring" doc:"Seconds"`
	Auto       bool          `json:"auto" doc:"Answers itself after the zip tone"`
	Codec      *string       `json:"codec" doc:"The codec to send, should it be accepted"`
	Relaxed    *float64      `json:"relaxed" doc:"After how many seconds in the queue it asked for fewer skills; null: it asks for all"`
	Small      bool          `json:"small" doc:"May be accepted in the small Banner"`
	AssignedBy *string       `json:"assigned_by" doc:"The supervisor who chose me"`
	Preview    *previewView  `json:"preview" doc:"A callback, to be looked at before it is launched: accept launches it"`

	Interaction string       `json:"interaction" doc:"That the buttons are about"`
	Buttons     []buttonView `json:"buttons"`
}

type previewView struct {
	Asked    stamp   `json:"asked" doc:"When the caller asked to be called back"`
	Attempt  int     `json:"attempt" doc:"That a launch is, from 1"`
	Attempts int     `json:"attempts" doc:"That there may be"`
	Last     *string `json:"last" doc:"How the last attempt ended: busy, no_answer, …"`
}

func viewPreview(p *core.DeskPreview) *previewView {
	if p == nil {
		return nil
	}
	return &previewView{stamp(p.Asked), p.Attempt, p.Attempts, absent(p.Last)}
}

type lastView struct {
	Offer   string  `json:"offer"`
	Call    string  `json:"call"`
	Outcome string  `json:"outcome" enum:"ignored,declined,busy,caller_left,lost_to_other,withdrawn,device_fault"`
	By      *string `json:"by" doc:"The colleague who took it"`
	At      stamp   `json:"at"`
}

type callView struct {
	ID          string `json:"id"`
	Interaction string `json:"interaction"`
	Direction   string `json:"direction" enum:"inbound,outbound,internal"`
	Mode        string `json:"mode" enum:"smart,direct"`
	Colour      string `json:"colour" enum:"raspberry,ocean,sky,lilac"`
	State       string `json:"state" enum:"connecting,dialing,ringing,waiting,talking,held,reconnecting"`
	CallerView
	To        string        `json:"to"`
	ToDisplay string        `json:"to_display"`
	Name      *string       `json:"name"`
	Contact   *string       `json:"contact"`
	Queue     *string       `json:"queue"`
	QueueName *string       `json:"queue_name"`
	Came      *stamp        `json:"came" doc:"When the call began for anybody"`
	Began     *stamp        `json:"began" doc:"Of this agent's talk; null while connecting"`
	HeldSince *stamp        `json:"held_since"`
	Held      float64       `json:"held" doc:"Seconds on hold so far, this one not counted"`
	Muted     bool          `json:"muted"`
	FarHeld   bool          `json:"far_held" doc:"The far end put us on hold"`
	Hushed    bool          `json:"hushed" doc:"Who leads the conference has muted me"`
	Codec     *string       `json:"codec" doc:"The codec to send"`
	Waited    float64       `json:"waited"`
	Path      []visitView   `json:"path"`
	Vars      []varView     `json:"vars"`
	Quality   *qualityView  `json:"quality"`
	MayRecord bool          `json:"may_record"`
	Transfer  *transferView `json:"transfer" doc:"How the call came to this agent"`

	Parties      []partyView        `json:"parties" doc:"The others in the call"`
	Transferring *transferringView  `json:"transferring" doc:"The transfer that this agent has begun"`
	ConsultFor   *string            `json:"consult_for" doc:"The call that waits while this one consults"`
	Recording    recordingStateView `json:"recording"`
	MayTransfer  bool               `json:"may_transfer"`
	CallerID     *string            `json:"caller_id" doc:"Shown to who was called"`
	CallerIDView *string            `json:"caller_id_display"`
	Whisper      bool               `json:"whisper" doc:"The agent is told of the call; the caller is not heard yet"`
	Silent       *string            `json:"silent" enum:"them,you" doc:"The side that is not heard"`
	Relaxed      *float64           `json:"relaxed" doc:"As in the offer"`
	Buttons      []buttonView       `json:"buttons"`
}

type postView struct {
	Call        string `json:"call"`
	Interaction string `json:"interaction"`
	CallerView
	Name      *string `json:"name"`
	Queue     *string `json:"queue"`
	QueueName *string `json:"queue_name"`
	Began     stamp   `json:"began"`
	Ends      stamp   `json:"ends"`
	Extended  int     `json:"extended" doc:"Times"`
	MayExtend int     `json:"may_extend" doc:"Times left"`
	Step      float64 `json:"step" doc:"Seconds that one extension adds"`
	EndedBy   string  `json:"ended_by"`
	Talk      float64 `json:"talk"`

	UntilClosed bool `json:"until_closed" doc:"No countdown: it is ended by hand, at the latest at ends"`
	Required    bool `json:"required" doc:"Must be qualified before it is ended"`
	Qualified   bool `json:"qualified"`
	Waits       bool `json:"waits" doc:"Another call is there still: it begins after that"`

	Buttons []buttonView `json:"buttons"`
}

// owedView is a call whose qualification is still owed.
type owedView struct {
	Interaction string `json:"interaction"`
	CallerView
	Name      *string `json:"name"`
	Queue     *string `json:"queue"`
	QueueName *string `json:"queue_name"`
	At        stamp   `json:"at" doc:"The post-interaction ended"`
}

type missedView struct {
	Interaction string `json:"interaction"`
	Offer       string `json:"offer"`
	CallerView
	Name      *string `json:"name"`
	Queue     *string `json:"queue"`
	QueueName *string `json:"queue_name"`
	At        stamp   `json:"at"`
	Cause     string  `json:"cause" enum:"ignored,declined,caller_left,device_fault,busy,away" doc:"Only ignored is a miss"`
}

type todayView struct {
	Answered int     `json:"answered"`
	Ended    int     `json:"ended" doc:"Conversations that have ended: talk is the sum of these, and says nothing of one that goes on"`
	Talk     float64 `json:"talk"`
	Post     float64 `json:"post"`
	Missed   int     `json:"missed"`
}

type servingView struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Waiting int    `json:"waiting"`
	Longest *stamp `json:"longest" doc:"Arrival of the first in line"`
}

type visitView struct {
	Node   string `json:"node"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	At     stamp  `json:"at"`
	Output string `json:"output" doc:"By which it was left; empty while it stands there"`
	What   string `json:"what"`
}

type varView struct {
	Name   string  `json:"name"`
	Value  *string `json:"value" doc:"Null when it is secret"`
	Source string  `json:"source"`
	Secret bool    `json:"secret"`
}

// qualityView is how one leg sounded.
type qualityView struct {
	MOSIn     float64 `json:"mos_in" doc:"1–4.5 (E-model), of what came from the far end"`
	MOSOut    float64 `json:"mos_out" doc:"Of what the far end says it got"`
	LossIn    float64 `json:"loss_in" doc:"Share of packets, 0–1"`
	LossOut   float64 `json:"loss_out"`
	JitterIn  int     `json:"jitter_in_ms"`
	JitterOut int     `json:"jitter_out_ms"`
	RoundTrip int     `json:"round_trip_ms"`
	In        int     `json:"packets_in"`
	Out       int     `json:"packets_out"`
}

// viewDesk is the desk as it is sent now. The floor's own clock stands still
// between two events; a page needs the time that it is.
func viewDesk(d *core.Desk, now core.Time) deskView {
	v := deskView{
		At: stamp(max(d.At, now)), Epoch: d.Epoch, Seq: d.Seq,
		Agent:   viewAgent(d.Agent),
		Calls:   views(d.Calls, viewCall),
		Failure: viewFailure(d.Failure), Back: viewBack(d.Back),
		Missed: views(d.Missed, viewMissed),
		Pops:   views(d.Pops, viewPop),
		Today:  todayView{d.Today.Answered, d.Today.Ended, seconds(d.Today.Talk), seconds(d.Today.Post), d.Today.Missed},
		Queues: views(d.Queues, func(q core.DeskQueue) servingView {
			return servingView{string(q.ID), q.Name, q.Waiting, never(q.Longest)}
		}),
	}
	if o := d.Offer; o != nil {
		v.Offer = &offerView{
			string(o.ID), string(o.Call), string(o.Colour), viewCaller(o.From), absent(o.Name), o.VIP, o.Earlier,
			absent(o.Queue), absent(o.QueueName), seconds(o.Waited), viewTransfer(o.Transfer),
			stamp(o.Made), never(o.Drawn), never(o.Expires), seconds(o.Ring), o.Auto, absent(o.Codec), viewRelaxed(o.Relaxed),
			o.Small, absent(o.AssignedBy), viewPreview(o.Preview), string(o.Interaction), views(o.Buttons, viewButton),
		}
	}
	if l := d.Last; l != nil {
		v.Last = &lastView{string(l.Offer), string(l.Call), l.Outcome, absent(l.By), stamp(l.At)}
	}
	v.Posts = views(d.Posts, viewPost)
	if len(v.Posts) > 0 {
		v.Post = &v.Posts[0]
	}
	v.Owed = views(d.ToQualify, func(q core.DeskQualify) owedView {
		return owedView{string(q.Interaction), viewCaller(q.From), absent(q.Name), absent(q.Queue), absent(q.QueueName), stamp(q.At)}
	})
	return v
}

func viewAgent(a core.DeskAgent) agentView {
	station := a.Station
	if station == "" {
		station = core.BrowserStation
	}
	v := agentView{
		ID: string(a.ID), Name: a.Name, OnShift: a.OnShift, State: string(a.State), Since: stamp(a.Since), Reason: absent(a.Reason),
		Activity: absent(a.Activity), Next: absent(a.Next), Status: statusView{a.Status.Kind, a.Status.Text},
		Profile: absent(a.Profile), NextProfile: absent(a.NextProfile), Station: string(station), StationUp: a.StationUp,
		PhoneUp: a.PhoneUp, Outside: absent(a.Outside), AutoAnswer: a.AutoAnswer, Misses: a.Misses, Declines: a.Declines,
	}
	if a.OnShift {
		v.Began, v.Alarm = never(a.Began), never(a.Alarm)
	}
	return v
}

func viewPost(p core.DeskPost) postView {
	return postView{
		string(p.Call), string(p.Interaction), viewCaller(p.From), absent(p.Name),
		absent(p.Queue), absent(p.QueueName), stamp(p.Began), stamp(p.Ends),
		p.Extended, p.MayExtend, seconds(p.Step), p.EndedBy, seconds(p.Talk), p.UntilClosed, p.Required, p.Qualified, p.Waits,
		views(p.Buttons, viewButton),
	}
}

func viewCall(c core.DeskCall) callView {
	return callView{
		ID: string(c.ID), Interaction: string(c.Interaction), Direction: c.Direction, Mode: c.Mode,
		Colour: string(c.Colour), State: c.State, CallerView: viewCaller(c.From),
		To: c.To, ToDisplay: Display(c.To), Name: absent(c.Name), Contact: absent(c.Contact),
		Queue: absent(c.Queue), QueueName: absent(c.QueueName), Came: never(c.Came), Began: never(c.Began),
		HeldSince: never(c.HeldSince), Held: seconds(c.Held), Muted: c.Muted, FarHeld: c.FarHeld, Hushed: c.Hushed,
		Codec: absent(c.Codec), Waited: seconds(c.Waited), Path: views(c.Path, viewVisit),
		Vars: views(c.Vars, viewVar), Quality: viewQuality(c.Quality), MayRecord: c.MayRecord,
		Transfer: viewTransfer(c.Transfer), Parties: views(c.Parties, viewParty),
		Transferring: viewTransferring(c.Transferring), ConsultFor: absent(c.ConsultFor),
		Recording: viewTape(c.Recording), MayTransfer: c.MayTransfer,
		CallerID: absent(c.CallerID), CallerIDView: absent(Display(c.CallerID)), Whisper: c.Whisper, Silent: absent(c.Silent), Relaxed: viewRelaxed(c.Relaxed),
		Buttons: views(c.Buttons, viewButton),
	}
}

func viewMissed(m core.DeskMissed) missedView {
	return missedView{
		string(m.Interaction), string(m.Offer), viewCaller(m.From), absent(m.Name),
		absent(m.Queue), absent(m.QueueName), stamp(m.At), m.Cause,
	}
}

func viewVisit(v core.Visit) visitView {
	return visitView{v.Node, v.Name, v.Kind, stamp(v.At), v.Output, v.What}
}

func viewVar(v core.Var) varView {
	if v.Secret {
		return varView{v.Name, nil, v.Source, true}
	}
	return varView{v.Name, &v.Value, v.Source, false}
}

func viewQuality(q *core.Quality) *qualityView {
	if q == nil {
		return nil
	}
	return &qualityView{
		float64(q.MOSIn) / 100, float64(q.MOSOut) / 100, float64(q.LossIn) / 1000, float64(q.LossOut) / 1000,
		q.JitterIn, q.JitterOut, q.RoundTrip, q.PacketsIn, q.PacketsOut,
	}
}
