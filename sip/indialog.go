package sip

import (
	"strings"

	"belfry/core"
)

// inDialog takes a request that names a dialog of ours.
func (l *lane) inDialog(m *message) {
	g := l.dialogs[l.hash(m.callID, m.to.tag)]
	if g == nil || g.d.RemoteTag != m.from.tag || g.state == over {
		l.refuse(m, 481, reasonOf(481))
		return
	}
	// What is older than something that came already is out of order
	// (RFC 3261 §12.2.2).
	if g.d.RemoteSet && m.cseq <= g.d.RemoteSeq {
		l.refuse(m, 500, "CSeq Out Of Order")
		return
	}
	if !l.understood(m) {
		return
	}
	g.d.RemoteSeq, g.d.RemoteSet = m.cseq, true
	g.ride(m.flow)
	tx := l.newServer(m)
	switch m.method {
	case "BYE":
		tx.reply(m, 200)
		g.stop(reasonGiven(m, core.Cause{Why: core.HungUp}))
	case "INVITE":
		g.reinvited(tx, m)
	case "UPDATE":
		g.updated(tx, m)
	case "INFO":
		g.informed(tx, m)
	case "REFER":
		g.referred(tx, m)
	case "SUBSCRIBE":
		g.subscribed(tx, m)
	case "NOTIFY":
		tx.reply(m, 489, Header{"Allow-Events", "refer"})
	case "OPTIONS":
		tx.reply(m, 200, Header{"Allow", allowed}, Header{"Accept", accepts}, Header{"Supported", supported})
	default:
		status := 501
		if known(m.method) {
			status = 405
		}
		tx.reply(m, status, Header{"Allow", allowed})
	}
}

// informed takes a key by INFO. The key goes the way of all others, through the
// media engine.
func (g *leg) informed(tx *serverTx, m *message) {
	if m.body == "" {
		tx.reply(m, 200)
		return
	}
	digit, ok := byte(0), false
	switch {
	case isType(m, "application/dtmf-relay"):
		digit, ok = relayDigit(m.body)
	case isType(m, "application/dtmf"):
		digit, ok = keyOf(strings.TrimSpace(m.body))
	default:
		tx.reply(m, 415, Header{"Accept", "application/dtmf-relay, application/dtmf"})
		return
	}
	if !ok {
		tx.reply(m, 400)
		return
	}
	tx.reply(m, 200)
	if g.audio != nil && g.state != calling {
		g.audio.Digit(digit)
	}
}

// keysByInfo has keys for the far end sent as INFO, where its trunk wants them so,
// or a phone of ours allows it, and takes no events.
func (g *leg) keysByInfo() {
	trunk, phone := g.trunk != nil && g.trunk.set.DigitsByInfo, g.d.User != "" && g.d.Infos
	if !trunk && !phone {
		g.audio.OnKeys(nil)
		return
	}
	g.audio.OnKeys(func(digits string) {
		g.l.put(parcel{do: func() { g.presses += digits; g.press() }})
	})
}

// press sends the next key, once the one before has arrived: two requests at a
// time may overtake each other.
func (g *leg) press() {
	if g.state != up || g.pressing != nil || g.presses == "" {
		return
	}
	key := g.presses[:1]
	g.presses = g.presses[1:]
	g.pressing = g.request("INFO", forInfo, "application/dtmf-relay", "Signal="+key+"\r\nDuration=160\r\n", nil)
}

// pressed goes on to the next key.
func (g *leg) pressed(tx *clientTx) {
	if g.pressing == tx {
		g.pressing = nil
		g.press()
	}
}

// relayDigit finds Signal= in a body of application/dtmf-relay.
func relayDigit(body string) (byte, bool) {
	for line := range strings.Lines(body) {
		k, v, ok := strings.Cut(line, "=")
		if ok && strings.EqualFold(trim(k), "Signal") {
			return keyOf(strings.TrimSpace(v))
		}
	}
	return 0, false
}

// keyOf reads one key; 10 and 11 are another way to write * and #.
func keyOf(s string) (byte, bool) {
	switch s {
	case "10":
		return '*', true
	case "11":
		return '#', true
	}
	if len(s) != 1 {
		return 0, false
	}
	c := s[0]
	if 'a' <= c && c <= 'd' {
		c -= 'a' - 'A'
	}
	return c, strings.IndexByte("0123456789*#ABCD", c) >= 0
}

// follow learns where the far end wants requests of ours: its Contact, and on
// the first message the way there by its Record-Route.
func (g *leg) follow(m *message, reverse bool) {
	m.each(hContact, func(v string) bool {
		if a, ok := parseAddress(v); ok {
			g.d.Target = strings.Clone(a.uri)
		}
		return false
	})
	if allow, ok := m.get(hAllow); ok {
		g.d.Updates, g.d.Infos = strings.Contains(allow, "UPDATE"), strings.Contains(allow, "INFO")
	}
	g.d.Routes = nil
	m.each(hRecordRoute, func(v string) bool {
		g.d.Routes = append(g.d.Routes, strings.Clone(v))
		return true
	})
	if reverse {
		for i, j := 0, len(g.d.Routes)-1; i < j; i, j = i+1, j-1 {
			g.d.Routes[i], g.d.Routes[j] = g.d.Routes[j], g.d.Routes[i]
		}
	}
	g.ride(m.flow)
}

// ride takes the way that the far end came by.
func (g *leg) ride(f flow) {
	g.flow, g.d.Flow = f, f.addr
	g.d.Stream, g.d.TLS = f.conn != nil, f.conn != nil && f.conn.secure
}

// refreshTarget takes a new Contact within the dialog (RFC 3261 §12.2.1.2).
func (g *leg) refreshTarget(m *message) {
	m.each(hContact, func(v string) bool {
		if a, ok := parseAddress(v); ok && a.uri != g.d.Target {
			g.d.Target = strings.Clone(a.uri)
		}
		return false
	})
}

// request writes a request within the dialog and sends it. The path is the one
// that the far end came by: a proxy in front, or a hole in its NAT.
func (g *leg) request(method string, why purpose, kind, body string, extra []Header) *clientTx {
	l := g.l
	g.d.LocalSeq++
	branch := l.short("z9hG4bK")
	f := g.path()
	b := l.appendRequest(l.out[:0], method, g.d.Target, branch, f, &g.d, g.d.LocalSeq)
	switch method {
	case "INVITE", "UPDATE":
		b = g.appendCan(append(append(append(b, "Contact: "...), l.e.contact(f)...), "\r\n"...))
		b = g.appendSession(b, false)
	}
	for _, h := range extra {
		b = appendHeader(b, h.Name, h.Value)
	}
	if g.proves(f) {
		b = g.login.append(b, method, g.d.Target, []byte(body))
	}
	b = appendBody(b, kind, body)
	l.out = b[:0]
	owner := g
	if why == forNothing || why == forBye {
		owner = nil
	}
	tx := l.start(method, branch, f, append([]byte(nil), b...), owner, why)
	tx.cseq = g.d.LocalSeq
	if g.proves(f) {
		tx.login = g.login
	}
	return tx
}

// proves says whether the far end of a flow is the trunk that may ask who we are.
func (g *leg) proves(f flow) bool { return g.login != nil && g.trunk.leads(f.addr) }

// path is where requests go: the connection of the dialog while it stands.
func (g *leg) path() flow {
	f := g.flow
	if f.conn == nil {
		return f
	}
	select {
	case <-f.conn.closing:
		f = g.anew(f)
		g.flow = f
	default:
	}
	return f
}

// anew is a connection in place of one that is gone. One that a trunk had made
// to us led to a port where nobody listens: the new one goes where the trunk is.
func (g *leg) anew(f flow) flow {
	if g.trunk != nil && g.d.Incoming {
		for _, to := range g.trunk.known() {
			if to.addr.Addr() == f.addr.Addr() {
				f.addr = to.addr
			}
		}
	}
	tr := f.conn.trunk
	if f.conn.secure && tr == nil {
		tr = g.trunk
	}
	f.conn = g.l.e.streamTo(f.addr, tr)
	return f
}

// bye ends the dialog at the far end. Nobody waits for what it says.
func (g *leg) bye(c core.Cause) {
	var extra []Header
	if r := reasonHeader(c); r != "" {
		extra = append(extra, Header{"Reason", r})
	}
	g.request("BYE", forBye, "", "", extra)
}
