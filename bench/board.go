package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// board is what supervisors cost: 20 of them look at 20 queues and the 1,000
// agents who serve them all, while 20 calls a second go through one of them.
func board(ctx context.Context, b *Bench) error {
	const agents, queues, viewers, rate, during = 1000, 20, 20, 20, 10 * time.Second
	s, err := b.stage(ctx, agents)
	if err != nil {
		return err
	}
	defer s.end()
	sam, err := s.supervised(ctx, queues)
	if err != nil {
		return err
	}
	if err := s.warm(ctx); err != nil {
		return err
	}
	_, without := s.run(ctx, rate, during)
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	var read atomic.Int64
	lines := make(chan seen, 1<<12)
	for i := range viewers {
		body, err := sam.look(ctx)
		if err != nil {
			return err
		}
		to := lines
		if i > 0 {
			to = nil // what all see, one tells
		}
		work.Go(func() { watch(body, &read, to) })
	}
	if err := wait(ctx, time.Second); err != nil {
		return err
	}
	began := read.Load()
	_, with := s.run(ctx, rate, during)
	what := fmt.Sprintf("%d viewers of %d queues and %d agents, %d calls/s", viewers, queues, agents, rate)
	b.note(what+": CPU of the boards", 100*float64(with-without)*rate/float64(time.Second), "% of a core")
	b.note(what+": sent to one viewer", float64(read.Load()-began)/viewers/during.Seconds()/1000, "kB/s")
	calm, err := sam.changes(ctx, lines, 20, 0)
	if err != nil {
		return err
	}
	b.times("an agent's activity is set, to its document, nothing else happens", calm)
	work.Go(func() { s.run(ctx, rate, 8*time.Second) })
	busy, err := sam.changes(ctx, lines, 20, 333)
	if err != nil {
		return err
	}
	b.times("the same while calls come", busy)
	return nil
}

// supervised has the phones serve more queues, and sam supervise them.
func (s *stage) supervised(ctx context.Context, queues int) (*maker, error) {
	m, err := newMaker(ctx, "http://"+s.http, "admin")
	if err != nil {
		return nil, err
	}
	ids := []string{`"que_bench"`}
	for i := range queues - 1 {
		var queue struct{ ID string }
		if _, err := m.do(ctx, http.MethodPost, "/queues", fmt.Sprintf(`{"name":"queue %d","max_size":10}`, i), &queue); err != nil {
			return nil, err
		}
		ids = append(ids, `"`+queue.ID+`"`)
	}
	all := strings.Join(ids, ",")
	if _, err := m.do(ctx, http.MethodPatch, "/profiles/pro_phones", `{"queues":[`+all+`]}`, nil); err != nil {
		return nil, err
	}
	if _, err := m.do(ctx, http.MethodPatch, "/profiles/pro_supervisor", `{"supervises":[`+all+`]}`, nil); err != nil {
		return nil, err
	}
	return newMaker(ctx, "http://"+s.http, "sam")
}

// look opens the stream of what is supervised.
func (m *maker) look(ctx context.Context) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.at+"/live/events", http.NoBody)
	if err != nil {
		return nil, err
	}
	res, err := m.client.Do(r)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, fmt.Errorf("GET /live/events: %s", res.Status)
	}
	return res.Body, nil
}

// seen is a line of a stream, and when it came.
type seen struct {
	text string
	at   time.Time
}

// watch reads a stream, counts it, and passes its lines on.
func watch(stream io.ReadCloser, read *atomic.Int64, to chan<- seen) {
	defer stream.Close()
	r := bufio.NewReaderSize(stream, 1<<20)
	for {
		text, err := r.ReadString('\n')
		read.Add(int64(len(text)))
		if err != nil {
			return
		}
		if to != nil && strings.HasPrefix(text, "data:") {
			select {
			case to <- seen{text, time.Now()}:
			default: // nobody asks just now
			}
		}
	}
}

// changes sets what agents do, one after the other, and measures how long until
// the stream has it.
func (m *maker) changes(ctx context.Context, lines <-chan seen, n, gap int) ([]time.Duration, error) {
	var all []time.Duration
	for i := range n {
		agent := fmt.Sprintf("usr_p%04d", 900+i)
		activity := []string{"act_break", "act_training"}[min(gap, 1)]
		for len(lines) > 0 {
			<-lines
		}
		began := time.Now()
		if _, err := m.do(ctx, http.MethodPut, "/agents/"+agent+"/activity", `{"activity":"`+activity+`"}`, nil); err != nil {
			return nil, err
		}
		late := time.After(5 * time.Second)
		for found := false; !found; {
			select {
			case l := <-lines:
				_, row, _ := strings.Cut(l.text, `"id":"`+agent+`"`)
				row, _, _ = strings.Cut(row, `"today"`)
				if found = strings.Contains(row, `"activity":"`+activity+`"`); found {
					all = append(all, l.at.Sub(began))
				}
			case <-late:
				return nil, fmt.Errorf("the stream does not tell what %s does", agent)
			}
		}
		if err := wait(ctx, 300*time.Millisecond+time.Duration(gap%100)*time.Duration(i)*time.Millisecond/5); err != nil {
			return nil, err
		}
	}
	return all, nil
}
