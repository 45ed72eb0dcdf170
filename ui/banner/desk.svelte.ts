// DeskModel holds what the server drew and passes on what the agent asks for.
// It never guesses: a control that was pressed shows that it was asked until a
// desk says that it is so.
import { Trouble } from "../wire/client";
import type { Clock } from "../wire/clock.svelte";
import type { Call, Desk, Failure, Offer, Pool } from "../wire/types";

// Ending is what stands in the popup's place for a moment after an offer.
export interface Ending {
	kind: "connected" | "left" | "refused";
	offer: Offer;
	text: string; // why it was refused
	until: number; // server's ms
}

// News is what happened between two desks, for those who say it aloud.
export type News =
	| { news: "offered"; offer: Offer }
	| { news: "taken"; by: string }
	| { news: "missed"; offer: Offer }
	| { news: "fault"; offer: Offer }
	| { news: "withdrawn" }
	| { news: "began"; call: Call }
	| { news: "failed"; failure: Failure }
	| { news: "back"; reason: string }
	| { news: "ended"; by: string };

interface Asking {
	done: (desk: Desk) => boolean;
	turn: number; // which press it was
}

const ACCEPTED_STAYS = 800; // ms: also keeps a double click off what lies below
const AUTO_STAYS = 3_000;
const LEFT_STAYS = 2_000;
const REFUSED_STAYS = 3_000;
const DESK_SILENT = 3_000; // ms after which an asked thing may be asked again

export class DeskModel {
	desk = $state.raw<Desk>();
	pool = $state.raw<Pool>({ at: "", waiting: [], total: 0 });
	ending = $state.raw<Ending>();
	#asking = $state<Record<string, Asking>>({});
	#turn = 0;
	#past: Call[] = []; // the last calls as they were drawn, newest first
	#listeners: ((news: News) => void)[] = [];

	agent = $derived(this.desk?.agent);
	offer = $derived(this.desk?.offer ?? undefined);
	calls = $derived(this.desk?.calls ?? []);
	call = $derived(this.calls.find((call) => call.state !== "held") ?? this.calls[0]);
	post = $derived(this.desk?.post ?? undefined);

	constructor(
		private clock: Clock,
		private failed: (trouble: Trouble) => void = () => {},
	) {}

	// shownEnding is the ending while it is news.
	get shownEnding(): Ending | undefined {
		return this.ending && this.clock.now < this.ending.until && !this.offer
			? this.ending
			: undefined;
	}

	hear(listener: (news: News) => void) {
		this.#listeners.push(listener);
	}

	// draw replaces the desk by a newer one; an older one is late news.
	draw(desk: Desk): boolean {
		const before = this.desk;
		if (before && before.epoch === desk.epoch && desk.seq < before.seq) return false;
		this.clock.heard(desk.at);
		const over = before?.calls.filter((old) => !desk.calls.some((call) => call.id === old.id));
		if (over?.length) this.#past = [...over, ...this.#past].slice(0, 4);
		this.desk = desk;
		for (const [key, asking] of Object.entries(this.#asking))
			if (asking.done(desk)) delete this.#asking[key];
		this.#tell(before, desk);
		return true;
	}

	// past is a call that is over, as it was drawn last; nothing after a reload.
	past = (interaction: string): Call | undefined =>
		this.#past.find((call) => call.interaction === interaction);

	drawPool(pool: Pool) {
		this.pool = pool;
	}

	asked = (key: string): boolean => key in this.#asking;

	// ask sends once what the agent wants; done says by which desk it has come
	// about. It returns the trouble when it was refused.
	async ask(
		key: string,
		send: () => Promise<unknown>,
		done: (desk: Desk) => boolean = () => true,
	): Promise<Trouble | undefined> {
		if (key in this.#asking) return undefined;
		const turn = ++this.#turn;
		this.#asking[key] = { done, turn };
		try {
			const answer = (await send()) as { data?: unknown } | undefined;
			// Most orders answer with the desk, or with what they made and the desk.
			const data = answer?.data as (Desk & { desk?: Desk }) | undefined;
			const drawn = data?.desk ?? data;
			if (drawn?.seq !== undefined && drawn.agent) this.draw(drawn);
		} catch (cause) {
			delete this.#asking[key];
			const trouble = cause instanceof Trouble ? cause : new Trouble(0, "", String(cause));
			this.failed(trouble);
			return trouble;
		}
		if (this.desk && done(this.desk)) delete this.#asking[key];
		setTimeout(() => {
			if (this.#asking[key]?.turn === turn) delete this.#asking[key];
		}, DESK_SILENT);
		return undefined;
	}

	// refuse turns the popup into the reason why it could not be accepted.
	refuse(offer: Offer, text: string) {
		this.ending = { kind: "refused", offer, text, until: this.clock.now + REFUSED_STAYS };
	}

	#tell(before: Desk | undefined, desk: Desk) {
		if (desk.offer && desk.offer.id !== before?.offer?.id) {
			this.ending = undefined;
			this.#say({ news: "offered", offer: desk.offer });
		}
		if (before?.offer && before.offer.id !== desk.offer?.id) this.#offerGone(before.offer, desk);
		for (const call of desk.calls)
			if (before && !before.calls.some((old) => old.id === call.id))
				this.#say({ news: "began", call });
		if (desk.back && desk.back.at !== before?.back?.at)
			this.#say({ news: "back", reason: desk.back.reason });
		if (desk.failure && desk.failure.at !== before?.failure?.at)
			this.#say({ news: "failed", failure: desk.failure });
		if (desk.post && !before?.post && before) this.#say({ news: "ended", by: desk.post.ended_by });
	}

	#offerGone(offer: Offer, desk: Desk) {
		const now = this.clock.now;
		if (desk.calls.some((call) => call.id === offer.call)) {
			const until = now + (offer.auto ? AUTO_STAYS : ACCEPTED_STAYS);
			this.ending = { kind: "connected", offer, text: "", until };
			return;
		}
		if (desk.last?.offer !== offer.id) return;
		switch (desk.last.outcome) {
			case "caller_left":
				this.ending = { kind: "left", offer, text: "", until: now + LEFT_STAYS };
				return;
			case "lost_to_other":
				this.#say({ news: "taken", by: desk.last.by ?? "" });
				return;
			case "ignored":
				this.#say({ news: "missed", offer });
				return;
			case "device_fault":
				this.#say({ news: "fault", offer });
				return;
			case "withdrawn":
				this.#say({ news: "withdrawn" });
		}
	}

	#say(news: News) {
		for (const listener of this.#listeners) listener(news);
	}
}
