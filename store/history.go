package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"belfry/core"
	"belfry/store/q"
)

// Filter says which interactions are asked for. A zero field asks for all, but
// a zero Scope sees nothing.
type Filter struct {
	Seen      Scope
	Agent     core.UserID  // talked
	Queue     core.QueueID // the last one
	Outcome   string
	Direction string
	Number    string    // part of the caller's or the dialled number
	Text      string    // part of a number or a name, accents and case aside
	Since     core.Time // came at or after
	Before    core.Time // came before
	After     string    // the cursor
	Limit     int       // 50 when 0; at most 500
}

// Scope is what the asker may see: everything, or all that one of the others
// holds for.
type Scope struct {
	All    bool
	Agent  core.UserID    // talked or had an offer
	Queues []core.QueueID // went through one of these
	Trees  bool           // came through a tree and never reached a queue
}

// Interactions returns one page of the calls that are over, newest first, and
// the cursor of the next, empty at the end.
func (s *Store) Interactions(ctx context.Context, f Filter) ([]core.Interaction, string, error) {
	company, err := s.company()
	if err != nil {
		return nil, "", err
	}
	at, id, err := readTimeCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	limit := mostRows(f.Limit)
	text, args := f.query(company, limit+1, at, id)
	rows, err := s.read.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, "", fmt.Errorf("search the interactions: %w", err)
	}
	defer rows.Close()
	var (
		all  []core.Interaction
		next string
		last struct {
			id   string
			came int64
		}
	)
	for rows.Next() {
		if len(all) == limit {
			next = timeCursor(last.came, last.id)
			break
		}
		var doc string
		if err := rows.Scan(&last.id, &last.came, &doc); err != nil {
			return nil, "", fmt.Errorf("search the interactions: %w", err)
		}
		i, err := readInteraction(last.id, doc)
		if err != nil {
			return nil, "", err
		}
		all = append(all, *i)
	}
	if err := rows.Err(); err != nil {
		return nil, "", fmt.Errorf("search the interactions: %w", err)
	}
	return all, next, nil
}

// query is the SQL that finds the filter's rows from the cursor on.
func (f *Filter) query(company string, limit int, at int64, id string) (string, []any) {
	var c conditions
	from, came, row := "interactions i", "i.came", "i.id"
	if f.Agent != "" { // the agent's own index leads
		from = "interaction_agents a join interactions i on i.company = a.company and i.id = a.interaction"
		came, row = "a.came", "a.interaction"
		c.add("a.company = ? and a.agent = ? and a.talked = ?", company, string(f.Agent), true)
	}
	c.add("i.company = ?", company)
	if f.After != "" {
		c.add(came+" <= ? and ("+came+" < ? or "+row+" < ?)", at, at, id)
	}
	f.narrow(&c)
	f.Seen.narrow(&c)
	c.args = append(c.args, limit)
	return "select i.id, i.came, i.doc from " + from + " where " + c.text() +
		" order by " + came + " desc, " + row + " desc limit $" + strconv.Itoa(len(c.args)), c.args
}

// narrow adds what the filter asks for.
func (f *Filter) narrow(c *conditions) {
	if f.Queue != "" {
		c.add("i.queue = ?", string(f.Queue))
	}
	if f.Outcome != "" {
		c.add("i.outcome = ?", f.Outcome)
	}
	if f.Direction != "" {
		c.add("i.direction = ?", f.Direction)
	}
	if f.Number != "" {
		p := pattern(clean(f.Number))
		c.add(`(i.from_number like ? escape '\' or i.to_number like ? escape '\')`, p, p)
	}
	for _, word := range strings.Fields(fold(f.Text)) {
		c.add(`i.search like ? escape '\'`, pattern(word))
	}
	if f.Since != 0 {
		c.add("i.came >= ?", ms(f.Since))
	}
	if f.Before != 0 {
		c.add("i.came < ?", ms(f.Before))
	}
}

// narrow adds what the asker may see.
func (s *Scope) narrow(c *conditions) {
	if s.All {
		return
	}
	const (
		partaker = "exists (select 1 from interaction_agents p where p.company = i.company and p.agent = ? and p.came = i.came and p.interaction = i.id)"
		through  = "exists (select 1 from distributions d where d.company = i.company and d.interaction = i.id and d.queue || '' in (" // not by the queue's index: it is long
		nowhere  = "(i.mode = 'smart' and not exists (select 1 from distributions d where d.company = i.company and d.interaction = i.id))"
	)
	var ways []string
	var args []any
	if s.Agent != "" {
		ways, args = append(ways, partaker), append(args, string(s.Agent))
	}
	if len(s.Queues) > 0 {
		ways = append(ways, through+strings.TrimSuffix(strings.Repeat("?, ", len(s.Queues)), ", ")+"))")
		for _, queue := range s.Queues {
			args = append(args, string(queue))
		}
	}
	if s.Trees {
		ways = append(ways, nowhere)
	}
	if len(ways) == 0 {
		ways = append(ways, "1 = 0")
	}
	c.add("("+strings.Join(ways, " or ")+")", args...)
}

// conditions are joined by and; each ? becomes the next $n.
type conditions struct {
	all  []string
	args []any
}

func (c *conditions) add(text string, args ...any) {
	var b strings.Builder
	for i, part := range strings.Split(text, "?") {
		if i > 0 {
			c.args = append(c.args, args[i-1])
			b.WriteString("$" + strconv.Itoa(len(c.args)))
		}
		b.WriteString(part)
	}
	c.all = append(c.all, b.String())
}

func (c *conditions) text() string { return strings.Join(c.all, " and ") }

// Interaction finds one, whole; an error of kind Missing when there is none.
func (s *Store) Interaction(ctx context.Context, id core.InteractionID) (*core.Interaction, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	doc, err := s.ask.InteractionDoc(ctx, q.InteractionDocParams{Company: company, ID: string(id)})
	if err != nil {
		return nil, missing(err, "no-such-interaction", "There is no interaction %s.", id)
	}
	return readInteraction(string(id), doc)
}

func readInteraction(id, doc string) (*core.Interaction, error) {
	i := &core.Interaction{}
	if err := json.Unmarshal([]byte(doc), i); err != nil {
		return nil, fmt.Errorf("read interaction %s: %w", id, err)
	}
	return i, nil
}
