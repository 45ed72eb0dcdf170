import { describe, expect, test } from "vitest";
import { CODECS, iceServers, ours, pause, pick, Sampler } from "./line";
import { loudness, troubleOf } from "./mic";
import { CHIME, RING, RING_PERIOD, render, ZIP } from "./sound";

const chromium = [
	{ mimeType: "audio/opus", clockRate: 48000, channels: 2 },
	{ mimeType: "audio/G722", clockRate: 8000, channels: 1 },
	{ mimeType: "audio/PCMU", clockRate: 8000, channels: 1 },
	{ mimeType: "audio/PCMA", clockRate: 8000, channels: 1 },
	{ mimeType: "audio/telephone-event", clockRate: 48000, channels: 1 },
	{ mimeType: "audio/telephone-event", clockRate: 8000, channels: 1 },
];

describe("codecs", () => {
	test("only what the phones speak is offered, in our order", () => {
		expect(ours(chromium).map((codec) => `${codec.mimeType}/${codec.clockRate}`)).toEqual([
			...CODECS.map((name) => `audio/${name}/8000`),
			"audio/telephone-event/8000",
		]);
	});
	test("a name is found whatever its case, on the telephone's clock", () => {
		expect(pick(chromium, "pcmu")?.mimeType).toBe("audio/PCMU");
		expect(pick(chromium, "opus")).toBeUndefined();
	});
});

describe("coming back", () => {
	test("the first try comes within 250 ms, then the pauses grow to five seconds", () => {
		expect(pause(1, () => 0)).toBe(0);
		expect(pause(1, () => 1)).toBe(250);
		expect(pause(2, () => 0)).toBe(250);
		expect(pause(2, () => 1)).toBe(500);
		for (const failures of [5, 6, 50]) {
			expect(pause(failures, () => 0)).toBeGreaterThanOrEqual(2000);
			expect(pause(failures, () => 1)).toBeLessThanOrEqual(5000);
		}
	});
	test("the servers that help are read from Link", () => {
		const link =
			'<turn:t.example.net:3478?transport=udp>; rel="ice-server"; username="1300:ann"; credential="a,\\"b"; credential-type="password", ' +
			'</problems>; rel="help", <turns:t.example.net:443>; rel=ice-server; username="u"; credential="c"';
		expect(iceServers(link)).toEqual([
			{ urls: "turn:t.example.net:3478?transport=udp", username: "1300:ann", credential: 'a,"b' },
			{ urls: "turns:t.example.net:443", username: "u", credential: "c" },
		]);
		expect(iceServers(null)).toEqual([]);
		expect(iceServers('<javascript:x>; rel="ice-server"')).toEqual([]);
	});
});

describe("how the line sounds", () => {
	const report = (received: number, lost: number, sent: number) => [
		{ type: "codec", id: "c8", mimeType: "audio/PCMA" },
		{
			type: "inbound-rtp",
			kind: "audio",
			packetsReceived: received,
			packetsLost: lost,
			jitter: 0.004,
			codecId: "c8",
		},
		{ type: "outbound-rtp", kind: "audio", packetsSent: sent, codecId: "c8" },
		{ type: "remote-inbound-rtp", kind: "audio", fractionLost: 0.01, roundTripTime: 0.042 },
	];
	test("a sample is what changed since the last one", () => {
		const sampler = new Sampler();
		sampler.take(report(100, 0, 100));
		expect(sampler.take(report(145, 5, 150))).toEqual({
			lossIn: 100,
			lossOut: 10,
			jitterIn: 4,
			roundTrip: 42,
			packetsIn: 45,
			packetsOut: 50,
			codecIn: "PCMA",
			codecOut: "PCMA",
		});
	});
	test("a line on which nothing flows says nothing of loss", () => {
		const sampler = new Sampler();
		expect(sampler.take([])).toMatchObject({ lossIn: undefined, packetsIn: 0, codecIn: "" });
	});
	test("late packets never make the loss negative", () => {
		const sampler = new Sampler();
		sampler.take(report(100, 10, 0));
		expect(sampler.take(report(160, 5, 0)).lossIn).toBe(0);
	});
});

describe("the microphone", () => {
	test("silence is nothing, a shout is full, speech is between", () => {
		expect(loudness(new Float32Array(512))).toBe(0);
		expect(loudness(new Float32Array(512).fill(0.9))).toBe(1);
		const speech = loudness(new Float32Array(512).fill(0.05));
		expect(speech).toBeGreaterThan(0.4);
		expect(speech).toBeLessThan(0.9);
	});
	test("errors become our words", () => {
		expect(troubleOf({ name: "NotAllowedError" })).toBe("denied");
		expect(troubleOf({ name: "NotFoundError" })).toBe("missing");
		expect(troubleOf({ name: "NotReadableError" })).toBe("busy");
		expect(troubleOf(undefined)).toBe("busy");
	});
});

describe("the page's own sounds", () => {
	test.each([
		["ring", RING, RING_PERIOD],
		["zip tone", ZIP, undefined],
		["chime", CHIME, undefined],
	])("the %s neither clips nor clicks", (_, notes, length) => {
		const samples = render(notes, 24_000, length);
		let peak = 0;
		let jump = 0;
		for (let i = 1; i < samples.length; i++) {
			peak = Math.max(peak, Math.abs(samples[i] ?? 0));
			jump = Math.max(jump, Math.abs((samples[i] ?? 0) - (samples[i - 1] ?? 0)));
		}
		expect(peak).toBeGreaterThan(0.1);
		expect(peak).toBeLessThan(0.9);
		expect(jump).toBeLessThan(0.25);
		expect(Math.abs(samples[0] ?? 1)).toBeLessThan(0.01);
		expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(0.05);
	});
	test("the ring is quiet for half of its period, so that a caller can be heard", () => {
		const samples = render(RING, 8_000, RING_PERIOD);
		expect(samples.length).toBe(RING_PERIOD * 8_000);
		expect(samples.slice(1.2 * 8_000).every((sample) => sample === 0)).toBe(true);
	});
});
