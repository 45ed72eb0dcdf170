package host

import (
	"bytes"
	"log/slog"
	"sync/atomic"
	"time"

	"belfry/core"
)

// twin is a second floor that lives on what the record says, a moment behind
// the first and on its own goroutine. It is there so that the first never has
// to stop: snapshots are taken of the twin, queries and pools are answered by
// it, and after a panic it is the state before the event that did it. That the
// two are equal is invariant 7, checked while they run.
type twin struct {
	work   *queue[twinWork]
	urgent chan struct{} // somebody waits for an answer
	done   chan struct{}
	log    *slog.Logger

	// What follows is the goroutine's own until done.
	floor machine
	seq   uint64
	at    core.Time
	broke atomic.Bool // it could not follow; it is of no more use
}

// twinWork is a line to step or something to do with the floor as it then is.
// do gets nil when the twin broke.
type twinWork struct {
	line []byte
	do   func(m machine)
	end  bool
}

func newTwin(m machine, seq uint64, at core.Time, log *slog.Logger) *twin {
	t := &twin{work: newQueue[twinWork](), urgent: make(chan struct{}, 1), done: make(chan struct{}), log: log, floor: m, seq: seq, at: at}
	go t.run()
	return t
}

// follow gives the twin the line of an event that the first floor has stepped.
func (t *twin) follow(line []byte) { t.work.put(twinWork{line: bytes.Clone(line)}) }

// do runs f with the floor, after all that was put before. Once the twin has
// ended f may never run; who waits for it must look at done as well.
func (t *twin) do(f func(m machine)) {
	t.work.put(twinWork{do: f})
	t.hurry()
}

func (t *twin) hurry() {
	select {
	case t.urgent <- struct{}{}:
	default:
	}
}

// end lets the twin catch up and returns its floor, nil when it broke.
func (t *twin) end() machine {
	t.work.put(twinWork{end: true})
	t.hurry()
	<-t.done
	if t.broke.Load() {
		return nil
	}
	return t.floor
}

// run waits a share for more lines; a question does not wait.
func (t *twin) run() {
	defer close(t.done)
	linger := time.NewTimer(time.Hour)
	defer linger.Stop()
	ended := false
	for range t.work.ready {
		linger.Reset(nextShare())
		select {
		case <-linger.C:
		case <-t.urgent:
		}
		for _, w := range t.work.take() {
			switch {
			case w.end:
				ended = true
			case w.do != nil:
				t.ask(w.do)
			case !t.broke.Load():
				t.step(w.line)
			}
		}
		if ended {
			return
		}
	}
}

func (t *twin) ask(f func(machine)) {
	m := t.floor
	if t.broke.Load() {
		m = nil
	}
	if caught := guard(func() { f(m) }); caught != nil {
		t.log.Error("a question to the floor panics", "panic", caught.what, "stack", string(caught.stack))
	}
}

func (t *twin) step(b []byte) {
	l, err := parseLine(b[:len(b)-1])
	if err == nil {
		if caught := guard(func() { t.floor.Step(l.news) }); caught != nil {
			t.log.Error("the second floor panics where the first did not",
				"seq", l.news.Seq, "event", words(l.news.Event), "panic", caught.what, "stack", string(caught.stack))
			err = caught
		}
	} else {
		t.log.Error("a line of the record cannot be read again", "line", string(b), "err", err)
	}
	if err != nil {
		t.broke.Store(true)
		return
	}
	t.seq, t.at = l.news.Seq, l.news.At
}
