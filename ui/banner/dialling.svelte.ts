// Dialling is whether a call can be placed now, the sheet of a new one, and the
// calls that are placed without it: back to who called, or once more to who could
// not be reached.
import type { Failure } from "../wire/types";
import type { App } from "./app.svelte";

export type As = "number" | "extension" | "routing";

// CallBack is whom to call and why.
export interface CallBack {
	to: string;
	contact?: string | null;
	link?: string | null; // the interaction that this answers
}

export class Dialling {
	/** The sheet is open, and begins with these. */
	open = $state(false);
	text = $state("");
	as = $state<As>("number");

	constructor(private app: App) {}

	// why says what keeps a call from being placed, as a key; empty: nothing.
	why = $derived.by(() => {
		const { desk } = this.app;
		if (!desk.agent?.on_shift) return "dial.why_shift";
		if (desk.agent.station === "browser" && !desk.agent.station_up) return "dial.why_line";
		if (desk.offer) return "pool.offer_first";
		if (desk.calls.length > 1) return "dial.why_two";
		return "";
	});

	show(text = "", as: As = "number") {
		if (this.why || this.open || this.app.conversation.sheet) return;
		this.text = text;
		this.as = as;
		this.open = true;
	}

	shut = () => {
		this.open = false;
	};

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
