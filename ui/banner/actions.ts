// Actions are what keys do in the Banner, in the order of the cheat-sheet.
import type { App } from "./app.svelte";
import { type Combo, matches, typing } from "./keys";

export interface Action {
	id: string;
	combo: Combo;
	also?: Combo; // another key that does the same
	word: string;
	when: (app: App) => boolean;
	run: (app: App, event: KeyboardEvent) => void;
}

const always = () => true;
const inCall = (app: App) => app.desk.call !== undefined;

export const actions: readonly Action[] = [
	{
		id: "accept",
		combo: "Alt+a",
		word: "popup.accept",
		when: (app) => app.desk.offer !== undefined || app.desk.calls.some((call) => call.whisper),
		run: (app) => (app.desk.offer ? void app.accept() : app.skip()),
	},
	{
		id: "decline",
		combo: "Alt+x",
		word: "popup.decline",
		when: (app) => app.desk.offer !== undefined,
		run: (app) => app.decline(),
	},
	{ id: "mute", combo: "Alt+m", word: "call.mute", when: inCall, run: (app) => app.mute() },
	{ id: "hold", combo: "Alt+h", word: "call.hold", when: inCall, run: (app) => app.hold() },
	{
		id: "keypad",
		combo: "Alt+k",
		word: "call.keypad",
		when: (app) => app.desk.call?.state === "talking",
		run: (app) => {
			app.keypad = !app.keypad;
		},
	},
	{
		id: "hangup",
		combo: "Alt+Shift+x",
		word: "call.hang_up",
		when: inCall,
		run: (app) => app.hangUp(),
	},
	{
		id: "record",
		combo: "Alt+r",
		word: "keys.record",
		when: inCall,
		run: (app) => app.conversation.record(app.desk.call),
	},
	{
		id: "transfer",
		combo: "Alt+t",
		word: "call.transfer",
		when: inCall,
		run: (app) => app.openTransfer(),
	},
	{
		id: "merge",
		combo: "Alt+g",
		word: "call.merge",
		when: inCall,
		run: (app) => app.conversation.merge(),
	},
	{
		id: "first",
		combo: "Alt+1",
		word: "keys.first_call",
		when: inCall,
		run: (app) => app.conversation.swapTo(0),
	},
	{
		id: "second",
		combo: "Alt+2",
		word: "keys.second_call",
		when: inCall,
		run: (app) => app.conversation.swapTo(1),
	},
	{
		id: "dial",
		combo: "Alt+n",
		also: "Ctrl+k",
		word: "dial.title",
		when: always,
		run: (app) => app.dialling.show(),
	},
	{
		id: "search",
		combo: "/",
		word: "keys.search",
		when: always,
		run: (app) => app.dialling.show(),
	},
	{ id: "take", combo: "Alt+w", word: "keys.take", when: always, run: (app) => app.takeOldest() },
	{
		id: "extend",
		combo: "Alt+e",
		word: "post.extend",
		when: (app) => (app.desk.post?.may_extend ?? 0) > 0,
		run: (app) => app.extend(),
	},
	{
		id: "end",
		combo: "Alt+p",
		word: "post.end",
		when: (app) => app.desk.post !== undefined,
		run: (app) => app.endPost(),
	},
	{
		id: "activity",
		combo: "Alt+s",
		word: "keys.activity",
		when: (app) => app.desk.agent?.on_shift === true,
		run: (app) => {
			app.activityMenu = !app.activityMenu;
		},
	},
	{ id: "next", combo: "F6", word: "keys.next", when: always, run: () => cycle(1) },
	{ id: "previous", combo: "Shift+F6", word: "keys.previous", when: always, run: () => cycle(-1) },
	{
		id: "help",
		combo: "?",
		word: "keys.help",
		when: always,
		run: (app) => {
			app.help = true;
		},
	},
];

// onKey runs the action that the keystroke asks for, wherever the focus is.
export function onKey(app: App, event: KeyboardEvent, list: readonly Action[] = actions) {
	for (const action of list) {
		if (!matches(event, action.combo) && !(action.also && matches(event, action.also))) continue;
		const single = action.combo.length === 1;
		if (single && (typing(event.target) || !app.preferences.singleKeys)) return;
		// What Alt+A means to the browser must not happen even when there is no call.
		event.preventDefault();
		event.stopPropagation();
		if (action.when(app)) action.run(app, event);
		return;
	}
}

// cycle moves the focus to the next region: popup, call, pool, navigation.
function cycle(step: 1 | -1) {
	const order = ["popup", "call", "pool", "nav"];
	const regions = order
		.map((name) => document.querySelector<HTMLElement>(`[data-region="${name}"]`))
		.filter((region): region is HTMLElement => region !== null);
	if (regions.length === 0) return;
	const now = regions.findIndex((region) => region.contains(document.activeElement));
	const next = now < 0 ? (step === 1 ? 0 : -1) : now + step;
	const region = regions.at(next % regions.length);
	const first = region?.querySelector<HTMLElement>(
		"button, a[href], input, select, [tabindex='0']",
	);
	(region?.dataset.region === "popup" ? region : (first ?? region))?.focus();
}
