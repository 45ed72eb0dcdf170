import { expect, test, vi } from "vitest";
import { connect } from "../wire/client";
import { App } from "./app.svelte";
import { type Fault, SoundCheck } from "./soundcheck.svelte";

function page() {
	const app = new App(connect({ fetch: async () => Response.json({}) }));
	app.desk.desk = {
		agent: { on_shift: true, station: "browser" },
		calls: [],
		offer: null,
	} as unknown as NonNullable<typeof app.desk.desk>;
	app.audio.live = true;
	app.audio.openMic = async () => {};
	const said: Fault[] = [];
	const ears = { mic: true, out: true };
	let now = 0;
	const check = new SoundCheck(
		app,
		async (fault) => said.push(fault),
		{ micRuns: async () => ears.mic, plays: async () => ears.out },
		() => now,
	);
	const later = (ms: number) => {
		now += ms;
		return check.look();
	};
	return { app, said, ears, check, later };
}

test("what the microphone says of itself is told at once, and once", () => {
	const { said, check, app } = page();
	for (const trouble of ["denied", "missing", "muted", ""] as const) {
		app.audio.trouble = trouble;
		check.follow(trouble);
		check.follow(trouble);
	}
	expect(said).toEqual(["no_mic", ""]);
});

test("a microphone that was unplugged may have a successor", () => {
	vi.useFakeTimers();
	const { said, check, app } = page();
	app.audio.trouble = "ended";
	check.follow("ended");
	vi.advanceTimersByTime(1_000);
	app.audio.trouble = "";
	check.follow("");
	vi.advanceTimersByTime(10_000);
	expect(said).toEqual([]);
	app.audio.trouble = "ended";
	check.follow("ended");
	vi.advanceTimersByTime(2_000);
	expect(said).toEqual(["no_mic"]);
	vi.useRealTimers();
});

test("sound is looked at every ten minutes while nothing goes on", async () => {
	const { said, ears, later, app } = page();
	ears.mic = false;
	await later(599_000);
	expect(said).toEqual([]);
	const { desk } = app.desk;
	app.desk.desk = { ...desk, calls: [{}] } as typeof desk;
	await later(60_000);
	expect(said).toEqual([]);
	app.desk.desk = desk;
	await later(0);
	expect(said).toEqual(["mic_dead"]);
	ears.mic = true;
	ears.out = false;
	await later(600_000);
	ears.out = true;
	await later(600_000);
	expect(said).toEqual(["mic_dead", "no_output", ""]);
});

test("a tab that has not the line says nothing, and a new line says it anew", () => {
	const { said, check, app } = page();
	app.audio.elsewhere = true;
	app.audio.trouble = "denied";
	check.follow("denied");
	check.renew();
	expect(said).toEqual([]);
	app.audio.elsewhere = false;
	check.renew();
	check.renew();
	expect(said).toEqual(["no_mic", "no_mic"]);
});
