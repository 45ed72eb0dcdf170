package sip

import (
	"cmp"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"belfry/core"
)

// Endpoint is one SIP address with all the legs that go through it.
type Endpoint struct {
	opts Options
	log  *slog.Logger
	tell func(core.Event, *leg) error
	// keepSDP has legs keep what the far end says about audio, word for word.
	keepSDP bool
	// trunk says where a source belongs.
	trunk func(netip.AddrPort) (Trunk, bool)
	// ways are the trunks of the plan; trunking is held while they change.
	ways     atomic.Pointer[[]*trunk]
	trunking sync.Mutex

	udp                    *net.UDPConn
	out                    outlet // of udp
	tcp                    net.Listener
	addr                   netip.AddrPort // where it listens
	sentBy                 string         // in Via: public address and port
	secure                 net.Listener   // TLS; nil: none
	sentByTLS              string
	contactUDP, contactTCP string
	contactTLS             string
	mediaIP                netip.Addr

	ctx     context.Context //nolint:containedctx // its own life: what it looks up and dials ends with it
	cancel  context.CancelFunc
	began   time.Time
	seed    maphash.Seed
	lanes   []*lane
	streams streams
	admit   admission
	guard   guard
	nonces  *nonces
	guests  guests
	// registrar knows where the phones of our users are.
	registrar *registrar
	live      atomic.Int64 // legs that came in
	closing   atomic.Bool
	closed    chan struct{}
	once      sync.Once
	running   sync.WaitGroup
	stats     counters
}

type counters struct {
	came, refused, dialled, received, sent, resent, dropped, bad, panics, challenged atomic.Uint64
}

// Start listens. The error names the address that could not be had. The
// endpoint ends with ctx or Close.
func Start(ctx context.Context, o Options) (*Endpoint, error) {
	e, err := listen(ctx, o)
	if err != nil {
		return nil, err
	}
	e.tell = func(ev core.Event, _ *leg) error { return e.opts.Tell(ev) }
	e.trunk = e.opts.Trunks
	if e.trunk == nil {
		e.trunk = func(a netip.AddrPort) (Trunk, bool) { return Trunk{Name: "local"}, a.Addr().IsLoopback() }
	}
	keeps := o.Phones != "" && e.opts.Users != nil
	if keeps {
		e.registrar.recall()
	}
	e.run()
	if keeps {
		e.running.Add(1)
		go e.registrar.remember()
		for _, l := range e.lanes {
			l.put(parcel{}) // look at the clock
		}
	}
	return e, nil
}

// listen makes an endpoint that has its sockets but does not read yet.
func listen(ctx context.Context, o Options) (*Endpoint, error) {
	if o.Media == nil {
		return nil, errors.New("sip: no media engine")
	}
	o.defaults()
	e := &Endpoint{
		opts: o, log: o.Log, began: time.Now(), seed: maphash.MakeSeed(),
		streams: newStreams(), closed: make(chan struct{}),
	}
	e.ctx, e.cancel = context.WithCancel(ctx)
	e.admit.e = e
	e.nonces, e.registrar = newNonces(nonceLife), newRegistrar(e)
	e.admit.tokens = int64(o.Limits.CallsPerSecond) * perCall
	if err := e.bind(); err != nil {
		e.cancel()
		return nil, err
	}
	if err := cmp.Or(e.bindTLS(), e.name(ctx)); err != nil {
		e.cancel()
		e.unbind()
		return nil, err
	}
	for i := range lanes() {
		var seed [32]byte
		_, _ = crand.Read(seed[:]) // never fails
		e.lanes = append(e.lanes, newLane(e, i, seed))
	}
	return e, nil
}

// lanes is how many lanes an endpoint has: as many as can be worked on at once.
func lanes() int { return min(runtime.GOMAXPROCS(0), 16) }

// defaults fills in what was left out.
func (o *Options) defaults() {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:5060"
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Spare == nil {
		o.Spare = netip.Addr.IsLoopback
	}
	l, t := &o.Limits, &o.Timers
	l.CallsPerSecond = cmp.Or(l.CallsPerSecond, 200)
	l.Calls = cmp.Or(l.Calls, 2000)
	l.Lateness = cmp.Or(l.Lateness, 100*time.Millisecond)
	l.PerSource = cmp.Or(l.PerSource, 64)
	t.T1 = cmp.Or(t.T1, 500*time.Millisecond)
	t.T2 = cmp.Or(t.T2, 4*time.Second)
	t.T4 = cmp.Or(t.T4, 5*time.Second)
	t.SessionExpires = cmp.Or(t.SessionExpires, 1800*time.Second)
	t.MinSE = cmp.Or(t.MinSE, 90*time.Second)
	t.Ring = cmp.Or(t.Ring, 180*time.Second)
	t.Ping = cmp.Or(t.Ping, 20*time.Second)
	t.Silent = cmp.Or(t.Silent, 30*time.Second)
	t.Trunk = cmp.Or(t.Trunk, 4*time.Second)
	t.TrunkPing = cmp.Or(t.TrunkPing, 30*time.Second)
	t.Register = cmp.Or(t.Register, 5*time.Second)
}

// bind takes the address for UDP and TCP. Where any port will do, one is looked
// for that is free for both.
func (e *Endpoint) bind() error {
	want, err := net.ResolveUDPAddr("udp", e.opts.Listen)
	if err != nil {
		return fmt.Errorf("SIP address %s: %w", e.opts.Listen, err)
	}
	for try := 0; ; try++ {
		udp, err := net.ListenUDP("udp", want)
		if err != nil {
			return fmt.Errorf("SIP address %s (UDP): %w", e.opts.Listen, err)
		}
		at := udp.LocalAddr().(*net.UDPAddr)
		tcp, err := net.ListenTCP("tcp", &net.TCPAddr{IP: want.IP, Port: at.Port, Zone: want.Zone})
		if err == nil {
			e.udp, e.tcp = udp, tcp
			a := at.AddrPort()
			e.addr = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
			e.out, err = newOutlet(udp)
			return err
		}
		_ = udp.Close()
		if want.Port != 0 || try == 20 {
			return fmt.Errorf("SIP address %s (TCP): %w", e.opts.Listen, err)
		}
	}
}

// name decides what we call ourselves in messages.
func (e *Endpoint) name(ctx context.Context) error {
	ip := e.addr.Addr()
	if e.opts.PublicIP != "" {
		a, err := netip.ParseAddr(e.opts.PublicIP)
		if err != nil {
			return fmt.Errorf("public IP %q: %w", e.opts.PublicIP, err)
		}
		ip = a
	}
	if ip.IsUnspecified() {
		ip = ownAddress(ctx)
	}
	public := netip.AddrPortFrom(ip, e.addr.Port())
	e.sentBy = hostPort(public)
	e.contactUDP = "<sip:" + e.sentBy + ">"
	e.contactTCP = "<sip:" + e.sentBy + ";transport=tcp>"
	e.nameTLS(ip)
	if e.mediaIP = e.opts.Media.PublicIP(); !e.mediaIP.IsValid() {
		e.mediaIP = ip
	}
	return nil
}

// ownAddress is the address that this machine uses towards others. Nothing is sent.
func ownAddress(ctx context.Context) netip.Addr {
	c, err := new(net.Dialer).DialContext(ctx, "udp4", "192.0.2.1:9")
	if err != nil {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

// run starts the goroutines: one that reads UDP, one that accepts TCP, and the lanes.
func (e *Endpoint) run() {
	e.bigBuffers(e.udp)
	e.running.Add(2 + len(e.lanes))
	for _, l := range e.lanes {
		go l.run()
	}
	go e.readUDP(e.udp)
	go e.accept(e.tcp, false)
	if e.secure != nil {
		e.running.Add(1)
		go e.accept(e.secure, true)
	}
	context.AfterFunc(e.ctx, e.Close)
}

func (e *Endpoint) since() int64 { return int64(time.Since(e.began)) }

// Addr is where the endpoint listens.
func (e *Endpoint) Addr() netip.AddrPort { return e.addr }

// Do carries out Ring Early Answer Reject Drop Dial Refresh ReferDone and ignores
// all other effects. It never blocks; what it is told about one leg happens in that
// order. An order for a leg that is gone is ignored, and so is one of an older
// epoch than the leg has seen. Trouble comes back as news.
func (e *Endpoint) Do(o core.Order) {
	if id := legOf(o.Effect); id != "" {
		e.laneOf(id).put(parcel{order: &o})
	}
}

// laneOf is where a leg lives.
func (e *Endpoint) laneOf(id core.LegID) *lane { return e.lanes[share(string(id), len(e.lanes))] }

// on runs f on the lane of a leg.
func (e *Endpoint) on(id core.LegID, f func(*lane, *leg)) {
	l := e.laneOf(id)
	l.put(parcel{do: func() {
		if g := l.legs[id]; g != nil {
			f(l, g)
		}
	}})
}

// ask runs f on every lane and waits for all; not at all once we are closed.
func (e *Endpoint) ask(f func(*lane)) {
	var wait sync.WaitGroup
	for _, l := range e.lanes {
		wait.Add(1)
		l.put(parcel{do: func() { defer wait.Done(); f(l) }})
	}
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	select {
	case <-done:
	case <-e.closed:
	}
}

// Close ends all legs (BYE, CANCEL or 503), waits for what it started and frees
// the address. It may be called twice.
func (e *Endpoint) Close() {
	e.once.Do(func() {
		e.closing.Store(true)
		for _, t := range e.trunks() {
			t.end()
		}
		quiet := make([]chan struct{}, len(e.lanes))
		for i, l := range e.lanes {
			quiet[i] = make(chan struct{})
			l.put(parcel{do: func() { l.hangUp(quiet[i]) }})
		}
		enough := time.After(2 * e.opts.Timers.T1)
		for _, q := range quiet {
			select {
			case <-q:
			case <-enough:
				enough = time.After(0)
			}
		}
		e.cancel()
		close(e.closed)
		e.unbind()
		e.streams.closeAll()
	})
	e.running.Wait()
}

// hangUp ends the lane's legs; quiet is closed when the far ends know.
func (l *lane) hangUp(quiet chan struct{}) {
	ids := make([]core.LegID, 0, len(l.legs))
	for id := range l.legs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		c := core.Cause{Why: core.Ended, Code: 503, Reason: "shutting down"}
		if g := l.legs[id]; g != nil {
			g.drop(c)
		}
	}
	l.quiet = quiet
}

// calm says whether no far end is still being told something.
func (l *lane) calm() bool {
	for _, tx := range l.clients {
		if tx.state == txCalling || tx.state == txProceeding {
			return false
		}
	}
	return true
}
