import { expect, test, vi } from "vitest";
import type { Message } from "./stream";
import { Tabs } from "./tabs";

// A browser with several tabs: one lock, one channel per name.
function browser() {
	const waiting: (() => Promise<void>)[] = [];
	let held = false;
	const next = () => {
		const take = waiting.shift();
		held = take !== undefined;
		void take?.().then(next);
	};
	vi.stubGlobal("navigator", {
		locks: {
			request: (_: string, take: () => Promise<void>) => {
				waiting.push(take);
				if (!held) next();
			},
		},
	});
	const name = `belfry ${crypto.randomUUID()}`;
	return () => {
		const heard: Message[] = [];
		const led: string[] = [];
		const states: string[] = [];
		let left = 0;
		const tab = new Tabs({
			name,
			lead: (lastId) => led.push(lastId),
			message: (message) => heard.push(message),
			state: (state) => states.push(state),
			leave: () => left++,
		});
		tab.start();
		return { tab, heard, led, states, left: () => left };
	};
}
const desk = (id: string): Message => ({ id, event: "desk", data: `{"seq":${id}}` });
const until = (true_: () => boolean) => vi.waitFor(() => expect(true_()).toBe(true));

test("one tab leads, all hear, the next takes over where it ended", async () => {
	const open = browser();
	const first = open();
	const second = open();
	expect([first.tab.leading, second.tab.leading]).toEqual([true, false]);
	expect(first.led).toEqual([""]);

	first.tab.passState("open");
	first.tab.pass(desk("7"));
	await until(() => second.heard.length > 0 && second.states.includes("open"));

	first.tab.stop();
	await until(() => second.tab.leading);
	expect(second.led).toEqual(["7"]);
	second.tab.stop();
});

test("a tab that comes late is told what stands", async () => {
	const open = browser();
	const first = open();
	first.tab.passState("open");
	first.tab.pass(desk("1"));
	first.tab.pass(desk("2"));
	first.tab.pass({ id: "2", event: "pool", data: "{}" });
	first.tab.pass({ id: "2", event: "ping", data: "{}" });
	const late = open();
	await until(() => late.heard.length === 2);
	expect(late.heard.map((message) => message.event + message.id)).toEqual(["desk2", "pool2"]);
	expect(late.states).toEqual(["open"]);
	late.tab.stop();
	first.tab.stop();
});

test("who signs out in one tab is out in all", async () => {
	const open = browser();
	const first = open();
	const second = open();
	second.tab.leave();
	await until(() => first.left() === 1);
	first.tab.stop();
	second.tab.stop();
});
