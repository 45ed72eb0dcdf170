package browser

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// ear is put into every page before its own scripts: it remembers each
// RTCPeerConnection and can say how much of what the newest one hears is a tone.
const ear = `(() => {
	const lines = parent.__ear?.lines ?? []; // a frame's are the page's
	const Real = globalThis.RTCPeerConnection;
	if (!Real) return;
	globalThis.RTCPeerConnection = class extends Real {
		constructor(settings, ...rest) {
			super(__net.relay ? { ...settings, iceTransportPolicy: "relay" } : settings, ...rest);
			lines.push(this);
		}
		setRemoteDescription(said) {
			if (!__net.noUDP) return super.setRemoteDescription(said);
			return super.setRemoteDescription({ ...said, sdp: said.sdp.replace(/^a=candidate:\S+ \d+ udp .*\r\n/gim, "") });
		}
	};
	// Every microphone that a page was given, and whether there is one at all.
	const mics = [], devices = navigator.mediaDevices;
	let plugged = true;
	if (devices) {
		const ask = devices.getUserMedia.bind(devices);
		devices.getUserMedia = async (want) => {
			if (!plugged) throw new DOMException("none is plugged in", "NotFoundError");
			const stream = await ask(want);
			mics.push(...stream.getAudioTracks());
			return stream;
		};
	}
	let context, analyser, track, source;
	const live = () => lines.filter((l) => l.connectionState === "connected").at(-1);
	const listen = () => {
		const now = live()?.getReceivers().find((r) => r.track?.kind === "audio")?.track;
		if (!now) return undefined;
		if (now !== track) {
			context ??= new AudioContext();
			context.resume();
			analyser ??= new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
			source?.disconnect();
			source = context.createMediaStreamSource(new MediaStream([now]));
			source.connect(analyser);
			track = now;
		}
		return analyser;
	};
	const PIECE = 1024; // 21 ms: a tone that swells counts as one
	const power = (samples, hz, rate) => {
		const k = 2 * Math.cos((2 * Math.PI * hz) / rate);
		let sum = 0;
		for (let from = 0; from < samples.length; from += PIECE) {
			let a = 0, b = 0;
			for (let i = from; i < from + PIECE; i++) { const c = samples[i] + k * a - b; b = a; a = c; }
			sum += (2 * (a * a + b * b - k * a * b)) / PIECE;
		}
		return sum;
	};
	document.addEventListener("freeze", () => { __ear.frozen = true; });
	document.addEventListener("resume", () => { __ear.frozen = false; });
	// path is how packets go: host, srflx, prflx or relay, and udp or tcp.
	const path = (all) => {
		const pair = all.find((s) => s.type === "candidate-pair" && s.nominated && s.state === "succeeded");
		const mine = all.find((s) => s.id === pair?.localCandidateId);
		return mine ? mine.candidateType + " " + mine.protocol : "";
	};
	globalThis.__ear = {
		lines, live, frozen: false,
		plug(on) {
			plugged = on;
			if (!on)
				for (const mic of mics.splice(0)) {
					if (mic.readyState === "ended") continue;
					mic.stop();
					mic.dispatchEvent(new Event("ended"));
				}
			devices.dispatchEvent(new Event("devicechange"));
		},
		// sent is the track that the newest line sends.
		sent: () => live()?.getSenders()[0]?.track,
		hears(hz) {
			const on = listen();
			if (!on) return { share: 0, level: 0 };
			const samples = new Float32Array(on.fftSize);
			on.getFloatTimeDomainData(samples);
			let whole = 0;
			for (const x of samples) whole += x * x;
			const level = Math.sqrt(whole / samples.length);
			return { share: whole > 1e-6 ? Math.min(1, power(samples, hz, context.sampleRate) / whole) : 0, level };
		},
		// record keeps all that is heard from now on; heard ends that and says for
		// how many seconds each tone was most of it.
		record() {
			listen();
			const chunks = [], recorder = new MediaRecorder(new MediaStream([track]));
			recorder.ondataavailable = (event) => chunks.push(event.data);
			recorder.start();
			this.heard = (tones) => new Promise((done) => {
				recorder.onstop = async () => {
					const sound = await context.decodeAudioData(await new Blob(chunks).arrayBuffer());
					const samples = sound.getChannelData(0), piece = 2 * PIECE;
					done(tones.map((hz) => {
						let found = 0;
						for (let from = 0; from + piece <= samples.length; from += piece) {
							const part = samples.subarray(from, from + piece);
							const whole = part.reduce((sum, x) => sum + x * x, 0);
							if (whole > piece * 1e-5 && power(part, hz, sound.sampleRate) / whole > 0.7) found++;
						}
						return (found * piece) / sound.sampleRate;
					}));
				};
				recorder.stop();
			});
		},
		async stats() {
			const all = [...((await live()?.getStats())?.values() ?? [])];
			const one = (type) => all.find((s) => s.type === type) ?? {};
			const codec = (id) => (all.find((s) => s.type === "codec" && s.id === id)?.mimeType ?? "").replace("audio/", "");
			const i = one("inbound-rtp"), o = one("outbound-rtp");
			return {
				packetsIn: i.packetsReceived ?? 0, packetsOut: o.packetsSent ?? 0, lost: i.packetsLost ?? 0,
				codecIn: codec(i.codecId), codecOut: codec(o.codecId),
				roundTrip: one("remote-inbound-rtp").roundTripTime ?? -1,
				path: path(all),
			};
		},
	};
})();`

// raw has a page get the microphone unprocessed, whatever it asks for.
const raw = `
(() => {
	const devices = navigator.mediaDevices;
	if (!devices) return;
	const ask = devices.getUserMedia.bind(devices);
	const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
	devices.getUserMedia = (want) => ask(want?.audio ? { ...want, audio: { ...want.audio, ...off } } : want);
})();`

// Heard is what a page hears: the share of its energy that is a tone, and how
// loud the whole is (RMS, 1 is full scale).
type Heard struct{ Share, Level float64 }

// Hears measures the last sixth of a second of the remote audio of the newest
// connection that stands.
func (p *Page) Hears(hz int) Heard {
	p.t.Helper()
	var h Heard
	p.Eval(fmt.Sprintf(`__ear.hears(%d)`, hz), &h)
	return h
}

// WaitTone waits until the page hears the tone and little else.
func (p *Page) WaitTone(hz int) {
	p.t.Helper()
	p.Wait(fmt.Sprintf(`__ear.hears(%d).share > 0.8 && __ear.hears(%[1]d).level > 0.003`, hz))
}

// WaitQuiet waits until the page hears nothing.
func (p *Page) WaitQuiet() {
	p.t.Helper()
	p.Wait(`__ear.hears(1000).level < 0.001`)
}

// Record keeps all that the page hears from now on, for Heard. It waits until
// there is a connection to hear.
func (p *Page) Record() {
	p.t.Helper()
	p.Wait(`__ear.live()?.getReceivers().some((r) => r.track?.kind === "audio")`)
	p.Eval(`__ear.record()`, nil)
}

// Heard ends Record and gives for each tone how many seconds of it there were.
func (p *Page) Heard(tones ...int) []float64 {
	p.t.Helper()
	var seconds []float64
	p.Eval(fmt.Sprintf(`__ear.heard(%s)`, JSON(tones)), &seconds)
	return seconds
}

// Line is what the browser counts on the newest connection that stands.
type Line struct {
	PacketsIn, PacketsOut, Lost int
	CodecIn, CodecOut           string
	RoundTrip                   float64 // s; -1 before the first report
	Path                        string  // "host udp", "relay udp", "prflx tcp"
}

// Line asks the browser.
func (p *Page) Line() Line {
	p.t.Helper()
	var l Line
	p.Eval(`__ear.stats()`, &l)
	return l
}

// Voice writes a WAV file (16 bit, 48 kHz, mono) of a tone that swells and
// fades four times a second, which a browser's noise suppression takes for
// speech where it would take a steady tone for noise. It returns its path.
func Voice(t testing.TB, hz int, seconds float64) string {
	t.Helper()
	return wav(t, seconds, func(at float64) float64 {
		return 0.5 * (0.55 + 0.45*math.Sin(2*math.Pi*4*at)) * math.Sin(2*math.Pi*float64(hz)*at)
	})
}

// Tone writes a WAV file of a steady tone, for a microphone that is taken raw.
func Tone(t testing.TB, hz int, seconds float64) string {
	t.Helper()
	return wav(t, seconds, func(at float64) float64 { return 0.3 * math.Sin(2*math.Pi*float64(hz)*at) })
}

// wav writes 48 kHz, 16 bit, mono.
func wav(t testing.TB, seconds float64, value func(at float64) float64) string {
	t.Helper()
	const rate = 48000
	n := int(seconds * rate)
	b := make([]byte, 44+2*n)
	copy(b, "RIFF")
	binary.LittleEndian.PutUint32(b[4:], uint32(36+2*n))
	copy(b[8:], "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	binary.LittleEndian.PutUint32(b[24:], rate)
	binary.LittleEndian.PutUint32(b[28:], rate*2)
	binary.LittleEndian.PutUint16(b[32:], 2)
	binary.LittleEndian.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	binary.LittleEndian.PutUint32(b[40:], uint32(2*n))
	for i := range n {
		binary.LittleEndian.PutUint16(b[44+2*i:], uint16(int16(value(float64(i)/rate)*32767)))
	}
	file := filepath.Join(t.TempDir(), "voice.wav")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// JSON quotes a value for use in an expression.
func JSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
