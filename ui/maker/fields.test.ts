import { expect, test } from "vitest";
import { changed, fresh } from "./fields";

const queue = { id: "que_a", name: "sales", ring_seconds: 20, small_banner: true, skills: {} };

test("a form sends what was changed in it, and nothing else", () => {
	expect(changed("queues", queue, { ...queue, ring: 3, skills: { en: 1 } })).toEqual({});
	expect(changed("queues", queue, { ...queue, ring_seconds: 30 })).toEqual({ ring_seconds: 30 });
});

test("what was emptied goes back to its default", () => {
	const is = { ...queue, ring_seconds: undefined, small_banner: false, music: "" };
	expect(changed("queues", queue, is)).toEqual({ ring_seconds: null, small_banner: null });
});

test("a new activity has a category", () => {
	expect(changed("activities", { id: "", name: "" }, fresh("activities"))).toEqual({
		category: "processing",
	});
});
