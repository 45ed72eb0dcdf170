import { expect, test } from "vitest";
import { Flow, Pulse } from "./flow";

// run looks every quarter of a second, in seconds; packets come while it says so.
function run(flow: Flow, from: number, until: number, comes: boolean, due = true): number {
	let alarms = 0;
	for (let at = from; at < until; at += 0.25)
		if (flow.look(comes ? at * 8_000 : from * 8_000 - 1, due, at * 1_000)) alarms++;
	return alarms;
}

test("a second without a packet is an alarm, and one only", () => {
	const flow = new Flow();
	expect(run(flow, 0, 10, true)).toBe(0);
	expect(flow.flows(9_900)).toBe(true);
	expect(run(flow, 10, 11, false)).toBe(0);
	expect(run(flow, 11, 60, false)).toBe(1);
	expect(flow.flows(60_000)).toBe(false);
});
test("where nothing came or nothing is due there is no alarm", () => {
	const flow = new Flow();
	for (let at = 0; at < 20; at += 0.25) expect(flow.look(undefined, true, at * 1_000)).toBe(false);
	expect(run(flow, 20, 30, true, false)).toBe(0);
	expect(run(flow, 30, 40, false, false)).toBe(0);
});
test("who slept waits for the first packets again", () => {
	const flow = new Flow();
	run(flow, 0, 10, true);
	expect(flow.look(79_000, true, 40_000)).toBe(false);
	expect(run(flow, 40.25, 45, true)).toBe(0);
});
test("two alarms are five seconds apart", () => {
	const flow = new Flow();
	run(flow, 0, 5, true);
	expect(run(flow, 5, 6.75, false)).toBe(1);
	flow.fresh();
	run(flow, 6.75, 7.25, true);
	expect(run(flow, 7.25, 9, false)).toBe(0);
	expect(run(flow, 9, 14, false)).toBe(1);
});

// beats looks as often as it is due, while signs of life come or not.
function beats(pulse: Pulse, from: number, until: number, alive: boolean, every = 250): number[] {
	const alarms: number[] = [];
	for (let at = from; at < until; at += every) {
		if (!pulse.due(at)) continue;
		const signs = Math.floor((alive ? at : from) / 1_000) + 1;
		const pair = { type: "candidate-pair", requestsReceived: signs, responsesReceived: "?" };
		if (pulse.look([{ type: "codec" }, pair], at)) alarms.push(at - from);
	}
	return alarms;
}

test("a line on which nothing is said is dead after 2.5 s without a sign of life, once", () => {
	const pulse = new Pulse();
	expect(beats(pulse, 0, 20_000, true)).toEqual([]);
	const alarms = beats(pulse, 20_000, 60_000, false);
	expect(alarms.length).toBe(1);
	expect(alarms[0]).toBeLessThanOrEqual(3_500);
});
test("who slept, or is told nothing by the browser, gives no alarm", () => {
	const pulse = new Pulse();
	expect(beats(pulse, 0, 20_000, true)).toEqual([]);
	expect(beats(pulse, 20_000, 60_000, false, 60_000)).toEqual([]);
	const mute = new Pulse();
	for (let at = 0; at < 20_000; at += 800) expect(mute.look([], at)).toBe(false);
});
