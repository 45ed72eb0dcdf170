package sip

import (
	"time"
)

// due is when something has to be done about a phone next.
func (b *binding) due(t *Timers) int64 {
	next := b.seen + int64(t.Ping)
	switch {
	case b.asked && b.well:
		next = b.seen + int64(t.Silent)
	case !b.well:
		next = max(next, b.l.now+int64(t.Ping))
	}
	return min(next, b.expires)
}

// wake looks after a phone: it is asked with OPTIONS whether it is there, and
// one that has said nothing for too long is not rung until it answers again. Its
// registration stays: after a short trouble in the network it would register
// again within the hour only.
func (b *binding) wake(uint32) {
	r, l := b.l.e.registrar, b.l
	t := &l.e.opts.Timers
	r.mu.Lock()
	if b.gone {
		r.mu.Unlock()
		return
	}
	ask := false
	user, known := l.e.opts.Users(b.on.ext)
	switch {
	case l.now >= b.expires:
		r.drop(b)
		r.judge(b.on, "registration expired")
	case !known || user != b.on.user:
		r.drop(b)
		r.judge(b.on, "no such extension any more")
	default:
		if b.well && l.now-b.seen >= int64(t.Silent) {
			b.well = false
			l.e.log.Info("a phone does not answer", "agent", b.on.user, "contact", b.contact)
			r.judge(b.on, "silent")
		}
		if ask = !b.asked && l.now-b.seen >= int64(t.Ping); ask {
			b.asked = true
		}
		l.clock.set(max(b.due(t), l.now+int64(time.Millisecond)), b, 0)
	}
	r.mu.Unlock()
	r.tell()
	if ask {
		b.ask()
	}
}

// ask sends OPTIONS the way that the phone came.
func (b *binding) ask() {
	l := b.l
	d := &Dialog{
		CallID: l.callName(), LocalTag: l.tag(), LocalSeq: 1,
		Local: "<sip:" + l.e.sentBy + ">", Remote: "<" + b.contact + ">",
	}
	branch := l.short("z9hG4bK")
	msg := l.appendRequest(l.out[:0], "OPTIONS", b.contact, branch, b.flow, d, 1)
	msg = append(append(append(msg, "Contact: "...), l.e.contact(b.flow)...), "\r\nAccept: application/sdp\r\n"...)
	msg = appendBody(msg, "", "")
	l.out = msg[:0]
	tx := l.start("OPTIONS", branch, b.flow, append([]byte(nil), msg...), nil, forNothing)
	tx.cseq = 1
	tx.done = b.answered
}

// answered takes what the phone says to the OPTIONS; whatever it is, somebody is
// there. nil: nothing came.
func (b *binding) answered(m *message) {
	r := b.l.e.registrar
	r.mu.Lock()
	b.asked = false
	if m != nil && !b.gone {
		b.seen = b.l.now
		if !b.well {
			b.well = true
			r.judge(b.on, "")
		}
	}
	r.mu.Unlock()
	r.tell()
}
