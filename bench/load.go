package bench

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// load is callers on one socket and phones on another. A caller invites, holds
// and hangs up; a phone rings, answers at once, and hangs up when it is told to
// beforehand. The caller's number joins the two sides of a call.
type load struct {
	name            string // in every Call-ID: late messages of another run are not ours
	callers, phones *net.UDPConn
	sink            *net.UDPConn // where audio goes that nobody listens to
	work            sync.WaitGroup
	quit            chan struct{}

	mu     sync.Mutex
	server netip.AddrPort
	calls  []call
	talks  map[string]*talkAt
	alarms alarms
	out    []byte

	// phoneTalks is after how long a phone hangs up; 0: never.
	phoneTalks time.Duration
	freed      map[string]int64 // when a phone became free
	idle       []time.Duration  // from there to its next INVITE
	repeats    int              // messages that the load has sent again

	callerPort, phonePort int // of audio
}

type callState uint8

const (
	calling callState = iota
	talking
	leaving
	over
)

// call is a caller's side. Instants are ns since 1970.
type call struct {
	state    callState
	number   string
	hold     time.Duration
	code     int // the final response; 0: none yet
	to, at   string
	invited  int64
	answered int64
	acked    int64
	offered  int64 // the agent's phone had the INVITE
	ended    int64
	byServer bool // the server hung up
	port     int  // the server's, for the caller's audio
	agent    int  // the server's, for the agent's audio
	kept     bool // hold has not ended yet
}

// talkAt is a phone's side.
type talkAt struct {
	user, id, from, to, remote string
	call                       int
	source                     netip.AddrPort
	answer                     []byte // the 200, until its ACK
	acked, bye, gone           bool
}

// alarm is something to do later.
type alarm struct {
	at   int64
	kind uint8 // alarmInvite and so on
	n    int   // which try
	call int
	talk *talkAt
}

const (
	again     = iota // send the request or the answer once more
	hangUp           // the hold is over
	phoneBye         // the phone's talk is over
	byeAgain         // of a caller
	pByeAgain        // of a phone
)

type alarms []alarm

func (a alarms) Len() int           { return len(a) }
func (a alarms) Less(i, j int) bool { return a[i].at < a[j].at }
func (a alarms) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *alarms) Push(x any)        { *a = append(*a, x.(alarm)) }
func (a *alarms) Pop() any {
	x := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return x
}

const t1 = 500 * time.Millisecond

func newLoad() (*load, error) {
	l := &load{
		name: strconv.FormatInt(time.Now().UnixNano(), 36), talks: map[string]*talkAt{}, freed: map[string]int64{}, quit: make(chan struct{}),
	}
	for _, c := range []**net.UDPConn{&l.callers, &l.phones, &l.sink} {
		var err error
		if *c, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loop, 0))); err != nil {
			l.close()
			return nil, err
		}
		if *c != l.sink {
			tune(*c)
		}
	}
	_ = l.sink.SetReadBuffer(4096)
	l.callerPort = l.sinkPort()
	l.phonePort = l.callerPort
	l.work.Go(func() { l.read(l.callers, l.atCaller) })
	l.work.Go(func() { l.read(l.phones, l.atPhone) })
	l.work.Go(l.ring)
	return l, nil
}

func (l *load) close() {
	for _, c := range []*net.UDPConn{l.callers, l.phones, l.sink} {
		if c != nil {
			_ = c.Close()
		}
	}
	close(l.quit)
	l.work.Wait()
}

func (l *load) sinkPort() int { return l.sink.LocalAddr().(*net.UDPAddr).Port }

func (l *load) phonesAt() netip.AddrPort { return l.phones.LocalAddr().(*net.UDPAddr).AddrPort() }

func (l *load) read(c *net.UDPConn, take func(msg string, from netip.AddrPort, at int64)) {
	b, oob := make([]byte, 65536), make([]byte, 128)
	for {
		n, k, _, from, err := c.ReadMsgUDPAddrPort(b, oob)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		at := stampOf(oob[:k])
		if at == 0 {
			at = time.Now().UnixNano()
		}
		l.mu.Lock()
		take(string(b[:n]), from, at)
		l.mu.Unlock()
	}
}

// ring does what is due.
func (l *load) ring() {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-l.quit:
			return
		}
		l.mu.Lock()
		for now := time.Now().UnixNano(); len(l.alarms) > 0 && l.alarms[0].at <= now; {
			l.fire(heap.Pop(&l.alarms).(alarm))
		}
		l.mu.Unlock()
	}
}

func (l *load) after(d time.Duration, a alarm) {
	a.at = time.Now().Add(d).UnixNano()
	heap.Push(&l.alarms, a)
}

func (l *load) fire(a alarm) {
	resend := a
	resend.n++
	switch a.kind {
	case again:
		if a.talk != nil {
			if !a.talk.acked && !a.talk.gone && a.n < 7 {
				l.repeats++
				_, _ = l.phones.WriteToUDPAddrPort(a.talk.answer, a.talk.source)
				l.after(min(t1<<resend.n, 4*time.Second), resend)
			}
			return
		}
		if c := &l.calls[a.call]; c.state == calling && c.code < 180 && a.n < 7 {
			if c.code == 0 {
				l.repeats++
				l.invite(a.call)
			}
			l.after(t1<<resend.n, resend)
		}
	case hangUp:
		if c := &l.calls[a.call]; c.state == talking {
			c.kept, c.state = true, leaving
			l.bye(a.call)
			l.after(t1, alarm{kind: byeAgain, call: a.call})
		}
	case byeAgain:
		if l.calls[a.call].state == leaving && a.n < 7 {
			l.repeats++
			l.bye(a.call)
			l.after(min(t1<<resend.n, 4*time.Second), resend)
		}
	case phoneBye, pByeAgain:
		t := a.talk
		if t.gone || a.n >= 7 {
			return
		}
		if !t.bye {
			t.bye = true
			l.freed[t.user] = time.Now().UnixNano()
		} else {
			l.repeats++
		}
		l.phoneBye(t)
		resend.kind = pByeAgain
		l.after(min(t1<<resend.n, 4*time.Second), resend)
	}
}

// dial begins a call. hold is for how long the caller stays after the answer;
// negative: until the server hangs up.
func (l *load) dial(number string, hold time.Duration) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, call{number: number, hold: hold, invited: time.Now().UnixNano()})
	n := len(l.calls) - 1
	l.invite(n)
	l.after(t1, alarm{kind: again, call: n})
	return n
}

// pace begins calls at a rate for some time and returns the first and the one
// after the last.
func (l *load) pace(ctx context.Context, number string, hold time.Duration, rate float64, during time.Duration) (from, to int) {
	l.mu.Lock()
	from = len(l.calls)
	l.mu.Unlock()
	began, count := time.Now(), int(rate*during.Seconds())
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := range count {
		if d := time.Until(began.Add(time.Duration(float64(n) / rate * float64(time.Second)))); d > 0 {
			timer.Reset(d)
			select {
			case <-timer.C:
			case <-ctx.Done():
				return from, from + n
			}
		}
		l.dial(number, hold)
	}
	return from, from + count
}

// settled waits until the calls are over, or up when that is enough.
func (l *load) settled(ctx context.Context, from, to int, state callState, patience time.Duration) bool {
	for until := time.Now().Add(patience); ; {
		done := true
		l.mu.Lock()
		for i := to - 1; i >= from && done; i-- {
			done = l.calls[i].state >= state
		}
		l.mu.Unlock()
		if done || time.Now().After(until) {
			return done
		}
		if wait(ctx, 20*time.Millisecond) != nil {
			return false
		}
	}
}

// reached waits until all the calls have an agent, and a moment more.
func (l *load) reached(ctx context.Context, from, to int, patience time.Duration) bool {
	for until := time.Now().Add(patience); time.Now().Before(until); {
		done := true
		l.mu.Lock()
		for i := from; i < to && done; i++ {
			done = l.calls[i].port != 0 && l.calls[i].agent != 0
		}
		l.mu.Unlock()
		if wait(ctx, 200*time.Millisecond) != nil {
			return false
		}
		if done {
			return true
		}
	}
	return false
}

// result says how some calls went.
type result struct {
	calls, good, refused, failed int
	dispatch, refusal            []time.Duration
	why                          map[string]int
}

// result looks at calls that are over, or should be.
func (l *load) result(from, to int) result {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := result{calls: to - from, why: map[string]int{}}
	for i := from; i < to; i++ {
		c := &l.calls[i]
		if c.offered > 0 && c.acked > 0 {
			r.dispatch = append(r.dispatch, time.Duration(c.offered-c.acked))
		}
		why := ""
		switch {
		case c.code == 503:
			r.refused++
			r.refusal = append(r.refusal, time.Duration(c.ended-c.invited))
			continue
		case c.code == 0:
			why = "no final response"
		case c.code >= 300:
			why = strconv.Itoa(c.code)
		case c.hold >= 0 && c.byServer && !c.kept:
			why = "the server hung up"
		case c.state != over:
			why = "the end was not answered"
		case c.offered == 0:
			why = "no agent was reached"
		default:
			r.good++
			continue
		}
		r.failed++
		r.why[why]++
	}
	return r
}

func (r result) String() string {
	return fmt.Sprintf("%d calls, %d good, %d refused, %d failed %v", r.calls, r.good, r.refused, r.failed, r.why)
}

// hangUpAll ends all calls that are up.
func (l *load) hangUpAll(from, to int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := from; i < to; i++ {
		if l.calls[i].state == talking {
			l.fire(alarm{kind: hangUp, call: i})
		}
	}
}
