import { expect, test } from "vitest";
import { connect } from "../wire/client";
import { midnight, RecordingsModel } from "./recordings.svelte";

test("a day is from its midnight to the next, where one is", () => {
	expect(midnight("2026-03-01")).toBe(new Date(2026, 2, 1).toISOString());
	expect(midnight("2026-12-31", 1)).toBe(new Date(2027, 0, 1).toISOString());
	expect(midnight("")).toBeUndefined();
});

test("what is asked for is asked of the server, and the newest answer stands", async () => {
	const asked: URLSearchParams[] = [];
	const fetch = async (request: Request) => {
		asked.push(new URL(request.url).searchParams);
		return Response.json({ items: [{ id: `rec_${asked.length}` }], next: null });
	};
	const model = new RecordingsModel(
		connect({ fetch: fetch as typeof globalThis.fetch, base: "http://belfry" }),
	);
	await model.list.load();
	await model.narrow({ queue: "que_sales", until: "2026-11-27" });
	expect(Object.fromEntries(asked[0] ?? [])).toEqual({ limit: "50" });
	expect(asked[1]?.get("queue")).toBe("que_sales");
	expect(asked[1]?.get("before")).toBe(new Date(2026, 10, 28).toISOString());
	expect(model.filtered).toBe(true);
	expect(model.list.items).toEqual([{ id: "rec_2" }]);
});
