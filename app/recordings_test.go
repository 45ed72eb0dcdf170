package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
	"belfry/store"
)

// TestSweep: recordings go when no queue that their call passed keeps them any
// longer; the longest wins, and what is under legal hold stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), t.Context()
	st, err := store.Open(ctx, filepath.Join(dir, "belfry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := st.SavePlan(ctx, "com_a", 0, []byte(`{"company":{"id":"com_a","name":"A"}}`)); err != nil {
		t.Fatal(err)
	}
	p, err := plan.Compile(1, &plan.Doc{
		Company: plan.Company{ID: "com_a", Name: "A"},
		Queues:  []plan.Queue{{ID: "que_30", Name: "30", KeepDays: 30}, {ID: "que_90", Name: "90", KeepDays: 90}, {ID: "que_ever", Name: "ever"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := recordings{st, dir, slog.New(slog.DiscardHandler)}
	at := core.At(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	file := func(id core.RecordID, suffix string) string {
		return filepath.Join(dir, "recordings", string(id)+suffix)
	}
	if err := os.Mkdir(filepath.Join(dir, "recordings"), 0o700); err != nil {
		t.Fatal(err)
	}
	for id, queues := range map[core.RecordID][]core.QueueID{
		"rec_30": {"que_30"}, "rec_90": {"que_30", "que_90"}, "rec_ever": {"que_30", "que_ever"}, "rec_held": {"que_30"}, "rec_direct": {""}, "rec_gone": {"que_30", "que_gone"},
	} {
		call := core.Interaction{ID: core.InteractionID("int_" + id), Call: core.CallID("cal_" + id), Came: at}
		for _, q := range queues[1:] {
			call.Distributions = append(call.Distributions, core.Distribution{Queue: q})
		}
		kept := core.RecordingKept{ID: id, Interaction: call.ID, Queue: queues[0], At: at, Length: time.Second, File: "recordings/" + string(id) + ".wav", Rate: 8000, Tracks: 2}
		if err := st.Keep(ctx, []core.Fact{call, kept}); err != nil {
			t.Fatal(err)
		}
		for _, suffix := range []string{".wav", ".json", ".peaks"} {
			if err := os.WriteFile(file(id, suffix), []byte(`{"sha256":"feed"}`), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.Hold(ctx, "rec_held", true, "usr_ada", at); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		day, n int
		gone   []core.RecordID
	}{{29, 0, nil}, {31, 2, []core.RecordID{"rec_30", "rec_gone"}}, {31, 0, nil}, {1000, 1, []core.RecordID{"rec_90"}}} {
		n, err := r.sweep(ctx, p, at.Add(days(row.day)))
		if err != nil || n != row.n {
			t.Errorf("day %d: %d deleted, %v; want %d", row.day, n, err, row.n)
		}
		for _, id := range row.gone {
			for _, suffix := range []string{".wav", ".json", ".peaks"} {
				if _, err := os.Stat(file(id, suffix)); !os.IsNotExist(err) {
					t.Errorf("%s%s is still there: %v", id, suffix, err)
				}
			}
			got, err := st.Recording(ctx, store.Scope{All: true}, id)
			if err != nil || got.DeletedAt.IsZero() || got.SHA256 != "feed" || got.DeletedWhy == "" || got.DeletedBy != "" {
				t.Errorf("%s: %+v, %v", id, got, err)
			}
		}
	}
	for _, id := range []core.RecordID{"rec_ever", "rec_held", "rec_direct"} {
		if _, err := os.Stat(file(id, ".wav")); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	p.Doc.Company.KeepDays = 60 // for what came through no queue
	if n, err := r.sweep(ctx, p, at.Add(days(59))); err != nil || n != 0 {
		t.Errorf("%d deleted, %v", n, err)
	}
	if n, err := r.sweep(ctx, p, at.Add(days(61))); err != nil || n != 1 {
		t.Errorf("%d deleted, %v", n, err)
	}
	if _, err := os.Stat(file("rec_direct", ".wav")); !os.IsNotExist(err) {
		t.Error("a recording of a direct call outlives the company's days")
	}
	// A crash between the record and the files: the next sweep removes them.
	if err := st.DeleteRecording(ctx, "rec_ever", "usr_ada", "asked", "", at); err != nil {
		t.Fatal(err)
	}
	if _, err := r.sweep(ctx, p, at); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file("rec_ever", ".wav")); !os.IsNotExist(err) {
		t.Error("the file of a deleted recording is still there")
	}
}
