// People finds the words for callers, calls and lines that several screens show.
import type { Agent, Caller, Offer, Quality } from "../wire/types";
import { say } from "../words/words.svelte";

type Named = Caller & { name: string | null };

// who is the caller's best name: the contact's, else what signalling said, else
// the number.
export function who(caller: Named): string {
	return (
		caller.name ||
		(caller.anonymous ? "" : caller.from_name || caller.from_display) ||
		say("caller.masked")
	);
}

// numberOf is the number, where it is not already the name.
export function numberOf(caller: Named): string {
	if (caller.anonymous || !caller.from) return "";
	return who(caller) === caller.from_display ? "" : caller.from_display;
}

export const families = {
	raspberry: { icon: "route", word: "family.raspberry" },
	ocean: { icon: "phone", word: "family.ocean" },
	sky: { icon: "person", word: "family.sky" },
	lilac: { icon: "eye", word: "family.lilac" },
} as const;

// heardAs says in words how the line is: what the agent hears and what is heard
// of them. A good line is one without audible faults (MOS 4 and up).
export function heardAs(quality: Quality | null): { word: string; tone: "ok" | "warn" | "bad" } {
	if (!quality) return { word: "line.measuring", tone: "ok" };
	const { mos_in: mosIn, mos_out: mosOut } = quality;
	const worst = Math.min(mosIn || 5, mosOut || 5);
	if (worst >= 4) return { word: "line.good", tone: "ok" };
	const out = (mosOut || 5) < (mosIn || 5);
	if (worst >= 3.5) return { word: "line.fair", tone: "warn" };
	return { word: out ? "line.out_gaps" : "line.in_gaps", tone: "bad" };
}

// announced is what a screen reader says of an offer, in one breath.
export function announced(offer: Offer): string {
	const parts = [say("popup.incoming"), say(families[offer.colour].word), who(offer)];
	if (offer.queue_name) parts.push(say("popup.from_queue", { queue: offer.queue_name }));
	if (!offer.auto) parts.push(say("popup.keys"));
	return `${parts.join(". ")}.`;
}

// stateWord is what the agent is doing, in one or two words.
export function stateWord(agent: Agent, activityName: (id: string | null) => string): string {
	if (agent.state === "ready" || agent.state === "unavailable")
		return activityName(agent.activity) || say(`state.${agent.state}`);
	return say(`state.${agent.state}`);
}
