// ShiftModel is what is looked at before a shift begins: is the agent heard, do
// they hear, is the network good, may the page tell them of a call.
import type { App } from "./app.svelte";

export type Mark = "good" | "check" | "bad" | "open";

const POOR = 300; // ms of round trip

// roundTrip is how long the server takes to say that it is there, in ms.
async function roundTrip(): Promise<number> {
	const began = performance.now();
	await fetch("/healthz", { cache: "no-store" });
	return performance.now() - began;
}

export class ShiftModel {
	roundTrip = $state<number>();
	offline = $state(false);
	heard = $state(false); // the agent let the chime be played
	notifications = $state<NotificationPermission | "missing">(
		typeof Notification === "undefined" ? "missing" : Notification.permission,
	);
	/** The first look is not over. */
	looking = $state(true);
	starting = $state(false);

	constructor(
		private app: App,
		private measure: () => Promise<number> = roundTrip,
	) {}

	/** Calls are not heard in this browser. */
	phone = $derived.by(() => (this.app.desk.agent?.station ?? "browser") !== "browser");

	mic = $derived.by<Mark>(() => {
		const audio = this.app.audio;
		if (audio.trouble && audio.trouble !== "muted") return "bad";
		if (!audio.live) return "open";
		return audio.flat || audio.trouble === "muted" ? "check" : "good";
	});
	headset = $derived.by<Mark>(() => (this.heard ? "good" : "open"));
	network = $derived.by<Mark>(() => {
		if (this.offline) return "bad";
		if (this.roundTrip === undefined) return "open";
		return this.roundTrip > POOR ? "check" : "good";
	});
	bell = $derived.by<Mark>(() =>
		this.notifications === "granted" ? "good" : this.notifications === "denied" ? "check" : "open",
	);

	/** Everything that a call needs was good the last time and is now, as far as we
	 * know yet: the page must not shrink under the hand that starts the shift. */
	brief = $derived.by(
		() =>
			this.app.preferences.checked &&
			(this.mic === "good" || (this.looking && this.mic === "open")) &&
			this.network !== "bad",
	);

	// why says what keeps the shift from starting; a poor network does not.
	why = $derived.by(() => {
		if (this.app.desk.agent?.station === "outside") return "";
		if (this.phone) return this.app.desk.agent?.station_up ? "" : "shift.why_phone";
		if (this.offline) return "shift.why_offline";
		return this.mic === "bad" ? "shift.why_mic" : "";
	});

	async look() {
		// A permission that was given before needs no question: show the level at once.
		const status = await navigator.permissions
			?.query({ name: "microphone" as PermissionName })
			.catch(() => undefined);
		if (status?.state === "denied") this.app.audio.trouble = "denied";
		await Promise.all([
			!this.phone && status?.state === "granted" ? this.app.audio.openMic() : undefined,
			this.lookAtNetwork(),
		]);
		this.looking = false;
	}

	async lookAtNetwork() {
		try {
			const times = [await this.measure(), await this.measure(), await this.measure()];
			this.roundTrip = Math.round(Math.min(...times));
			this.offline = false;
		} catch {
			this.offline = true;
		}
	}

	async askNotifications() {
		this.notifications = await Notification.requestPermission();
	}

	chime() {
		this.app.audio.chime();
		this.heard = true;
	}

	// start is the one gesture that opens the microphone and lets sound be heard.
	async start(activity?: string) {
		if (this.starting || this.why) return;
		this.starting = true;
		const { app } = this;
		if (!this.phone) {
			await app.startLine();
			if (!app.audio.live) {
				this.starting = false;
				return;
			}
			app.preferences.setChecked(true);
		}
		await app.startShift(activity);
		this.starting = false;
	}
}
