// HistoryModel is the list of calls that are over, with one of them opened.
import type { Client } from "../wire/client";
import type { Decision, Interaction, InteractionWhole } from "../wire/types";
import { Pages } from "./pages.svelte";

export type Filter = "all" | "missed" | "mine" | "today";

export class HistoryModel extends Pages<Interaction> {
	filter = $state<Filter>("all");
	opened = $state.raw<InteractionWhole>();
	decisions = $state.raw<Decision[]>([]);
	opening = $state<string>();

	constructor(
		private client: Client,
		private me: () => string,
		private now: () => number,
	) {
		super((query) => client.GET("/api/v1/interactions", { params: { query } }));
	}

	shown = $derived.by(() => {
		if (this.filter === "missed") return this.items.filter((item) => item.missed);
		if (this.filter === "mine") return this.items.filter((item) => item.agent === this.me());
		if (this.filter === "today") {
			const day = new Date(this.now()).toDateString();
			return this.items.filter((item) => new Date(item.came).toDateString() === day);
		}
		return this.items;
	});

	// open shows one call; the page has its place before it has its words.
	async open(id: string) {
		this.opening = id;
		this.opened = undefined;
		this.decisions = [];
		const params = { path: { id } };
		try {
			const [whole, decided] = await Promise.all([
				this.client.GET("/api/v1/interactions/{id}", { params }),
				this.client.GET("/api/v1/interactions/{id}/decisions", { params }),
			]);
			if (this.opening !== id) return;
			this.opened = whole.data;
			this.decisions = decided.data?.items ?? [];
		} catch {
			if (this.opening === id) this.opening = undefined;
		}
	}

	// find reads the record of one call; nothing when there is none yet.
	async find(id: string): Promise<InteractionWhole | undefined> {
		try {
			const params = { path: { id } };
			return (await this.client.GET("/api/v1/interactions/{id}", { params })).data;
		} catch {
			return undefined;
		}
	}

	// refresh reads the call that is shown once more, in its place.
	async refresh() {
		const id = this.opening;
		const whole = id ? await this.find(id) : undefined;
		if (whole && this.opening === id && this.opened) this.opened = whole;
	}

	close = () => {
		this.opening = undefined;
		this.opened = undefined;
	};

	// earlier are the calls of one number, newest first.
	async earlier(number: string): Promise<Interaction[]> {
		if (!number) return [];
		const { data } = await this.client.GET("/api/v1/interactions", {
			params: { query: { limit: 20, number } },
		});
		return data?.items ?? [];
	}
}
