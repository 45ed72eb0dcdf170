package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"belfry/app/demo"
	"belfry/core"
	"belfry/core/floor"
	"belfry/host"
)

// crowd is the demo company's floor with n agents on phones on shift and w calls
// in the queue that nobody serves.
type crowd struct {
	floor *floor.Floor
	seq   uint64
	now   core.Time
	news  []core.News
	keep  bool
	times []time.Duration // of each step, where they are wanted
}

func (c *crowd) step(ev core.Event) []core.Effect {
	c.seq++
	c.now = c.now.Add(100 * time.Microsecond)
	n := core.News{Seq: c.seq, At: c.now, Event: ev}
	if c.keep {
		c.news = append(c.news, n)
	}
	if c.times == nil {
		return c.floor.Step(n)
	}
	began := time.Now()
	effects := c.floor.Step(n)
	c.times = append(c.times, time.Since(began))
	return effects
}

func newCrowd(n, w int) (*crowd, error) {
	d := demo.Doc()
	ids := demo.WithPhones(d, n, "127.0.0.1:6000")
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	c := &crowd{floor: floor.New(), now: core.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
	c.step(core.FloorStarted{Epoch: 1})
	c.step(core.PlanChanged{Revision: 1, Doc: text})
	for _, id := range ids {
		c.step(core.Asked{Agent: id, Want: core.StartShift{}})
	}
	for i := range w {
		leg := core.LegID(fmt.Sprint("leg_sw", i))
		c.step(core.CallCame{Call: core.CallID(fmt.Sprint("cal_w", i)), Leg: leg, To: parkedNumber})
		c.step(core.LegUp{Leg: leg})
	}
	if got := c.floor.Calls(); got != w {
		return nil, fmt.Errorf("the floor has %d calls and not %d", got, w)
	}
	return c, nil
}

// call is a whole queued call, from the INVITE to the last BYE.
func (c *crowd) call(id string) (steps int, err error) {
	from, leg := core.LegID("leg_s"+id), core.LegID("")
	c.step(core.CallCame{Call: core.CallID("cal_" + id), Leg: from, To: benchNumber, From: core.Party{Number: "+33600000001"}, Codec: "PCMU"})
	for _, e := range c.step(core.LegUp{Leg: from}) {
		if d, ok := e.(core.Dial); ok {
			leg = d.Leg
		}
	}
	if leg == "" {
		return 0, fmt.Errorf("nobody was rung")
	}
	c.step(core.LegRang{Leg: leg})
	c.step(core.LegUp{Leg: leg})
	c.step(core.LegGone{Leg: from, Cause: core.Cause{Why: core.HungUp}})
	c.step(core.LegGone{Leg: leg, Cause: core.Cause{Why: core.Ended}})
	c.step(core.Woke{})
	return 7, nil
}

// step is the floor alone: no socket, no disk.
func step(ctx context.Context, b *Bench) error {
	for _, size := range []struct{ agents, waiting int }{{100, 0}, {100, 10_000}, {1_000, 10_000}, {10_000, 10_000}} {
		c, err := newCrowd(size.agents, size.waiting)
		if err != nil {
			return err
		}
		const calls = 3000
		for i := range 200 {
			if _, err := c.call(fmt.Sprint("a", i)); err != nil {
				return err
			}
		}
		began, steps := time.Now(), 0
		for i := range calls {
			n, err := c.call(fmt.Sprint("b", i))
			if err != nil {
				return err
			}
			steps += n
		}
		b.note(fmt.Sprintf("%d agents, %d waiting: a step", size.agents, size.waiting), time.Since(began).Seconds()*1e6/float64(steps), "µs")
	}
	if err := b.crowded(); err != nil {
		return err
	}
	return b.rebuild(ctx)
}

// rebuild kills the program amid calls and looks how long the next needs to have
// the floor again, and how fast the whole record is read.
func (b *Bench) rebuild(ctx context.Context) error {
	s, err := b.stage(ctx, 500)
	if err != nil {
		return err
	}
	defer s.load.close()
	defer os.RemoveAll(s.dir)
	from, to := s.pace(ctx, benchNumber, time.Second, 200, 6*time.Second)
	s.settled(ctx, from, to, over, 100*time.Millisecond)
	s.kill()
	record := filepath.Join(s.dir, "record")
	began := time.Now()
	r, err := host.Replay(record, io.Discard)
	if err != nil {
		return err
	}
	b.note("replay of the whole record", float64(r.Events)/time.Since(began).Seconds(), "events/s")
	if len(r.Differ) > 0 {
		return fmt.Errorf("the replay differs at events %v", r.Differ)
	}
	next, err := b.demoIn(ctx, s.dir, 500, s.phonesAt())
	if err != nil {
		return err
	}
	defer next.stop()
	for ln := range strings.Lines(next.early()) {
		if !strings.Contains(ln, "the floor is rebuilt") {
			continue
		}
		for _, f := range strings.Fields(ln) {
			if v, ok := strings.CutPrefix(f, "took="); ok {
				if d, err := time.ParseDuration(v); err == nil {
					b.note("start after a kill: the floor is there again in", ms(d), "ms")
				}
			}
			if v, ok := strings.CutPrefix(f, "events="); ok {
				if n, err := strconv.Atoi(v); err == nil {
					b.note("start after a kill: events since the last snapshot", float64(n), "events")
				}
			}
		}
	}
	return nil
}
