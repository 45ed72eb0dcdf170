package sip

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"belfry/core"
	"belfry/core/plan"
	"belfry/media"
	phone "belfry/number"
)

// trunk is one way to the telephone network, as it stands now. All lanes share
// it; what changes is behind its lock.
type trunk struct {
	e       *Endpoint
	set     plan.Trunk
	country string         // where national numbers belong
	nets    []netip.Prefix // whose calls come by it, besides Host
	codecs  []media.Codec  // in the order of preference; none: all

	load *load // of all trunks that had this ID

	// On its lane.
	ping   *pinger
	reg    *registration
	over   bool
	hinted bool // that we are behind a NAT

	mu         sync.Mutex
	rate       bucket
	targets    []target                 // where Host led to last
	looked     int64                    // when; lane time
	ill        map[netip.AddrPort]int64 // addresses that did not answer, and until when they come last
	rests      int64                    // until when it is to be left alone; lane time
	down       bool
	registered bool
	since      time.Time // of up or down
	told       bool      // that it is down
	err        string    // what went wrong last
	errAt      time.Time
	taken      uint64 // calls out that it took
	missed     uint64 // and did not
	answers    map[Answer]uint64
}

// load is how many channels are in use. It outlives a trunk that is set anew.
type load struct {
	mu   sync.Mutex
	used int
}

// take is false when there are as many as may be. 0: any number may.
func (c *load) take(most int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if most > 0 && c.used >= most {
		return false
	}
	c.used++
	return true
}

func (c *load) give() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used--
}

func (c *load) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

// SetTrunks says which trunks there are, in the order in which calls out try
// them, and in which country national numbers are. One that stays as it was
// goes on undisturbed; calls on one that is gone go on.
func (e *Endpoint) SetTrunks(list []plan.Trunk, country string) {
	e.trunking.Lock()
	defer e.trunking.Unlock()
	was := e.trunks()
	var now, fresh []*trunk
	for _, set := range list {
		i := slices.IndexFunc(was, func(t *trunk) bool { return t.set.ID == set.ID })
		if i >= 0 && was[i].country == country && same(&was[i].set, &set) {
			now = append(now, was[i])
			continue
		}
		t := e.newTrunk(set, country)
		if i >= 0 {
			t.load, t.told = was[i].load, was[i].toldDown()
		}
		now, fresh = append(now, t), append(fresh, t)
	}
	e.ways.Store(&now)
	for _, t := range was {
		if !slices.Contains(now, t) {
			t.end()
		}
	}
	for _, t := range fresh {
		t.begin()
	}
}

func (e *Endpoint) newTrunk(set plan.Trunk, country string) *trunk {
	t := &trunk{e: e, set: set, country: country, codecs: wanted(set.Codecs...), since: e.opts.Now(), load: &load{}}
	t.rate.perSecond = set.Rate
	for _, s := range set.From {
		if a, err := netip.ParseAddr(s); err == nil {
			t.nets = append(t.nets, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		} else if p, err := netip.ParsePrefix(s); err == nil {
			t.nets = append(t.nets, p.Masked())
		}
	}
	return t
}

// same says whether two trunks are set alike.
func same(a, b *plan.Trunk) bool {
	x, y := *a, *b
	x.From, x.Codecs, y.From, y.Codecs = nil, nil, nil, nil
	return x.ID == y.ID && x.Name == y.Name && x.Host == y.Host && x.Port == y.Port && x.Transport == y.Transport &&
		x.Register == y.Register && x.Login == y.Login && x.Secret == y.Secret && x.Challenge == y.Challenge &&
		x.SRTP == y.SRTP && x.Channels == y.Channels && x.Rate == y.Rate && x.Ping == y.Ping && x.Format == y.Format &&
		x.Announce == y.Announce && x.DigitsByInfo == y.DigitsByInfo && x.AccountInFrom == y.AccountInFrom &&
		slices.Equal(a.From, b.From) && slices.Equal(a.Codecs, b.Codecs)
}

// trunks are those that there are, in their order.
func (e *Endpoint) trunks() []*trunk {
	if p := e.ways.Load(); p != nil {
		return *p
	}
	return nil
}

// source says whose calls come from an address: a trunk's of the plan, else
// what Options.Trunks knows.
func (e *Endpoint) source(from netip.AddrPort) (Trunk, bool) {
	for _, t := range e.trunks() {
		if t.owns(from) {
			return Trunk{Name: string(t.set.ID), Trusted: true, Announce: t.set.Announce, way: t}, true
		}
	}
	return e.trunk(from)
}

// owns says whether calls from there come by the trunk: From names the address,
// or Host leads to it. On loopback, where many live, the port counts too.
func (t *trunk) owns(from netip.AddrPort) bool {
	for _, n := range t.nets {
		if n.Contains(from.Addr()) {
			return true
		}
	}
	for _, g := range t.known() {
		if g.addr == from || g.addr.Addr() == from.Addr() && !from.Addr().IsLoopback() {
			return true
		}
	}
	return false
}

// leads says whether Host leads to the address, whatever the port.
func (t *trunk) leads(to netip.AddrPort) bool {
	return slices.ContainsFunc(t.known(), func(g target) bool { return g.addr.Addr() == to.Addr() })
}

// known are the addresses that Host led to last.
func (t *trunk) known() []target {
	if ip, err := netip.ParseAddr(t.set.Host); err == nil {
		return []target{{addr: netip.AddrPortFrom(ip.Unmap(), t.port())}}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.targets
}

// port is where a trunk without SRV records listens.
func (t *trunk) port() uint16 {
	switch {
	case t.set.Port != 0:
		return uint16(t.set.Port)
	case t.set.Transport == "tls":
		return 5061
	}
	return 5060
}

// take reserves a channel for a call out; false when the trunk is down or has
// no more to give.
func (t *trunk) take(now int64) bool {
	t.mu.Lock()
	ready := t.up() && now >= t.rests
	t.mu.Unlock()
	return ready && t.takeIn(now)
}

// longestRest is how long a trunk may ask us at most to leave it alone.
const longestRest = 5 * time.Minute

// rest leaves the trunk alone for as long as it asks with Retry-After in a 503:
// calls out go by the others (RFC 3261 §21.5.4).
func (t *trunk) rest(m *message, now int64) {
	after, _, _ := strings.Cut(m.value(hRetryAfter), "(") // a comment may follow
	d, ok := seconds(after)
	if t == nil || m.status != 503 || !ok || d <= 0 {
		return
	}
	d = min(d, longestRest)
	t.mu.Lock()
	t.rests = max(t.rests, now+int64(d))
	t.mu.Unlock()
	t.e.log.Warn("a trunk wants to be left alone", "trunk", t.set.ID, "for", d)
}

// takeIn reserves a channel for a call that comes in, whatever we think of the
// trunk's health.
func (t *trunk) takeIn(now int64) bool {
	if t == nil {
		return true
	}
	if !t.load.take(t.set.Channels) {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.rate.take(now) {
		t.load.give()
		return false
	}
	return true
}

// give returns a channel.
func (t *trunk) give() {
	if t != nil {
		t.load.give()
	}
}

// bucket lets so many through a second, and as many at once. 0: all.
type bucket struct {
	perSecond int
	tokens    int64 // billionths
	last      int64 // lane time
	begun     bool
}

func (b *bucket) take(now int64) bool {
	if b.perSecond <= 0 {
		return true
	}
	full := int64(b.perSecond) * perCall
	if !b.begun {
		b.begun, b.tokens = true, full
	} else if gone := min(now-b.last, perCall); gone > 0 {
		b.tokens = min(b.tokens+gone*int64(b.perSecond), full)
	}
	b.last = now
	if b.tokens < perCall {
		return false
	}
	b.tokens -= perCall
	return true
}

// written is a number as the trunk wants it. One that is not E.164, such as an
// emergency number, goes as it was dialled.
func (t *trunk) written(number string) string {
	digits, e164 := strings.CutPrefix(number, "+")
	switch {
	case e164 && t.set.Format == "digits":
		return digits
	case e164 && t.set.Format == "national":
		return phone.National(number, t.country)
	}
	return number
}

// uri is a number's address on the trunk; the trunk's own without a number.
func (t *trunk) uri(number string) string {
	s := "sip:"
	if number != "" {
		s += escapeUser(t.written(number)) + "@"
	}
	s += t.host()
	if t.set.Port != 0 {
		s += ":" + itoa(uint32(t.set.Port))
	}
	if t.set.Transport == "tcp" || t.set.Transport == "tls" {
		s += ";transport=" + t.set.Transport
	}
	return s
}

// host is Host as it stands in a URI.
func (t *trunk) host() string {
	if a, err := netip.ParseAddr(t.set.Host); err == nil && a.Is6() {
		return "[" + a.String() + "]"
	}
	return t.set.Host
}

// from is the From of a call out by the trunk. Its domain is the trunk's, who
// vouches for the number.
func (t *trunk) from(p core.Party) string {
	if t.set.AccountInFrom && t.set.Login != "" && !p.Anonymous {
		user, domain, _ := strings.Cut(strings.TrimPrefix(t.account(), "sip:"), "@")
		p.Number = core.Unescape(user)
		return fromHeader(p, domain)
	}
	if p.Number != "" {
		p.Number = t.written(p.Number)
	}
	return fromHeader(p, t.host())
}

// asserted is the P-Asserted-Identity, which an anonymous caller has too
// (RFC 3325 §9.1); empty without a number.
func (t *trunk) asserted(p core.Party) string {
	if p.Number == "" {
		return ""
	}
	return "<sip:" + escapeUser(t.written(p.Number)) + "@" + t.host() + ">"
}

// offers are the codecs of a call out, and how many of them may be offered
// alone: the trunk's own, in its order; else the one wanted first and all others.
func (t *trunk) offers(want string) (list []media.Codec, only int) {
	if t != nil && len(t.codecs) > 0 {
		return t.codecs, len(t.codecs)
	}
	return wanted(want), 0
}

// prefers is the codec to answer an offer with: the first of the trunk's that
// is in it; empty when none is.
func (t *trunk) prefers(s *session) media.Codec {
	if t == nil {
		return ""
	}
	for _, c := range t.codecs {
		if slices.ContainsFunc(s.codecs, func(x codecPT) bool { return x.codec == c }) {
			return c
		}
	}
	return ""
}
