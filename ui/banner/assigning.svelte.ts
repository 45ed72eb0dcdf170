// Assigning is what a supervisor needs at the list of waiting calls: the queues
// and agents that they supervise, as they are now, and giving a call to one.
import "../words/board";
import "../words/pool";
import type { LiveAgent, LiveQueue, PoolCall } from "../wire/types";
import { say, words } from "../words/words.svelte";
import type { App } from "./app.svelte";
import { assignable } from "./assignable";

const REFRESH = 4_000; // ms: who is free changes

export class Assigning {
	queues = $state.raw<LiveQueue[]>([]);
	agents = $state.raw<LiveAgent[]>([]);

	constructor(private app: App) {}

	// watch keeps them fresh, until its end.
	watch(): () => void {
		void this.load();
		const again = setInterval(() => void this.load(), REFRESH);
		return () => clearInterval(again);
	}

	async load() {
		try {
			const { data } = await this.app.client.GET("/api/v1/live");
			this.queues = data?.queues ?? [];
			this.agents = data?.agents ?? [];
		} catch {
			// The next look may succeed; the server refuses what is not so any more.
		}
	}

	choices = (row: PoolCall) =>
		assignable(this.agents, row.queue, this.app.clock.since, (one) => this.#doing(one));

	// why says why a call waits.
	why(row: PoolCall): string {
		if (!row.why || row.why === "kept_for") return "";
		const queue = this.queues.find((one) => one.id === row.queue);
		const { talking = 0, post = 0, away = 0, free = 0 } = queue ?? {};
		return queue ? say(`board.why.${row.why}`, { talking, post, away, free }) : "";
	}

	async assign(row: PoolCall, id: string) {
		const name = this.agents.find((one) => one.id === id)?.name ?? "";
		const params = { path: { id: row.call } };
		const trouble = await this.app.desk.ask(`assign:${row.call}`, () =>
			this.app.client.POST("/api/v1/calls/{id}/assign", { params, body: { agent: id } }),
		);
		if (!trouble) this.app.toasts.add(say("board.assigned", { name }), "ok");
	}

	#doing(agent: LiveAgent): string {
		const own = agent.state === "ready" || agent.state === "unavailable";
		const word = own ? this.app.activityName(agent.activity) : "";
		return word || (words.has(`state.${agent.state}`) ? say(`state.${agent.state}`) : "");
	}
}

// whyNotTaken says why a waiting call may be seen and not taken.
export function whyNotTaken(app: App, row: PoolCall): string {
	if (row.may_take) return "";
	if (!app.me?.rights.includes("pool_take")) return say("pool.no_right");
	if (!app.desk.desk?.queues.some((one) => one.id === row.queue)) return say("pool.not_served");
	return say("pool.not_from_here");
}
