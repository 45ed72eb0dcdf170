package sip

import (
	"strconv"
	"strings"

	"belfry/core"
)

// referTo is where a REFER wants a call to go.
type referTo struct {
	to       string // as it is dialled
	replaces *replaces
}

var (
	errReferTo     = &fault{400, "Bad Refer-To"}
	errReferMethod = &fault{403, "Only INVITE"}
	errReferScheme = &fault{416, "Unsupported URI Scheme"}
)

// parseReferTo reads a Refer-To header (RFC 3515 §2.1).
func parseReferTo(v string) (r referTo, f *fault) {
	a, ok := parseAddress(v)
	if !ok {
		return r, errReferTo
	}
	u, ok := parseURI(a.uri)
	switch {
	case !ok:
		return r, errReferTo
	case u.scheme != "sip" && u.scheme != "sips" && u.scheme != "tel":
		return r, errReferScheme
	}
	if method, some := param(u.params, "method"); some && !strings.EqualFold(method, "INVITE") {
		return r, errReferMethod
	}
	if r.to = dialled(a.uri); r.to == "" {
		return r, errReferTo
	}
	for h := range strings.SplitSeq(u.headers, "&") {
		name, value, _ := strings.Cut(h, "=")
		if !strings.EqualFold(core.Unescape(name), "Replaces") {
			continue
		}
		x, ok := parseReplaces(core.Unescape(value))
		if !ok || r.replaces != nil {
			return r, errReferTo
		}
		r.replaces = x
	}
	return r, nil
}

// referral is a REFER that is being carried out: to the phone it is a
// subscription to what becomes of it (RFC 3515 §2.4).
type referral struct {
	event string // the Event header of its notifications
	quiet bool   // none are wanted (RFC 4488)
}

// referred takes a REFER within a dialog: a phone wants to transfer its call.
// A status that would end the dialog itself (RFC 5057 §5) is never the answer.
func (g *leg) referred(tx *serverTx, m *message) {
	l := g.l
	v, some := m.get(hReferTo)
	r, f := parseReferTo(v)
	by, referredBy := m.get(hReferredBy)
	_, byOK := parseAddress(by)
	switch {
	case g.d.User == "": // a trunk's far end has no say in our calls
		tx.reply(m, 403)
		return
	case !some || referredBy && !byOK:
		tx.reply(m, 400)
		return
	case f != nil:
		tx.respond(f.status, l.responseTo(m, f.status, f.reason, "", nil))
		return
	case g.state != up || g.referral != nil:
		tx.reply(m, 491) // one after the other
		return
	}
	g.referrals++
	ref := &referral{event: "refer", quiet: strings.EqualFold(trim(m.value(hReferSub)), "false")}
	if g.referrals > 1 {
		ref.event += ";id=" + itoa(m.cseq)
	}
	g.referral = ref
	extra := []Header{{"Contact", l.e.contact(g.flow)}}
	if ref.quiet {
		extra = append(extra, Header{"Refer-Sub", "false"})
	}
	tx.reply(m, 202, extra...)
	g.notify(100, false)
	ev := core.Referred{Leg: g.d.Leg, To: strings.Clone(r.to)}
	if l.e.opts.Dialled != nil {
		ev.To, ev.Class = l.e.opts.Dialled(ev.To)
	}
	if r.replaces == nil {
		g.tell(ev)
		return
	}
	id, ours, theirs := strings.Clone(r.replaces.callID), strings.Clone(r.replaces.to), strings.Clone(r.replaces.from)
	l.e.seek(id, ours, theirs, func(found core.LegID, user core.UserID) {
		l.put(parcel{do: func() {
			switch {
			case g.told || g.referral != ref:
			case found == "" || user != g.d.User || found == g.d.Leg:
				g.referDone(481)
			default:
				ev.Replaces = found
				g.tell(ev)
			}
		}})
	})
}

// seek finds the leg of a dialog, which may be another lane's. Some write the
// tags the other way round. The ACK of a phone's other call may be overtaken by
// what it says of it: then it is waited for.
func (e *Endpoint) seek(callID, ours, theirs string, found func(core.LegID, core.UserID)) {
	l := e.laneOfCall(callID)
	var look func()
	look = func() {
		for _, tags := range [...][2]string{{ours, theirs}, {theirs, ours}} {
			g := l.dialogs[l.hash(callID, tags[0])]
			switch {
			case g == nil || g.d.RemoteTag != tags[1] || g.told:
			case g.state == up:
				found(g.d.Leg, g.d.User)
				return
			case g.state == answered:
				g.sought = append(g.sought, look)
				return
			}
		}
		found("", "")
	}
	l.put(parcel{do: look})
}

// lookAgain goes on with what waited for the leg to be up, or to be gone.
func (g *leg) lookAgain() {
	for _, look := range g.sought {
		look()
	}
	g.sought = nil
}

// referDone tells the phone how its transfer went; the subscription is over.
func (g *leg) referDone(code int) {
	if g.referral == nil || g.state != up {
		return
	}
	g.notify(code, true)
	g.referral = nil
}

// notify sends what becomes of a REFER, as the status line that the phone would
// have got had it called itself.
func (g *leg) notify(code int, last bool) {
	if g.referral.quiet {
		return
	}
	state := "active;expires=60"
	if last {
		state = "terminated;reason=noresource"
	}
	g.request("NOTIFY", forNothing, "message/sipfrag;version=2.0", "SIP/2.0 "+strconv.Itoa(code)+" "+reasonOf(code)+"\r\n", []Header{
		{"Contact", g.l.e.contact(g.path())}, {"Event", g.referral.event}, {"Subscription-State", state},
	})
}

// subscribed takes a SUBSCRIBE within a dialog. The one subscription that there
// may be is a REFER's; that is as long as it lasts, whatever is asked.
func (g *leg) subscribed(tx *serverTx, m *message) {
	event, _, _ := strings.Cut(m.value(hEvent), ";")
	if !strings.EqualFold(trim(event), "refer") || g.referral == nil {
		tx.reply(m, 489, Header{"Allow-Events", "refer"})
		return
	}
	if m.value(hExpires) == "0" { // it does not want to know any more
		g.referral.quiet = true
		tx.reply(m, 200, Header{"Expires", "0"})
		return
	}
	tx.reply(m, 200, Header{"Expires", "60"}, Header{"Contact", g.l.e.contact(g.flow)})
}

// refresh offers the leg's audio anew: where a far end has gone deaf or mute, it
// begins again.
func (g *leg) refresh() {
	if g.state != up {
		return
	}
	g.sdp, g.tries = "", 0 // whatever was said last, this is news
	g.reoffer()
}
