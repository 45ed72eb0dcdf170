package host

import "sync"

// queue is an unbounded line of items with one taker. Putting never blocks and
// never fails, so that a driver may put from within an order; what bounds it is
// that calls are refused when it grows long, and that live calls can only say
// so much.
type queue[T any] struct {
	mu    sync.Mutex
	items []T
	spare []T
	ready chan struct{} // holds one token while items may be there
}

func newQueue[T any]() *queue[T] { return &queue[T]{ready: make(chan struct{}, 1)} }

// put adds the item and returns how many wait.
func (q *queue[T]) put(item T) int {
	q.mu.Lock()
	q.items = append(q.items, item)
	n := len(q.items)
	q.mu.Unlock()
	if n == 1 {
		select {
		case q.ready <- struct{}{}:
		default:
		}
	}
	return n
}

// take returns all that waits; the slice is good until the next take.
func (q *queue[T]) take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.spare)
	taken := q.items
	q.items, q.spare = q.spare[:0], taken
	if cap(q.items) > 1<<16 {
		q.items = nil // one flood must not be paid for ever
	}
	return taken
}

func (q *queue[T]) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}
