import "../words/calls";
import type { Interaction } from "../wire/types";
import { say, words } from "../words/words.svelte";

// outcomeWord says how a call ended; one that lives says so.
export function outcomeWord(item: Interaction): string {
	if (item.missed) return say("outcome.missed");
	if (!item.outcome) return say("outcome.live");
	const key = `outcome.${item.outcome}`;
	return words.has(key) ? say(key) : item.outcome;
}
