// Toasts are short words about what just happened. They leave by themselves,
// and a screen reader says them politely.
export interface Toast {
	id: number;
	text: string;
	tone: "info" | "ok" | "bad";
}

const STAYS = 6_000; // ms

export class Toasts {
	shown = $state<Toast[]>([]);
	#next = 1;

	add(text: string, tone: Toast["tone"] = "info") {
		const id = this.#next++;
		this.shown = [...this.shown.slice(-2), { id, text, tone }];
		setTimeout(() => this.drop(id), STAYS);
	}

	drop = (id: number) => {
		this.shown = this.shown.filter((toast) => toast.id !== id);
	};
}
