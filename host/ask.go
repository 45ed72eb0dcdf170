package host

import (
	"context"
	"sync"

	"belfry/core"
)

// asks are those who wait for the floor's reply.
type asks struct {
	mu      sync.Mutex
	last    uint64
	waiting map[core.AskID]chan *core.Error
	closed  bool
}

// lives leaves room for 2^40 asks in each life of the floor, so that no two
// have the same name in one record.
const livesShift = 40

func (a *asks) add(epoch uint64) (core.AskID, chan *core.Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return 0, nil
	}
	if a.waiting == nil {
		a.waiting = map[core.AskID]chan *core.Error{}
	}
	a.last++
	id := core.AskID(epoch<<livesShift | a.last)
	reply := make(chan *core.Error, 1)
	a.waiting[id] = reply
	return id, reply
}

func (a *asks) forget(id core.AskID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, id)
}

// reply answers, once; a second reply and one to nobody are ignored.
func (a *asks) reply(id core.AskID, err *core.Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if reply := a.waiting[id]; reply != nil {
		reply <- err
		delete(a.waiting, id)
	}
}

func (a *asks) closeAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	for id, reply := range a.waiting {
		reply <- errClosing()
		delete(a.waiting, id)
	}
}

func errClosing() *core.Error { return core.Errorf(core.Busy, "closing", "Belfry is stopping.") }

// Ask puts an agent's want to the floor and waits for its reply: nil when it
// was done, else a *core.Error that the agent may read, or ctx's error. When ctx
// ends first, the want may still be done.
func (h *Host) Ask(ctx context.Context, agent core.UserID, w core.Want) error {
	if w == nil {
		return core.Errorf(core.Invalid, "no-want", "Nothing was asked for.")
	}
	select {
	case <-h.living:
	default:
		return core.Errorf(core.Busy, "starting", "Belfry is starting.")
	}
	id, reply := h.asks.add(h.life)
	if reply == nil {
		return errClosing()
	}
	defer h.asks.forget(id)
	if err := h.Tell(core.Asked{Ask: id, Agent: agent, Want: w}); err != nil {
		return err
	}
	select {
	case err := <-reply:
		if err == nil {
			return nil
		}
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
