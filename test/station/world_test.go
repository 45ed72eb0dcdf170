// Package station proves the page's audio line (ui/wire/station.ts) and the
// server's (rtc) against each other in a real Chromium, without a floor: the
// test plays the floor's part and the caller's.
package station

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
	"belfry/media/codec"
	"belfry/rtc"

	"github.com/pion/rtp"
)

const agent core.UserID = "usr_ann"

// world is a media engine, stations, one caller and a site with one page.
type world struct {
	t      *testing.T
	engine *media.Engine
	site   *httptest.Server
	caller *caller

	mu       sync.Mutex
	stations *rtc.Stations
	news     []core.Event
	talking  bool // the call is on: each new line joins it
	more     chan struct{}
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, more: make(chan struct{}, 1)}
	var err error
	if w.engine, err = media.New(media.Options{PortLow: 43000, PortHigh: 43099, DataDir: t.TempDir(), Tell: w.tell}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.engine.Close)
	w.open("127.0.0.1:0")
	t.Cleanup(func() {
		for _, broken := range w.lines().Check() {
			t.Error(broken)
		}
		w.lines().Stop()
	})
	w.caller = newCaller(t, w.engine)
	w.site = httptest.NewServer(w.routes(compile(t)))
	t.Cleanup(w.site.Close)
	return w
}

func (w *world) open(addr string) {
	w.t.Helper()
	s, err := rtc.Start(rtc.Options{Listen: addr, Media: w.engine, Tell: w.tell})
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stations = s
}

func (w *world) lines() *rtc.Stations {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stations
}

// tell plays the floor: while the call is on, a line that comes up joins it.
func (w *world) tell(e core.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if up, ok := e.(core.StationUp); ok && w.talking {
		w.engine.Do(core.Order{Epoch: 1, Effect: core.Join{Room: "cal_1", Leg: up.Leg}})
	}
	w.news = append(w.news, e)
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// talk begins the call, with the line that is up.
func (w *world) talk(on bool) {
	alive := w.lines().Alive()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.talking = on
	for _, leg := range append(alive, w.caller.leg.ID()) {
		var e core.Effect = core.Part{Leg: leg}
		if on {
			e = core.Join{Room: "cal_1", Leg: leg}
		}
		w.engine.Do(core.Order{Epoch: 1, Effect: e})
	}
}

// last waits until the newest piece of news of the type is one that suits.
func last[E core.Event](w *world, suits func(E) bool) E {
	w.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		w.mu.Lock()
		for i := len(w.news) - 1; i >= 0; i-- {
			if e, ok := w.news[i].(E); ok {
				if suits(e) {
					w.mu.Unlock()
					return e
				}
				break
			}
		}
		w.mu.Unlock()
		select {
		case <-w.more:
		case <-deadline:
			var zero E
			w.t.Fatalf("no news %T in time; there are %+v", zero, w.news)
		}
	}
}

func (w *world) routes(scripts map[string]string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/me/station", func(rw http.ResponseWriter, r *http.Request) {
		sdp, _ := io.ReadAll(r.Body)
		id, answer, err := w.lines().Offer(r.Context(), agent, string(sdp))
		if err != nil {
			http.Error(rw, err.Error(), map[bool]int{true: 422, false: 503}[core.KindOf(err) == core.Invalid])
			return
		}
		rw.Header().Set("Content-Type", "application/sdp")
		rw.Header().Set("Location", "/api/v1/me/station/"+string(id))
		rw.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(rw, answer)
	})
	mux.HandleFunc("DELETE /api/v1/me/station/{id}", func(rw http.ResponseWriter, r *http.Request) {
		if w.lines().Close(r.Context(), agent, core.StationID(r.PathValue("id"))) != nil {
			rw.WriteHeader(http.StatusNotFound)
		}
	})
	mux.HandleFunc("GET /wire/{name}", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(rw, scripts[r.PathValue("name")])
	})
	mux.HandleFunc("GET /", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(rw, page)
	})
	return mux
}

// page starts its line by itself, as a page does after a reload.
const page = `<!doctype html><title>line</title><link rel=icon href=data:,><p id=said></p><button>I am available</button>
<script type=module>
import { Station } from "/wire/station";
window.seen = []; window.mic = []; window.peak = 0; window.blocked = false;
window.station = new Station({
	state: (state, lost, why) => { seen.push(lost ? state + ":" + lost : state); said.textContent = seen.join(" "); if (state === "up") window.upAt = performance.now(); },
	blocked: (yes) => { window.blocked = yes; },
	mic: (trouble) => mic.push(trouble),
	level: (level) => { peak = Math.max(peak, level); },
	fetch: (...all) => { window.postedAt = performance.now(); return fetch(...all); },
});
station.drawn(true);
if (location.search.includes("armed")) station.arm();
await station.start();
</script>`

// compile turns the page's scripts from TypeScript into what a browser runs.
func compile(t *testing.T) map[string]string {
	t.Helper()
	const program = `
import ts from "typescript"; import { readFileSync } from "node:fs";
const all = {};
for (const name of ["station", "line", "flow", "roads", "loudspeaker", "mic", "sound"])
	all[name] = ts.transpileModule(readFileSync("wire/" + name + ".ts", "utf8"),
		{ compilerOptions: { target: "ES2022", module: "ESNext" } }).outputText;
console.log(JSON.stringify(all));`
	ui, err := filepath.Abs("../../ui")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--input-type=module", "-e", program)
	cmd.Dir = ui
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("compile the page's scripts (npm ci in ui comes first): %v", err)
	}
	var scripts map[string]string
	if err := json.Unmarshal(out, &scripts); err != nil {
		t.Fatal(err)
	}
	return scripts
}

// caller is the far end: a line without a browser.
type caller struct {
	t   *testing.T
	leg *media.Leg

	mu    sync.Mutex
	pt    uint8
	dec   *codec.Decoder
	pcm   []int16
	first time.Time // packet since reset
}

func newCaller(t *testing.T, e *media.Engine) *caller {
	t.Helper()
	c := &caller{t: t}
	leg, err := e.OpenLine("leg_bcaller", c)
	if err != nil {
		t.Fatal(err)
	}
	c.leg = leg
	return c
}

// speaks fixes the caller's codec.
func (c *caller) speaks(name media.Codec) {
	c.leg.SetCodecs(name)
	c.leg.SetCodec(name)
}

// say sends a tone until stop is closed.
func (c *caller) say(name codec.Codec, hz int, stop <-chan struct{}) {
	enc := codec.NewEncoder(name)
	pcm := make([]int16, name.FrameSamples())
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		for i := range pcm {
			pcm[i] = int16(9000 * math.Sin(2*math.Pi*float64(hz)*float64(n*len(pcm)+i)/float64(name.SampleRate())))
		}
		p := rtp.Packet{
			Header:  rtp.Header{Version: 2, PayloadType: name.PT(), SSRC: 5, SequenceNumber: uint16(n), Timestamp: uint32(n * 160)},
			Payload: enc.Encode(nil, pcm),
		}
		if b, err := p.Marshal(); err == nil {
			c.leg.Receive(b)
		}
	}
}

// WriteRTP is what the caller is sent.
func (c *caller) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, ok := codec.ByPT(h.PayloadType)
	if !ok {
		return 0, nil
	}
	if c.first.IsZero() {
		c.first = time.Now()
	}
	if c.dec == nil || c.dec.Codec() != name {
		c.dec, c.pcm = codec.NewDecoder(name), nil
	}
	c.pt = h.PayloadType
	c.pcm = c.dec.Decode(c.pcm, payload)
	if keep := name.SampleRate() * 2 / 5; len(c.pcm) > keep {
		c.pcm = append(c.pcm[:0], c.pcm[len(c.pcm)-keep:]...)
	}
	return len(payload), nil
}

// reset forgets what was heard.
func (c *caller) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pcm, c.first = nil, time.Time{}
}

// hears waits until 400 ms are the tone, in the payload type.
func (c *caller) hears(hz int, pt uint8) {
	c.t.Helper()
	var share float64
	var got uint8
	waitFor(c.t, func() string {
		return fmt.Sprintf("the caller to hear %d Hz in %d: share %.3f in %d", hz, pt, share, got)
	}, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		got, share = c.pt, 0
		if c.dec != nil && len(c.pcm) >= c.dec.Codec().SampleRate()*2/5 {
			share = toneShare(c.pcm, hz, c.dec.Codec().SampleRate())
		}
		return got == pt && share > 0.85
	})
}

// hearsNothing waits until 400 ms are below −60 dBFS.
func (c *caller) hearsNothing() {
	c.t.Helper()
	c.reset()
	var loud float64
	waitFor(c.t, func() string { return fmt.Sprintf("the caller to hear nothing: %.4f", loud) }, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.dec == nil || len(c.pcm) < c.dec.Codec().SampleRate()*2/5 {
			return false
		}
		sum := 0.0
		for _, v := range c.pcm {
			sum += float64(v) * float64(v)
		}
		loud = math.Sqrt(sum/float64(len(c.pcm))) / 32768
		return loud < 0.001
	})
}

// toneShare is how much of the energy is one tone, looked at in pieces of 20 ms:
// so a tone that swells counts as one.
func toneShare(pcm []int16, hz, rate int) float64 {
	k := 2 * math.Cos(2*math.Pi*float64(hz)/float64(rate))
	var tone, whole float64
	for piece := range slices.Chunk(pcm, rate/50) {
		var a, b float64
		for _, v := range piece {
			x := float64(v)
			whole += x * x
			a, b = x+k*a-b, a
		}
		tone += 2 * (a*a + b*b - k*a*b) / float64(len(piece))
	}
	if whole < 1e6 {
		return 0
	}
	return tone / whole
}

func waitFor(t *testing.T, what func() string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what())
		}
	}
}
