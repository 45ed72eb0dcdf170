package store

import (
	"context"
	"fmt"
	"time"

	"belfry/core"
	"belfry/store/q"
)

// Message is a voice message and what became of it.
type Message struct {
	core.VoiceMessage
	HeardAt core.Time // zero: nobody has
	HeardBy core.UserID
	DoneAt  core.Time
	DoneBy  core.UserID
}

// VoiceMessages returns one page, newest first, and the cursor of the next.
func (s *Store) VoiceMessages(ctx context.Context, after string, limit int) ([]Message, string, error) {
	company, err := s.company()
	if err != nil {
		return nil, "", err
	}
	at, id, err := readTimeCursor(after)
	if err != nil {
		return nil, "", err
	}
	limit = mostRows(limit)
	rows, err := s.ask.VoiceMessages(ctx, q.VoiceMessagesParams{Company: company, Before: at, BeforeID: id, Most: int32(limit) + 1})
	if err != nil {
		return nil, "", fmt.Errorf("list the voice messages: %w", err)
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = timeCursor(rows[limit-1].Given, rows[limit-1].ID)
	}
	all := make([]Message, len(rows))
	for i, r := range rows {
		all[i] = message(q.VoiceMessageRow(r))
	}
	return all, next, nil
}

// VoiceMessage finds one; an error of kind Missing when there is none.
func (s *Store) VoiceMessage(ctx context.Context, id core.RecordID) (*Message, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	r, err := s.ask.VoiceMessage(ctx, q.VoiceMessageParams{Company: company, ID: string(id)})
	if err != nil {
		return nil, missing(err, "no-such-message", "There is no voice message %s.", id)
	}
	m := message(r)
	return &m, nil
}

func message(r q.VoiceMessageRow) Message {
	return Message{
		VoiceMessage: core.VoiceMessage{
			ID: core.RecordID(r.ID), Interaction: core.InteractionID(r.Interaction), Mailbox: core.MailboxID(r.Mailbox),
			From: core.Party{Number: r.FromNumber, Name: r.FromName}, Name: r.Name, Left: fromMS(r.Given),
			Length: time.Duration(r.Length) * time.Millisecond, File: r.File,
		},
		HeardAt: fromMS(r.Heard), HeardBy: core.UserID(r.HeardBy), DoneAt: fromMS(r.Done), DoneBy: core.UserID(r.DoneBy),
	}
}

// Heard says that somebody has listened to the message. The first keeps the
// honour.
func (s *Store) Heard(ctx context.Context, id core.RecordID, by core.UserID, at core.Time) error {
	return s.markMessage(ctx, id, func(ctx context.Context, w *q.Queries, company string) error {
		return w.HeardVoiceMessage(ctx, q.HeardVoiceMessageParams{Company: company, ID: string(id), Heard: ms(at), HeardBy: string(by)})
	})
}

// Done says that the message needs nothing more. The first keeps the honour.
func (s *Store) Done(ctx context.Context, id core.RecordID, by core.UserID, at core.Time) error {
	return s.markMessage(ctx, id, func(ctx context.Context, w *q.Queries, company string) error {
		return w.DoneVoiceMessage(ctx, q.DoneVoiceMessageParams{Company: company, ID: string(id), Done: ms(at), DoneBy: string(by)})
	})
}

func (s *Store) markMessage(ctx context.Context, id core.RecordID, mark func(context.Context, *q.Queries, string) error) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		if _, err := w.VoiceMessage(ctx, q.VoiceMessageParams{Company: company, ID: string(id)}); err != nil {
			return missing(err, "no-such-message", "There is no voice message %s.", id)
		}
		return mark(ctx, w, company)
	})
}
