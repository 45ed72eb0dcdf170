package rtc

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"
)

func TestTwoAgentsHearEachOther(t *testing.T) {
	t.Parallel()
	w := start(t)
	ann, bob := newBrowser(t), newBrowser(t)
	ann.connect(w, "usr_ann")
	bob.connect(w, "usr_bob")
	legs := map[core.UserID]core.LegID{}
	for n := 1; n <= 2; n++ {
		up := w.wait(t, n).(core.StationUp)
		if up.Kind != core.BrowserStation || !up.Leg.Browser() || len(up.Codecs) != 3 {
			t.Errorf("a strange station came up: %+v", up)
		}
		legs[up.Agent] = up.Leg
	}
	annHears, bobHears := ann.track(), bob.track()

	silent(t, annHears)
	if in := w.Stats(); in.PacketsIn != 0 || in.PacketsOut != 0 || ann.rtcps.Load() != 0 {
		t.Errorf("idle lines are not idle: %+v and %d RTCP", in, ann.rtcps.Load())
	}

	stop := make(chan struct{})
	defer close(stop)
	go ann.speak(codec.PCMU, 440, stop)
	go bob.speak(codec.PCMU, 700, stop)
	w.do(core.Join{Room: "cal_1", Leg: legs["usr_ann"]})
	w.do(core.Join{Room: "cal_1", Leg: legs["usr_bob"]})
	hears(t, annHears, 700)
	packets := hears(t, bobHears, 440)
	oneLine(t, packets)

	w.do(core.Part{Leg: legs["usr_ann"]})
	w.do(core.Part{Leg: legs["usr_bob"]})
	w.do(core.Join{Room: "cal_2", Leg: legs["usr_bob"]})
	w.do(core.Join{Room: "cal_2", Leg: legs["usr_ann"]})
	oneLine(t, append(packets[len(packets)-1:], hears(t, bobHears, 440)...))
	waitFor(t, "RTCP in a conversation", func() bool { return ann.rtcps.Load() > 0 && bob.rtcps.Load() > 0 })
}

// oneLine fails when sequence numbers or timestamps jump.
func oneLine(t *testing.T, packets []packet) {
	t.Helper()
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		if d := b.seq - a.seq; d == 0 || d > 5 {
			t.Errorf("packet %d: sequence %d after %d", i, b.seq, a.seq)
		}
		if d := b.ts - a.ts; d == 0 || d > 8000*20 {
			t.Errorf("packet %d: timestamp %d after %d", i, b.ts, a.ts)
		}
	}
}

func TestNewestWins(t *testing.T) {
	t.Parallel()
	w := start(t)
	first := newBrowser(t)
	a := first.connect(w, "usr_ann")
	up1 := w.wait(t, 1).(core.StationUp)
	second := newBrowser(t)
	b := second.connect(w, "usr_ann")
	up2 := w.wait(t, 2).(core.StationUp)
	if up1.Station != a || up2.Station != b || a == b || up1.Leg == up2.Leg {
		t.Fatalf("stations %v %v came up as %+v %+v", a, b, up1, up2)
	}
	waitFor(t, "the first line to be closed", func() bool { return w.media.Leg(up1.Leg) == nil })
	if s := w.Stats(); s.Up != 1 || s.Opened != 2 || s.Closed != 1 {
		t.Errorf("stats %+v", s)
	}
	// The page that lost its line says goodbye: that is late news about it.
	<-second.up // before that it has no keys to say goodbye with
	_ = first.pc.Close()
	_ = second.pc.Close()
	gone := w.wait(t, 3).(core.StationGone)
	if gone.Station != b || gone.Why != "hung up" {
		t.Errorf("gone %+v", gone)
	}
	if n := len(w.stations()); n != 3 {
		t.Errorf("%d pieces of news: %+v", n, w.stations())
	}
}

func TestOffersAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	const pages = 6
	var all sync.WaitGroup
	for range pages {
		all.Add(1)
		b := newBrowser(t)
		offer := b.offer()
		go func() {
			defer all.Done()
			_, answer, err := w.Offer(context.Background(), "usr_ann", offer)
			switch {
			case err == nil:
				b.take(answer)
			case core.KindOf(err) != core.Conflict:
				t.Error(err)
			}
		}()
	}
	all.Wait()
	w.wait(t, 1)
	waitFor(t, "one line to be left", func() bool { s := w.Stats(); return s.Up == 1 && s.Coming == 0 && s.Closed == pages-1 })
	for _, e := range w.stations() {
		if _, gone := e.(core.StationGone); gone {
			t.Errorf("told %+v though a line is up", e)
		}
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := newBrowser(t)
	id := b.connect(w, "usr_ann")
	w.wait(t, 1)
	if err := w.Close(t.Context(), "usr_bob", id); core.KindOf(err) != core.Missing {
		t.Errorf("another agent closed it: %v", err)
	}
	if err := w.Close(t.Context(), "usr_ann", id); err != nil {
		t.Error(err)
	}
	if g := w.wait(t, 2).(core.StationGone); g.Station != id || g.Why != "closed" {
		t.Errorf("gone %+v", g)
	}
	if err := w.Close(t.Context(), "usr_ann", id); core.KindOf(err) != core.Missing {
		t.Errorf("closed twice: %v", err)
	}
}

func TestOlderEpochIsRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	newBrowser(t).connect(w, "usr_ann")
	newBrowser(t).connect(w, "usr_bob")
	a, b := w.wait(t, 1).(core.StationUp), w.wait(t, 2).(core.StationUp)
	w.Stations.mu.Lock()
	w.byLeg[a.Leg].epoch = 7
	w.Stations.mu.Unlock()
	w.Do(core.Order{Epoch: 6, Effect: core.Drop{Leg: a.Leg}})
	w.Do(core.Order{Epoch: 1, Effect: core.Drop{Leg: b.Leg}})
	w.Do(core.Order{Epoch: 9, Effect: core.Drop{Leg: "leg_bnone"}})
	if g := w.wait(t, 3).(core.StationGone); g.Station != b.Station || g.Why != "dropped" {
		t.Errorf("gone %+v", g)
	}
	if s := w.Stats(); s.Refused != 1 || s.Up != 1 {
		t.Errorf("stats %+v", s)
	}
	w.Do(core.Order{Epoch: 7, Effect: core.Drop{Leg: a.Leg}})
	if g := w.wait(t, 4).(core.StationGone); g.Station != a.Station {
		t.Errorf("gone %+v", g)
	}
}

func TestSilentLineIsGone(t *testing.T) {
	t.Parallel()
	w := start(t)
	ann, bob := newBrowser(t), newBrowser(t)
	ann.connect(w, "usr_ann")
	a := w.wait(t, 1).(core.StationUp)
	bob.connect(w, "usr_bob")
	b := w.wait(t, 2).(core.StationUp)
	stop := make(chan struct{})
	defer close(stop)
	go bob.speak(codec.PCMU, 440, stop)
	began := time.Now()
	w.do(core.Join{Room: "cal_1", Leg: a.Leg})
	w.do(core.Join{Room: "cal_1", Leg: b.Leg})
	g := w.wait(t, 3).(core.StationGone)
	if took := time.Since(began); g.Station != a.Station || g.Why != "silent" || took < silentTime-200*time.Millisecond || took > 2*silentTime {
		t.Errorf("gone %+v after %v", g, took)
	}
}

func TestNeverConnected(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as a browser may")
	}
	t.Parallel()
	w := start(t)
	if _, _, err := w.Offer(t.Context(), "usr_ann", newBrowser(t).offer()); err != nil {
		t.Fatal(err)
	}
	if s := w.Stats(); s.Coming != 1 {
		t.Errorf("stats %+v", s)
	}
	waitFor(t, "the offer to be given up", func() bool { s := w.Stats(); return s.Coming == 0 && s.Closed == 1 })
	if n := w.stations(); len(n) != 0 {
		t.Errorf("told %+v", n)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := newBrowser(t)
	b.connect(w, "usr_ann")
	w.wait(t, 1)
	if got := w.Alive(); len(got) != 1 {
		t.Errorf("alive %v", got)
	}
	w.Stop()
	w.Stop()
	if _, _, err := w.Offer(t.Context(), "usr_ann", newBrowser(t).offer()); core.KindOf(err) != core.Busy {
		t.Errorf("offer after stop: %v", err)
	}
	if n := len(w.stations()); n != 1 {
		t.Errorf("told %+v", w.stations())
	}
}

func TestStateRoundTrip(t *testing.T) {
	t.Parallel()
	w := start(t)
	newBrowser(t).connect(w, "usr_ann")
	w.wait(t, 1)
	all := w.States()
	if len(all) != 1 {
		t.Fatalf("states %+v", all)
	}
	all[0].Epoch = 12
	b, err := all[0].Write()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadState(b)
	if err != nil || !reflect.DeepEqual(back, all[0]) {
		t.Errorf("read back %+v, %v; want %+v", back, err, all[0])
	}
	for _, text := range []string{"", "{}", `{"station":"sta_1"}`, `{"station":"sta_1","agent":"usr_1","leg":"leg_s1"}`} {
		if _, err := ReadState([]byte(text)); core.KindOf(err) != core.Invalid {
			t.Errorf("read %q: %v", text, err)
		}
	}
}

func TestCertificateIsKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "webrtc.pem")
	keep := func(o *Options) { o.KeyFile = file }
	a, b, c := start(t, keep), start(t, keep), start(t)
	if !a.cert.Equals(b.cert) || a.cert.Equals(c.cert) {
		t.Error("the certificate is not the one that was kept")
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	w := start(t)
	for name, change := range map[string]func(*Options){
		"a port that is taken":          func(o *Options) { o.Listen = w.Addr().String() },
		"no address":                    func(o *Options) { o.Listen = "here" },
		"a public address in words":     func(o *Options) { o.PublicIP = "example.net" },
		"a TURN server without secret":  func(o *Options) { o.TURN = "turn:t.example.net" },
		"a TURN server that is no TURN": func(o *Options) { o.TURN = "http://t.example.net s" },
	} {
		o := Options{Listen: "127.0.0.1:0", Media: w.media, Tell: func(core.Event) {}}
		change(&o)
		s, err := Start(o)
		if core.KindOf(err) != core.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if s != nil {
			s.Stop()
		}
	}
}

func TestTURNCredentials(t *testing.T) {
	t.Parallel()
	set, err := readTURN("turn:t.example.net:3478?transport=udp turns:t.example.net:443 s3cret")
	if err != nil {
		t.Fatal(err)
	}
	list := set.credentials("usr_ann", time.Unix(1000, 0))
	if len(list) != 2 || list[0].Username != "1300:usr_ann" || list[0].Credential != "q2EXnII/LL66cD0Q003BDyZ0rZI=" {
		t.Errorf("credentials %+v", list)
	}
	want := `<turns:t.example.net:443>; rel="ice-server"; username="1300:usr_ann"; credential=` + fmt.Sprintf("%q", list[1].Credential) + `; credential-type="password"`
	if got := list[1].Link(); got != want {
		t.Errorf("link %s", got)
	}
}

func TestNewID(t *testing.T) {
	t.Parallel()
	a, b := newID("sta_", time.UnixMilli(1)), newID("sta_", time.UnixMilli(1<<47))
	if len(a) != 30 || a >= b || a[:13] != "sta_000000000" {
		t.Errorf("ids %s %s", a, b)
	}
}

// waitFor asks every 5 ms: what it asks gives no news.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience + connectTime)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
