// MailboxModel is the list of voice messages and the one that is playing.
import type { Client } from "../wire/client";
import type { VoiceMessage } from "../wire/types";
import { Pages } from "./pages.svelte";

export class MailboxModel extends Pages<VoiceMessage> {
	constructor(private client: Client) {
		super((query) => client.GET("/api/v1/voice-messages", { params: { query } }));
	}

	fresh = $derived(this.items.filter((item) => !item.done && !item.heard).length);

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
