// Assignable are the agents to whom a supervisor may give a waiting call: the
// free ones first, and the others with why not.

import { span } from "../kit/figures";
import type { Choice } from "../kit/Menu.svelte";
import type { LiveAgent } from "../wire/types";
import { say } from "../words/words.svelte";

export function assignable(
	agents: readonly LiveAgent[],
	queue: string | null,
	since: (at: string) => number,
	doing: (agent: LiveAgent) => string,
): Choice[] {
	const able = agents.filter(
		(one) => queue !== null && one.queues.includes(queue) && one.state !== "off",
	);
	able.sort((a, b) => Number(b.free) - Number(a.free) || a.name.localeCompare(b.name));
	if (able.length === 0)
		return [{ id: "", label: say("board.nobody"), reason: say("board.nobody_hint") }];
	return able.map((one) => ({
		id: one.id,
		label: one.name,
		hint: one.free ? say("board.free_since", { time: span(since(one.since)) }) : undefined,
		reason: one.free ? undefined : doing(one),
	}));
}
