import { expect, test } from "vitest";
import { connect, Trouble } from "./client";

const path = { params: { path: { id: "cal_1" } } };

test("a lost request is sent again with the same key", async () => {
	const keys: (string | null)[] = [];
	const client = connect({
		base: "http://belfry",
		pause: async () => {},
		now: () => 0,
		fetch: (async (request: Request) => {
			keys.push(request.headers.get("Idempotency-Key"));
			if (keys.length < 3) throw new TypeError("network");
			return new Response(null, { status: 204 });
		}) as typeof fetch,
	});
	await client.POST("/api/v1/calls/{id}/hold", path);
	expect(keys).toHaveLength(3);
	expect(new Set(keys).size).toBe(1);
	expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test("two orders have two keys, and a question has none", async () => {
	const keys: (string | null)[] = [];
	const client = connect({
		base: "http://belfry",
		fetch: (async (request: Request) => {
			keys.push(request.headers.get("Idempotency-Key"));
			return Response.json({});
		}) as typeof fetch,
	});
	await client.POST("/api/v1/calls/{id}/hold", path);
	await client.POST("/api/v1/calls/{id}/hold", path);
	await client.GET("/api/v1/me");
	expect(keys[0]).not.toBe(keys[1]);
	expect(keys[2]).toBeNull();
});

test("after five seconds it is not sent, and says so", async () => {
	let now = 0;
	const client = connect({
		base: "http://belfry",
		now: () => now,
		pause: async (ms) => {
			now += ms;
		},
		fetch: (async () => {
			throw new TypeError("network");
		}) as typeof fetch,
	});
	const trouble = await client
		.POST("/api/v1/calls/{id}/hold", path)
		.catch((cause: unknown) => cause);
	expect(trouble).toBeInstanceOf(Trouble);
	expect((trouble as Trouble).code).toBe("not-sent");
	expect(now).toBeGreaterThan(4_000);
	expect(now).toBeLessThanOrEqual(5_000);
});

test("a problem keeps its code", async () => {
	const client = connect({
		base: "http://belfry",
		fetch: (async () =>
			Response.json(
				{
					type: "/problems/call-taken",
					code: "call-taken",
					status: 409,
					detail: "Bob was faster.",
					taken_by: "Bob",
				},
				{ status: 409 },
			)) as unknown as typeof fetch,
	});
	const trouble = (await client
		.POST("/api/v1/calls/{id}/hold", path)
		.catch((cause: unknown) => cause)) as Trouble;
	expect([trouble.status, trouble.code, trouble.message, trouble.by]).toEqual([
		409,
		"call-taken",
		"Bob was faster.",
		"Bob",
	]);
});
