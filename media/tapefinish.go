package media

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"belfry/core"
	"belfry/media/tape"
)

// Tapes of calls that are over are made into recordings one at a time by a
// goroutine that works a fifth of the time: live calls come first.
const (
	restFor    = 4 // times as long as it worked
	tryAgain   = time.Minute
	unreadable = ".unreadable" // what is no tape is kept under that name
)

// finisher makes recordings of tapes.
type finisher struct {
	e    *Engine
	stop context.CancelFunc
	mu   sync.Mutex
	line []string
	bell chan struct{}
	done chan struct{}
}

func newFinisher(e *Engine) *finisher {
	ctx, stop := context.WithCancel(context.Background())
	f := &finisher{e: e, stop: stop, bell: make(chan struct{}, 1), done: make(chan struct{})}
	if e.opts.DataDir != "" {
		f.line = tape.Left(e.opts.DataDir)
	}
	go f.run(ctx)
	return f
}

// add has a log finished.
func (f *finisher) add(path string) {
	f.mu.Lock()
	f.line = append(f.line, path)
	f.mu.Unlock()
	select {
	case f.bell <- struct{}{}:
	default: // it has been rung
	}
}

// close ends the work where it stands; the logs are there for the next start.
func (f *finisher) close() {
	f.stop()
	<-f.done
}

func (f *finisher) run(ctx context.Context) {
	defer close(f.done)
	f.retell()
	again := time.NewTimer(tryAgain)
	defer again.Stop()
	for ctx.Err() == nil {
		f.mu.Lock()
		line := f.line
		f.line = nil
		f.mu.Unlock()
		var failed []string
		for _, path := range line {
			if ctx.Err() == nil && !f.one(ctx, path) {
				failed = append(failed, path)
			}
		}
		f.mu.Lock()
		f.line = append(f.line, failed...)
		more := len(f.line) > len(failed)
		f.mu.Unlock()
		if more {
			continue
		}
		again.Reset(tryAgain)
		select {
		case <-ctx.Done():
		case <-f.bell:
		case <-again.C:
			f.forget()
		}
	}
}

// one makes a recording of a log; false when that shall be tried again.
func (f *finisher) one(ctx context.Context, path string) bool {
	e := f.e
	if left := e.opts.Disk.Free(e.opts.DataDir); left >= 0 && left < tape.Room(path) {
		e.log.Error("media: a recording cannot be finished yet: too little space is left", "file", path, "free", left)
		return false
	}
	kept, err := tape.Render(e.opts.DataDir, path, func(worked time.Duration) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(restFor * worked):
			return nil
		}
	})
	switch {
	case err == nil:
	case errors.Is(err, os.ErrNotExist):
		return true
	case core.KindOf(err) == core.Invalid:
		e.log.Error("media: a recording cannot be read, and was set aside", "file", path+unreadable, "error", err)
		_ = os.Rename(path, path+unreadable)
		return true
	case ctx.Err() != nil:
		return true
	default:
		e.log.Error("media: a recording cannot be finished yet", "file", path, "error", err)
		return false
	}
	news := core.TapeKept{
		Tape: kept.Tape, Interaction: kept.Interaction, Queue: kept.Queue,
		Length: kept.Length, File: kept.File, Rate: kept.Rate, Tracks: kept.Tracks,
	}
	if err := tape.Remember(path, news); err != nil {
		e.log.Error("media: a recording cannot be finished yet", "file", path, "error", err)
		return false
	}
	e.news.say(news)
	return true
}

// retell says again what the last engine said just before it ended: nobody may
// have heard.
func (f *finisher) retell() {
	if f.e.opts.DataDir == "" {
		return
	}
	for _, news := range tape.Remembered(f.e.opts.DataDir) {
		f.e.news.say(news)
	}
}

// forget drops what was said long enough ago.
func (f *finisher) forget() {
	if f.e.opts.DataDir != "" {
		tape.Forget(f.e.opts.DataDir, time.Now().Add(-tryAgain))
	}
}
