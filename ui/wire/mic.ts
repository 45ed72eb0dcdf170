// Mic keeps the microphone open for the whole shift, so that its level can be
// seen and no call waits for a permission. What it hears goes nowhere from here.
export type MicTrouble =
	| "" // none
	| "denied" // the user or a policy said no, or took it back
	| "missing" // there is no microphone
	| "busy" // another program has it
	| "ended" // unplugged, or stopped by the system
	| "muted"; // the system or the headset's own switch mutes it

export interface MicOptions {
	trouble: (trouble: MicTrouble) => void;
	level: (level: number) => void; // 0..1, ten times a second
	track: (track: MediaStreamTrack | undefined) => void; // another one to send
}

const RHYTHM = 100; // ms between two looks at the level
const REPLACED = 1_000; // ms in which a microphone that ended may have a successor
const FLOOR = -60; // dBFS that count as nothing
const TOP = -10; // dBFS that count as full

// loudness is how loud the samples are, 0..1, even on a scale of decibels.
export function loudness(samples: ArrayLike<number>): number {
	let sum = 0;
	for (let i = 0; i < samples.length; i++) sum += (samples[i] ?? 0) ** 2;
	if (sum === 0) return 0;
	const db = 10 * Math.log10(sum / samples.length);
	return Math.min(1, Math.max(0, (db - FLOOR) / (TOP - FLOOR)));
}

// troubleOf puts an error of getUserMedia into our words.
export function troubleOf(error: unknown): MicTrouble {
	switch ((error as { name?: string } | undefined)?.name) {
		case "NotAllowedError":
		case "SecurityError":
			return "denied";
		case "NotFoundError":
		case "OverconstrainedError":
			return "missing";
		default:
			return "busy";
	}
}

export class Mic {
	trouble: MicTrouble = "";
	#device = "";
	#stream: MediaStream | undefined;
	#context: AudioContext | undefined;
	#timer: ReturnType<typeof setInterval> | undefined;
	#permission: PermissionStatus | undefined;
	#wanted = false;
	#turn = 0;

	constructor(private options: MicOptions) {}

	get track(): MediaStreamTrack | undefined {
		return this.#stream?.getAudioTracks()[0];
	}

	get label() {
		return this.track?.label ?? "";
	}

	// open asks for the microphone; "" is the default one. It never throws: what
	// is wrong is said as a trouble.
	async open(device = this.#device) {
		this.#device = device;
		this.#wanted = true;
		const turn = ++this.#turn;
		const stream = await this.#ask(device);
		if (turn !== this.#turn || !this.#wanted) {
			for (const track of stream?.getTracks() ?? []) track.stop();
			return;
		}
		this.#take(stream);
		void this.#watchPermission();
		navigator.mediaDevices?.addEventListener("devicechange", this.#devicesChanged);
	}

	// choose takes another microphone: at once when one is open, else the next time.
	async choose(device: string) {
		if (this.#wanted) await this.open(device);
		else this.#device = device;
	}

	close() {
		this.#wanted = false;
		this.#turn++;
		this.#take(undefined);
		void this.#context?.close();
		this.#context = undefined;
		if (this.#permission) this.#permission.onchange = null;
		navigator.mediaDevices?.removeEventListener("devicechange", this.#devicesChanged);
	}

	async #ask(device: string): Promise<MediaStream | undefined> {
		if (!navigator.mediaDevices) {
			this.#say("denied"); // a plain page has no microphone
			return undefined;
		}
		const sound = {
			echoCancellation: true,
			noiseSuppression: true,
			autoGainControl: true,
			channelCount: 1,
		};
		for (const deviceId of device ? [{ exact: device }, undefined] : [undefined]) {
			try {
				const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...sound, deviceId } });
				this.#say("");
				return stream;
			} catch (error) {
				this.#say(troubleOf(error));
				if (this.trouble === "denied") return undefined;
			}
		}
		return undefined;
	}

	#take(stream: MediaStream | undefined) {
		for (const track of this.#stream?.getTracks() ?? []) {
			track.onended = track.onmute = track.onunmute = null;
			track.stop();
		}
		clearInterval(this.#timer);
		this.#stream = stream;
		const track = this.track;
		this.options.track(track);
		if (!stream || !track) {
			this.options.level(0);
			return;
		}
		track.onended = () => {
			this.#say("ended");
			void this.open(); // the default one, if ours was unplugged
			setTimeout(() => {
				if (this.track === track) this.#take(undefined); // nobody answers
			}, REPLACED);
		};
		track.onmute = () => this.#say("muted");
		track.onunmute = () => this.#say("");
		if (track.muted) this.#say("muted");
		this.#meter(stream);
	}

	// The meter looks ten times a second into one buffer that is made once.
	#meter(stream: MediaStream) {
		this.#context ??= new AudioContext({ latencyHint: "playback" });
		const analyser = this.#context.createAnalyser();
		analyser.fftSize = 1024;
		this.#context.createMediaStreamSource(stream).connect(analyser);
		const samples = new Float32Array(analyser.fftSize);
		this.#timer = setInterval(() => {
			analyser.getFloatTimeDomainData(samples);
			this.options.level(Math.round(loudness(samples) * 20) / 20);
		}, RHYTHM);
		if (this.#context.state === "suspended") void this.#context.resume();
	}

	async #watchPermission() {
		if (this.#permission) return;
		try {
			this.#permission = await navigator.permissions.query({
				name: "microphone" as PermissionName,
			});
		} catch {
			return; // not every browser can be asked; the track's end tells as well
		}
		this.#permission.onchange = () => {
			if (!this.#wanted || !this.#permission) return;
			if (this.#permission.state === "denied") {
				this.#take(undefined);
				this.#say("denied");
			} else if (this.trouble !== "") void this.open();
		};
	}

	#devicesChanged = () => {
		if (
			this.#wanted &&
			(this.trouble === "missing" || this.trouble === "ended" || this.trouble === "busy")
		)
			void this.open();
	};

	#say(trouble: MicTrouble) {
		if (trouble === this.trouble) return;
		this.trouble = trouble;
		this.options.trouble(trouble);
	}
}
