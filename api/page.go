package api

import (
	"sync"
	"time"

	"belfry/core"
)

const (
	pageBuffer = 256
	frozenTime = 2 * time.Second // with an offer out
	frozenIdle = 5 * time.Second // without: a network that stumbles is not yet a page that sleeps
	mostPings  = 32              // unanswered ones that are remembered
)

// page is one stream: a page that listens, or a program that reads along.
type page struct {
	agent  core.UserID
	token  string
	desks  chan *core.Desk // full: the page is cut off
	pooled chan struct{}   // there is a newer pool
	gone   chan struct{}   // closed: cut off
	once   sync.Once

	// Under the lock of Screens.
	pool  *core.Pool
	asked []ping // not answered yet, oldest first
	// answers: it has answered once. A program that only reads along never
	// does, and so never freezes.
	answers bool
}

type ping struct {
	n  uint64
	at time.Time
}

func newPage(agent core.UserID, token string) *page {
	return &page{
		agent: agent, token: token, desks: make(chan *core.Desk, pageBuffer),
		pooled: make(chan struct{}, 1), gone: make(chan struct{}),
	}
}

func (p *page) cut() { p.once.Do(func() { close(p.gone) }) }

// newest takes the pool that was drawn last.
func (s *Screens) newest(p *page) *core.Pool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.pool
}

// ask numbers a ping of the page. Numbers are unique, so that an answer finds
// its page among several of one agent.
func (s *Screens) ask(p *page) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pings++
	if len(p.asked) == mostPings {
		p.asked = append(p.asked[:1], p.asked[2:]...) // the oldest says since when
	}
	p.asked = append(p.asked, ping{s.pings, s.now()})
	return s.pings
}

// pong is a page's answer to a ping. It says whether there was such a ping.
func (s *Screens) pong(agent core.UserID, n uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.agents[agent]
	if w == nil {
		return false
	}
	for p := range w.pages {
		for i, a := range p.asked {
			if a.n != n {
				continue
			}
			p.asked = append(p.asked[:0], p.asked[i+1:]...)
			p.answers = true
			if w.frozen {
				w.frozen = false
				_ = s.floor.Tell(core.PageThawed{Agent: agent}) // refused only when all ends
			}
			return true
		}
	}
	return false
}

// watch tells the floor when all of an agent's pages are frozen, whether or not
// an offer is out: no call shall find out. It returns when to look again; zero:
// not before something changes.
func (s *Screens) watch(p *page) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.agents[p.agent]
	if w == nil || !w.works || w.frozen {
		return time.Time{}
	}
	patience := frozenIdle
	if w.offered {
		patience = frozenTime
	}
	now, stuck, again := s.now(), 0, time.Time{}
	for q := range w.pages {
		switch {
		case !q.answers:
		case len(q.asked) == 0:
			return time.Time{} // this one answers
		case now.Sub(q.asked[0].at) < patience:
			if at := q.asked[0].at.Add(patience); again.IsZero() || at.Before(again) {
				again = at
			}
		default:
			stuck++
		}
	}
	if !again.IsZero() || stuck == 0 {
		return again
	}
	w.frozen = true
	_ = s.floor.Tell(core.PageFroze{Agent: p.agent}) // refused only when all ends
	return time.Time{}
}
