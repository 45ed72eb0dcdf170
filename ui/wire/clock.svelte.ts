// Clock shows the server's time, four times a second, from one timer for the
// whole page. Nothing on screen counts by itself: a figure is the difference
// between this clock and an instant that the server gave, so a tab that slept
// is right again as soon as it is drawn.
const RHYTHM = 250; // ms
const WINDOW = 20; // samples

export class Clock {
	now = $state(Date.now()); // server's, ms since 1970
	#samples: number[] = [];
	#skew = 0;
	#timer: ReturnType<typeof setInterval> | undefined;

	constructor(private local: () => number = Date.now) {
		this.now = local();
	}

	get skew() {
		return this.#skew;
	}

	// heard takes an instant that the server wrote as it sent it. News is only
	// ever late, never early: the largest difference of the last few is nearest
	// to the truth.
	heard(at: string) {
		const sent = Date.parse(at);
		if (Number.isNaN(sent)) return;
		this.#samples.push(sent - this.local());
		if (this.#samples.length > WINDOW) this.#samples.shift();
		this.#skew = Math.max(...this.#samples);
		this.tick();
	}

	tick = () => {
		this.now = this.local() + this.#skew;
	};

	start() {
		this.#timer ??= setInterval(this.tick, RHYTHM);
		document.addEventListener("visibilitychange", this.tick);
	}

	stop() {
		clearInterval(this.#timer);
		this.#timer = undefined;
		document.removeEventListener("visibilitychange", this.tick);
	}

	// since is how many whole seconds ago at was, until how many are to come.
	since = (at?: string | null): number => Math.max(0, Math.floor((this.now - instant(at)) / 1000));
	until = (at?: string | null): number => Math.max(0, Math.ceil((instant(at) - this.now) / 1000));
}

// instant reads what the server wrote, in ms; never is 0.
export function instant(at?: string | null): number {
	if (!at) return 0;
	const ms = Date.parse(at);
	return Number.isNaN(ms) || ms <= 0 ? 0 : ms;
}
