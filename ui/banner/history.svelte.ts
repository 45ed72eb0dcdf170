// HistoryModel is the list of calls that are over, with one of them opened.
import type { Client } from "../wire/client";
import type { Decision, Interaction, InteractionWhole } from "../wire/types";

export type Filter = "all" | "missed" | "mine" | "today";
export type Loading = "no" | "yes" | "failed";

export class HistoryModel {
	items = $state.raw<Interaction[]>([]);
	filter = $state<Filter>("all");
	loading = $state<Loading>("no");
	more = $state(false);
	opened = $state.raw<InteractionWhole>();
	decisions = $state.raw<Decision[]>([]);
	opening = $state<string>();
	#next: string | null = null;

	constructor(
		private client: Client,
		private me: () => string,
		private now: () => number,
	) {}

	shown = $derived.by(() => {
		if (this.filter === "missed") return this.items.filter((item) => item.missed);
		if (this.filter === "mine") return this.items.filter((item) => item.agent === this.me());
		if (this.filter === "today") {
			const day = new Date(this.now()).toDateString();
			return this.items.filter((item) => new Date(item.came).toDateString() === day);
		}
		return this.items;
	});

	async load(after?: string) {
		this.loading = "yes";
		try {
			const { data } = await this.client.GET("/api/v1/interactions", {
				params: { query: { limit: 50, after } },
			});
			const items = data?.items ?? [];
			this.items = after ? [...this.items, ...items] : items;
			this.#next = data?.next ?? null;
			this.more = this.#next !== null;
			this.loading = "no";
		} catch {
			this.loading = "failed";
		}
	}

	loadMore = () => (this.#next ? this.load(this.#next) : undefined);

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
