// Flow notices that packets which came have stopped: a computer that went to
// another network may be told so by nobody. (Chromium calls a connection
// disconnected only some eight seconds later.)
const SILENT = 1_000; // ms without a packet where packets are due
const ASLEEP = 1_000; // ms without a look: it was we who stood still
const APART = 5_000; // ms from one alarm to the next
const FLOWS = 300; // ms in which a packet must have come

export class Flow {
	#stamp: number | undefined;
	#cameAt = Number.NEGATIVE_INFINITY;
	#lookedAt = Number.NEGATIVE_INFINITY;
	#alarmAt = Number.NEGATIVE_INFINITY;

	// fresh is a new line: as long as nothing has come, nothing has stopped.
	fresh() {
		this.#stamp = undefined;
		this.#cameAt = Number.NEGATIVE_INFINITY;
	}

	// look takes the timestamp of the last packet that was heard and says whether
	// the packets have stopped. One silence is one alarm.
	look(stamp: number | undefined, due: boolean, now: number): boolean {
		const slept = now - this.#lookedAt > ASLEEP;
		this.#lookedAt = now;
		if (stamp !== undefined && stamp !== this.#stamp) this.#cameAt = now;
		else if (slept && Number.isFinite(this.#cameAt)) this.#cameAt = now;
		this.#stamp = stamp;
		if (!due) {
			this.#cameAt = Number.NEGATIVE_INFINITY;
			return false;
		}
		if (!Number.isFinite(this.#cameAt) || now - this.#cameAt < SILENT) return false;
		if (now - this.#alarmAt < APART) return false;
		this.#alarmAt = now;
		this.#cameAt = Number.NEGATIVE_INFINITY; // the same silence is no second alarm
		return true;
	}

	flows(now: number): boolean {
		return now - this.#cameAt < FLOWS;
	}
}

// Pulse notices that a line on which nothing is said is dead: the server looks
// along it every second.
const BEAT = 750; // ms between looks
const DEAD = 2_500; // ms without a sign of life
const MISSED = 1_800; // ms without a look: it was we who stood still

export class Pulse {
	#signs = 0;
	#seenAt = Number.NEGATIVE_INFINITY; // the last sign of life
	#lookedAt = Number.NEGATIVE_INFINITY;

	fresh() {
		this.#signs = 0;
		this.#seenAt = Number.NEGATIVE_INFINITY;
	}

	due = (now: number): boolean => now - this.#lookedAt >= BEAT;

	// look counts what has come by what the browser says of the line, and says
	// whether it is dead; once.
	look(report: Iterable<Record<string, unknown>>, now: number): boolean {
		const slept = now - this.#lookedAt > MISSED;
		this.#lookedAt = now;
		let signs = 0;
		for (const entry of report)
			if (entry.type === "candidate-pair")
				for (const name of ["requestsReceived", "responsesReceived", "packetsReceived"])
					signs += typeof entry[name] === "number" ? (entry[name] as number) : 0;
		if (signs !== this.#signs || slept) {
			this.#signs = signs;
			this.#seenAt = signs > 0 ? now : Number.NEGATIVE_INFINITY;
			return false;
		}
		if (!Number.isFinite(this.#seenAt) || now - this.#seenAt < DEAD) return false;
		this.#seenAt = Number.NEGATIVE_INFINITY;
		return true;
	}
}
