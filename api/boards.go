package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// boardGap is the least time from one document of a board to the next: at most
// five a second, however much happens.
const boardGap = 200 * time.Millisecond

// Boards are what supervisors look at: queues, agents and waiting calls. Each
// board is drawn when the floor has moved, once for all who work with the same
// profile, and its text is made once for all of them. The host tells it of every
// step; it is made before the host and given to New afterwards.
type Boards struct {
	stirred chan struct{}
	floor   Floor
	plan    func() *plan.Plan
	now     func() time.Time

	mu      sync.Mutex
	viewers map[*viewer]struct{}
	boards  map[core.ProfileID]*board
}

// viewer is one supervisor's stream. What is in it is the Boards', under their lock.
type viewer struct {
	user  core.UserID
	news  chan struct{} // there is something to send
	board *board        // nil: not drawn yet
	seen  uint64        // the board's revision that was sent; 0: none
	over  bool          // they supervise no more
}

// board is what those see who work with one profile.
type board struct {
	revision uint64
	live     *core.Live
	whole    *document
	news     *document // what the last revision has changed
}

// NewBoards returns none.
func NewBoards() *Boards {
	return &Boards{stirred: make(chan struct{}, 1), viewers: map[*viewer]struct{}{}, boards: map[core.ProfileID]*board{}}
}

// Stir says that the floor has moved. It never blocks.
func (b *Boards) Stir() {
	select {
	case b.stirred <- struct{}{}:
	default: // that is known
	}
}

// run draws until over is closed. A call can become late without any news of it.
func (b *Boards) run(over <-chan struct{}) {
	gap, late := time.NewTimer(0), stopped()
	defer gap.Stop()
	defer func() { late.Stop() }()
	<-gap.C
	for {
		select {
		case <-b.stirred:
		case <-late.C:
		case <-over:
			return
		}
		late.Stop()
		if at := b.draw(); at != 0 {
			late.Reset(max(at.Sub(core.At(b.now())), boardGap))
		}
		gap.Reset(boardGap)
		select {
		case <-gap.C:
		case <-over:
			return
		}
	}
}

func (b *Boards) join(user core.UserID) *viewer {
	v := &viewer{user: user, news: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.viewers[v] = struct{}{}
	b.Stir()
	return v
}

func (b *Boards) leave(v *viewer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.viewers, v)
}

// draw brings every board up to date that somebody looks at, tells those whose
// board has changed, and returns when a call will be late, zero for never.
func (b *Boards) draw() core.Time {
	p, by := b.seated()
	ids := slices.Sorted(maps.Keys(by))
	var lives []*core.Live
	if len(ids) > 0 {
		lives = b.floor.LiveOf(ids...)
	}
	if len(lives) != len(ids) {
		return 0 // the next step of the floor stirs again
	}
	next, now := core.Time(0), core.At(b.now())
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := range b.boards {
		if by[id] == nil {
			delete(b.boards, id)
		}
	}
	for i, id := range ids {
		live := lives[i]
		if at := lateness(p, live, now); at != 0 && (next == 0 || at < next) {
			next = at
		}
		if b.boards[id] == nil {
			b.boards[id] = &board{}
		}
		b.boards[id].take(live)
		for _, v := range by[id] {
			v.turn(b.boards[id])
		}
	}
	return next
}

// seated says who looks at which board, as of the newest plan.
func (b *Boards) seated() (*plan.Plan, map[core.ProfileID][]*viewer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.viewers) == 0 {
		return nil, nil
	}
	p, by := b.plan().As(b.floor.Active()), map[core.ProfileID][]*viewer{}
	for v := range b.viewers {
		if pro := p.ProfileOf(v.user); pro != nil && p.Can(v.user, plan.Supervise) {
			by[pro.ID] = append(by[pro.ID], v)
			continue
		}
		v.over = true
		v.tell()
	}
	return p, by
}

// turn has the viewer look at a board, and tells of what they have not seen.
func (v *viewer) turn(to *board) {
	if v.board != to {
		v.board, v.seen = to, 0
	}
	if v.seen != to.revision {
		v.tell()
	}
}

func (v *viewer) tell() {
	select {
	case v.news <- struct{}{}:
	default: // they have not looked since the last one
	}
}

// next is what the viewer has not seen: the last change, or the whole for who
// has missed one. None: they have seen it all; not ok: they supervise no more.
func (b *Boards) next(v *viewer) (d *document, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case v.over:
		return nil, false
	case v.board == nil || v.seen == v.board.revision:
		return nil, true
	case v.seen != 0 && v.seen+1 == v.board.revision:
		d = v.board.news
	default:
		d = v.board.whole
	}
	v.seen = v.board.revision
	return d, true
}

// take puts a newer drawing in the place of the last one.
func (d *board) take(live *core.Live) {
	v := liveView{}
	if d.live != nil {
		v = between(d.live, live)
		if v.empty() {
			return
		}
	}
	d.revision++
	d.live = live
	d.news = &document{make: func() liveView { return v }}
	d.whole = &document{make: func() liveView { return wholeLive(live) }}
}

// document is the text of a board, made when the first reader wants it.
type document struct {
	once sync.Once
	make func() liveView
	text []byte // from behind the time on, which is of each sending
	err  error
}

// timeWritten is how a document begins; stamps are all of one length.
const timeWritten = len(`{"at":"` + stampLayout + `"`)

func (d *document) rest() ([]byte, error) {
	d.once.Do(func() {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if d.err = enc.Encode(d.make()); d.err == nil {
			d.text = buf.Bytes()[timeWritten:]
		}
	})
	return d.text, d.err
}

func wholeLive(l *core.Live) liveView {
	v := liveView{Whole: true, Gone: []string{}}
	v.Queues = views(l.Queues, func(q core.LiveQueue) liveQueueView { return viewLiveQueue(&q) })
	v.Agents = views(l.Agents, func(a core.LiveAgent) liveAgentView { return viewLiveAgent(&a) })
	calls := viewCalls(l.Calls)
	v.Calls, v.Total = &calls, &l.Total
	return v
}

// between is what has changed from one drawing to the next.
func between(was, is *core.Live) liveView {
	v := liveView{Queues: []liveQueueView{}, Agents: []liveAgentView{}, Gone: []string{}}
	queues := news(was.Queues, is.Queues, func(q *core.LiveQueue) string { return string(q.ID) }, &v.Gone)
	v.Queues = views(queues, func(q core.LiveQueue) liveQueueView { return viewLiveQueue(&q) })
	agents := news(was.Agents, is.Agents, func(a *core.LiveAgent) string { return string(a.ID) }, &v.Gone)
	v.Agents = views(agents, func(a core.LiveAgent) liveAgentView { return viewLiveAgent(&a) })
	if is.Total != was.Total || !reflect.DeepEqual(is.Calls, was.Calls) {
		calls := viewCalls(is.Calls)
		v.Calls, v.Total = &calls, &is.Total
	}
	return v
}

// news are the things that are new or otherwise than they were; gone gets the
// ids of those that are there no more.
func news[T any](was, is []T, id func(*T) string, gone *[]string) []T {
	old := make(map[string]*T, len(was))
	for i := range was {
		old[id(&was[i])] = &was[i]
	}
	var changed []T
	for i := range is {
		key := id(&is[i])
		if before := old[key]; before == nil || !reflect.DeepEqual(before, &is[i]) {
			changed = append(changed, is[i])
		}
		delete(old, key)
	}
	*gone = append(*gone, slices.Sorted(maps.Keys(old))...)
	return changed
}

// lateness marks the calls that wait for too long now, although nothing has
// happened to them, and returns when the next will.
func lateness(p *plan.Plan, l *core.Live, now core.Time) core.Time {
	next := core.Time(0)
	for i := range l.Calls {
		c := &l.Calls[i]
		q := p.Queue(c.Queue)
		if q == nil || c.State != "waiting" {
			continue
		}
		at := c.Since.Add(q.LateAfter()) + 1
		if c.Late = at <= now; !c.Late && (next == 0 || at < next) {
			next = at
		}
	}
	return next
}
