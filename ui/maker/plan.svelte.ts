// Plan is what an administrator has set, as the server keeps it: read list by
// list, changed thing by thing, each change with the revision that was read.
import type { ListName, Thing } from "./fields";

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
			const page = (await ask("GET", `${list}?limit=50&q=${encodeURIComponent(search)}`)) as Page;
			if (asked !== this.#asked) return;
			this.items = page.items;
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
		this.items = [...this.items, ...page.items];
		this.next = page.next;
	}

	/** choose reads a whole list to choose from. */
	async choose(list: string) {
		const all: Thing[] = [];
		let after = "";
		do {
			const page = (await ask("GET", `${list}?limit=200&after=${after}`)) as Page;
			all.push(...page.items);
			after = encodeURIComponent(page.next ?? "");
		} while (after !== "");
		this.names = { ...this.names, [list]: all };
	}

	read = (list: ListName, id: string) => ask("GET", `${list}/${id}`) as Promise<Thing>;
	add = (list: ListName, thing: object) => ask("POST", list, thing) as Promise<Thing>;
	change = (list: ListName, id: string, patch: object, revision: string) =>
		ask("PATCH", `${list}/${id}`, patch, revision) as Promise<Thing>;
	remove = (list: ListName, id: string, withdraw: boolean) =>
		ask("DELETE", `${list}/${id}${withdraw ? "?withdraw=true" : ""}`);
	password = (id: string, password: string) => ask("PUT", `users/${id}/password`, { password });
}
