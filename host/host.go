package host

import (
	"context"
	"log/slog"
	"time"

	"belfry/core"
	"belfry/core/floor"
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
	// Fetch looks a number up in the address book. May block for two seconds.
	// An empty id and no error: nobody is known by it.
	Fetch func(ctx context.Context, number string) (core.ContactID, string, error)
	// Show publishes a desk, Pool an agent's list of waiting calls. They run in
	// the host's loop: they must not block nor call the host back.
	Show func(agent core.UserID, d *core.Desk)
	Pool func(agent core.UserID, p *core.Pool)
	// Watching names the agents whose page shows the pool. Runs in the loop.
	Watching func() []core.UserID

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
type Host struct{}

// Stats are the host's own figures, for /metrics.
type Stats struct {
	Epoch, Seq              uint64
	Calls, Waiting          int // live calls; items in the inbox
	Lateness                time.Duration
	Events, Refused, Panics uint64
	Uncommitted             int    // bytes of record not yet on disk
	Facts                   int    // facts not yet kept
	Broken                  string // why the record cannot be written; empty when it can
}

// Open reads the flight record and rebuilds the floor from it. Nothing leaves
// and nothing is stepped before Start, but Tell already takes news, so that
// drivers can be built in between.
func Open(o Options) (*Host, error) { return &Host{}, nil }

// Start begins a new life of the floor: FloorStarted with an epoch that is on
// disk before anything leaves, then the plan if it is newer, then the news.
func (h *Host) Start(l Life) error { return nil }

// Close handles what stands in the inbox, writes a last snapshot, waits for the
// record and, until ctx ends, for the facts. It may be called twice.
func (h *Host) Close(ctx context.Context) error { return nil }

// Tell gives news, from any goroutine; it never blocks. A CallCame that cannot
// be taken now gives a core.Error of kind Busy; no other news is ever refused
// while the host is open.
func (h *Host) Tell(ev core.Event) error { return nil }

// Lateness is the age of the oldest item that is not yet done. Who admits calls
// sheds by it.
func (h *Host) Lateness() time.Duration { return 0 }

// Ask puts an agent's want to the floor and waits for its reply: nil when it
// was done, else a *core.Error that the agent may read, or ctx's error.
func (h *Host) Ask(ctx context.Context, agent core.UserID, w core.Want) error { return nil }

// Desk is the agent's desk as of now; nil when there is no such agent. It is
// shared: readers must not change it.
func (h *Host) Desk(agent core.UserID) *core.Desk { return nil }

// PoolOf is the agent's list of waiting calls as of now.
func (h *Host) PoolOf(agent core.UserID) *core.Pool { return nil }

// Live is the record so far of a call that is not over; nil when there is none.
func (h *Host) Live(call core.CallID) *core.Interaction { return nil }

// Check returns the invariants of the floor that do not hold. Asked more than
// once a second it answers with what it last found.
func (h *Host) Check() []floor.Broken { return nil }

// Stats are the host's own figures, for /metrics.
func (h *Host) Stats() Stats { return Stats{} }
