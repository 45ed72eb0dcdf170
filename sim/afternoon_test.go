package sim

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"

	_ "time/tzdata"
)

var (
	seeds = flag.Uint64("seeds", 1000, "how many afternoons TestAfternoons plays")
	first = flag.Uint64("first", 0, "the seed of the first one")
	about = flag.String("about", "", "after a failure tell all steps with this word, such as a call's name")
)

// TestAfternoons plays each seed twice, the second time without looking at what the
// floor does: both go one way. One that fails is played again by
//
//	go test ./sim -run 'TestAfternoons/seed=N$'
func TestAfternoons(t *testing.T) {
	t.Parallel()
	for _, seed := range chosen(*first, *seeds) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			one, two := play(t, seed, false), play(t, seed, true)
			if one.Words != two.Words || one.Steps != two.Steps || !slices.Equal(one.Marks, two.Marks) {
				t.Errorf("seed %d, played twice, went two ways", seed)
			}
		})
	}
}

// TestMain lets the rubbish lie for longer: an afternoon makes much of it, and has
// little to keep.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

func play(t *testing.T, seed uint64, quiet bool) *World {
	t.Helper()
	w := New(seed, 3+int(seed%7), 20+int(seed%41))
	w.Quiet = quiet
	if err := w.Run(); err != nil {
		if *about != "" {
			t.Log(w.StoryOf(*about))
		}
		t.Fatal(err)
	}
	return w
}

// chosen are n seeds from the first on, or the one that -run names.
func chosen(first, n uint64) []uint64 {
	if run := flag.Lookup("test.run"); run != nil {
		if m := regexp.MustCompile(`seed=(\d+)\$?$`).FindStringSubmatch(run.Value.String()); m != nil {
			if seed, err := strconv.ParseUint(m[1], 10, 64); err == nil {
				return []uint64{seed}
			}
		}
	}
	all := make([]uint64, n)
	for i := range all {
		all[i] = first + uint64(i)
	}
	return all
}

// BenchmarkAfternoon is one afternoon with all its checks.
func BenchmarkAfternoon(b *testing.B) {
	steps := 0
	for b.Loop() {
		w := New(7, 8, 60)
		if err := w.Run(); err != nil {
			b.Fatal(err)
		}
		steps += w.Steps
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps), "ns/step")
}
