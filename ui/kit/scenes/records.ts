// Records are what the book's server answers: calls that are over, a recording,
// decisions and voice messages.
import type {
	Decision,
	Interaction,
	InteractionWhole,
	Peaks,
	RecordingComment,
	RecordingRow,
	RecordingWhole,
	VoiceMessage,
} from "../../wire/types";
import { ago, bob, claire, hotel, london, masked, path, vars } from "./made";

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

export const interaction = (id: string, change: Partial<Interaction> = {}): Interaction => ({
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
	pops: [],
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
export const decisions: Decision[] = [
	{
		offer: "off_2",
		agent: "usr_ann",
		agent_name: "Ann Martin",
		by_name: null,
		queue: "que_sales",
		queue_name: "Sales",
		at: ago(1770),
		outcome: "answered",
		strategy: "longest_idle",
		call_score: [
			{ name: "age_ms", value: 47_000 },
			{ name: "priority_ms", value: 30_000 },
			{ name: "skill_step", value: 1 },
		],
		candidates: [
			{
				agent: "usr_ann",
				agent_name: "Ann Martin",
				eligible: true,
				reason: "chosen",
				score: 95_000,
				terms: [{ name: "idle_ms", value: 95_000 }],
			},
			{
				agent: "usr_bob",
				agent_name: "Bob Diallo",
				eligible: false,
				reason: "refused_before",
				score: 0,
				terms: [],
			},
		],
		others: [{ reason: "off", count: 3 }],
	},
	{
		offer: "off_1",
		agent: "usr_bob",
		agent_name: "Bob Diallo",
		queue: "que_sales",
		queue_name: "Sales",
		at: ago(1790),
		outcome: "ignored",
		by_name: null,
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

const tapeRow = (id: string, change: Partial<RecordingRow> = {}): RecordingRow => ({
	id,
	interaction: "int_1",
	queue: "que_support",
	queue_name: "Support",
	kept: ago(1490),
	came: ago(1750),
	length: 251,
	state: "ready",
	held: null,
	audio: `/api/v1/recordings/${id}/audio`,
	direction: "inbound",
	with: "+33612345678",
	with_display: "+33 6 12 34 56 78",
	name: "Claire Fontaine",
	agents: ["Ann Martin"],
	...change,
});
export const tapes: RecordingRow[] = [
	tapeRow("rec_1"),
	tapeRow("rec_2", {
		name: null,
		came: ago(5000),
		length: 32,
		agents: ["Cho Nguyen", "Bob Diallo"],
	}),
	tapeRow("rec_3", {
		direction: "outbound",
		came: ago(90_000),
		held: ago(3000),
		name: "Hôtel du Parc",
	}),
	tapeRow("rec_4", {
		state: "deleted",
		came: ago(180_000),
		with: "",
		with_display: "",
		name: null,
	}),
];
