package sip

import (
	"net/netip"
	"strings"
)

// dealer sorts datagrams by lane. Each reader has its own.
//
// As a rule the reader does the work of the lanes too, and what it has not come
// to waits in the socket. In a flood that would have refusals stand in line
// behind what they are to make room for: then the reader only reads, refuses new
// calls on the spot, and leaves all else to the lanes' own goroutines until they
// have caught up.
type dealer struct {
	e     *Endpoint
	piles [][]parcel
	late  int   // datagrams read in a row that had waited
	flood bool  // we only read
	desk  *lane // what is refused on the spot is read and written with; it has no inbox
}

func newDealer(e *Endpoint) *dealer {
	return &dealer{e: e, piles: make([][]parcel, len(e.lanes)), desk: &lane{e: e}}
}

const (
	// A stall of the machine leaves a few datagrams behind; where this many have
	// waited, more comes than is done.
	floodSize   = 128
	floodBegins = 2 // part of the lateness at which calls are refused anyway
	floodEnds   = 16
)

// look decides whether there is a flood, before n datagrams are dealt of which
// the first came at oldest.
func (d *dealer) look(now, oldest int64, n int) {
	limit := int64(d.e.opts.Limits.Lateness)
	if limit <= 0 {
		return
	}
	waited, waiting := now-oldest, 0
	for _, l := range d.e.lanes {
		more, since := l.waiting()
		waiting += more
		if since != 0 {
			waited = max(waited, now-since)
		}
	}
	switch {
	case d.flood:
		d.flood = waited > limit/floodEnds
	case waited > limit/floodBegins:
		d.late += n // in the socket there may be more than we can see
		d.flood = d.late+waiting >= floodSize
	default:
		d.late = 0
	}
}

// add puts aside one datagram, if it may be SIP.
func (d *dealer) add(b []byte, from netip.AddrPort, at int64) {
	if !looksLikeSIP(b) {
		d.e.stats.dropped.Add(1)
		return
	}
	raw := string(b)
	if d.flood && strings.HasPrefix(raw, "INVITE ") && d.refused(raw, from) {
		return
	}
	n := share(callIDOf(raw), len(d.piles))
	d.piles[n] = append(d.piles[n], parcel{raw: raw, flow: flow{addr: from}, at: at})
}

// refused refuses a new call on the spot. What is none, or is not good, is for
// its lane.
func (d *dealer) refused(raw string, from netip.AddrPort) bool {
	l := d.desk
	m := &l.msg
	m.at, m.flow = 0, flow{addr: from}
	if parse(raw, m) != nil || m.method != "INVITE" || m.inDialog() {
		return false
	}
	if known, refused := d.e.admit.recall(l.serverKey(m, "INVITE")); known && !refused {
		return false
	}
	if _, ok := d.e.trunk(from); !ok {
		return false
	}
	d.e.stats.received.Add(1)
	l.overloaded(m)
	return true
}

// deal hands out what was put aside.
func (d *dealer) deal() {
	for n, pile := range d.piles {
		if len(pile) == 0 {
			continue
		}
		if lost := d.e.lanes[n].putAll(pile, !d.flood); lost > 0 {
			d.e.stats.dropped.Add(uint64(lost))
		}
		clear(pile)
		d.piles[n] = pile[:0]
	}
}
