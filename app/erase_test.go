package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/store"
)

// Who is erased has no file left, save what is under legal hold; the floor is told
// whom to forget, and the proof says what was erased.
func TestErase(t *testing.T) {
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
	const claire = "+33612345678"
	at := core.At(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	var facts []core.Fact
	for _, id := range []string{"1", "held"} {
		facts = append(facts, core.Interaction{
			ID: core.InteractionID("int_" + id), Call: core.CallID("cal_" + id), Direction: "inbound", From: core.Party{Number: claire}, Came: at, Ended: at.Add(time.Minute),
		}, core.RecordingKept{
			ID: core.RecordID("rec_" + id), Interaction: core.InteractionID("int_" + id), At: at, Length: time.Second, File: "recordings/rec_" + id + ".wav", Rate: 8000, Tracks: 2,
		})
	}
	facts = append(facts, core.VoiceMessage{ID: "vm_1", Interaction: "int_1", From: core.Party{Number: claire}, Left: at, File: "voice/vm_1.wav"})
	if err := st.Keep(ctx, facts); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"recordings/rec_1.wav", "recordings/rec_1.json", "recordings/rec_1.peaks", "recordings/rec_held.wav", "voice/vm_1.wav"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(`{"sha256":"feed"}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var told []core.Event
	e := erasures{recordings{st, dir, slog.New(slog.DiscardHandler)}, func(ev core.Event) error { told = append(told, ev); return nil }}
	if err := e.Hold(ctx, "rec_held", true, "usr_ada", at); err != nil {
		t.Fatal(err)
	}
	who := api.Person{Numbers: []string{claire}}
	if _, err := e.Erase(ctx, who, "ers_0", "usr_ada", at.Add(90*time.Second)); core.KindOf(err) != core.Conflict {
		t.Errorf("just after the call: %v", err)
	}
	proof, err := e.Erase(ctx, who, "ers_1", "usr_ada", at.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if len(proof.Interactions) != 1 || len(proof.Recordings) != 1 || proof.Recordings[0] != (api.ErasedFile{ID: "rec_1", SHA256: "feed"}) ||
		len(proof.Messages) != 1 || len(proof.Messages[0].SHA256) != 64 || len(proof.Kept) != 1 || proof.Kept[0] != "rec_held" {
		t.Errorf("%+v", proof)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*_*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "rec_held.wav" {
		t.Errorf("left: %v %v", left, err)
	}
	if held, err := st.Interaction(ctx, "int_held"); err != nil || held.From.Number != claire {
		t.Errorf("evidence is touched: %+v %v", held, err)
	}
	if len(told) != 1 || told[0].(core.NumbersErased).Numbers[0] != claire { //nolint:forcetypeassert // it panics, then
		t.Errorf("the floor is told %+v", told)
	}
	all, _, err := e.Erasures(ctx, "", 0)
	if err != nil || len(all) != 1 || all[0].ID != "ers_1" {
		t.Errorf("%+v %v", all, err)
	}
}
