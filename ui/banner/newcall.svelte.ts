// NewCallModel is the sheet of a new call: how, to whom, and why not.
import { Trouble } from "../wire/client";
import type { Destination } from "../wire/types";
import type { App } from "./app.svelte";
import type { As } from "./dialling.svelte";
import { type Kind, keyOf, Lister, step } from "./lister.svelte";

export class NewCallModel {
	as = $state<As>("number");
	text = $state("");
	routing = $state("");
	picked = $state("");
	trouble = $state("");
	asked = $state(false);
	list: Lister;

	constructor(private app: App) {
		this.list = new Lister(app.client, "call");
		this.as = app.dialling.as;
		this.text = app.dialling.text;
		this.routing = app.me?.routings[0]?.id ?? "";
		void this.list.look(this.#kind(), this.text);
	}

	// kind is what is looked up for what is typed.
	#kind(): Kind {
		if (this.as === "extension") return "user";
		return readsAsNumber(this.text) ? "number" : "directory";
	}

	turn(as: As) {
		this.as = as;
		this.trouble = this.picked = "";
		this.list.clear();
		void this.list.look(this.#kind(), this.text);
	}

	type(text: string) {
		this.text = text;
		this.trouble = this.picked = "";
		this.list.typed(this.#kind(), text);
	}

	move(by: 1 | -1) {
		this.picked = step(this.list.items, this.picked, by);
	}

	// choose calls the row of the list.
	choose(one: Destination) {
		if (!one.reachable) return;
		this.picked = keyOf(one);
		void this.go();
	}

	// go calls the row that is marked, or what was typed. A name that was typed
	// means the first who bears it.
	async go() {
		const row =
			this.list.items.find((one) => keyOf(one) === this.picked) ??
			(/\p{L}/u.test(this.text) ? this.list.items.find((one) => one.reachable) : undefined);
		const to = row?.number ?? row?.extension ?? this.text.trim();
		if (!to || this.asked) return;
		this.asked = true;
		this.trouble = "";
		try {
			const { data } = await this.app.client.POST("/api/v1/calls", {
				body: {
					to,
					as: this.as === "extension" ? "extension" : undefined,
					via_routing: this.as === "routing" ? this.routing : undefined,
					contact: row?.kind === "directory" ? (row.id ?? undefined) : undefined,
				},
			});
			this.app.dialling.shut();
			if (data) this.app.desk.draw(data.desk);
		} catch (cause) {
			const trouble = cause instanceof Trouble ? cause : new Trouble(0, "", String(cause));
			if (trouble.status === 401) this.app.refused(trouble);
			this.trouble = this.app.wording(trouble);
		}
		this.asked = false;
	}
}

// readsAsNumber says whether what was typed is meant as a number.
export function readsAsNumber(text: string): boolean {
	return text.trim() !== "" && !/\p{L}/u.test(text.replace(/^\s*(tel|sips?):/i, ""));
}
