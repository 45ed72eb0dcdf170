// Pops opens what a company's buttons lead to. Every page of the agent sees what
// is to be opened and asks for it; the server lets one have it.
import "../words/pops";
import { SvelteSet } from "svelte/reactivity";
import type { CallButton, Desk, Pop } from "../wire/types";
import { say, words } from "../words/words.svelte";
import type { App } from "./app.svelte";

// A page that nobody looks at lets one that is looked at ask first.
const POLITE = 250; // ms

// The browser's part of it: a test puts its own here.
export interface Browser {
	open(address: string, target: string, features?: string): Window | null;
	load(address: string): void;
	hidden(): boolean;
	pause(ms: number): Promise<void>;
}

const browser: Browser = {
	open: (address, target, features) => window.open(address, target, features),
	load: (address) =>
		void fetch(address, { mode: "no-cors", credentials: "include", keepalive: true }).catch(
			() => {},
		),
	hidden: () => document.visibilityState === "hidden",
	pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export class Pops {
	/** Pops that this page was to open, and the browser did not let it. */
	blocked = new SvelteSet<string>();
	#tried = new Set<string>();

	constructor(
		private app: App,
		private by: Browser = browser,
	) {}

	follow(desk: Desk) {
		for (const pop of desk.pops) if (pop.state === "open") void this.#claim(pop);
	}

	async #claim(pop: Pop) {
		if (this.#tried.has(pop.id)) return;
		this.#tried.add(pop.id);
		if (this.by.hidden()) await this.by.pause(POLITE);
		let opens = false;
		try {
			const params = { path: { id: pop.id } };
			const { data } = await this.app.client.POST("/api/v1/me/pops/{id}/claim", { params });
			opens = data?.opens === true;
		} catch {
			return; // nobody knows, and the button is there still
		}
		if (!opens) return; // another page was first
		if (!this.open(pop.button)) this.blocked.add(pop.id);
	}

	/** Opens a button's address; false when the browser does not let it. */
	open(button: CallButton): boolean {
		if (!button.address) return false;
		if (button.where === "hidden") {
			this.by.load(button.address);
			return true;
		}
		if (button.where === "window") {
			const size = "popup,width=1100,height=800";
			const opened = this.by.open(button.address, `belfry-pop-${button.id}`, size);
			opened?.focus();
			return opened !== null;
		}
		const opened = this.by.open(button.address, "_blank");
		if (opened) opened.opener = null;
		return opened !== null;
	}

	/** The agent presses a button: a window must be opened in the click itself. */
	press(interaction: string, button: CallButton) {
		if (button.kind === "url" && !this.open(button)) return;
		const path = { id: interaction, button: button.id };
		void this.app.desk.ask(`pop:${interaction}:${button.id}`, () =>
			this.app.client.POST("/api/v1/interactions/{id}/buttons/{button}", { params: { path } }),
		);
	}

	/** The link that stands in for a window was followed. */
	opened(pop: Pop) {
		this.blocked.delete(pop.id);
	}

	/** How a button went the last time it was carried out for the call. */
	last(interaction: string, button: string): Pop | undefined {
		return this.app.desk.desk?.pops.find(
			(pop) => pop.interaction === interaction && pop.button.id === button,
		);
	}
}

// outcome is how a button went, in a word or two.
export function outcome(state: string, status: number | null, why: string | null): string {
	const word = say(`pops.${state}`, { status: status ?? "" });
	return why && words.has(`pops.why.${why}`) ? `${word}: ${say(`pops.why.${why}`)}` : word;
}

/** The one of this page. */
export const popsOf = (app: App): Pops => {
	app.pops ??= new Pops(app);
	return app.pops;
};
