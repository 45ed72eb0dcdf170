// RecordingModel is one recording with what a player draws of it.
import type { Client } from "../wire/client";
import type { Peaks, RecordingWhole, Segment } from "../wire/types";

export const SPEEDS: readonly number[] = [1, 1.25, 1.5, 2, 0.75];
const STEP = 5; // seconds that an arrow goes
const SMALL_STEP = 1;

export class RecordingModel {
	whole = $state.raw<RecordingWhole>();
	peaks = $state.raw<Peaks>();
	trouble = $state(false);
	at = $state(0);
	speed = $state(1);
	audio: string;

	constructor(
		private client: Client,
		private id: string,
	) {
		this.audio = `/api/v1/recordings/${encodeURIComponent(id)}/audio`;
	}

	length = $derived(this.whole?.length ?? 0);

	// load fetches what it is, and then its picture. Without the picture it plays.
	async load(points: 400 | 1200) {
		this.trouble = false;
		const path = { id: this.id };
		try {
			const { data } = await this.client.GET("/api/v1/recordings/{id}", { params: { path } });
			this.whole = data;
		} catch {
			this.trouble = true;
			return;
		}
		if (this.whole?.state !== "ready") return;
		try {
			const { data } = await this.client.GET("/api/v1/recordings/{id}/peaks", {
				params: { path, query: { points } },
			});
			this.peaks = data;
		} catch {
			this.peaks = undefined;
		}
	}

	// to moves to a second of the recording, and says where that is.
	to(second: number): number {
		this.at = Math.min(Math.max(0, second), this.length);
		return this.at;
	}

	// key says where a key leads; undefined when it leads nowhere.
	key(key: string, shift: boolean): number | undefined {
		const step = shift ? SMALL_STEP : STEP;
		const next: Record<string, number> = {
			ArrowLeft: this.at - step,
			ArrowDown: this.at - step,
			ArrowRight: this.at + step,
			ArrowUp: this.at + step,
			PageDown: this.at - 6 * STEP,
			PageUp: this.at + 6 * STEP,
			Home: 0,
			End: this.length,
		};
		const second = next[key];
		return second === undefined ? undefined : this.to(second);
	}

	faster(): number {
		const place = SPEEDS.indexOf(this.speed);
		this.speed = SPEEDS[(place + 1) % SPEEDS.length] ?? 1;
		return this.speed;
	}

	// now is the part of the recording that is heard.
	now = $derived<Segment | undefined>(
		this.whole?.segments.find((one) => this.at >= one.from && this.at < one.until),
	);
}

// lane cuts the lowest and highest samples of a side into so many bars, each
// from -1 to 1. The loudest of both sides fills the lane.
export function lane(pairs: readonly number[], bars: number, loudest: number): [number, number][] {
	const points = pairs.length / 2;
	return Array.from({ length: bars }, (_, bar) => {
		let low = 0;
		let high = 0;
		const from = Math.floor((bar * points) / bars);
		const until = Math.max(from + 1, Math.floor(((bar + 1) * points) / bars));
		for (let point = from; point < Math.min(until, points); point++) {
			low = Math.min(low, pairs[2 * point] ?? 0);
			high = Math.max(high, pairs[2 * point + 1] ?? 0);
		}
		return [low / loudest, high / loudest];
	});
}

// loudest is the largest sample of both sides; a whisper does not fill the lane.
export function loudest(peaks: Peaks): number {
	let most = 24;
	for (const side of [peaks.left, peaks.right])
		for (const one of side) most = Math.max(most, Math.abs(one));
	return most;
}
