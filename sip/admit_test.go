package sip

import (
	"log/slog"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"belfry/core"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) { slow(o); o.Limits = Limits{CallsPerSecond: 1000, Calls: 3, Lateness: -1} })
	for i := range 5 {
		k := w.talk()
		k.send("INVITE", "", plainSDP)
		m := w.read()
		want := 100
		if i >= 3 {
			want = 503
		}
		if m.status != want || want == 503 && m.value(hRetryAfter) == "" {
			t.Errorf("call %d: %d", i, m.status)
		}
		if want == 503 {
			k.learn(m)
			k.send("ACK", "", "")
		}
	}
	w.silent()
	if s := b.Stats(); s.Came != 3 || s.Refused != 2 || s.Transactions > 3 {
		t.Errorf("%+v", s)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) { slow(o); o.Limits = Limits{CallsPerSecond: 5, Calls: -1, Lateness: -1} })
	count := map[int]int{}
	for range 12 {
		w.talk().send("INVITE", "", plainSDP)
		count[w.read().status]++
	}
	if count[100] < 5 || count[100] > 7 || count[503] != 12-count[100] {
		t.Errorf("%v, %+v", count, b.Stats())
	}
}

func TestLateness(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) {
		slow(o)
		o.Limits = Limits{CallsPerSecond: -1, Calls: -1, Lateness: time.Second}
	})
	k := w.talk()
	k.up(b)
	for _, l := range b.lanes { // somebody is at work for too long
		l.hold()
	}
	other := w.talk()
	other.send("INVITE", "", plainSDP)
	k.send("INFO", "", "")
	time.AfterFunc(1200*time.Millisecond, func() {
		for _, l := range b.lanes {
			go l.work(true)
		}
	})
	got := map[string]int{}
	for range 2 {
		m := w.read()
		got[m.method] = m.status
	}
	if got["INVITE"] != 503 || got["INFO"] != 200 {
		t.Errorf("%v", got)
	}
	w.send(other.invite) // there is room now, but its sender may have heard the 503
	w.until(503)
	if n := b.Stats().Refused; n != 1 {
		t.Errorf("one call was refused %d times", n)
	}
	w.talk().send("INVITE", "", plainSDP)
	w.until(100)
}

// TestFlood: while the lanes are behind, the reader refuses new calls on the
// spot; what belongs to calls that are there waits for its turn.
func TestFlood(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) { slow(o); o.Limits = Limits{CallsPerSecond: -1, Calls: -1, Lateness: time.Second} })
	k, coming := w.talk(), w.talk()
	k.up(b)
	coming.send("INVITE", "", plainSDP)
	w.until(100)
	for _, l := range b.lanes {
		l.hold()
	}
	release := sync.OnceFunc(func() {
		for _, l := range b.lanes {
			go l.work(true)
		}
	})
	defer release()
	for range floodSize {
		w.talk().send("OPTIONS", "", "")
	}
	refused := false
	for end := time.Now().Add(10 * time.Second); !refused && time.Now().Before(end); {
		w.talk().send("INVITE", "", plainSDP)
		if m := w.readWithin(20 * time.Millisecond); m != nil {
			refused = m.status == 503
		}
	}
	if !refused {
		t.Fatal("nothing was refused while the lanes stood still")
	}
	w.send(coming.invite)
	k.send("INFO", "", "")
	release()
	for infos := 0; infos < 1; {
		switch m := w.read(); {
		case m.callID == coming.id && m.status != 100:
			t.Fatalf("a copy of a call that was taken is answered %d", m.status)
		case m.method == "INFO" && m.status != 200:
			t.Fatalf("the call that stands is answered %d", m.status)
		case m.method == "INFO":
			infos++
		}
	}
	for status := 503; status == 503; { // until they have caught up
		fresh := w.talk()
		fresh.send("INVITE", "", plainSDP)
		for m := w.read(); ; m = w.read() {
			if m.callID == fresh.id {
				status = m.status
				break
			}
		}
	}
}

func TestFloorThatIsFull(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options) {
		slow(o)
		o.Tell = func(core.Event) error { return core.Errorf(core.Busy, "full", "full") }
	})
	w := newWire(t, b.Addr(), 0)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	k.learn(w.until(503))
	k.send("ACK", "", "")
	w.silent()
	if s := b.Stats(); s.Legs != 0 || len(b.Check()) > 0 {
		t.Errorf("%+v %v", s, b.Check())
	}
}

func TestUnknownSource(t *testing.T) {
	t.Parallel()
	_, w := newPair(t, func(o *Options) {
		slow(o)
		o.Trunks = func(netip.AddrPort) (Trunk, bool) { return Trunk{}, false }
	})
	for _, method := range []string{"INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER"} {
		w.talk().send(method, "", "")
		if m := w.read(); m.status != 403 {
			t.Errorf("%s: %d", method, m.status)
		}
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) {
		slow(o)
		o.Log = slog.New(slog.DiscardHandler)
		tell := o.Tell
		o.Tell = func(ev core.Event) error {
			if came, ok := ev.(core.CallCame); ok && came.From.Name == "Bad Luck" {
				panic("a test")
			}
			return tell(ev)
		}
	})
	healthy := w.talk()
	healthy.up(b)
	k := w.talk()
	w.send(strings.Replace(k.request("INVITE", "", plainSDP), "From: ", "From: Bad Luck ", 1))
	w.until(500)
	healthy.send("INFO", "", "")
	healthy.until(200)
	w.talk().send("INVITE", "", plainSDP)
	w.until(100)
	if s := b.Stats(); s.Panics != 1 || len(b.Check()) > 0 {
		t.Errorf("%+v %v", s, b.Check())
	}
}

func TestVeto(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "", plainSDP)
	w.until(100)
	leg := next[core.CallCame](b).Leg
	b.Do(core.Order{Epoch: 7, Effect: core.Ring{Leg: leg}})
	w.until(180)
	b.Do(core.Order{Epoch: 6, Effect: core.Drop{Leg: leg}}) // of a floor that was replaced
	b.Do(core.Order{Epoch: 6, Effect: core.Answer{Leg: leg}})
	w.silent()
	b.Do(core.Order{Epoch: 8, Effect: core.Answer{Leg: leg}})
	k.until(200)
	if d, ok := b.Dialog(leg); !ok || d.Epoch != 8 {
		t.Errorf("%+v", d)
	}
}

func TestManyAtOnceLeaveNothing(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, nil)
	const n = 100
	for range n {
		w.talk().send("INVITE", "", plainSDP)
	}
	seen, gone := map[core.CallID]bool{}, 0
	for late := time.After(10 * time.Second); gone < n; {
		select {
		case ev := <-b.news:
			switch ev := ev.(type) {
			case core.CallCame:
				seen[ev.Call] = true
				switch len(seen) % 3 {
				case 0:
					b.do(core.Reject{Leg: ev.Leg, Cause: core.Cause{Why: core.LineBusy}})
				case 1:
					b.do(core.Answer{Leg: ev.Leg}) // never acknowledged
				case 2:
					b.do(core.Drop{Leg: ev.Leg, Cause: core.Cause{Why: core.Ended}})
				}
			case core.LegGone:
				gone++
			default:
			}
		case <-late:
			t.Fatalf("%d calls came, %d are gone", len(seen), gone)
		}
	}
	if len(seen) != n {
		t.Errorf("%d calls", len(seen))
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		s := b.Stats()
		if s.Transactions == 0 && s.Legs == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left over: %+v %v", s, b.Check())
		}
		w.talk().send("OPTIONS", "", "")
		w.readAny()
	}
	if live := b.live.Load(); live != 0 {
		t.Errorf("%d live", live)
	}
}

// hold stands in the lane's place as one who is at work and does nothing.
func (l *lane) hold() {
	b := &l.inbox
	for {
		b.mu.Lock()
		was := b.busy
		b.busy = true
		b.mu.Unlock()
		if !was {
			return
		}
		runtime.Gosched()
	}
}

// readWithin is readAny that bears that nothing comes.
func (w *wire) readWithin(d time.Duration) *message {
	select {
	case raw := <-w.got:
		m := &message{}
		_ = parse(raw, m)
		return m
	case <-time.After(d):
		return nil
	}
}
