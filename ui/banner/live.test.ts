// A call that goes somewhere: what is asked of the server, and what is shown of
// where it stands.
import "../words/dial";
import "../words/live";
import { describe, expect, test } from "vitest";
import { call, desk, offer, party, recording } from "../kit/scenes/made";
import { destinations, me } from "../kit/scenes/talks";
import { connect } from "../wire/client";
import { Clock } from "../wire/clock.svelte";
import type { Call, Desk } from "../wire/types";
import { App } from "./app.svelte";
import { reasonWord } from "./conversation.svelte";
import { dialLink } from "./dialling.svelte";
import { keyOf, step } from "./lister.svelte";
import { NewCallModel, readsAsNumber } from "./newcall.svelte";
import { farEnd, who } from "./people";
import { meant, TransferModel } from "./transfers.svelte";

interface Sent {
	path: string;
	body: unknown;
}

// shop is an App before a server that notes every order and answers as told.
function shop(answer: (path: string) => unknown = () => ({}), status = 200) {
	const sent: Sent[] = [];
	const fetch = (async (request: Request) => {
		const { pathname, searchParams } = new URL(request.url);
		if (pathname.endsWith("/destinations"))
			return Response.json({
				items: destinations(searchParams.get("kind") ?? "", searchParams.get("q") ?? ""),
				next: null,
			});
		if (request.method !== "GET")
			sent.push({ path: pathname, body: await request.json().catch(() => null) });
		return Response.json(answer(pathname), { status });
	}) as typeof globalThis.fetch;
	const app = new App(connect({ fetch, base: "http://belfry.test" }), new Clock(() => 0));
	app.me = me;
	return { app, sent };
}

const held = (change: Partial<Call> = {}) => call({ state: "held", ...change });
const draw = (app: App, ...calls: Call[]) => app.desk.draw(desk({ calls }));

const open = (app: App) => {
	app.openTransfer();
	const begin = app.conversation.sheet;
	if (!begin) throw new Error("the sheet is not open");
	return new TransferModel(app, begin);
};

test("a choice is sent with its note, as the API names it", async () => {
	const { app, sent } = shop(() => ({ id: "tra_1", consult: null, desk: desk({ seq: 101 }) }));
	draw(app, call());
	const sheet = open(app);
	await sheet.look();
	const bob = sheet.list.items.find((one) => one.name === "Bob Diallo");
	if (!bob) throw new Error("Bob is not listed");
	sheet.picked = keyOf(bob);
	sheet.note = " wants fibre ";
	await sheet.go("attended");
	expect(sent).toEqual([
		{
			path: "/api/v1/calls/cal_1/transfer",
			body: { mode: "attended", to: { user: "Bob Diallo" }, note: "wants fibre" },
		},
	]);
	expect(app.conversation.sheet).toBeUndefined();
	expect(app.desk.desk?.seq).toBe(101);
	app.conversation.again();
	await expect.poll(() => sent.length).toBe(2);
	expect(sent[1]).toEqual(sent[0]);
});

test("who is sent into a queue waits as the agent says; who is spoken for first does not", async () => {
	for (const [wait, mode, more] of [
		["anew", "blind", { wait: "anew" }],
		["300", "blind", { raise_seconds: 300 }],
		["300", "attended", {}],
		["kept", "blind", {}],
	] as const) {
		const { app, sent } = shop(() => ({ id: "tra_1", consult: null, desk: desk({ seq: 101 }) }));
		draw(app, call());
		const sheet = open(app);
		sheet.turn("queue");
		await sheet.look();
		const [first] = sheet.list.items;
		if (!first) throw new Error("no queue is listed");
		sheet.picked = keyOf(first);
		sheet.wait = wait;
		await sheet.go(mode);
		expect(sent.at(-1)?.body).toEqual({ mode, to: { queue: first.id }, ...more });
	}
});

test("who cannot be reached cannot be chosen", async () => {
	const { app, sent } = shop();
	draw(app, call());
	const sheet = open(app);
	await sheet.look();
	const cho = sheet.list.items.find((one) => one.name === "Cho Nguyen");
	sheet.picked = cho ? keyOf(cho) : "";
	expect(sheet.chosen).toBeUndefined();
	await sheet.go("blind");
	expect(sent).toEqual([]);
});

test("a refusal stays in the sheet, in words", async () => {
	const { app } = shop(() => ({ code: "transfer-in-progress", detail: "x" }), 409);
	draw(app, call());
	const sheet = open(app);
	sheet.turn("queue");
	await sheet.look();
	sheet.picked = keyOf(sheet.list.items[0] ?? ({} as never));
	await sheet.go("blind");
	expect(app.conversation.sheet?.call).toBe("cal_1");
	expect(sheet.trouble).toBe("A transfer is in progress.");
	expect(app.toasts.shown).toEqual([]);
});

test("every kind of destination has its own field", () => {
	const of = (kind: string, q = "") => destinations(kind, q)[0];
	expect(["user", "queue", "routing"].map((kind) => meant(of(kind) as never))).toEqual([
		{ user: "Bob Diallo" },
		{ queue: "Sales" },
		{ routing: "Welcome" },
	]);
	expect(meant(of("directory") as never)).toEqual({
		contact: "Claire Fontaine",
		number: "+33612345678",
	});
	expect(meant(of("number", "0144001022") as never)).toEqual({ number: "+33144001022" });
});

test("arrows go round those who can be reached", () => {
	const users = destinations("user", "");
	const name = (key: string) => users.find((one) => keyOf(one) === key)?.name;
	const first = step(users, undefined, 1);
	const second = step(users, first, 1);
	expect([name(first), name(second), name(step(users, second, 1))]).toEqual([
		"Bob Diallo",
		"Dan Weber",
		"Bob Diallo",
	]);
	expect(name(step(users, undefined, -1))).toBe("Dan Weber");
	expect(step([], undefined, 1)).toBe("");
});

describe("merge", () => {
	test("needs one active and one held call, and keeps the customer's", () => {
		const { app, sent } = shop();
		draw(app, call());
		expect(app.conversation.whyNoMerge).toContain("two calls");
		app.conversation.merge();
		draw(app, held(), call({ id: "cal_2", consult_for: "cal_1" }));
		expect(app.conversation.whyNoMerge).toBe("");
		app.conversation.merge();
		return expect
			.poll(() => sent)
			.toEqual([{ path: "/api/v1/calls/cal_1/merge", body: { with: "cal_2" } }]);
	});
	test("does nothing with two calls on hold", () => {
		const { app } = shop();
		draw(app, held(), held({ id: "cal_2" }));
		expect(app.conversation.whyNoMerge).not.toBe("");
	});
});

test("while a transfer runs no other begins", () => {
	const { app } = shop();
	const transferring = {
		id: "tra_1",
		kind: "user",
		target: "Bob",
		attended: true,
		state: "ringing",
		reason: null,
		code: 0,
		consult: "cal_2",
		since: desk().at,
	} as const;
	draw(app, held({ transferring }), call({ id: "cal_2" }));
	expect(app.conversation.transfer?.target).toBe("Bob");
	expect(app.conversation.whyNoTransfer(call({ id: "cal_2" }))).toBe("A transfer is in progress");
	draw(app, call({ transferring: { ...transferring, state: "cancelled" } }));
	expect(app.conversation.transfer).toBeUndefined();
});

test("the recording button says why it does nothing", () => {
	const { app } = shop();
	const why = (change: Parameters<typeof recording>[0], state: Call["state"] = "talking") =>
		app.conversation.whyNoRecording(call({ state, recording: recording(change) }));
	expect(why({})).toBe("");
	expect(why({ may_start: false, why_not: "not-on-this-queue" })).toBe("Not allowed on this queue");
	expect(why({ may_start: false }, "ringing")).toBe("Not answered yet");
	expect(why({ state: "rolling", may_stop: true })).toBe("");
	expect(why({ state: "rolling", why_not: "automatic" })).toContain("automatically");
});

describe("a new call", () => {
	test("calls what was typed", async () => {
		const { app, sent } = shop(() => ({ id: "cal_9", desk: desk({ seq: 102 }) }));
		app.desk.draw(desk());
		app.dialling.show();
		const sheet = new NewCallModel(app);
		sheet.type("06 12 34 56 78");
		await sheet.go();
		expect(sent).toEqual([{ path: "/api/v1/calls", body: { to: "06 12 34 56 78" } }]);
		expect(app.dialling.open).toBe(false);
	});
	test("to a colleague, by a part of their name", async () => {
		const { app, sent } = shop(() => ({ id: "cal_9", desk: desk({ seq: 102 }) }));
		app.desk.draw(desk());
		app.dialling.show();
		const sheet = new NewCallModel(app);
		sheet.turn("extension");
		sheet.type("bob");
		await sheet.list.look("user", "bob");
		await sheet.go();
		expect(sent[0]?.body).toEqual({ to: "202", as: "extension" });
	});
	test("through a Smart Routing", async () => {
		const { app, sent } = shop(() => ({ id: "cal_9", desk: desk({ seq: 102 }) }));
		app.desk.draw(desk());
		app.dialling.show();
		const sheet = new NewCallModel(app);
		sheet.turn("routing");
		sheet.type("0144001022");
		await sheet.go();
		expect(sent[0]?.body).toEqual({ to: "0144001022", via_routing: "tre_welcome" });
	});
	test("says beside the field what is wrong", async () => {
		const { app } = shop(() => ({ code: "not-a-number", detail: "x" }), 422);
		app.desk.draw(desk());
		app.dialling.show();
		const sheet = new NewCallModel(app);
		sheet.type("12");
		await sheet.go();
		expect(app.dialling.open).toBe(true);
		expect(sheet.trouble).toBe("This is not a telephone number.");
	});
	test.each<[string, Partial<Desk>, Partial<Desk["agent"]>]>([
		["dial.why_shift", {}, { on_shift: false }],
		["dial.why_line", {}, { station_up: false }],
		["pool.offer_first", { offer: offer("sky") }, {}],
		["dial.why_two", { calls: [held(), call({ id: "cal_2" })] }, {}],
		["", {}, { station: "phone", station_up: false }],
		["", { calls: [call()] }, {}],
	])("is kept from beginning: %s", (why, change, agent) => {
		const { app } = shop();
		app.desk.draw(desk(change, agent));
		expect(app.dialling.why).toBe(why);
		app.dialling.show();
		expect(app.dialling.open).toBe(why === "");
	});
});

test("a call back names what it answers", async () => {
	const { app, sent } = shop();
	app.desk.draw(desk());
	app.dialling.back({ to: "+33612345678", contact: "con_claire", link: "int_1" });
	await expect
		.poll(() => sent)
		.toEqual([
			{
				path: "/api/v1/calls",
				body: { to: "+33612345678", contact: "con_claire", link: "int_1" },
			},
		]);
});

test("a link of a page fills the sheet with a number, and nothing else", () => {
	expect(dialLink("#dial=tel%3A%2B33144001022")).toBe("+33144001022");
	expect(dialLink("#dial=tel:01%2044")).toBe("01 44");
	expect(dialLink("#dial=%")).toBe("");
	expect(dialLink("#voice")).toBe("");
	expect(readsAsNumber("01 44 00")).toBe(true);
	expect(readsAsNumber("tel:+33")).toBe(true);
	expect(readsAsNumber("Parc")).toBe(false);
	expect(readsAsNumber("")).toBe(false);
});

test("the far end is whom one talks to, whoever has called", () => {
	const out = call({
		direction: "outbound",
		to: "+33144001022",
		to_display: "+33 1 44",
		name: null,
	});
	expect(who(farEnd(out))).toBe("+33 1 44");
	const inner = call({
		direction: "internal",
		from: "201",
		from_display: "201",
		to: "202",
		to_display: "202",
		name: null,
		parties: [party({ agent: "usr_bob", name: "Bob Diallo", number: "202" })],
	});
	expect(who(farEnd(inner, "201"))).toBe("Bob Diallo");
	expect(who(farEnd({ ...inner, from_name: "Ann Martin", name: "Bob Diallo" }, "202"))).toBe(
		"Ann Martin",
	);
	expect(farEnd(call())).toMatchObject({ name: "Claire Fontaine" });
});

test("failures are said in words, ours before those of signalling", () => {
	expect(reasonWord("Bob", "busy", 486)).toBe("Bob is busy (486)");
	expect(reasonWord("Bob", null, 404)).toBe("Bob: no such number (404)");
	expect(reasonWord("Bob", "never_heard_of", 0)).toBe("Bob could not be reached");
	expect(reasonWord("Bob", "away", 0)).toBe("Bob is away");
});

test("a call out that fails is said once", () => {
	const { app } = shop();
	const failure = {
		call: "cal_2",
		to: "+33144001022",
		to_display: "+33 1 44 00 10 22",
		name: null,
		reason: "no_answer",
		code: 480,
		at: desk().at,
		node: null,
	};
	app.desk.draw(desk());
	app.desk.draw(desk({ failure, seq: 101 }));
	expect(app.urgent).toBe("+33 1 44 00 10 22 did not answer (480)");
	app.urgent = "";
	app.desk.draw(desk({ failure, seq: 102 }));
	expect(app.urgent).toBe("");
	const routed = { ...failure, reason: "routing", code: 0, node: "Opening hours" };
	expect(app.failureWord(routed)).toBe(
		"The Smart Routing ended the call to +33 1 44 00 10 22 at “Opening hours”",
	);
});
