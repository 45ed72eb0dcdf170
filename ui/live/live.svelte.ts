// LiveModel is what a supervisor sees of queues, agents and waiting calls, as
// the server last said it, with what they may do about it.
import { Preferences } from "../banner/preferences.svelte";
import { Toasts } from "../banner/toasts.svelte";
import { type Client, Trouble } from "../wire/client";
import { Clock } from "../wire/clock.svelte";
import type { LinkState } from "../wire/stream";
import type { Activity, Live, LiveAgent, LiveQueue, Me, PoolCall } from "../wire/types";
import { say, words } from "../words/words.svelte";

export const sorts = ["trouble", "name", "since", "answered"] as const;
export type Sort = (typeof sorts)[number];
export const groups = ["all", "free", "busy", "away", "off"] as const;
export type Group = (typeof groups)[number];

// An alarm is something that needs the supervisor for as long as it lasts.
export type Alarm = { key: string } & (
	| { kind: "nobody"; queue: LiveQueue }
	| { kind: "not_responding" | "device_lost" | "over"; agent: LiveAgent }
);

const LOST_FOR = 60; // s: a page that is loaded anew is no alarm

const AT_ONCE = 200; // rows of agents that are drawn

// Trouble comes first: who needs somebody, then who works, then who does not.
const urgency: Record<LiveAgent["state"], number> = {
	not_responding: 0,
	device_lost: 1,
	presented: 2,
	reserved: 2,
	ready: 3,
	post_interaction: 4,
	talking: 5,
	dialing: 5,
	unavailable: 6,
	off: 7,
};
const groupOf: Record<LiveAgent["state"], Group> = {
	ready: "free",
	reserved: "busy",
	presented: "busy",
	dialing: "busy",
	talking: "busy",
	post_interaction: "busy",
	unavailable: "away",
	not_responding: "away",
	device_lost: "away",
	off: "off",
};

export class LiveModel {
	clock: Clock;
	preferences = new Preferences();
	toasts = new Toasts();
	me = $state.raw<Me>();
	link = $state<LinkState>("connecting");
	known = $state(false); // the first whole has come
	queues = $state.raw<LiveQueue[]>([]);
	agents = $state.raw<LiveAgent[]>([]);
	calls = $state.raw<PoolCall[]>([]);
	total = $state(0);

	search = $state("");
	group = $state<Group>("all");
	sort = $state<Sort>("trouble");
	queue = $state("");
	more = $state(0);
	asking = $state<Record<string, boolean>>({});
	signOut: () => Promise<void> = async () => {};

	constructor(
		readonly client: Client,
		clock = new Clock(),
	) {
		this.clock = clock;
	}

	get supervises(): boolean {
		return this.me?.rights.includes("supervise") ?? false;
	}

	// draw takes what has changed, or the whole.
	draw(live: Live) {
		this.clock.heard(live.at);
		this.queues = merged(live.whole ? [] : this.queues, live.queues, live.gone);
		this.agents = merged(live.whole ? [] : this.agents, live.agents, live.gone);
		if (live.calls) this.calls = live.calls;
		if (live.total !== null) this.total = live.total;
		this.known = true;
	}

	// alarms are, first, the calls that nobody can take; then agents, the longest
	// in trouble first.
	alarms = $derived.by((): Alarm[] => {
		const queues = this.queues.filter(
			(one) => one.waiting > 0 && one.free + one.ringing + one.talking + one.post + one.away === 0,
		);
		const agents = this.agents.flatMap((agent): Alarm[] => {
			const kind = this.#trouble(agent);
			return kind ? [{ key: agent.id, kind, agent }] : [];
		});
		return [
			...queues.map((queue): Alarm => ({ key: queue.id, kind: "nobody", queue })),
			...agents.sort((a, b) => since(a).localeCompare(since(b))),
		];
	});

	#trouble(agent: LiveAgent) {
		if (agent.state === "not_responding") return "not_responding";
		if (agent.state === "device_lost")
			return this.clock.since(agent.since) >= LOST_FOR ? "device_lost" : undefined;
		return agent.over ? "over" : undefined;
	}

	found = $derived.by(() => {
		const text = plain(this.search);
		return this.agents
			.filter(
				(one) =>
					(this.group === "all" || groupOf[one.state] === this.group) &&
					(!this.queue || one.queues.includes(this.queue)) &&
					(!text || plain(one.name).includes(text)),
			)
			.sort((a, b) => this.#order(a, b) || a.name.localeCompare(b.name, words.language));
	});
	shown = $derived(this.found.slice(0, AT_ONCE * (this.more + 1)));

	#order(a: LiveAgent, b: LiveAgent): number {
		if (this.sort === "since") return Date.parse(a.since) - Date.parse(b.since);
		if (this.sort === "answered") return b.today.answered - a.today.answered;
		if (this.sort === "trouble")
			return urgency[a.state] - urgency[b.state] || Date.parse(a.since) - Date.parse(b.since);
		return 0;
	}

	queueName = (id: string | null): string => this.queues.find((one) => one.id === id)?.name ?? "";

	activityName = (id: string | null | undefined): string => {
		const activity = this.activities.find((one) => one.id === id);
		return (activity && words.language === "fr" && activity.name_fr) || (activity?.name ?? "");
	};
	get activities(): Activity[] {
		return this.me?.activities ?? [];
	}

	// doing is what the agent does, in a word or two.
	doing(agent: LiveAgent): string {
		const own = agent.state === "ready" || agent.state === "unavailable";
		return (own && this.activityName(agent.activity)) || say(`state.${agent.state}`);
	}

	assign = (call: PoolCall, agent: LiveAgent) =>
		this.#ask(
			`assign:${call.call}`,
			() =>
				this.client.POST("/api/v1/calls/{id}/assign", {
					params: { path: { id: call.call } },
					body: { agent: agent.id },
				}),
			say("board.assigned", { name: agent.name }),
		);

	setActivity = (agent: LiveAgent, activity: string) =>
		this.#ask(
			`agent:${agent.id}`,
			() =>
				this.client.PUT("/api/v1/agents/{id}/activity", {
					params: { path: { id: agent.id } },
					body: { activity },
				}),
			say("board.set", { name: agent.name, activity: this.activityName(activity) }),
		);

	bringBack = (agent: LiveAgent) =>
		this.#ask(
			`agent:${agent.id}`,
			() => this.client.POST("/api/v1/agents/{id}/return", { params: { path: { id: agent.id } } }),
			say("board.returned", { name: agent.name }),
		);

	// ask sends an order once; what comes of it is seen on the page itself.
	async #ask(key: string, send: () => Promise<unknown>, done: string) {
		if (this.asking[key]) return;
		this.asking[key] = true;
		try {
			await send();
			this.toasts.add(done, "ok");
		} catch (cause) {
			this.#refused(cause);
		}
		delete this.asking[key];
	}

	#refused(cause: unknown) {
		if (!(cause instanceof Trouble)) return this.toasts.add(say("trouble.other"), "bad");
		if (cause.status === 401) {
			this.link = "signed_out";
			return;
		}
		const key = `board.trouble.${cause.code}`;
		const own = words.language === "en" && cause.message;
		this.toasts.add(words.has(key) ? say(key) : own || say("trouble.other"), "bad");
	}
}

const since = (one: Alarm): string => ("agent" in one ? one.agent.since : "");

// merged puts what has changed in the place of what was known.
function merged<Item extends { id: string }>(old: Item[], news: Item[], gone: string[]): Item[] {
	if (news.length === 0 && gone.length === 0) return old;
	const fresh = new Map(news.map((one) => [one.id, one]));
	const kept = old
		.filter((one) => !gone.includes(one.id))
		.map((one) => {
			const better = fresh.get(one.id);
			fresh.delete(one.id);
			return better ?? one;
		});
	return [...kept, ...fresh.values()];
}

// plain is a text without case and accents, for the search.
function plain(text: string): string {
	return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
