// Scenes are fixed moments of an agent's day for the book: desks as the server
// draws them, and what else stands on the screen then.
import type { App } from "../banner/app.svelte";
import type { Device } from "../banner/devices.svelte";
import type { ShiftModel } from "../banner/shift.svelte";
import type {
	Call,
	Caller,
	Colour,
	Desk,
	Interaction,
	InteractionWhole,
	Live,
	Offer,
	Party,
	Peaks,
	Pool,
	PoolCall,
	Post,
	Recording,
	RecordingComment,
	RecordingWhole,
	Transfer,
	VoiceMessage,
} from "../wire/types";

export const NOW = Date.parse("2026-11-20T09:41:30.000Z");
export const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

export const person = (from: string, from_display: string, name: string | null = null) => ({
	from,
	from_display,
	from_name: "",
	anonymous: false,
	name,
});
export const claire = person("+33612345678", "+33 6 12 34 56 78", "Claire Fontaine");
export const hotel = person("+33144001022", "+33 1 44 00 10 22", "Hôtel du Parc");
export const bob = person("202", "202", "Bob Diallo");
export const london = person("+442079460958", "+44 20 7946 0958");
const masked: Caller & { name: null } = {
	from: "",
	from_display: "",
	from_name: "",
	anonymous: true,
	name: null,
};

const path = [
	["start", "Welcome", 0, "next", ""],
	["play", "Greeting", 0, "played", ""],
	["hours", "Opening hours", 4, "open", ""],
	["menu", "Main menu", 5, "1", "key 1"],
	["queue", "Sales", 12, "answered", ""],
].map(([kind, name, at, output, what], index) => ({
	node: `n${index}`,
	kind: String(kind),
	name: String(name),
	at: ago(150 - Number(at)),
	output: String(output),
	what: String(what),
}));
const vars = [
	{ name: "contract", value: "FR-88213", source: "collect", secret: false },
	{ name: "segment", value: "Gold", source: "set", secret: false },
	{ name: "card_number", value: null, source: "collect", secret: true },
];

export function desk(change: Partial<Desk> = {}, agent: Partial<Desk["agent"]> = {}): Desk {
	return {
		at: ago(0),
		epoch: 1,
		seq: 100,
		agent: {
			id: "usr_ann",
			name: "Ann Martin",
			on_shift: true,
			state: "ready",
			since: ago(755),
			reason: null,
			activity: "act_calls",
			next_activity: null,
			activity_since: ago(755),
			activity_limit: null,
			status: { kind: "", text: "" },
			profile: "pro_both",
			next_profile: null,
			declines: 0,
			station: "browser",
			station_up: true,
			phone_up: false,
			outside: null,
			auto_answer: false,
			misses: 0,
			...agent,
		},
		offer: null,
		last: null,
		calls: [],
		post: null,
		posts: change.post ? [change.post] : [],
		to_qualify: [],
		failure: null,
		missed: [
			{
				interaction: "int_1",
				offer: "off_m1",
				...hotel,
				queue: "que_sales",
				queue_name: "Sales",
				at: ago(1290),
				cause: "ignored",
			},
			{
				interaction: "int_2",
				offer: "off_m2",
				...london,
				queue: null,
				queue_name: null,
				at: ago(4000),
				cause: "declined",
			},
		],
		today: { answered: 14, ended: 14, talk: 2548, post: 574, missed: 1 },
		queues: [
			{ id: "que_sales", name: "Sales", waiting: 2, longest: ago(47) },
			{ id: "que_support", name: "Support", waiting: 0, longest: null },
		],
		...change,
	};
}

const after = (interaction: string, from: typeof claire): Post => ({
	call: `cal_${interaction}`,
	interaction,
	...from,
	queue: "que_sales",
	queue_name: "Sales",
	began: ago(21),
	ends: new Date(NOW + 39_000).toISOString(),
	extended: 0,
	may_extend: 3,
	step: 30,
	ended_by: "caller",
	talk: 251,
	until_closed: false,
	required: false,
	qualified: false,
	waits: false,
});

export function offer(colour: Colour, change: Partial<Offer> = {}): Offer {
	const queue = colour === "raspberry" || colour === "lilac";
	const from = { raspberry: claire, ocean: london, sky: bob, lilac: hotel }[colour];
	return {
		id: `off_${colour}`,
		preview: colour === "lilac" ? { asked: ago(300), attempt: 1, attempts: 3, last: null } : null,
		call: "cal_9",
		colour,
		...from,
		queue: queue ? "que_sales" : null,
		queue_name: queue ? "Sales" : null,
		waited: 47,
		transfer: null,
		made: ago(2),
		drawn: ago(1),
		expires: new Date(NOW + 16_000).toISOString(),
		ring: 20,
		auto: false,
		codec: "PCMA",
		relaxed: null,
		small: true,
		assigned_by: null,
		...change,
	};
}

export const party = (change: Partial<Party> = {}): Party => ({
	leg: "leg_s1",
	agent: null,
	name: claire.name,
	number: claire.from,
	display: claire.from_display,
	state: "talking",
	muted: false,
	customer: true,
	...change,
});

export const recording = (change: Partial<Recording> = {}): Recording => ({
	id: null,
	state: "none",
	writing: false,
	rule: null,
	since: null,
	resumes: null,
	why: null,
	may_start: true,
	may_stop: false,
	may_pause: false,
	why_not: null,
	...change,
});

export const transfer = (change: Partial<Transfer> = {}): Transfer => ({
	by: "usr_cho",
	by_name: "Cho Nguyen",
	attended: false,
	note: "",
	returned: false,
	reason: null,
	code: 0,
	target: null,
	...change,
});

export function call(change: Partial<Call> = {}): Call {
	return {
		id: "cal_1",
		interaction: "int_9",
		direction: "inbound",
		mode: "smart",
		colour: "raspberry",
		state: "talking",
		...claire,
		to: "+33100000000",
		to_display: "+33 1 00 00 00 00",
		contact: "con_claire",
		queue: "que_sales",
		queue_name: "Sales",
		came: ago(140),
		began: ago(84),
		held_since: null,
		held: 0,
		muted: false,
		far_held: false,
		hushed: false,
		codec: "PCMA",
		relaxed: null,
		waited: 47,
		path,
		vars,
		quality: {
			mos_in: 4.4,
			mos_out: 4.3,
			loss_in: 0,
			loss_out: 0,
			jitter_in_ms: 4,
			jitter_out_ms: 6,
			round_trip_ms: 42,
			packets_in: 4000,
			packets_out: 4000,
		},
		may_record: false,
		transfer: null,
		parties: [party()],
		transferring: null,
		consult_for: null,
		recording: recording(),
		may_transfer: true,
		caller_id: null,
		caller_id_display: null,
		whisper: false,
		silent: null,
		...change,
	};
}

export const row = (change: Partial<PoolCall> & { call: string }): PoolCall => ({
	...claire,
	queue: "que_sales",
	queue_name: "Sales",
	state: "waiting",
	since: ago(47),
	late: false,
	offered_to: null,
	may_take: true,
	transfer: null,
	relaxed: null,
	waits_for: null,
	callback: false,
	small: true,
	may_assign: false,
	why: null,
	...change,
});
export const waiting = [
	row({ call: "cal_2", ...hotel, queue_name: "Support", since: ago(183), late: true }),
	row({ call: "cal_3", ...claire }),
	row({
		call: "cal_4",
		...london,
		since: ago(22),
		may_take: false,
		state: "presented",
		offered_to: "Bob Diallo",
	}),
	row({
		call: "cal_5",
		...masked,
		since: ago(9),
		transfer: transfer(),
	}),
];
export const pool: Pool = { at: ago(0), waiting, total: 4 };
export const mine: Pool = {
	at: ago(0),
	waiting: [row({ call: "cal_1", state: "mine", since: ago(84), may_take: false }), ...waiting],
	total: 5,
};

const tape = { id: "rec_1", length: 251, state: "ready" as const, failed: null };
const unasked = { rule: "automatic", by: null, by_name: null };
export const taped: RecordingWhole = {
	...tape,
	interaction: "int_1",
	queue: "que_sales",
	queue_name: "Sales",
	began: ago(1750),
	kept: ago(1490),
	rate: 16_000,
	sha256: "feed",
	audio: "/api/v1/recordings/rec_1/audio",
	file_name: "2026-11-20T091220Z_Sales_cal_1.wav",
	segments: [
		{ ...unasked, kind: "talk", from: 0, until: 84 },
		{ ...unasked, kind: "hold", from: 84, until: 96 },
		{ ...unasked, kind: "talk", from: 96, until: 140 },
		{
			kind: "paused",
			rule: "manual",
			by: "usr_ann",
			by_name: "Ann Martin",
			from: 140,
			until: 172,
		},
		{ ...unasked, kind: "conference", from: 172, until: 251 },
	],
	parties: [
		{
			side: "customer",
			agent: null,
			name: "Claire Fontaine",
			number: claire.from,
			from: 0,
			until: 251,
		},
		{ side: "agent", agent: "usr_ann", name: "Ann Martin", number: null, from: 0, until: 251 },
		{ side: "agent", agent: "usr_bob", name: "Bob Diallo", number: null, from: 172, until: 251 },
	],
	hold: null,
	deleted: null,
};
// Two people who take turns, silent where the recording was.
const speaks = (at: number, side: number) => {
	const second = (at * 251) / 1200;
	if (second >= 140 && second < 172) return 0;
	if (second >= 84 && second < 96) return 0;
	const turn = Math.sin(second / 5) > 0 ? 0 : 1;
	return turn === side ? Math.round(20 + 90 * Math.abs(Math.sin(at * 1.7) * Math.cos(at / 23))) : 1;
};
const sideOf = (side: number) =>
	Array.from({ length: 2400 }, (_, i) => speaks(i >> 1, side) * (i % 2 ? 1 : -1));
export const remarks: RecordingComment[] = [
	{
		id: "com_1",
		at: 41,
		text: "Asks for delivery on Monday; promised.",
		user: "usr_ann",
		user_name: "Ann Martin",
		written: "2026-11-22T10:20:00Z",
	},
	{
		id: "com_2",
		at: 187,
		text: "Nice closing. Keep for the training.",
		user: "usr_sam",
		user_name: "Sam Rossi",
		written: "2026-11-22T11:02:00Z",
	},
];
export const peaks: Peaks = { points: 1200, length: 251, left: sideOf(0), right: sideOf(1) };

const interaction = (id: string, change: Partial<Interaction> = {}): Interaction => ({
	id,
	call: id.replace("int", "cal"),
	direction: "inbound",
	mode: "smart",
	...claire,
	to: "+33100000000",
	to_display: "+33 1 00 00 00 00",
	contact: null,
	queue: "que_sales",
	queue_name: "Sales",
	agent: "usr_ann",
	agent_name: "Ann Martin",
	outcome: "answered",
	ended_by: "caller",
	came: ago(1800),
	answered: ago(1750),
	ended: ago(1500),
	waited: 38,
	talk: 251,
	held: 12,
	missed: false,
	recordings: [],
	parent: null,
	...change,
});
export const interactions = [
	interaction("int_1", { recordings: [tape] }),
	interaction("int_2", {
		...hotel,
		outcome: "abandoned",
		agent: null,
		agent_name: null,
		talk: 0,
		missed: true,
		came: ago(2400),
	}),
	interaction("int_3", {
		...bob,
		direction: "internal",
		queue: null,
		queue_name: null,
		talk: 61,
		came: ago(5400),
	}),
	interaction("int_4", {
		...london,
		direction: "outbound",
		to: "+442079460958",
		to_display: "+44 20 7946 0958",
		name: null,
		talk: 722,
		came: ago(9000),
	}),
	interaction("int_5", {
		...masked,
		outcome: "voice_mailbox",
		queue_name: "Support",
		agent: null,
		agent_name: null,
		talk: 0,
		came: ago(90_000),
	}),
];
const cause = { why: "hung_up", code: null, q850: null, reason: null };
export const whole: InteractionWhole = {
	...interaction("int_1", { recordings: [tape] }),
	cause,
	caller_id: null,
	forwarded: null,
	talks: [],
	transfers: [],
	path,
	vars,
	distributions: [],
	legs: [],
	qualifications: [],
	sip_call_id: "a84b4c76e66710",
	offers: [
		{
			id: "off_1",
			agent: "usr_bob",
			agent_name: "Bob Diallo",
			queue: "que_sales",
			made: ago(1790),
			drawn: ago(1789),
			ended: ago(1770),
			outcome: "ignored",
			cause,
		},
		{
			id: "off_2",
			agent: "usr_ann",
			agent_name: "Ann Martin",
			queue: "que_sales",
			made: ago(1770),
			drawn: ago(1769),
			ended: ago(1750),
			outcome: "answered",
			cause,
		},
	],
};
export const decisions = [
	{
		offer: "off_1",
		agent: "usr_bob",
		agent_name: "Bob Diallo",
		queue: "que_sales",
		queue_name: "Sales",
		at: ago(1790),
		outcome: "ignored",
		strategy: "longest_idle",
		call_score: [],
		candidates: [
			{
				agent: "usr_bob",
				agent_name: "Bob Diallo",
				eligible: true,
				reason: "chosen",
				score: 312_000,
				terms: [],
			},
			{
				agent: "usr_ann",
				agent_name: "Ann Martin",
				eligible: true,
				reason: "idle_less_long",
				score: 95_000,
				terms: [],
			},
			{
				agent: "usr_cho",
				agent_name: "Cho Nguyen",
				eligible: false,
				reason: "talking",
				score: 0,
				terms: [],
			},
		],
		others: [{ reason: "off", count: 3 }],
	},
];
const message = (id: string, change: Partial<VoiceMessage> = {}): VoiceMessage => ({
	id,
	interaction: "int_5",
	audio: `/api/v1/voice-messages/${id}/audio`,
	mailbox: "box_front",
	mailbox_name: "Front desk",
	...hotel,
	left: ago(3600),
	length: 23.4,
	heard: null,
	heard_by: null,
	done: null,
	done_by: null,
	...change,
});
export const messages = [
	message("vm_1"),
	message("vm_2", {
		...london,
		name: null,
		length: 11,
		left: ago(7000),
		heard: ago(60),
		heard_by: "Ann Martin",
	}),
	message("vm_3", {
		...claire,
		length: 64,
		left: ago(90_000),
		heard: ago(80_000),
		done: ago(70_000),
		done_by: "Bob Diallo",
	}),
];
export const activities = [
	{
		id: "act_calls",
		name: "Available",
		name_fr: "Disponible",
		category: "processing" as const,
		colour: "green" as const,
	},
	{
		id: "act_mail",
		name: "E-mail",
		name_fr: "Courriels",
		category: "productive_unavailability" as const,
		colour: "purple" as const,
	},
	{
		id: "act_break",
		name: "Break",
		name_fr: "Pause",
		category: "non_productive_unavailability" as const,
		colour: "blue" as const,
	},
];

export interface Scene {
	live?: Live;
	desk?: Desk;
	pool?: Pool;
	lists?: boolean; // false: the server has none
	set?: (app: App, shift: ShiftModel) => void;
	page?: "live" | "login" | "setup" | "setup-lost" | "parts";
}

export const talking = { state: "talking", since: ago(84) } as const;
const offShift = { on_shift: false, state: "off", station_up: false, activity: null } as const;

export const scenes: Record<string, Scene> = {
	parts: { page: "parts" },
	login: { page: "login" },
	setup: { page: "setup" },
	"setup-lost": { page: "setup-lost" },
	idle: { desk: desk(), pool },
	empty: {
		desk: desk({
			missed: [],
			queues: desk().queues.map((queue) => ({ ...queue, waiting: 0, longest: null })),
		}),
	},
	away: { desk: desk({}, { state: "unavailable", activity: "act_break" }), pool },
	"popup-raspberry": {
		desk: desk(
			{
				offer: offer("raspberry", {
					transfer: transfer({ attended: true, note: "Contract FR-88213, wants fibre" }),
				}),
			},
			{ state: "presented", since: ago(2) },
		),
		pool,
	},
	"popup-ocean": {
		desk: desk({ offer: offer("ocean") }, { state: "presented", since: ago(2) }),
		pool,
	},
	"popup-sky": {
		desk: desk(
			{ offer: offer("sky", { expires: new Date(NOW + 4_000).toISOString() }) },
			{ state: "presented", since: ago(2) },
		),
		pool,
	},
	"popup-lilac": {
		desk: desk({ offer: offer("lilac") }, { state: "presented", since: ago(2) }),
		pool,
	},
	"popup-auto": {
		desk: desk(
			{ offer: offer("raspberry", { auto: true }) },
			{ state: "presented", auto_answer: true },
		),
		pool,
	},
	"popup-asked": {
		desk: desk({ offer: offer("raspberry") }, { state: "presented" }),
		pool,
		set: (app) => void app.accept(),
	},
	"popup-left": {
		desk: desk(),
		pool,
		set: (app) => {
			app.desk.ending = { kind: "left", offer: offer("raspberry"), text: "", until: NOW + 2_000 };
		},
	},
	"popup-refused": {
		desk: desk(),
		pool,
		set: (app) => app.desk.refuse(offer("ocean"), "A colleague was faster."),
	},
	"popup-deaf": {
		desk: desk({ offer: offer("raspberry") }, { state: "presented", station_up: false }),
		pool,
	},
	call: { desk: desk({ calls: [call()] }, talking), pool: mine },
	"call-then-break": {
		desk: desk({ calls: [call()] }, { ...talking, next_activity: "act_break" }),
		pool: mine,
	},
	muted: { desk: desk({ calls: [call({ muted: true })] }, talking), pool: mine },
	held: {
		desk: desk({ calls: [call({ state: "held", held_since: ago(72) })] }, talking),
		pool: mine,
	},
	hushed: { desk: desk({ calls: [call({ hushed: true })] }, talking), pool: mine },
	"far-held": { desk: desk({ calls: [call({ far_held: true })] }, talking), pool: mine },
	connecting: {
		desk: desk({ calls: [call({ state: "connecting", began: null, quality: null })] }, talking),
		pool: mine,
	},
	keypad: {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => {
			app.keypad = true;
		},
	},
	asked: {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => {
			app.mute();
			app.hold();
		},
	},
	"poor-line": {
		desk: desk(
			{ calls: [call({ quality: { ...call().quality, mos_out: 2.9 } as Call["quality"] })] },
			talking,
		),
		pool: mine,
	},
	"direct-call": {
		desk: desk(
			{
				calls: [
					call({
						...masked,
						colour: "ocean",
						mode: "direct",
						queue: null,
						queue_name: null,
						contact: null,
						path: [],
						vars: [],
					}),
				],
			},
			talking,
		),
	},
	reconnecting: {
		desk: desk({ calls: [call({ state: "reconnecting" })] }, { ...talking, station_up: false }),
		pool: mine,
	},
	post: {
		desk: desk(
			{
				post: {
					call: "cal_1",
					interaction: "int_9",
					...claire,
					queue: "que_sales",
					queue_name: "Sales",
					began: ago(21),
					ends: new Date(NOW + 39_000).toISOString(),
					extended: 1,
					may_extend: 2,
					step: 30,
					ended_by: "caller",
					talk: 251,
					until_closed: false,
					required: false,
					qualified: false,
					waits: false,
				},
			},
			{ state: "post_interaction", since: ago(21), next_activity: "act_break" },
		),
		pool,
	},
	"post-last": {
		desk: desk(
			{
				post: {
					call: "cal_1",
					interaction: "int_9",
					...hotel,
					queue: "que_sales",
					queue_name: "Sales",
					began: ago(112),
					ends: new Date(NOW + 8_000).toISOString(),
					extended: 3,
					may_extend: 0,
					step: 30,
					ended_by: "agent",
					talk: 3_725,
					until_closed: false,
					required: false,
					qualified: false,
					waits: false,
				},
			},
			{ state: "post_interaction", since: ago(112) },
		),
		pool,
	},
	"post-closed": {
		desk: desk(
			{
				post: { ...after("int_9", claire), until_closed: true, required: true },
			},
			{ state: "post_interaction", since: ago(21) },
		),
		pool,
	},
	"post-two": {
		desk: desk(
			{
				posts: [after("int_9", claire), { ...after("int_10", hotel), required: true }],
				post: after("int_9", claire),
			},
			{ state: "post_interaction", since: ago(21) },
		),
		pool,
	},
	owed: {
		desk: desk(
			{
				to_qualify: [
					{
						interaction: "int_7",
						...claire,
						queue: "que_sales",
						queue_name: "Sales",
						at: ago(600),
					},
				],
			},
			{
				state: "unavailable",
				activity: "act_break",
				activity_limit: ago(60),
				status: { kind: "back_soon", text: "back at 14:00" },
			},
		),
		pool,
	},
	whisper: {
		desk: desk({ calls: [call({ state: "connecting", whisper: true, began: ago(1) })] }, talking),
		pool: mine,
	},
	mine: {
		desk: desk(
			{},
			{ next_profile: "pro_sales", status: { kind: "back_soon", text: "back at 14:00" } },
		),
		pool,
		set: (app) => {
			app.mine = true;
			app.me = {
				profiles: [
					{ id: "pro_both", name: "Sales and support" },
					{ id: "pro_sales", name: "Sales" },
				],
				profile: { id: "pro_both", name: "Sales and support" },
				queues: [],
				rights: ["take_calls"],
			} as unknown as NonNullable<App["me"]>;
		},
	},
	lost: { desk: desk(), pool, set: (app) => lose(app, 3) },
	"lost-call": { desk: desk({ calls: [call()] }, talking), pool: mine, set: (app) => lose(app, 3) },
	gone: { desk: desk({ calls: [call()] }, talking), pool: mine, set: (app) => lose(app, 40) },
	"mic-lost": {
		desk: desk({}, { state: "device_lost" }),
		pool,
		set: (app) => {
			app.audio.trouble = "ended";
		},
	},
	"device-lost": {
		desk: desk({}, { state: "device_lost", station_up: false, reason: "no_station" }),
		pool,
	},
	"not-responding": {
		desk: desk({}, { state: "not_responding", misses: 2, reason: "misses" }),
		pool,
	},
	moved: {
		desk: desk(),
		pool,
		set: (app) => {
			app.audio.lost = "moved";
			app.audio.blocked = true;
		},
	},
	elsewhere: {
		desk: desk(),
		pool,
		set: (app) => {
			app.audio.elsewhere = true;
			app.update = true;
		},
	},
	menu: {
		desk: desk(),
		pool,
		set: (app) => {
			app.activityMenu = true;
		},
	},
	keys: {
		desk: desk(),
		pool,
		set: (app) => {
			app.help = true;
		},
	},
	devices: {
		desk: desk(),
		pool,
		set: (app) => plugIn(app, [builtIn, jabra]),
	},
	"devices-missing": {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => plugIn(app, [builtIn]),
	},
	"devices-nameless": {
		desk: desk({}, offShift),
		set: (app) => {
			plugIn(app, []);
			app.audio.live = false;
			app.audio.trouble = "denied";
		},
	},
	toasts: {
		desk: desk(),
		pool,
		set: (app) => {
			app.toasts.add("Bob Diallo took it");
			app.toasts.add("Missed call: Claire Fontaine", "bad");
			app.toasts.add("Jabra Evolve2 65 was unplugged: the system's device is used.", "bad");
		},
	},
	expired: {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => {
			app.link = "signed_out";
		},
	},
	history: {
		desk: desk(),
		set: (app) => {
			app.view = "history";
		},
	},
	"history-empty": {
		desk: desk(),
		lists: false,
		set: (app) => {
			app.view = "history";
		},
	},
	player: {
		desk: desk(),
		set: (app) => {
			app.view = "history";
			void app.history.open("int_1");
			// The player stands below the figures: the picture is of it.
			new MutationObserver((_, watch) => {
				const player = document.querySelector(".recording .segments");
				if (!player) return;
				watch.disconnect();
				player.parentElement?.scrollIntoView();
			}).observe(document.body, { childList: true, subtree: true });
		},
	},
	story: {
		desk: desk(),
		set: (app) => {
			app.view = "history";
			void app.history.open("int_1");
		},
	},
	voicemail: {
		desk: desk(),
		set: (app) => {
			app.view = "voicemail";
		},
	},
	"voicemail-empty": {
		desk: desk(),
		lists: false,
		set: (app) => {
			app.view = "voicemail";
		},
	},
	start: {
		desk: desk({}, offShift),
		set: (app, shift) => {
			app.audio.live = true;
			app.audio.level = 0.45;
			plugIn(app, [builtIn, jabra]);
			app.choosing = false;
			shift.heard = true;
			shift.notifications = "default";
		},
	},
	"start-brief": {
		desk: desk({}, offShift),
		set: (app) => {
			app.audio.live = true;
			app.preferences.checked = true;
		},
	},
	"start-denied": {
		desk: desk({}, offShift),
		set: (app, shift) => {
			app.audio.trouble = "denied";
			shift.notifications = "denied";
		},
	},
	"start-looks-on": {
		desk: desk({}, offShift),
		set: (app) => {
			app.takesCalls = false;
		},
	},
};

function lose(app: App, seconds: number) {
	app.link = "lost";
	app.lostSince = NOW - seconds * 1000;
}

const builtIn = { id: "d0", label: "Built-in Audio Analog Stereo", group: "g0" };
const jabra = { id: "d1", label: "Jabra Evolve2 65 (0b0e:030c) Mono", group: "g1" };

function plugIn(app: App, all: Device[]) {
	const devices = app.audio.devices;
	devices.named = all.length > 0;
	devices.lists = { mic: all, speaker: all, ringer: all };
	devices.chosen = all.length > 0 ? { mic: jabra, speaker: jabra } : {};
	devices.look = async () => {};
	app.audio.device = all.at(-1)?.label ?? "";
	app.choosing = true;
}
