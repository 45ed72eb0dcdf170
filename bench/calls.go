package bench

import (
	"context"
	"fmt"
	"time"
)

// Numbers of the demo company.
const (
	benchNumber  = "+33100000009"
	parkedNumber = "+33100000008"
	salesNumber  = "+33100000001"
)

// stage is a running program with a load around it.
type stage struct {
	*belfry
	*load
}

// stage starts the program with so many phones.
func (b *Bench) stage(ctx context.Context, agents int, more ...string) (*stage, error) {
	l, err := newLoad()
	if err != nil {
		return nil, err
	}
	p, err := b.demo(ctx, agents, l.phonesAt(), more...)
	if err != nil {
		l.close()
		return nil, err
	}
	l.server = p.sip
	return &stage{p, l}, nil
}

func (s *stage) end() {
	s.belfry.stop()
	s.load.close()
}

// warm makes a few calls, so that nothing measured is done for the first time.
func (s *stage) warm(ctx context.Context) error {
	from, to := s.pace(ctx, benchNumber, 200*time.Millisecond, 50, time.Second)
	if !s.settled(ctx, from, to, over, 10*time.Second) {
		return fmt.Errorf("the first calls did not end: %v\n%s", s.result(from, to), s.last())
	}
	return wait(ctx, 500*time.Millisecond)
}

// run makes calls at a rate and measures what one cost.
func (s *stage) run(ctx context.Context, rate float64, during time.Duration) (r result, perCall time.Duration) {
	before := s.cpu()
	from, to := s.pace(ctx, benchNumber, time.Second, rate, during)
	s.settled(ctx, from, to, over, 10*time.Second)
	_ = wait(ctx, 200*time.Millisecond) // the records of the last
	perCall = (s.cpu() - before) / time.Duration(max(to-from, 1))
	return s.result(from, to), perCall
}

func queued(ctx context.Context, b *Bench) error {
	s, err := b.stage(ctx, b.o.Agents)
	if err != nil {
		return err
	}
	defer s.end()
	if err := s.warm(ctx); err != nil {
		return err
	}
	r, cost := s.run(ctx, float64(b.o.Rate), b.o.For)
	what := fmt.Sprintf("%d calls/s, %d agents, 1 s talk", b.o.Rate, b.o.Agents)
	b.say("    %v; sent again %d", r, s.repeats)
	b.note(what+": CPU a call", ms(cost), "ms")
	b.note(what+": failures", float64(r.failed+r.refused), "calls")
	b.times(what+": ACK to agent's INVITE", r.dispatch)
	b.note(what+": memory", s.rss(), "MB")
	return nil
}

// highestAgents are enough for any rate that two cores can carry.
const highestAgents = 1500

// highest goes up in steps until a call fails, each step on a fresh program: the
// transactions of the last one, which live for 32 s, would weigh on the next.
func highest(ctx context.Context, b *Bench) error {
	held := 0
	for rate := 600; rate <= 1400; rate += 100 {
		ok, err := b.holds(ctx, rate, 5*time.Second)
		if err == nil && !ok { // others may have had the machine for a moment
			ok, err = b.holds(ctx, rate, 5*time.Second)
		}
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		held = rate
	}
	for rate := 200; held == 0 && rate > 0; rate -= 50 {
		ok, err := b.holds(ctx, rate, 5*time.Second)
		if err != nil {
			return err
		}
		if ok {
			held = rate
		}
	}
	b.most = held
	b.note("highest rate without a failure, 1,500 agents, 1 s talk", float64(held), "calls/s")
	return nil
}

// holds says whether a rate is held without a failure, and what it costs.
func (b *Bench) holds(ctx context.Context, rate int, during time.Duration) (bool, error) {
	s, err := b.stage(ctx, highestAgents)
	if err != nil {
		return false, err
	}
	defer s.end()
	if err := s.warm(ctx); err != nil {
		return false, err
	}
	before := s.rss()
	r, cost := s.run(ctx, float64(rate), during)
	b.say("  at %d/s: %v; %.2f ms CPU a call; sent again %d; dispatch p50 %.2f p99 %.2f ms", rate, r, ms(cost), s.repeats,
		ms(part(r.dispatch, 50)), ms(part(r.dispatch, 99)))
	if r.failed+r.refused > 0 {
		return false, nil
	}
	live := s.metric("sip_transactions")
	b.note(fmt.Sprintf("at %d calls/s: CPU a call", rate), ms(cost), "ms")
	b.note(fmt.Sprintf("at %d calls/s: memory", rate), s.rss(), "MB")
	if live > 0 {
		b.note(fmt.Sprintf("at %d calls/s: memory above the start, a live transaction", rate), (s.rss()-before)*1024/live, "kB")
	}
	return true, nil
}

func dispatch(ctx context.Context, b *Bench) error {
	for _, c := range []struct{ agents, waiting int }{{100, 0}, {100, 100}, {100, 1000}, {1000, 0}, {1000, 1000}} {
		if err := dispatchOf(ctx, b, c.agents, c.waiting); err != nil {
			return err
		}
	}
	return nil
}

func dispatchOf(ctx context.Context, b *Bench, agents, waiting int) error {
	s, err := b.stage(ctx, agents)
	if err != nil {
		return err
	}
	defer s.end()
	if err := s.warm(ctx); err != nil {
		return err
	}
	from, to := s.pace(ctx, parkedNumber, -1, 250, time.Duration(waiting)*time.Second/250)
	if !s.settled(ctx, from, to, talking, 10*time.Second) {
		return fmt.Errorf("the callers who shall wait were not answered: %v", s.result(from, to))
	}
	if err := wait(ctx, time.Second); err != nil {
		return err
	}
	// What the waiting cost, their music, is not the calls' cost.
	const look, during = 3 * time.Second, 6 * time.Second
	before := s.cpu()
	if err := wait(ctx, look); err != nil {
		return err
	}
	music := float64(s.cpu()-before) / float64(look)
	before, began := s.cpu(), time.Now()
	f, t := s.pace(ctx, benchNumber, time.Second, 50, during)
	s.settled(ctx, f, t, over, 10*time.Second)
	cost := float64(s.cpu()-before) - music*float64(time.Since(began))
	r := s.result(f, t)
	what := fmt.Sprintf("%d agents, %d waiting", agents, waiting)
	b.say("    %v", r)
	b.times(what+": ACK to agent's INVITE", r.dispatch)
	b.note(what+": CPU a call (50/s, music taken off)", cost/float64(max(r.calls, 1))/1e6, "ms")
	b.note(what+": failures", float64(r.failed+r.refused), "calls")
	if waiting > 0 {
		b.note(what+": memory", s.rss(), "MB")
	}
	return nil
}

// free keeps more callers waiting than there are agents; each phone hangs up
// after half a second and is given the next.
func free(ctx context.Context, b *Bench) error {
	const agents, calls = 50, 400
	s, err := b.stage(ctx, agents)
	if err != nil {
		return err
	}
	defer s.end()
	s.mu.Lock()
	s.phoneTalks = 500 * time.Millisecond
	s.mu.Unlock()
	from, to := s.pace(ctx, benchNumber, -1, calls, time.Second)
	s.settled(ctx, from, to, over, 20*time.Second)
	r := s.result(from, to)
	b.say("    %v", r)
	s.mu.Lock()
	idle := s.idle
	s.mu.Unlock()
	b.times(fmt.Sprintf("phone's BYE to its next INVITE, %d agents, %d waiting", agents, calls-agents), idle)
	b.note("failures", float64(r.failed+r.refused), "calls")
	return nil
}

// overload first finds what can be taken, unless that is known, then offers half
// as much again.
func overload(ctx context.Context, b *Bench) error {
	if b.most == 0 {
		row := b.row
		if err := highest(ctx, b); err != nil {
			return err
		}
		b.row = row
	}
	const talks = 50
	s, err := b.stage(ctx, 2*highestAgents)
	if err != nil {
		return err
	}
	defer s.end()
	if err := s.warm(ctx); err != nil {
		return err
	}
	live0, live1 := s.pace(ctx, benchNumber, 25*time.Second, 50, talks*time.Second/50)
	s.settled(ctx, live0, live1, talking, 5*time.Second)
	rate, during := 1.5*float64(b.most), 10*time.Second
	began := time.Now()
	r, _ := s.run(ctx, rate, during)
	took := time.Since(began)
	b.say("    %v in %v; sent again %d", r, took, s.repeats)
	what := fmt.Sprintf("%.0f calls/s offered", rate)
	b.note(what+": good calls", float64(r.good)/during.Seconds(), "calls/s")
	b.note(what+": refused with 503", float64(r.refused)/during.Seconds(), "calls/s")
	b.note(what+": failed otherwise", float64(r.failed), "calls")
	if len(r.refusal) > 0 {
		b.times(what+": INVITE to its 503", r.refusal)
	}
	b.times(what+": ACK to agent's INVITE", r.dispatch)
	s.mu.Lock()
	harmed := 0
	for i := live0; i < live1; i++ {
		if c := &s.calls[i]; c.state != talking || c.offered == 0 {
			harmed++
		}
	}
	s.mu.Unlock()
	b.note(what+": live calls harmed, of 50", float64(harmed), "calls")
	return nil
}

func idle(ctx context.Context, b *Bench) error {
	s, err := b.stage(ctx, 100)
	if err != nil {
		return err
	}
	defer s.end()
	if err := wait(ctx, 3*time.Second); err != nil {
		return err
	}
	const look = 20 * time.Second
	before := s.cpu()
	if err := wait(ctx, look); err != nil {
		return err
	}
	b.note("100 agents on shift", 100*float64(s.cpu()-before)/float64(look), "% of a core")
	b.note("100 agents on shift: memory", s.rss(), "MB")
	return nil
}

func music(ctx context.Context, b *Bench) error {
	s, err := b.stage(ctx, 1)
	if err != nil {
		return err
	}
	defer s.end()
	before := s.rss()
	from, to := s.pace(ctx, parkedNumber, -1, 250, 4*time.Second)
	if !s.settled(ctx, from, to, talking, 10*time.Second) {
		return fmt.Errorf("the callers were not answered: %v", s.result(from, to))
	}
	if err := wait(ctx, 2*time.Second); err != nil {
		return err
	}
	const look = 5 * time.Second
	used, packets := s.cpu(), s.metric("audio_packets_sent_total")
	if err := wait(ctx, look); err != nil {
		return err
	}
	used, packets = s.cpu()-used, s.metric("audio_packets_sent_total")-packets
	b.note("1,000 callers in music: CPU", float64(used)/float64(look), "cores")
	b.note("1,000 callers in music: packets", packets/look.Seconds(), "packets/s")
	b.note("1,000 callers in music: memory", s.rss(), "MB")
	b.note("before them: memory", before, "MB")
	return nil
}
