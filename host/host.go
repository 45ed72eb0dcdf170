package host

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// Options are what a host needs to know before the drivers exist.
type Options struct {
	Company core.CompanyID
	// Dir is the folder of the flight record, made when missing. One process
	// at a time may have it.
	Dir string
	// Build names the program; a record written by another build is replayed
	// with a warning in the log.
	Build string

	// Facts keeps what is to be kept, in order, in batches of at most 500. The
	// same facts may come twice, after a crash; twice must change nothing. On
	// an error the batch comes again, later, for as long as it takes. May block.
	Facts func(ctx context.Context, facts []core.Fact) error
	// Fetch looks a number up: whose it is, and how many calls there were; Call is
	// left empty. May block for two seconds.
	// An empty id and no error: nobody is known by it.
	Fetch func(ctx context.Context, number string) (core.ContactCame, error)
	// Class is the class of a number outside, in the company's country; empty: it
	// cannot be read. It must not block.
	Class func(number string) core.NumberClass
	// Request calls another program; it may block for as long as it takes, which
	// must not be long. Status 0: it said nothing, and why. Nil: there is nobody.
	Request func(ctx context.Context, r core.Request) (status int, why string)
	// Show publishes a desk, Pool an agent's list of waiting calls. The host
	// stands still meanwhile: they must not block nor call the host back.
	Show func(agent core.UserID, d *core.Desk)
	Pool func(agent core.UserID, p *core.Pool)
	// Watching names the agents whose page shows the pool. Runs in the loop.
	Watching func() []core.UserID
	// Stepped is told of each step, in the loop: it must not block nor call the
	// host back. What is read of the floor from then on is of after the step.
	Stepped func()

	// Inbox is how many items may wait before calls are refused; 0 means 4,096.
	Inbox int
	// Late is how old the oldest waiting item may be before calls are refused;
	// 0 means 500 ms.
	Late time.Duration
	// Keep is how long the record is kept, 0 means 24 h; KeepBytes bounds it
	// all the same, 0 means 4 GiB.
	Keep      time.Duration
	KeepBytes int64

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: slog.Default()

	floors factory // how floors are made; a test puts its own here
}

// Drivers carry out orders. None may block; each keeps the order per leg;
// trouble comes back as news. They may call Tell from within.
type Drivers struct {
	Signal  func(core.Order) // Dial Ring Early Answer Reject, and Drop of a SIP leg
	Audio   func(core.Order) // Join Part Play Stop Mute SendDigits Record StopRecord
	Station func(core.Order) // Drop of a browser's line
}

// Life is what a new life of the floor begins with.
type Life struct {
	Drivers Drivers
	// Alive are the legs and lines that the drivers say they still have.
	Alive []core.LegID
	// Revision and Plan: the newest plan kept, told when the record knows an
	// older one. Revision 0: none.
	Revision uint64
	Plan     []byte
}

// Host runs one company's floor.
type Host struct {
	o     Options
	log   *slog.Logger
	lock  *os.File
	inbox *queue[item]
	rec   *writer
	facts *keeper
	asks  asks
	fetch chan core.Fetch
	calls chan core.Request
	count counters

	closing  atomic.Bool
	living   chan struct{} // closed when a life has begun
	life     uint64        // its epoch; good once living is closed
	epochNow atomic.Uint64
	active   atomic.Pointer[plan.Active]
	oldest   atomic.Int64 // when the item being done was put, ns since began; 0: none
	began    time.Time
	start    sync.Once
	end      sync.Once
	ended    error
	quit     chan struct{} // closed to end the loop
	done     chan struct{} // closed when it has
	aside    sync.WaitGroup
	twin     atomic.Pointer[twin]
	owed     promised // its orders are the loop's
	found    found

	loop // what only the loop's goroutine touches
}

// item is something for the loop: an event, or a question to be answered there.
type item struct {
	put  int64 // ns since began
	ev   core.Event
	data []byte // the event as it is recorded, where that was made before; see Tell
	do   func()
}

// Open reads the flight record and rebuilds the floor from it. Nothing leaves
// and nothing is stepped before Start, but Tell already takes news, so that
// drivers can be built in between.
func Open(o Options) (*Host, error) {
	o.Inbox = cmp.Or(o.Inbox, 4096)
	o.Late = cmp.Or(o.Late, 500*time.Millisecond)
	o.Keep = cmp.Or(o.Keep, 24*time.Hour)
	o.KeepBytes = cmp.Or(o.KeepBytes, 4<<30)
	o.Log = cmp.Or(o.Log, slog.Default())
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.floors.fresh == nil {
		o.floors = realFloors()
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("flight record: %w", err)
	}
	held, err := lock(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("flight record: %w", err)
	}
	h := &Host{
		o: o, log: o.Log.With("company", string(o.Company)), lock: held,
		inbox: newQueue[item](), fetch: make(chan core.Fetch, 1024), calls: make(chan core.Request, 1024),
		began: time.Now(), living: make(chan struct{}), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if err := h.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("flight record: %w", err), held.Close())
	}
	return h, nil
}

// load rebuilds the floor and its twin.
func (h *Host) load() error {
	sweep(h.o.Dir)
	mark, err := readNumber(filepath.Join(h.o.Dir, "facts"))
	if err != nil {
		return err
	}
	epoch, err := readNumber(filepath.Join(h.o.Dir, "epoch"))
	if err != nil {
		return err
	}
	began := time.Now()
	r, err := rebuild(h.o.Dir, h.o.floors, mark, h.log, mend)
	if err != nil {
		return err
	}
	second, data, err := h.o.floors.clone(r.floor)
	if err != nil {
		return fmt.Errorf("copy the floor: %w", err)
	}
	h.loop = loop{
		floor: r.floor, seq: r.seq, revision: r.revision, epoch: max(epoch, r.epoch), toFail: r.failed,
		enc: newEncoder(), clock: newClock(h.o.Now, r.at), dirty: map[core.UserID]struct{}{},
		failures: map[core.CallID]int{},
	}
	h.twin.Store(newTwin(second, r.seq, r.at, h.log))
	h.rec = newWriter(h.o.Dir, r.start, r.good, r.seq, h.log, h.recordSynced)
	h.facts = newKeeper(h.o.Dir, mark, h.o.Facts, h.rec.committed.Load, h.log)
	for _, f := range r.facts {
		h.facts.add(f.seq, f.fact)
	}
	h.facts.stepped.Store(r.seq)
	if r.steps > 0 {
		s := &snapshot{Seq: r.seq, At: r.at, Epoch: h.epoch, Revision: r.revision, Hash: r.floor.Hash(), Build: h.o.Build, floor: data}
		if err := s.write(h.o.Dir); err != nil {
			h.log.Warn("a snapshot cannot be written", "err", err)
		}
		h.log.Info("the floor is rebuilt from its record", "seq", r.seq, "events", r.steps,
			"facts", len(r.facts), "calls", r.floor.Calls(), "took", time.Since(began))
	}
	return nil
}

// recordSynced is told by the record's writer when more of it is on disk.
func (h *Host) recordSynced() {
	h.facts.nudge()
	if h.owed.some.Load() {
		h.put(item{do: h.keepPromises})
	}
}

// Start begins a new life of the floor: FloorStarted with an epoch that is on
// disk before anything leaves, then the plan if it is newer, then the news.
func (h *Host) Start(l Life) error {
	err := errors.New("the host was started before")
	h.start.Do(func() {
		h.epoch++
		if err = writeNumber(filepath.Join(h.o.Dir, "epoch"), h.epoch); err != nil {
			err = fmt.Errorf("flight record: %w", err)
			return
		}
		h.drivers, h.life = l.Drivers, h.epoch
		h.epochNow.Store(h.epoch)
		h.facts.start()
		h.facts.nudge()
		for range fetchers {
			h.aside.Go(h.fetchAll)
		}
		for range callers {
			h.aside.Go(h.callAll)
		}
		h.aside.Go(h.watch)
		go h.run(l)
		close(h.living)
	})
	return err
}

// Close handles what stands in the inbox, writes a last snapshot, waits for the
// record and, until ctx ends, for the facts. It may be called twice.
func (h *Host) Close(ctx context.Context) error {
	h.end.Do(func() {
		h.closing.Store(true)
		h.start.Do(func() {}) // from now on it cannot be started
		started := h.facts.cancel != nil
		if started {
			close(h.quit)
			<-h.done
		}
		h.asks.closeAll()
		close(h.fetch)
		close(h.calls)
		h.ended = h.lastSnapshot(h.rec.close())
		if started {
			h.ended = errors.Join(h.ended, h.facts.settle(ctx))
			h.aside.Wait()
		}
		h.ended = errors.Join(h.ended, h.lock.Close())
	})
	return h.ended
}

// lastSnapshot lets the next start be short.
func (h *Host) lastSnapshot(err error) error {
	m := h.twin.Load().end()
	if m == nil || err != nil || h.rec.committed.Load() != h.seq {
		return err
	}
	var data []byte
	if caught := guard(func() { data, err = m.Snapshot() }); caught != nil {
		return caught
	}
	if err != nil {
		return err
	}
	s := &snapshot{Seq: h.seq, At: h.clock.at, Epoch: h.epoch, Revision: h.revision, Hash: m.Hash(), Build: h.o.Build, floor: data}
	return s.write(h.o.Dir)
}

// Tell gives news, from any goroutine; it never blocks. A CallCame that cannot
// be taken now gives a core.Error of kind Busy; no other news is ever refused
// while the host is open.
func (h *Host) Tell(ev core.Event) error {
	if h.closing.Load() {
		return core.Errorf(core.Busy, "closing", "Belfry is stopping.")
	}
	if _, ok := ev.(core.CallCame); ok {
		if why := h.crowded(); why != "" {
			h.count.refused.Add(1)
			return core.Errorf(core.Busy, "too-many-calls", "No more calls can be taken now: %s.", why)
		}
	}
	i := item{ev: ev}
	if _, ok := ev.(core.PlanChanged); ok { // megabytes: the floor need not stop for them
		i.data, _ = json.Marshal(ev) // else the loop tries, and says what is wrong
	}
	h.put(i)
	return nil
}

// crowded says why a call cannot be taken, empty when it can.
func (h *Host) crowded() string {
	switch {
	case h.inbox.len() >= h.o.Inbox:
		return "too much news waits"
	case h.Lateness() > h.o.Late:
		return "the news waits too long"
	case h.rec.uncommitted() > mostUncommitted:
		return "the record cannot be written"
	case h.twin.Load().work.len() > mostBehind:
		return "the second floor is too far behind"
	}
	return ""
}

const (
	mostUncommitted = 64 << 20 // bytes
	mostBehind      = 100_000  // events
)

func (h *Host) put(i item) {
	i.put = max(int64(time.Since(h.began)), 1)
	h.inbox.put(i)
	h.oldest.CompareAndSwap(0, i.put)
}

// Lateness is the age of the oldest item that is not yet done. Who admits calls
// sheds by it.
func (h *Host) Lateness() time.Duration {
	oldest := h.oldest.Load()
	if oldest == 0 {
		return 0
	}
	return max(time.Since(h.began)-time.Duration(oldest), 0)
}
