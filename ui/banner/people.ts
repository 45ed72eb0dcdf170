// People finds the words for callers, calls and lines that several screens show.
import type { Agent, Caller, Offer, Party, Quality } from "../wire/types";
import { say } from "../words/words.svelte";

export type Named = Caller & { name: string | null };

interface Way extends Named {
	direction: string;
	to: string;
	to_display: string;
	parties?: Party[];
}

// farEnd is who is at the other end of a call or an interaction, whoever of the
// two has called. Mine is the own extension.
export function farEnd(call: Way, mine?: string | null): Named {
	const out =
		call.direction === "outbound" ||
		(call.direction === "internal" && !!mine && call.from === mine);
	if (!out) return call;
	const party = call.parties?.find((one) => one.number === call.to);
	return {
		from: call.to,
		from_display: call.to_display,
		from_name: "",
		anonymous: false,
		name: call.name ?? party?.name ?? null,
	};
}

// who is the caller's best name: the contact's, else what signalling said, else
// the number. A colleague who calls says their own; the name that comes with such
// a call is that of who was called.
export function who(caller: Named): string {
	const colleague = /^\d+$/.test(caller.from) ? caller.from_name : "";
	return (
		colleague ||
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
	const transfer = offer.transfer && !offer.transfer.returned ? offer.transfer : undefined;
	const parts = [
		transfer ? say("popup.requested", { name: transfer.by_name }) : say("popup.incoming"),
		say(families[offer.colour].word),
		who(offer),
	];
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
