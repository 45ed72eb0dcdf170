package floor

import (
	"bytes"
	"encoding/json"
	"testing"

	"belfry/core"
)

// TestAnOldSnapshotIsRead: a snapshot of a version in which a call had one offer at
// most, and in which some words were not known yet. The floor that is read of it
// does the same.
func TestAnOldSnapshotIsRead(t *testing.T) {
	t.Parallel()
	s := newTeller(t)
	for _, line := range []string{
		"09:00:00 ready ann",
		"09:00:01 in c1 +33100000001 from +33600000001",
		"09:00:02 drawn ann",
		"09:00:03 in c2 +33100000001 from +33600000002",
	} {
		s.tell(line)
	}
	text, err := s.f.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	old, err := Restore(aged(t, text))
	if err != nil {
		t.Fatal(err)
	}
	if old.Hash() != s.f.Hash() {
		t.Error("the floor that is read of it is another one")
	}
	next := core.News{Seq: s.seq + 1, At: s.now, Event: core.Asked{Ask: 1, Agent: "usr_ann", Want: core.Accept{Offer: s.off["ann"]}}}
	was, is := len(s.f.Step(next)), len(old.Step(next))
	if was == 0 || was != is || old.Hash() != s.f.Hash() || old.calls["cal_c1"].Stage != talking {
		t.Errorf("then it does something else: %d orders and %d; the call is %s", was, is, old.calls["cal_c1"].Stage)
	}
}

// aged is the snapshot as the first version of form 1 wrote it.
func aged(t *testing.T, text []byte) []byte {
	t.Helper()
	var z map[string]any
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber() // a time has more digits than a float
	if err := read.Decode(&z); err != nil {
		t.Fatal(err)
	}
	for _, c := range z["Calls"].([]any) {
		call := c.(map[string]any)
		if offers, _ := call["Offers"].([]any); len(offers) > 0 {
			call["Offer"] = offers[0]
		}
		delete(call, "Offers")
		delete(call, "Guests")
		delete(call, "Join")
	}
	for _, a := range z["Agents"].([]any) {
		agent := a.(map[string]any)
		for _, young := range []string{"Posts", "Spent", "Declines", "ToQualify", "NextProfile", "Profile"} {
			delete(agent, young)
		}
	}
	delete(z, "Spent")
	b, err := json.Marshal(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
