package station

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
	"belfry/media/codec"
	"belfry/test/browser"
)

// A page's line comes up, is silent while idle, carries a call both ways, goes
// from codec to codec without a word to the server, and survives a reload.
func TestLine(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Voice(t, 1000, 10)})
	p := b.Open(w.site.URL)
	p.Wait(`station.state === "up" && station.mic.track`)
	up := last(w, func(core.StationUp) bool { return true })
	if len(up.Codecs) != 3 || up.Codecs[0] != "PCMA" {
		t.Errorf("codecs %v", up.Codecs)
	}
	p.Wait(`peak > 0.3`)

	p.Wait(`new Promise((done) => setTimeout(done, 1000, true))`)
	if l, s := p.Line(), w.lines().Stats(); l.PacketsIn+l.PacketsOut != 0 || s.PacketsIn+s.PacketsOut != 0 {
		t.Errorf("an idle line is not idle: %+v %+v", l, s)
	}

	stop := make(chan struct{})
	w.caller.speaks(media.PCMA)
	go w.caller.say(codec.PCMA, 440, stop)
	w.talk(true)
	p.Eval(`station.setCodec("PCMA"), station.arm()`, nil)
	p.WaitTone(440)
	w.caller.hears(1000, 8)
	relayed(t, w)

	close(stop)
	w.talk(false)
	p.WaitQuiet()
	stop = make(chan struct{})
	defer close(stop)
	w.caller.speaks(media.G722)
	go w.caller.say(codec.G722, 700, stop)
	w.caller.reset()
	w.talk(true)
	p.WaitTone(700)
	w.caller.hears(1000, 9) // translated: the page still speaks PCMA
	var done bool
	if p.Eval(`station.setCodec("G722")`, &done); !done {
		t.Error("this browser cannot switch")
	}
	relayed(t, w)
	w.caller.reset()
	w.caller.hears(1000, 9)
	if l := p.Line(); l.CodecIn != "G722" || l.CodecOut != "G722" {
		t.Errorf("line %+v", l)
	}
	p.Wait(`station.sample().then((s) => s.packetsIn > 0 && s.roundTrip !== undefined && s.lossOut === 0)`)

	waitFor(t, func() string { return "both sides to say how they hear" }, func() bool {
		q := w.engine.Leg(up.Leg).Quality()
		return q != nil && q.MOSIn > 400 && q.MOSOut > 400 && q.PacketsIn > 50 && q.PacketsOut > 50
	})
	t.Logf("quality %+v", *w.engine.Leg(up.Leg).Quality())

	p.Eval(`station.disarm()`, nil)
	before := p.Line().PacketsOut
	p.Wait(`new Promise((done) => setTimeout(done, 500, true))`)
	if after := p.Line().PacketsOut; after > before+2 {
		t.Errorf("%d packets left with the microphone off", after-before)
	}
	p.Eval(`station.ring(true), station.ring(true), station.sound.zip()`, nil)
	p.Eval(`station.ring(false)`, nil)

	p.Eval(`station.stop()`, nil)
	gone := last(w, func(core.StationGone) bool { return true })
	if gone.Station != up.Station {
		t.Errorf("gone %+v", gone)
	}
	if e := p.Errors(); len(e) > 0 {
		t.Errorf("the page complained: %q", e)
	}
}

// relayed waits until nothing is decoded any more.
func relayed(t *testing.T, w *world) {
	t.Helper()
	waitFor(t, func() string { return "the packets to go through as they are" }, func() bool {
		s := w.engine.Stats()
		return s.Rooms == 1 && s.Mixes == 0
	})
}

// F5 in a call: the sound is back within 3 s, and the caller hears the agent.
func TestReload(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Voice(t, 1000, 10)})
	stop := make(chan struct{})
	defer close(stop)
	w.caller.speaks(media.PCMA)
	go w.caller.say(codec.PCMA, 440, stop)
	w.talk(true)
	p := b.Open(w.site.URL + "?armed")
	p.WaitTone(440)
	w.caller.hears(1000, 8)
	for range 3 {
		old := last(w, func(core.StationUp) bool { return true })
		began := time.Now()
		p.StartReload()
		last(w, func(up core.StationUp) bool { return up.Station != old.Station })
		w.caller.reset()
		p.WaitTone(440)
		took := time.Since(began)
		t.Logf("heard again %v after the reload began", took.Round(time.Millisecond))
		if took > 3*time.Second {
			t.Errorf("silence for %v", took)
		}
		w.caller.hears(1000, 8)
	}
}

// A browser that wants a gesture before anything sounds has had one before F5,
// and the page that comes after it plays, hears and shows its microphone at once.
func TestReloadNeedsNoGesture(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{
		Microphone: browser.Voice(t, 1000, 10),
		Args:       []string{"--autoplay-policy=document-user-activation-required"},
	})
	stop := make(chan struct{})
	defer close(stop)
	w.caller.speaks(media.PCMA)
	go w.caller.say(codec.PCMA, 440, stop)
	p := b.Open(w.site.URL + "?armed")
	p.Click("button", "I am available")
	w.talk(true)
	p.Wait(loud)
	w.caller.reset()
	p.Reload()
	p.Wait(`station.state === "up" && station.mic.track`)
	var clicked bool
	if p.Eval(`navigator.userActivation.hasBeenActive`, &clicked); clicked {
		t.Error("this proves nothing: the page has had a gesture")
	}
	p.Wait(`!blocked`)
	p.Wait(loud)
	p.Wait(`peak > 0.3`)
	w.caller.hears(1000, 8)
}

// loud asks the browser itself what it plays: without a gesture the test's own
// ear would be deaf.
const loud = `__ear.live()?.getStats().then((all) => [...all.values()].some((s) => s.type === "inbound-rtp" && s.totalAudioEnergy > 0.001))`

// The server goes and comes back on the same port: so does the line.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{})
	p := b.Open(w.site.URL)
	p.Wait(`station.state === "up"`)
	addr := w.lines().Addr().String()
	w.lines().Stop()
	p.Eval(`station.drawn(false)`, nil)
	p.Wait(`station.state !== "up"`)
	w.open(addr)
	p.Wait(`station.state === "up"`)
	waitFor(t, func() string { return "the line" }, func() bool { return w.lines().Stats().Up == 1 })
}

// A second computer takes the line; the first says so and does not take it back
// until it is asked to.
func TestMoved(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{})
	p := b.Context().Open(w.site.URL)
	p.Wait(`station.state === "up"`)
	first := last(w, func(core.StationUp) bool { return true })
	q := b.Context().Open(w.site.URL)
	q.Wait(`station.state === "up"`)
	second := last(w, func(up core.StationUp) bool { return up.Station != first.Station })
	p.Wait(`station.lost === "moved"`)
	p.Eval(`station.wake()`, nil)
	p.Wait(`new Promise((done) => setTimeout(done, 700, station.state === "lost"))`)
	p.Eval(`station.start()`, nil)
	q.Wait(`station.lost === "moved"`)
	last(w, func(up core.StationUp) bool { return up.Station != second.Station && up.Station != first.Station })
	if s := w.lines().Stats(); s.Up != 1 {
		t.Errorf("stats %+v", s)
	}
	for _, e := range w.news {
		if gone, ok := e.(core.StationGone); ok {
			t.Errorf("told %+v", gone)
		}
	}
}

// A renderer that is killed says nothing; the silence does.
func TestCrash(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Voice(t, 1000, 10)})
	stop := make(chan struct{})
	defer close(stop)
	w.caller.speaks(media.PCMA)
	go w.caller.say(codec.PCMA, 440, stop)
	w.talk(true)
	p := b.Open(w.site.URL + "?armed")
	p.WaitTone(440)
	w.caller.hears(1000, 8)
	began := time.Now()
	p.Crash()
	gone := last(w, func(core.StationGone) bool { return true })
	t.Logf("gone %q %v after the crash", gone.Why, time.Since(began).Round(time.Millisecond))
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a crash was noticed after %v", took)
	}
}

// A microphone that is refused is said, and the line is up all the same.
func TestNoMicrophone(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{Deny: true})
	p := b.Open(w.site.URL)
	p.Wait(`mic.at(-1) === "denied"`)
	p.Wait(`station.state === "up"`)
	p.Permit(w.site.URL, "granted")
	p.Wait(`mic.at(-1) === "" && station.mic.track`)
	p.Permit(w.site.URL, "denied")
	p.Wait(`mic.at(-1) === "denied" && !station.mic.track`)
}

// An idle line on which nobody could be heard is given up, and is back with the
// microphone; in a call it stays.
func TestMicrophoneGoes(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{})
	p := b.Open(w.site.URL)
	p.Wait(`station.state === "up" && station.mic.track`)
	lines := func(n int) {
		t.Helper()
		waitFor(t, func() string { return fmt.Sprintf("%d lines to be up", n) }, func() bool { return w.lines().Stats().Up == n })
	}
	for _, way := range []struct{ gone, trouble, back string }{
		{"", "denied", ""},
		{`__ear.plug(false)`, "missing", `__ear.plug(true)`},
	} {
		p.Eval(`station.idle(true)`, nil)
		if way.gone == "" {
			p.Permit(w.site.URL, "denied")
		} else {
			p.Eval(way.gone, nil)
		}
		p.Wait(`station.lost === "mic" && mic.at(-1) === ` + browser.JSON(way.trouble))
		lines(0)
		p.Eval(`station.idle(false)`, nil) // a call: hearing is better than nothing
		p.Wait(`station.state === "up" && !station.mic.track`)
		p.Eval(`station.idle(true)`, nil)
		p.Wait(`station.lost === "mic"`)
		lines(0)
		if way.back == "" {
			p.Permit(w.site.URL, "granted")
		} else {
			p.Eval(way.back, nil)
		}
		p.Wait(`station.state === "up" && station.mic.track`)
		lines(1)
	}
}

// Muted the line itself sends silence, whatever the server does, and the level is
// still seen.
func TestMute(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Voice(t, 1000, 10)})
	p := b.Open(w.site.URL)
	p.Wait(`station.state === "up" && station.mic.track`)
	w.caller.speaks(media.PCMA)
	w.talk(true)
	p.Eval(`station.setCodec("PCMA"), station.arm()`, nil)
	for range 2 {
		w.caller.hears(1000, 8)
		p.Eval(`station.mute(true)`, nil)
		w.caller.hearsNothing()
		p.Eval(`peak = 0`, nil)
		p.Wait(`peak > 0.3`)
		p.Eval(`station.disarm(), station.arm()`, nil) // another call, another double: muted all the same
		w.caller.hearsNothing()
		p.Eval(`station.mute(false)`, nil)
	}
	w.caller.hears(1000, 8)
}

// A network that lets no UDP through: the line goes by TCP, and both are heard.
func TestNoUDP(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Voice(t, 1000, 10), NoUDP: true})
	p := b.Open(w.site.URL)
	p.Wait(`station.state === "up" && station.mic.track`)
	stop := make(chan struct{})
	defer close(stop)
	w.caller.speaks(media.PCMA)
	go w.caller.say(codec.PCMA, 440, stop)
	w.talk(true)
	p.Eval(`station.setCodec("PCMA"), station.arm()`, nil)
	p.WaitTone(440)
	w.caller.hears(1000, 8)
	if l := p.Line(); !strings.HasSuffix(l.Path, " tcp") {
		t.Errorf("the line goes by %s", l.Path)
	}
}
