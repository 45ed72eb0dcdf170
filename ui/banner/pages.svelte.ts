// Pages is a list that comes a page at a time.
export type Loading = "no" | "yes" | "failed";

interface Page<Item> {
	data?: { items?: Item[] | null; next?: string | null };
}

export class Pages<Item> {
	items = $state.raw<Item[]>([]);
	loading = $state<Loading>("no");
	more = $state(false);
	#next: string | null = null;
	#turn = 0;

	constructor(private page: (query: { limit: number; after?: string }) => Promise<Page<Item>>) {}

	async load(after?: string) {
		this.loading = "yes";
		const turn = ++this.#turn; // of two that are asked for the later stands
		try {
			const { data } = await this.page({ limit: 50, after });
			if (turn !== this.#turn) return;
			const items = data?.items ?? [];
			this.items = after ? [...this.items, ...items] : items;
			this.#next = data?.next ?? null;
			this.more = this.#next !== null;
			this.loading = "no";
		} catch {
			if (turn === this.#turn) this.loading = "failed";
		}
	}

	loadMore = () => (this.#next ? this.load(this.#next) : undefined);
}
