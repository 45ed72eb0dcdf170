// Conversation is what an agent does with calls beyond talking: two of them, a
// transfer, a conference, the recording, and sound that has gone.
import { Trouble } from "../wire/client";
import type { Call, Party, Transfer, Transferring } from "../wire/types";
import { say, words } from "../words/words.svelte";
import type { App } from "./app.svelte";
import type { Kind } from "./lister.svelte";

const OVER = new Set(["done", "cancelled"]);

export type Mode = "blind" | "attended";

export interface Sheet {
	call: string;
	kind?: Kind;
	text?: string;
	note?: string;
}

// Order is a transfer as it is asked for.
interface Order {
	call: string;
	mode: Mode;
	to: {
		user?: string;
		queue?: string;
		group?: string;
		routing?: string;
		contact?: string;
		number?: string;
	};
	name: string; // of the target, as it was shown
	note: string;
	wait: string; // kept, anew, or the seconds of seniority given
}

export class Conversation {
	/** The call whose destination is being chosen, and how the sheet begins. */
	sheet = $state.raw<Sheet>();
	/** How a transfer was asked for that the server has not answered yet. */
	sending = $state<Mode>();
	#last: Order | undefined;

	constructor(private app: App) {}

	// send transfers a call, and returns in words why it was refused.
	async send(order: Order): Promise<string> {
		if (this.sending) return "";
		this.sending = order.mode;
		try {
			const { data } = await this.app.client.POST("/api/v1/calls/{id}/transfer", {
				params: { path: { id: order.call } },
				body: {
					mode: order.mode,
					to: order.to,
					note: order.note || undefined,
					wait: order.wait === "anew" ? "anew" : undefined,
					raise_seconds: Number(order.wait) || undefined,
				},
			});
			this.#last = order;
			this.sheet = undefined;
			if (data) this.app.desk.draw(data.desk);
			if (order.mode === "blind") this.app.toasts.add(say("to.sent", { name: order.name }), "ok");
			return "";
		} catch (cause) {
			const trouble = cause instanceof Trouble ? cause : new Trouble(0, "", String(cause));
			if (trouble.status === 401 || !this.sheet) this.app.refused(trouble);
			return this.app.wording(trouble);
		} finally {
			this.sending = undefined;
		}
	}

	// again tries what has just failed once more.
	again = () => {
		if (this.#last) void this.send(this.#last);
	};

	// from is the call whose caller waits to be transferred.
	from = $derived.by<Call | undefined>(() =>
		this.app.desk.calls.find((call) => call.transferring && !OVER.has(call.transferring.state)),
	);
	transfer = $derived<Transferring | undefined>(this.from?.transferring ?? undefined);

	// swap makes a call that is on hold the active one; the other goes on hold.
	swap = (call: Call | undefined) => {
		if (call?.state === "held") this.app.hold(call);
	};

	// swapTo is swap by the place of the call's tab.
	swapTo = (place: number) => this.swap(this.app.desk.calls[place]);

	// Why nothing can be transferred now, or merged; empty: it can.
	whyNoTransfer = (call: Call): string => {
		if (this.transfer && this.transfer.state !== "failed") return say("call.transfer_runs");
		if (call.state !== "talking" && call.state !== "held") return this.notUp(call);
		if (this.app.me && this.app.me.transfers_to.length === 0) return say("call.no_transfer_right");
		return call.may_transfer ? "" : say("call.no_transfer_now");
	};

	whyNoMerge = $derived.by(() => {
		const states = this.app.desk.calls.map((call) => call.state);
		const two = states.includes("talking") && states.includes("held");
		return two ? "" : say("call.merge_needs_two");
	});

	// notUp says why nothing can be done with a call yet.
	notUp = (call: Call): string => {
		switch (call.state) {
			case "talking":
			case "held":
				return "";
			case "dialing":
			case "ringing":
			case "waiting":
				return say("call.not_answered");
			case "connecting":
				return say("call.connecting");
		}
		return say("call.reconnecting_short");
	};

	merge = () => {
		if (this.whyNoMerge) return;
		const held = this.app.desk.calls.find((call) => call.state === "held");
		const active = this.app.desk.calls.find((call) => call.state === "talking");
		if (!held || !active) return;
		// The customer's call is the one that stays.
		const [main, other] = active.consult_for === held.id ? [held, active] : [active, held];
		void this.app.desk.ask(
			"merge",
			() =>
				this.app.client.POST("/api/v1/calls/{id}/merge", {
					params: { path: { id: main.id } },
					body: { with: other.id },
				}),
			(desk) => desk.calls.length < 2,
		);
	};

	complete = () => {
		const id = this.transfer?.id;
		if (!id) return;
		void this.app.desk.ask(
			"complete",
			() => this.app.client.POST("/api/v1/transfers/{id}/complete", { params: { path: { id } } }),
			(desk) => !desk.calls.some((call) => call.transferring?.id === id),
		);
	};

	cancel = () => {
		const id = this.transfer?.id;
		if (!id) return;
		void this.app.desk.ask(
			"cancel",
			() => this.app.client.POST("/api/v1/transfers/{id}/cancel", { params: { path: { id } } }),
			(desk) => !desk.calls.some((call) => call.transferring?.id === id),
		);
	};

	muteParty = (call: Call, party: Party) => {
		const params = { path: { id: call.id, leg: party.leg } };
		void this.app.desk.ask(
			`mute:${party.leg}`,
			() =>
				party.muted
					? this.app.client.POST("/api/v1/calls/{id}/parties/{leg}/unmute", { params })
					: this.app.client.POST("/api/v1/calls/{id}/parties/{leg}/mute", { params }),
			(desk) =>
				desk.calls.flatMap((one) => one.parties).find((one) => one.leg === party.leg)?.muted !==
				party.muted,
		);
	};

	removeParty = (call: Call, party: Party) => {
		const params = { path: { id: call.id, leg: party.leg } };
		void this.app.desk.ask(
			`remove:${party.leg}`,
			() => this.app.client.POST("/api/v1/calls/{id}/parties/{leg}/remove", { params }),
			(desk) => !desk.calls.some((one) => one.parties.some((other) => other.leg === party.leg)),
		);
	};

	// recordable says why the recording button does nothing; empty: it does.
	whyNoRecording = (call: Call): string => {
		const tape = call.recording;
		const on = tape.state === "rolling" || tape.state === "paused";
		if (on ? tape.may_stop : tape.may_start) return "";
		if (!on && this.notUp(call)) return this.notUp(call);
		return say(`record.${tape.why_not ?? "not-now"}`);
	};

	record = (call: Call | undefined) => {
		if (!call || this.whyNoRecording(call)) return;
		const on = call.recording.state === "rolling" || call.recording.state === "paused";
		this.#tape(call, on ? "stop" : "start");
	};

	pause = (call: Call) => this.#tape(call, call.recording.state === "paused" ? "resume" : "pause");

	#tape(call: Call, order: "start" | "stop" | "pause" | "resume") {
		const params = { path: { id: call.id } };
		const before = call.recording.state;
		const { client } = this.app;
		const send = {
			start: () => client.POST("/api/v1/calls/{id}/recording/start", { params }),
			stop: () => client.POST("/api/v1/calls/{id}/recording/stop", { params }),
			pause: () => client.POST("/api/v1/calls/{id}/recording/pause", { params }),
			resume: () => client.POST("/api/v1/calls/{id}/recording/resume", { params }),
		}[order];
		void this.app.desk.ask(
			`record:${call.id}`,
			send,
			(desk) => desk.calls.find((one) => one.id === call.id)?.recording.state !== before,
		);
	}

	// repair offers anew the audio of the side that is not heard. The browser's own
	// line is opened anew here.
	repair = (call: Call) => {
		if (call.silent === "you" && this.app.desk.agent?.station === "browser") {
			void this.app.startLine();
			return;
		}
		void this.app.desk.ask(
			`repair:${call.id}`,
			() =>
				this.app.client.POST("/api/v1/calls/{id}/repair", { params: { path: { id: call.id } } }),
			(desk) => !desk.calls.find((one) => one.id === call.id)?.silent,
		);
	};
}

// reasonWord says in words why somebody could not be reached: by our own reason,
// else by what signalling said. node is the step of a Smart Routing at fault.
export function reasonWord(
	name: string,
	reason: string | null,
	code: number,
	node: string | null = null,
): string {
	const known = [node && `${reason}_node`, reason, code].find(
		(one) => one && words.has(`why.${one}`),
	);
	const word = say(`why.${known ?? "other"}`, { name, node: node ?? "" });
	return code > 0 ? `${word} (${code})` : word;
}

// returned says that a transfer came to nothing and the call is back.
export function returned(transfer: Transfer): string {
	return say("transfer.returned", {
		why: reasonWord(transfer.target ?? say("transfer.somebody"), transfer.reason, transfer.code),
	});
}
