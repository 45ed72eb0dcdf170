package sip

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
)

// quick makes what takes half a minute take half a second.
var quick = Timers{T1: 10 * time.Millisecond, T2: 80 * time.Millisecond, T4: 100 * time.Millisecond}

func newMedia(t testing.TB) *media.Engine {
	t.Helper()
	m, err := media.New(media.Options{PortLow: 20000, PortHigh: 39999, BindIP: netip.MustParseAddr("127.0.0.1"), DataDir: t.TempDir(), Tell: func(core.Event) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// bench is an endpoint whose floor is the test.
type bench struct {
	t testing.TB
	*Endpoint
	news chan core.Event
}

func newBench(t testing.TB, change func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, news: make(chan core.Event, 4096)}
	o := Options{
		Listen: "127.0.0.1:0", Media: newMedia(t), Timers: quick, Limits: Limits{Lateness: -1},
		Tell:   func(ev core.Event) error { b.news <- ev; return nil },
		Trunks: func(netip.AddrPort) (Trunk, bool) { return Trunk{Name: "test", Trusted: true}, true },
	}
	if change != nil {
		change(&o)
	}
	e, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.Endpoint = e
	t.Cleanup(e.Close)
	return b
}

// next waits for news of the type and gives it; other news are passed over.
func next[E core.Event](b *bench) E {
	b.t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case ev := <-b.news:
			if e, ok := ev.(E); ok {
				return e
			}
		case <-late:
			var want E
			b.t.Fatalf("no %T came", want)
		}
	}
}

func (b *bench) do(ef core.Effect) { b.Do(core.Order{Epoch: 1, Effect: ef}) }

func newPhone(t testing.TB, incoming func(*PhoneCall)) *Phone {
	t.Helper()
	p, err := NewPhone(context.Background(), PhoneOptions{Media: newMedia(t), Timers: quick, Incoming: incoming})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func heard[E core.Event](t testing.TB, c *PhoneCall) E {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case ev, ok := <-c.Events():
			if e, is := ev.Event.(E); is {
				return e
			}
			if !ok {
				var want E
				t.Fatalf("the call ended before %T", want)
			}
		case <-late:
			var want E
			t.Fatalf("no %T came", want)
		}
	}
}

func TestCallIn(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	p := newPhone(t, nil)
	c := p.Dial("sip:+33100000000@"+b.Addr().String(), DialOptions{From: core.Party{Number: "+33612345678", Name: `Claire "C" Fontaine`}})
	came := next[core.CallCame](b)
	if came.To != "+33100000000" || came.From.Number != "+33612345678" || came.From.Name != `Claire "C" Fontaine` || came.Codec != "PCMU" {
		t.Errorf("came %+v", came)
	}
	b.do(core.Ring{Leg: came.Leg})
	heard[core.LegRang](t, c)
	b.do(core.Answer{Leg: came.Leg})
	if up := heard[core.LegUp](t, c); up.Codec != "PCMU" {
		t.Errorf("up %+v", up)
	}
	next[core.LegUp](b)
	c.Hangup()
	if g := next[core.LegGone](b); g.Cause.Why != core.HungUp || g.Cause.Q850 != 16 {
		t.Errorf("gone %+v", g.Cause)
	}
	if broken := b.Check(); len(broken) > 0 {
		t.Error(broken)
	}
}

func TestCallOut(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	calls := make(chan *PhoneCall, 1)
	p := newPhone(t, func(c *PhoneCall) { calls <- c })
	b.do(core.Dial{Leg: "leg_sOUT", To: "sip:p0001@" + p.Addr(), From: core.Party{Number: "+33612345678"}, Codec: "PCMA"})
	c := <-calls
	if c.From.Number != "+33612345678" || c.To != "p0001" {
		t.Errorf("came %+v", c)
	}
	c.Ring()
	next[core.LegRang](b)
	c.Answer()
	if up := next[core.LegUp](b); up.Codec != "PCMA" {
		t.Errorf("up %+v", up)
	}
	heard[core.LegUp](t, c)
	b.do(core.Drop{Leg: "leg_sOUT", Cause: core.Cause{Why: core.Ended}})
	if g := heard[core.LegGone](t, c); g.Cause.Why != core.HungUp {
		t.Errorf("gone %+v", g.Cause)
	}
	if g := next[core.LegGone](b); g.Cause.Why != core.Ended {
		t.Errorf("gone %+v", g.Cause)
	}
}
