// Lister finds who and what a call can go to, as somebody types. Of two answers
// the one that was asked for last counts.
import type { Client } from "../wire/client";
import type { Destination } from "../wire/types";
import type { Loading } from "./pages.svelte";

export type Kind = "user" | "queue" | "routing" | "directory" | "number";

const TYPING = 180; // ms of rest before a list is asked for

export class Lister {
	items = $state.raw<Destination[]>([]);
	loading = $state<Loading>("no");
	#turn = 0;
	#later: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private client: Client,
		private purpose: "transfer" | "call",
	) {}

	// look asks now, as when a list is opened or grows old.
	async look(kind: Kind, text: string) {
		clearTimeout(this.#later);
		const turn = ++this.#turn;
		if (this.items.length === 0) this.loading = "yes";
		try {
			const { data } = await this.client.GET("/api/v1/destinations", {
				params: { query: { kind, q: text.trim(), for: this.purpose } },
			});
			if (turn !== this.#turn) return;
			this.items = data?.items ?? [];
			this.loading = "no";
		} catch {
			if (turn === this.#turn) this.loading = "failed";
		}
	}

	// typed asks once the typing rests.
	typed(kind: Kind, text: string) {
		clearTimeout(this.#later);
		this.#later = setTimeout(() => void this.look(kind, text), TYPING);
	}

	// clear forgets the list, and what may still come of it.
	clear() {
		clearTimeout(this.#later);
		this.#turn++;
		this.items = [];
		this.loading = "no";
	}
}

// keyOf tells the rows of a list apart.
export const keyOf = (one: Destination): string =>
	`${one.kind} ${one.id ?? ""} ${one.number ?? ""}`;

// step is the row that the arrow leads to: the next that can be chosen.
export function step(items: Destination[], chosen: string | undefined, by: 1 | -1): string {
	const open = items.filter((one) => one.reachable);
	const now = open.findIndex((one) => keyOf(one) === chosen);
	const next = now < 0 ? (by === 1 ? 0 : open.length - 1) : now + by;
	const one = open[(next + open.length) % open.length];
	return one ? keyOf(one) : "";
}
