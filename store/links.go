package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"belfry/core"
	"belfry/store/q"
)

// Link lets whoever has it listen to one recording until it expires.
type Link struct {
	ID        string
	Recording core.RecordID
	Made      core.Time
	By        core.UserID
	Expires   core.Time
	Ended     core.Time // taken back; zero: it was not
}

// AddLink keeps a link and returns its token, which is not kept: only who is
// given it has it.
func (s *Store) AddLink(ctx context.Context, l *Link) (token string, err error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	token = base64.RawURLEncoding.EncodeToString(secret)
	return token, s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		if _, err := there(ctx, w, company, l.Recording); err != nil {
			return err
		}
		err := w.AddLink(ctx, q.AddLinkParams{
			Company: company, Hash: tokenHash(token), ID: l.ID, Recording: string(l.Recording), Made: ms(l.Made), MadeBy: string(l.By), Expires: ms(l.Expires),
		})
		if err != nil {
			return fmt.Errorf("share %s: %w", l.Recording, err)
		}
		return nil
	})
}

// LinkOf finds the link with a token that still holds at an instant; kind
// Missing when there is none, whatever the reason: who tries learns nothing.
func (s *Store) LinkOf(ctx context.Context, token string, now core.Time) (*Link, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	r, err := s.ask.Link(ctx, q.LinkParams{Company: company, Hash: tokenHash(token)})
	if err == nil && (r.Ended > 0 || r.Expires <= ms(now)) {
		err = core.Errorf(core.Missing, "no-such-link", "This link has expired, or was taken back. Ask who sent it for another.")
	}
	if err != nil {
		return nil, missing(err, "no-such-link", "This link has expired, or was taken back. Ask who sent it for another.")
	}
	return &Link{r.ID, core.RecordID(r.Recording), fromMS(r.Made), core.UserID(r.MadeBy), fromMS(r.Expires), fromMS(r.Ended)}, nil
}

// Links are those to a recording, newest first, whether they still hold or not.
func (s *Store) Links(ctx context.Context, id core.RecordID) ([]Link, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.Links(ctx, q.LinksParams{Company: company, Recording: string(id)})
	if err != nil {
		return nil, fmt.Errorf("list the links to %s: %w", id, err)
	}
	all := make([]Link, len(rows))
	for i, r := range rows {
		all[i] = Link{r.ID, id, fromMS(r.Made), core.UserID(r.MadeBy), fromMS(r.Expires), fromMS(r.Ended)}
	}
	return all, nil
}

// EndLink takes a link back: nobody listens by it any more. Doing so twice
// keeps the first.
func (s *Store) EndLink(ctx context.Context, recording core.RecordID, id string, at core.Time) error {
	return s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		n, err := w.CountLink(ctx, q.CountLinkParams{Company: company, Recording: string(recording), ID: id})
		if err == nil && n == 0 {
			return core.Errorf(core.Missing, "no-such-link", "There is no link %s to this recording.", id)
		}
		if err != nil {
			return fmt.Errorf("take the link %s back: %w", id, err)
		}
		_, err = w.EndLink(ctx, q.EndLinkParams{Company: company, Recording: string(recording), ID: id, Ended: ms(at)})
		return err
	})
}
