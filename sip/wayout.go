package sip

import (
	"slices"
	"time"

	"belfry/core"
	phone "belfry/number"
)

// wayOut is the search of a call out for a trunk that takes it. A trunk that
// says nothing at all, or that it cannot, is passed over; what the far end
// behind it says is final.
type wayOut struct {
	number  string
	class   core.NumberClass // empty when it cannot be read
	codec   string
	left    []*trunk // not tried yet
	targets []target // of the trunk in hand, not tried yet
	until   int64    // when the trunk in hand is given up unless it says something
	last    core.Cause
	// patience is how long the address in hand may say nothing.
	patience time.Duration
}

// dialNumber makes a leg and calls a number outside.
func (l *lane) dialNumber(g *leg, d core.Dial) {
	g.l, g.state = l, calling
	g.d.Began = l.e.opts.Now()
	g.out = &wayOut{
		number: d.Number, class: l.e.classOf(d.Number), codec: d.Codec, left: l.e.trunks(),
		last: core.Cause{Why: core.Unreachable, Code: 503, Reason: "no trunk"},
	}
	l.legs[g.d.Leg] = g
	g.rename()
	l.e.stats.dialled.Add(1)
	if !all(d.Number, cToken) || d.Number == "" {
		g.end(core.Cause{Why: core.Unreachable, Code: 484, Reason: "not a number"})
		return
	}
	if len(d.Classes) > 0 && !slices.Contains(d.Classes, g.out.class) {
		g.end(core.Cause{Why: core.Refused, Reason: "class"})
		return
	}
	if err := g.open(); err != nil {
		l.e.log.Warn("no audio for a call out", "leg", g.d.Leg, "error", err)
		g.end(core.Cause{Why: core.Lost, Code: 503, Reason: "no audio port"})
		return
	}
	g.alarm(ringAlarm, l.e.opts.Timers.Ring)
	g.nextTrunk()
}

// classOf is the class of a number, empty when it cannot be read.
func (e *Endpoint) classOf(number string) core.NumberClass {
	country := ""
	if all := e.trunks(); len(all) > 0 {
		country = all[0].country
	}
	_, class, _ := phone.Read(number, country)
	return class
}

// rename begins the dialog anew: what the last trunk may still say about the
// old one is not about this call any more.
func (g *leg) rename() {
	l := g.l
	if l.dialogs[g.key] == g {
		delete(l.dialogs, g.key)
	}
	g.d.CallID, g.d.LocalTag, g.d.LocalSeq = l.callName(), l.tag(), 0
	if g.parent != nil { // a branch is found by its transaction alone
		return
	}
	g.key = l.hash(g.d.CallID, g.d.LocalTag)
	l.dialogs[g.key] = g
}

// nextTrunk tries the next trunk that can take a call; without one, the call is
// over.
func (g *leg) nextTrunk() {
	w := g.out
	g.leaveTrunk()
	for len(w.left) > 0 {
		t := w.left[0]
		w.left = w.left[1:]
		if !t.take(g.l.e.since()) {
			continue
		}
		g.trunk, g.channel, g.login, g.plain = t, true, t.login(), false
		g.codecs, g.only = t.offers(w.codec)
		g.target = t.uri(w.number)
		g.d.Trunk = t.set.ID
		g.d.Target, g.d.Local, g.d.Remote = g.target, t.from(g.from), "<"+g.target+">"
		w.until = g.l.now + int64(g.l.e.opts.Timers.Trunk)
		g.seek(t)
		return
	}
	g.end(w.last)
}

// leaveTrunk gives the channel back.
func (g *leg) leaveTrunk() {
	if g.channel {
		g.channel = false
		g.trunk.give()
	}
}

// seek finds out where the trunk is, and calls there.
func (g *leg) seek(t *trunk) {
	t.find(g.l, func(targets []target) {
		if g.state != calling || g.told || g.trunk != t {
			return
		}
		g.out.targets = targets
		g.nextTarget(core.Cause{Why: core.Unreachable, Code: 503, Reason: "no such host"})
	})
}

// nextTarget calls the trunk's next address; without one, the next trunk. c is
// why the last one would not do.
func (g *leg) nextTarget(c core.Cause) {
	w := g.out
	left := w.until - g.l.now
	if len(w.targets) == 0 || left <= 0 {
		w.last = c
		g.nextTrunk()
		return
	}
	to := w.targets[0]
	w.targets = w.targets[1:]
	if len(w.targets) > 0 {
		left /= 2 // the others need time too
	}
	g.rename()
	g.flow, w.patience = g.trunk.flow(to), time.Duration(left)
	g.sendInvite()
}

// trunkMute gives up a trunk that has said nothing at all in time.
func (g *leg) trunkMute() {
	if g.out == nil || g.state != calling || g.call == nil || g.call.state != txCalling {
		return
	}
	g.trunk.fellIll(g.flow.addr)
	g.trunk.doubt()
	g.abandon()
	g.passOn(core.Cause{Why: core.Unreachable, Code: 408, Reason: "no reply"})
}

// abandon leaves the INVITE behind: should it be answered after all, it is
// cancelled, or hung up.
func (g *leg) abandon() {
	ghost := &leg{l: g.l, state: cancelling, told: true, cancel: true, call: g.call, target: g.target, flow: g.flow}
	ghost.d.Remote = g.d.Remote
	tx := g.call
	tx.leg, g.call = ghost, nil
	tx.gen++ // it is not sent again
	g.l.after(time.Duration(tx.ends-g.l.now), tx, tx.gen)
}

// passOn tries another way, if the trunk and not the far end behind it is at
// fault. false: the cause is final.
func (g *leg) passOn(c core.Cause) bool {
	if g.out == nil || g.state != calling || g.rang {
		return false
	}
	switch c.Code {
	case 401, 407: // it does not know us
	case 408, 500, 502, 503, 504:
	default:
		return false
	}
	g.quiet(trunkAlarm)
	g.call = nil
	g.trunk.passed(c)
	g.l.e.log.Info("a call out was not taken", "call", g.d.Call, "leg", g.d.Leg, "trunk", g.trunk.set.ID, "code", c.Code, "reason", c.Reason)
	g.nextTarget(c)
	return true
}
