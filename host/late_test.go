package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"belfry/core"
)

func TestALateFloorRefusesCallsAndTellsWhereItStands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir).begin()
		synctest.Wait()
		w.put(item{do: func() { time.Sleep(2 * time.Second) }})
		w.tell(core.Woke{})
		time.Sleep(time.Second)
		if late := w.Lateness().Round(time.Microsecond); late != time.Second {
			t.Errorf("late by %v", late)
		}
		if err := w.Tell(came(1)); core.KindOf(err) != core.Busy {
			t.Errorf("got %v", err)
		}
		w.tell(core.LegGone{Leg: "leg_s1"}) // is never refused
		stacks, err := os.ReadFile(filepath.Join(dir, stacksFile))
		if err != nil || !w.logged("the floor is late") || !strings.Contains(string(stacks), "TestALateFloor") {
			t.Errorf("the stacks are not beside the record: %v", err)
		}
		time.Sleep(2 * time.Second)
		if w.Lateness() != 0 {
			t.Errorf("still late by %v", w.Lateness())
		}
		w.tell(came(1))
		w.close()
	})
}

// A floor that asks for the same deadline again must not spin.
func TestADeadlineThatStands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir()).begin()
		w.tell(core.CallCame{Call: "cal_stuck", Leg: "leg_s1"}, came(2))
		time.Sleep(toyLongest + 10*time.Second + time.Millisecond)
		if n := w.Stats().Events; n > 20 {
			t.Errorf("%d events", n)
		}
		if !w.logged("asks again") {
			t.Error("nobody was told")
		}
		w.close()
	})
}

func TestAskWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir())
		if err := w.Ask(t.Context(), "usr_ann", core.Return{}); core.KindOf(err) != core.Busy {
			t.Errorf("before the start: %v", err)
		}
		if w.Desk("usr_ann") != nil || w.Check() != nil {
			t.Error("a floor that has not started answers")
		}
		w.begin()
		if err := w.Ask(t.Context(), "usr_ann", nil); core.KindOf(err) != core.Invalid {
			t.Errorf("nothing: %v", err)
		}
		w.put(item{do: func() { time.Sleep(time.Hour) }})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := w.Ask(ctx, "usr_ann", core.Return{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("too long: %v", err)
		}
		if err := w.Start(Life{}); err == nil {
			t.Error("it was started twice")
		}
		w.close()
		w.close()
		if err := w.Ask(t.Context(), "usr_ann", core.Return{}); core.KindOf(err) != core.Busy {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestQueriesDoNotStandInTheWay(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()).begin()
	w.tell(came(1))
	w.settle()
	if p := w.PoolOf("usr_ann"); p == nil || p.Total != 1 {
		t.Errorf("pool %+v", p)
	}
	w.tell(came(2))
	if w.Live("cal_9") != nil {
		t.Error("a call that never was is live")
	}
	for range 3 {
		if broken := w.Check(); len(broken) > 0 {
			t.Error(broken)
		}
	}
	w.close()
}

// A floor whose twin went another way breaks invariant 7, and Check sees it.
func TestCheckComparesTheFloors(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()).begin()
	w.tell(came(1))
	w.settle()
	w.ofTwin(func(m machine) { m.(*toy).S.Pool++ })
	if broken := w.Check(); len(broken) != 1 || broken[0].Invariant != replayed {
		t.Errorf("found %v", broken)
	}
	w.close()
}
