package sip

import (
	"strings"
	"time"

	"belfry/core"
)

// dialPhones makes a leg and rings all registered phones of a user. To the floor
// it is one leg: each phone is a branch with a dialog of its own, and the one
// that answers first becomes the leg's. All are offered the same audio port.
func (l *lane) dialPhones(g *leg, user core.UserID) {
	g.l, g.state, g.d.User = l, calling, user
	g.d.Began = l.e.opts.Now()
	g.d.CallID, g.d.LocalTag = l.callName(), l.tag()
	g.key = l.hash(g.d.CallID, g.d.LocalTag)
	l.dialogs[g.key], l.legs[g.d.Leg] = g, g
	l.e.stats.dialled.Add(1)
	ext, phones := l.e.registrar.phones(user)
	if len(phones) == 0 {
		g.end(core.Cause{Why: core.Unreachable, Code: 480, Reason: "no phone is registered"})
		return
	}
	if err := g.open(); err != nil {
		l.e.log.Warn("no audio for a call out", "leg", g.d.Leg, "error", err)
		g.end(core.Cause{Why: core.Lost, Code: 503, Reason: "no audio port"})
		return
	}
	g.ext = ext
	g.alarm(ringAlarm, l.e.opts.Timers.Ring)
	for i := range phones {
		b := g.branch(phones[i].contact, phones[i].flow)
		g.fork = append(g.fork, b)
	}
	for _, b := range g.fork {
		b.sendInvite()
	}
}

// branch is a call to one phone of several. It has no audio and tells nobody.
func (g *leg) branch(contact string, f flow) *leg {
	l := g.l
	b := &leg{l: l, state: calling, told: true, parent: g, from: g.from, codecs: g.codecs, target: contact, flow: f}
	b.d = Dialog{
		User: g.d.User, CallID: l.callName(), LocalTag: l.tag(), Began: g.d.Began, Target: contact,
		Local: fromHeader(g.from, l.e.sentBy), Remote: "<" + contact + ">", Audio: g.d.Audio,
	}
	return b
}

// branchSaid takes what one of the phones says to its INVITE.
func (g *leg) branchSaid(b *leg, tx *clientTx, m *message) {
	switch {
	case m.status < 200:
		if b.cancel {
			b.cancel = false
			b.sendCancel()
		}
		if m.status > 100 {
			b.ringTag = strings.Clone(m.to.tag)
		}
		if g.state == calling && b.state == calling && m.status > 100 && !g.rang {
			g.rang = true
			g.tell(core.LegRang{Leg: g.d.Leg})
		}
	case m.status < 300:
		if b.state == calling && g.state == calling && m.to.tag != "" {
			g.adopt(b)
			g.accepted(tx, m)
			return
		}
		b.accepted(tx, m) // it crossed our CANCEL: acknowledged and hung up
	case b.state == cancelling:
		b.forget()
	case m.status == 422 && !b.retried:
		if d, ok := seconds(m.value(hMinSE)); ok && d <= 24*time.Hour {
			b.retried = true
			b.d.Session.Expires = max(d, g.l.e.opts.Timers.SessionExpires)
			b.sendInvite()
			return
		}
		g.branchLost(b, core.Cause{Why: core.Refused, Code: 422})
	case b.withoutKeys(m.status):
	default:
		g.branchLost(b, reasonGiven(m, causeOf(m.status, m.reason)))
	}
}

// branchLost notes that one of the phones will not take the call. A refusal for
// everybody (6xx) ends it for all.
func (g *leg) branchLost(b *leg, c core.Cause) {
	if b.state == calling || b.state == cancelling {
		b.forget()
	}
	g.fork = without(g.fork, b)
	if g.state != calling {
		return
	}
	if g.best.Why == "" || weight(c) > weight(g.best) {
		g.best = c
	}
	if len(g.fork) == 0 || c.Code >= 600 {
		best := g.best
		g.cancelFork(core.Cause{Why: core.Ended})
		g.end(best)
	}
}

// weight says which of several refusals tells most: what a person did, before
// what only a phone did.
func weight(c core.Cause) int {
	switch {
	case c.Code >= 600:
		return 5
	case c.Why == core.LineBusy:
		return 4
	case c.Why == core.Declined:
		return 3
	case c.Why == core.NoAnswer && c.Code != 408:
		return 2
	case c.Code != 408:
		return 1
	}
	return 0
}

// adopt makes the dialog of the phone that answered the leg's own. The others
// are told that the call was taken elsewhere.
func (g *leg) adopt(b *leg) {
	l := g.l
	g.fork = without(g.fork, b)
	g.cancelFork(core.Cause{Why: core.Answered})
	delete(l.dialogs, g.key)
	d := &g.d
	d.CallID, d.LocalTag, d.Local, d.Remote = b.d.CallID, b.d.LocalTag, b.d.Local, b.d.Remote
	d.Target, d.LocalSeq, d.Session = b.d.Target, b.d.LocalSeq, b.d.Session
	g.target, g.flow, g.call, g.sdp = b.target, b.flow, b.call, b.sdp
	g.keys, g.plain = b.keys, b.plain
	g.key = l.hash(d.CallID, d.LocalTag)
	l.dialogs[g.key] = g
	b.parent, b.call = nil, nil
	b.move(over)
}

// cancelFork gives up the phones that have not answered.
func (g *leg) cancelFork(c core.Cause) {
	for _, b := range g.fork {
		if b.state == calling {
			b.giveUp(c)
		}
	}
	g.fork = nil
}

func without(list []*leg, b *leg) []*leg {
	var rest []*leg
	for _, x := range list {
		if x != b {
			rest = append(rest, x)
		}
	}
	return rest
}
