package store

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"belfry/core"
	"belfry/store/q"
)

// Play is one time that somebody listened to a recording.
type Play struct {
	N         int64 // counts within the recording, from 1
	Recording core.RecordID
	At        core.Time
	User      core.UserID
	Address   string
	Part      string // Range as it was asked for; empty: all
}

// Played writes down that a recording is about to be listened to.
func (s *Store) Played(ctx context.Context, p Play) error {
	return s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		n, err := w.LastPlay(ctx, q.LastPlayParams{Company: company, Recording: string(p.Recording)})
		if err != nil {
			return fmt.Errorf("write down who listens to %s: %w", p.Recording, err)
		}
		err = w.AddPlay(ctx, q.AddPlayParams{
			Company: company, Recording: string(p.Recording), N: n + 1, At: ms(p.At), UserID: string(p.User), Address: p.Address, Part: clean(p.Part),
		})
		if err != nil {
			return fmt.Errorf("write down who listens to %s: %w", p.Recording, err)
		}
		return nil
	})
}

// change runs f in a transaction.
func (s *Store) change(ctx context.Context, f func(ctx context.Context, w *q.Queries, company string) error) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error { return f(ctx, w, company) })
}

// Plays are those who listened to a recording, newest first, with the cursor of
// the next page.
func (s *Store) Plays(ctx context.Context, id core.RecordID, after string, limit int) ([]Play, string, error) {
	company, err := s.company()
	if err != nil {
		return nil, "", err
	}
	before := int64(math.MaxInt64)
	if after != "" {
		if before, err = strconv.ParseInt(after, 10, 64); err != nil {
			return nil, "", core.FieldErrorf("after", "bad-cursor", "%q is not the next of a page", after)
		}
	}
	limit = mostRows(limit)
	rows, err := s.ask.Plays(ctx, q.PlaysParams{Company: company, Recording: string(id), Before: before, Most: int32(limit) + 1})
	if err != nil {
		return nil, "", fmt.Errorf("list who listened to %s: %w", id, err)
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = strconv.FormatInt(rows[limit-1].N, 10)
	}
	all := make([]Play, len(rows))
	for i, r := range rows {
		all[i] = Play{N: r.N, Recording: id, At: fromMS(r.At), User: core.UserID(r.UserID), Address: r.Address, Part: r.Part}
	}
	return all, next, nil
}

// HoldRecording puts a recording under legal hold, so that nothing deletes it,
// or takes it from there. Holding twice keeps the first.
func (s *Store) HoldRecording(ctx context.Context, id core.RecordID, on bool, by core.UserID, at core.Time) error {
	return s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		r, err := there(ctx, w, company, id)
		switch {
		case err != nil:
			return err
		case on == (r.Held > 0):
			return nil
		case !on:
			at, by = 0, ""
		}
		return w.HoldRecording(ctx, q.HoldRecordingParams{Company: company, ID: string(id), Held: ms(at), HeldBy: string(by)})
	})
}

// there finds the row of a recording that was not deleted.
func there(ctx context.Context, w *q.Queries, company string, id core.RecordID) (q.RecordingRow, error) {
	r, err := w.Recording(ctx, q.RecordingParams{Company: company, ID: string(id)})
	switch {
	case err != nil:
		err = missing(err, "no-such-recording", "There is no recording %s.", id)
	case r.Deleted > 0:
		err = core.Errorf(core.Conflict, "recording-deleted", "The recording %s was deleted.", id)
	}
	return r, err
}

// DeleteRecording says that a recording is no more: when, by whom (empty: the
// rule), why, and the SHA-256 of its file. It is refused under legal hold. What
// people wrote about it goes with it. The
// files are for the caller to remove afterwards: see RecordingsToRemove.
func (s *Store) DeleteRecording(ctx context.Context, id core.RecordID, by core.UserID, why, sum string, at core.Time) error {
	return s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		r, err := w.Recording(ctx, q.RecordingParams{Company: company, ID: string(id)})
		switch {
		case err != nil:
			return missing(err, "no-such-recording", "There is no recording %s.", id)
		case r.Deleted > 0:
			return nil
		case r.Held > 0:
			return core.Errorf(core.Conflict, "recording-held", "The recording %s is under legal hold.", id)
		}
		_, err = w.DeleteRecording(ctx, q.DeleteRecordingParams{
			Company: company, ID: string(id), Deleted: ms(at), DeletedBy: string(by), DeletedWhy: clean(why), Sha256: sum,
		})
		if err != nil {
			return err
		}
		return w.DeleteComments(ctx, q.DeleteCommentsParams{Company: company, Recording: string(id)})
	})
}

// RecordingsToRemove are the files of recordings that were deleted and may still
// be on disk, by id.
func (s *Store) RecordingsToRemove(ctx context.Context) (map[core.RecordID]string, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.RecordingsToRemove(ctx, company)
	if err != nil {
		return nil, fmt.Errorf("list what was deleted: %w", err)
	}
	files := map[core.RecordID]string{}
	for _, r := range rows {
		files[core.RecordID(r.ID)] = r.File
	}
	return files, nil
}

// RecordingRemoved says that the files of a recording are gone.
func (s *Store) RecordingRemoved(ctx context.Context, id core.RecordID) error {
	return s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		return w.RemovedRecording(ctx, q.RemovedRecordingParams{Company: company, ID: string(id)})
	})
}

// Old is a recording with all queues that its call has passed through.
type Old struct {
	Recording
	Queues []core.QueueID
}

// OldRecordings returns one page of those that were kept before an instant and
// that a rule may delete, oldest first, with the cursor of the next page.
func (s *Store) OldRecordings(ctx context.Context, before core.Time, after string) ([]Old, string, error) {
	company, err := s.company()
	if err != nil {
		return nil, "", err
	}
	at, id := int64(-1), ""
	if after != "" {
		if at, id, err = readTimeCursor(after); err != nil {
			return nil, "", err
		}
	}
	const most = 100
	rows, err := s.ask.OldRecordings(ctx, q.OldRecordingsParams{Company: company, Before: ms(before), After: at, AfterID: id, Most: most})
	if err != nil {
		return nil, "", fmt.Errorf("list old recordings: %w", err)
	}
	next := ""
	if len(rows) == most {
		next = timeCursor(rows[most-1].Kept, rows[most-1].ID)
	}
	all := make([]Old, len(rows))
	for i, r := range rows {
		row := q.RecordingRow(r)
		all[i].Recording = recording(&row)
		queues, err := s.ask.QueuesOf(ctx, q.QueuesOfParams{Company: company, Interaction: r.Interaction})
		if err != nil {
			return nil, "", fmt.Errorf("list old recordings: %w", err)
		}
		if r.Queue != "" {
			all[i].Queues = append(all[i].Queues, core.QueueID(r.Queue))
		}
		for _, queue := range queues {
			all[i].Queues = append(all[i].Queues, core.QueueID(queue))
		}
	}
	return all, next, nil
}
