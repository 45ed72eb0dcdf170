// Field is the description of one thing that a form asks for; forms and their
// errors are made from it. What a thing has besides stays as it is.
export type Obj = Record<string, unknown>;
export type Thing = Obj & { id: string; name: string; revision?: string };

export interface Field {
	/** As the API calls it; of a map with plain values its one field has none. */
	key: string;
	kind:
		| "text"
		| "number"
		| "date"
		| "flag"
		| "choice"
		| "one" // a thing of a list
		| "many" // some of what there is to choose
		| "ordered" // some, one after the other
		| "texts" // a line each
		| "rows" // a list of objects
		| "map" // an object, a row for each key
		| "part" // an object
		| "requirement" // which skills are asked for
		| "section"; // a heading: what follows belongs under it
	/** Of a choice: what there is; "" is the default. */
	choices?: readonly string[];
	/** The choices are numbers. */
	numeric?: boolean;
	/** Of one, many, ordered and map: the list whose things they are. */
	of?: string;
	/** Of rows, map and part. */
	fields?: readonly Field[];
	/** A row that is not filled in yet. */
	fresh?: Obj;
	/** The word of its label, when another field has the key. */
	word?: string;
	needed?: boolean;
	/** It never changes once it is there. */
	fixed?: boolean;
	/** Of a number: what may stand there, what counts when nothing does, and
	 * whether -1 stands for none. */
	min?: number;
	max?: number;
	usual?: number;
	none?: boolean;
	/** Of rows: the figure of each whose sum makes a hundred. */
	sum?: string;
	/** There is a sentence about it. */
	help?: boolean;
	/** Whether it is asked for. */
	when?: (of: Obj) => boolean;
}

type More = Partial<Field>;
export const text = (key: string, more: More = {}): Field => ({ key, kind: "text", ...more });
export const number = (
	key: string,
	min: number,
	max: number,
	usual?: number,
	more: More = {},
): Field => ({
	key,
	kind: "number",
	min,
	max,
	...(usual === undefined ? {} : { usual }),
	...more,
});
export const flag = (key: string, more: More = {}): Field => ({ key, kind: "flag", ...more });
export const choice = (key: string, choices: readonly string[], more: More = {}): Field => ({
	key,
	kind: "choice",
	choices,
	...more,
});
export const one = (key: string, of: string, more: More = {}): Field => ({
	key,
	kind: "one",
	of,
	...more,
});
export const many = (key: string, of: string, more: More = {}): Field => ({
	key,
	kind: "many",
	of,
	...more,
});
export const some = (key: string, choices: readonly string[], more: More = {}): Field => ({
	key,
	kind: "many",
	choices,
	...more,
});
export const ordered = (key: string, of: string, more: More = {}): Field => ({
	key,
	kind: "ordered",
	of,
	...more,
});
export const texts = (key: string, more: More = {}): Field => ({ key, kind: "texts", ...more });
export const rows = (
	key: string,
	fields: readonly Field[],
	fresh: Obj,
	more: More = {},
): Field => ({
	key,
	kind: "rows",
	fields,
	fresh,
	...more,
});
export const map = (
	key: string,
	fields: readonly Field[],
	fresh: unknown,
	more: More = {},
): Field => ({
	key,
	kind: "map",
	fields,
	fresh: { "": fresh },
	...more,
});
export const part = (key: string, fields: readonly Field[], more: More = {}): Field => ({
	key,
	kind: "part",
	fields,
	...more,
});
export const section = (key: string): Field => ({ key, kind: "section" });

/** needs are the lists that the fields choose from. */
export function needs(all: readonly Field[]): string[] {
	const found = all.flatMap((field) => [
		...(field.of ? [field.of] : []),
		...needs(field.fields ?? []),
	]);
	return [...new Set(found)];
}

/** classes are those of numbers outside. */
export const classes = ["national", "mobile", "international", "premium"] as const;

const plain = (value: unknown): value is Obj =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** empty is what the server takes for "not set". */
export const empty = (value: unknown): boolean =>
	value === undefined ||
	value === null ||
	value === "" ||
	value === false ||
	(Array.isArray(value) && value.length === 0) ||
	(plain(value) && Object.values(value).every(empty));

/** tidy is the value of a field without what is not asked for, or not filled in. */
export function tidy(field: Field, value: unknown): unknown {
	if (field.kind === "rows" && Array.isArray(value))
		return value.map((row) => inner(field.fields ?? [], row as Obj));
	if (field.kind === "part" && plain(value)) {
		const whole = inner(field.fields ?? [], value);
		return empty(whole) ? null : whole;
	}
	if (field.kind === "map" && plain(value) && field.fields?.[0]?.key !== "")
		return Object.fromEntries(
			Object.entries(value).map(([key, row]) => [key, inner(field.fields ?? [], row as Obj)]),
		);
	return empty(value) ? null : value;
}

function inner(all: readonly Field[], row: Obj): Obj {
	const kept: Obj = { ...row };
	for (const field of all) {
		if (field.when && !field.when(row)) delete kept[field.key];
		else if (field.key in kept) {
			const value = tidy(field, kept[field.key]);
			if (value === null) delete kept[field.key];
			else kept[field.key] = value;
		}
	}
	return kept;
}

/** changed is the patch (RFC 7396) that makes the one thing of the other. */
export function changed(all: readonly Field[], was: Obj, is: Obj): Obj {
	const patch: Obj = {};
	for (const field of all) {
		if (field.kind === "section") continue;
		const now = field.when && !field.when(is) ? null : tidy(field, is[field.key]);
		const before = tidy(field, was[field.key]);
		const step = difference(before, now);
		if (step !== undefined) patch[field.key] = step;
	}
	return patch;
}

// difference is what a patch says of a value; undefined: nothing.
function difference(before: unknown, now: unknown): unknown {
	if (plain(before) && plain(now)) {
		const patch: Obj = {};
		for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
			const step = key in now ? difference(before[key], now[key]) : null;
			if (step !== undefined) patch[key] = step;
		}
		return Object.keys(patch).length > 0 ? patch : undefined;
	}
	return JSON.stringify(before ?? null) === JSON.stringify(now ?? null) ? undefined : (now ?? null);
}

// buttons are what opens for a call, of a queue or a profile.
export const buttons: Field = rows(
	"buttons",
	[
		text("id", { word: "button_id", needed: true }),
		text("label", { needed: true }),
		text("label_fr"),
		choice("kind", ["url", "http"], { word: "button_kind" }),
		text("address", { word: "button_address", needed: true, help: true }),
		choice("when", ["by_hand", "presented", "accepted", "ended"], { word: "button_when" }),
		choice("where", ["", "tab", "window", "hidden"], {
			word: "button_where",
			when: (of) => of.kind === "url",
		}),
	],
	{ kind: "url", when: "by_hand" },
	{ help: true },
);
