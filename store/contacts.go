package store

import (
	"context"
	"fmt"
	"strings"

	"belfry/core"
	"belfry/store/q"
)

// Contact is a person or firm of the address book.
type Contact struct {
	ID           core.ContactID
	Name         string
	Numbers      []string // E.164
	Source       string   // crm, directory
	Organisation string
	Email        string
	Note         string
	VIP          bool
	Created      core.Time // set by SaveContact
	Changed      core.Time
}

// SaveContact keeps the contact in place of one with the same id.
func (s *Store) SaveContact(ctx context.Context, c Contact) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	now := ms(core.At(s.now()))
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		err := w.PutContact(ctx, q.PutContactParams{
			Company: company, ID: string(c.ID), Source: c.Source, Name: clean(c.Name), Organisation: clean(c.Organisation),
			Email: clean(c.Email), Note: clean(c.Note), Created: now, Changed: now,
			Search: fold(append([]string{c.Name, c.Organisation, c.Email}, c.Numbers...)...), Vip: c.VIP,
		})
		if err != nil {
			return fmt.Errorf("save contact %s: %w", c.ID, err)
		}
		if err := w.DeleteNumbers(ctx, q.DeleteNumbersParams{Company: company, Contact: string(c.ID)}); err != nil {
			return fmt.Errorf("save contact %s: %w", c.ID, err)
		}
		for i, number := range c.Numbers {
			err := w.AddNumber(ctx, q.AddNumberParams{Company: company, Contact: string(c.ID), Place: int64(i), Number: number})
			if err != nil {
				return fmt.Errorf("save contact %s: %w", c.ID, err)
			}
		}
		return nil
	})
}

func (c *Contact) check() error {
	if c.ID == "" {
		return core.FieldErrorf("id", "required", "a contact needs an id")
	}
	if strings.TrimSpace(c.Name) == "" {
		return core.FieldErrorf("name", "required", "a contact needs a name")
	}
	for _, n := range c.Numbers {
		digits := strings.TrimPrefix(n, "+")
		if len(digits) < 2 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
			return core.FieldErrorf("numbers", "bad-number", "%q is not a number: + and up to 15 digits", n)
		}
	}
	return nil
}

// DeleteContact takes the contact out of the book. Interactions keep its name.
func (s *Store) DeleteContact(ctx context.Context, id core.ContactID) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		if err := w.DeleteNumbers(ctx, q.DeleteNumbersParams{Company: company, Contact: string(id)}); err != nil {
			return fmt.Errorf("delete contact %s: %w", id, err)
		}
		n, err := w.DeleteContact(ctx, q.DeleteContactParams{Company: company, ID: string(id)})
		if err == nil && n == 0 {
			return core.Errorf(core.Missing, "no-such-contact", "There is no contact %s.", id)
		}
		return err
	})
}

// Contact finds one, whole; an error of kind Missing when there is none.
func (s *Store) Contact(ctx context.Context, id core.ContactID) (*Contact, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	r, err := s.ask.Contact(ctx, q.ContactParams{Company: company, ID: string(id)})
	if err != nil {
		return nil, missing(err, "no-such-contact", "There is no contact %s.", id)
	}
	return s.contact(ctx, company, r)
}

func (s *Store) contact(ctx context.Context, company string, r q.ContactRow) (*Contact, error) {
	numbers, err := s.ask.Numbers(ctx, q.NumbersParams{Company: company, Contact: r.ID})
	if err != nil {
		return nil, fmt.Errorf("read contact %s: %w", r.ID, err)
	}
	return &Contact{
		ID: core.ContactID(r.ID), Name: r.Name, Numbers: numbers, Source: r.Source, Organisation: r.Organisation,
		Email: r.Email, Note: r.Note, VIP: r.Vip, Created: fromMS(r.Created), Changed: fromMS(r.Changed),
	}, nil
}

// ContactByNumber finds who has the number, the one known longest when several
// have; an error of kind Missing when nobody has. Only ID, Name and VIP are filled.
func (s *Store) ContactByNumber(ctx context.Context, number string) (*Contact, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	r, err := s.ask.ContactByNumber(ctx, q.ContactByNumberParams{Company: company, Number: clean(number)})
	if err != nil {
		return nil, missing(err, "no-such-contact", "Nobody in the address book has this number.")
	}
	return &Contact{ID: core.ContactID(r.ID), Name: r.Name, VIP: r.Vip}, nil
}

// CallsWith counts the calls that are over from and to a number.
func (s *Store) CallsWith(ctx context.Context, number string) (int, error) {
	company, err := s.company()
	if err != nil || number == "" {
		return 0, err
	}
	n, err := s.ask.CallsWith(ctx, q.CallsWithParams{Company: company, FromNumber: clean(number)})
	if err != nil {
		return 0, fmt.Errorf("count the calls with a number: %w", err)
	}
	return int(n), nil
}

// Contacts returns one page of those whose name, firm, address or number holds
// the text, by name, and the cursor of the next.
func (s *Store) Contacts(ctx context.Context, text, after string, limit int) ([]Contact, string, error) {
	company, err := s.company()
	if err != nil {
		return nil, "", err
	}
	p := q.ContactsParams{Company: company, Pattern: pattern(fold(text)), Most: int32(mostRows(limit)) + 1}
	if after != "" {
		if p.AfterName, p.AfterID, err = readCursor(after); err != nil {
			return nil, "", err
		}
	}
	rows, err := s.ask.Contacts(ctx, p)
	if err != nil {
		return nil, "", fmt.Errorf("search the contacts: %w", err)
	}
	next := ""
	if most := mostRows(limit); len(rows) > most {
		rows = rows[:most]
		next = cursor(rows[most-1].Name, rows[most-1].ID)
	}
	all := make([]Contact, 0, len(rows))
	for _, r := range rows {
		c, err := s.contact(ctx, company, q.ContactRow(r))
		if err != nil {
			return nil, "", err
		}
		all = append(all, *c)
	}
	return all, next, nil
}
