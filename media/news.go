package media

import (
	"log/slog"
	"runtime/debug"
	"sync"

	"belfry/core"
)

// news brings what happened to the floor, in order, from one goroutine. Audio
// never waits for it: the line has no bound, as news is never lost, and its
// length follows from what legs can do.
type news struct {
	tell func(core.Event)
	log  *slog.Logger

	mu     sync.Mutex
	line   []any // core.Event or func()
	closed bool
	bell   chan struct{} // holds one ring
	done   chan struct{}
}

func newNews(tell func(core.Event), log *slog.Logger) *news {
	n := &news{tell: tell, log: log, bell: make(chan struct{}, 1), done: make(chan struct{})}
	go n.run()
	return n
}

// say queues an event.
func (n *news) say(ev core.Event) { n.push(ev) }

// call queues a function.
func (n *news) call(f func()) { n.push(f) }

func (n *news) push(x any) {
	n.mu.Lock()
	if !n.closed {
		n.line = append(n.line, x)
	}
	n.mu.Unlock()
	n.ring()
}

func (n *news) ring() {
	select {
	case n.bell <- struct{}{}:
	default: // it has been rung
	}
}

// close tells what is in line and ends.
func (n *news) close() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.ring()
	<-n.done
}

func (n *news) run() {
	defer close(n.done)
	for range n.bell {
		n.mu.Lock()
		line, closed := n.line, n.closed
		n.line = nil
		n.mu.Unlock()
		for _, x := range line {
			n.one(x)
		}
		if closed {
			return
		}
	}
}

// one tells one piece; who listens may fall, we do not.
func (n *news) one(x any) {
	defer func() {
		if r := recover(); r != nil {
			n.log.Error("media: a listener panicked", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	switch x := x.(type) {
	case func():
		x()
	case core.Event:
		if n.tell != nil {
			n.tell(x)
		}
	}
}
