package sip

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// registration keeps a trunk knowing where we are (RFC 3261 §10.2). All of it
// happens on one lane.
type registration struct {
	t       *trunk
	l       *lane
	login   *login
	callID  string
	tag     string
	cseq    uint32
	asked   time.Duration // how long it shall hold
	until   int64         // how long it does hold; lane time, 0: it does not
	targets []target      // not tried yet
	tx      *clientTx
	fails   int
	gen     uint32
	over    bool
}

// How long a registration is asked for, and how long we wait at most after one
// that failed.
const (
	registerFor  = time.Hour
	longestRetry = 10 * time.Minute
)

func (t *trunk) registers(l *lane) *registration {
	return &registration{t: t, l: l, login: t.login(), callID: l.callName(), tag: l.tag(), asked: registerFor}
}

func (r *registration) later(d time.Duration) {
	r.gen++
	r.l.after(d, r, r.gen)
}

// wake registers anew, or gives up on an address that says nothing.
func (r *registration) wake(gen uint32) {
	switch {
	case gen != r.gen || r.over:
	case r.tx != nil:
		r.leave()
		r.next("no reply to REGISTER")
	default:
		r.t.find(r.l, func(targets []target) {
			if !r.over && r.tx == nil {
				r.targets = targets
				r.next("no address")
			}
		})
	}
}

// leave stops waiting for an address.
func (r *registration) leave() {
	r.t.fellIll(r.tx.flow.addr)
	r.tx.who = nil
	r.tx.close()
	r.tx = nil
}

// next asks the next address; without one, why is what went wrong.
func (r *registration) next(why string) {
	if len(r.targets) == 0 {
		r.failed(why, 0)
		return
	}
	to := r.targets[0]
	r.targets = r.targets[1:]
	r.send(to, r.asked)
	r.later(r.t.e.opts.Timers.Trunk)
}

func (r *registration) send(to target, d time.Duration) {
	r.cseq++
	r.tx = r.l.ask("REGISTER", r.t, to, r.callID, r.tag, r.cseq, "Expires: "+whole(d)+"\r\n", r)
}

func (r *registration) silent(tx *clientTx) {
	if r.tx == tx {
		r.tx = nil
		r.t.fellIll(tx.flow.addr)
		r.next("no connection")
	}
}

func (r *registration) answered(tx *clientTx, m *message) {
	if r.over || r.tx == nil {
		return
	}
	r.tx = nil
	r.cseq = max(r.cseq, tx.cseq)
	r.t.counted(m)
	switch {
	case m.status < 300:
		r.took(m)
	case m.status == 423:
		if d, ok := seconds(m.value(hMinExpires)); ok && d > r.asked && d <= 24*time.Hour {
			r.asked = d
			r.send(target{addr: tx.flow.addr}, d)
			r.later(r.t.e.opts.Timers.Trunk)
			return
		}
		r.failed("the registration was answered 423 without a Min-Expires that makes sense", 0)
	case m.status == 408 || m.status >= 500 && m.status < 600:
		wait, _ := seconds(m.value(hRetryAfter))
		if len(r.targets) > 0 {
			r.next("")
			return
		}
		r.failed(fmt.Sprintf("the registration was refused: %d %s", m.status, m.reason), wait)
	default:
		r.failed(fmt.Sprintf("the registration was refused: %d %s", m.status, m.reason), 0)
	}
}

// took notes how long it holds, and when to ask again.
func (r *registration) took(m *message) {
	holds := r.holds(m)
	if holds <= 0 {
		r.failed("the registration was answered without a time that it holds", 0)
		return
	}
	r.fails = 0
	r.t.seenAs(m)
	r.until = r.l.now + int64(holds)
	r.t.register(true, "")
	r.later(holds - min(holds/3, 30*time.Second))
}

// holds is what the registrar says about our Contact, else about all.
func (r *registration) holds(m *message) time.Duration {
	d := r.asked
	if v, ok := seconds(m.value(hExpires)); ok {
		d = v
	}
	user := escapeUser(string(r.t.set.ID))
	m.each(hContact, func(v string) bool {
		a, ok := parseAddress(v)
		u, ok2 := parseURI(a.uri)
		if !ok || !ok2 || u.user != user {
			return true
		}
		if s, ok := param(a.params, "expires"); ok {
			n, err := strconv.ParseUint(strings.Trim(s, `"`), 10, 31)
			d = time.Duration(n) * time.Second
			if err != nil {
				d = 0
			}
		}
		return false
	})
	return d
}

// failed waits and tries again: longer each time, and at least as long as the
// registrar wants. What was agreed before holds until it lapses.
func (r *registration) failed(why string, wait time.Duration) {
	r.targets = nil
	if r.until <= r.l.now {
		r.until = 0
		r.t.register(false, why)
	} else {
		r.t.failed(why)
	}
	t := &r.t.e.opts.Timers
	d := min(t.Register<<min(r.fails, 10), 120*t.Register)
	d = max(d-time.Duration(r.l.rand.Uint64()%uint64(d/4+1)), wait) // not all at once
	r.fails++
	if r.until > 0 {
		d = min(d, max(time.Duration(r.until-r.l.now), t.Register))
	}
	r.later(min(d, longestRetry))
}

// stop takes the registration back. Nobody waits for the answer.
func (r *registration) stop() {
	if r.over {
		return
	}
	if r.tx != nil {
		r.tx.who = nil
		r.tx.close()
	}
	if r.until > r.l.now {
		if all := r.t.known(); len(all) > 0 {
			r.send(all[0], 0)
		}
	}
	r.over = true
}
