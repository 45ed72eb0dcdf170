// Devices are what the agent hears with, speaks into and is rung by. A choice is
// remembered by what the device is called: its id changes when a browser forgets
// its cookies. A headset that is gone gives way to the system's own device, and
// is taken again when it is back.
import { remembered } from "./remembered";

export type Kind = "mic" | "speaker" | "ringer";
export const kinds: readonly Kind[] = ["mic", "speaker", "ringer"];

export interface Device {
	id: string;
	label: string;
	group: string;
}

// find returns the device of a list that was meant: the same name on the same
// headset, else the same name.
export function find(list: readonly Device[], meant: Device): Device | undefined {
	return (
		list.find((one) => one.label === meant.label && one.group === meant.group) ??
		list.find((one) => one.label === meant.label)
	);
}

// list takes one sort out of what the browser knows. Its stand-ins for the
// system's choice are left out: ours is the one without an id.
export function list(all: readonly MediaDeviceInfo[], kind: Kind): Device[] {
	const sort = kind === "mic" ? "audioinput" : "audiooutput";
	return all
		.filter((one) => one.kind === sort && one.label !== "")
		.filter((one) => one.deviceId !== "default" && one.deviceId !== "communications")
		.map((one) => ({ id: one.deviceId, label: one.label, group: one.groupId }));
}

// aimable says whether this browser can be told where to play.
export function aimable(kind: Kind): boolean {
	if (kind === "mic") return true;
	const player = kind === "speaker" ? HTMLMediaElement.prototype : AudioContext.prototype;
	return "setSinkId" in player;
}

export interface DeviceOptions {
	use: (kind: Kind, id: string) => void; // "" is the system's device
	gone?: (label: string) => void;
	back?: (label: string) => void;
	media?: Pick<MediaDevices, "enumerateDevices">;
}

export class Devices {
	lists = $state.raw<Record<Kind, Device[]>>({ mic: [], speaker: [], ringer: [] });
	chosen = $state.raw<Partial<Record<Kind, Device>>>({});
	/** The browser tells what the devices are called: it has let us have one. */
	named = $state(false);
	#used: Record<Kind, string> = { mic: "", speaker: "", ringer: "" };

	constructor(private options: DeviceOptions) {}

	// recall makes the last choices those of now. Their ids are a guess until the
	// browser names its devices; one that is wrong costs nothing.
	recall() {
		for (const kind of kinds) {
			try {
				const meant = JSON.parse(remembered.read(`device.${kind}`) ?? "null") as Device | null;
				if (!meant?.label) continue;
				this.chosen = { ...this.chosen, [kind]: meant };
				this.#use(kind, meant.id);
			} catch {
				// Written by something else: no choice.
			}
		}
	}

	// missing says that the chosen device is not there.
	missing = (kind: Kind): boolean => {
		const meant = this.chosen[kind];
		return this.named && meant !== undefined && !find(this.lists[kind], meant);
	};

	// choose takes a device of the list; "" is the system's.
	choose(kind: Kind, id: string) {
		const device = this.lists[kind].find((one) => one.id === id);
		this.chosen = { ...this.chosen, [kind]: device };
		remembered.write(`device.${kind}`, JSON.stringify(device ?? null));
		this.#use(kind, device?.id ?? "");
	}

	// look asks the browser what is plugged in, and follows it.
	look = async () => {
		const all = await (this.options.media ?? navigator.mediaDevices)
			?.enumerateDevices()
			.catch(() => undefined);
		if (!all) return;
		this.lists = {
			mic: list(all, "mic"),
			speaker: list(all, "speaker"),
			ringer: list(all, "ringer"),
		};
		this.named = this.lists.mic.length > 0 || this.lists.speaker.length > 0 || this.named;
		if (!this.named) return;
		const gone = new Set<string>();
		const back = new Set<string>();
		for (const kind of kinds) {
			const meant = this.chosen[kind];
			if (!meant) continue;
			const id = find(this.lists[kind], meant)?.id ?? "";
			if (id === this.#used[kind]) continue;
			if (id === "") gone.add(meant.label);
			else if (this.#used[kind] === "") back.add(meant.label);
			this.#use(kind, id);
		}
		for (const label of gone) this.options.gone?.(label);
		for (const label of back) this.options.back?.(label);
	};

	#use(kind: Kind, id: string) {
		this.#used[kind] = id;
		this.options.use(kind, id);
	}
}
