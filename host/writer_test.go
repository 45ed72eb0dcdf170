package host

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"belfry/core"
)

// A disk that is away: calls go on, facts wait, and all is there afterwards.
func TestADiskThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "record")
		w := open(t, dir).begin()
		time.Sleep(time.Second)
		away := dir + ".away"
		if err := os.Rename(dir, away); err != nil {
			t.Fatal(err)
		}
		w.inLoop(func() { w.rec.turn(w.seq + 1) }) // the next file cannot be made
		w.tell(came(1), core.LegGone{Leg: "leg_s1"})
		time.Sleep(5 * time.Second)
		equal(t, "orders", w.told(), []string{"Answer leg=leg_s1"})
		equal(t, "facts", w.kept(), nil)
		if s := w.Stats(); s.RecordBroken == "" || s.Uncommitted == 0 {
			t.Errorf("%+v", s)
		}
		if err := os.Rename(away, dir); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		equal(t, "facts", w.kept(), []string{"cal_1 answered"})
		if s := w.Stats(); s.RecordBroken != "" || s.Uncommitted != 0 {
			t.Errorf("%+v", s)
		}
		w.close()
		if got, err := replay(dir, io.Discard, toys()); err != nil || got.Torn != "" || int(got.Seq) != got.Events {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestTheRecordTurnsItsFilesAndForgetsOldOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir).begin()
		for i := range 5 * 60 {
			w.tell(came(i))
			time.Sleep(time.Minute)
		}
		files, err := list(dir, recordEnd)
		if err != nil || len(files) != 5 {
			t.Errorf("five hours are in %d files, %v", len(files), err)
		}
		snaps, _ := list(dir, snapshotEnd)
		if len(snaps) < 5 || len(snaps) > 10 {
			t.Errorf("%d snapshots are kept", len(snaps))
		}
		for _, f := range files {
			var out strings.Builder
			got, err := replay(f.path, &out, toys())
			if err != nil || got.Compared == 0 && f != files[4] || len(got.Differ) > 0 || !strings.Contains(out.String(), "  -> Answer leg=leg_s") {
				t.Errorf("%s: %+v %v", f.path, got, err)
			}
		}
		w.close()
		got, err := replay(dir, io.Discard, toys())
		if err != nil || got.Compared < 5 || len(got.Differ) > 0 || got.Events != int(got.Seq) {
			t.Errorf("all: %+v %v", got, err)
		}

		later := time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC) // the files' times are the machine's
		w = open(t, dir, func(o *Options) { o.Now = func() time.Time { return later } }).begin()
		w.settle()
		if err := w.prune(); err != nil {
			t.Error(err)
		}
		if files, _ := list(dir, recordEnd); len(files) != 1 {
			t.Errorf("a hundred years later %d files are left", len(files))
		}
		w.close()
		w = open(t, dir)
		if w.Stats().Seq != 0 && w.seq < got.Seq {
			t.Errorf("then the floor stands at %d", w.seq)
		}
		w.close()
	})
}

func TestADamagedSnapshotGivesWayToAnOlderOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir).begin()
		for i := range 6 {
			w.tell(came(i))
			time.Sleep(11 * time.Second)
		}
		w.close()
		snaps, _ := list(dir, snapshotEnd)
		newest := snaps[len(snaps)-1].path
		b, err := os.ReadFile(newest)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)-3] ^= 1
		if err := os.WriteFile(newest, b, 0o600); err != nil {
			t.Fatal(err)
		}
		w = open(t, dir)
		if w.Live("cal_5") == nil || !w.logged("trying an older one") {
			t.Error("the live call is lost")
		}
		w.close()
		for _, s := range snaps {
			if err := os.Remove(s.path); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		_ = os.Remove(fileName(dir, w.seq, snapshotEnd))
		w = open(t, dir)
		if w.Live("cal_5") == nil {
			t.Error("the record alone does not suffice")
		}
		w.close()
	})
}

func TestWordsHideDigits(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		`DigitCame leg=leg_s1 digit='?'`:                       core.DigitCame{Leg: "leg_s1", Digit: '7'},
		`SendDigits leg=leg_s1 digits=???`:                     core.SendDigits{Leg: "leg_s1", Digits: "123"},
		`Asked ask=1 agent=usr_a want=(Keys call=c digits=??)`: core.Asked{Ask: 1, Agent: "usr_a", Want: core.Keys{Call: "c", Digits: "42"}},
		`LegGone leg=l cause.why=hung_up quality.mosin=441`:    core.LegGone{Leg: "l", Cause: core.Cause{Why: core.HungUp}, Quality: &core.Quality{MOSIn: 441}},
		`CallCame from.name="a b\n\"c" announce=true`:          core.CallCame{From: core.Party{Name: "a b\n\"c"}, Announce: true},
		`PlanChanged revision=3 doc=2 bytes`:                   core.PlanChanged{Revision: 3, Doc: []byte("{}")},
		`Note fact=(VoiceMessage id=vm_1 left=01:00:00.000)`:   core.Note{Fact: core.VoiceMessage{ID: "vm_1", Left: core.At(time.Unix(3600, 0))}},
		`Play leg=l sounds="[a b]" loop=true`:                  core.Play{Leg: "l", Sounds: []core.SoundID{"a", "b"}, Loop: true},
		"Woke":                                                 core.Woke{},
		"nothing":                                              nil,
	} {
		if got := words(v); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// BenchmarkHost is a call's life through the host with its record on disk: news
// told by one goroutine, an order to a driver, four events a call.
func BenchmarkHost(b *testing.B) {
	w := &world{}
	h, err := Open(Options{Dir: b.TempDir(), floors: toys(), Inbox: 1 << 30, Late: time.Hour, Log: slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		b.Fatal(err)
	}
	if err := h.Start(Life{Drivers: Drivers{Signal: func(core.Order) {}, Audio: func(core.Order) {}}}); err != nil {
		b.Fatal(err)
	}
	evs := typical()
	b.ResetTimer()
	for i := range b.N {
		ev := evs[i%len(evs)]
		if _, ok := ev.(core.Woke); ok {
			ev = core.LegHeld{Leg: "leg_s01JABCDEFGHJKMNPQRSTVWXYZ0"}
		}
		if err := h.Tell(ev); err != nil {
			b.Fatal(err)
		}
		if i%1000 == 999 { // a driver does not run away from the floor
			h.Desk("usr_ann")
		}
	}
	h.Desk("usr_ann")
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	if err := h.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	if s := h.Stats(); s.Panics > 0 {
		b.Error(w.log.String())
	}
}

// BenchmarkRebuild is how long a start takes with so many events after the last
// snapshot. The floor is the toy: what is measured is reading and decoding.
func BenchmarkRebuild(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(strings.TrimSuffix(time.Duration(n).String(), "ns"), func(b *testing.B) {
			dir := b.TempDir()
			w := newWriter(dir, 0, 0, 0, slog.New(slog.DiscardHandler), func() {})
			enc, evs := newEncoder(), typical()
			for i := range n {
				line, err := enc.event(core.News{Seq: uint64(i + 1), At: core.Time(i + 1), Event: evs[i%len(evs)]}, nil)
				if err != nil {
					b.Fatal(err)
				}
				w.add(uint64(i+1), line)
			}
			if err := w.close(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				r, err := rebuild(dir, toys(), 0, slog.New(slog.DiscardHandler), mend)
				if err != nil || r.steps != n {
					b.Fatal(r, err)
				}
			}
		})
	}
}
