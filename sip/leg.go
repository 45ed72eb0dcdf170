package sip

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"belfry/core"
	"belfry/media"
)

// legState is where a leg stands.
type legState uint8

const (
	came       legState = iota // in: INVITE taken, no answer yet
	answered                   // in: 200 sent, no ACK yet
	calling                    // out: INVITE sent, no answer yet
	up                         // both ways
	cancelling                 // out: given up by us, the far end does not know yet
	ending                     // in: given up by us before the ACK; BYE must wait for it
	over
)

var legStates = [...]string{"came", "answered", "calling", "up", "cancelling", "ending", "over"}

func (s legState) String() string { return legStates[s] }

// moves of a leg. What the far end does is never refused by this table: the
// code that reads messages asks for the state first.
var moves = [...][]legState{
	came:       {answered, over},
	answered:   {up, ending, over},
	calling:    {up, cancelling, over, answered}, // answered: by one who took its dialog over
	up:         {over},
	cancelling: {over},
	ending:     {over},
	over:       {},
}

// The alarms of a leg.
const (
	ringAlarm    = iota // nobody answered
	ackAlarm            // our 200 is due again
	sessionAlarm        // RFC 4028
	offerAlarm          // a re-INVITE may be tried again after 491
	trunkAlarm          // the trunk has said nothing
	alarms
)

// leg is one dialog with its audio, from the first INVITE to the last word.
type leg struct {
	l     *lane
	d     Dialog
	state legState
	key   uint64 // in lane.dialogs
	audio *media.Leg
	told  bool // LegGone was told

	ext string // of whose phone it is

	trunk   *trunk   // that it goes by; nil: none of the plan
	channel bool     // it holds one of the trunk's channels
	keys    []crypto // what we offered for SRTP; none: plain RTP
	plain   bool     // the far end would not have SRTP, so it is not offered again
	login   *login   // proves our requests to the trunk; nil: not asked for

	// Coming in, until it is answered.
	invite *serverTx
	echo   echo
	offer  *session // theirs; nil when they wait for ours
	sdp    string   // what we said about audio last
	theirs string   // what they said, where that is kept
	rang   bool     // out: LegRang was told; in: 180 or 183 was sent
	early  bool     // the same with audio

	wait *unacked // our 200 until its ACK

	// Going out.
	call      *clientTx
	target    string // request URI of the INVITE
	ringTag   string // of who has said that it rings
	flow      flow
	cancel    bool // CANCEL waits for a provisional response
	retried   bool // after 422
	noOffer   bool // the INVITE goes without SDP
	only      int  // offer no more than so many codecs; 0: all we speak
	codecs    []media.Codec
	headers   []Header
	from      core.Party
	out       *wayOut   // to a number outside
	referral  *referral // a transfer that its phone asked for
	referrals int
	sought    []func() // by somebody who knows of the answer, before the ACK is here
	fork      []*leg   // phones that ring for it, each a leg of its own
	parent    *leg     // of such a one
	best      core.Cause
	offering  *clientTx // our re-INVITE or UPDATE
	presses   string    // keys that wait to be sent as INFO
	pressing  *clientTx // the INFO that is under way
	tries     int       // of a re-INVITE after 491
	lapses    bool      // a refresh of ours was not answered yet

	gens [alarms]uint32
}

// unacked is a 200 to an INVITE that was not acknowledged yet.
type unacked struct {
	msg      []byte
	flow     flow
	cseq     uint32
	interval time.Duration
	ends     int64
	offered  bool // it holds our offer: the ACK holds the answer
	first    bool // to the INVITE that began the dialog
}

func (g *leg) move(to legState) {
	if !slices.Contains(moves[g.state], to) {
		panic(fmt.Sprintf("sip: leg %s cannot go from %v to %v", g.d.Leg, g.state, to))
	}
	g.state = to
}

// alarm sets one of the leg's alarms in place of the one set before.
func (g *leg) alarm(kind uint32, d time.Duration) {
	g.quiet(kind)
	g.l.after(d, g, kind<<28|g.gens[kind])
}

// quiet makes the alarm void.
func (g *leg) quiet(kind uint32) { g.gens[kind] = (g.gens[kind] + 1) & (1<<28 - 1) }

func (g *leg) void(gen uint32) bool { return gen&(1<<28-1) != g.gens[gen>>28] }

func (g *leg) wake(gen uint32) {
	if g.void(gen) {
		return
	}
	switch gen >> 28 {
	case ringAlarm:
		g.drop(core.Cause{Why: core.NoAnswer, Code: 480})
	case ackAlarm:
		g.resend()
	case sessionAlarm:
		g.sessionDue()
	case offerAlarm:
		g.reoffer()
	case trunkAlarm:
		g.trunkMute()
	}
}

// tell gives news; what was told as gone is never spoken of again.
func (g *leg) tell(ev core.Event) {
	if g.told {
		return
	}
	if err := g.l.e.tell(ev, g); err != nil {
		g.l.e.log.Error("the floor did not take news", "leg", g.d.Leg, "error", err)
	}
}

// gone is the leg's last word. The dialog may go on for as long as the far end
// has to be told.
func (g *leg) gone(c core.Cause) {
	if g.told {
		return
	}
	var q *core.Quality
	if g.audio != nil {
		q = g.audio.Quality()
		g.audio.Close()
		g.audio = nil
	}
	g.tell(core.LegGone{Leg: g.d.Leg, Cause: c, Quality: q})
	g.told = true
	g.lookAgain()
	g.quiet(ringAlarm)
	g.quiet(sessionAlarm)
	g.quiet(offerAlarm)
	g.quiet(trunkAlarm)
	g.leaveTrunk()
	if g.d.Incoming {
		g.l.e.live.Add(-1)
	}
	g.l.e.log.Debug("a SIP leg ended", "call", g.d.Call, "leg", g.d.Leg, "why", c.Why, "code", c.Code)
}

// forget takes the leg out of the lane. Nothing finds it any more.
func (g *leg) forget() {
	g.quiet(ackAlarm)
	if g.invite != nil {
		g.invite.leg = nil
	}
	g.wait, g.offer, g.invite, g.call, g.offering = nil, nil, nil, nil, nil
	if g.state != over {
		g.move(over)
	}
	if g.d.Leg != "" {
		g.l.hasEnded(g)
		g.l.leaves(g)
	}
	delete(g.l.legs, g.d.Leg)
	if g.l.dialogs[g.key] == g {
		delete(g.l.dialogs, g.key)
	}
}

// end is gone and forget: nobody has to be told anything more.
func (g *leg) end(c core.Cause) {
	g.gone(c)
	g.forget()
}

// drop ends the leg in any state, as the floor or our own trouble wants.
func (g *leg) drop(c core.Cause) {
	switch g.state {
	case came:
		g.reject(c)
	case answered:
		g.gone(c)
		g.move(ending)
	case up:
		g.bye(c)
		g.end(c)
	case calling:
		g.gone(c)
		g.giveUp(c)
	}
}

// stop takes the far end's BYE, or what is as good as one.
func (g *leg) stop(c core.Cause) {
	if g.invite != nil && !g.invite.final() {
		g.answerInvite(487, "", nil, "")
	}
	g.end(c)
}

// opened gives the leg its audio.
func (g *leg) open() error {
	a, err := g.l.e.opts.Media.OpenRTP(g.d.Leg)
	if err != nil {
		return err
	}
	g.audio = a
	g.d.Audio.Local = a.Port()
	g.d.Audio.Origin = g.l.rand.Uint64() >> 12
	g.d.Audio.Version = 1
	g.watchSilence()
	return nil
}

// heldSilence is how long who has put us on hold may send nothing: many phones
// send nothing then, whatever they have said about it.
const heldSilence = time.Hour

// watchSilence ends the leg when its far end has been silent for too long.
func (g *leg) watchSilence() {
	after := g.l.e.opts.Silence
	if after <= 0 {
		return
	}
	if g.d.Audio.Held {
		after = max(after, heldSilence)
	}
	g.audio.OnSilent(after, func() {
		g.l.put(parcel{do: func() { g.drop(core.Cause{Why: core.NoMedia}) }})
	})
}

// settle takes what an offer or an answer of theirs says, picks the codec and
// tells the media engine. It says whether their hold changed.
func (g *leg) settle(s *session, want media.Codec) (heldChanged bool) {
	a := &g.d.Audio
	c := s.pick(want)
	a.Codec, a.PT, a.DTMF, a.Ptime = c.codec, c.pt, s.dtmf, s.ptime
	a.Remote, a.Theirs = s.remote, s.dir
	g.agreeKeys(s)
	heldChanged = a.Held != s.held()
	a.Held = s.held()
	if heldChanged && g.audio != nil {
		g.watchSilence()
	}
	if g.l.e.keepSDP {
		g.theirs = strings.Clone(s.text)
	}
	g.tune()
	return heldChanged
}

// tune tells the media engine what holds now.
func (g *leg) tune() {
	if g.audio != nil && g.d.Audio.Codec != "" {
		g.keysByInfo()
		g.audio.SetRemote(g.d.Audio.Remote, g.d.Audio.format())
	}
}

// reachable says whether we can send where a session wants its audio.
func (l *lane) reachable(s *session) *fault {
	ip := s.remote.Addr()
	if ip.Is6() != l.e.mediaIP.Is6() {
		return errNetwork
	}
	return nil
}
