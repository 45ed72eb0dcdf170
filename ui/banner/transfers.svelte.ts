// TransferModel is the sheet in which a call's destination is chosen, and how it
// is sent there.
import { Trouble } from "../wire/client";
import type { Call, Destination } from "../wire/types";
import { say } from "../words/words.svelte";
import type { App } from "./app.svelte";
import { type Kind, keyOf, Lister, step } from "./lister.svelte";

export const kinds: readonly Kind[] = ["user", "queue", "routing", "directory", "number"];
export type Mode = "blind" | "attended";

export class TransferModel {
	call = $state<string>(); // the sheet is open for it
	kind = $state<Kind>("user");
	text = $state("");
	note = $state("");
	picked = $state("");
	trouble = $state("");
	asked = $state<Mode>();
	list: Lister;
	#last: { call: string; mode: Mode; to: Destination; note: string } | undefined;

	constructor(private app: App) {
		this.list = new Lister(app.client, "transfer");
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

	show(call: Call) {
		this.call = call.id;
		this.kind = kinds.find(this.may) ?? "user";
		this.text = this.note = this.picked = this.trouble = "";
		this.asked = undefined;
		this.list.clear();
		void this.look();
	}

	shut = () => {
		this.call = undefined;
		this.list.clear();
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
		if (!this.call || !to || this.asked) return;
		await this.#send({ call: this.call, mode, to, note: this.note.trim() });
	}

	// again tries what has just failed once more.
	async again() {
		if (this.#last && !this.asked) await this.#send(this.#last);
	}

	async #send(order: { call: string; mode: Mode; to: Destination; note: string }) {
		this.asked = order.mode;
		this.trouble = "";
		try {
			const { data } = await this.app.client.POST("/api/v1/calls/{id}/transfer", {
				params: { path: { id: order.call } },
				body: { mode: order.mode, to: meant(order.to), note: order.note || undefined },
			});
			this.#last = order;
			this.shut();
			if (data) this.app.desk.draw(data.desk);
			if (order.mode === "blind")
				this.app.toasts.add(say("to.sent", { name: order.to.name }), "ok");
		} catch (cause) {
			const trouble = cause instanceof Trouble ? cause : new Trouble(0, "", String(cause));
			if (trouble.status === 401 || !this.call) this.app.refused(trouble);
			this.trouble = this.app.wording(trouble);
		}
		this.asked = undefined;
	}
}

// meant says in the API's words whom a row names.
export function meant(one: Destination) {
	if (one.kind === "number") return { number: one.number ?? "" };
	if (one.kind === "directory") return { contact: one.id ?? "", number: one.number ?? undefined };
	return { [one.kind]: one.id ?? "" };
}
