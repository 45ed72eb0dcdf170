package store

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"belfry/core"
)

// call is an interaction with everything in it.
func call(n int) core.Interaction {
	came := core.At(noon.Add(time.Duration(n) * time.Minute))
	i := core.Interaction{
		ID: core.InteractionID(fmt.Sprintf("int_%03d", n)), Call: core.CallID(fmt.Sprintf("cal_%03d", n)), Direction: "inbound", Mode: "smart",
		From: core.Party{Number: fmt.Sprintf("+336%08d", n), Name: "Zoë"}, To: "+33100000001", Name: "Hélène", Queue: "que_sales", Agent: "usr_ann",
		Outcome: "answered", EndedBy: "caller", Cause: core.Cause{Why: core.HungUp}, Came: came, Answered: came.Add(5 * time.Second), Ended: came.Add(time.Minute),
		Talk:          55 * time.Second,
		Path:          []core.Visit{{Node: "n1", At: came, Output: "next"}},
		Vars:          []core.Var{{Name: "digits", Value: "2", Source: "menu"}},
		Distributions: []core.Distribution{{Queue: "que_sales", Entered: came, Left: came.Add(5 * time.Second), Outcome: "answered", Agent: "usr_ann", Wait: 5 * time.Second}},
		Offers: []core.OfferRecord{
			{ID: "off_1", Agent: "usr_bob", Queue: "que_sales", Made: came, Outcome: "ignored"},
			{ID: "off_2", Agent: "usr_ann", Queue: "que_sales", Made: came, Outcome: "answered", Decision: core.Decision{Candidates: []core.Candidate{{Agent: "usr_ann", Score: 3}}}},
		},
		Legs:      []core.LegRecord{{Leg: "leg_s1", Kind: "caller", Quality: &core.Quality{MOSIn: 441}}},
		SIPCallID: "x@y",
	}
	if n%2 == 1 {
		i.Agent, i.Answered, i.Outcome, i.Talk, i.Queue, i.Offers = "", 0, "abandoned", 0, "que_support", nil
		i.Distributions[0] = core.Distribution{Queue: "que_support", Entered: came, Left: i.Ended, Outcome: "caller_left", Wait: time.Minute}
	}
	if n%5 == 4 {
		i.Queue, i.Distributions, i.Offers, i.Agent, i.Answered, i.Outcome, i.Talk = "", nil, nil, "", 0, "hung_up", 0
	}
	return i
}

func keepCalls(b *bench, n int) {
	b.t.Helper()
	var facts []core.Fact
	for i := range n {
		facts = append(facts, call(i))
	}
	b.must(b.Keep(b.ctx, facts))
}

func TestInteractions(t *testing.T) {
	each(t, func(b *bench) {
		keepCalls(b, 20)
		keepCalls(b, 20) // twice changes nothing
		got, err := b.Interaction(b.ctx, "int_004")
		b.must(err)
		want := call(4)
		if !reflect.DeepEqual(*got, want) {
			b.t.Errorf("got  %+v\nwant %+v", *got, want)
		}
		_, err = b.Interaction(b.ctx, "int_999")
		b.is(err, core.Missing, "no-such-interaction")
		at := func(n int) core.Time { return core.At(noon.Add(time.Duration(n) * time.Minute)) }
		everything := Scope{All: true}
		for _, c := range []struct {
			name string
			f    Filter
			want []int // newest first
		}{
			{"a zero scope sees nothing", Filter{}, nil},
			{"all, the newest first", Filter{Seen: everything, Limit: 3}, []int{19, 18, 17}},
			{"who talked", Filter{Seen: everything, Agent: "usr_ann", Limit: 3}, []int{18, 16, 12}},
			{"who only was offered calls did not talk", Filter{Seen: everything, Agent: "usr_bob"}, nil},
			{"a queue", Filter{Seen: everything, Queue: "que_support", Limit: 2}, []int{17, 15}},
			{"an outcome", Filter{Seen: everything, Outcome: "hung_up"}, []int{19, 14, 9, 4}},
			{"a direction", Filter{Seen: everything, Direction: "outbound"}, nil},
			{"a number", Filter{Seen: everything, Number: "60000001", Limit: 5}, []int{19, 18, 17, 16, 15}},
			{"the end of a number", Filter{Seen: everything, Number: "0000007"}, []int{7}},
			{"no pattern in a number", Filter{Seen: everything, Number: "%"}, nil},
			{"words", Filter{Seen: everything, Text: "helene ZOE 00000003"}, []int{3}},
			{"some time", Filter{Seen: everything, Since: at(3), Before: at(6)}, []int{5, 4, 3}},
			{"all together", Filter{Seen: everything, Agent: "usr_ann", Queue: "que_sales", Outcome: "answered", Direction: "inbound", Text: "zoe", Number: "+33", Since: at(1), Before: at(7)}, []int{6, 2}},
			{"an agent sees what was offered too", Filter{Seen: Scope{Agent: "usr_bob"}, Limit: 2}, []int{18, 16}},
			{"a supervisor's queues", Filter{Seen: Scope{Queues: []core.QueueID{"que_x", "que_support"}}, Limit: 3}, []int{17, 15, 13}},
			{"what never reached a queue", Filter{Seen: Scope{Trees: true}}, []int{19, 14, 9, 4}},
			{"a supervisor who also takes calls", Filter{Seen: Scope{Agent: "usr_ann", Queues: []core.QueueID{"que_support"}, Trees: true}, Limit: 3}, []int{19, 18, 17}},
			{"others' calls are not seen by asking for them", Filter{Seen: Scope{Agent: "usr_zoe"}, Agent: "usr_ann"}, nil},
		} {
			all, next, err := b.Interactions(b.ctx, c.f)
			if err != nil {
				b.t.Errorf("%s: %v", c.name, err)
				continue
			}
			var ids, want []string
			for _, i := range all {
				ids = append(ids, string(i.ID))
			}
			for _, n := range c.want {
				want = append(want, fmt.Sprintf("int_%03d", n))
			}
			if !slices.Equal(ids, want) || (next != "") != (c.f.Limit == len(ids) && len(ids) > 0) {
				b.t.Errorf("%s: got %v %q, want %v", c.name, ids, next, want)
			}
		}
	})
}

func TestPagesOfInteractions(t *testing.T) {
	each(t, func(b *bench) {
		var facts []core.Fact
		for i := range 50 { // many in the same instant
			c := call(i)
			c.Came = core.At(noon.Add(time.Duration(i/10) * time.Second))
			facts = append(facts, c)
		}
		b.must(b.Keep(b.ctx, facts))
		for _, f := range []Filter{{Seen: Scope{All: true}, Limit: 7}, {Seen: Scope{Agent: "usr_ann"}, Agent: "usr_ann", Limit: 3}} {
			seen := map[core.InteractionID]bool{}
			for pages := 0; ; pages++ {
				all, next, err := b.Interactions(b.ctx, f)
				b.must(err)
				for _, i := range all {
					if seen[i.ID] {
						b.t.Errorf("%s comes twice", i.ID)
					}
					seen[i.ID] = true
				}
				if next == "" || pages > 50 {
					break
				}
				f.After = next
			}
			if want := 50; f.Agent == "" && len(seen) != want || f.Agent != "" && len(seen) != 20 {
				b.t.Errorf("%d were seen", len(seen))
			}
		}
		_, _, err := b.Interactions(b.ctx, Filter{Seen: Scope{All: true}, After: "x"})
		b.is(err, core.Invalid, "bad-cursor")
	})
}
