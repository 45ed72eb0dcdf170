package host

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"belfry/core"
)

// owedFact is a fact that is not yet kept, with the event it came from.
type owedFact struct {
	seq  uint64
	fact core.Fact
}

// keeper brings facts to the database once the event they came from is on
// disk, in order, and again for as long as it takes. How far it has come is the
// mark in the file facts; after a crash the facts behind it are told again.
type keeper struct {
	path string
	keep func(context.Context, []core.Fact) error
	log  *slog.Logger

	mu   sync.Mutex
	owed []owedFact

	stepped   atomic.Uint64         // no fact of this or an earlier event is still to come
	committed func() (seq uint64)   // what the record has on disk
	mark      atomic.Uint64         // all facts up to here are kept
	written   uint64                // the mark in the file
	trouble   atomic.Pointer[error] // of the last try, nil when it went well

	last  time.Time   // of the last batch
	hurry atomic.Bool // the host is closing

	ready  chan struct{}
	cancel context.CancelFunc
	done   chan struct{}
}

const (
	factsAtOnce  = 500
	factsEvery   = 250 * time.Millisecond // so that many calls share a transaction
	firstBackoff = 50 * time.Millisecond
	lastBackoff  = 5 * time.Second
	markEvery    = time.Second
)

func newKeeper(dir string, mark uint64, keep func(context.Context, []core.Fact) error, committed func() uint64, log *slog.Logger) *keeper {
	k := &keeper{
		path: filepath.Join(dir, "facts"), keep: keep, log: log, committed: committed, written: mark,
		ready: make(chan struct{}, 1), done: make(chan struct{}),
	}
	if k.keep == nil {
		k.keep = func(context.Context, []core.Fact) error { return nil }
	}
	k.mark.Store(mark)
	return k
}

func (k *keeper) start() {
	ctx, cancel := context.WithCancel(context.Background())
	k.cancel = cancel
	go k.run(ctx)
}

// add owes the fact of event seq.
func (k *keeper) add(seq uint64, f core.Fact) {
	k.mu.Lock()
	k.owed = append(k.owed, owedFact{seq, f})
	k.mu.Unlock()
}

func (k *keeper) nudge() {
	select {
	case k.ready <- struct{}{}:
	default:
	}
}

func (k *keeper) pending() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.owed)
}

// settle waits until all is kept or ctx ends, and stops. The record must be
// closed before.
func (k *keeper) settle(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	k.hurry.Store(true)
	var err error
	for k.pending() > 0 && err == nil {
		k.nudge()
		select {
		case <-tick.C:
		case <-ctx.Done():
			err = context.Cause(ctx)
			k.log.Warn("facts are left for the next start", "facts", k.pending())
		}
	}
	k.cancel()
	<-k.done
	return err
}

func (k *keeper) run(ctx context.Context) {
	defer close(k.done)
	backoff := firstBackoff
	save := time.NewTicker(markEvery)
	defer save.Stop()
	linger := time.NewTimer(time.Hour)
	defer linger.Stop()
	for {
		select {
		case <-ctx.Done():
			k.advance()
			k.saveMark()
			return
		case <-save.C:
			k.advance()
			k.saveMark()
			continue
		case <-k.ready:
		case <-linger.C:
		}
		if more := factsEvery - time.Since(k.last); more > 0 && !k.hurry.Load() {
			linger.Reset(more)
			continue
		}
		for batch := k.batch(); len(batch) > 0; batch = k.batch() {
			if err := k.try(ctx, batch); err != nil {
				k.failed(err, len(batch))
				wait := time.NewTimer(backoff)
				select {
				case <-wait.C:
				case <-ctx.Done():
				}
				wait.Stop()
				if ctx.Err() != nil {
					break
				}
				backoff = min(2*backoff, lastBackoff)
				continue
			}
			if k.trouble.Swap(nil) != nil {
				k.log.Info("facts are kept again", "owed", k.pending())
			}
			backoff = firstBackoff
			k.last = time.Now()
		}
	}
}

// batch returns the facts that may leave now: whole events.
func (k *keeper) batch() []owedFact {
	committed := k.committed()
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for n < len(k.owed) && k.owed[n].seq <= committed && (n < factsAtOnce || k.owed[n].seq == k.owed[n-1].seq) {
		n++
	}
	return k.owed[:n:n]
}

func (k *keeper) try(ctx context.Context, batch []owedFact) error {
	facts := make([]core.Fact, len(batch))
	for i, o := range batch {
		facts[i] = o.fact
	}
	var err error
	if caught := guard(func() { err = k.keep(ctx, facts) }); caught != nil {
		return caught
	}
	if err != nil {
		return err
	}
	k.mu.Lock()
	clear(k.owed[:len(batch)])
	if k.owed = k.owed[len(batch):]; len(k.owed) == 0 {
		k.owed = nil
	}
	k.mu.Unlock()
	k.mark.Store(max(k.mark.Load(), batch[len(batch)-1].seq))
	return nil
}

// advance moves the mark to where nothing is owed.
func (k *keeper) advance() {
	upTo := min(k.stepped.Load(), k.committed()) // read before the list
	k.mu.Lock()
	if len(k.owed) > 0 {
		upTo = min(upTo, k.owed[0].seq-1)
	}
	k.mu.Unlock()
	k.mark.Store(max(k.mark.Load(), upTo))
}

func (k *keeper) saveMark() {
	mark := k.mark.Load()
	if mark == k.written {
		return
	}
	if err := writeNumber(k.path, mark); err != nil {
		k.log.Warn("the mark of the facts cannot be written", "err", err)
		return
	}
	k.written = mark
}

func (k *keeper) failed(err error, n int) {
	if k.trouble.Swap(&err) == nil {
		k.log.Error("facts cannot be kept; they wait", "facts", n, "err", err)
	}
}
