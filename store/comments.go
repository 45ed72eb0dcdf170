package store

import (
	"context"
	"fmt"
	"time"

	"belfry/core"
	"belfry/store/q"
)

// Comment is what somebody wrote about a moment of a recording.
type Comment struct {
	ID   string
	At   core.Time
	User core.UserID
	From time.Duration // from the recording's beginning
	Text string
}

// mostComments is how many a recording may have.
const mostComments = 500

// AddComment keeps a comment; a Conflict when the recording was deleted or has
// as many as it may have.
func (s *Store) AddComment(ctx context.Context, id core.RecordID, c *Comment) error {
	return s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		if _, err := there(ctx, w, company, id); err != nil {
			return err
		}
		n, err := w.CountComments(ctx, q.CountCommentsParams{Company: company, Recording: string(id)})
		if err != nil {
			return fmt.Errorf("comment on %s: %w", id, err)
		}
		if n >= mostComments {
			return core.Errorf(core.Conflict, "too-many-comments", "The recording has %d comments, which is as many as it may have: delete one first.", n)
		}
		err = w.AddComment(ctx, q.AddCommentParams{
			Company: company, Recording: string(id), ID: c.ID, At: ms(c.At), UserID: string(c.User), Place: c.From.Milliseconds(), Text: clean(c.Text),
		})
		if err != nil {
			return fmt.Errorf("comment on %s: %w", id, err)
		}
		return nil
	})
}

// Comments are those on a recording, from its beginning to its end.
func (s *Store) Comments(ctx context.Context, id core.RecordID) ([]Comment, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.Comments(ctx, q.CommentsParams{Company: company, Recording: string(id)})
	if err != nil {
		return nil, fmt.Errorf("list the comments on %s: %w", id, err)
	}
	all := make([]Comment, len(rows))
	for i, r := range rows {
		all[i] = Comment{r.ID, fromMS(r.At), core.UserID(r.UserID), time.Duration(r.Place) * time.Millisecond, r.Text}
	}
	return all, nil
}

// DeleteComment takes a comment away. Only its author may; anybody's when by is
// empty.
func (s *Store) DeleteComment(ctx context.Context, recording core.RecordID, id string, by core.UserID) error {
	return s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		author, err := w.Comment(ctx, q.CommentParams{Company: company, Recording: string(recording), ID: id})
		if err != nil {
			return missing(err, "no-such-comment", "There is no comment %s on this recording.", id)
		}
		if by != "" && author != string(by) {
			return core.Errorf(core.Denied, "not-your-comment", "Only who wrote a comment may delete it.")
		}
		return w.DeleteComment(ctx, q.DeleteCommentParams{Company: company, Recording: string(recording), ID: id})
	})
}
