package store

import (
	"context"
	"fmt"

	"belfry/core"
	"belfry/store/q"
)

func keepQualification(ctx context.Context, w *q.Queries, company string, x *core.Qualification) error {
	err := w.PutQualification(ctx, q.PutQualificationParams{
		Company: company, Interaction: string(x.Interaction), Agent: string(x.Agent), Queue: string(x.Queue),
		Value: clean(x.Value), Note: clean(x.Note), Due: x.Due, At: ms(x.At),
	})
	if err != nil {
		return fmt.Errorf("keep the qualification of %s: %w", x.Interaction, err)
	}
	return nil
}

// Qualifications are how the agents of a call say that it went.
func (s *Store) Qualifications(ctx context.Context, id core.InteractionID) ([]core.Qualification, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.Qualifications(ctx, q.QualificationsParams{Company: company, Interaction: string(id)})
	if err != nil {
		return nil, fmt.Errorf("read the qualifications of %s: %w", id, err)
	}
	all := make([]core.Qualification, len(rows))
	for i, r := range rows {
		all[i] = qualification(r)
	}
	return all, nil
}

// ToQualify are the calls whose qualification is still owed, newest first.
func (s *Store) ToQualify(ctx context.Context, limit int) ([]core.Qualification, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.DueQualifications(ctx, q.DueQualificationsParams{Company: company, Due: true, Limit: int32(mostRows(limit))})
	if err != nil {
		return nil, fmt.Errorf("list what is to be qualified: %w", err)
	}
	all := make([]core.Qualification, len(rows))
	for i, r := range rows {
		all[i] = qualification(q.QualificationsRow(r))
	}
	return all, nil
}

func qualification(r q.QualificationsRow) core.Qualification {
	return core.Qualification{
		Interaction: core.InteractionID(r.Interaction), Agent: core.UserID(r.Agent), Queue: core.QueueID(r.Queue),
		Value: r.Value, Note: r.Note, Due: r.Due, At: fromMS(r.At),
	}
}
