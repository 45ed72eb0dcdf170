package rtc

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"belfry/core"
	"belfry/media"

	"github.com/pion/webrtc/v4"
)

// Options is what stations need.
type Options struct {
	Listen   string // UDP and TCP address and port of all browsers, such as 127.0.0.1:40000; port 0: any
	PublicIP string // the address to write into candidates behind NAT; empty: the bound one
	TURN     string // URLs and secret of a TURN server, parted by spaces; empty: none
	KeyFile  string // where the DTLS certificate is kept; empty: a new one at each start
	Media    *media.Engine
	Tell     func(core.Event) // must neither block nor call back
	Log      *slog.Logger     // nil: slog.Default
}

// Stations are the lines of all browsers of this node.
type Stations struct {
	opts   Options
	log    *slog.Logger
	sock   *socket
	muxes  []io.Closer // of UDP and TCP
	api    *webrtc.API
	cert   webrtc.Certificate
	turn   turnServers
	builds chan struct{} // one token per connection being built: a herd waits its turn

	mu     sync.Mutex
	closed bool
	byID   map[core.StationID]*station
	byLeg  map[core.LegID]*station
	seats  map[core.UserID]*seat

	count counts
	work  sync.WaitGroup // connections being torn down
	stop  chan struct{}
}

// seat is one agent's place: the line that counts, and the newest one on its
// way to replace it. Either may be missing.
type seat struct{ up, coming *station }

// Start binds the ports and begins to serve. Nothing happens before Offer.
func Start(o Options) (*Stations, error) {
	log := o.Log
	if log == nil {
		log = slog.Default()
	}
	var public netip.Addr
	if o.PublicIP != "" {
		var err error
		if public, err = netip.ParseAddr(o.PublicIP); err != nil {
			return nil, core.FieldErrorf("public-ip", "public-ip", "%q is not an IP address", o.PublicIP)
		}
	}
	turn, err := readTURN(o.TURN)
	if err != nil {
		return nil, err
	}
	cert, err := certificate(o.KeyFile, time.Now())
	if err != nil {
		return nil, err
	}
	sock, tcp, err := bind(o.Listen)
	if err != nil {
		return nil, err
	}
	api, muxes, err := newAPI(sock, tcp, public)
	if err != nil {
		closeAll(muxes)
		_ = sock.Close()
		return nil, fmt.Errorf("start stations: %w", err)
	}
	s := &Stations{
		opts: o, log: log, sock: sock, muxes: muxes, api: api, cert: cert, turn: turn,
		builds: make(chan struct{}, 2*runtime.GOMAXPROCS(0)),
		byID:   map[core.StationID]*station{}, byLeg: map[core.LegID]*station{}, seats: map[core.UserID]*seat{},
		stop: make(chan struct{}),
	}
	s.work.Go(s.reports)
	return s, nil
}

// Addr is the address that is bound, for UDP and TCP.
func (s *Stations) Addr() netip.AddrPort {
	return netip.MustParseAddrPort(s.sock.LocalAddr().String())
}

// ICEServers are the TURN servers that the agent's page may use, each with a
// credential that is good for five minutes; none when none is set.
func (s *Stations) ICEServers(agent core.UserID) []ICEServer {
	return s.turn.credentials(agent, time.Now())
}

// Alive names the legs of all lines that are up.
func (s *Stations) Alive() []core.LegID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var legs []core.LegID
	for _, seat := range s.seats {
		if seat.up != nil {
			legs = append(legs, seat.up.leg)
		}
	}
	return legs
}

// Stop ends all lines without a word to the floor and frees the port.
func (s *Stations) Stop() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	for _, st := range s.byID {
		s.forget(st)
	}
	s.mu.Unlock()
	close(s.stop)
	s.work.Wait()
	closeAll(s.muxes)
	_ = s.sock.Close()
}

func closeAll(all []io.Closer) {
	for _, c := range all {
		_ = c.Close()
	}
}

// Offer answers a page's SDP offer and returns the new line's name. The newest
// offer of an agent wins: StationUp is told when the browser has proven that it
// is there (DTLS is up), and only then is the line before it closed, silently,
// so that a page that comes back never leaves the agent without one.
func (s *Stations) Offer(ctx context.Context, agent core.UserID, offer string) (core.StationID, string, error) {
	clean, bad := readOffer(offer)
	if bad != nil {
		return "", "", bad
	}
	select {
	case s.builds <- struct{}{}:
		defer func() { <-s.builds }()
	case <-ctx.Done():
		return "", "", ctx.Err()
	}
	st, err := s.build(agent)
	if err != nil {
		return "", "", err
	}
	answer, err := st.answer(ctx, clean)
	if s.overtaken(st) { // and whatever went wrong went wrong because of it
		return "", "", core.Errorf(core.Conflict, "station-moved", "a newer audio line has taken the place of this one")
	}
	if err != nil {
		s.end(st, "no answer")
		return "", "", err
	}
	return st.id, answer, nil
}

// overtaken says whether a newer offer came while this one was being answered.
func (s *Stations) overtaken(st *station) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return st.gone
}

// build makes a station and puts it on its agent's seat, on its way.
func (s *Stations) build(agent core.UserID) (*station, error) {
	st, err := newStation(s, agent)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		st.free()
		return nil, core.Errorf(core.Busy, "stopping", "Belfry is stopping; try again in a moment")
	}
	if p := s.seats[agent]; p != nil && p.coming != nil {
		s.forget(p.coming) // may take the seat away with it
	}
	p := s.seats[agent]
	if p == nil {
		p = &seat{}
		s.seats[agent] = p
	}
	p.coming = st
	s.byID[st.id], s.byLeg[st.leg] = st, st
	s.count.opened++
	st.giveUp = time.AfterFunc(connectTime, func() { s.end(st, "never connected") })
	return st, nil
}

// connected moves a line from coming to up.
func (s *Stations) connected(st *station) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.seats[st.agent]
	if s.closed || st.gone || p == nil || p.coming != st {
		return
	}
	st.giveUp.Stop()
	st.upAt = time.Now()
	old := p.up
	p.up, p.coming = st, nil
	s.opts.Tell(core.StationUp{Agent: st.agent, Station: st.id, Kind: core.BrowserStation, Leg: st.leg, Codecs: st.codecs})
	if old != nil {
		s.forget(old)
	}
}

// end closes a line and tells the floor if it was the one that counted.
func (s *Stations) end(st *station, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || st.gone {
		return
	}
	counted := s.seats[st.agent].up == st
	s.forget(st)
	s.log.Info("station gone", "agent", st.agent, "station", st.id, "why", why, "counted", counted)
	if counted {
		s.opts.Tell(core.StationGone{Agent: st.agent, Station: st.id, Why: why})
	}
}

// forget takes a line off all tables and tears it down. The caller holds mu.
func (s *Stations) forget(st *station) {
	if st.gone {
		return
	}
	st.gone = true
	st.giveUp.Stop()
	delete(s.byID, st.id)
	delete(s.byLeg, st.leg)
	if p := s.seats[st.agent]; p != nil {
		if p.up == st {
			p.up = nil
		}
		if p.coming == st {
			p.coming = nil
		}
		if p.up == nil && p.coming == nil {
			delete(s.seats, st.agent)
		}
	}
	s.count.closed++
	s.tearDown(st)
}

// tearDown frees what a line holds, on the side: closing says goodbye over the
// network.
func (s *Stations) tearDown(st *station) {
	s.work.Go(st.free)
}

// Close ends one line because its page asks for it. The error is Missing when
// the agent has no such line.
func (s *Stations) Close(_ context.Context, agent core.UserID, id core.StationID) error {
	s.mu.Lock()
	st := s.byID[id]
	s.mu.Unlock()
	if st == nil || st.agent != agent {
		return core.Errorf(core.Missing, "no-station", "there is no such audio line")
	}
	s.end(st, "closed")
	return nil
}
