// Fields are what the forms ask for, list by list. What a thing has besides stays
// as it is: a form sends only what was changed in it.
export type ListName = "users" | "profiles" | "queues" | "groups" | "activities";

export const lists: readonly ListName[] = ["users", "profiles", "queues", "groups", "activities"];

export interface Field {
	key: string;
	kind: "text" | "number" | "flag" | "choice" | "one" | "many" | "shares";
	/** Of a choice: what there is; "" is the default. */
	choices?: readonly string[];
	/** Of one and many: the list whose things they are. */
	of?: string;
	needed?: boolean;
}

const text = (key: string, needed = false): Field => ({ key, kind: "text", needed });
const number = (key: string): Field => ({ key, kind: "number" });
const flag = (key: string): Field => ({ key, kind: "flag" });
const choice = (key: string, ...choices: string[]): Field => ({ key, kind: "choice", choices });
const one = (key: string, of: string, needed = false): Field => ({ key, kind: "one", of, needed });
const many = (key: string, of: string): Field => ({ key, kind: "many", of });

export const rights = [
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

export const fields: Record<ListName, readonly Field[]> = {
	users: [
		text("name", true),
		text("login", true),
		text("extension"),
		one("profile", "profiles", true),
		many("profiles", "profiles"),
		choice("language", "", "en", "fr"),
		text("phone"),
		choice("srtp", "", "offered", "required", "off"),
		number("ring_seconds"),
		one("mailbox", "mailboxes"),
	],
	profiles: [
		text("name", true),
		{ key: "rights", kind: "many", choices: rights },
		many("queues", "queues"),
		many("supervises", "queues"),
		{ key: "dials", kind: "many", choices: ["national", "mobile", "international", "premium"] },
		flag("auto_answer"),
		flag("no_decline"),
		flag("call_waiting"),
		number("post_seconds"),
		text("caller_id"),
	],
	queues: [
		text("name", true),
		choice(
			"strategy",
			"",
			"least_occupied",
			"fewest_calls",
			"round_robin",
			"fixed_order",
			"random",
			"weighted",
			"ring_all",
			"ring_progressively",
		),
		number("ring_seconds"),
		number("max_wait_seconds"),
		number("max_size"),
		flag("leave_when_empty"),
		number("priority_seconds"),
		number("late_seconds"),
		one("music", "sounds"),
		choice("post_mode", "", "timed", "none", "until_closed"),
		number("post_seconds"),
		choice("recording", "", "manual", "automatic"),
		flag("small_banner"),
	],
	groups: [text("name", true), { key: "shares", kind: "shares", of: "queues", needed: true }],
	activities: [
		text("name", true),
		text("name_fr"),
		choice("category", "processing", "productive_unavailability", "non_productive_unavailability"),
		number("max_minutes"),
		flag("paid"),
	],
};

export interface Share {
	queue: string;
	percent: number;
}
export type Value = string | number | boolean | string[] | Share[] | null | undefined;
export type Thing = Record<string, unknown> & { id: string; name: string; revision?: string };

/** fresh is a thing that is not there yet. */
export function fresh(list: ListName): Thing {
	const thing: Thing = { id: "", name: "" };
	if (list === "activities") thing.category = "processing";
	return thing;
}

const empty = (value: unknown) =>
	value === undefined ||
	value === null ||
	value === "" ||
	value === false ||
	(Array.isArray(value) && value.length === 0);

/** changed is the patch (RFC 7396) that makes the one thing of the other. */
export function changed(list: ListName, was: Thing, is: Thing): Record<string, unknown> {
	const patch: Record<string, unknown> = {};
	for (const { key } of fields[list]) {
		const before = empty(was[key]) ? null : was[key];
		const now = empty(is[key]) ? null : is[key];
		if (JSON.stringify(before) !== JSON.stringify(now)) patch[key] = now;
	}
	return patch;
}
