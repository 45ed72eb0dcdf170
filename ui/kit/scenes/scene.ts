// Scene is one fixed moment of the book: a desk, and what else stands on the
// screen then.
import type { App } from "../../banner/app.svelte";
import type { Device } from "../../banner/devices.svelte";
import type { ShiftModel } from "../../banner/shift.svelte";
import type { Desk, Live, Pool } from "../../wire/types";
import { ago, NOW } from "./made";

export const activities = [
	{
		id: "act_calls",
		name: "Available",
		name_fr: "Disponible",
		category: "processing" as const,
		colour: "green" as const,
	},
	{
		id: "act_mail",
		name: "E-mail",
		name_fr: "Courriels",
		category: "productive_unavailability" as const,
		colour: "purple" as const,
	},
	{
		id: "act_break",
		name: "Break",
		name_fr: "Pause",
		category: "non_productive_unavailability" as const,
		colour: "blue" as const,
	},
];

export interface Scene {
	live?: Live;
	desk?: Desk;
	pool?: Pool;
	lists?: boolean; // false: the server has none
	set?: (app: App, shift: ShiftModel) => void;
	page?: "live" | "login" | "setup" | "setup-lost" | "parts" | "mini";
}

export const talking = { state: "talking", since: ago(84) } as const;
export const offShift = {
	on_shift: false,
	state: "off",
	station_up: false,
	activity: null,
} as const;

export function lose(app: App, seconds: number) {
	app.link = "lost";
	app.lostSince = NOW - seconds * 1000;
}

export const builtIn = { id: "d0", label: "Built-in Audio Analog Stereo", group: "g0" };
export const jabra = { id: "d1", label: "Jabra Evolve2 65 (0b0e:030c) Mono", group: "g1" };

export function plugIn(app: App, all: Device[]) {
	const devices = app.audio.devices;
	devices.named = all.length > 0;
	devices.lists = { mic: all, speaker: all, ringer: all };
	devices.chosen = all.length > 0 ? { mic: jabra, speaker: jabra } : {};
	devices.look = async () => {};
	app.audio.device = all.at(-1)?.label ?? "";
	app.choosing = true;
}
