// App is the Banner's models put together, with what an agent can do in it. It
// knows no component: keys, buttons and the headset all come here.
import type { Client, Trouble } from "../wire/client";
import { Clock } from "../wire/clock.svelte";
import type { LinkState } from "../wire/stream";
import type { Activity, Agent, Call, Failure, Me, Offer, Post } from "../wire/types";
import { say, words } from "../words/words.svelte";
import { AudioModel } from "./audio.svelte";
import { ContactsModel } from "./contacts.svelte";
import { Conversation, reasonWord } from "./conversation.svelte";
import { DeskModel, type News } from "./desk.svelte";
import { Dialling } from "./dialling.svelte";
import { HistoryModel } from "./history.svelte";
import { MailboxModel } from "./mailbox.svelte";
import { announced, farEnd, who } from "./people";
import type { Pops } from "./pops.svelte";
import { Preferences } from "./preferences.svelte";
import { Toasts } from "./toasts.svelte";

export type View = "voice" | "history" | "voicemail" | "directory";
export const views: readonly View[] = ["voice", "history", "voicemail", "directory"];

const SHIELD = 800; // ms after an accept in which nothing can be ended
const GRACE = 30_000; // ms after which a lost line gives the call to others

export class App {
	clock: Clock;
	audio = new AudioModel();
	preferences = new Preferences();
	toasts = new Toasts();
	desk: DeskModel;
	history: HistoryModel;
	mailbox: MailboxModel;
	contacts: ContactsModel;
	conversation: Conversation;
	dialling: Dialling;

	me = $state.raw<Me>(); // what this user may do
	activities = $state.raw<Activity[]>([]);
	link = $state<LinkState>("connecting");
	lostSince = $state(0); // server's ms; 0 while the link stands
	view = $state<View>("voice");
	keypad = $state(false);
	help = $state(false);
	choosing = $state(false); // devices
	activityMenu = $state(false);
	mine = $state(false); // profile and status
	/** This user takes calls; a supervisor only looks on. */
	takesCalls = $state(true);
	/** A newer build of the pages is served: to be loaded when no call is on. */
	update = $state(false);
	shielded = $state(false);
	urgent = $state(""); // said at once by a screen reader
	calm = $state(""); // said when it is quiet
	/** Signs in again under a live page. */
	signIn: (login: string, password: string) => Promise<void> = async () => {};
	signOut: () => Promise<void> = async () => {};
	startLine: () => Promise<void> = async () => {};
	/** Shows the small Banner beside other windows. */
	openSmall: () => void = () => {};
	/** What buttons open; there once one is needed. */
	pops: Pops | undefined;
	/** Looks whether sound flows, and tells the server. */
	checkSound: () => Promise<void> = async () => {};

	constructor(
		readonly client: Client,
		clock = new Clock(),
	) {
		this.clock = clock;
		this.desk = new DeskModel(this.clock, (trouble) => this.refused(trouble));
		this.history = new HistoryModel(
			client,
			() => this.desk.agent?.id ?? "",
			() => this.clock.now,
		);
		this.mailbox = new MailboxModel(client);
		this.contacts = new ContactsModel(client);
		this.conversation = new Conversation(this);
		this.dialling = new Dialling(this);
		this.desk.hear((news) => this.#heard(news));
	}

	linkIs(state: LinkState) {
		if (state === "open") {
			if (this.lostSince) this.calm = say("link.back");
			this.lostSince = 0;
		} else if (!this.lostSince && this.link === "open") {
			this.lostSince = this.clock.now;
		}
		// A first look at a line that was just lost is not yet a connection.
		if (!(state === "connecting" && this.lostSince)) this.link = state;
	}

	// gone says that the line has been away for so long that the call is too.
	gone = $derived.by(() => this.lostSince > 0 && this.clock.now - this.lostSince > GRACE);

	activityName = (id: string | null | undefined): string => {
		const activity = this.activities.find((one) => one.id === id);
		if (!activity) return "";
		return (words.language === "fr" && activity.name_fr) || activity.name;
	};

	// What the agent may ask for.

	// In the small Banner the server takes only what its queue lets be taken there.
	accept = async (offer: Offer | undefined = this.desk.offer, small?: true) => {
		if (!offer) return; // any tab may answer: the sound is in the one that leads
		const params = { path: { id: offer.id }, query: { small } };
		const trouble = await this.desk.ask(
			`accept:${offer.id}`,
			() => this.client.POST("/api/v1/offers/{id}/accept", { params }),
			(desk) => desk.offer?.id !== offer.id,
		);
		if (trouble) this.desk.refuse(offer, this.wording(trouble));
	};

	decline = (offer: Offer | undefined = this.desk.offer) => {
		if (!offer || this.desk.asked(`accept:${offer.id}`)) return;
		const path = { id: offer.id };
		void this.desk.ask(
			`decline:${offer.id}`,
			() => this.client.POST("/api/v1/offers/{id}/decline", { params: { path } }),
			(desk) => desk.offer?.id !== offer.id,
		);
	};

	mute = (call: Call | undefined = this.desk.call) => {
		if (!call) return;
		const muted = call.muted;
		const params = { path: { id: call.id } };
		void this.desk.ask(
			`mute:${call.id}`,
			() =>
				muted
					? this.client.POST("/api/v1/calls/{id}/unmute", { params })
					: this.client.POST("/api/v1/calls/{id}/mute", { params }),
			(desk) => desk.calls.find((one) => one.id === call.id)?.muted !== muted,
		);
	};

	hold = (call: Call | undefined = this.desk.call) => {
		if (!call || this.conversation.notUp(call)) return;
		const held = call.state === "held";
		const params = { path: { id: call.id } };
		void this.desk.ask(
			`hold:${call.id}`,
			() =>
				held
					? this.client.POST("/api/v1/calls/{id}/resume", { params })
					: this.client.POST("/api/v1/calls/{id}/hold", { params }),
			(desk) => (desk.calls.find((one) => one.id === call.id)?.state === "held") !== held,
		);
	};

	hangUp = (call: Call | undefined = this.desk.call) => {
		if (!call || this.shielded) return;
		const path = { id: call.id };
		void this.desk.ask(
			`hangup:${call.id}`,
			() => this.client.POST("/api/v1/calls/{id}/hangup", { params: { path } }),
			(desk) => !desk.calls.some((one) => one.id === call.id),
		);
	};

	/** Goes to the caller before the whisper has ended. */
	skip = () => {
		const call = this.desk.calls.find((one) => one.whisper);
		if (!call) return;
		const params = { path: { id: call.id } };
		void this.desk.ask(
			`skip:${call.id}`,
			() => this.client.POST("/api/v1/calls/{id}/skip", { params }),
			(desk) => !desk.calls.some((one) => one.whisper),
		);
	};

	press = (call: Call, digit: string) => {
		const params = { path: { id: call.id } };
		return this.desk.ask(`dtmf:${call.id}:${crypto.getRandomValues(new Uint32Array(1))[0]}`, () =>
			this.client.POST("/api/v1/calls/{id}/dtmf", { params, body: { digits: digit } }),
		);
	};

	take = (call: string, small?: true) => {
		const params = { path: { call }, query: { small } };
		void this.desk.ask(
			`take:${call}`,
			() => this.client.POST("/api/v1/pool/{call}/take", { params }),
			(desk) => desk.offer?.call === call || desk.calls.some((one) => one.id === call),
		);
	};

	takeOldest = (small?: true) => {
		const row = this.desk.pool.waiting.find((one) => one.state === "waiting" && one.may_take);
		if (row) this.take(row.call, small);
	};

	openTransfer = (call: Call | undefined = this.desk.call) => {
		if (call && !this.conversation.whyNoTransfer(call)) this.conversation.sheet = { call: call.id };
	};

	extend = (post: Post | undefined = this.desk.post) => {
		if (!post) return;
		const { interaction } = post;
		void this.desk.ask(
			`extend:${interaction}`,
			() => this.client.POST("/api/v1/me/post/extend", { body: { interaction } }),
			(desk) =>
				desk.posts.find((one) => one.interaction === interaction)?.extended !== post.extended,
		);
	};

	endPost = (post: Post | undefined = this.desk.post) => {
		if (!post || (post.required && !post.qualified)) return;
		const { interaction } = post;
		void this.desk.ask(
			`end:${interaction}`,
			() => this.client.POST("/api/v1/me/post/end", { body: { interaction } }),
			(desk) => !desk.posts.some((one) => one.interaction === interaction),
		);
	};

	useStation = (kind: Agent["station"], number?: string) =>
		this.desk.ask(
			"station",
			() => this.client.PUT("/api/v1/me/station", { body: { kind, number } }),
			(desk) => desk.agent.station === kind,
		);

	setActivity = (activity: string) =>
		void this.desk.ask(
			"activity",
			() => this.client.PUT("/api/v1/me/activity", { body: { activity } }),
			(desk) => desk.agent.activity === activity || desk.agent.next_activity === activity,
		);

	comeBack = () => {
		const state = this.desk.agent?.state;
		void this.desk.ask(
			"return",
			() => this.client.POST("/api/v1/me/return"),
			(desk) => desk.agent.state !== state,
		);
	};

	startShift = (activity?: string) =>
		this.desk.ask(
			activity ? "start-break" : "start",
			() => this.client.POST("/api/v1/me/shift/start", { body: { activity } }),
			(desk) => desk.agent.on_shift,
		);

	endShift = () =>
		void this.desk.ask(
			"end-shift",
			() => this.client.POST("/api/v1/me/shift/end"),
			(desk) => !desk.agent.on_shift,
		);

	// loadLists brings what changes only with calls and people.
	async loadActivities() {
		try {
			const { data } = await this.client.GET("/api/v1/activities");
			this.activities = data?.items ?? [];
		} catch {
			// The menu says that it has no list; the stream's fate tells why.
		}
	}

	// wording is what a refusal is called on screen.
	wording = (trouble: Trouble): string => {
		if (trouble.by) return say("popup.taken_by", { name: trouble.by });
		const key = `trouble.${trouble.code}`;
		if (words.has(key)) return say(key);
		return words.language === "en" && trouble.message ? trouble.message : say("trouble.other");
	};

	// refused tells that the server did not do what was asked.
	refused(trouble: Trouble) {
		if (trouble.status === 401) this.link = "signed_out";
		else this.toasts.add(this.wording(trouble), "bad");
	}

	#heard(news: News) {
		switch (news.news) {
			case "offered":
				this.urgent = announced(news.offer);
				return;
			case "taken":
				this.toasts.add(news.by ? say("popup.taken_by", { name: news.by }) : say("popup.taken"));
				return;
			case "missed":
				this.toasts.add(say("popup.missed", { name: who(news.offer) }), "bad");
				return;
			case "fault":
				this.toasts.add(say("popup.fault"), "bad");
				return;
			case "withdrawn":
				this.toasts.add(say("popup.withdrawn"));
				return;
			case "began":
				this.#shield();
				this.help = this.choosing = this.keypad = false;
				this.history.close();
				this.contacts.close();
				this.view = "voice";
				this.calm = this.#begins(news.call);
				return;
			case "back":
				this.toasts.add(`${this.lostReason(news.reason)} ${say("device.back")}`.trim());
				return;
			case "failed":
				this.urgent = this.failureWord(news.failure);
				return;
			case "ended":
				this.keypad = false;
				this.conversation.sheet = undefined;
				this.calm = say(`post.ended_by.${news.by}`);
		}
	}

	// lostReason says why the device counted as lost.
	lostReason = (reason: string | null | undefined): string =>
		words.has(`reason.${reason}`) ? say(`reason.${reason}`) : "";

	// failureWord says why a call out came to nothing.
	failureWord = (failure: Failure): string =>
		reasonWord(failure.name ?? failure.to_display, failure.reason, failure.code, failure.node);

	#begins(call: Call): string {
		const name = who(farEnd(call, this.me?.extension));
		return this.conversation.notUp(call) && call.direction !== "inbound"
			? say("call.calls", { name })
			: say("call.began", { name });
	}

	#shield() {
		this.shielded = true;
		setTimeout(() => {
			this.shielded = false;
		}, SHIELD);
	}
}
