import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { call, desk, NOW, offer } from "../kit/scenes/made";
import { Trouble } from "../wire/client";
import { Clock } from "../wire/clock.svelte";
import { DeskModel, type News } from "./desk.svelte";

let local = NOW;
function bench() {
	local = NOW;
	const clock = new Clock(() => local);
	const troubles: Trouble[] = [];
	const news: News[] = [];
	const model = new DeskModel(clock, (trouble) => troubles.push(trouble));
	model.hear((one) => news.push(one));
	return { clock, model, troubles, news };
}
const pass = (clock: Clock, ms: number) => {
	local += ms;
	clock.tick();
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a whole desk replaces a whole desk; an older one is late news", () => {
	const { model } = bench();
	expect(model.draw(desk({ seq: 5, calls: [call()] }))).toBe(true);
	expect(model.draw(desk({ seq: 4 }))).toBe(false);
	expect(model.call?.id).toBe("cal_1");
	expect(model.draw(desk({ seq: 6 }))).toBe(true);
	expect(model.call).toBeUndefined();
});

test("another epoch starts anew, however small its numbers", () => {
	const { model } = bench();
	model.draw(desk({ epoch: 3, seq: 900 }));
	expect(model.draw(desk({ epoch: 4, seq: 1 }))).toBe(true);
});

test("what was asked is shown until a desk says that it is so", async () => {
	const { model } = bench();
	model.draw(desk({ seq: 1, calls: [call()] }));
	let sent = 0;
	const ask = () =>
		model.ask(
			"mute:cal_1",
			async () => void sent++,
			(next) => next.calls[0]?.muted === true,
		);
	await ask();
	await ask();
	expect(sent).toBe(1); // a second press asks for nothing more
	expect(model.asked("mute:cal_1")).toBe(true);
	model.draw(desk({ seq: 2, calls: [call()] }));
	expect(model.asked("mute:cal_1")).toBe(true);
	model.draw(desk({ seq: 3, calls: [call({ muted: true })] }));
	expect(model.asked("mute:cal_1")).toBe(false);
});

test("the desk that an order answers with is drawn", async () => {
	const { model } = bench();
	model.draw(desk({ seq: 1, calls: [call()] }));
	const answer = { data: desk({ seq: 2, calls: [call({ muted: true })] }) };
	await model.ask(
		"mute:cal_1",
		async () => answer,
		(next) => next.calls[0]?.muted === true,
	);
	expect(model.call?.muted).toBe(true);
	expect(model.asked("mute:cal_1")).toBe(false);
});

test("a desk that stays silent lets the agent ask again", async () => {
	const { model } = bench();
	model.draw(desk());
	await model.ask(
		"end",
		async () => {},
		() => false,
	);
	expect(model.asked("end")).toBe(true);
	await vi.advanceTimersByTimeAsync(3_000);
	expect(model.asked("end")).toBe(false);
});

test("what is refused is no longer asked, and its trouble is told", async () => {
	const { model, troubles } = bench();
	model.draw(desk({ offer: offer("raspberry") }));
	const trouble = await model.ask("accept:off_raspberry", async () => {
		throw new Trouble(409, "call-taken", "");
	});
	expect(trouble?.code).toBe("call-taken");
	expect(troubles).toHaveLength(1);
	expect(model.asked("accept:off_raspberry")).toBe(false);
});

test("an offer is told once, however often its desk is drawn", () => {
	const { model, news } = bench();
	model.draw(desk({ seq: 1, offer: offer("raspberry", { drawn: null, expires: null }) }));
	model.draw(desk({ seq: 2, offer: offer("raspberry") }));
	expect(news.map((one) => one.news)).toEqual(["offered"]);
});

test("an accepted call stays as a card for 0.8 s, under the second click", () => {
	const { model, clock } = bench();
	model.draw(desk({ seq: 1, offer: offer("raspberry", { call: "cal_1" }) }));
	model.draw(desk({ seq: 2, calls: [call()] }));
	expect(model.shownEnding?.kind).toBe("connected");
	pass(clock, 790);
	expect(model.shownEnding?.kind).toBe("connected");
	pass(clock, 20);
	expect(model.shownEnding).toBeUndefined();
});

test("a call that answered itself stays for 3 s", () => {
	const { model, clock } = bench();
	model.draw(desk({ seq: 1, offer: offer("raspberry", { call: "cal_1", auto: true }) }));
	model.draw(desk({ seq: 2, calls: [call()] }));
	pass(clock, 2_900);
	expect(model.shownEnding?.kind).toBe("connected");
});

const ended = (outcome: string, by: string | null = null) =>
	desk({
		seq: 2,
		last: {
			offer: "off_raspberry",
			call: "cal_9",
			outcome: outcome as "ignored",
			by,
			at: desk().at,
		},
	});

test("a caller who left is named for 2 s", () => {
	const { model, clock } = bench();
	model.draw(desk({ seq: 1, offer: offer("raspberry") }));
	model.draw(ended("caller_left"));
	expect(model.shownEnding?.kind).toBe("left");
	pass(clock, 2_001);
	expect(model.shownEnding).toBeUndefined();
});

test.each([
	["lost_to_other", { news: "taken", by: "Julie" }],
	["ignored", { news: "missed" }],
	["device_fault", { news: "fault" }],
	["withdrawn", { news: "withdrawn" }],
])("%s is told", (outcome, wanted) => {
	const { model, news } = bench();
	model.draw(desk({ seq: 1, offer: offer("raspberry") }));
	model.draw(ended(outcome, "Julie"));
	expect(news.at(-1)).toMatchObject(wanted);
	expect(model.shownEnding).toBeUndefined();
});

test("a decline is no news to who declined", () => {
	const { model, news } = bench();
	model.draw(desk({ seq: 1, offer: offer("raspberry") }));
	model.draw(ended("declined"));
	expect(news.map((one) => one.news)).toEqual(["offered"]);
});

test("a new offer takes the place of how the last one ended", () => {
	const { model } = bench();
	model.draw(desk({ seq: 1, offer: offer("raspberry") }));
	model.draw(ended("caller_left"));
	model.draw(desk({ seq: 3, offer: offer("ocean") }));
	expect(model.shownEnding).toBeUndefined();
	expect(model.offer?.id).toBe("off_ocean");
});

test("a call that was there before the page is not news", () => {
	const { model, news } = bench();
	model.draw(desk({ calls: [call()] }));
	expect(news).toEqual([]);
});

test("a refusal turns the popup into its reason for 3 s", () => {
	const { model, clock } = bench();
	model.draw(desk());
	model.refuse(offer("ocean"), "A colleague was faster.");
	expect(model.shownEnding?.text).toBe("A colleague was faster.");
	pass(clock, 3_001);
	expect(model.shownEnding).toBeUndefined();
});

test("a page that was away hears that it is in line again, and hears it once", () => {
	const { model, news } = bench();
	model.draw(desk({ seq: 1 })); // it never saw that it was missed
	const back = { reason: "page_frozen", at: desk().at };
	model.draw(desk({ seq: 5, back }));
	model.draw(desk({ seq: 6, back }));
	model.draw(desk({ seq: 7 }));
	expect(news).toEqual([{ news: "back", reason: "page_frozen" }]);
});
