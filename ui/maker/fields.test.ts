import { expect, test } from "vitest";
import { changed, needs } from "./field";
import { fields, fresh } from "./fields";

const queue = {
	id: "que_a",
	name: "sales",
	ring_seconds: 20,
	small_banner: true,
	strategy: "weighted",
};

test("a form sends what was changed in it, and nothing else", () => {
	expect(changed(fields.queues, queue, { ...queue, ring: 3, served_by: [] })).toEqual({});
	expect(changed(fields.queues, queue, { ...queue, ring_seconds: 30 })).toEqual({
		ring_seconds: 30,
	});
});

test("what was emptied goes back to its default", () => {
	const is = { ...queue, ring_seconds: undefined, small_banner: false, music: "" };
	expect(changed(fields.queues, queue, is)).toEqual({ ring_seconds: null, small_banner: null });
});

test("a row that was taken out of a map is taken out there too", () => {
	const was = { ...queue, weights: { usr_a: 1, usr_b: 2 } };
	expect(changed(fields.queues, was, { ...was, weights: { usr_b: 3 } })).toEqual({
		weights: { usr_a: null, usr_b: 3 },
	});
	expect(changed(fields.queues, was, { ...was, weights: {} })).toEqual({ weights: null });
});

test("what is not asked for any more is not kept", () => {
	const was = { ...queue, weights: { usr_a: 1 } };
	expect(changed(fields.queues, was, { ...was, strategy: "random" })).toEqual({
		strategy: "random",
		weights: null,
	});
	const user = { id: "usr_a", name: "Ann", busy: { do: "forward", user: "usr_b" } };
	expect(changed(fields.users, user, { ...user, busy: { do: "mailbox", user: "usr_b" } })).toEqual({
		busy: { do: "mailbox", user: null },
	});
	expect(changed(fields.users, user, { ...user, busy: { do: "" } })).toEqual({ busy: null });
});

test("a Sunday is a day, and no percent is a share", () => {
	expect(changed(fields.hours, {}, { spans: [{ day: 0, from: "09:00", to: "12:00" }] })).toEqual({
		spans: [{ day: 0, from: "09:00", to: "12:00" }],
	});
	expect(changed(fields.groups, {}, { shares: [{ queue: "que_a", percent: 0 }] })).toEqual({
		shares: [{ queue: "que_a", percent: 0 }],
	});
});

test("a new activity has a category", () => {
	expect(changed(fields.activities, { id: "", name: "" }, fresh("activities"))).toEqual({
		category: "processing",
	});
});

test("what a form chooses from is known, however deep it stands", () => {
	expect(needs(fields.queues).sort()).toEqual(["hours", "numbers", "sounds", "users"]);
	expect(needs(fields.users)).toContain("trees");
});
