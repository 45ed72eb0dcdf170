package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/core/plan"
	"belfry/store"
)

// recordings are the store's rows and the files that belong to them.
type recordings struct {
	*store.Store
	dir string // the data folder
	log *slog.Logger
}

// List returns one page.
func (r recordings) List(ctx context.Context, f api.RecordingFilter) ([]api.Recording, string, error) {
	got, next, err := r.Recordings(ctx, store.RecordingFilter{
		Seen: store.Scope(f.Seen), Queue: f.Queue, Agent: f.Agent, Held: f.Held, Since: f.Since, Before: f.Before, After: f.After, Limit: f.Limit,
	})
	return worded(got), next, err
}

// Find finds one that may be seen.
func (r recordings) Find(ctx context.Context, seen api.Scope, id core.RecordID) (*api.Recording, error) {
	got, err := r.Recording(ctx, store.Scope(seen), id)
	if err != nil {
		return nil, err
	}
	x := api.Recording(*got)
	return &x, nil
}

// Of finds those of some calls.
func (r recordings) Of(ctx context.Context, calls []core.InteractionID) (map[core.InteractionID][]api.Recording, error) {
	got, err := r.RecordingsOf(ctx, calls)
	if err != nil {
		return nil, err
	}
	of := make(map[core.InteractionID][]api.Recording, len(got))
	for id, all := range got {
		of[id] = worded(all)
	}
	return of, nil
}

func worded(got []store.Recording) []api.Recording {
	return each(got, func(x store.Recording) api.Recording { return api.Recording(x) })
}

// Played writes down who is about to listen.
func (r recordings) Played(ctx context.Context, p api.Play) error {
	return r.Store.Played(ctx, store.Play(p))
}

// Plays are those who listened.
func (r recordings) Plays(ctx context.Context, id core.RecordID, after string, limit int) ([]api.Play, string, error) {
	got, next, err := r.Store.Plays(ctx, id, after, limit)
	return each(got, func(p store.Play) api.Play { return api.Play(p) }), next, err
}

// Hold puts one under legal hold, or takes it from there.
func (r recordings) Hold(ctx context.Context, id core.RecordID, on bool, by core.UserID, at core.Time) error {
	return r.HoldRecording(ctx, id, on, by, at)
}

// Comments are those on a recording.
func (r recordings) Comments(ctx context.Context, id core.RecordID) ([]api.Comment, error) {
	got, err := r.Store.Comments(ctx, id)
	return each(got, func(c store.Comment) api.Comment { return api.Comment(c) }), err
}

// AddComment keeps one.
func (r recordings) AddComment(ctx context.Context, id core.RecordID, c api.Comment) error {
	return r.Store.AddComment(ctx, id, (*store.Comment)(&c))
}

// Links are those to a recording.
func (r recordings) Links(ctx context.Context, id core.RecordID) ([]api.Link, error) {
	got, err := r.Store.Links(ctx, id)
	return each(got, func(l store.Link) api.Link { return api.Link(l) }), err
}

// AddLink keeps one.
func (r recordings) AddLink(ctx context.Context, l api.Link) (string, error) {
	return r.Store.AddLink(ctx, (*store.Link)(&l))
}

// LinkOf finds the one that a token opens.
func (r recordings) LinkOf(ctx context.Context, token string, now core.Time) (*api.Link, error) {
	l, err := r.Store.LinkOf(ctx, token, now)
	return (*api.Link)(l), err
}

// Delete deletes one for good, because somebody asked for it.
func (r recordings) Delete(ctx context.Context, id core.RecordID, by core.UserID, at core.Time) error {
	got, err := r.Recording(ctx, store.Scope{All: true}, id)
	if err != nil {
		return err
	}
	return r.delete(ctx, got, by, "asked", at)
}

// delete says first that it is deleted, then removes the files: what a crash
// leaves of them goes with the next sweep.
func (r recordings) delete(ctx context.Context, x *store.Recording, by core.UserID, why string, at core.Time) error {
	if err := r.DeleteRecording(ctx, x.ID, by, why, r.sum(x.File), at); err != nil {
		return err
	}
	return r.remove(ctx, x.ID, x.File)
}

// sum is the SHA-256 of a recording's file, as its description has it.
func (r recordings) sum(file string) string {
	var about struct {
		SHA256 string `json:"sha256"`
	}
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return ""
	}
	defer root.Close() //nolint:errcheck // only read
	text, err := root.ReadFile(strings.TrimSuffix(file, ".wav") + ".json")
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil {
		r.log.Warn("the SHA-256 of a recording is not known", "file", file, "error", err)
	}
	return about.SHA256
}

// missing names the recordings that should be there and whose file is not.
func (r recordings) missing(ctx context.Context) (broken []string, err error) {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, fmt.Errorf("open the data folder: %w", err)
	}
	defer root.Close() //nolint:errcheck // only read
	for after := ""; ; {
		page, next, err := r.Recordings(ctx, store.RecordingFilter{Seen: store.Scope{All: true}, After: after, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, x := range page {
			if _, err := root.Stat(x.File); err != nil && x.DeletedAt.IsZero() {
				broken = append(broken, fmt.Sprintf("recording %s is not on disk: %v", x.ID, err))
			}
		}
		if after = next; next == "" {
			return broken, nil
		}
	}
}

// remove takes the files of a recording away.
func (r recordings) remove(ctx context.Context, id core.RecordID, file string) error {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return fmt.Errorf("open the data folder: %w", err)
	}
	defer root.Close() //nolint:errcheck // what is removed is removed
	base := strings.TrimSuffix(file, ".wav")
	for _, name := range []string{base + ".wav", base + ".peaks", base + ".json"} {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a recording: %w", err)
		}
	}
	return r.RecordingRemoved(ctx, id)
}

// Between two sweeps, and before the first one after a start.
const (
	sweepEvery = 24 * time.Hour
	sweepFirst = 10 * time.Minute
)

// sweepDaily deletes recordings that nobody keeps any longer, until ctx ends.
func (r recordings) sweepDaily(ctx context.Context, newest func() *plan.Plan) {
	next := time.NewTimer(sweepFirst)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		if n, err := r.sweep(ctx, newest(), core.At(time.Now())); err != nil {
			r.log.ErrorContext(ctx, "recordings that are not to be kept could not all be deleted; the next try is in a day", "error", err)
		} else if n > 0 {
			r.log.InfoContext(ctx, "recordings were deleted that are not to be kept any longer", "count", n)
		}
		next.Reset(sweepEvery)
	}
}

// sweep deletes what is older than its queues keep it, and returns how many
// recordings that were. One that fails does not keep the others.
func (r recordings) sweep(ctx context.Context, p *plan.Plan, now core.Time) (int, error) {
	files, err := r.RecordingsToRemove(ctx)
	if err != nil {
		return 0, err
	}
	for id, file := range files {
		err = errors.Join(err, r.remove(ctx, id, file))
	}
	least := p.Doc.Company.KeepDays
	for _, q := range p.Doc.Queues {
		if q.KeepDays > 0 && (least == 0 || q.KeepDays < least) {
			least = q.KeepDays
		}
	}
	if least == 0 {
		return 0, err // nobody deletes anything
	}
	n := 0
	for after := ""; ; {
		page, next, err2 := r.OldRecordings(ctx, now.Add(-days(least)), after)
		if err2 != nil {
			return n, errors.Join(err, err2)
		}
		for i := range page {
			keep := keepDays(p, page[i].Queues)
			if keep == 0 || now.Sub(page[i].At) < days(keep) {
				continue
			}
			if err2 := r.delete(ctx, &page[i].Recording, "", fmt.Sprintf("%d days", keep), now); err2 != nil {
				err = errors.Join(err, err2)
				continue
			}
			n++
		}
		if after = next; next == "" {
			return n, err
		}
	}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// keepDays is how long a recording is kept whose call passed these queues: the
// longest wins, and 0 is for ever. A queue that is gone keeps nothing. Where there
// was none, or all are gone, the company says.
func keepDays(p *plan.Plan, queues []core.QueueID) int {
	longest := 0
	for _, id := range queues {
		q := p.Queue(id)
		switch {
		case q == nil:
		case q.KeepDays == 0:
			return 0
		default:
			longest = max(longest, q.KeepDays)
		}
	}
	if longest == 0 {
		return p.Doc.Company.KeepDays
	}
	return longest
}
