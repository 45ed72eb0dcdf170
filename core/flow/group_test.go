package flow

import (
	"encoding/json"
	"testing"

	"belfry/core"
	"belfry/core/plan"
)

func TestGroupNode(t *testing.T) {
	t.Parallel()
	g := tr(t, `group {"group": "grp_a", "priority_seconds": -5} full=mailbox`, `mailbox {"mailbox": "box_a"}`)
	c := call(t, g)
	c.story("begin -> enter que_a by grp_a -5", "left full -> message box_a")
	next := call(t, g)
	next.env.Groups = c.env.Groups
	next.story("begin -> enter que_b by grp_a -5")
	call(t, tr(t, `group {"group": "grp_x"} error=mailbox`, `mailbox {"mailbox": "box_a"}`)).story("begin -> message box_a")
}

// Within any 100 calls in a row each queue is within one call of its share,
// with the counters written and read back in the middle.
func TestShares(t *testing.T) {
	t.Parallel()
	groups := []*plan.Group{
		{ID: "g1", Shares: []plan.Share{{Queue: "a", Percent: 50}, {Queue: "b", Percent: 50}}},
		{ID: "g2", Shares: []plan.Share{{Queue: "a", Percent: 97}, {Queue: "b", Percent: 2}, {Queue: "c", Percent: 1}}},
		{ID: "g3", Shares: []plan.Share{{Queue: "a", Percent: 0}, {Queue: "b", Percent: 33}, {Queue: "c", Percent: 33}, {Queue: "d", Percent: 34}}},
		{ID: "g4", Shares: fifty()},
	}
	b := &Balance{}
	chosen := make([][]core.QueueID, len(groups))
	for i := range 10_000 {
		for j, g := range groups {
			chosen[j] = append(chosen[j], b.Next(g))
		}
		if i == 5037 {
			text, err := json.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			b = &Balance{}
			if err := json.Unmarshal(text, b); err != nil {
				t.Fatal(err)
			}
		}
	}
	for j, g := range groups {
		for _, s := range g.Shares {
			count := 0
			for i, q := range chosen[j] {
				if q == s.Queue {
					count++
				}
				if i >= 100 && chosen[j][i-100] == s.Queue {
					count--
				}
				if i >= 99 && (count < s.Percent-1 || count > s.Percent+1) {
					t.Fatalf("%s: %s had %d of the 100 calls up to %d, its share is %d", g.ID, s.Queue, count, i, s.Percent)
				}
			}
		}
	}
}

func fifty() []plan.Share {
	var shares []plan.Share
	for i := range 50 {
		shares = append(shares, plan.Share{Queue: core.QueueID(rune('A' + i)), Percent: 2})
	}
	return shares
}

func TestOtherSharesStartAnew(t *testing.T) {
	t.Parallel()
	b := &Balance{}
	g := &plan.Group{ID: "g", Shares: []plan.Share{{Queue: "a", Percent: 10}, {Queue: "b", Percent: 90}}}
	for range 7 {
		b.Next(g)
	}
	other := &plan.Group{ID: "g", Shares: []plan.Share{{Queue: "a", Percent: 60}, {Queue: "b", Percent: 40}}}
	if got := b.Next(other); got != "a" || b.Groups[0].Current[0] != -40 || len(b.Groups) != 1 {
		t.Errorf("%s, %+v", got, b)
	}
	if got := b.Next(&plan.Group{ID: "empty"}); got != "" {
		t.Errorf("a group without queues gave %q", got)
	}
}
