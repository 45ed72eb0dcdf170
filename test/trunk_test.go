package test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
	"belfry/media"
	"belfry/media/sound"
	"belfry/sip"
)

// switchboard is the program's SIP and audio without a floor: the test orders.
type switchboard struct {
	t     *testing.T
	sip   *sip.Endpoint
	audio *media.Engine
	dir   string
	news  chan core.Event
}

// voice is a file that is all there is to play.
type voice struct{ file string }

// Sound reads it.
func (v voice) Sound(id core.SoundID) (*sound.Sound, error) {
	f, err := os.Open(v.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a, err := sound.ReadWAV(f, sound.Limits{})
	if err != nil {
		return nil, err
	}
	return sound.FromPCM(id, a.PCM, 16000), nil
}

// trunkWait is how long a trunk may say nothing here; 4 s in the program.
const trunkWait = 300 * time.Millisecond

func newSwitchboard(t *testing.T) *switchboard {
	t.Helper()
	b := &switchboard{t: t, dir: t.TempDir(), news: make(chan core.Event, 256)}
	tell := func(ev core.Event) error { b.news <- ev; return nil }
	var err error
	b.audio, err = media.New(media.Options{
		PortLow: 31000, PortHigh: 31999, BindIP: netip.MustParseAddr("127.0.0.1"), DataDir: b.dir, Tell: func(ev core.Event) { _ = tell(ev) },
		Sounds: voice{tone(t, callerHz, 2*time.Second)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.audio.Close)
	b.sip, err = sip.Start(context.Background(), sip.Options{
		Listen: "127.0.0.1:0", Media: b.audio, Tell: tell, Timers: sip.Timers{Trunk: trunkWait},
		Password: func(string) (string, error) { return "sesame", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.sip.Close)
	return b
}

func (b *switchboard) do(x core.Effect) {
	b.sip.Do(core.Order{Effect: x})
	b.audio.Do(core.Order{Effect: x})
}

// next waits for news of a type; other news are passed over.
func nextNews[E core.Event](b *switchboard) E {
	b.t.Helper()
	late := time.After(20 * time.Second)
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

// carrier starts a SIPp that plays a trunk, and gives the trunk that leads there.
func carrier(t *testing.T, id, scenario string, calls int) (plan.Trunk, *Sipp) {
	t.Helper()
	at := ports(t, 1)
	s := sipp(t, "-sf", "sipp/"+scenario, "-i", "127.0.0.1", "-p", fmt.Sprint(at), "-mp", fmt.Sprint(at+2), "-m", fmt.Sprint(calls))
	Wait(t, "the carrier listens", func() bool { return listens(t, at) })
	return plan.Trunk{
		ID: core.TrunkID(id), Name: id, Host: "127.0.0.1", Port: at, Login: "belfry7", Secret: "carrier", Ping: -1,
	}, s
}

func (b *switchboard) dial(leg core.LegID) {
	b.do(core.Dial{Leg: leg, Number: "+33145000001", From: core.Party{Number: "+33100000000"}})
}

// TestCarrier calls by a carrier that wants proof and looks at who calls; its
// early media comes before its answer.
func TestCarrier(t *testing.T) {
	t.Parallel()
	needSipp(t)
	b := newSwitchboard(t)
	trunk, s := carrier(t, "trk_carrier", "trunk.xml", 1)
	b.sip.SetTrunks([]plan.Trunk{trunk}, "FR")
	b.dial("leg_sOUT")
	if r := nextNews[core.LegRang](b); !r.Early {
		t.Errorf("%+v", r)
	}
	if up := nextNews[core.LegUp](b); up.Codec != "PCMA" {
		t.Errorf("%+v", up)
	}
	b.do(core.Drop{Leg: "leg_sOUT", Cause: core.Cause{Why: core.Ended}})
	nextNews[core.LegGone](b)
	s.Well()
	if broken := b.sip.Check(); len(broken) > 0 {
		t.Error(broken)
	}
}

// TestCarriersInTurn: the first says nothing, the second has no free line, the
// third takes the call, in the time that one may say nothing and a little more.
func TestCarriersInTurn(t *testing.T) {
	t.Parallel()
	needSipp(t)
	b := newSwitchboard(t)
	mute, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	first := plan.Trunk{ID: "trk_mute", Host: "127.0.0.1", Port: mute.LocalAddr().(*net.UDPAddr).Port, Ping: -1}
	second, s2 := carrier(t, "trk_full", "trunk_refuses.xml", 1)
	third, s3 := carrier(t, "trk_carrier", "trunk.xml", 1)
	b.sip.SetTrunks([]plan.Trunk{first, second, third}, "FR")
	began := time.Now()
	b.dial("leg_sOUT")
	nextNews[core.LegRang](b)
	if took := time.Since(began); took < trunkWait || took > trunkWait+time.Second {
		t.Errorf("it took %v", took)
	}
	nextNews[core.LegUp](b)
	b.do(core.Drop{Leg: "leg_sOUT", Cause: core.Cause{Why: core.Ended}})
	nextNews[core.LegGone](b)
	s2.Well()
	s3.Well()
	for i, x := range b.sip.Trunks() {
		if failed := uint64(1); i < 2 && x.Failed != failed || i == 2 && x.Taken != 1 || x.Channels != 0 {
			t.Errorf("%+v", x)
		}
	}
}

// TestRegistrar registers at a carrier and takes it back at the end.
func TestRegistrar(t *testing.T) {
	t.Parallel()
	needSipp(t)
	b := newSwitchboard(t)
	trunk, s := carrier(t, "trk_carrier", "registrar.xml", 1)
	trunk.Register = true
	b.sip.SetTrunks([]plan.Trunk{trunk}, "FR")
	Wait(t, "the trunk is registered", func() bool { return b.sip.Trunks()[0].Registered })
	b.sip.SetTrunks(nil, "FR")
	s.Well()
}

// TestCallOut: an agent calls somebody outside by the demo's trunk, which leads
// to a switchboard of the test. It rings with a tone of its own before it
// answers; both hear each other.
func TestCallOut(t *testing.T) {
	t.Parallel()
	far := newSwitchboard(t)
	p := Demo(t, "--trunk="+far.sip.Addr().String())
	ann := p.Agent(t, "ann")
	if status := ann.Do("POST", "/api/v1/calls", map[string]string{"to": "01 45 00 00 01"}, nil); status >= 300 {
		t.Fatalf("the call was answered %d", status)
	}
	came := nextNews[core.CallCame](far)
	if came.To != "+33145000001" || came.From.Number != "+33100000000" {
		t.Errorf("%+v", came)
	}
	far.do(core.Early{Leg: came.Leg})
	far.do(core.Play{Leg: came.Leg, Play: "ply_1", Sounds: []core.SoundID{"snd_voice"}, Loop: true})
	ann.WaitTone(callerHz) // before the answer
	far.do(core.Answer{Leg: came.Leg})
	nextNews[core.LegUp](far)
	far.do(core.Record{Leg: came.Leg, Record: "rec_far", Longest: 2 * time.Second})
	Wait(t, "they talk", func() bool { c := ann.desk().Calls; return len(c) == 1 && c[0].State == "talking" })
	nextNews[core.RecordEnded](far)
	ann.WaitTone(callerHz)
	heard := &Phone{t: t, File: filepath.Join(far.dir, "voice", "rec_far.wav")}
	if s := heard.Heard().seconds(agentHz); s < 1 {
		t.Errorf("the far end heard the agent for %.1f s only", s)
	}
	far.do(core.Drop{Leg: came.Leg, Cause: core.Cause{Why: core.Ended}})
	ann.WaitQuiet()
	x := p.history(1)[0]
	if x.To != "+33145000001" || x.Agent != "usr_ann" || x.Outcome != "answered" {
		t.Errorf("the history says %+v", x)
	}
	p.Sound()
}
