package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"belfry/core"
	"belfry/store/q"
)

// Keep keeps the facts, all or none. The same fact twice changes nothing: what
// a voice message has become since stays.
func (s *Store) Keep(ctx context.Context, facts []core.Fact) error {
	if len(facts) == 0 {
		return nil
	}
	company, err := s.company()
	if err != nil {
		return err
	}
	rows := make([]row, len(facts)) // made here, so that the writer only writes
	for i, f := range facts {
		if rows[i], err = makeRow(company, f); err != nil {
			return err
		}
	}
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		for _, keep := range rows {
			if err := keep(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// row writes one fact.
type row func(ctx context.Context, w *q.Queries) error

func makeRow(company string, f core.Fact) (row, error) {
	switch f := f.(type) {
	case core.Interaction:
		p, err := interactionParams(company, &f)
		return func(ctx context.Context, w *q.Queries) error { return keepInteraction(ctx, w, p, &f) }, err
	case core.VoiceMessage:
		return func(ctx context.Context, w *q.Queries) error { return keepVoiceMessage(ctx, w, company, &f) }, nil
	case core.AgentMoved:
		return func(ctx context.Context, w *q.Queries) error { return keepSpan(ctx, w, company, &f) }, nil
	case core.RecordingKept:
		return func(ctx context.Context, w *q.Queries) error { return keepRecording(ctx, w, company, &f) }, nil
	case core.Qualification:
		return func(ctx context.Context, w *q.Queries) error { return keepQualification(ctx, w, company, &f) }, nil
	case core.Popped:
		return func(ctx context.Context, w *q.Queries) error { return keepPop(ctx, w, company, &f) }, nil
	case core.Notice:
		return func(ctx context.Context, w *q.Queries) error { return keepNotice(ctx, w, company, &f) }, nil
	default:
		return nil, fmt.Errorf("keep: nobody has told how a %T is kept", f)
	}
}

func interactionParams(company string, i *core.Interaction) (q.PutInteractionParams, error) {
	doc, err := json.Marshal(i)
	if err != nil {
		return q.PutInteractionParams{}, fmt.Errorf("keep interaction %s: %w", i.ID, err)
	}
	return q.PutInteractionParams{
		Company: company, ID: string(i.ID), CallID: string(i.Call), Direction: i.Direction, Mode: i.Mode,
		FromNumber: clean(i.From.Number), ToNumber: clean(i.To), Contact: string(i.Contact), Queue: string(i.Queue),
		Agent: string(i.Agent), Outcome: i.Outcome, EndedBy: i.EndedBy,
		Came: ms(i.Came), Answered: ms(i.Answered), Ended: ms(i.Ended),
		Talk: i.Talk.Milliseconds(), Held: i.Held.Milliseconds(),
		Search: fold(i.From.Number, i.From.Name, i.To, i.Name), Doc: string(doc), Parent: string(i.Parent),
	}, nil
}

func keepInteraction(ctx context.Context, w *q.Queries, row q.PutInteractionParams, i *core.Interaction) error {
	company := row.Company
	if err := w.PutInteraction(ctx, row); err != nil {
		return fmt.Errorf("keep interaction %s: %w", i.ID, err)
	}
	for _, p := range partakers(i) {
		err := w.PutInteractionAgent(ctx, q.PutInteractionAgentParams{
			Company: company, Agent: string(p.agent), Came: ms(i.Came), Interaction: string(i.ID), Talked: p.talked,
		})
		if err != nil {
			return fmt.Errorf("keep the agents of %s: %w", i.ID, err)
		}
	}
	for n, d := range i.Distributions {
		err := w.PutDistribution(ctx, q.PutDistributionParams{
			Company: company, Interaction: string(i.ID), Place: int64(n), Queue: string(d.Queue), GroupID: string(d.Group),
			Entered: ms(d.Entered), Gone: ms(d.Left), Outcome: d.Outcome, Agent: string(d.Agent), Wait: d.Wait.Milliseconds(),
		})
		if err != nil {
			return fmt.Errorf("keep the distributions of %s: %w", i.ID, err)
		}
	}
	return nil
}

type partaker struct {
	agent  core.UserID
	talked bool
}

// partakers are the agents who talked or had an offer, each once.
func partakers(i *core.Interaction) []partaker {
	var all []partaker
	add := func(agent core.UserID, talked bool) {
		if agent == "" {
			return
		}
		if n := slices.IndexFunc(all, func(p partaker) bool { return p.agent == agent }); n >= 0 {
			all[n].talked = all[n].talked || talked
			return
		}
		all = append(all, partaker{agent, talked})
	}
	add(i.Agent, !i.Answered.IsZero())
	for _, o := range i.Offers {
		add(o.Agent, o.Outcome == "answered")
	}
	for _, d := range i.Distributions {
		add(d.Agent, d.Outcome == "answered")
	}
	for _, t := range i.Talks {
		add(t.Agent, true)
	}
	for _, l := range i.Legs {
		add(l.Agent, !l.Up.IsZero())
	}
	return all
}

func keepVoiceMessage(ctx context.Context, w *q.Queries, company string, m *core.VoiceMessage) error {
	err := w.PutVoiceMessage(ctx, q.PutVoiceMessageParams{
		Company: company, ID: string(m.ID), Interaction: string(m.Interaction), Mailbox: string(m.Mailbox),
		FromNumber: clean(m.From.Number), FromName: clean(m.From.Name), Name: clean(m.Name), Given: ms(m.Left), Length: m.Length.Milliseconds(), File: m.File,
	})
	if err != nil {
		return fmt.Errorf("keep voice message %s: %w", m.ID, err)
	}
	return nil
}

func keepSpan(ctx context.Context, w *q.Queries, company string, a *core.AgentMoved) error {
	err := w.PutSpan(ctx, q.PutSpanParams{
		Company: company, Agent: string(a.Agent), Began: ms(a.From), State: string(a.State), Ended: ms(a.To),
		Activity: string(a.Activity), Reason: a.Reason,
	})
	if err != nil {
		return fmt.Errorf("keep the day of %s: %w", a.Agent, err)
	}
	return nil
}

// Span is a stretch of an agent's day.
type Span = core.AgentMoved

// Spans are an agent's stretches that touch the time from since to until, in
// their order.
func (s *Store) Spans(ctx context.Context, agent core.UserID, since, until core.Time) ([]Span, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.Spans(ctx, q.SpansParams{Company: company, Agent: string(agent), Since: ms(since), Until: ms(until)})
	if err != nil {
		return nil, fmt.Errorf("read the day of %s: %w", agent, err)
	}
	all := make([]Span, len(rows))
	for i, r := range rows {
		all[i] = Span{
			Agent: core.UserID(r.Agent), State: core.RoutingState(r.State), Activity: core.ActivityID(r.Activity),
			From: fromMS(r.Began), To: fromMS(r.Ended), Reason: r.Reason,
		}
	}
	return all, nil
}

// clean takes out what PostgreSQL refuses in text: zero bytes and broken UTF-8.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "")
}
