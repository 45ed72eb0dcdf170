package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"belfry/core"
)

// The person's number and name, and what they said and typed, are nowhere in the
// rows afterwards; times and who of us had the call stay.
func TestErase(t *testing.T) {
	each(t, func(b *bench) {
		const claire, other = "+33612345678", "+33600000009"
		b.must(b.SaveContact(b.ctx, Contact{ID: "con_claire", Name: "Claire Fontaine", Numbers: []string{claire, "+33144001022"}, Source: "crm"}))
		b.must(b.SaveContact(b.ctx, Contact{ID: "con_firm", Name: "Hôtel", Numbers: []string{"+33144001022", other}, Source: "crm"}))
		call := func(id string, from, to string) core.Interaction {
			return core.Interaction{
				ID: core.InteractionID("int_" + id), Call: core.CallID("cal_" + id), Direction: "inbound", From: core.Party{Number: from, Name: "Claire F"}, To: to,
				Contact: "con_claire", Name: "Claire Fontaine", Agent: "usr_ann", Outcome: "answered", Talk: time.Minute,
				Came: core.At(noon), Answered: core.At(noon), Ended: core.At(noon.Add(time.Minute)),
				Vars: []core.Var{{Name: "contract", Value: "FR-88213", Source: "typed"}}, Path: []core.Visit{{Node: "ask", What: "typed 88213"}},
				Talks: []core.TalkRecord{{Agent: "usr_ann", Role: "owner", Began: core.At(noon), Ended: core.At(noon.Add(time.Minute))}},
			}
		}
		in, out, apart := call("1", claire, "+33100000001"), call("2", "", claire), call("3", other, "+33100000001")
		out.Direction, out.From = "outbound", core.Party{}
		apart.Contact, apart.Name, apart.From.Name = "con_firm", "Hôtel", ""
		apart.Vars[0].Value, apart.Path[0].What = "FR-1", "typed 1"
		sent := call("4", other, "+33100000001")
		sent.Contact, sent.Name, sent.From.Name = "con_firm", "Hôtel", ""
		sent.Transfers = []core.TransferRecord{{ID: "tra_1", To: core.Target{Number: claire, Name: "Claire Fontaine", Contact: "con_claire"}, Note: "she knows"}}
		b.must(b.Keep(b.ctx, []core.Fact{
			in, out, apart, sent,
			core.Qualification{Interaction: "int_1", Agent: "usr_ann", Value: "sale", Note: "Claire is nice", At: core.At(noon)},
			core.Popped{ID: "pop_1", Interaction: "int_1", Agent: "usr_ann", Kind: "url", Address: "https://crm.example.com/?tel=" + claire + "&name=Claire", Outcome: "opened"},
			core.VoiceMessage{ID: "vm_1", Interaction: "int_1", From: core.Party{Number: claire}, Name: "Claire", Left: core.At(noon), File: "voice/vm_1.wav"},
			core.VoiceMessage{ID: "vm_2", Interaction: "int_3", From: core.Party{Number: other}, Left: core.At(noon), File: "voice/vm_2.wav"},
		}))
		p := Person{Contact: "con_claire"}
		traces, err := b.TracesOf(b.ctx, &p)
		b.must(err)
		if !slices.Equal(traces.Interactions, []core.InteractionID{"int_1", "int_2", "int_4"}) || len(traces.Messages) != 1 ||
			!slices.Equal(traces.Contacts, []core.ContactID{"con_claire", "con_firm"}) || traces.Last != core.At(noon.Add(time.Minute)) {
			b.t.Errorf("%+v", traces)
		}
		proof := Erasure{ID: "ers_1", At: core.At(noon), By: "usr_ada", Interactions: traces.Interactions, Messages: []ErasedFile{{"vm_1", "abc"}}, Contacts: 1}
		b.must(b.Erase(b.ctx, &p, &proof))
		for _, table := range []string{"interactions", "contacts", "contact_numbers", "voice_messages", "qualifications", "pops", "notices", "erasures"} {
			for _, word := range []string{claire, "laire", "88213", "33144001022", "she knows"} {
				if n := b.holding(table, word); n != 0 {
					b.t.Errorf("%s holds %q in %d rows", table, word, n)
				}
			}
		}
		got, err := b.Interaction(b.ctx, "int_1")
		b.must(err)
		if got.Talk != time.Minute || got.Talks[0].Agent != "usr_ann" || got.Outcome != "answered" || !got.From.Anonymous || got.To != "+33100000001" {
			b.t.Errorf("%+v", got)
		}
		if got, err = b.Interaction(b.ctx, "int_3"); err != nil || got.From.Number != other || got.Vars[0].Value != "FR-1" {
			b.t.Errorf("somebody else's: %+v %v", got, err)
		}
		firm, err := b.ContactByNumber(b.ctx, other)
		if err != nil || firm.ID != "con_firm" {
			b.t.Errorf("somebody else's card: %+v %v", firm, err)
		}
		_, err = b.TracesOf(b.ctx, &Person{Contact: "con_claire"})
		b.is(err, core.Missing, "no-such-contact")
		all, _, err := b.Erasures(b.ctx, "", 0)
		if err != nil || len(all) != 1 || all[0].By != "usr_ada" || all[0].Messages[0].SHA256 != "abc" || len(all[0].Interactions) != 3 {
			b.t.Errorf("%+v %v", all, err)
		}
		b.must(b.Erase(b.ctx, &Person{Numbers: []string{claire}}, &Erasure{ID: "ers_2", At: core.At(noon)})) // nothing is left to do
	})
}

// holding counts the rows that hold a text in any column.
func (b *bench) holding(table, text string) (n int) {
	b.t.Helper()
	rows, err := b.read.QueryContext(b.ctx, "select * from "+table)
	b.must(err)
	defer rows.Close()
	names, err := rows.Columns()
	b.must(err)
	for rows.Next() {
		values := make([]string, len(names))
		to := make([]any, len(names))
		for i := range values {
			to[i] = &values[i]
		}
		b.must(rows.Scan(to...))
		if strings.Contains(strings.Join(values, "\n"), text) {
			n++
		}
	}
	b.must(rows.Err())
	return n
}
