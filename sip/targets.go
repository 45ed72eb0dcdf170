package sip

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"time"
)

// Resolver asks the DNS; net.Resolver does. Tests bring records of their own.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (cname string, records []*net.SRV, err error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// target is one address that a trunk may be reached at.
type target struct {
	addr netip.AddrPort
}

// How long an answer of the DNS is good for, and how long we wait for one.
const (
	freshFor   = time.Minute
	lookupTime = 3 * time.Second
)

// find gives the trunk's addresses, in the order to try them, to f on the lane:
// at once where they are known, else when the DNS has answered. Old ones are
// better than none.
func (t *trunk) find(l *lane, f func([]target)) {
	if ip, err := netip.ParseAddr(t.set.Host); err == nil {
		f([]target{{addr: netip.AddrPortFrom(ip.Unmap(), t.port())}})
		return
	}
	t.mu.Lock()
	known, fresh := t.targets, len(t.targets) > 0 && t.e.since()-t.looked < int64(freshFor)
	t.mu.Unlock()
	if fresh {
		f(t.arranged(known))
		return
	}
	t.e.running.Add(1)
	go func() {
		defer t.e.running.Done()
		found := t.look()
		l.put(parcel{do: func() { f(t.arranged(found)) }})
	}()
}

// look asks the DNS (RFC 3263 §4.2) and keeps what it says.
func (t *trunk) look() []target {
	ctx, cancel := context.WithTimeout(t.e.ctx, lookupTime)
	defer cancel()
	found, err := t.e.lookup(ctx, t.set.Host, t.set.Transport, t.set.Port)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil || len(found) == 0 {
		t.err = "the name " + t.set.Host + " leads nowhere"
		if err != nil {
			t.err = err.Error()
		}
		return t.targets
	}
	t.targets, t.looked = found, t.e.since()
	return found
}

// lookup finds the addresses of a name: by SRV records where no port is named,
// else, or where there are none, by the name itself.
func (e *Endpoint) lookup(ctx context.Context, host, transport string, port int) ([]target, error) {
	if port == 0 {
		service, proto := "sip", "udp"
		switch transport {
		case "tcp":
			proto = "tcp"
		case "tls":
			service, proto = "sips", "tcp"
		}
		if _, records, err := e.opts.Resolver.LookupSRV(ctx, service, proto, host); err == nil && len(records) > 0 {
			var all []target
			for _, r := range order(records, rand.IntN) {
				at, err := e.addresses(ctx, r.Target, r.Port)
				if err != nil && ctx.Err() != nil {
					break
				}
				all = append(all, at...)
			}
			if len(all) > 0 {
				return all, nil
			}
		}
		port = 5060
		if transport == "tls" {
			port = 5061
		}
	}
	return e.addresses(ctx, host, uint16(port))
}

// addresses are a name's, of the family that we speak.
func (e *Endpoint) addresses(ctx context.Context, host string, port uint16) ([]target, error) {
	network := "ip4"
	if e.addr.Addr().Is6() {
		network = "ip"
	}
	ips, err := e.opts.Resolver.LookupNetIP(ctx, network, host)
	if err != nil {
		return nil, err
	}
	all := make([]target, 0, len(ips))
	for _, ip := range ips {
		all = append(all, target{addr: netip.AddrPortFrom(ip.Unmap(), port)})
	}
	return all, nil
}

// order sorts SRV records: by priority, and by chance as their weights want it
// among equals (RFC 2782). chance(n) is a number below n.
func order(records []*net.SRV, chance func(n int) int) []*net.SRV {
	left := slices.Clone(records)
	slices.SortStableFunc(left, func(a, b *net.SRV) int {
		// Those of no weight first, so that they have some chance at all.
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(min(a.Weight, 1), min(b.Weight, 1)))
	})
	var sorted []*net.SRV
	for len(left) > 0 {
		n, sum := 0, 0
		for n < len(left) && left[n].Priority == left[0].Priority {
			sum += int(left[n].Weight)
			n++
		}
		pick, at := 0, chance(sum+1)
		for i := range n {
			if at -= int(left[i].Weight); at <= 0 {
				pick = i
				break
			}
		}
		sorted = append(sorted, left[pick])
		left = slices.Delete(left, pick, pick+1)
	}
	return sorted
}

// sick is how long an address that did not answer comes last.
const sick = time.Minute

// arranged puts the addresses that did not answer lately behind the others.
func (t *trunk) arranged(all []target) []target {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.e.since()
	ill := func(g target) int {
		if until, ok := t.ill[g.addr]; ok && until > now {
			return 1
		}
		return 0
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b target) int { return cmp.Compare(ill(a), ill(b)) })
	return all
}

// fellIll notes an address that did not answer, gotWell one that did.
func (t *trunk) fellIll(addr netip.AddrPort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ill == nil || len(t.ill) > 100 {
		t.ill = map[netip.AddrPort]int64{}
	}
	t.ill[addr] = t.e.since() + int64(sick)
}

func (t *trunk) gotWell(addr netip.AddrPort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.ill, addr)
}

// flow is the way to an address of the trunk.
func (t *trunk) flow(to target) flow {
	f := flow{addr: to.addr}
	if t.set.Transport == "tcp" || t.set.Transport == "tls" {
		f.conn = t.e.streamTo(to.addr, t)
	}
	return f
}
