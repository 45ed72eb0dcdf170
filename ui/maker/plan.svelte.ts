// Plan is what an administrator has set, as the server keeps it: read list by
// list, changed thing by thing, each change with the revision that was read.
import type { Thing } from "./field";
import type { ListName } from "./fields";

export interface Wrong {
	location: string;
	message: string;
	code?: string;
}
export interface Problem {
	code?: string;
	detail?: string;
	errors?: Wrong[];
	used_by?: { list: string; id: string; name: string; field: string }[];
	current?: Thing;
	changed_by?: string;
}

// Refused is why the server did not do it; status 0: it was never asked.
export class Refused extends Error {
	constructor(
		readonly status: number,
		readonly problem: Problem,
	) {
		super(problem.detail ?? "");
	}
}

interface Page {
	items: Thing[];
	next: string | null;
}

async function ask(method: string, path: string, body?: unknown, match?: string) {
	const headers: Record<string, string> = {};
	if (body !== undefined) headers["Content-Type"] = "application/json";
	if (match) headers["If-Match"] = match === "*" ? "*" : `"${match}"`;
	let response: Response;
	try {
		response = await fetch(`/api/v1/${path}`, {
			method,
			headers,
			cache: "no-store",
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
	} catch {
		throw new Refused(0, {});
	}
	if (response.status === 401) {
		location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
		throw new Refused(401, {});
	}
	const said = await response.text();
	let read: unknown = {};
	try {
		read = said === "" ? {} : JSON.parse(said);
	} catch {
		// not ours: a proxy's page
	}
	if (!response.ok) throw new Refused(response.status, read as Problem);
	return read;
}

// named gives a thing that goes by its number an id and a name like the others.
function named(thing: Thing): Thing {
	const number = thing.number as string | undefined;
	if (thing.id !== undefined || number === undefined) return thing;
	const display = (thing.display as string | undefined) ?? number;
	return { ...thing, id: number, name: [thing.label, display].filter(Boolean).join(" · ") };
}

export class Plan {
	items = $state.raw<Thing[]>([]);
	next = $state<string | null>(null);
	loading = $state(false);
	/** Things that others are chosen from, by list. */
	names = $state.raw<Record<string, Thing[]>>({});
	#asked = 0;

	/** show reads the first page of a list; of two that are asked for the later stands. */
	async show(list: ListName, search: string) {
		this.#asked += 1;
		const asked = this.#asked;
		this.loading = true;
		try {
			const page =
				list === "company"
					? { items: [await this.read(list, "")], next: null }
					: ((await ask("GET", `${list}?limit=50&q=${encodeURIComponent(search)}`)) as Page);
			if (asked !== this.#asked) return;
			this.items = page.items.map(named);
			this.next = page.next;
		} finally {
			if (asked === this.#asked) this.loading = false;
		}
	}

	async more(list: ListName, search: string) {
		const after = encodeURIComponent(this.next ?? "");
		const page = (await ask(
			"GET",
			`${list}?limit=50&after=${after}&q=${encodeURIComponent(search)}`,
		)) as Page;
		this.items = [...this.items, ...page.items.map(named)];
		this.next = page.next;
	}

	/** choose reads a whole list to choose from. */
	async choose(list: string) {
		const all: Thing[] = [];
		let after = "";
		do {
			const page = (await ask("GET", `${list}?limit=200&after=${after}`)) as Page;
			all.push(...page.items.map(named));
			after = encodeURIComponent(page.next ?? "");
		} while (after !== "");
		this.names = { ...this.names, [list]: all };
	}

	read = async (list: ListName, id: string) => named((await ask("GET", at(list, id))) as Thing);
	add = async (list: ListName, thing: object) => named((await ask("POST", list, thing)) as Thing);
	change = async (list: ListName, id: string, patch: object, revision: string) =>
		named((await ask("PATCH", at(list, id), patch, revision)) as Thing);
	remove = (list: ListName, id: string, revision: string, withdraw: boolean) =>
		ask("DELETE", `${at(list, id)}${withdraw ? "?withdraw=true" : ""}`, undefined, revision);
	password = (list: ListName, id: string, password: string) =>
		ask("PUT", `${at(list, id)}/password`, { password });
	phonePassword = (id: string) =>
		ask("POST", `${at("users", id)}/phone-password`) as Promise<{ user: string; password: string }>;
}

// The company is one thing, and no list of them.
const at = (list: ListName, id: string) =>
	list === "company" ? list : `${list}/${encodeURIComponent(id)}`;
