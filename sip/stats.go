package sip

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"belfry/core"
)

// Stats are counts since the start, and how much there is now.
type Stats struct {
	Legs         int    // live now
	Transactions int    // live now, those that only wait for late copies included
	Came         uint64 // calls admitted
	Refused      uint64 // calls answered 503 by admission
	Dialled      uint64
	Received     uint64 // messages
	Sent         uint64
	Resent       uint64 // retransmissions of ours
	Dropped      uint64 // datagrams that were no SIP
	Bad          uint64 // messages answered 400 or dropped as malformed
	Registered   int    // phones now
	Challenged   uint64 // requests answered with a challenge
	Wrong        uint64 // wrong passwords of phones
	Shut         int    // addresses that are not listened to now
	Shunned      uint64 // requests from there
	Panics       uint64 // handlers that failed; each cost one leg at most
	Late         time.Duration
}

// Stats counts.
func (e *Endpoint) Stats() Stats {
	c := &e.stats
	s := Stats{
		Came: c.came.Load(), Refused: c.refused.Load(), Dialled: c.dialled.Load(), Received: c.received.Load(),
		Sent: c.sent.Load(), Resent: c.resent.Load(), Dropped: c.dropped.Load(), Bad: c.bad.Load(),
		Panics: c.panics.Load(), Late: time.Duration(e.admit.late.Load()),
	}
	s.Challenged, s.Wrong, s.Shunned = c.challenged.Load(), e.guard.wrong.Load(), e.guard.shunned.Load()
	s.Registered, s.Shut = e.registrar.registered(), int(e.guard.shut.Load())
	for _, l := range e.lanes {
		s.Legs += int(l.count.legs.Load())
		s.Transactions += int(l.count.txs.Load())
	}
	return s
}

// Legs names the legs that are alive, sorted: what FloorStarted asks for.
func (e *Endpoint) Legs() []core.LegID {
	var mu sync.Mutex
	var ids []core.LegID
	e.ask(func(l *lane) {
		mu.Lock()
		defer mu.Unlock()
		for id, g := range l.legs {
			if !g.told {
				ids = append(ids, id)
			}
		}
	})
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(ids)
	return ids
}

// Dialog returns a leg as a plain value; false when there is no such leg.
func (e *Endpoint) Dialog(id core.LegID) (d Dialog, ok bool) {
	var mu sync.Mutex
	e.ask(func(l *lane) {
		if g := l.legs[id]; g != nil {
			mu.Lock()
			d, ok = g.d, true
			d.Routes = slices.Clone(d.Routes)
			mu.Unlock()
		}
	})
	mu.Lock()
	defer mu.Unlock()
	return d, ok
}

// Check names what should not be: legs without audio or without a dialog, and
// transactions that outlived their time. Empty is good.
func (e *Endpoint) Check() []string {
	var mu sync.Mutex
	var broken []string
	say := func(format string, args ...any) {
		mu.Lock()
		broken = append(broken, fmt.Sprintf(format, args...))
		mu.Unlock()
	}
	e.ask(func(l *lane) {
		late := int64(time.Second)
		for id, g := range l.legs {
			switch {
			case l.dialogs[g.key] != g:
				say("leg %s is in no dialog", id)
			case g.audio == nil && !g.told:
				say("leg %s is alive without audio", id)
			case g.audio != nil && g.told:
				say("leg %s is gone and has audio", id)
			}
		}
		for _, g := range l.dialogs {
			if l.legs[g.d.Leg] != g {
				say("dialog of leg %s has no leg", g.d.Leg)
			}
		}
		for _, tx := range l.servers {
			if tx.ends != 0 && tx.ends+late < l.now {
				say("a transaction of a request to us outlived its time")
			}
		}
	})
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(broken)
	return broken
}
