package station

import (
	"os"
	"slices"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
	"belfry/media/codec"
	"belfry/test/browser"
)

// first waits within the page for the first packet and says when it came, in ms
// of the page's clock; it counts every half millisecond or so.
const first = `(async (before) => {
	for (const until = performance.now() + 5000; performance.now() < until; ) {
		const line = __ear.lines.at(-1);
		for (const s of line.getReceivers())
			for (const source of s.getSynchronizationSources()) if (source.rtpTimestamp !== before) return performance.now();
		await new Promise((go) => { const c = new MessageChannel(); c.port1.onmessage = go; c.port2.postMessage(0); });
	}
	return NaN;
})`

// TestMeasure says how soon there is sound: BELFRY_MEASURE=12 go test ./test/station -run Measure -v.
func TestMeasure(t *testing.T) {
	if os.Getenv("BELFRY_MEASURE") == "" {
		t.Skip("BELFRY_MEASURE=1 wants figures")
	}
	w := start(t)
	b := browser.Launch(t, browser.Options{Microphone: browser.Voice(t, 1000, 10)})
	stop := make(chan struct{})
	defer close(stop)
	w.caller.speaks(media.PCMA)
	go w.caller.say(codec.PCMA, 440, stop)
	p := b.Open(w.site.URL)
	p.Wait(`station.state === "up" && station.mic.track`)
	const runs = 12
	var up, heard, back, accept, audible []float64
	for range runs { // a new line in a call: what a reload costs beyond the page itself
		w.talk(true)
		w.caller.reset()
		before := last(w, func(core.StationUp) bool { return true })
		var r struct{ Up, Heard float64 }
		began := time.Now()
		p.Eval(`(async () => {
			station.arm();
			const all = station.start(), at = performance.now();
			await all;
			const came = await `+first+`();
			return { Up: upAt - postedAt, Heard: came - postedAt };
		})()`, &r)
		last(w, func(e core.StationUp) bool { return e.Station != before.Station })
		w.caller.hears(1000, 8)
		w.caller.mu.Lock()
		back = append(back, float64(w.caller.first.Sub(began).Microseconds())/1e3)
		w.caller.mu.Unlock()
		up, heard = append(up, r.Up), append(heard, r.Heard)
		w.talk(false)
		p.Eval(`station.disarm()`, nil)
	}
	for range runs { // accept: the line stands, the floor joins it
		p.WaitQuiet()
		done := make(chan struct{})
		var r struct{ Packet, Loud float64 }
		go func() {
			defer close(done)
			p.Wait(`globalThis.waiting`)
			w.talk(true)
		}()
		p.Eval(`(async () => {
			const source = __ear.lines.at(-1).getReceivers()[0].getSynchronizationSources()[0];
			globalThis.waiting = performance.now();
			const came = await `+first+`(source?.rtpTimestamp);
			while (__ear.hears(440).level < 0.01) await new Promise((go) => setTimeout(go, 1));
			const loud = performance.now();
			const since = waiting; globalThis.waiting = 0;
			return { Packet: came - since, Loud: loud - since };
		})()`, &r)
		<-done
		accept, audible = append(accept, r.Packet), append(audible, r.Loud)
		w.talk(false)
	}
	for _, row := range []struct {
		name string
		ms   []float64
	}{
		{"POST offer -> line up in page", up},
		{"POST offer -> first packet in page", heard},
		{"start -> the agent's first packet at the caller", back},
		{"order to join -> first packet in page (with a round of DevTools)", accept},
		{"order to join -> audible in page (with a round of DevTools)", audible},
	} {
		slices.Sort(row.ms)
		t.Logf("%-66s %6.1f ms (%.1f to %.1f)", row.name, row.ms[len(row.ms)/2], row.ms[0], row.ms[len(row.ms)-1])
	}
}
