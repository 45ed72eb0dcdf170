package bench

import (
	"context"
	"fmt"
	"time"
)

// talkFor is how long talking calls are measured.
const talkFor = 8 * time.Second

// conversation brings up n calls whose two ends will speak, and gives the
// streams.
func (s *stage) conversation(ctx context.Context, a *audio, n int) ([]stream, error) {
	s.mu.Lock()
	s.callerPort, s.phonePort = a.port(0), a.port(1)
	s.mu.Unlock()
	from, to := s.pace(ctx, benchNumber, -1, 50, time.Duration(n)*time.Second/50)
	if !s.settled(ctx, from, to, talking, 10*time.Second) {
		return nil, fmt.Errorf("the calls were not answered: %v", s.result(from, to))
	}
	if !s.reached(ctx, from, to, 5*time.Second) {
		return nil, fmt.Errorf("not every caller has an agent: %v", s.result(from, to))
	}
	var all []stream
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := from; i < to; i++ {
		c := &s.calls[i]
		all = append(all, stream{0, addrOf(c.port)}, stream{1, addrOf(c.agent)})
	}
	s.callerPort = s.sinkPort()
	s.phonePort = s.callerPort
	return all, nil
}

// talk measures n talking calls, through the program and through rtpengine.
func talk(ctx context.Context, b *Bench) error {
	for _, n := range []int{100, 200} {
		if err := b.talkOurs(ctx, n); err != nil {
			return err
		}
		if err := b.talkEngine(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bench) talkOurs(ctx context.Context, n int) error {
	s, err := b.stage(ctx, n+10)
	if err != nil {
		return err
	}
	defer s.end()
	a, err := newAudio()
	if err != nil {
		return err
	}
	defer a.close()
	all, err := s.conversation(ctx, a, n)
	if err != nil {
		return err
	}
	b.relay(ctx, a, all, s.child, fmt.Sprintf("%d calls", n), n)
	return nil
}

// relay speaks and notes what it cost whoever stands between.
func (b *Bench) relay(ctx context.Context, a *audio, all []stream, c *child, what string, calls int) {
	const warm = time.Second
	done := make(chan struct{})
	go func() { defer close(done); a.speak(ctx, all, warm, talkFor) }()
	_ = wait(ctx, warm)
	before, began := c.cpu(), time.Now()
	<-done
	used, took := c.cpu()-before, time.Since(began)
	_ = wait(ctx, 100*time.Millisecond)
	a.counting.Store(false)
	a.mu.Lock()
	delays := a.delays
	a.mu.Unlock()
	sent, came := a.sent.Load(), a.came.Load()
	b.note(what+": cores for 100 calls", used.Seconds()/took.Seconds()*100/float64(calls), "cores")
	b.note(what+": CPU a packet", used.Seconds()*1e6/float64(max(came, 1)), "µs")
	b.note(what+": packets lost", float64(max(sent-came, 0))*100/float64(max(sent, 1)), "%")
	b.times(what+": delay added", delays)
}

// busy is dispatch while 200 calls talk.
func busy(ctx context.Context, b *Bench) error {
	const n = 200
	s, err := b.stage(ctx, n+100)
	if err != nil {
		return err
	}
	defer s.end()
	a, err := newAudio()
	if err != nil {
		return err
	}
	defer a.close()
	all, err := s.conversation(ctx, a, n)
	if err != nil {
		return err
	}
	const during = 8 * time.Second
	done := make(chan struct{})
	go func() { defer close(done); a.speak(ctx, all, time.Second, during) }()
	_ = wait(ctx, time.Second)
	from, to := s.pace(ctx, benchNumber, time.Second, 20, during-2*time.Second)
	<-done
	s.settled(ctx, from, to, over, 5*time.Second)
	r := s.result(from, to)
	b.times("200 talking calls, 20 calls/s: ACK to agent's INVITE", r.dispatch)
	b.note("failures", float64(r.failed+r.refused), "calls")
	return nil
}
