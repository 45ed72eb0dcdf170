package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"belfry/core"
	"belfry/store/q"
)

// Recording is what was kept of a conversation, and what became of it.
type Recording struct {
	core.RecordingKept
	HeldAt     core.Time // under legal hold since then; zero: it is not
	HeldBy     core.UserID
	DeletedAt  core.Time   // zero: it is there
	DeletedBy  core.UserID // empty: the rule
	DeletedWhy string
	SHA256     string // of the file that was deleted
}

// RecordingFilter says which recordings are asked for. A zero field asks for
// all, but a zero Scope sees nothing. To see a recording an agent must have
// talked in its call: an offer is not enough.
type RecordingFilter struct {
	Seen   Scope
	ID     core.RecordID
	Queue  core.QueueID
	Agent  core.UserID // talked in it
	Held   bool        // only those under legal hold
	Since  core.Time
	Before core.Time
	After  string // the cursor
	Limit  int    // 50 when 0; at most 500
}

const recordingColumns = "r.id, r.interaction, r.queue, r.kept, r.length, r.file, r.rate, r.tracks, r.held, r.held_by, r.deleted, r.deleted_by, r.deleted_why, r.sha256"

// Recordings returns one page of recordings, newest first, and the cursor of the
// next, empty at the end. Those that were deleted are told of too.
func (s *Store) Recordings(ctx context.Context, f RecordingFilter) ([]Recording, string, error) {
	company, err := s.company()
	if err != nil {
		return nil, "", err
	}
	at, id, err := readTimeCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := mostRows(f.Limit)
	var c conditions
	c.add("r.company = ?", company)
	if f.After != "" {
		c.add("r.kept <= ? and (r.kept < ? or r.id < ?)", at, at, id)
	}
	f.narrow(&c)
	all, err := s.recordings(ctx, "select "+recordingColumns+" from recordings r where "+c.text()+" order by r.kept desc, r.id desc limit "+fmt.Sprint(limit+1), c.args)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(all) > limit {
		all = all[:limit]
		next = timeCursor(ms(all[limit-1].At), string(all[limit-1].ID))
	}
	return all, next, nil
}

// narrow adds what is asked for, and what the asker may see.
func (f *RecordingFilter) narrow(c *conditions) {
	const (
		talked  = "exists (select 1 from interaction_agents p where p.company = r.company and p.interaction = r.interaction and p.agent = ? and p.talked = ?)"
		through = "exists (select 1 from distributions d where d.company = r.company and d.interaction = r.interaction and d.queue || '' in ("
	)
	if f.ID != "" {
		c.add("r.id = ?", string(f.ID))
	}
	if f.Queue != "" {
		c.add("r.queue = ?", string(f.Queue))
	}
	if f.Agent != "" {
		c.add(talked, string(f.Agent), true)
	}
	if f.Held {
		c.add("r.held > 0")
	}
	if f.Since != 0 {
		c.add("r.kept >= ?", ms(f.Since))
	}
	if f.Before != 0 {
		c.add("r.kept < ?", ms(f.Before))
	}
	if f.Seen.All {
		return
	}
	ways, args := []string{"1 = 0"}, []any(nil)
	if f.Seen.Agent != "" {
		ways, args = append(ways, talked), append(args, string(f.Seen.Agent), true)
	}
	if len(f.Seen.Queues) > 0 {
		some := strings.TrimSuffix(strings.Repeat("?, ", len(f.Seen.Queues)), ", ")
		ways = append(ways, "r.queue in ("+some+")", through+some+"))")
		for range 2 {
			for _, queue := range f.Seen.Queues {
				args = append(args, string(queue))
			}
		}
	}
	c.add("("+strings.Join(ways, " or ")+")", args...)
}

// Recording finds one that may be seen; an error of kind Missing when there is
// none. One that was deleted is found too.
func (s *Store) Recording(ctx context.Context, seen Scope, id core.RecordID) (*Recording, error) {
	all, _, err := s.Recordings(ctx, RecordingFilter{Seen: seen, ID: id, Limit: 1})
	if err != nil {
		return nil, err
	}
	if id == "" || len(all) == 0 {
		return nil, noRecording(id)
	}
	return &all[0], nil
}

func noRecording(id core.RecordID) error {
	return core.Errorf(core.Missing, "no-such-recording", "There is no recording %s.", id)
}

// RecordingsOf finds the recordings of some calls.
func (s *Store) RecordingsOf(ctx context.Context, calls []core.InteractionID) (map[core.InteractionID][]Recording, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	var c conditions
	c.add("r.company = ?", company)
	args := make([]any, len(calls))
	for i, id := range calls {
		args[i] = string(id)
	}
	c.add("r.interaction in ("+strings.TrimSuffix(strings.Repeat("?, ", len(calls)), ", ")+")", args...)
	all, err := s.recordings(ctx, "select "+recordingColumns+" from recordings r where "+c.text()+" order by r.kept, r.id", c.args)
	if err != nil {
		return nil, err
	}
	of := map[core.InteractionID][]Recording{}
	for _, r := range all {
		of[r.Interaction] = append(of[r.Interaction], r)
	}
	return of, nil
}

func (s *Store) recordings(ctx context.Context, text string, args []any) ([]Recording, error) {
	rows, err := s.read.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("list the recordings: %w", err)
	}
	defer rows.Close()
	var all []Recording
	for rows.Next() {
		var r q.RecordingRow
		err := rows.Scan(&r.ID, &r.Interaction, &r.Queue, &r.Kept, &r.Length, &r.File, &r.Rate, &r.Tracks, &r.Held, &r.HeldBy,
			&r.Deleted, &r.DeletedBy, &r.DeletedWhy, &r.Sha256)
		if err != nil {
			return nil, fmt.Errorf("list the recordings: %w", err)
		}
		all = append(all, recording(&r))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the recordings: %w", err)
	}
	return all, nil
}

func recording(r *q.RecordingRow) Recording {
	return Recording{
		RecordingKept: core.RecordingKept{
			ID: core.RecordID(r.ID), Interaction: core.InteractionID(r.Interaction), Queue: core.QueueID(r.Queue), At: fromMS(r.Kept),
			Length: time.Duration(r.Length) * time.Millisecond, File: r.File, Rate: int(r.Rate), Tracks: int(r.Tracks),
		},
		HeldAt: fromMS(r.Held), HeldBy: core.UserID(r.HeldBy), DeletedAt: fromMS(r.Deleted), DeletedBy: core.UserID(r.DeletedBy),
		DeletedWhy: r.DeletedWhy, SHA256: r.Sha256,
	}
}

func keepRecording(ctx context.Context, w *q.Queries, company string, r *core.RecordingKept) error {
	err := w.PutRecording(ctx, q.PutRecordingParams{
		Company: company, ID: string(r.ID), Interaction: string(r.Interaction), Queue: string(r.Queue), Kept: ms(r.At),
		Length: r.Length.Milliseconds(), File: r.File, Rate: int64(r.Rate), Tracks: int64(r.Tracks),
	})
	if err != nil {
		return fmt.Errorf("keep recording %s: %w", r.ID, err)
	}
	return nil
}

func keepNotice(ctx context.Context, w *q.Queries, company string, n *core.Notice) error {
	err := w.PutNotice(ctx, q.PutNoticeParams{
		Company: company, At: ms(n.At), Kind: n.Kind, CallID: string(n.Call), Agent: string(n.Agent), What: clean(n.What),
	})
	if err != nil {
		return fmt.Errorf("keep the notice of %s: %w", n.Call, err)
	}
	return nil
}

// Notices are the newest news for who runs the company.
func (s *Store) Notices(ctx context.Context, limit int) ([]core.Notice, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.Notices(ctx, q.NoticesParams{Company: company, Limit: int32(mostRows(limit))})
	if err != nil {
		return nil, fmt.Errorf("list the notices: %w", err)
	}
	all := make([]core.Notice, len(rows))
	for i, r := range rows {
		all[i] = core.Notice{Kind: r.Kind, Agent: core.UserID(r.Agent), Call: core.CallID(r.CallID), What: r.What, At: fromMS(r.At)}
	}
	return all, nil
}
