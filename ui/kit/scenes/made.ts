// Made are the people, calls and desks that the scenes are put together from, as
// the server would draw them.
import type {
	Call,
	CallButton,
	Caller,
	Colour,
	Desk,
	Offer,
	Party,
	Pool,
	PoolCall,
	Pop,
	Post,
	Recording,
	Transfer,
} from "../../wire/types";

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
export const masked: Caller & { name: null } = {
	from: "",
	from_display: "",
	from_name: "",
	anonymous: true,
	name: null,
};

export const path = [
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
export const vars = [
	{ name: "contract", value: "FR-88213", source: "collect", secret: false },
	{ name: "segment", value: "Gold", source: "set", secret: false },
	{ name: "card_number", value: null, source: "collect", secret: true },
];

export const buttons: CallButton[] = [
	{
		id: "crm",
		label: "Customer file",
		kind: "url",
		where: "window",
		address: "https://crm.example.com/",
	},
	{ id: "ticket", label: "Open a ticket", kind: "http", where: null, address: null },
	{ id: "order", label: "Last order", kind: "url", where: "tab", address: null },
];
export const pops: Pop[] = [
	{ ...pop("ticket", "refused"), status: 503 },
	{ ...pop("crm", "opened"), when: "presented" },
];
function pop(id: string, state: Pop["state"]): Pop {
	const button = buttons.find((one) => one.id === id) as CallButton;
	return {
		id: `pop_${id}`,
		interaction: "int_9",
		button,
		when: "by_hand",
		state,
		status: null,
		why: null,
		at: ago(9),
	};
}

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
		back: null,
		failure: null,
		pops: [],
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

export const after = (interaction: string, from: typeof claire): Post => ({
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
	buttons: [],
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
		vip: false,
		earlier: 3,
		small: true,
		assigned_by: null,
		interaction: "int_9",
		buttons: [],
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
		buttons: [],
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
