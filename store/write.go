package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"belfry/store/q"
)

// writer carries out all changes on its one goroutine. What waits while one
// transaction is committed goes together into the next, so that many share one
// fsync; each still succeeds or fails by itself.
type writer struct {
	db   *sql.DB
	q    *q.Queries
	jobs chan job
	tidy func(context.Context, *q.Queries) error

	mu     sync.RWMutex
	closed bool
	done   chan struct{}
}

type job struct {
	ctx  context.Context //nolint:containedctx // it is the asker's, looked at once
	do   func(context.Context, *q.Queries) error
	err  error
	back chan error
}

const (
	jobsWaiting = 1024
	jobsAtOnce  = 256
	tidyEvery   = time.Hour
)

var errClosed = errors.New("the database is closed")

func newWriter(db *sql.DB, queries *q.Queries, tidy func(context.Context, *q.Queries) error) *writer {
	w := &writer{db: db, q: queries, tidy: tidy, jobs: make(chan job, jobsWaiting), done: make(chan struct{})}
	go w.run()
	return w
}

// do runs f in a transaction and returns when that is committed. f may run
// twice: a transaction that fails as a whole is tried job by job.
func (w *writer) do(ctx context.Context, f func(context.Context, *q.Queries) error) error {
	j := job{ctx: ctx, do: f, back: make(chan error, 1)}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return errClosed
	}
	select {
	case w.jobs <- j:
		w.mu.RUnlock()
	case <-ctx.Done():
		w.mu.RUnlock()
		return ctx.Err()
	}
	return <-j.back // it is bounded by the transaction before and its own
}

func (w *writer) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.jobs)
	}
	w.mu.Unlock()
	<-w.done
}

func (w *writer) run() {
	defer close(w.done)
	defer w.q.Close()
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = w.transact([]job{{ctx: context.Background(), do: w.tidy}}) // the next hour tries again
		case first, ok := <-w.jobs:
			if !ok {
				return
			}
			w.batch(w.gather(first))
		}
	}
}

// gather takes what waits.
func (w *writer) gather(first job) []job {
	batch := []job{first}
	for len(batch) < jobsAtOnce {
		select {
		case j, ok := <-w.jobs:
			if !ok {
				return batch
			}
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

func (w *writer) batch(batch []job) {
	err := w.transact(batch)
	if err != nil && len(batch) > 1 {
		for i := range batch {
			batch[i].err = nil
			batch[i].back <- firstOf(w.transact(batch[i:i+1]), &batch[i])
		}
		return
	}
	for i := range batch {
		batch[i].back <- firstOf(err, &batch[i])
	}
}

func firstOf(err error, j *job) error {
	if j.err != nil {
		return j.err
	}
	return err
}

// transact runs the jobs in one transaction. A job that fails is taken back and
// harms no other; the error returned is the transaction's own.
func (w *writer) transact(batch []job) (err error) {
	ctx := context.Background() // an asker who leaves must not tear the others' transaction
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback()
		}
	}()
	queries := w.q.WithTx(tx)
	for i := range batch {
		j := &batch[i]
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, "savepoint job"); err != nil {
			return fmt.Errorf("savepoint: %w", err)
		}
		end := "release savepoint job"
		if j.err = j.safely(ctx, queries); j.err != nil {
			end = "rollback to savepoint job"
		}
		if _, err := tx.ExecContext(ctx, end); err != nil {
			return fmt.Errorf("%s: %w", end, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// safely runs the job; its panic is its own error.
func (j *job) safely(ctx context.Context, queries *q.Queries) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = fmt.Errorf("panic: %v", what)
		}
	}()
	return j.do(ctx, queries)
}
