package sip

import "time"

// txState is where a transaction stands (RFC 3261 §17, RFC 6026).
type txState uint8

const (
	txCalling    txState = iota // client: nothing came yet
	txProceeding                // no final response yet
	txAccepted                  // INVITE: 2xx; late copies are still known
	txCompleted                 // final response; it is sent, or acknowledged, again when asked
	txConfirmed                 // INVITE: the ACK for a refusal came
	txGone
)

// serverTx is one request to us, kept to know its copies. It holds no more than
// what may have to be sent again: over UDP it must live for 32 s.
type serverTx struct {
	l        *lane
	key      uint64
	merge    uint64 // INVITE outside of a dialog: the request whatever way it came
	leg      *leg   // INVITE: whom CANCEL concerns
	last     []byte // the last response
	flow     flow
	interval time.Duration
	ends     int64 // when it is given up
	gen      uint32
	state    txState
	invite   bool
}

// serverKey names the transaction that a request belongs to (RFC 3261 §17.2.3).
// An ACK belongs to its INVITE's; a CANCEL is asked for with both methods.
func (l *lane) serverKey(m *message, method string) uint64 {
	if method == "ACK" {
		method = "INVITE"
	}
	if magic(m.via.branch) {
		return l.hash(m.via.branch, m.via.host, string(rune(m.via.port>>8)), string(rune(m.via.port&255)), method)
	}
	// RFC 2543: the topmost Via as a whole and what names the request.
	return l.hash(m.via.text, m.callID, m.from.tag, itoa(m.cseq), method)
}

// newServer opens a transaction for a request.
func (l *lane) newServer(m *message) *serverTx {
	tx := &serverTx{l: l, key: l.serverKey(m, m.method), flow: l.replyTo(m), state: txProceeding, invite: m.method == "INVITE"}
	l.servers[tx.key] = tx
	if l.sent && !m.inDialog() {
		l.receives(m)
	}
	return tx
}

func (tx *serverTx) final() bool { return tx.state != txProceeding }

// again answers a copy of the request.
func (tx *serverTx) again() {
	if tx.last != nil && tx.state != txConfirmed {
		tx.l.e.stats.resent.Add(1)
		tx.l.e.send(tx.flow, tx.last)
	}
}

// respond sends a response; msg is kept as long as it may be asked for.
func (tx *serverTx) respond(status int, msg []byte) {
	if tx.final() {
		return
	}
	t := &tx.l.e.opts.Timers
	tx.l.e.send(tx.flow, msg)
	switch {
	case status < 200:
		tx.last = append(tx.last[:0], msg...)
	case tx.invite && status < 300:
		// The leg sends the 2xx again; here only copies of the INVITE are known.
		tx.state, tx.last = txAccepted, nil
		tx.expire(64 * t.T1)
	case tx.invite:
		tx.state, tx.last = txCompleted, append(tx.last[:0], msg...)
		tx.ends = tx.l.now + int64(64*t.T1)
		tx.interval = t.T1
		if tx.flow.reliable() {
			tx.interval = 64 * t.T1
		}
		tx.gen++
		tx.l.after(tx.interval, tx, tx.gen)
	case tx.flow.reliable():
		tx.close()
	default:
		tx.state, tx.last = txCompleted, append(tx.last[:0], msg...)
		tx.expire(64 * t.T1)
	}
}

// reply responds within a dialog, with no body.
func (tx *serverTx) reply(m *message, status int, extra ...Header) {
	tx.respond(status, tx.l.responseTo(m, status, reasonOf(status), "", extra))
}

// expire ends the transaction after d.
func (tx *serverTx) expire(d time.Duration) {
	tx.gen++
	tx.interval = 0
	tx.ends = tx.l.now + int64(d)
	tx.l.someday(d, tx, tx.gen)
}

// acked takes the ACK for a refusal.
func (tx *serverTx) acked() {
	if tx.state != txCompleted || !tx.invite {
		return
	}
	tx.state, tx.last, tx.leg = txConfirmed, nil, nil
	if tx.flow.reliable() {
		tx.close()
		return
	}
	tx.expire(tx.l.e.opts.Timers.T4)
}

func (tx *serverTx) void(gen uint32) bool { return gen != tx.gen || tx.state == txGone }

func (tx *serverTx) wake(gen uint32) {
	if tx.void(gen) {
		return
	}
	if tx.interval == 0 || tx.l.now >= tx.ends {
		tx.close()
		return
	}
	tx.again()
	tx.interval = min(2*tx.interval, tx.l.e.opts.Timers.T2)
	tx.l.after(tx.interval, tx, tx.gen)
}

func (tx *serverTx) close() {
	if tx.state == txGone {
		return
	}
	tx.state = txGone
	tx.last, tx.leg = nil, nil
	delete(tx.l.servers, tx.key)
	if tx.merge != 0 && tx.l.merged[tx.merge] == tx {
		delete(tx.l.merged, tx.merge)
	}
}
