// AudioModel is what the page knows of its sound, and makes the line follow the
// desk: it rings while there is an offer and sends while there is a call.
import type { MicTrouble } from "../wire/mic";
import { type Lost, Station, type StationState } from "../wire/station";
import type { Desk } from "../wire/types";
import { Devices, type Kind } from "./devices.svelte";
import { MutedTalk } from "./mutedtalk";

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
	/** The computer may be on another network. */
	doubt: () => void = () => {};
	unplugged: (label: string) => void = () => {};
	pluggedIn: (label: string) => void = () => {};
	devices = new Devices({
		use: (kind, id) => void this.#use(kind, id),
		gone: (label) => this.unplugged(label),
		back: (label) => this.pluggedIn(label),
	});
	#rings = false;
	#station: Station | undefined;
	#muted = false;
	#mutedTalk = new MutedTalk();
	#quietSince = 0;

	get station(): Station {
		this.#station ??= new Station({
			state: (state, lost, why) => {
				this.state = state;
				this.lost = lost;
				this.why = why;
				if (lost === "mic") this.station.sound.chime(); // nobody looks at an idle page
			},
			mic: (trouble) => {
				this.trouble = trouble;
				this.#look();
			},
			level: (level) => this.#heard(level),
			doubt: () => this.doubt(),
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

	// watchDevices takes the devices of the last time and follows the plugs.
	watchDevices() {
		this.devices.recall();
		navigator.mediaDevices?.addEventListener("devicechange", this.devices.look);
		void this.devices.look();
	}

	async #use(kind: Kind, id: string) {
		if (kind === "speaker") return this.station.setSpeaker(id);
		if (kind === "ringer") return this.station.setRinger(id);
		await this.station.setMic(id);
		this.#quietSince = performance.now();
		this.#look();
	}

	chime = () => this.station.headset.chime();
	zip = () => this.station.headset.zip();

	// ringOnce lets the ringer be heard for a moment on the page that tests it.
	ringOnce() {
		this.station.ring(true);
		setTimeout(() => this.station.ring(this.#rings), 1_500);
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
		// A line that the server has not heard for a moment is one that should be heard:
		// the desk may say so before the page itself has noticed the silence.
		this.#station.due(call?.state === "talking" || call?.state === "reconnecting");
		this.#rings = offer !== null && !offer.auto && !accepting;
		this.#station.ring(this.#rings);
		const codec = call?.codec ?? offer?.codec;
		if (codec) void this.#station.setCodec(codec);
		this.#station.mute(this.#muted);
		if (offer || call) this.#station.arm();
		else this.#station.disarm();
		this.#station.idle(!call && !accepting);
	}

	// hush is for when nobody tells us any more whether there still is an offer.
	hush() {
		this.#rings = false;
		this.#station?.ring(false);
	}

	#look() {
		const before = this.live;
		this.live = this.#station?.mic.track !== undefined;
		this.device = this.#station?.mic.label ?? "";
		if (this.live && !before) void this.devices.look(); // they have names now
	}

	#heard(level: number) {
		this.level = level;
		const now = performance.now();
		if (level > 0) {
			this.#quietSince = now;
			this.flat = false;
		}
		if (this.#mutedTalk.hear(level, this.#muted, now)) this.mutedTalk();
	}

	// checkFlat is asked by the page of the shift's start, on its ticker.
	checkFlat() {
		this.flat = this.live && this.level === 0 && performance.now() - this.#quietSince > FLAT;
	}
}
