// Sound makes what the page itself is heard with: the ring, the zip tone before
// a call that answers itself, the chime of the test page. All of it is computed,
// so there is no file to wait for. Playing is a function of state: ring(true)
// twice is one ring.
export type Samples = Float32Array<ArrayBuffer>;

interface Note {
	at: number; // s from the start
	for: number; // s
	hz: number;
	loud: number; // 0..1
}

const EDGE = 0.008; // s of fade at both ends of a note, so that nothing clicks

// The ring repeats every three seconds: two soft double notes, then quiet.
export const RING: readonly Note[] = [
	{ at: 0, for: 0.42, hz: 587.3, loud: 0.34 },
	{ at: 0, for: 0.42, hz: 880, loud: 0.22 },
	{ at: 0.5, for: 0.62, hz: 659.3, loud: 0.34 },
	{ at: 0.5, for: 0.62, hz: 987.8, loud: 0.22 },
];
export const RING_PERIOD = 3; // s
export const ZIP: readonly Note[] = [
	{ at: 0, for: 0.09, hz: 1047, loud: 0.3 },
	{ at: 0.12, for: 0.12, hz: 1397, loud: 0.3 },
];
export const CHIME: readonly Note[] = [
	{ at: 0, for: 0.5, hz: 523.3, loud: 0.3 },
	{ at: 0.22, for: 0.6, hz: 784, loud: 0.26 },
];

// render writes the notes as samples; longer than the notes is silence.
export function render(notes: readonly Note[], rate: number, length?: number): Samples {
	const ends = Math.max(...notes.map((note) => note.at + note.for));
	const out = new Float32Array(Math.ceil((length ?? ends) * rate));
	for (const note of notes) {
		const first = Math.round(note.at * rate);
		const count = Math.round(note.for * rate);
		const step = (2 * Math.PI * note.hz) / rate;
		for (let i = 0; i < count && first + i < out.length; i++) {
			const edge = Math.min(1, i / (EDGE * rate), (count - i) / (EDGE * rate));
			const dies = Math.exp((-2.2 * i) / count);
			out[first + i] = (out[first + i] ?? 0) + note.loud * edge * dies * Math.sin(step * i);
		}
	}
	return out;
}

// Player plays on one sink. It holds an audio context only while it sounds.
export class Player {
	#context: AudioContext | undefined;
	#ring: AudioBufferSourceNode | undefined;
	#sink = "";
	#volume = 1;

	// sink is a device id of an audio output; "" is the default one.
	async setSink(sink: string) {
		this.#sink = sink;
		if (this.#context) await aim(this.#context, sink);
	}

	setVolume(volume: number) {
		this.#volume = Math.min(1, Math.max(0, volume));
	}

	get ringing() {
		return this.#ring !== undefined;
	}

	ring(on: boolean) {
		if (on === this.ringing) return;
		if (on) {
			this.#ring = this.#start(render(RING, 24_000, RING_PERIOD), true);
			return;
		}
		this.#ring?.stop();
		this.#ring = undefined;
		this.#rest();
	}

	zip = () => void this.#start(render(ZIP, 24_000), false);
	chime = () => void this.#start(render(CHIME, 24_000), false);

	stop() {
		this.ring(false);
		void this.#context?.close();
		this.#context = undefined;
	}

	#start(samples: Samples, loop: boolean) {
		const context = this.#wake();
		const buffer = context.createBuffer(1, samples.length, 24_000);
		buffer.copyToChannel(samples, 0);
		const volume = context.createGain();
		volume.gain.value = this.#volume;
		const source = context.createBufferSource();
		source.buffer = buffer;
		source.loop = loop;
		source.connect(volume).connect(context.destination);
		source.onended = () => {
			volume.disconnect();
			this.#rest();
		};
		source.start();
		return source;
	}

	#wake() {
		if (!this.#context) {
			this.#context = new AudioContext({ latencyHint: "interactive" });
			void aim(this.#context, this.#sink);
		}
		void this.#context.resume();
		return this.#context;
	}

	// An idle context still draws a block of silence 400 times a second.
	#rest() {
		if (!this.#ring) void this.#context?.suspend();
	}
}

async function aim(context: AudioContext, sink: string) {
	const able = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
	// A device that is gone must not cost the ring: it plays where it can.
	await able.setSinkId?.(sink).catch(() => able.setSinkId?.(""));
}
