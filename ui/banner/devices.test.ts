import { expect, test } from "vitest";
import { Devices, find, type Kind, list } from "./devices.svelte";

const info = (kind: MediaDeviceKind, deviceId: string, label: string, groupId = deviceId) =>
	({ kind, deviceId, label, groupId, toJSON: () => ({}) }) as MediaDeviceInfo;
const builtIn = [
	info("audioinput", "default", "Default"),
	info("audioinput", "m0", "Built-in"),
	info("audiooutput", "s0", "Loudspeaker"),
];
const jabra = [info("audioinput", "m1", "Jabra", "g1"), info("audiooutput", "s1", "Jabra", "g1")];

function bench() {
	const kept = new Map<string, string>();
	globalThis.localStorage = {
		getItem: (name: string) => kept.get(name) ?? null,
		setItem: (name: string, value: string) => kept.set(name, value),
	} as unknown as Storage;
	let plugged: MediaDeviceInfo[] = [];
	const did: string[] = [];
	const make = () =>
		new Devices({
			use: (kind: Kind, id: string) => did.push(`${kind}=${id}`),
			gone: (label) => did.push(`gone ${label}`),
			back: (label) => did.push(`back ${label}`),
			media: { enumerateDevices: async () => plugged },
		});
	return {
		make,
		plug: (all: MediaDeviceInfo[]) => {
			plugged = all;
		},
		did: () => did.splice(0),
	};
}

test("a device is found by its name and headset, else by its name", () => {
	const two = [
		{ id: "a", label: "Jabra", group: "1" },
		{ id: "b", label: "Jabra", group: "2" },
	];
	expect(find(two, { id: "x", label: "Jabra", group: "2" })?.id).toBe("b");
	expect(find(two, { id: "x", label: "Jabra", group: "9" })?.id).toBe("a");
	expect(find(two, { id: "a", label: "Poly", group: "1" })).toBeUndefined();
});

test("the browser's stand-ins and the nameless are left out", () => {
	expect(list([...builtIn, info("audioinput", "", "")], "mic").map((one) => one.id)).toEqual([
		"m0",
	]);
});

test("a choice is used, remembered, and found again under another id", async () => {
	const { make, plug, did } = bench();
	const first = make();
	plug([...builtIn, ...jabra]);
	await first.look();
	first.choose("mic", "m1");
	first.choose("speaker", "s1");
	expect(did()).toEqual(["mic=m1", "speaker=s1"]);

	const later = make();
	later.recall();
	expect(did()).toEqual(["mic=m1", "speaker=s1"]);
	plug([
		...builtIn,
		info("audioinput", "m9", "Jabra", "g9"),
		info("audiooutput", "s9", "Jabra", "g9"),
	]);
	await later.look();
	expect(did()).toEqual(["mic=m9", "speaker=s9"]);
	later.choose("mic", "");
	expect(later.chosen.mic).toBeUndefined();
	expect(did()).toEqual(["mic="]);
});

test("a headset that is pulled out gives way, says so once, and is taken again", async () => {
	const { make, plug, did } = bench();
	const devices = make();
	plug([...builtIn, ...jabra]);
	await devices.look();
	devices.choose("mic", "m1");
	devices.choose("speaker", "s1");
	devices.choose("ringer", "s0");
	did();
	plug(builtIn);
	await devices.look();
	expect(did()).toEqual(["mic=", "speaker=", "gone Jabra"]);
	expect([devices.missing("mic"), devices.missing("ringer")]).toEqual([true, false]);
	await devices.look();
	expect(did()).toEqual([]);
	plug([...builtIn, ...jabra]);
	await devices.look();
	expect(did()).toEqual(["mic=m1", "speaker=s1", "back Jabra"]);
});

test("without names nothing is judged", async () => {
	const { make, plug, did } = bench();
	plug([...builtIn, ...jabra]);
	const first = make();
	await first.look();
	first.choose("mic", "m1");
	const devices = make();
	devices.recall();
	did();
	plug([info("audioinput", "", "")]);
	await devices.look();
	expect(did()).toEqual([]);
	expect(devices.named).toBe(false);
});
