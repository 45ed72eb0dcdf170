package store

import (
	"context"
	"fmt"
	"strings"

	"belfry/core/floor"
)

// rule is something that must hold of the data. Its query finds the ids that
// break it, at most 20.
type rule struct {
	invariant int // its number in ARCHITECTURE.md
	what      string
	query     string
}

var rules = []rule{
	{4, "a call has more than one interaction", `select call_id from interactions where company = $1 group by call_id having count(*) > 1 limit 20`},
	{4, "an interaction is not closed", `select id from interactions where company = $1 and (ended = 0 or outcome = '' or came = 0) limit 20`},
	{3, "an interaction ends before it begins", `select id from interactions where company = $1 and (ended < came or (answered <> 0 and (answered < came or answered > ended)) or talk < 0 or held < 0) limit 20`},
	{4, "an interaction that was answered has no agent", `select id from interactions where company = $1 and outcome = 'answered' and (agent = '' or answered = 0) limit 20`},
	{2, "a call left its queue by a failure of ours", `select interaction from distributions where company = $1 and outcome = 'error' limit 20`},
	{4, "a distribution has no outcome", `select interaction from distributions where company = $1 and outcome = '' limit 20`},
	{3, "a distribution ends before it begins", `select interaction from distributions where company = $1 and (gone < entered or wait < 0) limit 20`},
	{4, "a distribution has no interaction", `select d.interaction from distributions d left join interactions i on i.company = d.company and i.id = d.interaction where d.company = $1 and i.id is null limit 20`},
	{1, "an agent was in two states at once", `select a.agent from agent_spans a join agent_spans b on b.company = a.company and b.agent = a.agent and b.began > a.began and b.began < a.ended - 1 where a.company = $1 limit 20`},
	{6, "a span of an agent's day ends before it begins", `select agent from agent_spans where company = $1 and ended < began limit 20`},
	{4, "a voice message has no interaction", `select v.id from voice_messages v left join interactions i on i.company = v.company and i.id = v.interaction
		where v.company = $1 and i.id is null and v.given < $2 limit 20`},
	{4, "a recording has no interaction", `select r.id from recordings r left join interactions i on i.company = r.company and i.id = r.interaction
		where r.company = $1 and i.id is null and r.kept < $2 limit 20`},
	{8, "something belongs to another company", `select company from interactions where company <> $1 union select company from users where company <> $1 union select company from plans where company <> $1 union select company from changes where company <> $1 limit 20`},
}

// openFor is how long a call may go on after it left a message or its recording
// was ready.
const openFor = 60_000 // ms

// Check returns what does not hold of the data; `belfry check` and the drills
// ask for it. It reads everything, so it is not for every minute.
func (s *Store) Check(ctx context.Context) ([]floor.Broken, error) {
	var broken []floor.Broken
	sound, err := s.column(ctx, `pragma quick_check`)
	if err != nil {
		return nil, fmt.Errorf("check the database file: %w", err)
	}
	if len(sound) != 1 || sound[0] != "ok" {
		broken = append(broken, floor.Broken{What: "the database file is damaged", IDs: sound})
	}
	company, err := s.company()
	if err != nil {
		return broken, nil //nolint:nilerr // nothing is kept yet
	}
	for _, r := range rules {
		args := []any{company}
		if strings.Contains(r.query, "$2") {
			args = append(args, s.now().UnixMilli()-openFor)
		}
		ids, err := s.column(ctx, r.query, args...)
		if err != nil {
			return nil, fmt.Errorf("check whether %s: %w", r.what, err)
		}
		if len(ids) > 0 {
			broken = append(broken, floor.Broken{Invariant: r.invariant, What: r.what, IDs: ids})
		}
	}
	return broken, nil
}

// column returns the first column of what the query finds.
func (s *Store) column(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
