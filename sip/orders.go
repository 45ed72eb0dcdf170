package sip

import (
	"context"
	"net"
	"net/netip"
	"time"

	"belfry/core"
)

// legOf names the leg that an order is about; empty when it is not for us.
func legOf(ef core.Effect) core.LegID {
	switch ef := ef.(type) {
	case core.Dial:
		return ef.Leg
	case core.Ring:
		return ef.Leg
	case core.Early:
		return ef.Leg
	case core.Answer:
		return ef.Leg
	case core.Reject:
		return ef.Leg
	case core.Drop:
		return ef.Leg
	case core.Refresh:
		return ef.Leg
	case core.ReferDone:
		return ef.Leg
	default:
		return ""
	}
}

// obey carries out an order of the floor, unless a newer life of the floor has
// spoken to the leg already.
func (l *lane) obey(o core.Order) {
	id := legOf(o.Effect)
	g := l.legs[id]
	if d, ok := o.Effect.(core.Dial); ok {
		if g == nil { // else the order came twice
			g = &leg{codecs: wanted(d.Codec), from: d.From}
			g.d.Leg, g.d.Call, g.d.Epoch = d.Leg, d.Call, o.Epoch
			switch {
			case l.e.closing.Load():
				l.dialNobody(g)
			case d.Phones != "":
				l.dialPhones(g, d.Phones)
			case d.To == "" && d.Number != "":
				l.dialNumber(g, d)
			default:
				g.d.User = d.Agent
				l.dial(g, d.To)
			}
		}
		return
	}
	if g == nil {
		return
	}
	if o.Epoch < g.d.Epoch {
		l.e.log.Warn("refused an order of a floor that was replaced", "leg", id, "epoch", o.Epoch, "seen", g.d.Epoch)
		return
	}
	g.d.Epoch = o.Epoch
	switch ef := o.Effect.(type) {
	case core.Ring:
		g.ring()
	case core.Early:
		g.hearEarly()
	case core.Answer:
		g.answer()
	case core.Reject:
		g.reject(ef.Cause)
	case core.Drop:
		g.drop(ef.Cause)
	case core.Refresh:
		g.refresh()
	case core.ReferDone:
		g.referDone(ef.Code)
	default: // legOf let it by
	}
}

// find turns the host of a URI into an address and sends the INVITE there.
func (l *lane) find(u uri, g *leg) {
	port := u.port
	if port == 0 {
		port = 5060
	}
	transport, _ := param(";"+u.params, "transport")
	stream := transport == "tcp" || transport == "TCP"
	if ip, err := netip.ParseAddr(u.host); err == nil {
		g.send(netip.AddrPortFrom(ip.Unmap(), port), stream)
		return
	}
	l.e.running.Add(1)
	go func() {
		defer l.e.running.Done()
		ctx, cancel := context.WithTimeout(l.e.ctx, 5*time.Second)
		defer cancel()
		network := "ip4"
		if l.e.addr.Addr().Is6() {
			network = "ip"
		}
		ips, err := net.DefaultResolver.LookupNetIP(ctx, network, u.host)
		l.put(parcel{do: func() {
			switch {
			case g.state != calling || g.told:
			case err != nil || len(ips) == 0:
				g.end(core.Cause{Why: core.Unreachable, Code: 404, Reason: "no such host"})
			default:
				g.send(netip.AddrPortFrom(ips[0].Unmap(), port), stream)
			}
		}})
	}()
}

// send chooses the flow and begins the call.
func (g *leg) send(addr netip.AddrPort, stream bool) {
	g.flow = flow{addr: addr}
	if stream {
		g.flow.conn = g.l.e.streamTo(addr, nil)
	}
	g.sendInvite()
}

// dialNobody ends a leg at once: who is going to end rings nobody any more. An
// agent who has become free by that would be rung for the next call, and a
// customer for a moment.
func (l *lane) dialNobody(g *leg) {
	g.l, g.state, g.d.Began = l, calling, l.e.opts.Now()
	l.legs[g.d.Leg] = g
	g.end(core.Cause{Why: core.Ended, Code: 503, Reason: "shutting down"})
}
