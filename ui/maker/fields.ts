// Fields are what the forms ask for, list by list.
import {
	buttons,
	choice,
	classes,
	type Field,
	flag,
	many,
	map,
	number,
	one,
	part,
	rows,
	section,
	some,
	type Thing,
	text,
	texts,
} from "./field";
import { queueFields } from "./queue";

export type ListName =
	| "company"
	| "users"
	| "profiles"
	| "activities"
	| "queues"
	| "groups"
	| "numbers"
	| "hours"
	| "sounds"
	| "mailboxes"
	| "trunks";

export const lists: readonly ListName[] = [
	"company",
	"users",
	"profiles",
	"activities",
	"queues",
	"groups",
	"numbers",
	"hours",
	"sounds",
	"mailboxes",
	"trunks",
];

const rights = [
	"take_calls",
	"record",
	"transfer",
	"call_out",
	"call_routed",
	"pool_see",
	"pool_take",
	"supervise",
	"administer",
] as const;
const levels = ["1", "2", "3", "4", "5"] as const;
const day = 24 * 3600;

// branch is where a direct call goes that its user did not take.
const branch = (key: string): Field =>
	part(key, [
		choice("do", ["", "forward", "mailbox", "refuse"], { word: "branch" }),
		one("user", "users", { when: (of) => of.do === "forward" }),
		text("number", { word: "or_number", help: true, when: (of) => of.do === "forward" }),
		one("tree", "trees", { word: "or_tree", when: (of) => of.do === "forward" }),
		one("mailbox", "mailboxes", { when: (of) => of.do === "mailbox" }),
	]);

export const fields: Record<ListName, readonly Field[]> = {
	company: [
		text("name", { needed: true }),
		text("zone", { needed: true, word: "own_zone", help: true }),
		choice("language", ["en", "fr"]),
		section("out"),
		text("country", { help: true }),
		one("caller_id", "numbers"),
		texts("do_not_call", { help: true }),
		number("agent_calls_out_per_hour", 1, 1_000_000, 120, { none: true }),
		number("calls_out_per_hour", 1, 1_000_000, 3000, { none: true }),
		number("agent_paid_minutes_per_day", 1, 1_000_000, 240, { none: true }),
		number("paid_minutes_per_day", 1, 1_000_000, 3000, { none: true }),
		section("recordings"),
		one("consent", "sounds", { help: true }),
		number("keep_recordings_days", 1, 36_500, undefined, { word: "keep_direct_days" }),
		section("said"),
		one("unknown", "sounds"),
		one("comfort", "sounds"),
		one("goodbye", "sounds"),
		one("press_1", "sounds"),
		section("figures"),
		flag("quiet_declines"),
		section("buttons"),
		texts("button_hosts", { help: true }),
		texts("private_button_hosts", { help: true }),
	],
	users: [
		text("name", { needed: true }),
		text("login", { needed: true }),
		text("extension"),
		one("profile", "profiles", { needed: true }),
		many("profiles", "profiles"),
		choice("language", ["", "en", "fr"]),
		map("skills", [choice("", levels, { word: "level", numeric: true })], 3, { word: "skills" }),
		section("direct"),
		number("ring_seconds", 5, 120, 20),
		one("mailbox", "mailboxes"),
		branch("busy"),
		branch("no_answer"),
		branch("declined"),
		branch("away"),
		section("phone"),
		text("phone", { help: true }),
		choice("srtp", ["", "offered", "required", "off"]),
	],
	profiles: [
		text("name", { needed: true }),
		some("rights", rights),
		many("queues", "queues"),
		map(
			"serving",
			[number("delay_seconds", 0, 9999, 0), number("weight_seconds", -day, day, 0)],
			{},
			{
				of: "queues",
				help: true,
			},
		),
		many("supervises", "queues"),
		section("out"),
		some("dials", classes),
		some("transfers_to", ["user", "queue", "group", "routing", "directory", "number"], {
			help: true,
		}),
		one("caller_id", "numbers"),
		section("behaviour"),
		flag("auto_answer"),
		number("zip_tones", 1, 7, 1, { none: true, when: (of) => of.auto_answer === true }),
		flag("no_decline"),
		flag("call_waiting"),
		flag("no_calls_in_post"),
		number("post_seconds", 1, 3600),
		flag("post_unanswered"),
		buttons,
	],
	activities: [
		text("name", { needed: true }),
		text("name_fr"),
		choice(
			"category",
			["processing", "productive_unavailability", "non_productive_unavailability"],
			{
				help: true,
			},
		),
		number("max_minutes", 1, 1440),
		flag("paid"),
	],
	queues: queueFields,
	groups: [
		text("name", { needed: true }),
		rows(
			"shares",
			[one("queue", "queues", { needed: true }), number("percent", 0, 100)],
			{ percent: 0 },
			{ sum: "percent", help: true },
		),
		flag("skip_unable"),
		flag("sticky_by_caller"),
	],
	numbers: [
		text("number", { needed: true, fixed: true, help: true }),
		text("label"),
		one("tree", "trees", { needed: true, word: "leads_to" }),
	],
	hours: [
		text("name", { needed: true }),
		text("zone", { help: true }),
		rows(
			"spans",
			[
				choice("day", ["1", "2", "3", "4", "5", "6", "0"], { numeric: true }),
				text("from", { needed: true }),
				text("to", { needed: true }),
			],
			{ day: 1, from: "08:00", to: "18:00" },
			{ help: true },
		),
		rows(
			"exceptions",
			[{ key: "date", kind: "date", needed: true }, text("name"), text("from"), text("to")],
			{},
			{ help: true },
		),
	],
	sounds: [
		text("name", { needed: true }),
		text("file", { needed: true, help: true }),
		text("text", { word: "spoken" }),
	],
	mailboxes: [
		text("name", { needed: true }),
		one("greeting", "sounds"),
		number("min_seconds", 1, 60, 3),
		number("max_seconds", 5, 3600, 180),
		number("silence_seconds", 1, 60, 10),
	],
	trunks: [
		text("name", { needed: true }),
		text("host", { needed: true, help: true }),
		number("port", 1, 65535),
		choice("transport", ["", "tcp", "tls"]),
		choice("srtp", ["", "offered", "required"], { word: "trunk_srtp" }),
		section("credentials"),
		text("login"),
		flag("register"),
		flag("account_in_from"),
		section("incoming"),
		texts("from", { word: "from_addresses", help: true }),
		flag("challenge"),
		section("limits"),
		number("channels", 1, 100_000),
		number("rate", 1, 10_000),
		number("ping_seconds", 1, 3600, 30, { none: true }),
		some("codecs", ["PCMA", "PCMU", "G722"]),
		choice("format", ["", "digits", "national"]),
		flag("announce"),
		flag("digits_by_info"),
	],
};

/** fresh is a thing that is not there yet. */
export function fresh(list: ListName): Thing {
	const thing: Thing = { id: "", name: "" };
	if (list === "activities") thing.category = "processing";
	return thing;
}
