package host

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// writer puts the record's lines on disk. Adding a line costs a copy; a
// goroutine writes it within 50 ms and makes it lasting (fsync) with all that came
// meanwhile: what waits for that are facts, and no ring does. When the disk
// fails, the lines stay in memory and are tried again every second.
type writer struct {
	dir string
	log *slog.Logger

	mu    sync.Mutex
	queue []chunk
	held  int  // bytes in queue and in flying
	hurry bool // somebody waits for the queue to be lasting

	ready     chan struct{}
	stop      chan struct{}
	done      chan struct{}
	synced    func() // told after each commit, and after each failure
	committed atomic.Uint64
	trouble   atomic.Pointer[string]
	worst     atomic.Int64 // longest commit, ns

	// What follows is the goroutine's own.
	file   *os.File
	start  uint64    // first event of the file
	good   int64     // bytes that are lasting
	flying []byte    // bytes after them, written
	seq    uint64    // of the last line in flying
	last   time.Time // of the last commit
}

// chunk is some lines; with start set it begins a new file. tell is closed when
// all up to it is lasting.
type chunk struct {
	start uint64
	seq   uint64 // of the last line
	lines []byte
	tell  chan struct{}
}

// share is how long what comes waits for others, so that the writer and the
// second floor wake seldom: to be woken is most of what they cost. Nothing that
// rings waits for them.
const share = 50 * time.Millisecond

// nextShare is how long until the next waking. All of them fall together, for
// each that finds the process asleep costs a waking of its threads.
func nextShare() time.Duration { return share - time.Duration(time.Now().UnixNano())%share }

const (
	retryEvery = time.Second
	chunkSize  = 1 << 20
)

// newWriter goes on after event seq, in the file of the folder that begins with
// event start and has size good bytes; start 0: in a new file.
func newWriter(dir string, start uint64, good int64, seq uint64, log *slog.Logger, synced func()) *writer {
	w := &writer{
		dir: dir, log: log, start: start, good: good, seq: seq, synced: synced,
		ready: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	w.committed.Store(seq)
	if start == 0 {
		w.queue = []chunk{{start: seq + 1}}
	}
	go w.run()
	return w
}

// add takes a copy of the line of event seq.
func (w *writer) add(seq uint64, line []byte) {
	w.mu.Lock()
	n := len(w.queue)
	if n == 0 || len(w.queue[n-1].lines) > chunkSize || w.queue[n-1].tell != nil {
		w.queue = append(w.queue, chunk{})
		n++
	}
	c := &w.queue[n-1]
	c.lines, c.seq = append(c.lines, line...), seq
	w.held += len(line)
	w.mu.Unlock()
	if n == 1 { // else the goroutine knows already
		w.nudge()
	}
}

// lasting returns a channel that is closed when all that was added is on disk.
// It stays open when the writer ends before.
func (w *writer) lasting() <-chan struct{} {
	tell := make(chan struct{})
	w.mu.Lock()
	w.queue, w.hurry = append(w.queue, chunk{tell: tell}), true
	w.mu.Unlock()
	w.nudge()
	return tell
}

// turn begins a new file with event start.
func (w *writer) turn(start uint64) {
	w.mu.Lock()
	w.queue = append(w.queue, chunk{start: start})
	w.mu.Unlock()
	w.nudge()
}

func (w *writer) nudge() {
	select {
	case w.ready <- struct{}{}:
	default:
	}
}

// uncommitted is how many bytes are not yet lasting.
func (w *writer) uncommitted() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held
}

// close writes what is left, once, and ends the goroutine.
func (w *writer) close() error {
	close(w.stop)
	<-w.done
	var err error
	if w.file != nil {
		err = w.file.Close()
	}
	if t := w.trouble.Load(); t != nil {
		err = errors.Join(err, fmt.Errorf("the flight record is not all on disk: %s", *t))
	}
	return err
}

// run waits a share after the first line that comes, so that one wake, one write
// and one fsync serve all that came meanwhile.
func (w *writer) run() {
	defer close(w.done)
	wait := time.NewTimer(time.Hour)
	defer wait.Stop()
	var todo []chunk
	for ending, waiting := false, false; !ending; {
		select {
		case <-w.ready:
			if !waiting && !w.pressed() {
				waiting = true
				wait.Reset(nextShare())
			}
			if waiting && !w.pressed() {
				continue
			}
		case <-wait.C:
		case <-w.stop:
			ending = true
		}
		waiting = false
		w.mu.Lock()
		todo = append(todo, w.queue...)
		w.queue, w.hurry = nil, false
		w.mu.Unlock()

		var err error
		for len(todo) > 0 && err == nil {
			if err = w.write(todo[0]); err == nil {
				todo = todo[1:]
			}
		}
		if err == nil {
			err = w.commit()
		}
		if err != nil {
			w.failed(err)
			waiting = true
			wait.Reset(retryEvery)
		}
	}
}

// pressed says whether somebody waits for the queue to be lasting.
func (w *writer) pressed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hurry
}

// write puts the lines after what is there. Where that was tried in vain
// before, it overwrites what may stand there.
func (w *writer) write(c chunk) error {
	if c.start != 0 && c.start != w.start {
		if err := w.commit(); err != nil {
			return err
		}
		if f := w.file; f != nil {
			w.file = nil
			if err := f.Close(); err != nil {
				return err
			}
		}
		w.start, w.good = c.start, 0
	}
	if c.tell != nil {
		if err := w.commit(); err != nil {
			return err
		}
		close(c.tell)
	}
	if len(c.lines) == 0 {
		return nil
	}
	if err := w.open(); err != nil {
		return err
	}
	if _, err := w.file.WriteAt(c.lines, w.good+int64(len(w.flying))); err != nil {
		return err
	}
	w.flying, w.seq = append(w.flying, c.lines...), c.seq
	return nil
}

func (w *writer) open() error {
	if w.file != nil {
		return nil
	}
	f, err := os.OpenFile(fileName(w.dir, w.start, recordEnd), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := syncFolder(w.dir); err != nil {
		return errors.Join(err, f.Close())
	}
	w.file = f
	return nil
}

// commit makes lasting what is written. After a failed fsync the system may
// have forgotten the bytes, so the next one writes them again.
func (w *writer) commit() error {
	if len(w.flying) == 0 {
		return nil
	}
	began := time.Now()
	if w.trouble.Load() != nil {
		if _, err := w.file.WriteAt(w.flying, w.good); err != nil {
			return err
		}
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	w.last = time.Now()
	w.worst.Store(max(w.worst.Load(), int64(w.last.Sub(began))))
	w.good += int64(len(w.flying))
	w.mu.Lock()
	w.held -= len(w.flying)
	w.mu.Unlock()
	w.flying = w.flying[:0]
	if cap(w.flying) > 4*chunkSize {
		w.flying = nil
	}
	if w.trouble.Swap(nil) != nil {
		w.log.Info("the flight record is written again", "seq", w.seq)
	}
	w.committed.Store(w.seq)
	w.synced()
	return nil
}

func (w *writer) failed(err error) {
	text := err.Error()
	if w.trouble.Swap(&text) == nil {
		w.log.Error("the flight record cannot be written; calls go on, facts wait", "err", err)
	}
	w.synced()
}
