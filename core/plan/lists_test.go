package plan_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"belfry/core"
	"belfry/core/plan"
)

func small() *plan.Doc {
	return &plan.Doc{
		Company:    plan.Company{ID: "com_a", Name: "A", Zone: "UTC", CallerID: "+33100000001"},
		Users:      []plan.User{{ID: "usr_a", Login: "a", Name: "que_a", Profile: "pro_a"}},
		Profiles:   []plan.Profile{{ID: "pro_a", Name: "Agents", Queues: []core.QueueID{"que_b", "que_a"}, Rights: []plan.Right{plan.TakeCalls}}},
		Activities: []plan.Activity{{ID: "act_a", Name: "Calls", Category: plan.Processing}},
		Queues: []plan.Queue{
			{ID: "que_a", Name: "sales", Order: []core.UserID{"usr_a"}, Weights: map[core.UserID]int{"usr_a": 3}},
			{ID: "que_b", Name: "support"},
		},
		Groups: []plan.Group{{ID: "grp_a", Name: "both", Shares: []plan.Share{{Queue: "que_a", Percent: 100}}}},
		Trees: []plan.Tree{{ID: "tre_a", Name: "Welcome", Nodes: []plan.Node{
			{ID: "start", Kind: "start", Outputs: map[string]string{"next": "queue"}},
			{ID: "queue", Kind: "queue", Settings: json.RawMessage(`{"queue":"que_a"}`)},
		}}},
		Numbers: []plan.Number{{Number: "+33100000001", Tree: "tre_a"}},
	}
}

func TestUsed(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]plan.Use{
		"que_a": {
			{"groups", "grp_a", "both", "shares[0].queue"},
			{"profiles", "pro_a", "Agents", "queues[1]"},
			{"trees", "tre_a", "Welcome", "nodes[1].settings.queue"},
		},
		"usr_a":        {{"queues", "que_a", "sales", "order[0]"}, {"queues", "que_a", "sales", "weights.usr_a"}},
		"pro_a":        {{"users", "usr_a", "que_a", "profile"}},
		"tre_a":        {{"numbers", "+33100000001", "", "tree"}},
		"+33100000001": {{"company", "com_a", "A", "caller_id"}},
		"act_a":        nil,
	} {
		got, err := plan.Used(small(), id)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is used by %v, want %v (%v)", id, got, want, err)
		}
	}
}

func TestListsChangeACopy(t *testing.T) {
	t.Parallel()
	d := small()
	before, _ := json.Marshal(d)
	l := plan.QueueList
	next := l.With(l.With(d, plan.Queue{ID: "que_c", Name: "new"}), plan.Queue{ID: "que_a", Name: "other"})
	if len(next.Queues) != 3 || next.Queues[0].Name != "other" || next.Queues[2].ID != "que_c" {
		t.Errorf("%+v", next.Queues)
	}
	if _, x := l.Find(l.Without(next, "que_a"), "que_a"); x != nil {
		t.Error("what was taken out is there")
	}
	if after, _ := json.Marshal(d); string(after) != string(before) {
		t.Error("the document itself has changed")
	}
}
