// MailboxModel is the list of voice messages and the one that is playing.
import type { Client } from "../wire/client";
import type { VoiceMessage } from "../wire/types";
import type { Loading } from "./history.svelte";

export class MailboxModel {
	items = $state.raw<VoiceMessage[]>([]);
	loading = $state<Loading>("no");
	more = $state(false);
	#next: string | null = null;

	constructor(private client: Client) {}

	fresh = $derived(this.items.filter((item) => !item.done && !item.heard).length);

	async load(after?: string) {
		this.loading = "yes";
		try {
			const { data } = await this.client.GET("/api/v1/voice-messages", {
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

	heard = (id: string) => this.#mark(id, "heard");
	done = (id: string) => this.#mark(id, "done");

	async #mark(id: string, what: "heard" | "done") {
		const params = { path: { id } };
		const { data } =
			what === "heard"
				? await this.client.POST("/api/v1/voice-messages/{id}/heard", { params })
				: await this.client.POST("/api/v1/voice-messages/{id}/done", { params });
		if (data) this.items = this.items.map((item) => (item.id === id ? data : item));
	}
}

// peaksOf cuts samples into so many bars of 0–1, the loudest of each.
export function peaksOf(samples: Float32Array, bars: number): number[] {
	const size = Math.max(1, Math.floor(samples.length / bars));
	const peaks = Array.from({ length: bars }, (_, bar) => {
		let peak = 0;
		for (let i = bar * size; i < Math.min(samples.length, (bar + 1) * size); i += 4)
			peak = Math.max(peak, Math.abs(samples[i] ?? 0));
		return peak;
	});
	const loudest = Math.max(0.05, ...peaks);
	return peaks.map((peak) => peak / loudest);
}
