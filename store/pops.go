package store

import (
	"context"
	"fmt"

	"belfry/core"
	"belfry/store/q"
)

func keepPop(ctx context.Context, w *q.Queries, company string, x *core.Popped) error {
	err := w.PutPop(ctx, q.PutPopParams{
		Company: company, ID: string(x.ID), Interaction: string(x.Interaction), Agent: string(x.Agent), Queue: string(x.Queue),
		Button: x.Button, Label: clean(x.Label), Kind: x.Kind, Occasion: x.When, Address: x.Address,
		At: ms(x.At), Ended: ms(x.Ended), Outcome: x.Outcome, Status: int64(x.Status), Why: x.Why,
	})
	if err != nil {
		return fmt.Errorf("keep the pop %s: %w", x.ID, err)
	}
	return nil
}

// Pops are the buttons that were carried out for a call, in their order.
func (s *Store) Pops(ctx context.Context, id core.InteractionID) ([]core.Popped, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.Pops(ctx, q.PopsParams{Company: company, Interaction: string(id)})
	if err != nil {
		return nil, fmt.Errorf("read the pops of %s: %w", id, err)
	}
	all := make([]core.Popped, len(rows))
	for i, r := range rows {
		all[i] = core.Popped{
			ID: core.PopID(r.ID), Interaction: core.InteractionID(r.Interaction), Agent: core.UserID(r.Agent), Queue: core.QueueID(r.Queue),
			Button: r.Button, Label: r.Label, Kind: r.Kind, When: r.Occasion, Address: r.Address,
			At: fromMS(r.At), Ended: fromMS(r.Ended), Outcome: r.Outcome, Status: int(r.Status), Why: r.Why,
		}
	}
	return all, nil
}
