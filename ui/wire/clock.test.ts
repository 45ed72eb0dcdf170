import { expect, test } from "vitest";
import { Clock, instant } from "./clock.svelte";

const iso = (ms: number) => new Date(ms).toISOString();

test("the server's clock is followed, not ours", () => {
	let local = 1_000_000;
	const clock = new Clock(() => local);
	clock.heard(iso(local + 5_000 - 80)); // 5 s ahead, 80 ms on the way
	clock.heard(iso(local + 5_000 - 20)); // a faster one is nearer to the truth
	clock.heard(iso(local + 5_000 - 900));
	expect(clock.skew).toBe(4_980);
	local += 10_000; // a tab that slept for ten seconds
	clock.tick();
	expect(clock.now).toBe(1_014_980);
	expect(clock.since(iso(1_004_980))).toBe(10);
});

test("an old sample is forgotten, so that a clock that was set right is followed", () => {
	const clock = new Clock(() => 1_000_000);
	clock.heard(iso(1_060_000));
	for (let i = 0; i < 20; i++) clock.heard(iso(1_000_000));
	expect(clock.skew).toBe(0);
});

test("a countdown shows whole seconds, rounded up, and stops at nought", () => {
	let local = 50_000;
	const clock = new Clock(() => local);
	const ends = iso(70_000);
	expect(clock.until(ends)).toBe(20);
	local = 50_001;
	clock.tick();
	expect(clock.until(ends)).toBe(20);
	local = 69_999;
	clock.tick();
	expect(clock.until(ends)).toBe(1);
	local = 90_000;
	clock.tick();
	expect(clock.until(ends)).toBe(0);
});

test("never is never", () => {
	expect(instant(null)).toBe(0);
	expect(instant("")).toBe(0);
	expect(instant("0001-01-01T00:00:00Z")).toBe(0);
	expect(instant("no time")).toBe(0);
});
