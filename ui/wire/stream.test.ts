import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventParser, type LinkState, type Message, Stream } from "./stream";

const parse = (...chunks: string[]) => {
	const parser = new EventParser();
	return chunks.flatMap((chunk) => [...parser.push(chunk)]);
};

test("events are cut as the standard says", () => {
	expect(parse('retry: 500\n\nid: 7\nevent: desk\ndata: {"a":1}\n\n')).toEqual([
		{ id: "7", event: "desk", data: '{"a":1}' },
	]);
	expect(parse("data: a\ndata: b\n\n")[0]?.data).toBe("a\nb");
	expect(parse(": comment\ndata:x\n\n")[0]).toEqual({ id: "", event: "message", data: "x" });
	expect(parse("id: 1\ndata: a\r", "\ndata: b\r\n\r\n")[0]).toEqual({
		id: "1",
		event: "message",
		data: "a\nb",
	});
	expect(parse("eve", "nt: pi", "ng\nda", "ta: {}\n", "\n")[0]?.event).toBe("ping");
	expect(parse("event: desk\n\n")).toEqual([]);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function bench(
	answer: (
		call: number,
		headers: Record<string, string>,
		signal: AbortSignal,
	) => Response | Promise<Response>,
) {
	const states: LinkState[] = [];
	const messages: Message[] = [];
	let calls = 0;
	const stream = new Stream({
		url: "/events",
		state: (state) => states.at(-1) !== state && states.push(state),
		message: (message) => messages.push(message),
		random: () => 1,
		fetch: (async (_: string, init: RequestInit) =>
			answer(
				++calls,
				init.headers as Record<string, string>,
				init.signal as AbortSignal,
			)) as typeof fetch,
	});
	return { stream, states, messages, calls: () => calls };
}
const body = (text: string, end = true, signal?: AbortSignal) =>
	new Response(
		new ReadableStream({
			start(controller) {
				controller.enqueue(new TextEncoder().encode(text));
				if (end) controller.close();
				signal?.addEventListener("abort", () => {
					try {
						controller.error(new Error("aborted"));
					} catch {
						// it was over
					}
				});
			},
		}),
	);

test("a line that ended comes back with the last id", async () => {
	const seen: (string | undefined)[] = [];
	const { stream, states, calls } = bench((call, headers, signal) => {
		seen.push(headers["Last-Event-ID"]);
		return call === 1 ? body("id: 41\nevent: desk\ndata: {}\n\n") : body("", false, signal);
	});
	stream.start();
	await vi.advanceTimersByTimeAsync(10);
	expect(states).toEqual(["connecting", "open", "lost"]);
	await vi.advanceTimersByTimeAsync(250);
	expect(calls()).toBe(2);
	expect(seen).toEqual([undefined, "41"]);
	stream.stop();
});

test("pauses double up to five seconds, and a good line starts over", async () => {
	const at: number[] = [];
	const { stream } = bench(() => {
		at.push(Date.now());
		throw new Error("no network");
	});
	stream.start();
	await vi.advanceTimersByTimeAsync(30_000);
	const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
	expect(pauses.slice(0, 7)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
	stream.stop();
});

test("a quiet line is given up after 25 seconds", async () => {
	const { stream, states, calls } = bench((_, __, signal) =>
		body("event: ping\ndata: {}\n\n", false, signal),
	);
	stream.start();
	await vi.advanceTimersByTimeAsync(24_900);
	expect(calls()).toBe(1);
	await vi.advanceTimersByTimeAsync(400);
	expect(calls()).toBe(2);
	expect(states).toContain("lost");
	stream.stop();
});

test("a session that ended is not knocked at again", async () => {
	const { stream, states, calls } = bench(() => new Response("", { status: 401 }));
	stream.start();
	await vi.advanceTimersByTimeAsync(60_000);
	expect(calls()).toBe(1);
	expect(states.at(-1)).toBe("signed_out");
});

test("when the network is back nobody waits", async () => {
	const { stream, calls } = bench(() => {
		throw new Error("no network");
	});
	stream.start();
	await vi.advanceTimersByTimeAsync(8_000);
	const before = calls();
	stream.renew();
	expect(calls()).toBe(before + 1);
	stream.stop();
});
