package host

import (
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"
)

// Stats are the host's own figures, for /metrics.
type Stats struct {
	Epoch    uint64
	Seq      uint64 // of the last event
	Waiting  int    // items in the inbox
	Lateness time.Duration
	Events   uint64 // in this life
	Refused  uint64 // calls, because the host was crowded
	Panics   uint64
	// Revision is that of the plan that the floor goes by, and PlanTime how long it
	// held the floor up.
	Revision uint64
	PlanTime time.Duration
	Behind   int // events that the second floor has yet to step

	Uncommitted  int           // bytes of the record not yet on disk
	Committed    uint64        // the last event on disk
	WorstCommit  time.Duration // the longest so far
	Snapshots    uint64
	SnapshotSize int64
	Facts        int    // not yet kept
	RecordBroken string // why the record cannot be written; empty when it can
	FactsBroken  string // why facts cannot be kept; empty when they can
}

type counters struct {
	events, refused, panics, snapshots atomic.Uint64
	seq                                atomic.Uint64
	snapshotSize                       atomic.Int64
	revision                           atomic.Uint64
	planTime                           atomic.Int64
}

// Stats may be asked at any time.
func (h *Host) Stats() Stats {
	s := Stats{
		Epoch: h.epochNow.Load(), Seq: h.count.seq.Load(), Waiting: h.inbox.len(), Lateness: h.Lateness(),
		Events: h.count.events.Load(), Refused: h.count.refused.Load(), Panics: h.count.panics.Load(),
		Revision: h.count.revision.Load(), PlanTime: time.Duration(h.count.planTime.Load()),
		Behind:      h.twin.Load().work.len(),
		Uncommitted: h.rec.uncommitted(), Committed: h.rec.committed.Load(), WorstCommit: time.Duration(h.rec.worst.Load()),
		Snapshots: h.count.snapshots.Load(), SnapshotSize: h.count.snapshotSize.Load(), Facts: h.facts.pending(),
	}
	if t := h.rec.trouble.Load(); t != nil {
		s.RecordBroken = *t
	}
	if t := h.facts.trouble.Load(); t != nil {
		s.FactsBroken = (*t).Error()
	}
	return s
}

const (
	watchEvery = 250 * time.Millisecond
	tooLate    = 250 * time.Millisecond
	dumpEvery  = time.Minute
)

// stacksFile is where the stacks of a late floor are, beside the record. A line
// of the log is no place for them.
const stacksFile = "late-stacks.txt"

// watch writes down all stacks when the loop is late, at most once a minute:
// that is when one wants to know where it stands.
func (h *Host) watch() {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var last time.Time
	for {
		select {
		case <-h.done:
			return
		case <-tick.C:
		}
		late := h.Lateness()
		if late <= tooLate || !last.IsZero() && time.Since(last) < dumpEvery {
			continue
		}
		last = time.Now()
		b := make([]byte, 1<<20)
		b = b[:runtime.Stack(b, true)]
		file := filepath.Join(h.o.Dir, stacksFile)
		err := os.WriteFile(file, b, 0o600)
		h.log.Warn("the floor is late", "by", late, "waiting", h.inbox.len(), "stacks", file, "err", err)
	}
}
