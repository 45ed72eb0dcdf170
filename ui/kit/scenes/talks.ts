// Talks are the moments of a call that goes somewhere: calls out, two calls,
// transfers, conferences, recordings, and sound that has gone.
import type { App } from "../../banner/app.svelte";
import type { Sheet } from "../../banner/conversation.svelte";
import type { Call, Contact, Destination, Me, Transferring } from "../../wire/types";
import {
	ago,
	bob,
	call,
	claire,
	desk,
	hotel,
	mine,
	NOW,
	offer,
	party,
	pool,
	recording,
	transfer,
} from "./made";
import { activities, type Scene, talking } from "./scene";

export const queue = (id: string, name: string) => ({
	id,
	name,
	ring: 20,
	post: 30,
	late: 60,
	hold_reminder: 60,
});
export const me: Me = {
	id: "usr_ann",
	login: "ann",
	name: "Ann Martin",
	extension: "201",
	language: "en",
	station: "browser",
	company: { id: "com_demo", name: "Belfry Demo", zone: "Europe/Paris" },
	profile: { id: "pro_both", name: "Sales and support", auto_answer: false, no_decline: false },
	profiles: [
		{ id: "pro_both", name: "Sales and support" },
		{ id: "pro_sales", name: "Sales" },
	],
	rights: ["take_calls", "record", "pool_take", "pool_see", "call_out", "call_routed", "transfer"],
	dials: ["national", "mobile"],
	transfers_to: ["user", "queue", "group", "routing", "directory", "number"],
	routings: [
		{ id: "tre_welcome", name: "Welcome" },
		{ id: "tre_sales", name: "Sales" },
	],
	caller_id: { number: "+33100000000", display: "+33 1 00 00 00 00" },
	country: "FR",
	queues: [queue("que_sales", "Sales"), queue("que_support", "Support")],
	supervises: [],
	activities,
	build: "book",
};

const to = (change: Partial<Destination> & Pick<Destination, "kind" | "name">): Destination => ({
	id: change.name,
	extension: null,
	number: null,
	display: null,
	known: null,
	class: null,
	source: null,
	state: null,
	since: null,
	activity: null,
	status: null,
	queues: null,
	free: null,
	waiting: null,
	longest: null,
	reachable: true,
	reason: null,
	...change,
});
export const all: Destination[] = [
	to({
		kind: "user",
		name: "Bob Diallo",
		extension: "202",
		state: "ready",
		since: ago(31),
		activity: "Available",
		queues: "Sales",
	}),
	to({
		kind: "user",
		name: "Cho Nguyen",
		extension: "203",
		state: "talking",
		since: ago(252),
		activity: "Available",
		queues: "Support",
		reachable: false,
		reason: "busy",
	}),
	to({
		kind: "user",
		name: "Dan Weber",
		extension: "204",
		state: "unavailable",
		since: ago(720),
		activity: "Break",
		queues: "Support",
	}),
	to({
		kind: "user",
		name: "Sam Rossi",
		extension: "210",
		state: "off",
		reachable: false,
		reason: "away",
	}),
	to({ kind: "queue", name: "Sales", free: 3, waiting: 0 }),
	to({ kind: "queue", name: "Support", free: 0, waiting: 4, longest: ago(75) }),
	to({ kind: "group", name: "Overflow", free: 3, waiting: 4, longest: ago(75) }),
	to({ kind: "routing", name: "Welcome" }),
	to({ kind: "routing", name: "Opening hours" }),
	to({
		kind: "directory",
		name: "Claire Fontaine",
		number: claire.from,
		display: claire.from_display,
		class: "mobile",
		source: "crm",
	}),
	to({
		kind: "directory",
		name: "Hôtel du Parc",
		number: hotel.from,
		display: hotel.from_display,
		class: "national",
		source: "directory",
	}),
	to({
		kind: "directory",
		name: "Tate & Partners",
		number: "+442079460958",
		display: "+44 20 7946 0958",
		class: "international",
		source: "directory",
		reachable: false,
		reason: "not_allowed",
	}),
];

// destinations are what the server of the book knows.
export function destinations(kind: string, q: string): Destination[] {
	if (kind === "number")
		return q.replace(/\D/g, "").length < 9
			? []
			: [
					to({
						kind: "number",
						id: null,
						name: hotel.from_display,
						known: hotel.name,
						number: hotel.from,
						display: hotel.from_display,
						class: "national",
					}),
				];
	const kinds = kind === "queue" ? ["queue", "group"] : [kind];
	return all.filter(
		(one) => kinds.includes(one.kind) && one.name.toLowerCase().includes(q.toLowerCase()),
	);
}

export const card: Contact = {
	vip: true,
	id: "con_claire",
	name: "Claire Fontaine",
	numbers: [
		{ number: claire.from, display: claire.from_display },
		{ number: "+33144009988", display: "+33 1 44 00 99 88" },
	],
	source: "crm",
	organisation: "Fontaine & Fils",
	email: "claire@fontaine.example",
	note: "Prefers to be called in the morning.",
};

const out = (change: Partial<Call> = {}): Call =>
	call({
		id: "cal_2",
		interaction: "int_2",
		direction: "outbound",
		mode: "direct",
		colour: "ocean",
		from: "+33100000000",
		from_display: "+33 1 00 00 00 00",
		to: hotel.from,
		to_display: hotel.from_display,
		name: hotel.name,
		contact: "con_hotel",
		queue: null,
		queue_name: null,
		path: [],
		vars: [],
		caller_id: "+33100000000",
		caller_id_display: "+33 1 00 00 00 00",
		parties: [party({ leg: "leg_s2", name: hotel.name, number: hotel.from })],
		...change,
	});
const consult = (change: Partial<Call> = {}): Call =>
	call({
		...bob,
		id: "cal_30",
		interaction: "int_3",
		direction: "internal",
		mode: "direct",
		colour: "sky",
		from: "201",
		from_display: "201",
		to: "202",
		to_display: "202",
		contact: null,
		queue: null,
		queue_name: null,
		path: [],
		vars: [],
		began: ago(12),
		consult_for: "cal_1",
		parties: [
			party({ leg: "leg_b2", agent: "usr_bob", name: bob.name, number: "202", customer: false }),
		],
		...change,
	});
const transferring = (change: Partial<Transferring> = {}): Transferring => ({
	id: "tra_1",
	kind: "user",
	target: "Bob Diallo",
	attended: true,
	state: "ringing",
	reason: null,
	code: 0,
	consult: "cal_30",
	since: ago(6),
	...change,
});
const waits = (change: Partial<Transferring> = {}) =>
	call({ state: "held", held_since: ago(18), transferring: transferring(change) });
export const live = (...calls: Call[]): Scene => ({ desk: desk({ calls }, talking), pool: mine });
const tape = (change: Parameters<typeof recording>[0]): Scene =>
	live(call({ recording: recording(change) }));
const sheet =
	(begin: Omit<Sheet, "call"> = {}) =>
	(app: App) => {
		app.conversation.sheet = { call: "cal_1", ...begin };
	};

export const talkScenes: Record<string, Scene> = {
	dialing: {
		desk: desk(
			{ calls: [out({ state: "dialing", began: null, quality: null, parties: [] })] },
			{ state: "dialing" },
		),
		pool,
	},
	"ringing-out": {
		desk: desk(
			{ calls: [out({ state: "ringing", began: null, quality: null, parties: [] })] },
			{ state: "dialing" },
		),
		pool,
	},
	outbound: live(out()),
	failure: {
		desk: desk({
			failure: {
				call: "cal_2",
				to: hotel.from,
				to_display: hotel.from_display,
				name: hotel.name,
				reason: "busy",
				code: 486,
				at: ago(2),
				node: null,
			},
		}),
		pool,
	},
	recording: tape({
		state: "rolling",
		writing: true,
		rule: "manual",
		since: ago(30),
		may_start: false,
		may_stop: true,
		may_pause: true,
	}),
	"recording-automatic": tape({
		state: "rolling",
		writing: true,
		rule: "automatic",
		since: ago(84),
		may_start: false,
		may_pause: true,
		why_not: "automatic",
	}),
	"recording-paused": tape({
		state: "paused",
		rule: "manual",
		since: ago(30),
		resumes: new Date(NOW + 103_000).toISOString(),
		may_start: false,
		may_stop: true,
		may_pause: true,
	}),
	"recording-failed": tape({
		state: "failed",
		why: "disk_full",
		may_start: false,
		why_not: "not-now",
	}),
	"two-calls": live(
		call({ state: "held", held_since: ago(12), held: 48 }),
		out({ began: ago(12) }),
	),
	"transfer-user": { ...live(call()), set: sheet() },
	"transfer-chosen": {
		...live(call()),
		set: sheet({ text: "bob", note: "Contract FR-88213, wants fibre" }),
	},
	"transfer-queue": { ...live(call()), set: sheet({ kind: "queue" }) },
	"transfer-directory": { ...live(call()), set: sheet({ kind: "directory" }) },
	"transfer-number": { ...live(call()), set: sheet({ kind: "number", text: "01 44 00 10 22" }) },
	"transfer-ringing": live(
		waits(),
		consult({ state: "ringing", began: null, quality: null, parties: [] }),
	),
	"transfer-consulting": live(waits({ state: "consulting" }), consult()),
	"transfer-parked": live(
		call({ transferring: transferring({ state: "consulting" }) }),
		consult({ state: "held", held_since: ago(5) }),
	),
	"transfer-failed": live(
		waits({ state: "failed", reason: "no_answer", code: 480, consult: null }),
	),
	conference: live(
		call({
			parties: [
				party(),
				party({ leg: "leg_b2", agent: "usr_bob", name: bob.name, number: "202", customer: false }),
				party({
					leg: "leg_s2",
					name: hotel.name,
					number: hotel.from,
					muted: true,
					customer: false,
				}),
			],
		}),
	),
	"transfer-note": live(
		call({ transfer: transfer({ attended: true, note: "Contract FR-88213, wants fibre" }) }),
	),
	"transfer-returned": live(
		call({
			transfer: transfer({
				returned: true,
				reason: "no_answer",
				code: 480,
				target: "Bob Diallo",
			}),
		}),
	),
	"popup-returned": {
		desk: desk(
			{
				offer: offer("raspberry", {
					transfer: transfer({
						by: "usr_ann",
						by_name: "Ann Martin",
						returned: true,
						reason: "busy",
						code: 486,
						target: "Bob Diallo",
					}),
				}),
			},
			{ state: "presented", since: ago(2) },
		),
		pool,
	},
	"silent-them": live(call({ silent: "them" })),
	"silent-you": live(call({ silent: "you" })),
	"new-call": { desk: desk(), pool, set: (app) => app.dialling.show() },
	"new-call-number": { desk: desk(), pool, set: (app) => app.dialling.show("01 44 00 10 22") },
	"new-call-extension": {
		desk: desk(),
		pool,
		set: (app) => app.dialling.show("", "extension"),
	},
	"new-call-routing": {
		desk: desk(),
		pool,
		set: (app) => app.dialling.show("", "routing"),
	},
	directory: {
		desk: desk(),
		set: (app) => {
			app.view = "directory";
		},
	},
	"directory-empty": {
		desk: desk(),
		lists: false,
		set: (app) => {
			app.view = "directory";
		},
	},
	contact: {
		desk: desk(),
		set: (app) => {
			app.view = "directory";
			app.contacts.open("con_claire");
		},
	},
	"start-outside": {
		desk: desk(
			{},
			{ on_shift: false, state: "off", station: "outside", outside: "+33 6 12 34 56 78" },
		),
	},
};
