package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"belfry/core"
)

// world is a host with everything it talks to.
type world struct {
	t *testing.T
	*Host
	mu     sync.Mutex
	orders []core.Order
	facts  []core.Fact
	shown  []core.UserID
	pools  []*core.Pool
	fail   error // what keeping facts gives
	log    strings.Builder
}

func (w *world) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(b)
}

func (w *world) logged(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Contains(w.log.String(), text)
}

// open opens a host with toy floors in the folder.
func open(t *testing.T, dir string, change ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t}
	o := Options{
		Dir: dir, Build: "test", floors: toys(), Log: slog.New(slog.NewTextHandler(w, nil)),
		Facts: func(_ context.Context, facts []core.Fact) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.fail == nil {
				w.facts = append(w.facts, facts...)
			}
			return w.fail
		},
		Show: func(agent core.UserID, _ *core.Desk) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.shown = append(w.shown, agent)
		},
		Pool: func(_ core.UserID, p *core.Pool) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.pools = append(w.pools, p)
		},
		Watching: func() []core.UserID { return []core.UserID{"usr_sam"} },
	}
	for _, c := range change {
		c(&o)
	}
	h, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Host = h
	return w
}

func (w *world) begin() *world {
	w.t.Helper()
	do := func(o core.Order) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.orders = append(w.orders, o)
	}
	if err := w.Start(Life{Drivers: Drivers{Signal: do, Audio: do, Station: do}}); err != nil {
		w.t.Fatal(err)
	}
	return w
}

func (w *world) close() {
	w.t.Helper()
	if err := w.Close(w.t.Context()); err != nil {
		w.t.Error(err)
	}
}

func (w *world) tell(evs ...core.Event) {
	w.t.Helper()
	for _, ev := range evs {
		if err := w.Tell(ev); err != nil {
			w.t.Fatalf("%s: %v", words(ev), err)
		}
	}
}

// settle waits until all that was told is stepped and on disk.
func (w *world) settle() {
	w.Desk("usr_ann")
	<-w.rec.lasting()
}

// told returns what the drivers were ordered, in words.
func (w *world) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, o := range w.orders {
		all = append(all, words(o.Effect))
	}
	return all
}

func (w *world) kept() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, f := range w.facts {
		i := f.(core.Interaction)
		all = append(all, string(i.Call)+" "+i.Outcome)
	}
	return all
}

func came(n int) core.CallCame {
	return core.CallCame{Call: core.CallID(fmt.Sprintf("cal_%d", n)), Leg: core.LegID(fmt.Sprintf("leg_s%d", n)), From: core.Party{Number: "+33"}}
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestACallGoesThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir()).begin()
		w.tell(came(1), core.LegUp{Leg: "leg_s1"}, core.LegGone{Leg: "leg_s1"})
		time.Sleep(time.Second)
		equal(t, "orders", w.told(), []string{"Answer leg=leg_s1", "Join room=cal_1 leg=leg_s1"})
		equal(t, "facts", w.kept(), []string{"cal_1 answered"})
		if o := w.orders[0]; o.Epoch != 1 || o.Seq != 2 {
			t.Errorf("the order says epoch %d seq %d", o.Epoch, o.Seq)
		}
		if err := w.Ask(t.Context(), "usr_ann", core.Return{}); err != nil {
			t.Error(err)
		}
		if err := w.Ask(t.Context(), "usr_ann", core.Accept{Offer: "off_no"}); core.KindOf(err) != core.Conflict {
			t.Errorf("got %v", err)
		}
		if d := w.Desk("usr_ann"); d == nil || d.Seq != w.Stats().Seq {
			t.Errorf("desk %+v", d)
		}
		if broken := w.Check(); len(broken) != 0 {
			t.Error(broken)
		}
		w.close()
	})
}

func TestDeadlinesWakeTheFloor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir()).begin()
		w.tell(came(1))
		time.Sleep(5 * time.Second)
		w.tell(came(2))
		time.Sleep(15*time.Second + time.Millisecond)
		synctest.Wait()
		equal(t, "orders", w.told(), []string{"Answer leg=leg_s1", "Answer leg=leg_s2", "Drop leg=leg_s1"})
		time.Sleep(5 * time.Second)
		synctest.Wait()
		equal(t, "orders", w.told()[3:], []string{"Drop leg=leg_s2"})
		w.close()
	})
}

func TestDesksAreDrawnTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir()).begin()
		time.Sleep(time.Second)
		for i := range 100 {
			w.tell(came(i))
		}
		synctest.Wait()
		w.mu.Lock()
		if n := len(w.shown); n != 100 {
			t.Errorf("%d urgent desks were drawn at once, want 100", n)
		}
		w.shown = nil
		w.mu.Unlock()
		time.Sleep(51 * time.Millisecond)
		synctest.Wait()
		w.mu.Lock()
		if !slices.Equal(w.shown, []core.UserID{"usr_bob"}) {
			t.Errorf("then %v were drawn", w.shown)
		}
		if n := len(w.pools); n < 1 || n > 2 || w.pools[n-1].Total == 0 {
			t.Errorf("%d pools were drawn", n)
		}
		w.mu.Unlock()
		time.Sleep(time.Second)
		synctest.Wait()
		w.mu.Lock()
		if n := len(w.pools); n > 3 || w.pools[n-1].Total != 100 {
			t.Errorf("%d pools were drawn, the last of %d calls", n, w.pools[n-1].Total)
		}
		w.mu.Unlock()
		w.close()
	})
}

func TestCallsAreRefusedWhenTooMuchWaits(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir(), func(o *Options) { o.Inbox = 3 })
	w.tell(came(1), came(2), came(3))
	if err := w.Tell(came(4)); core.KindOf(err) != core.Busy {
		t.Errorf("got %v", err)
	}
	w.tell(core.LegGone{Leg: "leg_s1"}) // never refused
	if s := w.Stats(); s.Refused != 1 || s.Waiting != 4 || w.Lateness() <= 0 {
		t.Errorf("%+v", s)
	}
	w.begin().close()
	if w.Lateness() != 0 {
		t.Error("late after all is done")
	}
	equal(t, "facts", w.kept(), []string{"cal_1 answered"})
	if err := w.Tell(core.Woke{}); core.KindOf(err) != core.Busy {
		t.Errorf("a closed host took news: %v", err)
	}
}

func TestALifeFollowsTheLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir).begin()
		w.tell(came(1), came(2), core.LegUp{Leg: "leg_s2"}, core.LegGone{Leg: "leg_s1"})
		time.Sleep(time.Second)
		w.close()
		w = open(t, dir)
		if live := w.Live("cal_2"); live == nil || w.Live("cal_1") != nil {
			t.Errorf("live: %v", live)
		}
		w.begin()
		if err := w.Ask(t.Context(), "usr_ann", core.Return{}); err != nil {
			t.Error(err)
		}
		w.tell(core.LegGone{Leg: "leg_s2"})
		time.Sleep(time.Second)
		equal(t, "orders of the second life", w.told(), nil)
		equal(t, "facts of the second life", w.kept(), []string{"cal_2 answered"})
		if w.Stats().Epoch != 2 {
			t.Errorf("epoch %d", w.Stats().Epoch)
		}
		w.close()
		got, err := replay(dir, io.Discard, toys())
		if err != nil || got.Events != int(got.Seq) || got.Compared == 0 || len(got.Differ) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// crashed gives a copy of the folder as a crash would leave it now.
func crashed(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestFactsOutliveACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir).begin()
		w.tell(came(1), core.LegGone{Leg: "leg_s1"})
		time.Sleep(2 * time.Second)
		w.mu.Lock()
		w.fail = errors.New("the database is away")
		w.mu.Unlock()
		w.tell(came(2), core.LegGone{Leg: "leg_s2"})
		time.Sleep(time.Minute) // several snapshots
		if s := w.Stats(); s.Facts != 1 || s.FactsBroken == "" {
			t.Errorf("%+v", s)
		}
		left := crashed(t, dir)
		w.mu.Lock()
		w.fail = nil
		w.mu.Unlock()
		time.Sleep(10 * time.Second)
		equal(t, "facts once the database is back", w.kept(), []string{"cal_1 answered", "cal_2 answered"})
		w.close()

		w = open(t, left).begin()
		time.Sleep(time.Second)
		if kept := w.kept(); len(kept) == 0 || kept[len(kept)-1] != "cal_2 answered" {
			t.Errorf("after the crash: %q", kept)
		}
		w.close()
	})
}

func TestATornEndIsMended(t *testing.T) {
	t.Parallel()
	for name, tail := range map[string]string{
		"half a line":      `{"seq":5,"at":17`,
		"a whole bad line": "{\"seq\":5,\"at\":17,\"type\":\"Woke\",\"data\":{},\"crc\":\"00000000\"}\n",
		"zeros":            strings.Repeat("\x00", 512),
		"three bad lines":  "what\nis\nthis\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			w := open(t, dir).begin()
			w.tell(came(1), core.LegUp{Leg: "leg_s1"})
			w.settle()
			left := crashed(t, dir)
			w.close()
			path := fileName(left, 1, recordEnd)
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString(tail); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			w = open(t, left)
			if w.Live("cal_1") == nil || !w.logged("torn") {
				t.Errorf("the call is lost, or nobody was told: %s", w.log.String())
			}
			w.begin().tell(core.LegGone{Leg: "leg_s1"})
			w.close()
			equal(t, "facts", w.kept(), []string{"cal_1 answered"})
			if got, err := replay(left, io.Discard, toys()); err != nil || got.Torn != "" || len(got.Differ) > 0 {
				t.Errorf("%+v %v", got, err)
			}
			damaged, _ := filepath.Glob(filepath.Join(left, "*.damaged"))
			if want := strings.Contains(tail, "\n"); want != (len(damaged) == 1) {
				t.Errorf("put aside: %v", damaged)
			}
		})
	}
}

func TestTwoProcessesCannotHaveTheRecord(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	if _, err := Open(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("got %v", err)
	}
	w.close()
	open(t, dir).close()
}

func TestANewerPlanIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, want := range []uint64{7, 7, 8} {
		w := open(t, dir)
		if err := w.Start(Life{Revision: want, Plan: []byte(`{"company":{}}`)}); err != nil {
			t.Fatal(err)
		}
		w.Desk("usr_ann")
		told := w.Stats().Events == 2
		if told != (i != 1) || w.floor.(*toy).S.Revision != want {
			t.Errorf("life %d: told %v, revision %d", i, told, w.floor.(*toy).S.Revision)
		}
		w.close()
	}
}

func TestTheAddressBookAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir(), func(o *Options) {
			o.Fetch = func(context.Context, string) (core.ContactCame, error) {
				time.Sleep(time.Second)
				return core.ContactCame{Contact: "con_1", Name: "Claire"}, nil
			}
		}).begin()
		w.tell(came(1))
		time.Sleep(2 * time.Second)
		if live := w.Live("cal_1"); live == nil || live.Name != "Claire" {
			t.Errorf("live %+v", live)
		}
		w.close()
	})
}
