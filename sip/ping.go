package sip

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// pinger asks a trunk with OPTIONS whether it lives. Two questions in a row that
// get no good answer take it down, one that does brings it up. All of it happens
// on one lane.
type pinger struct {
	t      *trunk
	l      *lane
	callID string
	tag    string
	cseq   uint32
	tx     *clientTx // waits for an answer
	misses int
	gen    uint32
	over   bool
}

const missesDown = 2

func (t *trunk) pings(l *lane) *pinger {
	return &pinger{t: t, l: l, callID: l.callName(), tag: l.tag()}
}

// every is how often the trunk is asked; 0: never.
func (p *pinger) every() time.Duration {
	switch n := p.t.set.Ping; {
	case n < 0:
		return 0
	case n > 0:
		return time.Duration(n) * time.Second
	}
	return p.t.e.opts.Timers.TrunkPing
}

// later sets the next step.
func (p *pinger) later(d time.Duration) {
	p.gen++
	p.l.after(d, p, p.gen)
}

// wake asks, or counts what was not answered in time.
func (p *pinger) wake(gen uint32) {
	switch {
	case gen != p.gen || p.over:
	case p.tx != nil:
		p.missed("no reply to OPTIONS")
	default:
		p.next()
	}
}

// next asks the trunk, or where it is never asked, the DNS: calls that come in
// are known by the addresses that it is reached at.
func (p *pinger) next() {
	if p.every() > 0 {
		p.ask()
		return
	}
	if _, err := netip.ParseAddr(p.t.set.Host); err != nil {
		p.t.find(p.l, func([]target) {})
		p.later(freshFor)
	}
}

func (p *pinger) ask() {
	p.t.find(p.l, func(targets []target) {
		if p.over || p.tx != nil {
			return
		}
		if len(targets) == 0 {
			p.missed("no address")
			return
		}
		p.cseq++
		to := targets[0]
		p.tx = p.l.ask("OPTIONS", p.t, to, p.callID, p.tag, p.cseq, "Accept: application/sdp\r\n", p)
		p.later(p.t.e.opts.Timers.Trunk)
	})
}

// missed counts a question without a good answer. The next comes soon, so that
// a trunk that is dead is known to be.
func (p *pinger) missed(why string) {
	if p.tx != nil {
		p.t.fellIll(p.tx.flow.addr)
		p.tx.who = nil
		p.tx.close()
		p.tx = nil
	}
	p.misses++
	p.t.failed(why)
	if p.misses >= missesDown {
		p.t.turn(false, why)
		p.later(min(p.every(), p.t.e.opts.Timers.TrunkPing/3))
		return
	}
	p.later(0)
}

// stop asks no more.
func (p *pinger) stop() {
	p.over = true
	if p.tx != nil {
		p.tx.who = nil
		p.tx.close()
	}
}

func (p *pinger) silent(tx *clientTx) {
	if p.tx == tx {
		p.tx = nil
		p.t.fellIll(tx.flow.addr)
		p.missed("no connection")
	}
}

// answered takes any answer as a sign of life but those that say that nobody is
// behind it.
func (p *pinger) answered(tx *clientTx, m *message) {
	if p.tx != tx || p.over {
		return
	}
	p.tx = nil
	p.t.counted(m)
	switch m.status {
	case 408, 500, 502, 503, 504:
		p.missed(fmt.Sprintf("OPTIONS were answered %d %s", m.status, m.reason))
		return
	}
	p.misses = 0
	p.t.seenAs(m)
	p.t.gotWell(tx.flow.addr)
	p.t.turn(true, "")
	p.later(p.every())
}

// ask sends a request outside of any dialog to a trunk: OPTIONS, REGISTER.
// headers are whole lines.
func (l *lane) ask(method string, t *trunk, to target, callID, tag string, cseq uint32, headers string, who asker) *clientTx {
	f := t.flow(to)
	branch := l.short("z9hG4bK")
	uri := t.uri("")
	d := Dialog{CallID: callID, LocalTag: tag, Local: "<" + t.account() + ">", Remote: "<" + uri + ">"}
	if method == "REGISTER" {
		d.Remote = d.Local
	}
	b := l.appendRequest(l.out[:0], method, uri, branch, f, &d, cseq)
	b = append(append(append(b, "Contact: "...), l.e.trunkContact(t, f)...), "\r\n"...)
	b = append(b, headers...)
	var lg *login
	if r, ok := who.(*registration); ok {
		lg = r.login
		b = lg.append(b, method, uri, nil)
	}
	b = appendBody(b, "", "")
	l.out = b[:0]
	tx := l.start(method, branch, f, append([]byte(nil), b...), nil, forNothing)
	tx.cseq, tx.who, tx.login = cseq, who, lg
	return tx
}

// account is who we are at the trunk. A login may bring its own domain.
func (t *trunk) account() string {
	user, domain, ok := strings.Cut(t.set.Login, "@")
	if !ok || domain == "" || !all(domain, cHost) {
		domain = t.host()
	}
	return "sip:" + escapeUser(cmp.Or(user, "belfry")) + "@" + domain
}

// trunkContact is our Contact for a trunk: its user part says which trunk a call
// was meant for that comes to it.
func (e *Endpoint) trunkContact(t *trunk, f flow) string {
	return strings.Replace(e.contact(f), "<sip:", "<sip:"+escapeUser(string(t.set.ID))+"@", 1)
}
