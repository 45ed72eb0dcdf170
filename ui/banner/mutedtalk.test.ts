import { expect, test } from "vitest";
import { MutedTalk } from "./mutedtalk";

// when says at which ms it is told, for a level that is looked at every 100 ms.
function when(
	level: (at: number) => number,
	muted: (at: number) => boolean,
	until = 5_000,
): number[] {
	const talk = new MutedTalk();
	const told: number[] = [];
	for (let at = 0; at <= until; at += 100)
		if (talk.hear(level(at), muted(at), at + 60_000)) told.push(at);
	return told;
}
const always = () => true;
const words = (at: number) => (at % 300 < 200 ? 0.7 : 0.1);

test("who talks while muted is told within a second, and not again at once", () => {
	const told = when(words, always, 30_000);
	expect(told[0]).toBeLessThanOrEqual(1_000);
	expect((told[1] ?? 0) - (told[0] ?? 0)).toBeGreaterThanOrEqual(20_000);
	expect(told.length).toBe(2);
});

test("a tone that never changes is talk too", () => {
	expect(when(() => 0.6, always)[0]).toBeLessThanOrEqual(600);
});

test("a cough, a quiet room and a mic that is heard are left in peace", () => {
	expect(when((at) => (at < 300 ? 0.9 : 0), always)).toEqual([]);
	expect(when(() => 0.3, always, 30_000)).toEqual([]);
	expect(when(words, () => false)).toEqual([]);
});

test("talk before the muting does not count", () => {
	expect(
		when(
			(at) => (at < 1_100 ? 0.9 : 0),
			(at) => at >= 1_000,
		),
	).toEqual([]);
});
