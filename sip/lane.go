package sip

import (
	"hash/maphash"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"belfry/core"
)

// lane holds all that belongs to its share of the Call-IDs. One goroutine at a
// time works on it; the rest only touch its inbox.
type lane struct {
	e  *Endpoint
	no int

	inbox inbox
	now   int64 // ns since the endpoint's start
	clock clock
	timer *time.Timer
	armed int64 // when the timer rings
	rand  *rand.ChaCha8

	servers map[uint64]*serverTx // by transaction
	merged  map[uint64]*serverTx // INVITE outside dialogs, by request
	clients map[uint64]*clientTx
	dialogs map[uint64]*leg
	legs    map[core.LegID]*leg
	early   map[uint64]int64 // CANCELs that came before their INVITE, until when they count
	asked   [1024]asked      // the last who were challenged
	ended   endings          // dialogs
	late    int              // answers that are held back
	quiet   chan struct{}    // closed when we are closing and no far end is left to be told

	msg  message // the one being read
	sent bool    // it came from another lane
	out  []byte  // the one being written

	doing atomic.Int64                     // when the datagram came that began the round at work; 0: none
	count struct{ legs, txs atomic.Int64 } // for Stats
}

// parcel is one thing for a lane to do: a datagram, an order, or a function.
type parcel struct {
	raw   string
	flow  flow
	at    int64  // ns since 1970
	fault *fault // what the stream's framing found
	sent  bool   // by the lane that its Call-ID belongs to
	order *core.Order
	do    func()
}

// inbox is a list that any goroutine adds to. Whoever adds to a lane that
// nobody works on works on it: a datagram is done by the goroutine that read
// it, an order by the one that gave it, and no other has to be woken. Who finds
// somebody at work leaves it to them.
type inbox struct {
	mu      sync.Mutex
	parcels []parcel
	spare   []parcel
	busy    bool          // somebody is at work
	handed  chan struct{} // holds one: the work is the lane's own goroutine's now
}

// The inbox is bounded by what may be put into it: a datagram is left out when
// as many wait (the sender will send it again), orders never are.
const maxWaiting = 16384

// put gives the lane one thing to do. The caller does it, if nobody is at work,
// but not what others add meanwhile.
func (l *lane) put(p parcel) {
	b := &l.inbox
	b.mu.Lock()
	b.parcels = append(b.parcels, p)
	if b.busy {
		b.mu.Unlock()
		return
	}
	b.busy = true
	b.mu.Unlock()
	l.work(false)
}

// putAll is put for datagrams that came together. It stays at work until
// nothing is left, or does nothing of it itself.
func (l *lane) putAll(ps []parcel, work bool) (dropped int) {
	b := &l.inbox
	b.mu.Lock()
	room := max(maxWaiting-len(b.parcels), 0)
	if len(ps) > room {
		dropped = len(ps) - room
		ps = ps[:room]
	}
	b.parcels = append(b.parcels, ps...)
	if b.busy {
		b.mu.Unlock()
		return dropped
	}
	b.busy = true
	b.mu.Unlock()
	if work {
		l.work(true)
	} else {
		b.handed <- struct{}{} // has room: only who is busy hands over
	}
	return dropped
}

// waiting says how many things wait for the lane, and since when the oldest
// datagram does, the ones being done included; 0: none.
func (l *lane) waiting() (n int, since int64) {
	b := &l.inbox
	b.mu.Lock()
	defer b.mu.Unlock()
	if since = l.doing.Load(); since == 0 && len(b.parcels) > 0 {
		since = b.parcels[0].at
	}
	return len(b.parcels), since
}

// work does what waits. Its caller has set busy.
func (l *lane) work(all bool) {
	b := &l.inbox
	for first := true; ; first = false {
		b.mu.Lock()
		if len(b.parcels) == 0 {
			b.busy = false
			l.doing.Store(0)
			b.mu.Unlock()
			return
		}
		if !first && !all {
			b.mu.Unlock()
			b.handed <- struct{}{} // has room: only who is busy hands over
			return
		}
		ps := b.parcels
		b.parcels = b.spare[:0]
		b.spare = ps
		b.mu.Unlock()
		l.now = l.e.since()
		l.doing.Store(ps[0].at) // 0 for an order
		for i := range ps {
			l.handle(&ps[i])
			ps[i] = parcel{}
			if i&15 == 15 {
				l.fire()
			}
		}
		l.fire()
		l.settleDown()
	}
}

// settleDown is done after each round of work.
func (l *lane) settleDown() {
	l.count.legs.Store(int64(len(l.legs)))
	l.count.txs.Store(int64(len(l.servers) + len(l.clients)))
	if l.quiet != nil && l.calm() {
		close(l.quiet)
		l.quiet = nil
	}
	// The timer is only ever brought forward: most alarms are later than it,
	// and one ring too many costs less than setting it each time. What has become
	// void meanwhile, as nearly every retransmission does, is not rung for.
	l.clock.tidy()
	if len(l.clock) > 0 && l.clock[0].due < l.armed {
		l.armed = l.clock[0].due
		l.timer.Reset(time.Duration(l.armed - l.now))
	}
}

func newLane(e *Endpoint, no int, seed [32]byte) *lane {
	l := &lane{
		e: e, no: no, rand: rand.NewChaCha8(seed),
		servers: map[uint64]*serverTx{}, merged: map[uint64]*serverTx{}, clients: map[uint64]*clientTx{},
		dialogs: map[uint64]*leg{}, legs: map[core.LegID]*leg{}, early: map[uint64]int64{},
	}
	l.inbox.handed = make(chan struct{}, 1)
	l.armed, l.timer = never, time.NewTimer(time.Hour)
	return l
}

// never is an instant that no alarm is set for.
const never = int64(1<<63 - 1)

// run is the lane's own goroutine: it does what is due by the clock, and what
// others leave to it.
func (l *lane) run() {
	defer l.e.running.Done()
	defer l.timer.Stop()
	for {
		select {
		case <-l.inbox.handed:
			l.work(true)
		case <-l.timer.C:
			l.put(parcel{do: func() { l.armed = never }})
		case <-l.e.closed:
			return
		}
	}
}

// handle does one parcel. A failure of ours costs the one it happened to, not
// the process.
func (l *lane) handle(p *parcel) {
	defer func() {
		if r := recover(); r != nil {
			l.failed(p, r)
		}
	}()
	switch {
	case p.raw != "":
		l.receive(p)
	case p.order != nil:
		l.obey(*p.order)
	case p.do != nil:
		p.do()
	}
}

// failed answers for a handler that panicked: 500 to a request, and its leg is lost.
func (l *lane) failed(p *parcel, what any) {
	l.e.stats.panics.Add(1)
	l.e.log.Error("a SIP handler failed", "what", what, "stack", string(debug.Stack()))
	defer func() {
		if r := recover(); r != nil {
			l.e.log.Error("clearing up after a failed SIP handler failed", "what", r)
		}
	}()
	lost := core.Cause{Why: core.Lost, Code: 500}
	if p.order != nil {
		if g := l.legs[legOf(p.order.Effect)]; g != nil {
			g.drop(lost)
		}
		return
	}
	if p.raw == "" {
		return
	}
	m := &l.msg
	tx := l.servers[l.serverKey(m, m.method)]
	switch {
	case tx == nil && m.request() && m.method != "ACK":
		l.refuse(m, 500, "Server Internal Error")
	case tx != nil && tx.leg != nil:
		tx.leg.drop(lost)
	case tx != nil && !tx.final():
		tx.respond(500, l.responseTo(m, 500, "Server Internal Error", l.tag(), nil))
	}
	if g := l.dialogs[l.hash(m.callID, m.to.tag)]; g != nil && m.request() {
		g.drop(lost)
	}
}

// fire wakes who is due.
func (l *lane) fire() {
	l.now = l.e.since()
	for {
		a, ok := l.clock.pop(l.now)
		if !ok {
			return
		}
		l.ring(a)
	}
}

func (l *lane) ring(a alarm) {
	defer func() {
		if r := recover(); r != nil {
			l.e.stats.panics.Add(1)
			l.e.log.Error("a SIP timer failed", "what", r, "stack", string(debug.Stack()))
		}
	}()
	a.who.wake(a.gen)
}

func (l *lane) after(d time.Duration, who waker, gen uint32) {
	l.clock.set(l.now+int64(d), who, gen)
}

// someday is after for what does not matter to a fifth of a second, such as when
// a transaction is forgotten: all that falls into one is done at one waking.
func (l *lane) someday(d time.Duration, who waker, gen uint32) {
	grid := int64(min(d/8, 200*time.Millisecond))
	due := l.now + int64(d)
	if grid > 0 {
		due += grid - due%grid
	}
	l.clock.set(due, who, gen)
}

// hash joins strings to a key that nobody outside can foresee.
func (l *lane) hash(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(l.e.seed)
	for _, p := range parts {
		h.WriteString(p)
		h.WriteByte(0)
	}
	return h.Sum64()
}

// share says which of n lanes a name belongs to.
func share(name string, n int) int {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return int((h ^ h>>15) % uint32(n))
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ulid is a name that sorts by time: 48 bits of milliseconds, 80 of chance.
func (l *lane) ulid(prefix string) string {
	b := make([]byte, 0, len(prefix)+26)
	b = append(b, prefix...)
	ms := uint64(l.e.opts.Now().UnixMilli())
	for shift := 45; shift >= 0; shift -= 5 {
		b = append(b, crockford[ms>>shift&31])
	}
	hi, lo := l.rand.Uint64(), l.rand.Uint64()
	for range 8 {
		b = append(b, crockford[hi&31], crockford[lo&31])
		hi, lo = hi>>5, lo>>5
	}
	return string(b)
}

// tag is a new dialog tag.
func (l *lane) tag() string { return l.short("b") }

// short is 60 bits of chance.
func (l *lane) short(prefix string) string {
	b := make([]byte, 0, 24)
	b = append(b, prefix...)
	n := l.rand.Uint64()
	for range 12 {
		b = append(b, crockford[n&31]|0x20)
		n >>= 5
	}
	return string(b)
}

// legName makes a name that Do finds this lane by.
func (l *lane) legName() core.LegID {
	for {
		if id := l.ulid("leg_s"); share(id, len(l.e.lanes)) == l.no {
			return core.LegID(id)
		}
	}
}

// callName makes a Call-ID whose messages come to this lane.
func (l *lane) callName() string {
	for {
		if id := l.short("") + l.short(""); share(id, len(l.e.lanes)) == l.no {
			return id
		}
	}
}
