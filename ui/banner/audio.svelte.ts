// AudioModel is what the page knows of its sound, and makes the line follow the
// desk: it rings while there is an offer and sends while there is a call.
import type { MicTrouble } from "../wire/mic";
import { type Lost, Station, type StationState } from "../wire/station";
import type { Desk } from "../wire/types";

const LOUD = 0.4; // of the meter: −40 dBFS
const TALKING_MUTED = 600; // ms of talk before we say that nobody hears it
const AGAIN = 20_000; // ms before we say it again
const FLAT = 5_000; // ms of a microphone that hears nothing at all

export class AudioModel {
	state = $state<StationState>("off");
	lost = $state<Lost>("");
	why = $state("");
	trouble = $state<MicTrouble>("");
	level = $state(0); // 0–1
	live = $state(false); // the microphone is open
	device = $state("");
	/** The microphone has been open for a while and heard nothing. */
	flat = $state(false);
	/** The browser wants a gesture before it lets anything be heard. */
	blocked = $state(false);
	/** Another tab of this browser has the line. */
	elsewhere = $state(false);
	mutedTalk: () => void = () => {};
	#station: Station | undefined;
	#muted = false;
	#loudSince = 0;
	#toldAt = 0;
	#quietSince = 0;

	get station(): Station {
		this.#station ??= new Station({
			state: (state, lost, why) => {
				this.state = state;
				this.lost = lost;
				this.why = why;
			},
			mic: (trouble) => {
				this.trouble = trouble;
				this.#look();
			},
			level: (level) => this.#heard(level),
			blocked: (blocked) => {
				this.blocked = blocked;
			},
		});
		return this.#station;
	}

	// openMic asks for the microphone and shows its level; no line yet.
	async openMic() {
		await this.station.mic.open();
		this.#quietSince = performance.now();
		this.#look();
	}

	async start() {
		await this.station.start();
		this.#look();
	}

	async stop() {
		await this.#station?.stop();
		this.#look();
	}

	chime = () => this.station.sound.chime();

	// ringOnce lets the ringer be heard for a moment on the page that tests it.
	ringOnce() {
		this.station.ring(true);
		setTimeout(() => this.station.ring(false), 1_500);
	}

	// follow makes the sound what the desk says. Ringing is nothing but this: no
	// offer, no ring. (The tone before a call that answers itself comes from the
	// server, on the line.)
	follow(desk: Desk, accepting: boolean) {
		const call = desk.calls.find((one) => one.state !== "held") ?? desk.calls[0];
		this.#muted = call?.muted ?? false;
		if (!this.#station || this.elsewhere) return;
		const offer = desk.offer;
		this.#station.drawn(desk.agent.station === "browser" ? desk.agent.station_up : true);
		this.#station.ring(offer !== null && !offer.auto && !accepting);
		const codec = call?.codec ?? offer?.codec;
		if (codec) void this.#station.setCodec(codec);
		if (offer || call) this.#station.arm();
		else this.#station.disarm();
	}

	// hush is for when nobody tells us any more whether there still is an offer.
	hush() {
		this.#station?.ring(false);
	}

	#look() {
		this.live = this.#station?.mic.track !== undefined;
		this.device = this.#station?.mic.label ?? "";
	}

	#heard(level: number) {
		this.level = level;
		const now = performance.now();
		if (level > 0) {
			this.#quietSince = now;
			this.flat = false;
		}
		if (!this.#muted || level < LOUD) {
			this.#loudSince = 0;
			return;
		}
		this.#loudSince ||= now;
		if (now - this.#loudSince < TALKING_MUTED || now - this.#toldAt < AGAIN) return;
		this.#toldAt = now;
		this.mutedTalk();
	}

	// checkFlat is asked by the page of the shift's start, on its ticker.
	checkFlat() {
		this.flat = this.live && this.level === 0 && performance.now() - this.#quietSince > FLAT;
	}
}
