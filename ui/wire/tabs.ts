// Tabs makes all tabs of one browser share one stream and one audio line. The
// tab that holds the lock leads: it listens and passes on what it hears. When it
// goes, the browser gives the lock to the next. A page that holds a lock is also
// not put to sleep to save energy.
import type { LinkState, Message } from "./stream";

export type Passed =
	| { say: "message"; message: Message }
	| { say: "state"; state: LinkState }
	| { say: "hello" }
	| { say: "leave" }; // signed out in one tab: all go

export interface TabsOptions {
	name: string;
	lead: (lastId: string) => void;
	message: (message: Message) => void;
	state: (state: LinkState) => void;
	leave: () => void;
}

export class Tabs {
	leading = false;
	#channel: BroadcastChannel | undefined;
	#release: (() => void) | undefined;
	#lastId = "";
	#last = new Map<string, Message>();
	#state: LinkState = "connecting";

	constructor(private options: TabsOptions) {}

	start() {
		if (typeof BroadcastChannel !== "undefined") {
			this.#channel = new BroadcastChannel(this.options.name);
			this.#channel.onmessage = (event) => this.#heard(event.data as Passed);
			this.#channel.postMessage({ say: "hello" } satisfies Passed);
		}
		if (!navigator.locks) {
			this.#lead();
			return;
		}
		void navigator.locks.request(this.options.name, () => {
			this.#lead();
			return new Promise<void>((release) => {
				this.#release = release;
			});
		});
	}

	stop() {
		this.leading = false;
		this.#release?.();
		this.#channel?.close();
	}

	// pass gives what the leader heard to every tab, its own included.
	pass(message: Message) {
		this.#keep(message);
		this.#channel?.postMessage({ say: "message", message } satisfies Passed);
		this.options.message(message);
	}

	passState(state: LinkState) {
		if (state === this.#state) return;
		this.#state = state;
		this.#channel?.postMessage({ say: "state", state } satisfies Passed);
		this.options.state(state);
	}

	leave() {
		this.#channel?.postMessage({ say: "leave" } satisfies Passed);
	}

	#lead() {
		this.leading = true;
		this.options.lead(this.#lastId);
	}

	#keep(message: Message) {
		if (message.id) this.#lastId = message.id;
		if (message.event !== "ping") this.#last.set(message.event, message);
	}

	#heard(passed: Passed) {
		switch (passed.say) {
			case "message":
				this.#keep(passed.message);
				this.options.message(passed.message);
				return;
			case "state":
				this.options.state(passed.state);
				return;
			case "leave":
				this.options.leave();
				return;
			case "hello":
				if (!this.leading) return;
				this.#channel?.postMessage({ say: "state", state: this.#state } satisfies Passed);
				for (const message of this.#last.values())
					this.#channel?.postMessage({ say: "message", message } satisfies Passed);
		}
	}
}
