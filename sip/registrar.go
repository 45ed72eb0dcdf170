package sip

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"belfry/core"
)

// mostContacts is how many phones a user may have registered at a time; the one
// that was heard of longest ago makes room.
const mostContacts = 10

// registrar knows where the phones of our users are. All lanes share it; each
// binding is looked after by one.
type registrar struct {
	e *Endpoint

	mu      sync.Mutex
	owners  map[string]*owner // by extension
	users   map[core.UserID]*owner
	flows   map[netip.AddrPort][]*binding // by where they sent from
	ips     map[netip.Addr]int
	count   int
	changed bool // the file of them is old

	news    []core.Event // in the order in which it happened
	telling bool
}

// owner is a user's extension with the phones at it.
type owner struct {
	ext      string
	user     core.UserID
	bindings []*binding
	station  core.StationID // while a phone is well
}

// binding is one registered phone.
type binding struct {
	on      *owner
	l       *lane  // asks it whether it is there
	contact string // the URI that it wants to be called at
	flow    flow   // the way that it came; calls go back there
	callID  string
	cseq    uint32
	expires int64 // all on the endpoint's clock
	seen    int64 // its last sign of life
	well    bool  // seen of late
	asked   bool  // an OPTIONS is under way
	gone    bool
}

func newRegistrar(e *Endpoint) *registrar {
	return &registrar{
		e: e, owners: map[string]*owner{}, users: map[core.UserID]*owner{},
		flows: map[netip.AddrPort][]*binding{}, ips: map[netip.Addr]int{},
	}
}

// wish is what a REGISTER asks for one contact.
type wish struct {
	contact string
	expires time.Duration // 0: away with it
}

// change carries out what a REGISTER asks of a user's contacts: all of it or,
// where it is older than what came before, nothing. It returns what is
// registered then.
func (r *registrar) change(l *lane, m *message, w who, wishes []wish, all bool) (list []wish, ok bool) {
	r.mu.Lock()
	o := r.ownerOf(w)
	for _, b := range o.bindings {
		named := all || slices.ContainsFunc(wishes, func(x wish) bool { return sameContact(x.contact, b.contact) })
		if named && b.callID == m.callID && m.cseq <= b.cseq {
			r.mu.Unlock()
			return nil, false
		}
	}
	if all {
		for _, b := range slices.Clone(o.bindings) {
			r.drop(b)
		}
	}
	for _, x := range wishes {
		i := slices.IndexFunc(o.bindings, func(b *binding) bool { return sameContact(x.contact, b.contact) })
		switch {
		case x.expires == 0 && i >= 0:
			r.drop(o.bindings[i])
		case x.expires == 0:
		case i >= 0:
			r.renew(o.bindings[i], l, m, x)
		default:
			r.add(o, l, m, x)
		}
	}
	r.judge(o, "unregistered")
	for _, b := range o.bindings {
		list = append(list, wish{b.contact, time.Duration(b.expires - l.now)})
	}
	r.mu.Unlock()
	r.tell()
	return list, true
}

// ownerOf finds a user's phones. An extension that went to somebody else takes no
// phone along.
func (r *registrar) ownerOf(w who) *owner {
	o := r.owners[w.ext]
	if o != nil && o.user != w.user {
		r.close(o)
		o = nil
	}
	if o == nil {
		if old := r.users[w.user]; old != nil {
			r.close(old)
		}
		o = &owner{ext: w.ext, user: w.user}
		r.owners[w.ext], r.users[w.user] = o, o
	}
	return o
}

// close takes an extension away with all its phones.
func (r *registrar) close(o *owner) {
	for _, b := range slices.Clone(o.bindings) {
		r.drop(b)
	}
	r.judge(o, "unregistered")
	delete(r.owners, o.ext)
	if r.users[o.user] == o {
		delete(r.users, o.user)
	}
}

func (r *registrar) add(o *owner, l *lane, m *message, x wish) {
	if len(o.bindings) >= mostContacts {
		r.drop(slices.MinFunc(o.bindings, func(a, b *binding) int { return int(a.seen/1e6 - b.seen/1e6) }))
	}
	b := &binding{on: o, l: l, contact: strings.Clone(x.contact)}
	o.bindings = append(o.bindings, b)
	r.count++
	r.renew(b, l, m, x)
	l.clock.set(b.due(&r.e.opts.Timers), b, 0)
}

// renew notes a sign of life with a new term.
func (r *registrar) renew(b *binding, l *lane, m *message, x wish) {
	if b.flow != m.flow || !slices.Contains(r.flows[m.flow.addr], b) {
		r.unroute(b)
		b.flow = m.flow
		r.flows[b.flow.addr] = append(r.flows[b.flow.addr], b)
		r.ips[b.flow.addr.Addr()]++
	}
	b.contact, b.callID, b.cseq = strings.Clone(x.contact), strings.Clone(m.callID), m.cseq
	b.seen, b.well = l.now, true
	b.expires = l.now + int64(x.expires)
	r.changed = true
}

// unroute forgets the way to a phone.
func (r *registrar) unroute(b *binding) {
	a := b.flow.addr
	i := slices.Index(r.flows[a], b)
	if i < 0 {
		return
	}
	if r.flows[a] = slices.Delete(r.flows[a], i, i+1); len(r.flows[a]) == 0 {
		delete(r.flows, a)
	}
	if r.ips[a.Addr()]--; r.ips[a.Addr()] <= 0 {
		delete(r.ips, a.Addr())
	}
}

// drop forgets a phone. Its alarm finds it gone.
func (r *registrar) drop(b *binding) {
	if b.gone {
		return
	}
	b.gone, b.well = true, false
	r.changed = true
	r.unroute(b)
	r.count--
	b.on.bindings = slices.DeleteFunc(b.on.bindings, func(x *binding) bool { return x == b })
}

// StationOf is the name of the station that a user's registered phones are. It is
// the same over a restart: whoever starts the program can say that it is gone.
func StationOf(user core.UserID) core.StationID {
	return core.StationID("sta_p" + strings.TrimPrefix(string(user), "usr_"))
}

// judge has the floor told when a user's first phone is well, or the last one no
// more.
func (r *registrar) judge(o *owner, why string) {
	well := slices.ContainsFunc(o.bindings, func(b *binding) bool { return b.well })
	switch {
	case well && o.station == "":
		o.station = StationOf(o.user)
		r.e.log.Info("a user's phone is there", "agent", o.user, "extension", o.ext)
		r.news = append(r.news, core.StationUp{Agent: o.user, Station: o.station, Kind: core.PhoneStation})
	case !well && o.station != "":
		r.e.log.Info("a user's last phone is gone", "agent", o.user, "extension", o.ext, "why", why)
		r.news = append(r.news, core.StationGone{Agent: o.user, Station: o.station, Why: why})
		o.station = ""
	}
	if len(o.bindings) == 0 && r.owners[o.ext] == o {
		delete(r.owners, o.ext)
		delete(r.users, o.user)
	}
}

// tell gives the news in order. It is called without the lock: who is told may
// ask in turn.
func (r *registrar) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.telling {
		return
	}
	r.telling = true
	for len(r.news) > 0 {
		ev := r.news[0]
		r.news = r.news[1:]
		r.mu.Unlock()
		if err := r.e.tell(ev, nil); err != nil {
			r.e.log.Error("the floor did not take news of a phone", "error", err)
		}
		r.mu.Lock()
	}
	r.telling = false
}

// phones are the ways to a user's phones that are well.
func (r *registrar) phones(user core.UserID) (ext string, list []binding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.users[user]
	if o == nil {
		return "", nil
	}
	for _, b := range o.bindings {
		if b.well {
			list = append(list, binding{contact: b.contact, flow: b.flow})
		}
	}
	return o.ext, list
}

// lives says whether a registered phone sends from there.
func (r *registrar) lives(f flow) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.flows[f.addr], func(b *binding) bool { return b.flow.conn == f.conn })
}

// livesAt says whether a registered phone has the address.
func (r *registrar) livesAt(ip netip.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ips[ip] > 0
}

// trusts says whether the extension's own phone sends from there.
func (r *registrar) trusts(f flow, ext string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.flows[f.addr], func(b *binding) bool { return b.flow.conn == f.conn && b.on.ext == ext })
}

// lost ends the registrations whose connection is gone: there is no way back to
// a phone that made it.
func (r *registrar) lost(s *stream) {
	if r.e.closing.Load() {
		return // it is we who end it
	}
	r.mu.Lock()
	for _, b := range slices.Clone(r.flows[s.addr]) {
		if b.flow.conn == s {
			r.drop(b)
			r.judge(b.on, "connection lost")
		}
	}
	r.mu.Unlock()
	r.tell()
}

// registered is how many phones there are.
func (r *registrar) registered() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// sameContact compares what identifies a contact: user, host, port and transport
// (RFC 3261 §10.2.4); other parameters may change.
func sameContact(a, b string) bool {
	if a == b {
		return true
	}
	u, ok1 := parseURI(a)
	v, ok2 := parseURI(b)
	if !ok1 || !ok2 || u.scheme != v.scheme || core.Unescape(u.user) != core.Unescape(v.user) || !strings.EqualFold(u.host, v.host) {
		return false
	}
	if port(u.port) != port(v.port) {
		return false
	}
	s, _ := param(u.params, "transport")
	t, _ := param(v.params, "transport")
	return strings.EqualFold(s, t)
}

func port(p uint16) uint16 {
	if p == 0 {
		return 5060
	}
	return p
}
