package flow

import (
	"encoding/json"
	"fmt"
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
			chosen[j] = append(chosen[j], b.Next(g, nil, ""))
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
		b.Next(g, nil, "")
	}
	other := &plan.Group{ID: "g", Shares: []plan.Share{{Queue: "a", Percent: 60}, {Queue: "b", Percent: 40}}}
	if got := b.Next(other, nil, ""); got != "a" || b.Groups[0].Current[0] != -40 || len(b.Groups) != 1 {
		t.Errorf("%s, %+v", got, b)
	}
	if got := b.Next(&plan.Group{ID: "empty"}, nil, ""); got != "" {
		t.Errorf("a group without queues gave %q", got)
	}
}

// A queue that takes no calls is passed over and the others have its part, in
// proportion; when it is back each has its own again.
func TestSharesOfTheAble(t *testing.T) {
	t.Parallel()
	g := &plan.Group{ID: "g", SkipUnable: true, Shares: []plan.Share{
		{Queue: "a", Percent: 50}, {Queue: "b", Percent: 30}, {Queue: "c", Percent: 20},
	}}
	b := &Balance{}
	count := func(n int, able func(core.QueueID) bool) map[core.QueueID]int {
		got := map[core.QueueID]int{}
		for range n {
			got[b.Next(g, able, "")]++
		}
		return got
	}
	if got := count(100, func(q core.QueueID) bool { return q != "a" }); got["a"] != 0 || got["b"] < 59 || got["b"] > 61 {
		t.Errorf("without a: %v", got)
	}
	if got := count(100, nil); got["a"] < 49 || got["a"] > 51 || got["c"] < 19 || got["c"] > 21 {
		t.Errorf("all of them: %v", got)
	}
	if got := count(10, func(core.QueueID) bool { return false }); got["a"] < 4 || got["b"] == 0 {
		t.Errorf("none of them is able, and then all take calls: %v", got)
	}
}

// A caller who is known has the queue of the last time, after a restart too, and
// the shares of all calls stay what they are.
func TestStickyCaller(t *testing.T) {
	t.Parallel()
	g := &plan.Group{ID: "g", Sticky: true, Shares: []plan.Share{{Queue: "a", Percent: 50}, {Queue: "b", Percent: 50}}}
	b := &Balance{}
	first := map[string]core.QueueID{}
	total := map[core.QueueID]int{}
	for i := range 10_000 {
		caller := fmt.Sprint("+33", 100+i*7%3000)
		q := b.Next(g, nil, caller)
		total[q]++
		if was := first[caller]; was != "" && was != q {
			t.Fatalf("%s had %s and has %s now", caller, was, q)
		}
		first[caller] = q
		if i == 5000 {
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
	if total["a"] < 4900 || total["a"] > 5100 {
		t.Errorf("%v", total)
	}
	for i := range mostCallers + 10 {
		b.Next(g, nil, fmt.Sprint("+44", i))
	}
	if n := len(b.Groups[0].Callers); n != mostCallers {
		t.Errorf("%d callers are remembered", n)
	}
}
