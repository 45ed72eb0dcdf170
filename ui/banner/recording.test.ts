import { expect, test } from "vitest";
import { connect } from "../wire/client";
import { lane, loudest, RecordingModel } from "./recording.svelte";

const part = { rule: null, by: null, by_name: null };
const whole = {
	id: "rec_1",
	state: "ready",
	length: 60,
	segments: [
		{ ...part, kind: "talk", from: 0, until: 20 },
		{ ...part, kind: "paused", from: 20, until: 30 },
		{ ...part, kind: "talk", from: 30, until: 60 },
	],
};
const peaks = { points: 400, length: 60, left: [-10, 10, -128, 127], right: [0, 0, -5, 5] };

function model(answers: Record<string, unknown>) {
	const asked: string[] = [];
	const fetch = async (request: Request) => {
		const { pathname, search } = new URL(request.url);
		asked.push(pathname + search);
		const answer = answers[pathname];
		return answer
			? Response.json(answer)
			: Response.json({ status: 404, code: "no-audio", detail: "No." }, { status: 404 });
	};
	const client = connect({ fetch: fetch as typeof globalThis.fetch, base: "http://belfry" });
	return { recording: new RecordingModel(client, "rec_1"), asked };
}
const both = {
	"/api/v1/recordings/rec_1": whole,
	"/api/v1/recordings/rec_1/peaks": peaks,
};

test("it loads what it is, and then its picture", async () => {
	const { recording, asked } = model(both);
	await recording.load(1200);
	expect(recording.length).toBe(60);
	expect(recording.peaks).toEqual(peaks);
	expect(asked).toEqual(["/api/v1/recordings/rec_1", "/api/v1/recordings/rec_1/peaks?points=1200"]);
});

test("without its picture it plays all the same", async () => {
	const { recording } = model({ "/api/v1/recordings/rec_1": whole });
	await recording.load(400);
	expect(recording.whole?.state).toBe("ready");
	expect(recording.peaks).toBeUndefined();
	expect(recording.trouble).toBe(false);
	const lost = model({}).recording;
	await lost.load(400);
	expect(lost.trouble).toBe(true);
});

test("one that was deleted asks for no picture", async () => {
	const { recording, asked } = model({
		"/api/v1/recordings/rec_1": { ...whole, state: "deleted" },
	});
	await recording.load(400);
	expect(asked.length).toBe(1);
});

test("keys go back and forth and stay within it", async () => {
	const { recording } = model(both);
	await recording.load(400);
	expect(recording.key("ArrowLeft", false)).toBe(0);
	expect(recording.key("ArrowRight", false)).toBe(5);
	expect(recording.key("ArrowUp", true)).toBe(6);
	expect(recording.key("PageUp", false)).toBe(36);
	expect(recording.key("End", false)).toBe(60);
	expect(recording.key("ArrowRight", false)).toBe(60);
	expect(recording.key("Home", false)).toBe(0);
	expect(recording.key("x", false)).toBeUndefined();
});

test("it knows the part that is heard, and its speed goes round", async () => {
	const { recording } = model(both);
	await recording.load(400);
	recording.to(25);
	expect(recording.now?.kind).toBe("paused");
	recording.to(30);
	expect(recording.now?.kind).toBe("talk");
	expect([1, 2, 3, 4, 5].map(() => recording.faster())).toEqual([1.25, 1.5, 2, 0.75, 1]);
});

test("bars hold the lowest and the highest of their share", () => {
	expect(loudest(peaks)).toBe(128);
	expect(loudest({ ...peaks, left: [], right: [-3, 3] })).toBe(24);
	expect(lane(peaks.left, 1, 128)).toEqual([[-1, 127 / 128]]);
	expect(lane([-64, 64, -128, 128], 4, 128)).toEqual([
		[-0.5, 0.5],
		[-0.5, 0.5],
		[-1, 1],
		[-1, 1],
	]);
});
