package store

import (
	"testing"
	"time"

	"belfry/core"
)

func TestQualifications(t *testing.T) {
	each(t, func(b *bench) {
		owed := core.Qualification{Interaction: "int_1", Agent: "usr_ann", Queue: "que_sales", Due: true, At: core.At(noon)}
		said := owed
		said.Due, said.Value, said.Note, said.At = false, "sold", "two of them", core.At(noon.Add(time.Minute))
		other := owed
		other.Interaction = "int_2"
		b.must(b.Keep(b.ctx, []core.Fact{owed, other, said, owed})) // the oldest comes again after a restart
		got, err := b.Qualifications(b.ctx, "int_1")
		b.must(err)
		if len(got) != 1 || got[0] != said {
			b.t.Errorf("%+v", got)
		}
		due, err := b.ToQualify(b.ctx, 10)
		b.must(err)
		if len(due) != 1 || due[0] != other {
			b.t.Errorf("%+v", due)
		}
	})
}

func TestNoticesOfOneInstant(t *testing.T) {
	each(t, func(b *bench) {
		n := core.Notice{Kind: "device_lost", Agent: "usr_ann", What: "no_station", At: core.At(noon)}
		m := n
		m.Agent = "usr_bob"
		b.must(b.Keep(b.ctx, []core.Fact{n, m, n}))
		all, err := b.Notices(b.ctx, 0)
		b.must(err)
		if len(all) != 2 {
			b.t.Errorf("%+v", all)
		}
	})
}

func TestPops(t *testing.T) {
	each(t, func(b *bench) {
		p := core.Popped{
			ID: "pop_1", Interaction: "int_1", Agent: "usr_ann", Queue: "que_sales", Button: "crm", Label: "Fiche client", Kind: "url",
			When: "presented", Address: "https://crm.example.com/?tel=%2B336", At: core.At(noon), Ended: core.At(noon.Add(time.Second)), Outcome: "opened",
		}
		later := p
		later.ID, later.Kind, later.When, later.At, later.Outcome, later.Status, later.Why = "pop_0", "http", "ended", core.At(noon.Add(time.Minute)), "refused", 500, "x"
		b.must(b.Keep(b.ctx, []core.Fact{later, p, p}))
		got, err := b.Pops(b.ctx, "int_1")
		b.must(err)
		if len(got) != 2 || got[0] != p || got[1] != later {
			b.t.Errorf("%+v", got)
		}
	})
}
