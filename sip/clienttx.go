package sip

import (
	"time"
)

// purpose says what a request of ours is for.
type purpose uint8

const (
	forNothing purpose = iota // whatever comes back is only noted
	forCall                   // the first INVITE
	forOffer                  // a re-INVITE: hold, or a refresh
	forRefresh                // an UPDATE that keeps the session alive
	forInfo
	forBye
)

// clientTx is one request of ours until its last response can have come.
type clientTx struct {
	l        *lane
	key      uint64
	leg      *leg // nil when nobody waits for it
	msg      []byte
	flow     flow
	branch   string
	cseq     uint32
	interval time.Duration
	ends     int64
	gen      uint32
	state    txState
	invite   bool
	for_     purpose
	done     func(*message) // of a request of no leg: its final response; nil: none came
	acks     []tagged       // INVITE: what to send for each 2xx that comes again
	again    uint8          // how often it was sent anew with proof
	login    *login         // proves it to the trunk; nil: challenges are refusals
	who      asker          // waits for it where no leg does; nil: nobody
}

// asker waits for the answer to a request outside of any dialog.
type asker interface {
	answered(tx *clientTx, m *message)
	silent(tx *clientTx)
}

// tagged is an ACK for the far end with that tag.
type tagged struct {
	tag string
	msg []byte
}

func (l *lane) clientKey(branch, method string) uint64 { return l.hash(branch, method) }

// start sends a request; msg is kept until it is answered.
func (l *lane) start(method, branch string, f flow, msg []byte, g *leg, why purpose) *clientTx {
	t := &l.e.opts.Timers
	tx := &clientTx{
		l: l, key: l.clientKey(branch, method), leg: g, msg: msg, flow: f, branch: branch,
		invite: method == "INVITE", for_: why, interval: t.T1, ends: l.now + int64(64*t.T1),
	}
	if f.reliable() {
		tx.interval = 64 * t.T1
	}
	l.clients[tx.key] = tx
	l.after(tx.interval, tx, 0)
	l.e.send(f, msg)
	return tx
}

func (tx *clientTx) void(gen uint32) bool { return gen != tx.gen || tx.state == txGone }

func (tx *clientTx) wake(gen uint32) {
	if tx.void(gen) {
		return
	}
	t := &tx.l.e.opts.Timers
	switch {
	case tx.state == txAccepted || tx.state == txCompleted:
		tx.close()
	case tx.l.now >= tx.ends:
		tx.unanswered()
	default:
		tx.l.e.stats.resent.Add(1)
		tx.l.e.send(tx.flow, tx.msg)
		tx.interval *= 2
		if !tx.invite {
			tx.interval = min(tx.interval, t.T2)
		}
		tx.l.after(min(tx.interval, time.Duration(tx.ends-tx.l.now)), tx, tx.gen)
	}
}

// response takes what the far end says to the request.
func (tx *clientTx) response(m *message) {
	t := &tx.l.e.opts.Timers
	switch {
	case m.status < 200:
		if tx.state == txCalling {
			tx.state = txProceeding
			tx.interval = t.T2
			if tx.invite {
				tx.gen++ // it may ring for long; the leg's own deadline ends that
			}
		}
		if tx.state != txProceeding {
			return // late
		}
	case tx.invite && m.status < 300:
		if tx.state == txCompleted {
			return
		}
		if tx.state != txAccepted {
			tx.linger(txAccepted, 64*t.T1)
		}
		if tx.ackAgain(m.to.tag) {
			return
		}
	case tx.invite:
		if tx.state == txAccepted {
			return
		}
		tx.l.ackRefusal(tx, m)
		if tx.state == txCompleted {
			return
		}
		if tx.proved(m) {
			tx.linger(txCompleted, 64*t.T1)
			return
		}
		tx.linger(txCompleted, 64*t.T1) // timer D
	default:
		if tx.state == txCompleted {
			return
		}
		if tx.proved(m) {
			tx.linger(txCompleted, t.T4)
			return
		}
		tx.linger(txCompleted, t.T4)
	}
	if done := tx.done; done != nil && m.status >= 200 {
		tx.done = nil
		done(m)
	}
	g := tx.leg
	if tx.who != nil && m.status >= 200 {
		tx.who.answered(tx, m)
		return
	}
	if m.status >= 300 {
		tx.leg = nil
	}
	if g != nil {
		g.response(tx, m)
	} else if tx.invite && m.status >= 200 && m.status < 300 {
		tx.l.shed(tx, m)
	}
}

// unanswered ends what waits for a response that will not come.
func (tx *clientTx) unanswered() {
	g, done, who := tx.leg, tx.done, tx.who
	tx.close()
	if g != nil {
		g.unanswered(tx)
	}
	if done != nil {
		done(nil)
	}
	if who != nil {
		who.silent(tx)
	}
}

// proved answers a challenge by sending the request anew; whoever waited goes on
// to wait for that.
func (tx *clientTx) proved(m *message) bool {
	if tx.login == nil || m.status != 401 && m.status != 407 {
		return false
	}
	g := tx.leg
	if g != nil && (g.told || g.state == cancelling) {
		return false
	}
	next := tx.prove(m)
	if next == nil {
		return false
	}
	tx.leg, tx.who = nil, nil
	if g != nil {
		g.d.LocalSeq = max(g.d.LocalSeq, next.cseq)
		if g.call == tx {
			g.call = next
			if g.out != nil {
				g.alarm(trunkAlarm, g.out.patience)
			}
		}
		if g.offering == tx {
			g.offering = next
		}
		if g.pressing == tx {
			g.pressing = next
		}
	}
	return true
}

// linger keeps the transaction to know late copies, and drops the rest.
func (tx *clientTx) linger(s txState, d time.Duration) {
	tx.state = s
	if !tx.invite {
		tx.msg = nil
	}
	tx.gen++
	if tx.flow.reliable() && s == txCompleted {
		d = 0
	}
	tx.l.someday(d, tx, tx.gen)
}

// ackAgain sends the ACK that a repeated 2xx asks for, if there was one.
func (tx *clientTx) ackAgain(tag string) bool {
	for _, a := range tx.acks {
		if a.tag == tag {
			tx.l.e.stats.resent.Add(1)
			tx.l.e.send(tx.flow, a.msg)
			return true
		}
	}
	return false
}

func (tx *clientTx) close() {
	if tx.state == txGone {
		return
	}
	tx.state = txGone
	delete(tx.l.clients, tx.key)
}

// lost ends what went over a connection that is gone.
func (l *lane) lost(s *stream) {
	for _, tx := range l.clients {
		if tx.flow.conn != s || tx.state == txAccepted || tx.state == txCompleted {
			continue
		}
		tx.unanswered()
	}
}
