// Dialling is the sheet of a new call, and every call that is placed without it:
// back to who called, or once more to who could not be reached.
import { Trouble } from "../wire/client";
import type { Destination, Failure } from "../wire/types";
import type { App } from "./app.svelte";
import { type Kind, keyOf, Lister, step } from "./lister.svelte";

export type As = "number" | "extension" | "routing";

// CallBack is whom to call and why.
export interface CallBack {
	to: string;
	contact?: string | null;
	link?: string | null; // the interaction that this answers
}

export class Dialling {
	open = $state(false);
	as = $state<As>("number");
	text = $state("");
	routing = $state("");
	picked = $state("");
	trouble = $state("");
	asked = $state(false);
	list: Lister;

	constructor(private app: App) {
		this.list = new Lister(app.client, "call");
	}

	// what is looked up for what is typed.
	#kind = $derived<Kind>(
		this.as === "extension" ? "user" : readsAsNumber(this.text) ? "number" : "directory",
	);

	show(text = "") {
		if (this.why) return;
		this.open = true;
		this.as = "number";
		this.routing = this.app.me?.routings[0]?.id ?? "";
		this.trouble = this.picked = "";
		this.asked = false;
		this.text = text;
		this.list.clear();
		void this.list.look(this.#kind, text);
	}

	shut = () => {
		this.open = false;
		this.list.clear();
	};

	turn(as: As) {
		this.as = as;
		this.trouble = this.picked = "";
		this.list.clear();
		void this.list.look(this.#kind, this.text);
	}

	type(text: string) {
		this.text = text;
		this.trouble = this.picked = "";
		this.list.typed(this.#kind, text);
	}

	move(by: 1 | -1) {
		this.picked = step(this.list.items, this.picked, by);
	}

	// why says what keeps a call from being placed, as a key; empty: nothing.
	why = $derived.by(() => {
		const { desk } = this.app;
		if (!desk.agent?.on_shift) return "dial.why_shift";
		if (desk.agent.station === "browser" && !desk.agent.station_up) return "dial.why_line";
		if (desk.offer) return "pool.offer_first";
		if (desk.calls.length > 1) return "dial.why_two";
		return "";
	});

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
			this.shut();
			if (data) this.app.desk.draw(data.desk);
		} catch (cause) {
			const trouble = cause instanceof Trouble ? cause : new Trouble(0, "", String(cause));
			if (trouble.status === 401) this.app.refused(trouble);
			this.trouble = this.app.wording(trouble);
		}
		this.asked = false;
	}

	// back calls somebody at once.
	back = (who: CallBack) => {
		void this.app.desk.ask(`call:${who.to}`, () =>
			this.app.client.POST("/api/v1/calls", {
				body: { to: who.to, contact: who.contact ?? undefined, link: who.link ?? undefined },
			}),
		);
	};

	again = (failure: Failure) => this.back({ to: failure.to });
}

// readsAsNumber says whether what was typed is meant as a number.
export function readsAsNumber(text: string): boolean {
	return text.trim() !== "" && !/\p{L}/u.test(text.replace(/^\s*(tel|sips?):/i, ""));
}

// dialLink reads #dial=… of the page's address: what a tel: link leads to.
export function dialLink(hash: string): string {
	const found = /^#dial=(.+)$/.exec(hash)?.[1];
	if (!found) return "";
	try {
		return decodeURIComponent(found).replace(/^tel:/i, "").trim();
	} catch {
		return "";
	}
}
