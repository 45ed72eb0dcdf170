// Line holds what the station decides with numbers and words alone: when to try
// again, which codec is which, which servers help, how the line sounds.
export type CodecName = "PCMU" | "PCMA" | "G722";

// The order in which we offer them. The first is what is sent before a call has
// named its own.
export const CODECS: readonly CodecName[] = ["PCMA", "PCMU", "G722"];

// pause is how long to wait before the next try, in ms: at once after the first
// failure, then longer up to five seconds, never all pages at the same instant.
export function pause(failures: number, random: () => number = Math.random): number {
	const longest = Math.min(5_000, 250 * 2 ** Math.max(0, failures - 1));
	return longest * random() * (failures <= 1 ? 1 : 0.5) + (failures <= 1 ? 0 : longest / 2);
}

// pick returns the codec of that name out of a list of a browser's.
export function pick<T extends { mimeType: string; clockRate: number }>(
	list: readonly T[],
	name: string,
): T | undefined {
	const mime = `audio/${name}`.toLowerCase();
	return list.find((codec) => codec.mimeType.toLowerCase() === mime && codec.clockRate === 8000);
}

// ours takes from what a browser can do what we offer, in our order.
export function ours<T extends { mimeType: string; clockRate: number }>(list: readonly T[]): T[] {
	return [...CODECS, "telephone-event"].flatMap((name) => pick(list, name) ?? []);
}

// iceServers reads Link headers (RFC 9725 4.6): the servers that help where the
// network lets nothing else through.
export function iceServers(link: string | null): RTCIceServer[] {
	const servers: RTCIceServer[] = [];
	for (const part of (link ?? "").split(/,\s*(?=<)/)) {
		const url = /^\s*<((?:turns?|stun):[^>]+)>/.exec(part)?.[1];
		if (!url || !/;\s*rel="?ice-server"?/.test(part)) continue;
		servers.push({
			urls: url,
			username: param(part, "username"),
			credential: param(part, "credential"),
		});
	}
	return servers;
}

function param(part: string, name: string): string | undefined {
	return new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`)
		.exec(part)?.[1]
		?.replace(/\\(.)/g, "$1");
}

// Sample is how the line was since the last one. Loss is lost packets per 1,000;
// undefined where nothing flowed or the browser does not say.
export interface Sample {
	lossIn: number | undefined;
	lossOut: number | undefined;
	jitterIn: number | undefined; // ms
	roundTrip: number | undefined; // ms
	packetsIn: number;
	packetsOut: number;
	codecIn: string;
	codecOut: string;
}

interface Counted {
	received: number;
	lost: number;
	sent: number;
}

// Sampler turns the browser's running totals into samples.
export class Sampler {
	#last: Counted = { received: 0, lost: 0, sent: 0 };

	reset() {
		this.#last = { received: 0, lost: 0, sent: 0 };
	}

	take(report: Iterable<Record<string, unknown>>): Sample {
		const all = [...report];
		const of = (type: string) =>
			all.find((entry) => entry.type === type && (entry.kind ?? "audio") === "audio");
		const inbound = of("inbound-rtp");
		const outbound = of("outbound-rtp");
		const far = of("remote-inbound-rtp");
		const now: Counted = {
			received: number(inbound?.packetsReceived),
			lost: number(inbound?.packetsLost),
			sent: number(outbound?.packetsSent),
		};
		const due = now.received + now.lost - this.#last.received - this.#last.lost;
		const codec = (id: unknown) => {
			const mime = all.find((entry) => entry.type === "codec" && entry.id === id)?.mimeType;
			return typeof mime === "string" ? mime.replace("audio/", "") : "";
		};
		const sample: Sample = {
			lossIn:
				due > 0 ? Math.max(0, Math.round((1000 * (now.lost - this.#last.lost)) / due)) : undefined,
			lossOut:
				typeof far?.fractionLost === "number" ? Math.round(1000 * far.fractionLost) : undefined,
			jitterIn: due > 0 ? Math.round(1000 * number(inbound?.jitter)) : undefined,
			roundTrip:
				typeof far?.roundTripTime === "number" ? Math.round(1000 * far.roundTripTime) : undefined,
			packetsIn: now.received - this.#last.received,
			packetsOut: now.sent - this.#last.sent,
			codecIn: codec(inbound?.codecId),
			codecOut: codec(outbound?.codecId),
		};
		this.#last = now;
		return sample;
	}
}

const number = (value: unknown): number => (typeof value === "number" ? value : 0);

// refuses says whether a server that answers so will not change its mind.
export function refuses(status: number): boolean {
	return status >= 400 && status < 500 && status !== 429 && status !== 408;
}

// detail takes the sentence out of a problem (RFC 9457).
export function detail(text: string): string {
	try {
		const problem = JSON.parse(text) as { detail?: string; title?: string };
		return problem.detail ?? problem.title ?? text;
	} catch {
		return text;
	}
}
