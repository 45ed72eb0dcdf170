package host

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// backPlan has one agent on a phone, and a queue whose callers are called back.
func backPlan() []byte {
	var d plan.Doc
	if err := json.Unmarshal(smallPlan(1), &d); err != nil {
		panic(err)
	}
	d.Queues[0].Waiting = plan.Waiting{
		Keys: []plan.Key{{Key: "1", Do: "callback"}}, Callback: plan.Callback{Attempts: 5, Every: 10, Ring: 5},
	}
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return b
}

// counter is a world's drivers: the agent's phone answers at once, the customer
// never does.
type counter struct {
	h     *Host
	mu    sync.Mutex
	keyed []string // what was ordered for a customer, in words
}

func (c *counter) do(o core.Order) {
	switch e := o.Effect.(type) {
	case core.Dial:
		if e.Key != "" {
			c.note("dial " + e.Key)
			return
		}
		_ = c.h.Tell(core.LegRang{Leg: e.Leg})
		_ = c.h.Tell(core.LegUp{Leg: e.Leg, Codec: "PCMA"})
	case core.Drop:
		if strings.HasPrefix(string(e.Leg), "leg_s1_") || strings.HasPrefix(string(e.Leg), "leg_s2_") {
			c.note("drop")
		}
		_ = c.h.Tell(core.LegGone{Leg: e.Leg, Cause: e.Cause})
	default:
	}
}

func (c *counter) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keyed = append(c.keyed, what)
}

// dials are the keys of the dials so far.
func (c *counter) dials() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var keys []string
	for _, k := range c.keyed {
		if key, dial := strings.CutPrefix(k, "dial "); dial {
			keys = append(keys, key)
		}
	}
	return keys
}

// backLife is a life of a floor whose one agent calls back.
func backLife(t *testing.T, dir string, l Life) (*world, *counter) {
	t.Helper()
	w := open(t, dir, func(o *Options) {
		o.floors = realFloors()
		o.Class = func(string) core.NumberClass { return core.ClassMobile }
	})
	c := &counter{h: w.Host}
	l.Drivers = Drivers{Signal: c.do, Audio: func(core.Order) {}, Station: c.do}
	if err := w.Start(l); err != nil {
		t.Fatal(err)
	}
	return w, c
}

// asksForIt has a caller ask to be called back and hang up.
func asksForIt(w *world) {
	w.tell(queued(1)...)
	w.tell(core.DigitCame{Leg: "leg_s1", Digit: '1'})
	synctest.Wait() // the number is read
	w.tell(core.DigitCame{Leg: "leg_s1", Digit: '1'}, core.LegGone{Leg: "leg_s1", Cause: core.Cause{Why: core.HungUp}})
}

func TestADialIsMadeWhenItIsOnRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, c := backLife(t, t.TempDir(), Life{Revision: 1, Plan: backPlan()})
		asksForIt(w)
		time.Sleep(time.Second)
		go func() { _ = w.Ask(t.Context(), "usr_p0000", core.StartShift{}) }()
		synctest.Wait()
		if got := c.dials(); len(got) != 0 {
			t.Errorf("dialled before the record was on disk: %q", got)
		}
		time.Sleep(2 * share)
		synctest.Wait()
		if got := c.dials(); len(got) != 1 || !strings.HasSuffix(got[0], "/1") {
			t.Errorf("dialled %q", got)
		}
		w.close()
	})
}

// What is ordered for the same leg meanwhile comes after the dial.
func TestADropWaitsBehindTheDial(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, c := backLife(t, t.TempDir(), Life{Revision: 1, Plan: backPlan()})
		asksForIt(w)
		time.Sleep(time.Second)
		go func() {
			_ = w.Ask(t.Context(), "usr_p0000", core.StartShift{})
			d := w.Desk("usr_p0000")
			_ = w.Ask(t.Context(), "usr_p0000", core.Hangup{Call: d.Calls[0].ID})
		}()
		synctest.Wait()
		time.Sleep(2 * share)
		synctest.Wait()
		c.mu.Lock()
		got := slices.Clone(c.keyed)
		c.mu.Unlock()
		dial := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, "dial ") })
		if dial < 0 || !slices.Contains(got[dial:], "drop") {
			t.Errorf("ordered %q", got)
		}
		w.close()
	})
}

// TestNoDialIsMadeTwice kills the program again and again: before an order is on
// disk, after, and in the very moment in which the order is carried out. The next
// life goes on with the next attempt; no key is dialled in two lives.
func TestNoDialIsMadeTwice(t *testing.T) {
	t.Parallel()
	for moment := range 40 {
		t.Run(fmt.Sprint(moment), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				w, c := backLife(t, dir, Life{Revision: 1, Plan: backPlan()})
				asksForIt(w)
				time.Sleep(time.Second)
				if err := w.Ask(t.Context(), "usr_p0000", core.StartShift{}); err != nil {
					t.Fatal(err)
				}
				// An attempt is dialled for 5 s, and the next comes 10 s after it.
				for range moment {
					time.Sleep(733 * time.Millisecond)
				}
				time.Sleep(time.Duration(moment%4) * share / 3)
				synctest.Wait()
				dialled := c.dials()
				left := crashed(t, dir)
				w.close()

				w, c = backLife(t, left, Life{})
				if err := w.Ask(t.Context(), "usr_p0000", core.StartShift{}); err != nil { // which may have been lost
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				again := c.dials()
				for i, key := range again {
					if slices.Contains(dialled, key) || slices.Contains(again[:i], key) {
						t.Errorf("%s is dialled twice: %q, and after the crash %q", key, dialled, again)
					}
				}
				if len(dialled)+len(again) == 0 || len(dialled)+len(again) > 5 {
					t.Errorf("dialled %q, and after the crash %q", dialled, again)
				}
				w.close()
			})
		})
	}
}

// TestTheMomentOfADial: the program dies as the dial leaves. Nobody can know
// whether it was made, so it is not made again.
func TestTheMomentOfADial(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir, func(o *Options) {
			o.floors = realFloors()
			o.Class = func(string) core.NumberClass { return core.ClassMobile }
		})
		c := &counter{h: w.Host}
		left := ""
		signal := func(o core.Order) {
			if d, ok := o.Effect.(core.Dial); ok && d.Key != "" && left == "" {
				left = crashed(t, dir)
			}
			c.do(o)
		}
		if err := w.Start(Life{Drivers: Drivers{Signal: signal, Audio: func(core.Order) {}, Station: c.do}, Revision: 1, Plan: backPlan()}); err != nil {
			t.Fatal(err)
		}
		asksForIt(w)
		time.Sleep(time.Second)
		if err := w.Ask(t.Context(), "usr_p0000", core.StartShift{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		dialled := c.dials()
		w.close()
		if left == "" || len(dialled) != 1 {
			t.Fatalf("dialled %q", dialled)
		}
		w, c = backLife(t, left, Life{})
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if got := c.dials(); len(got) == 0 || slices.Contains(got, dialled[0]) || !strings.HasSuffix(got[0], "/2") {
			t.Errorf("%q was under way; after the crash dialled %q", dialled, got)
		}
		w.close()
	})
}
