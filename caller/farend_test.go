package caller

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
	"belfry/media"
	"belfry/media/sound"
	"belfry/sip"
)

// office is a contact centre without a floor, with a trunk to a far end.
type office struct {
	t     *testing.T
	sip   *sip.Endpoint
	audio *media.Engine
	dir   string
	news  chan core.Event
}

func newOffice(t *testing.T) *office {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	far, err := StartFarEnd(context.Background(), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(far.Close)
	o := &office{t: t, dir: t.TempDir(), news: make(chan core.Event, 64)}
	tell := func(ev core.Event) error { o.news <- ev; return nil }
	o.audio, err = media.New(media.Options{
		PortLow: 20000, PortHigh: 29999, BindIP: netip.MustParseAddr("127.0.0.1"), DataDir: o.dir,
		Tell: func(ev core.Event) { _ = tell(ev) }, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.audio.Close)
	if o.sip, err = sip.Start(context.Background(), sip.Options{Listen: "127.0.0.1:0", Media: o.audio, Tell: tell, Log: log}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.sip.Close)
	host, port, _ := net.SplitHostPort(far.Addr())
	n, _ := strconv.Atoi(port)
	o.sip.SetTrunks([]plan.Trunk{{ID: "trk_far", Host: host, Port: n}}, "FR")
	return o
}

func (o *office) call(number string) {
	o.sip.Do(core.Order{Effect: core.Dial{Leg: "leg_sOUT", Number: number, From: core.Party{Number: "+33100000000"}}})
}

// next waits for news of the type.
func next[E core.Event](o *office) E {
	o.t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case ev := <-o.news:
			if e, ok := ev.(E); ok {
				return e
			}
		case <-late:
			var want E
			o.t.Fatalf("no %T came", want)
		}
	}
}

// heard is how many seconds of the kept sound are no silence.
func (o *office) heard() float64 {
	o.t.Helper()
	f, err := os.Open(filepath.Join(o.dir, "voice", "rec_far.wav"))
	if err != nil {
		o.t.Fatal(err)
	}
	defer f.Close()
	a, err := sound.ReadWAV(f, sound.Limits{})
	if err != nil {
		o.t.Fatal(err)
	}
	loud := 0
	for _, x := range a.PCM {
		if x > 500 || x < -500 {
			loud++
		}
	}
	return float64(loud) / 16000
}

func TestTheFarEndAnswersAndTalks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.call("+33145000001")
	if r := next[core.LegRang](o); r.Early {
		t.Errorf("%+v", r)
	}
	next[core.LegUp](o)
	o.audio.Do(core.Order{Effect: core.Record{Leg: "leg_sOUT", Record: "rec_far", Longest: 1500 * time.Millisecond}})
	next[core.RecordEnded](o)
	if s := o.heard(); s < 0.1 {
		t.Errorf("%.2f s of speech were heard", s)
	}
}

// What is said before the answer is heard before it.
func TestEarlyMedia(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.call("+33145000183")
	if r := next[core.LegRang](o); !r.Early {
		t.Errorf("%+v", r)
	}
	o.audio.Do(core.Order{Effect: core.Record{Leg: "leg_sOUT", Record: "rec_far", Longest: time.Minute}})
	next[core.RecordEnded](o)
	if g := next[core.LegGone](o); g.Cause.Code != 404 {
		t.Errorf("%+v", g.Cause)
	}
	if s := o.heard(); s < 0.3 {
		t.Errorf("%.2f s of speech were heard", s)
	}
}

func TestFatesOfNumbers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	// The 503 comes last: with it the trunk asks to be left alone for a while.
	for _, f := range []struct {
		number string
		code   int
	}{{"+33145000486", 486}, {"+33145000404", 404}, {"+33145000603", 603}, {"+33145000503", 503}} {
		o.call(f.number)
		if g := next[core.LegGone](o); g.Cause.Code != f.code {
			t.Errorf("%s: %+v", f.number, g.Cause)
		}
	}
	if f := fateOf("+33145000480"); f.status != 480 || f.rings != ringsOut {
		t.Errorf("%+v", f)
	}
}
