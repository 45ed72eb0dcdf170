package floor

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

var update = flag.Bool("update", false, "write what the floor does under each line of the stories")

// TestStories plays every conversation in testdata. The lines that are not
// indented are what happens; below each stands all that the floor does about it.
// After every line all invariants hold, and a floor that is read back from its
// snapshot is the same.
func TestStories(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d stories, %v: there must be at least 30", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			told, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, string(told))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(told) {
				t.Errorf("the story goes differently now (write it with -update, then read the diff):\n%s", diff(string(told), got))
			}
		})
	}
}

// diff shows the first lines that differ.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := 0; i < max(len(w), len(g)); i++ {
		a, b := "", ""
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\n  told: %s\n  now:  %s", i+1, a, b)
		}
	}
	return "only the end differs"
}

// teller plays one story.
type teller struct {
	t        *testing.T
	f        *Floor
	seq      uint64
	day      time.Time
	now      core.Time
	out      strings.Builder
	play     map[string]core.PlayID   // the last play of each leg
	rec      map[string]core.RecordID // the last recording
	off      map[string]core.OfferID  // the last offer of each agent
	line     map[string]string        // each agent's line
	leg      map[string]core.LegID    // an agent's phone leg
	transfer core.TransferID          // the last one
	doc      *plan.Doc                // as it is set now
	revision uint64
}

// newTeller is a floor with the company, at eight in the morning.
func newTeller(t *testing.T) *teller {
	t.Helper()
	s := &teller{
		t: t, f: New(), day: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), play: map[string]core.PlayID{},
		rec: map[string]core.RecordID{}, off: map[string]core.OfferID{}, line: map[string]string{}, leg: map[string]core.LegID{},
	}
	s.now = core.At(s.day.Add(8 * time.Hour))
	s.step(core.FloorStarted{Epoch: 1})
	s.doc, s.revision = company(), 1
	s.step(core.PlanChanged{Revision: 1, Doc: doc(t, s.doc)})
	s.out.Reset()
	return s
}

func tell(t *testing.T, story string) string {
	t.Helper()
	s := newTeller(t)
	for _, ln := range strings.Split(strings.TrimRight(story, "\n"), "\n") {
		if strings.HasPrefix(ln, "  ") {
			continue
		}
		if ln == "" || strings.HasPrefix(ln, "#") {
			fmt.Fprintln(&s.out, ln)
			continue
		}
		s.tell(ln)
	}
	return s.out.String()
}

// tell plays one line: a time of day, what happens, to whom.
func (s *teller) tell(ln string) {
	s.t.Helper()
	words := strings.Fields(ln)
	at, err := time.Parse("15:04:05", words[0])
	if err != nil {
		s.t.Fatalf("%q does not begin with a time: %v", ln, err)
	}
	s.until(core.At(s.day.Add(at.Sub(at.Truncate(24 * time.Hour)))))
	fmt.Fprintln(&s.out, ln)
	for _, ev := range s.events(words[1], words[2:]) {
		s.step(ev)
	}
}

// until lets time pass and wakes the floor when it wants to be woken.
func (s *teller) until(t core.Time) {
	for {
		d := s.f.Deadline()
		if d == 0 || d > t {
			break
		}
		s.now = max(d, s.now)
		before := s.out.Len()
		s.step(core.Woke{})
		if rest := s.out.String()[before:]; rest != "" {
			text := s.out.String()[:before]
			s.out.Reset()
			fmt.Fprintf(&s.out, "%s  @ %s\n%s", text, s.now.Std().Format("15:04:05"), rest)
		}
	}
	s.now = t
}

// step gives one event to the floor and writes down what it does.
func (s *teller) step(ev core.Event) {
	s.t.Helper()
	s.seq++
	var answer []core.Event
	for _, e := range s.f.Step(core.News{Seq: s.seq, At: s.now, Event: ev}) {
		if ln := s.words(e); ln != "" {
			fmt.Fprintf(&s.out, "  -> %s\n", ln)
		}
		if read, ok := e.(core.ReadNumber); ok && !strings.HasSuffix(read.Number, "404") { // of which nothing is ever heard
			answer = append(answer, core.NumberRead{Call: read.Call, Number: read.Number, Class: classOf(read.Number)})
		}
	}
	for _, b := range s.f.Check() {
		s.t.Errorf("after %T at %s: invariant %d: %s %v", ev, s.now.Std().Format("15:04:05"), b.Invariant, b.What, b.IDs)
	}
	again, err := s.f.Snapshot()
	if err != nil {
		s.t.Fatal(err)
	}
	g, err := Restore(again)
	if err != nil {
		s.t.Fatal(err)
	}
	if g.Hash() != s.f.Hash() {
		s.t.Errorf("after %T: the floor read back is another one", ev)
	}
	for _, ev := range answer {
		s.step(ev)
	}
}
