package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"belfry/core"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(t *testing.T, path string)
		want    string
	}{
		"no database": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(strings.Repeat("This is a letter. ", 500)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not a sound database"},
		"a folder in its place": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "cannot be written to"},
		"a file in place of the folder": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.Remove(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Dir(path), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not a directory"},
		"a newer schema": {func(t *testing.T, path string) {
			t.Helper()
			s, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.write.Exec("insert into goose_db_version (version_id, is_applied) values (99, 1)"); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}, "newer Belfry: its schema is 99, this one knows "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "data", "belfry.db")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			c.prepare(t, path)
			_, err := Open(t.Context(), path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), filepath.Dir(path)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Another program that is writing, and does not stop.
func TestADatabaseThatIsHeld(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "belfry.db")
	other, err := sql.Open("sqlite", "file:"+path+"?_pragma=locking_mode(EXCLUSIVE)&_txlock=exclusive")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("create table t (a int)"); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path)
	if err == nil || !strings.Contains(err.Error(), "another program holds it") {
		t.Errorf("got %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
}

func TestAnEmptyDatabaseHasNoCompany(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "folder", "bel fry?#.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if revision, _, err := s.LoadPlan(t.Context()); revision != 0 || err != nil {
		t.Errorf("revision %d, %v", revision, err)
	}
	if _, _, err := s.Interactions(t.Context(), Filter{}); core.KindOf(err) != core.Missing {
		t.Errorf("got %v", err)
	}
	if broken, err := s.Check(t.Context()); len(broken) > 0 || err != nil {
		t.Errorf("%v %v", broken, err)
	}
	if err := s.Ready(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if err := s.writer.do(t.Context(), nil); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

// What is promised to outlive a power cut needs these settings.
func TestTheDatabaseKeepsItsWord(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "belfry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, db := range map[string]*sql.DB{"write": s.write, "read": s.read} {
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000"} {
			var got string
			if err := db.QueryRow("pragma " + pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %s, %v", name, pragma, got, err)
			}
		}
	}
	if _, err := s.read.Exec("delete from users"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestRecordsOutliveTheProgram(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "belfry.db")
	ctx := t.Context()
	for i := range 3 {
		s, err := Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		revision, _, err := s.LoadPlan(ctx)
		if err != nil || int(revision) != i {
			t.Errorf("revision %d, %v", revision, err)
		}
		if _, err := s.SavePlan(ctx, "com_a", revision, doc(ann)); err != nil {
			t.Fatal(err)
		}
		if err := s.Keep(ctx, []core.Fact{call(i)}); err != nil {
			t.Fatal(err)
		}
		if all, _, err := s.Interactions(ctx, Filter{Seen: Scope{All: true}}); err != nil || len(all) != i+1 {
			t.Errorf("%d interactions, %v", len(all), err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestHashes(t *testing.T) {
	t.Parallel()
	h := hashPassword("demo")
	if h == hashPassword("demo") {
		t.Error("two hashes share a salt")
	}
	for password, want := range map[string]bool{"demo": true, "Demo": false, "": false} {
		if same, err := samePassword(h, password); same != want || err != nil {
			t.Errorf("%q: %v %v", password, same, err)
		}
	}
	if same, err := samePassword(nobody, ""); same || err != nil {
		t.Errorf("nobody: %v %v", same, err)
	}
	for _, bad := range []string{"", "demo", "$argon2id$v=19$m=1,t=0,p=1$AAAA$AAAA", "$argon2id$v=19$m=99999999,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=8,t=1,p=1$AAAA$", "$argon2id$v=18$m=8,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=8,t=1,p=1$?$AAAA"} {
		if _, err := samePassword(bad, "demo"); !errors.Is(err, errHash) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA")
	f.Add(nobody)
	f.Fuzz(func(t *testing.T, hash string) {
		if len(hash) < 200 && !strings.Contains(hash, "m=1") { // cheap ones
			_, _ = samePassword(hash, "x")
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("Hélène  FONTAINE\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		once := fold(text)
		if strings.ContainsAny(once, "\x00\n") || strings.HasPrefix(once, " ") {
			t.Errorf("%q", once)
		}
		_, _ = fold(once), pattern(once)
		_, _, _ = readTimeCursor(text)
	})
}

// BenchmarkKeep is how fast calls that are over are kept, 500 at a time as the
// host gives them, or one at a time by many.
func BenchmarkKeep(b *testing.B) {
	open := func(b *testing.B) *Store {
		b.Helper()
		s, err := Open(b.Context(), filepath.Join(b.TempDir(), "belfry.db"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		if _, err := s.SavePlan(b.Context(), "com_a", 0, doc(ann)); err != nil {
			b.Fatal(err)
		}
		return s
	}
	make1 := func(n int) core.Interaction {
		i := call(n)
		i.ID, i.Call = core.InteractionID(fmt.Sprintf("int_%026d", n)), core.CallID(fmt.Sprintf("cal_%026d", n))
		return i
	}
	b.Run("500 at a time", func(b *testing.B) {
		s := open(b)
		before := cpu(b)
		b.ResetTimer()
		for n := 0; n < b.N; n += 500 {
			facts := make([]core.Fact, min(500, b.N-n))
			for i := range facts {
				facts[i] = make1(n + i)
			}
			if err := s.Keep(b.Context(), facts); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "interactions/s")
		b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/1000, "cpu-µs/op")
	})
	b.Run("one at a time by 64", func(b *testing.B) {
		s := open(b)
		b.SetParallelism(32)
		n := make(chan int, b.N)
		for i := range b.N {
			n <- i
		}
		b.ResetTimer()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if err := s.Keep(context.Background(), []core.Fact{make1(<-n)}); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "interactions/s")
	})
}

// BenchmarkHistory is a page of history out of 20,000 calls.
func BenchmarkHistory(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "belfry.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if _, err := s.SavePlan(b.Context(), "com_a", 0, doc(ann)); err != nil {
		b.Fatal(err)
	}
	for n := 0; n < 20_000; n += 500 {
		facts := make([]core.Fact, 500)
		for i := range facts {
			facts[i] = call(n + i)
		}
		if err := s.Keep(b.Context(), facts); err != nil {
			b.Fatal(err)
		}
	}
	for name, f := range map[string]Filter{
		"all":      {Seen: Scope{All: true}},
		"an agent": {Seen: Scope{Agent: "usr_ann"}, Agent: "usr_ann"},
		"queues":   {Seen: Scope{Queues: []core.QueueID{"que_sales"}, Trees: true}},
		"text":     {Seen: Scope{All: true}, Text: "00000123"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := s.Interactions(b.Context(), f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// cpu is what this process has used, so that a busy machine does not blur it.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkLogin(b *testing.B) {
	h := hashPassword("demo")
	b.ResetTimer()
	for b.Loop() {
		_, _ = samePassword(h, "demo")
	}
	b.ReportMetric(float64(time.Second)/float64(b.Elapsed())*float64(b.N), "logins/s")
}

// The history's queries must follow an index in the order that is asked for:
// then a page costs the same in a large database as in a small one.
func TestHistoryFollowsAnIndex(t *testing.T) {
	each(t, func(b *bench) {
		for name, f := range map[string]Filter{
			"all":        {Seen: Scope{All: true}},
			"an agent":   {Seen: Scope{Agent: "usr_ann"}, Agent: "usr_ann"},
			"supervisor": {Seen: Scope{Agent: "usr_ann", Queues: []core.QueueID{"que_sales"}, Trees: true}},
			"a queue":    {Seen: Scope{All: true}, Queue: "que_sales", After: "x"},
		} {
			text, args := f.query("com_a", 51, 1<<62, "x")
			rows, err := b.read.QueryContext(b.ctx, "explain query plan "+text, args...)
			b.must(err)
			defer rows.Close()
			for rows.Next() {
				var id, parent, unused int
				var step string
				b.must(rows.Scan(&id, &parent, &unused, &step))
				if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") || strings.Contains(step, "distributions_queue") {
					b.t.Errorf("%s: %s", name, step)
				}
			}
			b.must(rows.Err())
		}
	})
}
