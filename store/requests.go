package store

import (
	"context"
	"fmt"
	"time"

	"belfry/core"
	"belfry/store/q"
)

const (
	requestsKept = 24 * time.Hour
	// A request that has been under way so long was cut off by a crash.
	requestsLost = 2 * time.Minute
)

// Answer is what was answered to a request with an Idempotency-Key. Status 0:
// it is still under way.
type Answer struct {
	Status int
	Body   string
}

// BeginRequest begins the user's request with the key. Nil: it is new, carry it
// out and say EndRequest. Else it is what was answered before. Body is a hash of
// what is asked; the same key with another is an error of kind Invalid.
func (s *Store) BeginRequest(ctx context.Context, user core.UserID, key, body string) (*Answer, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	now := ms(core.At(s.now()))
	var before *Answer
	err = s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		before = nil
		old, err := w.Request(ctx, q.RequestParams{Company: company, UserID: string(user), Idem: key})
		lost := err == nil && (now-old.At > requestsKept.Milliseconds() || old.Status == 0 && now-old.At > requestsLost.Milliseconds())
		if lost {
			if err := w.DropRequest(ctx, q.DropRequestParams{Company: company, UserID: string(user), Idem: key}); err != nil {
				return err
			}
		}
		n, err := w.BeginRequest(ctx, q.BeginRequestParams{Company: company, UserID: string(user), Idem: key, Body: body, At: now})
		if err != nil {
			return fmt.Errorf("begin a request: %w", err)
		}
		if n == 1 {
			return nil
		}
		if old.Body != body {
			return core.FieldErrorf("Idempotency-Key", "idempotency-key-reused", "this key was used for another request")
		}
		before = &Answer{int(old.Status), old.Answer}
		return nil
	})
	return before, err
}

// EndRequest keeps what was answered, for 24 hours. Status 0 forgets the
// request, so that it may be tried again.
func (s *Store) EndRequest(ctx context.Context, user core.UserID, key string, a Answer) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		if a.Status == 0 {
			return w.DropRequest(ctx, q.DropRequestParams{Company: company, UserID: string(user), Idem: key})
		}
		return w.EndRequest(ctx, q.EndRequestParams{Company: company, UserID: string(user), Idem: key, Status: int64(a.Status), Answer: a.Body})
	})
}
