package host

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// flaky is the real floor, but a key 9 makes it panic when half its work is
// done.
type flaky struct{ *floor.Floor }

func (f flaky) Step(n core.News) []core.Effect {
	effects := f.Floor.Step(n)
	if d, ok := n.Event.(core.DigitCame); ok && d.Digit == '9' {
		panic("the key 9")
	}
	return effects
}

func flakyFloors() factory {
	return factory{
		fresh: func() machine { return flaky{floor.New()} },
		restore: func(b []byte) (machine, error) {
			f, err := floor.Restore(b)
			return flaky{f}, err
		},
	}
}

// smallPlan has one queue and n agents on phones who serve it.
func smallPlan(n int) []byte {
	node := func(id, kind, settings, next string) plan.Node {
		p := plan.Node{ID: id, Kind: kind}
		if settings != "" {
			p.Settings = json.RawMessage(settings)
		}
		if next != "" {
			p.Outputs = map[string]string{"default": next}
		}
		return p
	}
	d := plan.Doc{
		Company:    plan.Company{ID: "com_test", Name: "Test", Zone: "Europe/Paris", Language: "en"},
		Profiles:   []plan.Profile{{ID: "pro_agent", Name: "Agent", Queues: []core.QueueID{"que_help"}, Rights: []plan.Right{plan.TakeCalls}}},
		Activities: []plan.Activity{{ID: "act_calls", Name: "Calls", Category: plan.Processing}},
		Queues:     []plan.Queue{{ID: "que_help", Name: "help", Ring: 20, PostMode: "none"}},
		Trees:      []plan.Tree{{ID: "tre_help", Name: "help", Version: 1, Nodes: []plan.Node{node("start", "start", "", "queue"), node("queue", "queue", `{"queue":"que_help"}`, "")}}},
		Numbers:    []plan.Number{{Number: "+33100000001", Tree: "tre_help"}},
	}
	for i := range n {
		id := fmt.Sprintf("p%04d", i)
		d.Users = append(d.Users, plan.User{ID: core.UserID("usr_" + id), Login: id, Name: id, Extension: fmt.Sprint(1000 + i), Profile: "pro_agent", Phone: "sip:" + id + "@127.0.0.1:6000"})
	}
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return b
}

func queued(n int) []core.Event {
	leg := core.LegID(fmt.Sprintf("leg_s%d", n))
	return []core.Event{
		core.CallCame{Call: core.CallID(fmt.Sprintf("cal_%d", n)), Leg: leg, To: "+33100000001", From: core.Party{Number: "+33600000001"}, Codec: "PCMA"},
		core.LegUp{Leg: leg, Codec: "PCMA"},
	}
}

func TestTheRealFloorOutlivesAPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir, func(o *Options) { o.floors = flakyFloors() })
		if err := w.Start(Life{Revision: 1, Plan: smallPlan(1)}); err != nil {
			t.Fatal(err)
		}
		w.tell(queued(1)...)
		time.Sleep(time.Second)
		w.tell(queued(2)...)
		time.Sleep(time.Second)
		before := w.Live("cal_2")
		w.tell(core.DigitCame{Leg: "leg_s1", Digit: '9'}, core.LegGone{Leg: "leg_s1"})
		time.Sleep(time.Second)
		after := w.Live("cal_2")
		if before == nil || after == nil || before.Came != after.Came || len(after.Distributions) != 1 || after.Distributions[0].Entered != before.Distributions[0].Entered {
			t.Errorf("the other caller lost their place: %+v then %+v", before, after)
		}
		if kept := w.kept(); len(kept) != 1 || !strings.HasPrefix(kept[0], "cal_1 ") {
			t.Errorf("facts: %q", kept)
		}
		if broken := w.Check(); len(broken) > 0 {
			t.Error(broken)
		}
		time.Sleep(30 * time.Second) // snapshots
		left := crashed(t, dir)
		w.close()

		w = open(t, left, func(o *Options) { o.floors = flakyFloors() })
		if err := w.Start(Life{Alive: []core.LegID{"leg_s2"}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if live := w.Live("cal_2"); live == nil || live.Came != before.Came {
			t.Errorf("after the crash: %+v", live)
		}
		w.tell(core.LegGone{Leg: "leg_s2", Cause: core.Cause{Why: core.HungUp}})
		time.Sleep(time.Second)
		if kept := w.kept(); len(kept) == 0 || kept[len(kept)-1] != "cal_2 abandoned" {
			t.Errorf("facts: %q", kept)
		}
		w.close()
		got, err := replay(left, io.Discard, flakyFloors())
		if err != nil || len(got.Differ) > 0 || got.Compared == 0 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// phones make phones of the agents: what is dialled answers at once.
type phones struct{ h *Host }

func (p *phones) do(o core.Order) {
	switch e := o.Effect.(type) {
	case core.Dial:
		_ = p.h.Tell(core.LegRang{Leg: e.Leg})
		_ = p.h.Tell(core.LegUp{Leg: e.Leg, Codec: "PCMA"})
	case core.Drop:
		_ = p.h.Tell(core.LegGone{Leg: e.Leg, Cause: core.Cause{Why: core.Ended}})
	default:
	}
}

// realHost is a host of the real floor with n agents on shift.
func realHost(b *testing.B, dir string, n int) *Host {
	b.Helper()
	h, err := Open(Options{Dir: dir, Inbox: 1 << 30, Late: time.Hour, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	p := &phones{h}
	if err := h.Start(Life{Drivers: Drivers{Signal: p.do, Audio: func(core.Order) {}}, Revision: 1, Plan: smallPlan(n)}); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		if err := h.Ask(b.Context(), core.UserID(fmt.Sprintf("usr_p%04d", i)), core.StartShift{}); err != nil {
			b.Fatal(err)
		}
	}
	return h
}

// wholeCalls plays calls from INVITE to BYE through a queue, ten at a time.
func wholeCalls(b *testing.B, h *Host, from, n int) {
	b.Helper()
	for i := from; i < from+n; i++ {
		for _, ev := range queued(i) {
			if err := h.Tell(ev); err != nil {
				b.Fatal(err)
			}
		}
		if done := i - 10; done >= from {
			if err := h.Tell(core.LegGone{Leg: core.LegID(fmt.Sprintf("leg_s%d", done)), Cause: core.Cause{Why: core.HungUp}}); err != nil {
				b.Fatal(err)
			}
		}
		if i%10 == 9 {
			h.Desk("usr_p0000")
		}
	}
	for i := max(from, from+n-10); i < from+n; i++ {
		if err := h.Tell(core.LegGone{Leg: core.LegID(fmt.Sprintf("leg_s%d", i)), Cause: core.Cause{Why: core.HungUp}}); err != nil {
			b.Fatal(err)
		}
	}
	h.Desk("usr_p0000")
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

// BenchmarkCalls is whole queued calls through the host, the real floor and its
// twin, with the record on disk.
func BenchmarkCalls(b *testing.B) {
	h := realHost(b, b.TempDir(), 50)
	before, used := h.Stats().Events, cpu(b)
	b.ResetTimer()
	wholeCalls(b, h, 0, b.N)
	b.StopTimer()
	s := h.Stats()
	b.ReportMetric(float64(s.Events-before)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(cpu(b)-used)/float64(s.Events-before)/1000, "cpu-µs/event")
	if err := h.Close(context.Background()); err != nil || s.Panics > 0 {
		b.Fatal(err, s)
	}
}

// BenchmarkRebuildFloor is a start of the real floor after a crash, with no
// snapshot after the first event.
func BenchmarkRebuildFloor(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			h := realHost(b, dir, 50)
			for calls := 0; h.Stats().Events < uint64(n); calls += 100 {
				wholeCalls(b, h, calls, 100)
			}
			if err := h.Close(context.Background()); err != nil {
				b.Fatal(err)
			}
			snaps, _ := filepath.Glob(filepath.Join(dir, "*"+snapshotEnd))
			var size int
			for _, s := range snaps {
				if snap, err := readSnapshot(s); err == nil {
					size = len(snap.floor)
				}
			}
			files, _ := list(dir, recordEnd)
			used := cpu(b)
			for b.Loop() {
				r := &rebuilt{floor: realFloors().fresh()}
				for _, f := range files {
					if _, err := r.replayFile(f.path, 0, nil); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(cpu(b)-used)/float64(n)/float64(b.N)/1000, "cpu-µs/event")
			b.ReportMetric(float64(size), "snapshot-bytes")
		})
	}
}

func TestReplayOfTheRealFloorReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir, func(o *Options) { o.floors = realFloors() })
		if err := w.Start(Life{Revision: 1, Plan: smallPlan(1)}); err != nil {
			t.Fatal(err)
		}
		w.tell(queued(1)...)
		w.tell(core.LegGone{Leg: "leg_s1", Cause: core.Cause{Why: core.HungUp}})
		time.Sleep(time.Second)
		w.close()
		var out strings.Builder
		if _, err := Replay(dir, &out); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"FloorStarted epoch=1", "PlanChanged revision=1", "CallCame call=cal_1", "  -> Answer leg=leg_s1", "  -> Note fact=(Interaction id=int_1"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is not in\n%s", want, out.String())
			}
		}
	})
}

// BenchmarkPlanChange is how long a change of the plan holds the floor of 10,000
// agents: from its being told until the next thing is done.
func BenchmarkPlanChange(b *testing.B) {
	h := realHost(b, b.TempDir(), 10_000)
	doc := smallPlan(10_000)
	var held []time.Duration
	for n := range b.N {
		revision := uint64(n + 2)
		p, err := plan.Parse(revision, doc) // as who changes it does
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if err := h.Told(core.PlanChanged{Revision: revision, Doc: doc, Compiled: p}); err != nil {
			b.Fatal(err)
		}
		held = append(held, time.Since(began))
		time.Sleep(20 * time.Millisecond)
	}
	slices.Sort(held)
	b.ReportMetric(float64(held[len(held)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(held[len(held)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(len(doc)), "doc-bytes")
	if err := h.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
}
