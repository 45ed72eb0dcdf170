package sip

import (
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What a source may do before it is slowed, and then not listened to. A score
// falls by one each second.
const (
	askedScore = 1   // a challenge that may never be answered
	wrongScore = 10  // a wrong password, tested or not
	slowScore  = 60  // from here on it waits for its answers
	shutScore  = 300 // from here on it gets none
	shutFor    = 10 * time.Minute

	guessBurst = 5               // wrong passwords of one extension from one address that are tested at once
	guessEvery = 3 * time.Second // and one more so often

	mostSources = 10_000
)

// guard slows and shuts out who guesses passwords or looks for extensions.
// What counts against an address cannot be forged: a password is only tested
// with a challenge that was sent there. An address where phones of ours live, a
// trunk's and the machine's own are never shut out.
type guard struct {
	mu      sync.Mutex
	sources map[netip.Addr]*source
	guesses map[guess]*guessed
	swept   int64
	shut    atomic.Int32 // how many are
	shunned atomic.Uint64
	wrong   atomic.Uint64
}

type source struct {
	score int64 // ns: billionths of a point
	at    int64
	until int64 // shut out; 0: not
}

type guess struct {
	from netip.Addr
	who  string
}

type guessed struct {
	left int64 // ns worth of guesses
	at   int64
}

// score is what a source has against it now.
func (s *source) now(t int64) int64 {
	s.score = max(0, s.score-(t-s.at))
	s.at = t
	return s.score
}

// household is all addresses of one: an IPv6 net of 64 bits is what one customer
// has at least, and to whom a new address costs nothing.
func household(a netip.Addr) netip.Addr {
	if !a.Is6() || a.Is4In6() {
		return a.Unmap()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

// of is the record of an address.
func (g *guard) of(from netip.Addr, now int64) *source {
	from = household(from)
	s := g.sources[from]
	if s == nil {
		if len(g.sources) >= mostSources {
			return &source{at: now} // a flood from everywhere is not one that is guessing
		}
		if g.sources == nil {
			g.sources = map[netip.Addr]*source{}
		}
		s = &source{at: now}
		g.sources[from] = s
	}
	return s
}

// blame counts against an address. spared: it is never shut out. It says
// whether the address is to wait for its answer.
func (g *guard) blame(from netip.Addr, points int64, spared bool, now int64) (slow bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep(now)
	s := g.of(from, now)
	s.score = s.now(now) + points*int64(time.Second)
	if s.score >= shutScore*int64(time.Second) {
		s.score = shutScore * int64(time.Second)
		if !spared && s.until == 0 {
			s.until = now + int64(shutFor)
			g.shut.Add(1)
		}
	}
	return s.score >= slowScore*int64(time.Second)
}

// trust takes back what a phone's first, unproven, request counted.
func (g *guard) trust(from netip.Addr, now int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.sources[household(from)]; s != nil {
		s.score = max(0, s.now(now)-2*askedScore*int64(time.Second))
	}
}

// shuts says whether an address is not listened to.
func (g *guard) shuts(from netip.Addr, now int64) bool {
	if g.shut.Load() == 0 {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.sources[household(from)]
	if s == nil || s.until == 0 {
		return false
	}
	if s.until > now {
		g.shunned.Add(1)
		return true
	}
	s.until = 0
	g.shut.Add(-1)
	return false
}

// mayGuess says whether a password for the extension may be tested for that
// address; only wrong ones use that up. Nobody else's guesses count against the
// owner, who comes from elsewhere.
func (g *guard) mayGuess(from netip.Addr, who string, now int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.guesses[guess{household(from), who}]
	return b == nil || b.refill(now) >= int64(guessEvery)
}

// guessedWrong uses a guess up.
func (g *guard) guessedWrong(from netip.Addr, who string, now int64) {
	g.wrong.Add(1)
	g.mu.Lock()
	defer g.mu.Unlock()
	key := guess{household(from), who}
	b := g.guesses[key]
	if b == nil {
		if g.guesses == nil {
			g.guesses = map[guess]*guessed{}
		}
		b = &guessed{left: guessBurst * int64(guessEvery), at: now}
		key.who = strings.Clone(who)
		g.guesses[key] = b
	}
	b.left = b.refill(now) - int64(guessEvery)
}

func (b *guessed) refill(now int64) int64 {
	b.left = min(guessBurst*int64(guessEvery), b.left+now-b.at)
	b.at = now
	return b.left
}

// sweep forgets, once a minute, what counts no more.
func (g *guard) sweep(now int64) {
	if now-g.swept < int64(time.Minute) {
		return
	}
	g.swept = now
	for a, s := range g.sources {
		if s.until != 0 && s.until <= now {
			s.until = 0
			g.shut.Add(-1)
		}
		if s.until == 0 && s.now(now) == 0 {
			delete(g.sources, a)
		}
	}
	for k, b := range g.guesses {
		if b.refill(now) == guessBurst*int64(guessEvery) {
			delete(g.guesses, k)
		}
	}
}
