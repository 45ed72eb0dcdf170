package host

import (
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"belfry/core"
)

func TestAPanicHarmsOnlyItsCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir).begin()
		w.tell(came(1), came(2), core.DigitCame{Leg: "leg_s1", Digit: '9'}, core.LegUp{Leg: "leg_s2"})
		time.Sleep(time.Second)
		equal(t, "orders", w.told(), []string{"Answer leg=leg_s1", "Answer leg=leg_s2", "Drop leg=leg_s1", "Join room=cal_2 leg=leg_s2"})
		equal(t, "facts", w.kept(), []string{"cal_1 failed"})
		if !w.logged("the key 9") || !w.logged("toy_test.go") {
			t.Error("the log lacks the panic or its stack")
		}
		if live := w.Live("cal_2"); live == nil || live.Name == "half a change" {
			t.Errorf("the other call: %+v", live)
		}
		if broken := w.Check(); len(broken) > 0 || w.Stats().Panics != 1 {
			t.Errorf("broken %v, %+v", broken, w.Stats())
		}
		w.close()
		w = open(t, dir)
		if w.Live("cal_1") != nil || w.Live("cal_2") == nil {
			t.Error("the next life sees other calls")
		}
		w.close()
		if got, err := replay(dir, io.Discard, toys()); err != nil || len(got.Differ) > 0 || got.Compared == 0 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestASecondPanicDropsTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir()).begin()
		cursed := core.CallCame{Call: "cal_cursed", Leg: "leg_s9"}
		w.tell(cursed, came(2), core.DigitCame{Leg: "leg_s9", Digit: '9'})
		time.Sleep(time.Second)
		equal(t, "orders", w.told(), []string{"Answer leg=leg_s9", "Answer leg=leg_s2", "Drop leg=leg_s9 cause.why=lost"})
		w.tell(core.LegUp{Leg: "leg_s9"}) // no longer listened to
		w.tell(core.LegGone{Leg: "leg_s9"}, core.LegUp{Leg: "leg_s2"})
		time.Sleep(time.Second)
		equal(t, "orders", w.told()[3:], []string{"Join room=cal_2 leg=leg_s2"})
		equal(t, "facts", w.kept(), []string{"cal_cursed answered"})
		w.close()
	})
}

// A step goes wrong over another call than the one the news is about.
func TestAPanicOverAnotherCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir()).begin()
		w.tell(came(1), came(2), core.DigitCame{Leg: "leg_s1", Digit: '8'})
		time.Sleep(time.Second)
		equal(t, "orders", w.told(), []string{"Answer leg=leg_s1", "Answer leg=leg_s2", "Drop leg=leg_s2", "Stop leg=leg_s1"})
		equal(t, "facts", w.kept(), []string{"cal_2 failed"})
		w.close()
	})
}

func TestAnAskThatPanicsGetsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir()).begin()
		if err := w.Ask(t.Context(), "usr_ann", core.Hangup{}); err == nil || core.KindOf(err) != core.Internal {
			t.Errorf("got %v", err)
		}
		if err := w.Ask(t.Context(), "usr_ann", core.Return{}); err != nil {
			t.Errorf("the next one: %v", err)
		}
		w.close()
	})
}

// A process that died in the middle of a step meets the same event again.
func TestAPanicInTheRebuilding(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir).begin()
	w.tell(came(1), came(2))
	w.settle()
	left := crashed(t, dir)
	w.close()
	enc := newEncoder()
	b, err := enc.event(core.News{Seq: 4, At: core.At(time.Now()), Event: core.DigitCame{Leg: "leg_s1", Digit: '9'}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(fileName(left, 1, recordEnd), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, left).begin()
	w.Desk("usr_ann")
	w.close()
	equal(t, "orders", w.told(), []string{"Drop leg=leg_s1"})
	equal(t, "facts", w.kept(), []string{"cal_1 failed"})
}

func TestABrokenTwinIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := open(t, t.TempDir()).begin()
		w.tell(came(1), came(2))
		synctest.Wait()
		w.twin.Load().follow([]byte("nonsense\n"))
		w.tell(core.DigitCame{Leg: "leg_s1", Digit: '9'}) // now the record must do
		time.Sleep(100 * time.Millisecond)
		equal(t, "orders", w.told(), []string{"Answer leg=leg_s1", "Answer leg=leg_s2", "Drop leg=leg_s1"})
		w.twin.Load().follow([]byte("nonsense\n"))
		time.Sleep(2 * time.Second)
		if broken := w.Check(); len(broken) > 0 || w.Live("cal_2") == nil {
			t.Errorf("broken %v", broken)
		}
		w.close()
	})
}

func TestADriverThatPanicsHarmsNobody(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir())
	if err := w.Start(Life{Drivers: Drivers{Signal: func(core.Order) { panic("driver") }}}); err != nil {
		t.Fatal(err)
	}
	w.tell(came(1))
	if w.Desk("usr_ann") == nil || w.Stats().Panics != 1 {
		t.Errorf("%+v", w.Stats())
	}
	w.close()
}
