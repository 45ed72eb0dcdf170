// SoundCheck looks whether the page could hear its agent and be heard by them,
// before a call finds out: all the time at what the microphone says of itself,
// and every ten minutes, silently, while nothing is going on, at whether sound
// really flows. The server is told, and rings nobody whose sound is broken.
import { untrack } from "svelte";
import type { MicTrouble } from "../wire/mic";
import type { App } from "./app.svelte";

export type Fault = "" | "no_mic" | "mic_dead" | "no_output";

export interface Ears {
	/** The microphone gives sound. */
	micRuns: () => Promise<boolean>;
	/** Something can be played on this device. */
	plays: (sink: string) => Promise<boolean>;
}

const EVERY = 600_000; // ms between two looks at whether sound flows
const LOOK = 30_000; // ms between looks at whether that is due
const SUCCESSOR = 1_500; // ms in which a microphone that was unplugged may have one
const FLOWS = 5_000; // ms in which something must move

const gone: Partial<Record<MicTrouble, Fault>> = {
	denied: "no_mic",
	missing: "no_mic",
	busy: "no_mic",
	ended: "no_mic",
};

export class SoundCheck {
	fault: Fault = ""; // as the server was told
	#found: Fault = "";
	#checkedAt = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private app: App,
		private send: (fault: Fault) => Promise<unknown>,
		private ears: Ears = listening(app),
		private now: () => number = () => performance.now(),
	) {
		this.#checkedAt = now();
	}

	// watch follows the microphone and looks at the clock; it returns its end.
	watch(): () => void {
		const end = $effect.root(() => {
			$effect(() => {
				const { trouble } = this.app.audio;
				untrack(() => this.follow(trouble));
			});
			$effect(() => {
				if (this.app.audio.state === "up" && this.app.link === "open") untrack(this.renew);
			});
		});
		const looks = setInterval(() => void this.look(), LOOK);
		return () => {
			end();
			clearInterval(looks);
			clearTimeout(this.#timer);
		};
	}

	// follow takes what the microphone says of itself. One that was unplugged may
	// have a successor in a moment.
	follow(trouble: MicTrouble) {
		clearTimeout(this.#timer);
		if (trouble === "ended") this.#timer = setTimeout(() => void this.#say(), SUCCESSOR);
		else void this.#say();
	}

	// renew says it for a new line or a new stream: the server may know what another
	// page has said, or nothing.
	renew = () => void this.#say(true);

	// look checks when it is time and nobody would be disturbed.
	async look() {
		const { desk } = this.app;
		const idle = desk.agent?.on_shift && !desk.offer && desk.calls.length === 0;
		if (idle && this.#ours && this.now() - this.#checkedAt >= EVERY) await this.check();
		else await this.#say(); // what could not be said before
	}

	// check looks whether sound flows, and takes the microphone anew when it does
	// not: that is what the agent would try.
	check = async () => {
		this.#checkedAt = this.now();
		const { audio } = this.app;
		let found: Fault = "";
		if (audio.live && !(await this.ears.micRuns())) {
			await audio.openMic();
			if (audio.live && !(await this.ears.micRuns())) found = "mic_dead";
		}
		const sinks = [audio.devices.chosen.speaker?.id ?? "", audio.devices.chosen.ringer?.id ?? ""];
		for (const sink of new Set(sinks))
			if (!found && !(await this.ears.plays(sink))) found = "no_output";
		this.#found = found;
		await this.#say();
	};

	// The line is in this tab, and was not taken to another computer.
	get #ours() {
		const { audio, desk } = this.app;
		return desk.agent?.station === "browser" && !audio.elsewhere && audio.lost !== "moved";
	}

	async #say(anew = false) {
		const fault = gone[this.app.audio.trouble] ?? this.#found;
		if (!this.#ours || (fault === this.fault && !anew)) return;
		const before = this.fault;
		this.fault = fault;
		try {
			await this.send(fault);
		} catch {
			this.fault = before; // said again at the next look
		}
	}
}

// listening is how a browser can be asked.
function listening(app: App): Ears {
	const pass = (ms: number) => new Promise((done) => setTimeout(done, ms));
	// moves says whether a count goes on within the time that it is given.
	async function moves(count: () => number): Promise<boolean> {
		const first = count();
		for (let waited = 0; waited < FLOWS; waited += 250) {
			await pass(250);
			if (count() !== first) return true;
		}
		return false;
	}
	return {
		async micRuns() {
			const { track } = app.audio.station.mic;
			// Muted is the agent's own switch, and a browser that does not count cannot be asked.
			const { stats } = (track ?? {}) as { stats?: { deliveredFrames?: number } };
			if (!track || track.muted || stats?.deliveredFrames === undefined) return true;
			return moves(() => stats.deliveredFrames ?? 0);
		},
		async plays(sink) {
			const context = new AudioContext() as AudioContext & {
				setSinkId?: (id: string) => Promise<void>;
			};
			try {
				await context.setSinkId?.(sink).catch(() => context.setSinkId?.(""));
				// A page that nobody has touched may not play: that says nothing of the device.
				if (context.state !== "running") return true;
				return await moves(() => context.currentTime);
			} finally {
				void context.close();
			}
		},
	};
}
