// Station is this page's audio line: one connection for the whole shift, silent
// while idle. The server moves the call to it and away from it; nothing here
// knows what a call is. It comes back by itself, and the newest line wins.
import { Flow, Pulse } from "./flow";
import {
	type CodecName,
	detail,
	iceServers,
	ours,
	pause,
	pick,
	refuses,
	type Sample,
	Sampler,
} from "./line";
import { Loudspeaker } from "./loudspeaker";
import { Mic, type MicTrouble } from "./mic";
import { Roads } from "./roads";
import { Player } from "./sound";

export type StationState = "off" | "connecting" | "up" | "lost";
// Why it is lost: the network (it comes back by itself), moved to another
// computer (bring it back with start), refused by the server (the text says why),
// given up for want of a microphone (it comes back with it).
export type Lost = "" | "network" | "moved" | "refused" | "mic";
export interface Devices {
	mic?: string; // device ids; "" or none: the default
	speaker?: string;
	ringer?: string;
}
export interface StationOptions {
	url?: string;
	state?: (state: StationState, lost: Lost, why: string) => void;
	mic?: (trouble: MicTrouble) => void;
	level?: (level: number) => void; // 0..1, ≤ 10 a second
	blocked?: (blocked: boolean) => void; // the browser wants a click before it plays
	doubt?: () => void; // the network may be another one: what stands on the old one is dead
	fetch?: typeof fetch;
	random?: () => number;
}

const ADDRESS = "/api/v1/me/station";
const PATIENCE = 2_000; // ms a connection may be doubtful before there is a new one
const CONNECT = 8_000; // ms from the answer to the connection
const SERVERS_GOOD = 240_000; // ms
const HASTE = [600, 800, 1_000]; // the same, where the network has just changed: the browser may not know the new one yet
const LOOK = 250; // ms between looks at whether packets come
const MOVED = 700; // ms for the desk to say that the line is gone, not moved

export class Station {
	state: StationState = "off";
	lost: Lost = "";
	readonly mic: Mic;
	readonly sound = new Player(); // on the ringer
	readonly headset = new Player(); // for the agent's ear alone
	#pc: RTCPeerConnection | undefined;
	#offering: Promise<void> | undefined; // the one that start has begun
	#offered: Promise<void> | undefined; // the last one, done or not
	#sender: RTCRtpSender | undefined;
	#receiver: RTCRtpReceiver | undefined;
	#loudspeaker: Loudspeaker;
	#location = "";
	#codec: CodecName = "PCMA";
	#armed = false;
	#idle = false;
	#muted = false;
	#source: MediaStreamTrack | undefined; // the microphone's
	#sent: MediaStreamTrack | undefined; // its double, which mute silences
	#servers: RTCIceServer[] = [];
	#serversAt = 0; // their passwords are good for five minutes
	#failures = 0;
	#deskUp = false;
	#doubts = 0; // new lines in a row that the desk did not know
	#due = false;
	#haste: number[] = [];
	#flow = new Flow();
	#pulse = new Pulse();
	#roads = new Roads();
	#looks: ReturnType<typeof setInterval> | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#sampler = new Sampler();

	constructor(private options: StationOptions = {}) {
		this.#loudspeaker = new Loudspeaker((blocked) => options.blocked?.(blocked));
		this.mic = new Mic({
			trouble: (trouble) => {
				options.mic?.(trouble);
				this.#mind();
			},
			level: (level) => options.level?.(level),
			track: (track) => {
				void this.#attach();
				// After a reload nobody has clicked yet, but a page that has the
				// microphone may play.
				if (track) this.#loudspeaker.unblock();
				this.#mind();
			},
		});
	}

	// start opens the microphone and the line. After a reload it is all there is
	// to do; when the line had moved to another computer it brings it here.
	async start(devices: Devices = {}) {
		if (this.state === "off") {
			addEventListener("pagehide", this.#hide);
			addEventListener("pageshow", this.wake);
			addEventListener("online", this.#network);
			this.#looks = setInterval(this.#look, LOOK);
			document.addEventListener("visibilitychange", this.wake);
			document.addEventListener("resume", this.wake); // Page Lifecycle: thawed
		}
		if (devices.speaker !== undefined) void this.setSpeaker(devices.speaker);
		if (devices.ringer !== undefined) void this.setRinger(devices.ringer);
		// The line does not wait for the microphone: hearing comes first.
		const mic = this.mic.track && !devices.mic ? undefined : this.mic.open(devices.mic);
		this.#failures = 0;
		// The button and the desk may both ask for the line: one offer is enough.
		if (this.state !== "connecting") this.#offering = this.#offer();
		await this.#offering;
		await mic;
	}

	async stop() {
		removeEventListener("pagehide", this.#hide);
		removeEventListener("pageshow", this.wake);
		removeEventListener("online", this.#network);
		clearInterval(this.#looks);
		document.removeEventListener("visibilitychange", this.wake);
		document.removeEventListener("resume", this.wake);
		this.#armed = false;
		this.#say("off");
		this.mic.close();
		this.sound.stop();
		this.headset.stop();
		await this.#leave();
	}

	// leave closes the line for good. The server is asked first: after a goodbye it
	// would know no such line.
	async #leave() {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const pc = this.#pc;
		this.#pc = undefined; // nothing that it says counts any more
		this.#sender = undefined;
		const location = this.#location;
		this.#location = "";
		if (location)
			await this.#fetch(location, { method: "DELETE", keepalive: true }).catch(() => undefined);
		if (pc) this.#roads.close(pc);
	}

	// idle says that there is neither an offer nor a call. A line on which nobody
	// could be heard is then given up, so that no call comes to it; in a call it
	// stays, for hearing is better than nothing.
	idle(idle: boolean) {
		this.#idle = idle;
		this.#mind();
	}

	#mind() {
		if (this.state === "off") return;
		const dumb = this.#idle && !this.mic.track && this.mic.trouble !== "";
		if (!dumb) {
			if (this.lost === "mic") void this.#offer();
		} else if (this.lost === "" || this.lost === "network") {
			this.#say("lost", "mic");
			void this.#leave();
		}
	}

	// mute has the line send silence. The microphone stays open beside it: its
	// level tells who talks while nobody hears them.
	mute(muted: boolean) {
		this.#muted = muted;
		if (this.#sent) this.#sent.enabled = !muted;
	}

	// arm puts the microphone on the line, disarm takes it off: an idle line sends
	// nothing. Both may be called as often as a desk is drawn.
	arm() {
		if (this.#armed) return;
		this.#armed = true;
		void this.#attach();
	}

	disarm() {
		if (!this.#armed) return;
		this.#armed = false;
		void this.#attach();
	}

	// setCodec sends in the codec of the call, without a word to the server. False:
	// this browser cannot; the server then translates.
	async setCodec(name: string): Promise<boolean> {
		if (name !== "PCMU" && name !== "PCMA" && name !== "G722") return false;
		this.#codec = name;
		return this.#switch();
	}

	// drawn tells what the desk says of the station. A desk that knows no line
	// while we think that we have one is right.
	drawn(stationUp: boolean) {
		this.#deskUp = stationUp;
		if (stationUp) this.#doubts = 0;
		else if (this.state === "up" && !this.#timer) {
			this.#doubts++;
			const after = Math.max(MOVED, pause(this.#doubts, this.options.random));
			this.#again(after, () => !this.#deskUp);
		}
	}

	// wake looks whether the line outlived a sleep, and brings it back at once.
	wake = () => {
		if (document.visibilityState === "hidden") return;
		if (this.state === "off" || this.state === "connecting") return;
		if (this.lost === "moved" || this.lost === "mic") return;
		if (this.#pc?.connectionState === "connected") return;
		this.#failures = 0;
		void this.#offer();
	};

	// due says that there is a call in which something is always heard: not one that
	// is on hold.
	due(due: boolean) {
		this.#due = due;
	}

	#look = () => {
		const due = this.#due && this.state === "up";
		const [source] = due ? (this.#receiver?.getSynchronizationSources() ?? []) : [];
		if (this.#flow.look(source?.rtpTimestamp, due, performance.now())) this.#network();
		const pc = this.state === "up" ? this.#pc : undefined;
		if (!pc || !this.#pulse.due(performance.now())) return;
		void pc.getStats().then((report) => {
			if (this.#pc !== pc || this.state !== "up") return;
			if (this.#pulse.look(report.values(), performance.now())) this.#network();
		});
	};

	// The computer may be on another network. Packets that still come say that it
	// does not matter; else the line on the old one is dead, whatever the browser
	// thinks of it, and so may be everything else.
	#network = () => {
		if (this.state === "off" || this.state === "connecting") return;
		if (this.lost === "moved" || this.lost === "mic") return;
		if (this.#flow.flows(performance.now())) return;
		this.#failures = 0;
		this.#haste = [...HASTE];
		this.options.doubt?.();
		void this.#offer();
	};

	// Devices change under a call without a word to the server: the sender takes
	// another track, the element another sink.
	async setMic(device: string) {
		await this.mic.choose(device);
	}

	async setSpeaker(device: string) {
		await Promise.all([this.#loudspeaker.setSink(device), this.headset.setSink(device)]);
	}

	async setRinger(device: string) {
		await this.sound.setSink(device);
	}

	ring(on: boolean) {
		this.sound.ring(on);
	}

	// sample says how the line was since the last sample; undefined while it is not up.
	async sample(): Promise<Sample | undefined> {
		if (this.state !== "up" || !this.#pc) return undefined;
		const report = await this.#pc.getStats();
		return this.#sampler.take(report.values() as Iterable<Record<string, unknown>>);
	}

	// Offers go one after the other, or the server could take an old one for the
	// newest.
	async #offer() {
		const before = this.#offered;
		let done = () => {};
		this.#offered = new Promise((resolve) => {
			done = resolve;
		});
		this.#say("connecting");
		await before;
		try {
			await this.#offerNow();
		} finally {
			done();
		}
	}

	async #offerNow(): Promise<void> {
		if (this.state === "off") return; // stopped meanwhile
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#drop();
		this.#say("connecting");
		const fresh = performance.now() - this.#serversAt < SERVERS_GOOD;
		const iceServers = fresh ? this.#servers : [];
		const anew = this.#haste.length > 0;
		const pc = this.#roads.open({ bundlePolicy: "max-bundle", iceServers }, anew);
		this.#pc = pc;
		const line = pc.addTransceiver("audio", { direction: "sendrecv" });
		line.setCodecPreferences(ours(RTCRtpReceiver.getCapabilities("audio")?.codecs ?? []));
		this.#sender = line.sender;
		this.#receiver = line.receiver;
		this.#flow.fresh();
		this.#pulse.fresh();
		line.receiver.jitterBufferTarget = 0;
		this.#loudspeaker.play(new MediaStream([line.receiver.track]));
		pc.onconnectionstatechange = () => this.#changed(pc);
		void this.#attach();
		try {
			await pc.setLocalDescription();
			const answer = await this.#post(pc.localDescription?.sdp ?? "");
			if (this.#pc !== pc) return;
			if (answer.refused) {
				this.#drop();
				this.#say("lost", answer.moved ? "moved" : "refused", answer.refused);
				return;
			}
			// The answer names the servers that help where nothing else gets through.
			// They are asked from the beginning or not at all: begin again with them.
			if (this.#servers.length > iceServers.length) return await this.#offerNow();
			await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
			const soon = this.#haste.shift();
			if (soon) this.#again(soon, () => this.#pc === pc);
			else this.#timer = setTimeout(() => this.#failed(pc), CONNECT);
		} catch {
			this.#failed(pc);
		}
	}

	// The offer leaves before any candidate is known: the server learns where we
	// are from our first check.
	async #post(sdp: string): Promise<{ sdp: string; refused: string; moved: boolean }> {
		const answer = await this.#fetch(this.options.url ?? ADDRESS, {
			method: "POST",
			headers: {
				"Content-Type": "application/sdp",
				Accept: "application/sdp, application/problem+json",
			},
			body: sdp,
		});
		const text = await answer.text();
		if (refuses(answer.status))
			return { sdp: "", refused: detail(text), moved: answer.status === 409 };
		if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
		this.#location = answer.headers.get("Location") ?? "";
		this.#servers = iceServers(answer.headers.get("Link"));
		this.#serversAt = performance.now();
		return { sdp: text, refused: "", moved: false };
	}

	#changed(pc: RTCPeerConnection) {
		if (this.#pc !== pc) return;
		switch (pc.connectionState) {
			case "connected":
				clearTimeout(this.#timer);
				this.#timer = undefined;
				this.#failures = 0;
				this.#haste = [];
				this.#sampler.reset();
				this.#watch(pc);
				this.#say("up");
				void this.#switch();
				return;
			case "disconnected":
				// A gap that heals by itself is not worth a new line; a long one is.
				this.options.doubt?.();
				this.#again(PATIENCE, () => pc.connectionState === "disconnected");
				return;
			case "failed":
			case "closed":
				this.#failed(pc);
		}
	}

	// A goodbye of the server leaves the connection "connected" in the browser's
	// eyes (W3C webrtc 4.4.3): the transport below tells.
	#watch(pc: RTCPeerConnection) {
		const transport = this.#sender?.transport;
		if (!transport) return;
		transport.onstatechange = () => {
			if (this.#pc === pc && transport.state === "closed") this.#closedByServer();
		};
	}

	// The server closes a line when a newer one has taken its place, perhaps on
	// another computer: to take it back unasked would never end. It also closes
	// one that it has given up; then the desk says within a moment that there is
	// none.
	#closedByServer() {
		this.#drop();
		this.#say("lost", "network");
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			if (this.#deskUp) this.#say("lost", "moved");
			else void this.#offer();
		}, MOVED);
	}

	#failed(pc: RTCPeerConnection) {
		if (this.#pc !== pc) return;
		this.#failures++;
		this.#drop();
		this.#say("lost", "network");
		this.#again(pause(this.#failures, this.options.random), () => true);
	}

	#again(after: number, still: () => boolean) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			if (still()) void this.#offer();
		}, after);
	}

	async #attach() {
		const sender = this.#sender;
		const source = this.#armed ? this.mic.track : undefined;
		if (source !== this.#source) {
			this.#sent?.stop();
			this.#source = source;
			this.#sent = source?.clone();
			this.mute(this.#muted);
		}
		const track = this.#sent ?? null;
		if (!sender || sender.track === track) return;
		try {
			await sender.replaceTrack(track);
			if (track) await this.#switch();
		} catch {
			// The line was closed meanwhile; the next one takes the track.
		}
	}

	async #switch(): Promise<boolean> {
		const sender = this.#sender;
		if (!sender || this.state !== "up") return false;
		try {
			const parameters = sender.getParameters();
			const codec = pick(parameters.codecs, this.#codec);
			const encoding = parameters.encodings[0] as
				| (RTCRtpEncodingParameters & { codec?: RTCRtpCodec })
				| undefined;
			if (!codec || !encoding) return false;
			if (encoding.codec && pick([encoding.codec], this.#codec)) return true;
			encoding.codec = {
				mimeType: codec.mimeType,
				clockRate: codec.clockRate,
				channels: codec.channels,
			};
			await sender.setParameters(parameters);
			return true;
		} catch {
			return false;
		}
	}

	#drop() {
		const pc = this.#pc;
		this.#pc = undefined;
		this.#sender = undefined;
		if (!pc) return;
		pc.onconnectionstatechange = null;
		this.#roads.close(pc);
	}

	// A page that goes says so at once, so that the caller hears music and not
	// silence until the next page is there.
	#hide = () => {
		this.#location = "";
		this.#drop();
	};

	#say(state: StationState, lost: Lost = "", why = "") {
		if (state === this.state && lost === this.lost) return;
		this.state = state;
		this.lost = lost;
		this.options.state?.(state, lost, why);
	}

	#fetch(url: string, init: RequestInit) {
		return (this.options.fetch ?? fetch)(url, {
			credentials: "same-origin",
			cache: "no-store",
			...init,
		});
	}
}
