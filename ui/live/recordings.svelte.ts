// RecordingsModel is the list of recordings that a supervisor may hear, by whom,
// which queue and when, with one of them opened.
import { Pages } from "../banner/pages.svelte";
import type { Client } from "../wire/client";
import type { RecordingRow } from "../wire/types";

export interface Filter {
	queue: string;
	agent: string;
	/** Days as the browser's own field gives them: 2026-11-27, both included. */
	from: string;
	until: string;
}

/** midnight is when a day begins where the browser is; later days on. */
export function midnight(day: string, later = 0): string | undefined {
	const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
	const at = new Date(year, month - 1, date + later);
	return day === "" || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

export class RecordingsModel {
	filter = $state.raw<Filter>({ queue: "", agent: "", from: "", until: "" });
	opened = $state.raw<RecordingRow>();
	list: Pages<RecordingRow>;

	constructor(client: Client) {
		this.list = new Pages((page) => {
			const { queue, agent, from, until } = this.filter;
			const query = {
				...page,
				...(queue ? { queue } : {}),
				...(agent ? { agent } : {}),
				since: midnight(from),
				before: midnight(until, 1),
			};
			return client.GET("/api/v1/recordings", { params: { query } });
		});
	}

	get filtered(): boolean {
		return Object.values(this.filter).some(Boolean);
	}

	narrow(change: Partial<Filter>) {
		this.filter = { ...this.filter, ...change };
		return this.list.load();
	}
}
