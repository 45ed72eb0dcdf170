// MutedTalk notices who talks while nobody can hear them. Muting is done twice:
// the server leaves what the line sends out of the call's room, whatever becomes
// of this page, and the line sends silence. The microphone itself stays open, or
// there would be nothing to hear that anybody talks by.
const LOUD = 0.4; // of the meter: −40 dBFS
const ENOUGH = 500; // ms of talk
const GAP = 0.25; // of its length is what a gap between words takes back
const LONGEST = 250; // ms that one look at the level may stand for
const AGAIN = 20_000; // ms before it is said again

export class MutedTalk {
	#talked = 0;
	#heardAt = 0;
	#toldAt = Number.NEGATIVE_INFINITY;

	// hear takes the level, 0–1, at a time in ms; true: say it now.
	hear(level: number, muted: boolean, now: number): boolean {
		const passed = Math.min(LONGEST, now - this.#heardAt);
		this.#heardAt = now;
		this.#talked = muted
			? Math.min(ENOUGH, Math.max(0, this.#talked + (level < LOUD ? -GAP : 1) * passed))
			: 0;
		if (this.#talked < ENOUGH || now - this.#toldAt < AGAIN) return false;
		this.#toldAt = now;
		return true;
	}
}
