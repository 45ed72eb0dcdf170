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

// Person is who is to be erased: a card of the address book, or who has a number.
type Person struct {
	Contact core.ContactID // empty: none
	Numbers []string       // E.164
}

// Traces are what is kept of a person's calls.
type Traces struct {
	Interactions []core.InteractionID
	Messages     []Message
	Recordings   []Recording
	Contacts     []core.ContactID // cards that have one of the numbers
	Last         core.Time        // when the last of the calls ended
}

// TracesOf finds what is kept of a person. A card has its numbers added.
func (s *Store) TracesOf(ctx context.Context, p *Person) (*Traces, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	if p.Contact != "" {
		c, err := s.Contact(ctx, p.Contact)
		if err != nil {
			return nil, err
		}
		p.Numbers = append(p.Numbers, c.Numbers...)
	}
	slices.Sort(p.Numbers)
	p.Numbers = slices.Compact(p.Numbers)
	t := &Traces{}
	if err = s.callsOf(ctx, company, p, t); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(t.Interactions, 200) {
		of, err := s.RecordingsOf(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, id := range part {
			t.Recordings = append(t.Recordings, of[id]...)
		}
	}
	if t.Messages, err = s.messagesOf(ctx, company, p, t.Interactions); err != nil {
		return nil, err
	}
	for _, number := range p.Numbers {
		ids, err := s.ask.ContactsOfNumber(ctx, q.ContactsOfNumberParams{Company: company, Number: number})
		if err != nil {
			return nil, fmt.Errorf("find who has a number: %w", err)
		}
		for _, id := range ids {
			t.Contacts = append(t.Contacts, core.ContactID(id))
		}
	}
	slices.Sort(t.Contacts)
	t.Contacts = slices.Compact(t.Contacts)
	return t, nil
}

// callsOf finds the calls that name the person anywhere in their record.
func (s *Store) callsOf(ctx context.Context, company string, p *Person, t *Traces) error {
	ways, args := []string{"1 = 0"}, []any{company}
	if p.Contact != "" {
		ways, args = append(ways, "contact = ?"), append(args, string(p.Contact))
	}
	for _, number := range p.Numbers {
		ways = append(ways, "from_number = ?", "to_number = ?", `doc like ? escape '\'`)
		args = append(args, number, number, pattern(`"`+number+`"`))
	}
	rows, err := s.read.QueryContext(ctx, "select id, ended from interactions where company = ? and ("+strings.Join(ways, " or ")+") order by id", args...)
	if err != nil {
		return fmt.Errorf("find a person's calls: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id    string
			ended int64
		)
		if err := rows.Scan(&id, &ended); err != nil {
			return fmt.Errorf("find a person's calls: %w", err)
		}
		t.Interactions, t.Last = append(t.Interactions, core.InteractionID(id)), max(t.Last, fromMS(ended))
	}
	return rows.Err()
}

// messagesOf finds the messages that the person left.
func (s *Store) messagesOf(ctx context.Context, company string, p *Person, calls []core.InteractionID) ([]Message, error) {
	var all []Message
	for after := ""; ; {
		page, next, err := s.VoiceMessages(ctx, after, 500)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			if _, called := slices.BinarySearch(calls, m.Interaction); called || slices.Contains(p.Numbers, m.From.Number) {
				all = append(all, m)
			}
		}
		if after = next; next == "" {
			return all, nil
		}
	}
}

// Erasure is the proof that somebody was erased: what was, not who it was.
type Erasure struct {
	ID           string               `json:"-"`
	At           core.Time            `json:"-"`
	By           core.UserID          `json:"-"`
	Interactions []core.InteractionID `json:"interactions"`
	Recordings   []ErasedFile         `json:"recordings"`
	Messages     []ErasedFile         `json:"voice_messages"`
	Contacts     int                  `json:"contacts"`
	Kept         []core.RecordID      `json:"kept"`       // recordings under legal hold
	KeptCalls    []core.InteractionID `json:"kept_calls"` // and their calls
}

// ErasedFile is a file that is no more.
type ErasedFile struct {
	ID     core.RecordID `json:"id"`
	SHA256 string        `json:"sha256"` // empty: it was not known
}

// Erase takes a person out of the rows of their calls and out of the address
// book, and keeps the proof. The files are gone already. Doing so again erases
// what came since.
func (s *Store) Erase(ctx context.Context, p *Person, e *Erasure) error {
	for part := range slices.Chunk(e.Interactions, 100) {
		err := s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
			for _, id := range part {
				if err := eraseCall(ctx, w, company, id, p); err != nil {
					return fmt.Errorf("erase a person from %s: %w", id, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	doc, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("keep the proof of an erasure: %w", err)
	}
	return s.change(ctx, func(ctx context.Context, w *q.Queries, company string) error {
		for _, m := range e.Messages {
			if err := w.DropVoiceMessage(ctx, q.DropVoiceMessageParams{Company: company, ID: string(m.ID)}); err != nil {
				return fmt.Errorf("erase a voice message: %w", err)
			}
		}
		if err := eraseCards(ctx, w, company, p); err != nil {
			return err
		}
		return w.AddErasure(ctx, q.AddErasureParams{Company: company, ID: e.ID, At: ms(e.At), UserID: string(e.By), Doc: string(doc)})
	})
}

// eraseCall takes the person out of one call's record; its times, causes and who
// of us had it stay, so that reports agree with what they said before.
func eraseCall(ctx context.Context, w *q.Queries, company string, id core.InteractionID, p *Person) error {
	text, err := w.InteractionDoc(ctx, q.InteractionDocParams{Company: company, ID: string(id)})
	if err != nil {
		return err
	}
	var i core.Interaction
	if err := json.Unmarshal([]byte(text), &i); err != nil {
		return err
	}
	p.eraseFrom(&i)
	row, err := interactionParams(company, &i)
	if err != nil {
		return err
	}
	if err := w.PutInteraction(ctx, row); err != nil {
		return err
	}
	if err := w.BlankPops(ctx, q.BlankPopsParams{Company: company, Interaction: string(id)}); err != nil {
		return err
	}
	if err := w.BlankQualifications(ctx, q.BlankQualificationsParams{Company: company, Interaction: string(id)}); err != nil {
		return err
	}
	return w.BlankNotices(ctx, q.BlankNoticesParams{Company: company, CallID: string(i.Call)})
}

func (p *Person) eraseFrom(i *core.Interaction) {
	mine := func(number string) bool { return slices.Contains(p.Numbers, number) }
	hide := func(number *string) {
		if mine(*number) {
			*number = ""
		}
	}
	if mine(i.From.Number) || p.Contact != "" && i.Contact == p.Contact && i.Direction == "inbound" {
		i.From = core.Party{Anonymous: true}
	}
	hide(&i.To)
	hide(&i.Forwarded)
	i.Contact, i.Name, i.SIPCallID = "", "", ""
	for n := range i.Vars {
		i.Vars[n].Value = ""
	}
	for n := range i.Path { // what was typed and said stands there
		i.Path[n].What = ""
	}
	for n := range i.Talks {
		hide(&i.Talks[n].Number)
	}
	for n := range i.Transfers {
		t := &i.Transfers[n]
		t.Note = ""
		if mine(t.To.Number) || p.Contact != "" && t.To.Contact == p.Contact {
			t.To.Number, t.To.Contact, t.To.Name = "", "", ""
		}
	}
}

// eraseCards deletes the person's card, takes their numbers off others', and
// deletes those that have no number left.
func eraseCards(ctx context.Context, w *q.Queries, company string, p *Person) error {
	gone := []string{string(p.Contact)}
	for _, number := range p.Numbers {
		cards, err := w.ContactsOfNumber(ctx, q.ContactsOfNumberParams{Company: company, Number: number})
		if err != nil {
			return fmt.Errorf("erase a card: %w", err)
		}
		if err := w.DropNumber(ctx, q.DropNumberParams{Company: company, Number: number}); err != nil {
			return fmt.Errorf("erase a card: %w", err)
		}
		for _, id := range cards {
			n, err := w.CountNumbers(ctx, q.CountNumbersParams{Company: company, Contact: id})
			if err != nil {
				return fmt.Errorf("erase a card: %w", err)
			}
			if n == 0 {
				gone = append(gone, id)
			} else if err := searchAgain(ctx, w, company, id); err != nil {
				return fmt.Errorf("erase a card: %w", err)
			}
		}
	}
	for _, id := range gone {
		if _, err := w.DeleteContact(ctx, q.DeleteContactParams{Company: company, ID: id}); err != nil {
			return fmt.Errorf("erase a card: %w", err)
		}
	}
	return nil
}

// searchAgain makes anew by what a card is found.
func searchAgain(ctx context.Context, w *q.Queries, company, id string) error {
	c, err := w.Contact(ctx, q.ContactParams{Company: company, ID: id})
	if err != nil {
		return err
	}
	numbers, err := w.Numbers(ctx, q.NumbersParams{Company: company, Contact: id})
	if err != nil {
		return err
	}
	return w.PutContact(ctx, q.PutContactParams{
		Company: company, ID: id, Source: c.Source, Name: c.Name, Organisation: c.Organisation, Email: c.Email, Note: c.Note,
		Vip: c.Vip, Created: c.Created, Changed: c.Changed, Search: fold(append([]string{c.Name, c.Organisation, c.Email}, numbers...)...),
	})
}

// Erasures are the proofs, newest first, with the cursor of the next page.
func (s *Store) Erasures(ctx context.Context, after string, limit int) ([]Erasure, string, error) {
	company, err := s.company()
	if err != nil {
		return nil, "", err
	}
	at, id, err := readTimeCursor(after)
	if err != nil {
		return nil, "", err
	}
	limit = mostRows(limit)
	rows, err := s.ask.Erasures(ctx, q.ErasuresParams{Company: company, Before: at, BeforeID: id, Most: int32(limit) + 1})
	if err != nil {
		return nil, "", fmt.Errorf("list the erasures: %w", err)
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = timeCursor(rows[limit-1].At, rows[limit-1].ID)
	}
	all := make([]Erasure, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Doc), &all[i]); err != nil {
			return nil, "", fmt.Errorf("read the erasure %s: %w", r.ID, err)
		}
		all[i].ID, all[i].At, all[i].By = r.ID, fromMS(r.At), core.UserID(r.UserID)
	}
	return all, next, nil
}
