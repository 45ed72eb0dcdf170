// Api speaks to the server. Every POST and PUT carries an Idempotency-Key, so a
// request that was lost on the way is sent again with the same key and does its
// work once.
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./api";

// Trouble is what the server, or the line to it, had against a request.
export class Trouble extends Error {
	constructor(
		readonly status: number, // 0: it never arrived
		readonly code: string, // a slug that the catalogue may word
		text: string,
		readonly by = "", // who was first
	) {
		super(text);
	}
}

export interface ApiOptions {
	base?: string;
	fetch?: typeof fetch;
	patience?: number; // ms during which a lost request is sent again
	pause?: (ms: number) => Promise<void>;
	now?: () => number;
	key?: () => string;
}

const PATIENCE = 5_000;

export function connect(options: ApiOptions = {}) {
	const send = options.fetch ?? ((request: Request) => fetch(request));
	const now = options.now ?? Date.now;
	const pause = options.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
	const key = options.key ?? freshKey;

	async function steady(request: Request): Promise<Response> {
		const until = now() + (options.patience ?? PATIENCE);
		for (let wait = 250; ; wait = Math.min(wait * 2, 1_000)) {
			try {
				return await send(request.clone());
			} catch (cause) {
				if (request.signal.aborted) throw cause;
				if (now() + wait > until) throw new Trouble(0, "not-sent", "The request did not arrive.");
				await pause(wait);
			}
		}
	}

	const marks: Middleware = {
		onRequest({ request }) {
			if (request.method !== "GET") request.headers.set("Idempotency-Key", key());
			return request;
		},
		async onResponse({ response }) {
			if (!response.ok) throw await trouble(response);
		},
	};
	const client = createClient<paths>({
		baseUrl: options.base ?? "",
		fetch: steady,
		credentials: "same-origin",
		cache: "no-store",
	});
	client.use(marks);
	return client;
}

export type Client = ReturnType<typeof connect>;

// trouble reads a problem document (RFC 9457); anything else has its status alone.
async function trouble(response: Response): Promise<Trouble> {
	try {
		const problem = (await response.json()) as Partial<
			Record<"type" | "code" | "detail" | "taken_by", string>
		>;
		const code = problem.code ?? problem.type?.split("/").pop() ?? "";
		return new Trouble(
			response.status,
			code,
			problem.detail ?? response.statusText,
			problem.taken_by,
		);
	} catch {
		return new Trouble(response.status, "", response.statusText);
	}
}

// freshKey works on plain pages too, where randomUUID is missing.
function freshKey(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
