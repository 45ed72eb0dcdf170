package api

import (
	"maps"
	"slices"
	"sync"
	"time"

	"belfry/core"
)

// Screens are the pages that listen now, by agent. The host draws desks and
// pools onto them; it is made before the host and given to New afterwards. It
// tells the floor when an agent's first page comes, the last one goes, and when
// pages freeze.
type Screens struct {
	mu     sync.Mutex
	floor  Floor
	now    func() time.Time
	agents map[core.UserID]*watcher
	pings  uint64
	count  int
}

// watcher is one agent's pages, all tabs and windows together.
type watcher struct {
	pages   map[*page]struct{}
	works   bool // may take calls: the floor hears of the pages
	offered bool // an offer is out, as of the newest desk
	newest  *core.Desk
	frozen  bool // the floor was told so, or found so itself: the next answer is news
}

// see takes note of a desk, unless it is late news.
func (w *watcher) see(d *core.Desk) {
	if late(d, w.newest) {
		return
	}
	w.newest, w.offered = d, offered(d)
	// The page did not say in time that an offer stands there. Unless it says
	// something soon, its agent would stay without calls.
	if d.Agent.State == core.DeviceLost && d.Agent.Reason == "not_drawn" {
		w.frozen = true
	}
}

// NewScreens returns none.
func NewScreens() *Screens { return &Screens{agents: map[core.UserID]*watcher{}, now: time.Now} }

func (s *Screens) serve(f Floor, now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.floor, s.now = f, now
}

// Draw sends a desk to the agent's pages. It never blocks: a page that cannot
// keep up is cut off and comes back for a whole desk.
func (s *Screens) Draw(agent core.UserID, d *core.Desk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.agents[agent]
	if w == nil || d == nil {
		return
	}
	w.see(d)
	for p := range w.pages {
		select {
		case p.desks <- d:
		default:
			p.cut()
		}
	}
}

// DrawPool sends the list of waiting calls; a page shows the newest, one every
// poolGap at most. It never blocks.
func (s *Screens) DrawPool(agent core.UserID, l *core.Pool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.agents[agent]
	if w == nil || l == nil {
		return
	}
	for p := range w.pages {
		p.pool = l
		select {
		case p.pooled <- struct{}{}:
		default: // it has not looked since the last one
		}
	}
}

// Watching names the agents who have a page open, sorted.
func (s *Screens) Watching() []core.UserID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.agents))
}

// Pages is how many listen.
func (s *Screens) Pages() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// join adds a page. The order in which the floor hears of pages that come and
// go is theirs, because Tell does not block and is called under the lock.
func (s *Screens) join(agent core.UserID, token string, works bool) (*page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.agents[agent]
	if w == nil {
		w = &watcher{pages: map[*page]struct{}{}, works: works}
		if works {
			if err := s.floor.Tell(core.PageCame{Agent: agent}); err != nil {
				return nil, err
			}
		}
		s.agents[agent] = w
	}
	p := newPage(agent, token)
	w.pages[p] = struct{}{}
	s.count++
	return p, nil
}

func (s *Screens) leave(p *page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.agents[p.agent]
	delete(w.pages, p)
	s.count--
	if len(w.pages) > 0 {
		return
	}
	delete(s.agents, p.agent)
	if w.works {
		_ = s.floor.Tell(core.PageGone{Agent: p.agent}) // refused only when all ends
	}
}

// seen is what a page that has just joined begins with.
func (s *Screens) seen(p *page, d *core.Desk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.agents[p.agent]; w != nil {
		w.see(d)
	}
}

// shut cuts the pages that came by a session.
func (s *Screens) shut(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.agents {
		for p := range w.pages {
			if p.token == token {
				p.cut()
			}
		}
	}
}

// offered says whether an offer is out: pages are asked more often then.
func offered(d *core.Desk) bool {
	return d.Offer != nil || d.Agent.State == core.Reserved || d.Agent.State == core.Presented
}

// late says whether a desk is older than the one that is shown.
func late(d, shown *core.Desk) bool {
	return shown != nil && d.Epoch == shown.Epoch && d.Seq < shown.Seq
}
