// Stream listens to the agent's events over one long HTTP answer. It comes back
// by itself, with the last id it saw, and notices a line that went quiet.
export interface Message {
	id: string;
	event: string;
	data: string;
}

export type LinkState = "connecting" | "open" | "lost" | "signed_out";

export interface StreamOptions {
	url: string;
	message: (message: Message) => void;
	state: (state: LinkState) => void;
	fetch?: typeof fetch;
	random?: () => number;
}

const FIRST_PAUSE = 250; // ms
const LONGEST_PAUSE = 5_000;
const QUIET = 25_000; // ping comes every 10 s: after this the line is dead

export class Stream {
	lastId = "";
	#abort: AbortController | undefined;
	#pause: ReturnType<typeof setTimeout> | undefined;
	#watchdog: ReturnType<typeof setTimeout> | undefined;
	#failures = 0;
	#running = false;

	constructor(private options: StreamOptions) {}

	start() {
		if (this.#running) return;
		this.#running = true;
		void this.#listen();
	}

	stop() {
		this.#running = false;
		clearTimeout(this.#pause);
		clearTimeout(this.#watchdog);
		this.#abort?.abort();
	}

	// renew leaves the line that stands, if one does, for a new one, and ends a pause:
	// a page that was frozen, or whose network is another one, cannot trust it.
	renew() {
		if (!this.#running) return;
		clearTimeout(this.#pause);
		clearTimeout(this.#watchdog);
		const old = this.#abort;
		void this.#listen();
		old?.abort();
	}

	async #listen() {
		this.#pause = undefined;
		const abort = new AbortController();
		this.#abort = abort;
		this.options.state("connecting");
		this.#watch(abort);
		try {
			const headers: Record<string, string> = { Accept: "text/event-stream" };
			if (this.lastId) headers["Last-Event-ID"] = this.lastId;
			const ask = this.options.fetch ?? fetch;
			const answer = await ask(this.options.url, {
				headers,
				signal: abort.signal,
				cache: "no-store",
				credentials: "same-origin",
			});
			if (answer.status === 401) {
				this.stop();
				this.options.state("signed_out");
				return;
			}
			if (!answer.ok || !answer.body) throw new Error(`the stream answered ${answer.status}`);
			await this.#read(answer.body, abort);
		} catch {
			// Whatever the cause, the cure is the same: come back.
		}
		abort.abort();
		if (this.#abort !== abort) return; // a newer line has taken its place
		clearTimeout(this.#watchdog);
		if (this.#running) this.#comeBack();
	}

	async #read(body: ReadableStream<Uint8Array>, abort: AbortController) {
		const reader = body
			.pipeThrough(new TextDecoderStream() as never)
			.getReader() as ReadableStreamDefaultReader<string>;
		const parser = new EventParser();
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return;
			this.#watch(abort);
			for (const message of parser.push(value)) {
				if (message.id) this.lastId = message.id;
				this.#failures = 0;
				this.options.state("open");
				this.options.message(message);
			}
		}
	}

	#watch(abort: AbortController) {
		clearTimeout(this.#watchdog);
		this.#watchdog = setTimeout(() => abort.abort(), QUIET);
	}

	#comeBack() {
		this.options.state("lost");
		const random = this.options.random ?? Math.random;
		const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures);
		this.#failures += 1;
		this.#pause = setTimeout(() => void this.#listen(), longest * (0.5 + random() / 2));
	}
}

// EventParser cuts text/event-stream into messages (HTML Standard 9.2.6).
export class EventParser {
	#rest = "";
	#id = "";
	#event = "";
	#data: string[] = [];

	*push(text: string): Generator<Message> {
		this.#rest += text;
		// A CR at the very end may be half of CR LF: wait for the rest.
		const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
		this.#rest = lines.pop() ?? "";
		for (const line of lines) {
			if (line !== "") {
				this.#field(line);
				continue;
			}
			if (this.#data.length > 0)
				yield { id: this.#id, event: this.#event || "message", data: this.#data.join("\n") };
			this.#event = "";
			this.#data = [];
		}
	}

	#field(line: string) {
		const colon = line.indexOf(":");
		if (colon === 0) return;
		const name = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
		if (name === "event") this.#event = value;
		if (name === "data") this.#data.push(value);
		if (name === "id" && !value.includes("\0")) this.#id = value;
	}
}
