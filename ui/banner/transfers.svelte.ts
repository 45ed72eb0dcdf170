// TransferModel is the sheet in which a call's destination is chosen.
import type { Destination } from "../wire/types";
import type { App } from "./app.svelte";
import type { Mode, Sheet } from "./conversation.svelte";
import { type Kind, keyOf, Lister, step } from "./lister.svelte";

// waits are the ways to wait in a queue that the sheet offers.
export const waits: readonly string[] = ["kept", "120", "300", "600", "anew"];

export const kinds: readonly Kind[] = ["user", "queue", "routing", "directory", "number"];

export class TransferModel {
	kind = $state<Kind>("user");
	text = $state("");
	note = $state("");
	// How the caller waits in a queue: with their age, before others by so many
	// seconds, or from the end of the line.
	wait = $state("kept");
	picked = $state("");
	trouble = $state("");
	list: Lister;

	constructor(
		private app: App,
		private begin: Sheet,
	) {
		this.list = new Lister(app.client, "transfer");
		this.kind = begin.kind ?? kinds.find(this.may) ?? "user";
		this.text = begin.text ?? "";
		this.note = begin.note ?? "";
		void this.look();
	}

	// chosen is the row that the buttons act on; one that can be reached no more
	// is chosen no more.
	chosen = $derived.by(() => {
		const found = this.list.items.find((one) => keyOf(one) === this.picked);
		return found?.reachable ? found : undefined;
	});

	// may says whether the profile transfers to anything of the kind.
	may = (kind: Kind): boolean => {
		const to = this.app.me?.transfers_to ?? [];
		return to.includes(kind) || (kind === "queue" && to.includes("group"));
	};

	turn(kind: Kind) {
		this.kind = kind;
		this.picked = this.trouble = "";
		this.list.clear();
		void this.look();
	}

	type(text: string) {
		this.text = text;
		this.trouble = "";
		this.list.typed(this.kind, text);
	}

	look = async () => {
		await this.list.look(this.kind, this.text);
	};

	// settle takes the only sensible row: what was typed, or looked for by name.
	settle() {
		if (this.chosen || !this.text.trim()) return;
		const first = this.list.items.find((one) => one.reachable);
		if (first) this.picked = keyOf(first);
	}

	move(by: 1 | -1) {
		this.picked = step(this.list.items, this.picked, by);
	}

	// go sends the call; the sheet stays with the reason when it is refused.
	async go(mode: Mode) {
		const to = this.chosen;
		if (!to) return;
		this.trouble = "";
		const note = this.note.trim();
		this.trouble = await this.app.conversation.send({
			call: this.begin.call,
			mode,
			to: meant(to),
			name: to.name,
			note,
			wait: mode === "blind" && (to.kind === "queue" || to.kind === "group") ? this.wait : "kept",
		});
	}
}

// meant says in the API's words whom a row names.
export function meant(one: Destination) {
	if (one.kind === "number") return { number: one.number ?? "" };
	if (one.kind === "directory") return { contact: one.id ?? "", number: one.number ?? undefined };
	return { [one.kind]: one.id ?? "" };
}
